//! Whether two estimates differ by more than their errors.

use super::approaches::{ApproachKind, OptimumEstimate};
use crate::math::distribution::f_upper_tail;

/// Two approaches on one quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The one approach.
    pub one: ApproachKind,
    /// The other.
    pub other: ApproachKind,
    /// "a", "b", "ln N_opt" or "ln D_opt".
    pub quantity: &'static str,
    /// The one less the other.
    pub difference: f64,
    /// √(s₁² + s₂²), as if their errors were independent; `None` where one has none.
    pub standard_error: Option<f64>,
    /// Difference over standard error.
    pub z: Option<f64>,
    /// Welch's degrees of freedom.
    pub degrees_of_freedom: Option<f64>,
    /// Two-sided p-value of Student's t; too large, as the approaches share their runs.
    pub p_value: Option<f64>,
    /// Whether p is at or above the level.
    pub agrees: Option<bool>,
}

/// Differences below this are rounding and no disagreement, however exact the losses.
const ROUNDING: f64 = 1e-6;

/// Every pair on every quantity.
pub(super) fn compare(estimates: &[OptimumEstimate], level: f64) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for (i, one) in estimates.iter().enumerate() {
        for other in estimates.get(i + 1..).unwrap_or_default() {
            // The corrected parabolas are the same parabolas: no two estimates to compare.
            if (one.approach, other.approach) == (ApproachKind::IsoFlop, ApproachKind::IsoFlopCorrected) {
                continue;
            }
            for (quantity, read) in QUANTITIES {
                comparisons.push(pair(one, other, quantity, read, level));
            }
        }
    }
    comparisons
}

/// Value and standard error of a quantity.
type Read = fn(&OptimumEstimate) -> (f64, Option<f64>);

const QUANTITIES: [(&str, Read); 4] = [
    ("a", |e| (e.exponent_a.value, e.exponent_a.standard_error)),
    ("b", |e| (e.exponent_b.value, e.exponent_b.standard_error)),
    ("ln N_opt", |e| (e.params.ln(), e.ln_params_standard_error)),
    ("ln D_opt", |e| (e.tokens.ln(), e.ln_tokens_standard_error)),
];

fn pair(one: &OptimumEstimate, other: &OptimumEstimate, quantity: &'static str, read: Read, level: f64) -> Comparison {
    let ((x, sx), (y, sy)) = (read(one), read(other));
    let difference = x - y;
    let mut comparison = Comparison {
        one: one.approach,
        other: other.approach,
        quantity,
        difference,
        standard_error: None,
        z: None,
        degrees_of_freedom: None,
        p_value: None,
        agrees: None,
    };
    let Some((sx, sy)) = sx.zip(sy) else { return comparison };
    let (vx, vy) = (sx * sx, sy * sy);
    let variance = vx + vy + ROUNDING * ROUNDING;
    let shares = [(vx, one.degrees_of_freedom), (vy, other.degrees_of_freedom)];
    // ν = (v₁ + v₂)²/(v₁²/ν₁ + v₂²/ν₂), Welch 1947.
    let denominator: f64 = shares.iter().map(|(v, dof)| v * v / (*dof).max(1) as f64).sum();
    let freedom = if denominator > 0.0 { variance * variance / denominator } else { 1e6 };
    let freedom = freedom.min(1e6);
    let z = difference / variance.sqrt();
    // P(|t| ≥ |z|) = P(F(1, ν) ≥ z²).
    let p = f_upper_tail(z * z, 1.0, freedom);
    comparison.standard_error = Some(variance.sqrt());
    comparison.z = Some(z);
    comparison.degrees_of_freedom = Some(freedom);
    comparison.p_value = Some(p);
    comparison.agrees = Some(p >= level);
    comparison
}

#[cfg(test)]
mod tests {
    use super::super::result::Coefficient;
    use super::*;
    use crate::units::{Params, Tokens};

    fn estimate(approach: ApproachKind, a: f64, error: Option<f64>, degrees_of_freedom: usize) -> OptimumEstimate {
        OptimumEstimate {
            approach,
            exponent_a: Coefficient { name: "a", value: a, standard_error: error },
            exponent_b: Coefficient { name: "b", value: 1.0 - a, standard_error: error },
            params: Params::new(1e9).unwrap(),
            ln_params_standard_error: error,
            tokens: Tokens::new(2e10).unwrap(),
            ln_tokens_standard_error: error,
            degrees_of_freedom,
        }
    }

    #[test]
    fn p_values_are_welchs() {
        // scipy 1.17: ttest_ind_from_stats(.50, .02*sqrt(5), 5, .46, .01*sqrt(11), 11, equal_var=False)
        let one = estimate(ApproachKind::IsoFlop, 0.50, Some(0.02), 4);
        let other = estimate(ApproachKind::Parametric, 0.46, Some(0.01), 10);
        let found = compare(&[one, other], 0.05);
        let a = found.iter().find(|c| c.quantity == "a").unwrap();
        let [z, p] = WELCH;
        assert!((a.z.unwrap() / z - 1.0).abs() < 1e-6 && (a.p_value.unwrap() / p - 1.0).abs() < 1e-6, "{a:?}");
        assert_eq!((a.agrees, found.len()), (Some(true), 4));
        let n = found.iter().find(|c| c.quantity == "ln N_opt").unwrap();
        assert!((n.p_value.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn without_an_error_nothing_is_judged() {
        let one = estimate(ApproachKind::IsoFlop, 0.50, None, 0);
        let other = estimate(ApproachKind::Parametric, 0.10, Some(0.01), 10);
        assert!(compare(&[one, other], 0.05).iter().all(|c| c.agrees.is_none() && c.p_value.is_none()));
    }

    #[test]
    fn a_corrected_approach_2_is_not_compared_with_itself() {
        let one = estimate(ApproachKind::IsoFlop, 0.50, Some(0.01), 3);
        let other = estimate(ApproachKind::IsoFlopCorrected, 0.10, Some(0.01), 3);
        assert!(compare(&[one, other], 0.05).is_empty());
    }

    const WELCH: [f64; 2] = [1.7888543819998308, 0.123059278949714];
}
