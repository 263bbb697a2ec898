//! Damped Newton on the exact objective within bounds.

use super::certificate::Termination;
use super::objective::{Local, Objective};
use super::points::Theta;
use crate::math::dense::damped_solve;

/// Bounds of E, A, B, α, β.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub least: Theta,
    pub greatest: Theta,
}

impl Bounds {
    pub fn new(exponents: (f64, f64)) -> Self {
        Self {
            least: [0.0, 0.0, 0.0, exponents.0, exponents.0],
            greatest: [f64::INFINITY, f64::INFINITY, f64::INFINITY, exponents.1, exponents.1],
        }
    }

    pub fn clamp(&self, theta: &Theta) -> Theta {
        std::array::from_fn(|j| theta[j].clamp(self.least[j], self.greatest[j]))
    }

    /// Coordinates that are not held on a bound by a gradient that pushes outwards.
    pub fn free(&self, theta: &Theta, gradient: &Theta) -> [bool; 5] {
        std::array::from_fn(|j| {
            !(theta[j] <= self.least[j] && gradient[j] >= 0.0 || theta[j] >= self.greatest[j] && gradient[j] <= 0.0)
        })
    }
}

/// Where a polish ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Polished {
    pub theta: Theta,
    pub local: Local,
    pub free: [bool; 5],
    pub termination: Termination,
}

/// Scaled gradient at which the polish stops; the certificate asks for 1e-10.
const GRADIENT_GOAL: f64 = 1e-12;

/// Residuals of this size are the rounding of ln and exp: the runs lie on the law.
const ROUNDING: f64 = 8e-15;

/// What the polish minimises: the objective, or the objective with a pull on a quantity.
pub(super) trait Smooth: Copy {
    fn local(&self, theta: &Theta) -> Local;
    /// Σ of the weights of the points.
    fn total_weight(&self) -> f64;
}

impl Smooth for Objective<'_> {
    fn local(&self, theta: &Theta) -> Local {
        Objective::local(self, theta)
    }

    fn total_weight(&self) -> f64 {
        self.points.total_weight()
    }
}

pub(super) fn polish(objective: impl Smooth, bounds: &Bounds, start: &Theta, iterations: usize) -> Polished {
    let mut theta = bounds.clamp(start);
    let mut local = objective.local(&theta);
    let mut lambda = 1e-3;
    let mut termination = Termination::IterationLimit;
    let exact = 0.5 * ROUNDING * ROUNDING * objective.total_weight();
    for _ in 0..iterations {
        let free = bounds.free(&theta, &local.gradient);
        if local.value <= exact {
            termination = Termination::Exact;
            break;
        }
        if local.scaled_gradient(&free) <= GRADIENT_GOAL {
            termination = Termination::Optimal;
            break;
        }
        match descend(objective, bounds, &theta, &local, &free, &mut lambda) {
            Some((next, at_next)) => (theta, local) = (next, at_next),
            None => {
                termination = Termination::Stalled;
                break;
            }
        }
    }
    let free = bounds.free(&theta, &local.gradient);
    if termination != Termination::Exact && local.scaled_gradient(&free) <= Termination::GRADIENT_TOLERANCE {
        termination = Termination::Optimal;
    }
    Polished { theta, local, free, termination }
}

