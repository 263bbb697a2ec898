//! Levenberg–Marquardt with a robust loss and bounds; the step comes from a QR factorisation of the Jacobian itself,
//! because its normal equations square the condition number.
//!
//! Requirements: finite predictions near the start. Reference: J. J. Moré, The Levenberg-Marquardt algorithm (1978), for
//! the scaling by the largest column norms seen; H. B. Nielsen (1999) for the damping rule.

use super::certificate::Termination;
use super::system::{Linear, System};
use crate::laws::Bound;
use crate::math::linear::{Matrix, Vector};

/// Where a solve ended.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub free: Vector,
    pub linear: Linear,
    pub held: Vec<bool>,
    pub termination: Termination,
}

/// Scaled gradient at which iteration stops; what counts as optimal is wider.
const GOAL: f64 = 1e-13;

pub(super) fn solve(
    system: &System<'_>,
    bounds: &[Bound],
    start: &Vector,
    damping: f64,
    iterations: usize,
) -> Option<End> {
    let mut free = clamp(start, bounds);
    let mut linear = system.linearise(&free)?;
    let mut norms = Vector::from_element(free.len(), 0.0);
    // A coefficient that cannot be negative and grows by decades, as A does along a valley in A and its exponent, is felt less
    // and less: its norms count relative to its size, or the largest one seen would hold it where it was.
    let first = free.clone();
    let grown = |free: &Vector, k: usize| {
        if bounds[k].least >= 0.0 && first[k] > 0.0 { f64::max(free[k] / first[k], 1.0) } else { 1.0 }
    };
    let (mut lambda, mut growth) = (damping, 2.0);
    let mut termination = Termination::IterationLimit;
    // A full Gauss–Newton step that no longer improves is tried a few times before the end is called.
    let mut idle = 0;
    for _ in 0..iterations {
        let held = held(&free, &linear, bounds);
        if linear.scaled_gradient(&held) <= GOAL || linear.value == 0.0 {
            break;
        }
        for k in 0..norms.len() {
            norms[k] = f64::max(norms[k], linear.jacobian.column(k).norm() * grown(&free, k));
        }
        let scale = Vector::from_fn(norms.len(), |k, _| norms[k] / grown(&free, k));
        let Some(step) = step(system, &linear, &held, &scale, lambda) else {
            lambda = f64::max(lambda * growth, 1e-12);
            growth *= 2.0;
            if lambda > 1e20 {
                break;
            }
            continue;
        };
        let next = clamp(&(&free + &step), bounds);
        let fall = system.linearise(&next).filter(|at_next| at_next.value.is_finite());
        let predicted = 0.5 * step.dot(&(lambda * scale.component_mul(&scale).component_mul(&step) - &linear.gradient));
        match fall {
            Some(at_next) if at_next.value < linear.value => {
                let ratio = (linear.value - at_next.value) / predicted;
                lambda *= f64::max(1.0 / 3.0, 1.0 - (2.0 * ratio - 1.0).powi(3)).min(2.0);
                if ratio > 0.9 {
                    lambda *= 0.1;
                }
                growth = 2.0;
                idle = 0;
                (free, linear) = (next, at_next);
            }
            Some(at_next) if closer(&at_next, &linear, &next, bounds, &held) => {
                idle = 0;
                (free, linear) = (next, at_next);
            }
            _ => {
                lambda = f64::max(lambda * growth, 1e-14);
                growth *= 2.0;
                idle += 1;
                if idle > 60 || next == free {
                    termination = Termination::Stalled;
                    break;
                }
            }
        }
    }
    let held = held(&free, &linear, bounds);
    if linear.value == 0.0 {
        termination = Termination::Exact;
    } else if linear.scaled_gradient(&held) <= Termination::GRADIENT_TOLERANCE || linear.is_rounding(&held) {
        termination = Termination::Optimal;
    }
    Some(End { free, linear, held, termination })
}

/// In the last steps the fall drowns in the rounding of the sum: then a smaller gradient tells.
fn closer(at_next: &Linear, linear: &Linear, next: &Vector, bounds: &[Bound], held_now: &[bool]) -> bool {
    at_next.value <= linear.value * (1.0 + 1e-13) + at_next.value_noise
        && at_next.scaled_gradient(&held(next, at_next, bounds)) < 0.9 * linear.scaled_gradient(held_now)
}

/// min ‖√ψ'·(J·s) + ψ/√ψ'‖² + λ‖D·s‖² over the coordinates that are not held. Rows of no curvature (beyond Huber's δ)
/// enter by their gradient through the re-weighted row, which keeps the matrix positive.
fn step(system: &System<'_>, linear: &Linear, held: &[bool], scale: &Vector, lambda: f64) -> Option<Vector> {
    let index: Vec<usize> = (0..held.len()).filter(|&k| !held[k]).collect();
    let (rows, p) = (linear.residuals.len(), index.len());
    if p == 0 {
        return None;
    }
    let mut stacked = Matrix::zeros(rows + p, p);
    let mut right = Vector::zeros(rows + p);
    for row in 0..rows {
        let cost = system.cost(row, linear.residuals[row]);
        // Between the Newton weight ψ' and the re-weighting ψ/r, which always descends: the damping picks.
        let curvature = cost.slope.max(cost.weight * f64::min(1.0, lambda.max(1e-6)));
        let root = curvature.sqrt();
        for (column, &k) in index.iter().enumerate() {
            stacked[(row, column)] = root * linear.jacobian[(row, k)];
        }
        right[row] = if root > 0.0 { -cost.psi / root } else { 0.0 };
    }
    for (column, &k) in index.iter().enumerate() {
        stacked[(rows + column, column)] = lambda.sqrt() * if scale[k] > 0.0 { scale[k] } else { 1.0 };
    }
    let qr = stacked.qr();
    qr.q_tr_mul(&mut right);
    let solution = qr.r().solve_upper_triangular(&right.rows(0, p).into_owned())?;
    let mut step = Vector::zeros(held.len());
    for (column, &k) in index.iter().enumerate() {
        step[k] = solution[column];
    }
    step.iter().all(|v| v.is_finite()).then_some(step)
}

pub(super) fn clamp(free: &Vector, bounds: &[Bound]) -> Vector {
    Vector::from_fn(free.len(), |k, _| free[k].clamp(bounds[k].least, bounds[k].greatest))
}

pub(super) fn held(free: &Vector, linear: &Linear, bounds: &[Bound]) -> Vec<bool> {
    (0..free.len())
        .map(|k| {
            free[k] <= bounds[k].least && linear.gradient[k] >= 0.0
                || free[k] >= bounds[k].greatest && linear.gradient[k] <= 0.0
        })
        .collect()
}
