//! The profile of the objective along a coefficient or a derived quantity.

use super::approach3::Approach3;
use super::covariance::{Optimum, of_normal, residuals_and_gram, to_natural};
use super::noise::{Scatter, smoothed_slope};
use super::objective::{Local, Objective};
use super::points::{Points, Theta};
use super::polish::{Polished, Smooth, polish};
use super::refit::{Drawn, Refitter, Replicate};
use super::resampling::Resampling;
use super::result::Fit;
use super::sandwich::Clustering;
use super::trace::{ProfileEnd, Trace, stiffness};
use crate::error::FitError;
use crate::math::order::sort_by_number;
use crate::runs::Runs;

/// A refit and its sandwich covariance, in the order E, A, B, alpha, beta.
pub(crate) type WithCovariance = (Replicate, Option<[Theta; 5]>);

impl Approach3 {
    /// The least and the greatest value of a quantity q at which the objective, minimised over all coefficients with q held,
    /// is above its minimum by no more than ½·τ·t², by default with τ = Σ ψ²/Σ ψ' (the robust likelihood-ratio test of
    /// Ronchetti 1982), both sums without the p residuals that a fit of medians pulls to zero. `scale` is about the standard
    /// error of q.
    pub(crate) fn profile(
        &self,
        runs: &Runs,
        fit: &Fit,
        quantity: &(dyn Fn(&[f64]) -> f64 + Sync),
        (scale, t, ratio): (f64, f64, Option<f64>),
    ) -> Result<[ProfileEnd; 2], FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let objective = self.objective(&points);
        let refitter = Refitter::new(self, &points, fit)?;
        let coefficients = fit.law().coefficients();
        let bounds = self.bounds();
        let free = 5 - fit.certificate().at_bound.len();
        let tau = ratio.unwrap_or_else(|| tau(&points, &refitter.errors.residuals, objective.delta, free));
        let natural = |theta: &Theta| quantity(&points.natural(theta));
        let (rise, scale) = (0.5 * tau * t * t, scale * t);
        let at = |target: f64, start: &Theta| {
            let pulled = Pulled { objective, quantity: &natural, target, stiffness: stiffness(rise, scale) };
            let end = polish(pulled, &bounds, start, 200);
            let (q, value) = (natural(&end.theta), objective.local(&end.theta).value);
            let risen = (value - fit.objective()).max(0.0) / rise;
            (q.is_finite() && value.is_finite()).then(|| (q, risen.sqrt(), end.theta))
        };
        let optimum = bounds.clamp(&points.centred(&coefficients));
        Ok(Trace { at, optimum, best: quantity(&coefficients), scale }.ends())
    }

    /// Refits with the sandwich covariance of each, in the order E, A, B, alpha, beta; robust to clusters where there are
    /// some.
    pub(crate) fn refits_with_covariance(
        &self,
        runs: &Runs,
        fit: &Fit,
        resampling: &Resampling,
        (replicates, seed): (usize, u64),
        clusters: Option<&[usize]>,
    ) -> Result<Vec<WithCovariance>, FitError> {
        self.refits_and(runs, fit, resampling, replicates, seed, |drawn, end: &Polished| {
            let Drawn { objective, full, counts } = *drawn;
            let points = objective.points;
            let (residuals, _) = residuals_and_gram(objective, &end.theta);
            let scatter = &Scatter::new(points, &residuals, objective.delta);
            let (theta, free) = (&end.theta, &end.free);
            let optimum = Optimum { objective, theta, free, residuals: &residuals, scatter };
            let inner = match clusters {
                None => optimum.covariance(),
                Some(groups) => optimum.clustered(&Clustering {
                    of: &of_points(points, groups),
                    times: &times(&of_points(full, groups), counts, resampling),
                }),
            }?;
            Some(to_natural(&inner, &end.theta, &points.natural(&end.theta), points.centre))
        })
    }

    /// The covariance that is robust to clusters, and H⁻¹ beside it, both in the order E, A, B, alpha, beta.
    pub(crate) fn clustered_covariance(
        &self,
        runs: &Runs,
        fit: &Fit,
        groups: &[usize],
    ) -> Result<Option<[[Theta; 5]; 2]>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let refitter = Refitter::new(self, &points, fit)?;
        let objective = self.objective(&points);
        let (theta, residuals) = (&refitter.optimum, refitter.errors.residuals.as_slice());
        let scatter = &Scatter::new(&points, residuals, objective.delta);
        let optimum = Optimum { objective, theta, free: &refitter.free, residuals, scatter };
        let robust = optimum.clustered(&Clustering { of: &of_points(&points, groups), times: &[] });
        let natural = |c: [Theta; 5]| to_natural(&c, theta, &points.natural(theta), points.centre);
        Ok(robust.zip(optimum.model()).map(|(robust, model)| [natural(robust), natural(model)]))
    }

    /// Errors of ln L of a new run.
    pub(crate) fn errors(&self, runs: &Runs, fit: &Fit) -> Result<Vec<f64>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        Ok(Refitter::new(self, &points, fit)?.errors.of_new(&points.scale))
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
    sort_by_number(&mut order, |i| residuals[*i].abs());
    let (mut squares, mut slopes) = (0.0, 0.0);
    for &i in order.iter().skip(free.min(order.len().saturating_sub(1))) {
        let weight = points.weight[i] * points.scale[i] * points.scale[i];
        let r = residuals[i];
        squares += if points.meaning.counts { weight } else { weight * weight } * r.abs().min(delta).powi(2);
        slopes += weight * smoothed_slope(r, scatter.smoothing, delta);
    }
    squares / slopes.max(f64::MIN_POSITIVE)
}

/// The cluster of each point.
fn of_points(points: &Points, groups: &[usize]) -> Vec<usize> {
    points.rows.iter().map(|row| groups.get(*row as usize).copied().unwrap_or(0)).collect()
}

/// How often each cluster was drawn, for plans that draw them; empty for others.
pub(super) fn times(of: &[usize], counts: &[f64], plan: &Resampling) -> Vec<f64> {
    if !matches!(plan, Resampling::Clusters(_)) {
        return Vec::new();
    }
    let mut times = vec![0.0; of.iter().max().map_or(0, |last| last + 1)];
    of.iter().zip(counts).for_each(|(cluster, count)| times[*cluster] = *count);
    times
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
