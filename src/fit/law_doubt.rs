//! Doubts about a fit of any law: those that need no knowledge of what the coefficients mean.

use super::certificate::{Certificate, Termination};
use super::result::Coefficient;
use crate::laws::Bound;
use crate::warning::Warning;

/// Condition number of the unit-diagonal curvature from which half the digits of double precision are gone.
const CONDITION: f64 = 1e12;
/// Data a coefficient from which there is something to judge the fit by.
const DATA_A_COEFFICIENT: usize = 2;

/// Standard error over the estimate from which a coefficient is left open.
const OPEN: f64 = 0.5;
/// Correlation from which a coefficient is traded against another.
const TRADED: f64 = 0.98;

pub(super) fn doubts(
    certificate: &Certificate,
    termination: Termination,
    (coefficients, bounds): (&[Coefficient], &[Bound]),
    covariance: Option<&[Vec<f64>]>,
    data: usize,
    free: usize,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(certificate.reason(termination).map(|reason| Warning::NotCertified { reason }));
    for c in coefficients.iter().filter(|c| certificate.at_bound.contains(&c.name)) {
        let meaning =
            "the data would push it further; its standard error is not given and those of the others hold it there";
        warnings.push(Warning::AtBound { coefficient: c.name, bound: c.value, meaning });
    }
    for (j, c) in coefficients.iter().enumerate().filter(|_| termination != Termination::Exact) {
        let Some(error) = c.standard_error.filter(|error| *error > OPEN * c.value.abs()) else { continue };
        let correlated = |k: usize| {
            let c = covariance?;
            Some((c.get(j)?.get(k)? / (c.get(j)?.get(j)? * c.get(k)?.get(k)?).sqrt()).abs())
        };
        let against = (0..coefficients.len()).filter(|k| *k != j && correlated(*k).is_some_and(|r| r > TRADED));
        // Of one that may have either sign zero is a finding, and its error says how good a one.
        if bounds.get(j).is_some_and(|bound| bound.least < 0.0) && against.clone().next().is_none() {
            continue;
        }
        warnings.push(Warning::NotIdentified {
            coefficient: c.name,
            estimate: c.value,
            standard_error: Some(error),
            confounded_with: against.filter_map(|k| coefficients.get(k)).map(|other| other.name).collect(),
            reason:
                "the data leave it open: what hangs on it alone is not to be trusted, least of all beyond their range"
                    .into(),
        });
    }
    if certificate.condition_number > CONDITION {
        warnings.push(Warning::IllConditioned { condition: certificate.condition_number });
    }
    if data < DATA_A_COEFFICIENT * free {
        warnings.push(Warning::FewRuns { runs: data, coefficients: free });
    }
    warnings
}
