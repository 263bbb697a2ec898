//! Information criteria, where a loss is a likelihood.

use super::contender::{Contender, Fitted};
use crate::fit::{LossFunction, Residual};
use crate::math::distribution::ln_gamma;
use crate::runs::Runs;

/// Criteria of a likelihood of ln L: less is better, differences count.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Information {
    /// 2k − 2·ln likelihood + 2k(k+1)/(n−k−1), k with the scale of the noise.
    pub aicc: f64,
    /// k·ln n − 2·ln likelihood.
    pub bic: f64,
}

/// Least squares are the normal likelihood, absolute deviations Laplace's, Student's t its own, each with its scale at the
/// maximum. Huber's loss and Cauchy's with a scale given beforehand are no likelihood of these runs: none is invented.
/// Densities of L are turned into densities of ln L, so that log and raw residuals compare.
pub(super) fn information(contender: &Contender, fitted: &Fitted, runs: &Runs) -> Option<Information> {
    if contender.is_weighted() {
        return None;
    }
    let log = contender.residuals(fitted, runs);
    let (residuals, jacobian): (Vec<f64>, f64) = match contender.residual_kind() {
        Residual::Raw => {
            let raw = log.iter().zip(runs.losses()).map(|(r, loss)| loss * r.exp_m1()).collect();
            (raw, runs.losses().iter().map(|loss| loss.ln()).sum())
        }
        _ => (log, 0.0),
    };
    let n = residuals.len() as f64;
    let twice = match contender.loss_function() {
        LossFunction::LeastSquares => {
            let variance = residuals.iter().map(|r| r * r).sum::<f64>() / n;
            n * ((std::f64::consts::TAU * variance).ln() + 1.0)
        }
        LossFunction::AbsoluteDeviations => {
            let scale = residuals.iter().map(|r| r.abs()).sum::<f64>() / n;
            2.0 * n * ((2.0 * scale).ln() + 1.0)
        }
        LossFunction::StudentT(freedom) => student(&residuals, freedom)?,
        _ => return None,
    } - 2.0 * jacobian;
    let k = contender.coefficients() as f64 + 1.0;
    let aicc = 2.0 * k + twice + 2.0 * k * (k + 1.0) / (n - k - 1.0);
    (n > k + 1.0 && twice.is_finite()).then(|| Information { aicc, bic: k * n.ln() + twice })
}

/// −2·ln likelihood at the scale that is its maximum.
fn student(residuals: &[f64], freedom: f64) -> Option<f64> {
    let n = residuals.len() as f64;
    let mut variance = residuals.iter().map(|r| r * r).sum::<f64>() / n;
    for _ in 0..500 {
        let weighted = |r: &f64| (freedom + 1.0) * r * r / (freedom + r * r / variance);
        let next = residuals.iter().map(weighted).sum::<f64>() / n;
        let settled = (next / variance - 1.0).abs() < 1e-12;
        variance = next;
        if settled {
            break;
        }
    }
    let constant = ln_gamma(0.5 * freedom) + 0.5 * (freedom * std::f64::consts::PI * variance).ln()
        - ln_gamma(0.5 * (freedom + 1.0));
    let tails: f64 = residuals.iter().map(|r| (r * r / (freedom * variance)).ln_1p()).sum();
    (variance > 0.0).then_some(2.0 * n * constant + (freedom + 1.0) * tails)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelihood_of_students_t_is_scipys() {
        // scipy 1.17: -2 * scipy.stats.t.logpdf(r, 4, scale=s).sum() at the s of scipy.stats.t.fit(r, fdf=4, floc=0)
        let residuals = [0.1, -0.2, 0.05, 0.4, -0.03, 0.15, -0.6, 0.02];
        assert!((student(&residuals, 4.0).unwrap() - STUDENT).abs() < 1e-6);
    }

    const STUDENT: f64 = 1.4960327821493975;
}
