//! Starts for any law when the caller gives none: a spread of values over the coefficients that are not linear, the linear
//! ones solved for at each (robust variable projection), the best of them first.

use super::loss_function::{Kernel, LossFunction, Residual};
use super::scale::robust;
use super::system::{Role, System};
use crate::laws::Bound;
use crate::math::linear::{Matrix, Vector};
use crate::math::order::sort_by_number;
use crate::math::quantile::median;

/// Data that the spread is tried on; the descents use all.
const DATA: usize = 512;
/// Points of the spread by number of coefficients that are not linear.
const POINTS: [usize; 5] = [1, 256, 4096, 8192, 16_384];
/// Starts by the same number: with more dimensions the best places of a coarse spread lie less often in the best basin.
const STARTS: [usize; 5] = [2, 16, 24, 48, 96];
/// Re-weightings of the linear coefficients at one point.
const REWEIGHTINGS: usize = 4;
/// Where "any magnitude" is looked for.
const MAGNITUDES: (f64, f64) = (1e-6, 1e6);

/// A point of the spread: where it is in the unit cube, and the free coefficients.
struct Candidate {
    place: Vec<f64>,
    free: Vector,
    value: f64,
}

/// Starts, most promising first; those that are near a better one come last.
pub(super) fn starts(system: System<'_>, loss: LossFunction, bounds: &[Bound]) -> Vec<Vector> {
    let stride = system.rows.len().div_ceil(DATA).max(1);
    let rows: Vec<usize> = (0..system.rows.len()).step_by(stride).collect();
    let explorer = Explorer::new(system, loss, bounds, rows);
    let searched = explorer.curved.len();
    let by_dimension = |table: &[usize]| table.get(searched).or(table.last()).copied().unwrap_or(1);
    let (points, count) = (by_dimension(&POINTS), by_dimension(&STARTS));
    let mut candidates: Vec<Candidate> = spread(points, searched)
        .filter_map(|place| explorer.at(&place))
        .filter(|candidate| candidate.value.is_finite())
        .collect();
    sort_by_number(&mut candidates, |one| one.value);
    if searched == 0 {
        return explorer.around(candidates);
    }
    let apart = 1.5 * (1.0 / points as f64).powf(1.0 / searched.max(1) as f64);
    let (mut leaders, mut others): (Vec<Candidate>, Vec<Candidate>) = (Vec::new(), Vec::new());
    for candidate in candidates {
        if leaders.len() + others.len() >= 4 * count {
            break;
        }
        let near = leaders.iter().any(|leader| distance(&leader.place, &candidate.place) < apart);
        if near { others.push(candidate) } else { leaders.push(candidate) }
    }
    leaders.into_iter().chain(others).take(count).map(|candidate| candidate.free).collect()
}

fn distance(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// An even spread over the unit cube of any dimension: multiples of powers of the inverse of the root of
/// x^(d+1) = x + 1, modulo 1 (M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018).
fn spread(points: usize, dimension: usize) -> impl Iterator<Item = Vec<f64>> {
    let mut root = 2.0f64;
    for _ in 0..60 {
        root = (1.0 + root).powf(1.0 / (dimension as f64 + 1.0));
    }
    (0..points)
        .map(move |i| (1..=dimension).map(|j| (0.5 + (i as f64 + 1.0) * root.powi(-(j as i32))).fract()).collect())
}

struct Explorer<'a> {
    system: System<'a>,
    loss: LossFunction,
    rows: Vec<usize>,
    bounds: &'a [Bound],
    /// Free coefficients that are solved for.
    linear: Vec<usize>,
    /// Free coefficients that are spread, and where.
    curved: Vec<usize>,
    ranges: Vec<Bound>,
}

impl<'a> Explorer<'a> {
    fn new(system: System<'a>, loss: LossFunction, bounds: &'a [Bound], rows: Vec<usize>) -> Self {
        let declared = system.rows.linear();
        let mut of_free: Vec<Vec<usize>> = vec![Vec::new(); system.free];
        for (j, role) in system.roles.iter().enumerate() {
            if let Role::Free(k) = role {
                of_free[*k].push(j);
            }
        }
        let is_linear = |k: &usize| of_free[*k].iter().all(|j| declared.contains(j));
        let (linear, curved): (Vec<usize>, Vec<usize>) = (0..system.free).partition(is_linear);
        let looked = system.rows.search_range();
        let range = |k: &usize| {
            let first = of_free[*k].first().and_then(|j| looked.get(*j)).copied().unwrap_or(Bound::FREE);
            Bound::between(first.least.max(bounds[*k].least), first.greatest.min(bounds[*k].greatest))
        };
        let ranges = curved.iter().map(range).collect();
        Self { system, loss, rows, bounds, linear, curved, ranges }
    }

