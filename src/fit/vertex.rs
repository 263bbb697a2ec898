//! Least absolute deviations to the last bits: Gauss–Newton steps whose linear problem Σ m|r + J·s| is solved exactly.
//!
//! An optimum of this loss is a vertex: as many residuals are zero as there are free coefficients, and no multiplier
//! exceeds its weight. At a vertex the step is Newton's on the zero residuals, so convergence is quadratic
//! (M. R. Osborne and G. A. Watson, On an algorithm for discrete nonlinear L1 approximation, 1971). The linear problem is
//! solved from vertex to vertex along the edge of steepest descent with an exact line search (P. Bloomfield and W. L.
//! Steiger, Least Absolute Deviations, 1983).

use super::certificate::Termination;
use super::levenberg::{End, clamp, held};
use super::loss_function::Kernel;
use super::system::{Linear, System};
use crate::laws::Bound;
use crate::math::linear::{Matrix, Vector};
use crate::math::order::sort_by_number;

/// Steps from one linearisation to the next.
const STEPS: usize = 60;
/// A multiplier may exceed its weight by this much, relative: rounding.
const SLACK: f64 = 1e-9;
/// Residuals this small beside the largest are zero but for rounding.
const ZERO: f64 = 1e-10;

/// Follows vertices from a start that is near one. `None` where no vertex is found; the end says whether it is optimal.
pub(super) fn to_vertex(system: System<'_>, bounds: &[Bound], start: &End) -> Option<End> {
    let system = system.with(Kernel::Absolute);
    let mut free = start.free.clone();
    let mut linear = system.linearise(&free)?;
    let mut on_bound = start.held.clone();
    let weights: Vec<f64> = (0..linear.residuals.len()).map(|row| system.cost(row, 1.0).rho).collect();
    let mut active = Vec::new();
    let mut settled = false;
    for _ in 0..STEPS {
        let open: Vec<usize> = (0..free.len()).filter(|&k| !on_bound[k]).collect();
        let problem = Edges::new(&linear.residuals, &linear.jacobian, &weights, &open);
        let vertex = problem.solve(&active)?;
        let direction = spread(&vertex.step, &open, free.len());
        // A coefficient that would leave its bounds stops there and is held from then on.
        let reach = longest(&free, &direction, bounds);
        let full_fall = linear.value - vertex.value;
        active = vertex.active;
        let Some((next, at_next)) = shorten(&system, &free, &linear, &(&direction * reach), bounds) else {
            settled = full_fall <= 1e-12 * linear.value;
            if settled && release(&linear, &vertex.forces, &mut on_bound, &free, bounds) {
                continue;
            }
            break;
        };
        if reach < 1.0 {
            on_bound = (0..free.len()).map(|k| on_bound[k] || is_outside(next[k], direction[k], bounds[k])).collect();
        }
        (free, linear) = (next, at_next);
    }
    conclude(&system, bounds, free, &on_bound, &active, &weights, settled)
}

/// The verdict at the last point, from the zero residuals and their multipliers.
fn conclude(
    system: &System<'_>,
    bounds: &[Bound],
    free: Vector,
    on_bound: &[bool],
    active: &[usize],
    weights: &[f64],
    settled: bool,
) -> Option<End> {
    let mut linear = system.linearise(&free)?;
    let open: Vec<usize> = (0..free.len()).filter(|&k| !on_bound[k]).collect();
    let forces = Edges::new(&linear.residuals, &linear.jacobian, weights, &open).forces(active)?;
    let excess = active.iter().map(|&row| forces[row].abs() - weights[row]).fold(0.0, f64::max);
    let largest = linear.residuals.iter().fold(0.0f64, |a, r| a.max(r.abs()));
    let zero = active.iter().all(|&row| linear.residuals[row].abs() <= ZERO * largest);
    linear.gradient = linear.jacobian.tr_mul(&forces);
    let held: Vec<bool> = held(&free, &linear, bounds);
    let rounding = active.iter().map(|&row| SLACK * weights[row]).fold(0.0, f64::max);
    let optimal =
        settled && zero && excess <= rounding && (0..free.len()).all(|k| on_bound[k] == held[k] || !on_bound[k]);
    let termination = match (linear.value == 0.0, optimal) {
        (true, _) => Termination::Exact,
        (_, true) => Termination::Vertex,
        _ => Termination::Stalled,
    };
    Some(End { free, linear, held: on_bound.to_vec(), termination })
}

