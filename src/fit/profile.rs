//! The profile of the objective along a coefficient or a derived quantity.

use super::approach3::Approach3;
use super::covariance::{covariance, of_normal, residuals_and_gram, to_natural};
use super::noise::{Scatter, smoothed_slope};
use super::objective::{Local, Objective};
use super::points::{Points, Theta};
use super::polish::{Bounds, Polished, Smooth, polish};
use super::refit::{Refitter, Replicate};
use super::resampling::Resampling;
use super::result::Fit;
use crate::error::FitError;
use crate::runs::Runs;

/// A refit and its sandwich covariance, in the order E, A, B, alpha, beta.
pub(crate) type WithCovariance = (Replicate, Option<[Theta; 5]>);

/// One end of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ProfileEnd {
    /// The objective has risen as far as asked.
    At(f64),
    /// The quantity goes no further within the bounds of the coefficients.
    Limit(f64),
    /// However far the quantity was taken, the objective did not rise enough.
    Open,
}

impl Approach3 {
    /// The least and the greatest value of a quantity q at which the objective, minimised over all coefficients with q held,
    /// is above its minimum by no more than ½·τ·t², τ = Σ ψ²/Σ ψ' (the robust likelihood-ratio test of Ronchetti 1982), both
    /// sums without the p residuals that a fit of medians pulls to zero.
    ///
    /// A minimiser of F + ½w·(q − q₀)² is one of F with q held at the value it has there, whatever w and q₀ are: so a pull
    /// on q traces the profile, and no constraint need be met to the last digit. `scale` is about the standard error of q.
    pub(crate) fn profile(
        &self,
        runs: &Runs,
        fit: &Fit,
        quantity: &dyn Fn(&[f64; 5]) -> f64,
        scale: f64,
        t: f64,
    ) -> Result<[ProfileEnd; 2], FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let objective = self.objective(&points);
        let refitter = Refitter::new(self, &points, fit)?;
        let optimum = self.bounds().clamp(&points.centred(&fit.law().coefficients()));
        let tau = tau(&points, &refitter.errors.residuals, objective.delta, 5 - fit.certificate().at_bound.len());
        let natural = |theta: &Theta| quantity(&points.natural(theta));
        let trace = Trace {
            objective,
            bounds: self.bounds(),
            quantity: &natural,
            best: quantity(&fit.law().coefficients()),
            least: fit.objective(),
            optimum,
            rise: 0.5 * tau * t * t,
            scale: scale * t,
        };
        Ok([trace.end(-1.0), trace.end(1.0)])
    }

    /// Refits with the sandwich covariance of each, in the order E, A, B, alpha, beta.
    pub(crate) fn refits_with_covariance(
        &self,
        runs: &Runs,
        fit: &Fit,
        resampling: &Resampling,
        replicates: usize,
        seed: u64,
    ) -> Result<Vec<WithCovariance>, FitError> {
        self.refits_and(runs, fit, resampling, replicates, seed, |objective, end: &Polished| {
            let points = objective.points;
            let (residuals, gram) = residuals_and_gram(objective, &end.theta);
            let scatter = Scatter::new(points, &residuals, objective.delta);
            let inner = covariance(objective, &end.theta, &end.free, &scatter, &gram)?;
            Some(to_natural(&inner, &end.theta, &points.natural(&end.theta), points.centre))
        })
    }

    /// Errors of ln L as the wild bootstrap draws them.
    pub(crate) fn errors(&self, runs: &Runs, fit: &Fit) -> Result<Vec<f64>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let errors = Refitter::new(self, &points, fit)?.errors;
        let filled = match errors.leverages {
            Some(leverages) => leverages.filled(&errors.residuals, errors.delta),
            None => errors.residuals,
        };
        Ok(filled.iter().zip(&points.scale).map(|(error, scale)| error * scale).collect())
    }
}

/// Σ ψ²/Σ ψ' over all but the `free` smallest residuals; under known σ its expectation.
fn tau(points: &Points, residuals: &[f64], delta: f64, free: usize) -> f64 {
    if points.meaning.scale_known {
        let (squares, within) = of_normal(delta);
        return squares / within;
    }
    let scatter = Scatter::new(points, residuals, delta);
    let mut order: Vec<usize> = (0..residuals.len()).collect();
    order.sort_unstable_by(|i, j| residuals[*i].abs().total_cmp(&residuals[*j].abs()));
    let (mut squares, mut slopes) = (0.0, 0.0);
    for &i in order.iter().skip(free.min(order.len().saturating_sub(1))) {
        let weight = points.weight[i] * points.scale[i] * points.scale[i];
        let r = residuals[i];
        squares += if points.meaning.counts { weight } else { weight * weight } * r.abs().min(delta).powi(2);
        slopes += weight * smoothed_slope(r, scatter.smoothing, delta);
    }
    squares / slopes.max(f64::MIN_POSITIVE)
}

struct Trace<'a> {
    objective: Objective<'a>,
    bounds: Bounds,
    quantity: &'a dyn Fn(&Theta) -> f64,
    /// The quantity at the optimum.
    best: f64,
    /// The objective there.
    least: f64,
    optimum: Theta,
    /// How far the objective may rise.
    rise: f64,
    /// About the half-width of the interval.
    scale: f64,
}

/// Half-widths as first guessed beyond which an interval is open.
const FAR: f64 = 1e4;
/// Share of the rise to which an end is found.
const CLOSE: f64 = 1e-3;

