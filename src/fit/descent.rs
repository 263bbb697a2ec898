//! From one start to the end of its basin, whatever the loss.

use super::certificate::Termination;
use super::levenberg::{End, clamp, solve};
use super::loss_function::{Kernel, LossFunction};
use super::scale::{of_data, robust, student};
use super::system::System;
use super::vertex::to_vertex;
use crate::laws::Bound;
use crate::math::linear::Vector;

/// An end and what was estimated on the way there.
#[derive(Debug, Clone)]
pub(super) struct Descent {
    pub end: End,
    /// The loss with its scale, as it was at the end.
    pub kernel: Kernel,
    /// What is compared between starts: Σ ρ, and n·ln s for Student's t.
    pub objective: f64,
}

/// How hard a start is followed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effort {
    /// One bold attempt of few iterations, for the many starts of a search.
    Brief,
    /// To the end, with more careful attempts where the bold one does not end at a stationary point.
    Full,
}

impl Effort {
    fn iterations(self) -> usize {
        match self {
            Self::Brief => 100,
            Self::Full => 20_000,
        }
    }

    /// A first step that is too long can land on a plateau from which no step leads back.
    fn dampings(self) -> &'static [f64] {
        match self {
            Self::Brief => &[1e-3],
            Self::Full => &[1e-3, 1.0, 1e3],
        }
    }
}

/// Least squares, Huber's and Cauchy's loss are minimised as they stand. Absolute deviations are the limit of Huber's loss
/// as δ → 0, followed down and finished on a vertex. The scale of Student's t and the coefficients take turns.
pub(super) fn descend(
    system: System<'_>,
    bounds: &[Bound],
    loss: LossFunction,
    start: &Vector,
    effort: Effort,
) -> Option<Descent> {
    match loss {
        LossFunction::LeastSquares => plain(system, bounds, Kernel::Squares, start, effort),
        LossFunction::Huber(delta) => plain(system, bounds, Kernel::Huber(delta), start, effort),
        LossFunction::Cauchy(scale) => plain(system, bounds, Kernel::Cauchy(scale), start, effort),
        LossFunction::AbsoluteDeviations | LossFunction::HuberOfScale(_) => absolute(system, bounds, start, effort),
        LossFunction::StudentT(freedom) => student_t(system, bounds, freedom, start, effort),
    }
}

fn plain(system: System<'_>, bounds: &[Bound], kernel: Kernel, start: &Vector, effort: Effort) -> Option<Descent> {
    let end = patient(&system.with(kernel), bounds, start, effort)?;
    Some(Descent { objective: end.linear.value, kernel, end })
}

fn patient(system: &System<'_>, bounds: &[Bound], start: &Vector, effort: Effort) -> Option<End> {
    let mut best: Option<End> = None;
    for &damping in effort.dampings() {
        // One that crept along a valley to the limit creeps again; the careful ones are for starts that went astray at once.
        let most = if best.is_none() { effort.iterations() } else { effort.iterations() / 10 };
        let end = solve(system, bounds, start, damping, most);
        best = match (best, end) {
            (Some(best), Some(end)) if !better(&end, &best) => Some(best),
            (best, end) => end.or(best),
        };
        if best.as_ref().is_some_and(|end| end.termination.is_optimal()) {
            break;
        }
    }
    best
}

/// Lower by more than rounding, or stationary where the other is not.
fn better(end: &End, best: &End) -> bool {
    let (value, least) = (end.linear.value, best.linear.value);
    value < least * (1.0 - 1e-9) || end.termination.is_optimal() && value <= least * (1.0 + 1e-9)
}

/// δ from the size of the residuals down by tens, then the vertex.
fn absolute(system: System<'_>, bounds: &[Bound], start: &Vector, effort: Effort) -> Option<Descent> {
    const STAGES: i32 = 4;
    let count = system.rows.len();
    let mut delta = robust(&of_data(&system.linearise(&clamp(start, bounds))?, count), 0).max(1e-12);
    let mut end = solve(&system.with(Kernel::Huber(delta)), bounds, start, 1e-3, effort.iterations())?;
    for _ in 0..STAGES {
        // The scale of what is left, so that a start far off does not set it.
        delta = (0.1 * delta).min(robust(&of_data(&end.linear, count), 0).max(1e-14));
        end = solve(&system.with(Kernel::Huber(delta)), bounds, &end.free, 1e-3, effort.iterations().min(200))
            .unwrap_or(end);
    }
    let found = to_vertex(system, bounds, &end);
    let end = match found {
        Some(end) => end,
        None => {
            let linear = system.with(Kernel::Absolute).linearise(&end.free)?;
            let exact = linear.value == 0.0;
            End { linear, termination: if exact { Termination::Exact } else { Termination::Stalled }, ..end }
        }
    };
    Some(Descent { objective: end.linear.value, kernel: Kernel::Absolute, end })
}

/// Coordinates and scale in turn: each half is exact, the sum falls every time, and since the two are orthogonal for a
/// symmetric density a handful of rounds suffices.
fn student_t(system: System<'_>, bounds: &[Bound], freedom: f64, start: &Vector, effort: Effort) -> Option<Descent> {
    const ROUNDS: usize = 100;
    let count = system.rows.len();
    let multipliers: Vec<f64> = (0..count).map(|row| system.weights.row(row).0).collect();
    let total: f64 = multipliers.iter().sum();
    // Absolute deviations first: a scale from a start far off would flatten the likelihood there.
    let mut end = absolute(system, bounds, start, effort)?.end;
    let residuals = of_data(&end.linear, count);
    let mut scale = robust(&residuals, end.free.len());
    if end.termination == Termination::Exact || !(scale > 0.0) {
        return Some(Descent { objective: end.linear.value, kernel: Kernel::Absolute, end });
    }
    for _ in 0..ROUNDS {
        let kernel = Kernel::StudentT { freedom, scale };
        end = patient(&system.with(kernel), bounds, &end.free, effort)?;
        let next = student(&of_data(&end.linear, count), &multipliers, freedom)?;
        if (next / scale - 1.0).abs() <= 1e-13 {
            break;
        }
        scale = next;
    }
    let kernel = Kernel::StudentT { freedom, scale };
    let end = patient(&system.with(kernel), bounds, &end.free, effort)?;
    Some(Descent { objective: end.linear.value + total * scale.ln(), kernel, end })
}
