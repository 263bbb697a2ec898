//! Runs that lie farther from the law than heavy-tailed noise throws them. The one place that says so.

use super::covariance::residuals_and_gram;
use super::objective::Objective;
use super::points::{Points, Theta};
use super::polish::{Bounds, polish};
use super::scale::student;
use super::search::MAP_POINTS;
use crate::math::distribution::student_upper_tail;
use crate::math::order::sort_by_number;
use crate::math::quantile::{quantile, robust_scale};
use crate::math::student::student_quantile;

/// Degrees of freedom of the noise that is granted: tails far heavier than the normal's.
const FREEDOM: f64 = 4.0;
/// Runs that such noise would throw as far, among all of them, below which a run shows that there is more than such noise.
const FIRST: f64 = 0.01;
/// The same for the others, once one has shown it.
const EXPECTED: f64 = 0.1;
/// Runs from which a far one can be told from five coefficients that bend to the others.
const FEWEST: usize = 15;
/// Share of the runs that the concentrated start rests on.
const CORE: f64 = 0.75;
/// Rounds of concentration.
const ROUNDS: usize = 4;
/// A Huber threshold that no residual exceeds: least squares.
const SQUARES: f64 = 1e6;
/// Share of the first limit that the farthest run must lie at about the fit itself, for the robust one to be worth its time:
/// the farthest run of all is not hidden by the others.
const WORTH: f64 = 0.3;

/// Each run's distance from a law that outliers do not bend; see [`Fit::outliers`](crate::Fit::outliers).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outliers {
    /// (ln L̂ − ln L)/s of each run about the law that outliers do not bend; about the fit itself where no run is far
    /// from that, and zero where nothing can be told.
    pub z: Vec<f64>,
    /// The scale s, times √(n/(n−5)), in ln L or in the σ of the weights.
    pub scale: f64,
    /// |z| that the farthest run must exceed for any to be an outlier; `None` where nothing can be told: fewer than 15
    /// runs, runs without scatter, a fit that followed a given start.
    pub first: Option<f64>,
    /// |z| from which the others are outliers beside it.
    pub limit: Option<f64>,
    /// The outliers' rows, from zero, farthest first.
    pub rows: Vec<usize>,
}

impl Outliers {
    pub(super) fn none(count: usize) -> Self {
        Self { z: vec![0.0; count], scale: 0.0, first: None, limit: None, rows: Vec::new() }
    }
}

/// A law that outliers do not bend, with the scale of its noise.
#[derive(Debug, Clone)]
struct Robust {
    theta: Theta,
    scale: f64,
    /// −ln likelihood but for constants.
    value: f64,
}

/// The outliers among the points about the optimum `best`, by row of a table of `count` runs, and the law that they do not
/// bend, from which a fit without them starts.
pub(super) fn outliers(
    objective: Objective<'_>,
    bounds: &Bounds,
    best: &Theta,
    residuals: &[f64],
    count: usize,
) -> (Outliers, Option<Theta>) {
    let points = objective.points;
    let (n, own) = (points.meaning.observations, robust_scale(residuals));
    if points.len() < FEWEST || !(own > 0.0) {
        return (Outliers::none(count), None);
    }
    let freed = (n / (n - 5.0).max(1.0)).sqrt();
    let of_rows = |about: &[f64], scale: f64| {
        let mut z = vec![0.0; count];
        points.rows.iter().zip(about).for_each(|(row, r)| z[*row as usize] = r / scale);
        z
    };
    let (first, limit) = (farther_than(FIRST, n), Some(farther_than(EXPECTED, n)));
    if residuals.iter().all(|r| r.abs() < WORTH * first * own) {
        let z = of_rows(residuals, own * freed);
        return (Outliers { z, scale: own * freed, first: Some(first), limit, rows: Vec::new() }, None);
    }
    let thin = points.thinned(MAP_POINTS);
    let on_thin = Objective { points: &thin, ..objective };
    let starts = [*best, concentrated(on_thin, bounds, best)];
    let ends = starts.iter().filter_map(|start| most_likely(&thin, bounds, start));
    let Some(robust) = ends.min_by(|one, two| one.value.total_cmp(&two.value)) else {
        // More than half of the runs lie on one law to the last bits: there is no scatter to judge the others by.
        return (Outliers::none(count), None);
    };
    let scale = robust.scale * freed;
    let z = of_rows(&residuals_and_gram(objective, &robust.theta).0, scale);
    let expected = |z: f64| 2.0 * n * student_upper_tail(z.abs(), FREEDOM);
    let mut rows: Vec<usize> = (0..count).filter(|&row| expected(z[row]) < EXPECTED).collect();
    sort_by_number(&mut rows, |&one| -z[one].abs());
    if rows.first().is_none_or(|&row| expected(z[row]) >= FIRST) {
        rows.clear();
    }
    (Outliers { z, scale, first: Some(first), limit, rows }, Some(robust.theta))
}

