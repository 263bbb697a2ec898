//! How far the irreducible loss can rise from zero before the runs object.

use super::noise::{self, Scatter};
use super::objective::Objective;
use super::points::Theta;
use super::polish::{Bounds, Polished, polish};

/// The highest E that fits about as well as E = 0, and the other coefficients there.
#[derive(Debug, Clone, Copy)]
pub(super) struct FloorRange {
    pub greatest: f64,
    pub coefficients: Theta,
}

/// Steps in E, as shares of the least loss.
const STEPS: usize = 19;

/// An E on its bound makes the other standard errors conditional on E = 0, which says too much. This holds E at rising
/// values, fits the rest, and returns the last one within reach of the optimum, as the scatter of the residuals sets it.
/// `None` unless E sits at zero. The residuals are standardised, in the order of the points.
pub(super) fn floor_range(
    objective: Objective<'_>,
    bounds: &Bounds,
    best: &Polished,
    residuals: &[f64],
    scatter: &Scatter,
) -> Option<FloorRange> {
    if best.theta[0] > 0.0 {
        return None;
    }
    let reach = noise::reach(objective.points, residuals, scatter, objective.delta);
    let least_loss = objective.points.l.iter().fold(f64::INFINITY, |a, &b| a.min(b)).exp();
    let mut theta = best.theta;
    let mut found = None;
    for step in 1..=STEPS {
        let e = least_loss * step as f64 / (STEPS + 1) as f64;
        let mut held = *bounds;
        (held.least[0], held.greatest[0]) = (e, e);
        let end = polish(objective, &held, &theta, 200);
        if !(end.local.value - best.local.value <= reach) {
            break;
        }
        theta = end.theta;
        found = Some(FloorRange { greatest: e, coefficients: objective.points.natural(&theta) });
    }
    found
}