    /// Where only linear coefficients are free there is nothing to spread: the solution, and starts well off it on both sides,
    /// so that several descents have to meet.
    fn around(&self, candidates: Vec<Candidate>) -> Vec<Vector> {
        let Some(solved) = candidates.into_iter().next().map(|candidate| candidate.free) else { return Vec::new() };
        let off = |(factor, shift): (f64, f64)| {
            let clamped = |k: usize| (factor * solved[k] + shift).clamp(self.bounds[k].least, self.bounds[k].greatest);
            Vector::from_fn(solved.len(), |k, _| clamped(k))
        };
        [(1.0, 0.0), (1.5, 0.1), (0.5, -0.1), (3.0, 0.0), (0.2, 0.0), (1.0, 1.0)].map(off).into()
    }

    /// The best linear coefficients at one place of the cube.
    fn at(&self, place: &[f64]) -> Option<Candidate> {
        let mut free =
            Vector::from_fn(self.system.free, |k, _| 1.0f64.clamp(self.bounds[k].least, self.bounds[k].greatest));
        for ((&k, range), &u) in self.curved.iter().zip(&self.ranges).zip(place) {
            free[k] = along(*range, u);
        }
        let m = self.linear.len();
        let mut columns = Matrix::zeros(self.rows.len(), m);
        let mut target = Vector::zeros(self.rows.len());
        let coefficients = self.system.full(&free);
        let mut slopes = vec![0.0; coefficients.len()];
        // With c the linear coefficients: prediction = offset + G·c; a log residual is ŷ/y − 1 to first order.
        for (at, &row) in self.rows.iter().enumerate() {
            let observed = self.system.values[row];
            let unit = match self.system.residual {
                Residual::Log => 1.0 / observed,
                Residual::Raw => 1.0,
            } / self.system.weights.row(row).1;
            let mut offset = self.system.rows.predict(&coefficients, row, &mut slopes);
            for (role, slope) in self.system.roles.iter().zip(&slopes) {
                let Role::Free(k) = role else { continue };
                if let Some(column) = self.linear.iter().position(|l| l == k) {
                    columns[(at, column)] += slope * unit;
                    offset -= slope * free[*k];
                }
            }
            target[at] = (observed - offset) * unit;
        }
        if !target.iter().chain(columns.iter()).all(|v| v.is_finite()) {
            return None;
        }
        if m > 0 {
            let bounds: Vec<Bound> = self.linear.iter().map(|&k| self.bounds[k]).collect();
            let solved = self.reweighted(&columns, &target, &bounds)?;
            for (&k, value) in self.linear.iter().zip(solved.iter()) {
                free[k] = *value;
            }
        }
        Some(Candidate { place: place.to_vec(), value: self.value(&free)?, free })
    }

    /// Iteratively re-weighted least squares within bounds.
    fn reweighted(&self, columns: &Matrix, target: &Vector, bounds: &[Bound]) -> Option<Vector> {
        let counts: Vec<f64> = self.rows.iter().map(|&row| self.system.weights.row(row).0).collect();
        let mut weights = Vector::from_vec(counts.clone());
        let mut solved = within(columns, target, &weights, bounds)?;
        if self.loss == LossFunction::LeastSquares {
            return Some(solved);
        }
        for _ in 1..REWEIGHTINGS {
            let residuals = columns * &solved - target;
            let kernel = self.kernel(residuals.as_slice());
            for ((weight, r), count) in weights.iter_mut().zip(residuals.iter()).zip(&counts) {
                *weight = count * kernel.at(*r).weight.min(1e12);
            }
            solved = within(columns, target, &weights, bounds)?;
        }
        Some(solved)
    }

    /// The loss while searching. One without a scale of its own takes the part of Huber's that is nearest to it.
    fn kernel(&self, residuals: &[f64]) -> Kernel {
        let spread = || robust(residuals, 0).max(f64::MIN_POSITIVE);
        match self.loss {
            LossFunction::LeastSquares => Kernel::Squares,
            LossFunction::Huber(delta) => Kernel::Huber(delta),
            // Redescending losses have minima wherever a few data agree: the search wants the broad one.
            LossFunction::Cauchy(scale) => Kernel::Cauchy(scale.max(spread())),
            LossFunction::StudentT(_) | LossFunction::HuberOfScale(_) => Kernel::Huber(spread()),
            LossFunction::AbsoluteDeviations => Kernel::Huber(1e-2 * spread()),
        }
    }

    /// What places are ranked by: Σ ρ of the residuals themselves; for a loss that has no scale yet, Σ |r|.
    fn value(&self, free: &Vector) -> Option<f64> {
        let coefficients = self.system.full(free);
        let mut unused = vec![0.0; coefficients.len()];
        let mut residuals = Vec::with_capacity(self.rows.len());
        for &row in &self.rows {
            let predicted = self.system.rows.predict(&coefficients, row, &mut unused);
            residuals.push(self.system.residual_at(row, predicted)?.0);
        }
        let kernel = match self.loss {
            LossFunction::LeastSquares => Kernel::Squares,
            LossFunction::Huber(delta) => Kernel::Huber(delta),
            LossFunction::Cauchy(scale) => {
                let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
                Kernel::Cauchy(scale.max(median(&mut sizes)))
            }
            _ => Kernel::Absolute,
        };
        Some(self.rows.iter().zip(&residuals).map(|(&row, r)| self.system.weights.row(row).0 * kernel.at(*r).rho).sum())
    }
}