/// |z| that so many of n runs exceed.
fn farther_than(expected: f64, n: f64) -> f64 {
    student_quantile(1.0 - 0.5 * expected / n, FREEDOM)
}

/// The optimum of the runs nearest to it, drawn anew about each such optimum (after Rousseeuw and Van Driessen 2006).
fn concentrated(objective: Objective<'_>, bounds: &Bounds, start: &Theta) -> Theta {
    let mut theta = *start;
    for _ in 0..ROUNDS {
        let (residuals, _) = residuals_and_gram(objective, &theta);
        let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
        let reach = quantile(&mut sizes, CORE);
        let core = objective.points.keeping(|i| residuals[i].abs() <= reach);
        let end = polish(Objective { points: &core, ..objective }, bounds, &theta, 50);
        if !end.local.value.is_finite() {
            break;
        }
        theta = end.theta;
    }
    theta
}

/// The most likely law and scale under noise with the tails of Student's t, from a start: least squares re-weighted by
/// (ν+1)/(ν + r²/s²) and the scale in turn, each of which raises the likelihood (Liu and Rubin 1995).
fn most_likely(points: &Points, bounds: &Bounds, start: &Theta) -> Option<Robust> {
    const TURNS: usize = 100;
    let multipliers: Vec<f64> =
        points.weight.iter().zip(&points.scale).take(points.len()).map(|(w, s)| w * s * s).collect();
    let total: f64 = multipliers.iter().sum();
    let mut work = points.clone();
    let mut best = Robust { theta: *start, scale: 0.0, value: f64::INFINITY };
    let mut theta = *start;
    for _ in 0..TURNS {
        let (residuals, _) = residuals_and_gram(Objective { points, delta: SQUARES }, &theta);
        let scale = student(&residuals, &multipliers, FREEDOM)?;
        let square = |r: &f64| (r / scale).powi(2) / FREEDOM;
        let tails: f64 = residuals.iter().zip(&multipliers).map(|(r, m)| m * square(r).ln_1p()).sum();
        let value = total * scale.ln() + 0.5 * (FREEDOM + 1.0) * tails;
        let settled = best.value - value <= 1e-9 * total;
        if value < best.value {
            best = Robust { theta, scale, value };
        }
        if settled {
            break;
        }
        for (i, r) in residuals.iter().enumerate() {
            work.weight[i] = points.weight[i] * (FREEDOM + 1.0) / (FREEDOM * (1.0 + square(r)));
        }
        theta = polish(Objective { points: &work, delta: SQUARES }, bounds, &theta, 2).theta;
    }
    best.value.is_finite().then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_scipy() {
        // scipy 1.17: scipy.stats.t.isf(0.05 / 245, 4), (0.005 / 245, 4)
        assert!((farther_than(EXPECTED, 245.0) - 10.858967632876487).abs() < 1e-9);
        assert!((farther_than(FIRST, 245.0) - 19.495503033180064).abs() < 1e-9);
    }
}