/// One accepted step: raises the damping until the objective falls, lowers it after good predictions.
fn descend(
    objective: impl Smooth,
    bounds: &Bounds,
    theta: &Theta,
    local: &Local,
    free: &[bool; 5],
    lambda: &mut f64,
) -> Option<(Theta, Local)> {
    // A coordinate that no run feels still needs a scale, or the damped matrix stays singular.
    let greatest = local.damping.iter().fold(0.0f64, |a, &b| a.max(b));
    let damping: Theta = std::array::from_fn(|j| local.damping[j].max(1e-12 * greatest));
    for _ in 0..80 {
        let Some(step) = damped_solve(&local.hessian, *lambda, &damping, &local.gradient, free) else {
            *lambda = (*lambda * 8.0).max(1e-10);
            continue;
        };
        let next = bounds.clamp(&std::array::from_fn(|j| theta[j] + step[j]));
        if next == *theta {
            return None;
        }
        let predicted = -0.5 * (0..5).map(|j| local.gradient[j] * step[j]).sum::<f64>();
        if predicted <= END_GAME * local.value {
            return settle(objective, bounds, theta, local, free, &step);
        }
        let at_next = objective.local(&next);
        if at_next.value < local.value {
            let ratio = (local.value - at_next.value) / predicted;
            if ratio > 0.25 {
                *lambda *= 0.1;
            } else if ratio < 0.1 {
                *lambda = (*lambda * 2.0).max(1e-10);
            }
            if *lambda < 1e-12 {
                *lambda = 0.0;
            }
            return Some((next, at_next));
        }
        *lambda = (*lambda * 8.0).max(1e-10);
        if *lambda > 1e16 {
            return None;
        }
    }
    None
}

/// Predicted fall, relative to the objective, below which the rounding of the sum hides which of two points is better.
const END_GAME: f64 = 1e-13;

/// The last steps: shortens the step until the gradient falls. Along a Newton step the gradient shrinks in proportion as
/// far as the next kink of Huber's ρ', so a step that is short enough always helps unless the kink itself is the optimum.
fn settle(
    objective: impl Smooth,
    bounds: &Bounds,
    theta: &Theta,
    local: &Local,
    free: &[bool; 5],
    step: &Theta,
) -> Option<(Theta, Local)> {
    let undamped = damped_solve(&local.hessian, 0.0, &[0.0; 5], &local.gradient, free);
    let step = undamped.as_ref().unwrap_or(step);
    let before = local.scaled_gradient(free);
    let mut length = 1.0;
    for _ in 0..20 {
        let next = bounds.clamp(&std::array::from_fn(|j| theta[j] + length * step[j]));
        let at_next = objective.local(&next);
        let falls = at_next.scaled_gradient(&bounds.free(&next, &at_next.gradient)) < before;
        if falls && at_next.value <= local.value * (1.0 + 4.0 * END_GAME) {
            return Some((next, at_next));
        }
        length *= 0.5;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;
    use crate::fit::points::Points;
    use crate::math::quantile::median;
    use crate::published::HOFFMANN_2022;
    use crate::runs::Runs;

    /// Part of `benches/beside_reference.sh`: the solver without what a fit adds to it.
    #[test]
    #[ignore = "prints a time"]
    fn time_of_the_polish_alone() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/epoch240.csv");
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let mut columns = [vec![], vec![], vec![]];
        for line in text.lines().skip(1) {
            for (column, cell) in columns.iter_mut().zip(line.split(',')) {
                column.push(cell.trim().parse::<f64>().unwrap());
            }
        }
        let points = Points::new(&Runs::from_columns(&columns[0], &columns[1], &columns[2]).unwrap());
        let objective = Objective { points: &points, delta: 1e-3 };
        let (bounds, start) = (Bounds::new((1e-3, 8.0)), points.centred(&HOFFMANN_2022.coefficients()));
        let end = polish(objective, &bounds, &start, 200);
        assert!(end.termination.is_optimal() && (end.local.value / 1.018_274_017_800_6e-3 - 1.0).abs() < 1e-9);
        let evaluation = microseconds(|| objective.local(black_box(&start)));
        let alone = microseconds(|| polish(objective, &bounds, black_box(&start), 200));
        println!("evaluation with Hessian {evaluation:.2} µs");
        println!("polish alone {alone:.2} µs");
    }

    /// Median of many times of 20 calls each.
    fn microseconds<T>(call: impl Fn() -> T) -> f64 {
        let time = |_| {
            let begin = std::time::Instant::now();
            for _ in 0..20 {
                black_box(call());
            }
            begin.elapsed().as_secs_f64() * 1e6 / 20.0
        };
        median(&mut (0..501).map(time).collect::<Vec<f64>>())
    }
}