/// A value for u in (0, 1): evenly in the logarithm where a range spans magnitudes, else evenly. A range through zero
/// without ends takes both signs in turn.
fn along(Bound { least, greatest }: Bound, u: f64) -> f64 {
    let (tiny, huge) = MAGNITUDES;
    let logarithmic = |low: f64, high: f64, u: f64| low * (high / low).powf(u);
    if least.is_finite() && greatest.is_finite() {
        return if least > 0.0 && greatest > 10.0 * least {
            logarithmic(least, greatest, u)
        } else {
            least + u * (greatest - least)
        };
    }
    if least >= 0.0 {
        let low = if least > 0.0 { least } else { tiny };
        return logarithmic(low, low.max(1.0) * huge, u);
    }
    if greatest <= 0.0 {
        return -along(Bound::between(-greatest, -least), u);
    }
    let (sign, u) = if u < 0.5 { (-1.0, 2.0 * u) } else { (1.0, 2.0 * u - 1.0) };
    (sign * logarithmic(tiny, huge, u)).clamp(least, greatest)
}

/// min Σ w(G·c − t)² within bounds, by clamping what leaves them and solving for the rest. `None` where G has no rank.
fn within(columns: &Matrix, target: &Vector, weights: &Vector, bounds: &[Bound]) -> Option<Vector> {
    let m = bounds.len();
    let mut solved = Vector::zeros(m);
    let mut open: Vec<usize> = (0..m).collect();
    let roots = weights.map(f64::sqrt);
    loop {
        let mut rest = target.clone();
        for k in (0..m).filter(|k| !open.contains(k)) {
            rest -= columns.column(k) * solved[k];
        }
        let mut sub = columns.select_columns(open.iter());
        let mut scale = Vec::with_capacity(open.len());
        for mut column in sub.column_iter_mut() {
            column.component_mul_assign(&roots);
            let norm = column.norm();
            if !(norm > 0.0 && norm.is_finite()) {
                return None;
            }
            column /= norm;
            scale.push(norm);
        }
        let qr = sub.qr();
        let mut right = rest.component_mul(&roots);
        qr.q_tr_mul(&mut right);
        let values = qr.r().solve_upper_triangular(&right.rows(0, open.len()).into_owned())?;
        for ((&k, value), norm) in open.iter().zip(values.iter()).zip(&scale) {
            solved[k] = value / norm;
        }
        let outside = |k: &usize| solved[*k] < bounds[*k].least || solved[*k] > bounds[*k].greatest;
        let before = open.len();
        let leaving: Vec<usize> = open.iter().copied().filter(outside).collect();
        for k in leaving {
            solved[k] = solved[k].clamp(bounds[k].least, bounds[k].greatest);
            open.retain(|o| *o != k);
        }
        if open.len() == before || open.is_empty() {
            return solved.iter().all(|v| v.is_finite()).then_some(solved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_leaves_no_large_hole() {
        let places: Vec<Vec<f64>> = spread(256, 2).collect();
        assert!(places.iter().flatten().all(|u| (0.0..1.0).contains(u)));
        for i in 0..8 {
            for j in 0..8 {
                let corner = [f64::from(i) / 8.0, f64::from(j) / 8.0];
                let inside = |place: &&Vec<f64>| place.iter().zip(corner).all(|(u, c)| (c..c + 0.125).contains(u));
                assert!(places.iter().any(|place| inside(&place)), "{corner:?}");
            }
        }
    }

    #[test]
    fn ranges_are_walked_in_the_unit_that_suits_them() {
        assert_eq!(along(Bound::between(2.0, 4.0), 0.5), 3.0);
        assert!((along(Bound::between(0.01, 100.0), 0.5) - 1.0).abs() < 1e-12);
        assert!((along(Bound::NONNEGATIVE, 0.5) - 1.0).abs() < 1e-12);
        assert!(along(Bound::FREE, 0.25) < 0.0 && along(Bound::FREE, 0.75) > 0.0);
        assert!((along(Bound::between(f64::NEG_INFINITY, 0.0), 0.5) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn linear_coefficients_stay_within_their_bounds() {
        let columns = Matrix::from_row_slice(3, 2, &[1.0, 0.0, 1.0, 1.0, 1.0, 2.0]);
        let target = Vector::from_vec(vec![-1.0, 1.0, 3.0]);
        let ones = Vector::from_element(3, 1.0);
        let free = within(&columns, &target, &ones, &[Bound::FREE; 2]).unwrap();
        assert!((free[0] + 1.0).abs() < 1e-12 && (free[1] - 2.0).abs() < 1e-12);
        let bounded = within(&columns, &target, &ones, &[Bound::NONNEGATIVE; 2]).unwrap();
        assert!(bounded[0] == 0.0 && (bounded[1] - 7.0 / 5.0).abs() < 1e-12);
    }
}
