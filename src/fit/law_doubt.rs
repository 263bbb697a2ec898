//! Doubts about a fit of any law: those that need no knowledge of what the coefficients mean.

use super::certificate::{Certificate, Termination};
use super::result::Coefficient;
use crate::warning::Warning;

/// Condition number of the unit-diagonal curvature from which half the digits of double precision are gone.
const CONDITION: f64 = 1e12;
/// Data a coefficient from which there is something to judge the fit by.
const DATA_A_COEFFICIENT: usize = 2;

pub(super) fn doubts(
    certificate: &Certificate,
    termination: Termination,
    coefficients: &[Coefficient],
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
    if certificate.condition_number > CONDITION {
        warnings.push(Warning::IllConditioned { condition: certificate.condition_number });
    }
    if data < DATA_A_COEFFICIENT * free {
        warnings.push(Warning::FewRuns { runs: data, coefficients: free });
    }
    warnings
}