/// 1 − max |λ|/m over the zero residuals of a vertex.
pub(super) fn strictness(system: &System<'_>, residuals: &Vector, jacobian: &Matrix, held: &[bool]) -> Option<f64> {
    let system = system.with(Kernel::Absolute);
    let weights: Vec<f64> = (0..residuals.len()).map(|row| system.cost(row, 1.0).rho).collect();
    let open: Vec<usize> = (0..held.len()).filter(|&k| !held[k]).collect();
    // Further zero residuals, such as those of repeated runs, may take any force: none is one of them.
    let largest = residuals.iter().fold(0.0f64, |a, r| a.max(r.abs()));
    let acting: Vec<f64> =
        weights.iter().zip(residuals.iter()).map(|(m, r)| if r.abs() > ZERO * largest { *m } else { 0.0 }).collect();
    let active = Edges::new(residuals, jacobian, &weights, &open).independent_rows()?;
    let forces = Edges::new(residuals, jacobian, &acting, &open).forces(&active)?;
    Some(active.iter().map(|&row| 1.0 - forces[row].abs() / weights[row]).fold(1.0, f64::min))
}

/// The longest part of a step, at most 1, that stays within the bounds.
fn longest(free: &Vector, step: &Vector, bounds: &[Bound]) -> f64 {
    (0..free.len())
        .map(|k| match step[k] {
            s if s > 0.0 => (bounds[k].greatest - free[k]) / s,
            s if s < 0.0 => (bounds[k].least - free[k]) / s,
            _ => 1.0,
        })
        .fold(1.0, f64::min)
}

fn is_outside(value: f64, step: f64, bound: Bound) -> bool {
    value <= bound.least && step < 0.0 || value >= bound.greatest && step > 0.0
}

/// Lets go of one coefficient whose force points inwards. Returns whether there was one.
fn release(linear: &Linear, forces: &Vector, on_bound: &mut [bool], free: &Vector, bounds: &[Bound]) -> bool {
    let gradient = linear.jacobian.tr_mul(forces);
    let inward = |k: &usize| {
        on_bound[*k]
            && (free[*k] <= bounds[*k].least && gradient[*k] < 0.0
                || free[*k] >= bounds[*k].greatest && gradient[*k] > 0.0)
    };
    let Some(k) = (0..free.len()).find(inward) else { return false };
    on_bound[k] = false;
    true
}

/// The first of step, step/2, step/4 … that lowers the sum.
fn shorten(
    system: &System<'_>,
    free: &Vector,
    linear: &Linear,
    step: &Vector,
    bounds: &[Bound],
) -> Option<(Vector, Linear)> {
    let mut length = 1.0;
    for _ in 0..30 {
        let next = clamp(&(free + step * length), bounds);
        if next == *free {
            return None;
        }
        if let Some(at_next) = system.linearise(&next).filter(|at_next| at_next.value < linear.value) {
            return Some((next, at_next));
        }
        length *= 0.5;
    }
    None
}

fn spread(step: &Vector, open: &[usize], count: usize) -> Vector {
    let mut full = Vector::zeros(count);
    for (value, &k) in step.iter().zip(open) {
        full[k] = *value;
    }
    full
}

/// min Σ m|r + J·s| over the open coordinates.
struct Edges<'a> {
    /// J, its columns scaled to the same length.
    slopes: Matrix,
    scale: Vec<f64>,
    residuals: &'a Vector,
    weights: &'a [f64],
}

struct Vertex {
    step: Vector,
    active: Vec<usize>,
    /// r + J·s.
    residuals: Vector,
    value: f64,
    /// m·sgn r, and the multipliers of the zero residuals: what balances at the optimum.
    forces: Vector,
}

impl<'a> Edges<'a> {
    fn new(residuals: &'a Vector, jacobian: &Matrix, weights: &'a [f64], open: &[usize]) -> Self {
        let mut slopes = jacobian.select_columns(open.iter());
        let mut scale = Vec::with_capacity(open.len());
        for mut column in slopes.column_iter_mut() {
            let norm = column.norm();
            scale.push(if norm > 0.0 { norm } else { 1.0 });
            if norm > 0.0 {
                column /= norm;
            }
        }
        Self { slopes, scale, residuals, weights }
    }

    fn solve(&self, warm: &[usize]) -> Option<Vertex> {
        let p = self.slopes.ncols();
        let mut active = if warm.len() == p { warm.to_vec() } else { self.independent_rows()? };
        let mut best: Option<Vertex> = None;
        // Far more than is ever needed from a start near the optimum; ties could cycle.
        for _ in 0..20 * p + self.slopes.nrows() {
            let vertex = self.at(&active)?;
            let worst = |row: &&usize| vertex.forces[**row].abs() / self.weights[**row];
            let leaving = active.iter().max_by(|one, two| worst(one).total_cmp(&worst(two))).copied();
            let improves = best.as_ref().is_none_or(|best| vertex.value <= best.value);
            let Some(leaving) = leaving.filter(|row| worst(&row) > 1.0 + SLACK && improves) else {
                return if improves { Some(vertex) } else { best };
            };
            let entering = self.entering(&active, &vertex, leaving)?;
            best = Some(vertex);
            active.iter_mut().filter(|row| **row == leaving).for_each(|row| *row = entering);
        }
        best
    }