impl Trace<'_> {
    /// A point of the profile: the quantity, and the root of the objective's rise over the rise allowed, in which the
    /// profile of a quadratic objective is a straight line.
    fn at(&self, target: f64, start: &Theta) -> Option<(f64, f64, Theta)> {
        let pulled = Pulled {
            objective: self.objective,
            quantity: self.quantity,
            target,
            stiffness: 20.0 * self.rise / (self.scale * self.scale),
        };
        let end = polish(pulled, &self.bounds, start, 200);
        let q = (self.quantity)(&end.theta);
        let value = self.objective.local(&end.theta).value;
        let rise = (value - self.least).max(0.0) / self.rise;
        (q.is_finite() && value.is_finite()).then(|| (q, rise.sqrt(), end.theta))
    }

    fn end(&self, side: f64) -> ProfileEnd {
        let (mut inside, mut start) = ((self.best, 0.0), self.optimum);
        let mut reach = self.scale;
        let outside = loop {
            let Some((q, rise, theta)) = self.at(self.best + side * reach, &start) else { return ProfileEnd::Open };
            if rise >= 1.0 {
                break (q, rise);
            }
            let moved = (q - inside.0) * side;
            if moved <= 1e-4 * self.scale {
                // The pull is on a quantity that stays: the bounds of the coefficients end its range.
                return ProfileEnd::Limit(if moved > 0.0 { q } else { inside.0 });
            }
            (inside, start) = ((q, rise), theta);
            reach *= if reach < 4.0 * self.scale { 1.5 } else { 2.0 };
            if reach > FAR * self.scale {
                return ProfileEnd::Open;
            }
        };
        self.between(side, inside, outside, start)
    }

    /// Regula falsi in the Illinois form on the root of the rise.
    fn between(&self, side: f64, inside: (f64, f64), outside: (f64, f64), mut start: Theta) -> ProfileEnd {
        let ((mut a, mut fa), (mut b, mut fb)) = ((inside.0, inside.1 - 1.0), (outside.0, outside.1 - 1.0));
        let cross =
            |a: f64, fa: f64, b: f64, fb: f64| if fb > fa { a - fa * (b - a) / (fb - fa) } else { 0.5 * (a + b) };
        for _ in 0..25 {
            let wanted = cross(a, fa, b, fb);
            // The pull leaves the quantity short of its target, by the slope of the profile over the stiffness.
            let target = wanted + side * self.scale / 20.0;
            let Some((q, rise, theta)) = self.at(target, &start) else { break };
            let f = rise - 1.0;
            if f.abs() < CLOSE {
                return ProfileEnd::At(q);
            }
            if (q - a) * side <= 0.0 || (q - b) * side >= 0.0 {
                break;
            }
            if f < 0.0 {
                (a, fa, start) = (q, f, theta);
                fb *= 0.7;
            } else {
                (b, fb) = (q, f);
                fa *= 0.7;
            }
        }
        ProfileEnd::At(cross(a, fa, b, fb))
    }
}

/// F + ½w·(q − q₀)².
#[derive(Clone, Copy)]
struct Pulled<'a> {
    objective: Objective<'a>,
    quantity: &'a dyn Fn(&Theta) -> f64,
    target: f64,
    stiffness: f64,
}

impl Smooth for Pulled<'_> {
    fn local(&self, theta: &Theta) -> Local {
        let mut local = self.objective.local(theta);
        let (q, slopes, curves) = differences(self.quantity, theta);
        let gap = q - self.target;
        local.value += 0.5 * self.stiffness * gap * gap;
        if !local.value.is_finite() {
            local.value = f64::INFINITY;
        }
        for j in 0..5 {
            let force = self.stiffness * gap * slopes[j];
            local.gradient[j] += force;
            local.pull[j] += force.abs();
            local.damping[j] += self.stiffness * slopes[j] * slopes[j];
            for k in 0..5 {
                local.hessian[j][k] += self.stiffness * (slopes[j] * slopes[k] + gap * curves[j][k]);
            }
        }
        local
    }

    fn total_weight(&self) -> f64 {
        // Never exact: the pull has a value of its own.
        0.0
    }
}

/// A quantity with its first and second derivatives, by central differences.
fn differences(quantity: &dyn Fn(&Theta) -> f64, theta: &Theta) -> (f64, Theta, [Theta; 5]) {
    let at = |moves: &[(usize, f64)]| {
        let mut there = *theta;
        moves.iter().for_each(|(j, step)| there[*j] += step);
        quantity(&there)
    };
    let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
    let q = quantity(theta);
    let step: Theta = std::array::from_fn(|j| 1e-3 * theta[j].abs().max(1e-2));
    let small: Theta = step.map(|h| 1e-2 * h);
    let slopes = std::array::from_fn(|j| finite((at(&[(j, small[j])]) - at(&[(j, -small[j])])) / (2.0 * small[j])));
    let mut curves = [[0.0; 5]; 5];
    for j in 0..5 {
        let h = step[j];
        curves[j][j] = finite((at(&[(j, h)]) - 2.0 * q + at(&[(j, -h)])) / (h * h));
        for k in 0..j {
            let g = step[k];
            let cross =
                at(&[(j, h), (k, g)]) - at(&[(j, h), (k, -g)]) - at(&[(j, -h), (k, g)]) + at(&[(j, -h), (k, -g)]);
            (curves[j][k], curves[k][j]) = (finite(cross / (4.0 * h * g)), finite(cross / (4.0 * h * g)));
        }
    }
    (q, slopes, curves)
}