    /// As many independent rows as there are coordinates, those of smallest residuals first.
    fn independent_rows(&self) -> Option<Vec<usize>> {
        let p = self.slopes.ncols();
        let mut order: Vec<usize> = (0..self.slopes.nrows()).filter(|&row| self.weights[row] > 0.0).collect();
        sort_by_number(&mut order, |&one| self.residuals[one].abs());
        let mut basis: Vec<Vector> = Vec::new();
        let mut rows = Vec::new();
        for row in order {
            let mut rest = self.slopes.row(row).transpose();
            let length = rest.norm();
            // Twice, because once leaves rounding behind.
            for _ in 0..2 {
                for direction in &basis {
                    let along = direction.dot(&rest);
                    rest -= direction * along;
                }
            }
            if rest.norm() > 1e-7 * length && length > 0.0 {
                basis.push(rest.normalize());
                rows.push(row);
            }
            if rows.len() == p {
                return Some(rows);
            }
        }
        None
    }

    /// The vertex where the residuals of these rows are zero.
    fn at(&self, active: &[usize]) -> Option<Vertex> {
        let scaled = self
            .square(active)
            .lu()
            .solve(&Vector::from_iterator(active.len(), active.iter().map(|&row| -self.residuals[row])))?;
        let mut residuals = self.residuals + &self.slopes * &scaled;
        active.iter().for_each(|&row| residuals[row] = 0.0);
        let value = residuals.iter().zip(self.weights).map(|(r, m)| m * r.abs()).sum();
        let forces = self.balance(active, &residuals)?;
        let step = Vector::from_fn(scaled.len(), |k, _| scaled[k] / self.scale[k]);
        step.iter().all(|s| s.is_finite()).then(|| Vertex { step, active: active.to_vec(), residuals, value, forces })
    }

    /// The forces at the present point, which is taken to be the vertex of these rows.
    fn forces(&self, active: &[usize]) -> Option<Vector> {
        (active.len() == self.slopes.ncols()).then(|| self.balance(active, self.residuals)).flatten()
    }

    /// λ of the zero residuals from Σ m·sgn(r)·J + Σ λ·J = 0.
    fn balance(&self, active: &[usize], residuals: &Vector) -> Option<Vector> {
        // A zero residual that is not active counts as just above zero, always: a rule that breaks ties the same way.
        let mut forces = Vector::from_fn(residuals.len(), |row, _| {
            self.weights[row] * if residuals[row] < 0.0 { -1.0 } else { 1.0 }
        });
        active.iter().for_each(|&row| forces[row] = 0.0);
        let pull = self.slopes.tr_mul(&forces);
        let multipliers = self.square(active).transpose().lu().solve(&-pull)?;
        active.iter().zip(multipliers.iter()).for_each(|(&row, value)| forces[row] = *value);
        Some(forces)
    }

    fn square(&self, active: &[usize]) -> Matrix {
        self.slopes.select_rows(active.iter())
    }

    /// The row whose residual becomes zero at the best point of the edge on which only `leaving` stops being zero.
    fn entering(&self, active: &[usize], vertex: &Vertex, leaving: usize) -> Option<usize> {
        let side = vertex.forces[leaving].signum();
        let unit =
            Vector::from_iterator(active.len(), active.iter().map(|&row| if row == leaving { side } else { 0.0 }));
        let along = &self.slopes * self.square(active).lu().solve(&unit)?;
        let mut kinks: Vec<(f64, usize)> = (0..along.len())
            .filter(|row| !active.contains(row) && self.weights[*row] > 0.0 && along[*row].abs() > 1e-13)
            .map(|row| (-vertex.residuals[row] / along[row], row))
            .filter(|(at, row)| *at > 0.0 || *at == 0.0 && along[*row] < 0.0)
            .collect();
        sort_by_number(&mut kinks, |one| one.0);
        let mut slope = self.weights[leaving] - vertex.forces[leaving].abs();
        for (_, row) in kinks {
            slope += 2.0 * self.weights[row] * along[row].abs();
            if slope >= 0.0 {
                return Some(row);
            }
        }
        None
    }
}
