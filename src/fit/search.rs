//! Robust variable projection: a map of the objective over the exponents.
//!
//! For fixed (α, β) the loss is linear in (E, A, B), all three ≥ 0. Each cell of a grid over the exponents solves that
//! small problem in relative residuals S/L − 1 (ln S − ln L to first order, and convex, so no start is needed),
//! re-weighted by 1/max(|r|, δ) to be robust. The map is exhaustive, so no basin wider than a cell is missed.

use super::points::{Points, Theta};
use crate::math::dense::nonnegative_quadratic;
use crate::math::order::sort_by_number;
use crate::math::simd::{self, Lane, Simd, WithSimd};

/// Exponents of the map, ends included, evenly spaced in logarithm.
const LEAST: f64 = 0.02;
const GREATEST: f64 = 3.2;
const CELLS: usize = 24;

/// Starts within this many cells of a better one come last.
const APART: usize = 3;

/// Points used for the map; the polish uses all.
pub(super) const MAP_POINTS: usize = 2048;

/// Re-weightings of a cell; weights are carried from cell to cell, so few are needed.
const REWEIGHTINGS: usize = 3;

/// Starts for the polish, most promising first: local minima of the map, then the best other cells, spread over the map.
pub(super) fn starts(points: &Points, delta: f64, count: usize) -> Vec<Theta> {
    let exponents: [f64; CELLS] =
        std::array::from_fn(|j| LEAST * (GREATEST / LEAST).powf(j as f64 / (CELLS - 1) as f64));
    let cells = simd::run(Map { points, delta, exponents: &exponents });
    let mut order: Vec<(bool, f64, usize)> = (0..cells.len())
        .filter(|&cell| cells[cell].0.is_finite())
        .map(|cell| (!is_local_minimum(&cells, cell), cells[cell].0, cell))
        .collect();
    sort_by_number(&mut order, |cell| cell.1);
    sort_by_number(&mut order, |cell| f64::from(u8::from(cell.0)));
    // Cells that lie apart come first: neighbours end in one basin, and a second basin need not be a minimum of the map.
    let mut apart: Vec<usize> = Vec::new();
    let mut others: Vec<usize> = Vec::new();
    for (_, _, cell) in order {
        let crowded = apart.iter().any(|&taken| are_close(cell, taken));
        if crowded { others.push(cell) } else { apart.push(cell) }
    }
    apart
        .into_iter()
        .chain(others)
        .take(count)
        .map(|cell| {
            let [e, a, b] = cells[cell].1;
            [e, a, b, exponents[cell / CELLS], exponents[cell % CELLS]]
        })
        .collect()
}

fn are_close(one: usize, two: usize) -> bool {
    (one / CELLS).abs_diff(two / CELLS) <= APART && (one % CELLS).abs_diff(two % CELLS) <= APART
}

fn is_local_minimum(cells: &[(f64, [f64; 3])], cell: usize) -> bool {
    let (j, k) = (cell / CELLS, cell % CELLS);
    let near = |i: usize| i.saturating_sub(1)..(i + 2).min(CELLS);
    near(j).all(|m| near(k).all(|n| cells[m * CELLS + n].0 >= cells[cell].0))
}

struct Map<'a> {
    points: &'a Points,
    delta: f64,
    exponents: &'a [f64; CELLS],
}

impl WithSimd for Map<'_> {
    /// The least robust objective of each cell and the (E, A, B) that reach it.
    type Output = Vec<(f64, [f64; 3])>;

    #[cfg_attr(feature = "simd", inline(always))]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let Points { x, y, l, weight, scale, .. } = self.points;
        let thresholds: Vec<f64> = scale.iter().map(|s| self.delta * s).collect();
        let thresholds = S::as_simd_f64s(&thresholds).0;
        let mut inverse = S::as_simd_f64s(l).0.to_vec();
        for z in &mut inverse {
            *z = (-Lane::new(simd, *z)).exp().values;
        }
        let by_size = self.columns(simd, S::as_simd_f64s(x).0, &inverse);
        let by_data = self.columns(simd, S::as_simd_f64s(y).0, &inverse);
        let count = S::as_simd_f64s(weight).0;
        let mut weights = count.to_vec();
        let mut cells = vec![(f64::INFINITY, [0.0; 3]); CELLS * CELLS];
        for (j, u) in by_size.iter().enumerate() {
            // There and back again, so that neighbours in the walk are neighbours on the map.
            for step in 0..CELLS {
                let k = if j % 2 == 0 { step } else { CELLS - 1 - step };
                let cell = Cell { simd, count, thresholds, columns: [&inverse, u, &by_data[k]] };
                cells[j * CELLS + k] = cell.solve(&mut weights);
            }
        }
        cells
    }
}

impl Map<'_> {
    /// x^(−exponent)/L for each exponent of the map.
    #[cfg_attr(feature = "simd", inline(always))]
    fn columns<S: Simd>(&self, simd: S, axis: &[S::f64s], inverse: &[S::f64s]) -> Vec<Vec<S::f64s>> {
        let mut columns = vec![axis.to_vec(); CELLS];
        for (column, exponent) in columns.iter_mut().zip(self.exponents) {
            for (x, z) in column.iter_mut().zip(inverse) {
                let power = (Lane::new(simd, *x) * Lane::splat(simd, -exponent)).exp();
                *x = (power * Lane::new(simd, *z)).values;
            }
        }
        columns
    }
}

/// One cell: the columns 1/L, N^(−α)/L and D^(−β)/L, how much each point counts, and its threshold.
struct Cell<'a, S: Simd> {
    simd: S,
    count: &'a [S::f64s],
    thresholds: &'a [S::f64s],
    columns: [&'a [S::f64s]; 3],
}

impl<S: Simd> Cell<'_, S> {
    /// Starts from the weights of the cell before and leaves those for the next.
    #[cfg_attr(feature = "simd", inline(always))]
    fn solve(&self, weights: &mut [S::f64s]) -> (f64, [f64; 3]) {
        let mut sums = Normal::new(self.simd);
        for (i, weight) in weights.iter().enumerate() {
            sums.add(Lane::new(self.simd, *weight), self.row(i));
        }
        let mut c = sums.minimise();
        let half = Lane::splat(self.simd, 0.5);
        for _ in 1..REWEIGHTINGS {
            let mut sums = Normal::new(self.simd);
            let law = self.law(c);
            for (i, (count, delta)) in self.count.iter().zip(self.thresholds).enumerate() {
                let (q, [count, delta]) = (self.row(i), Lane::news(self.simd, [*count, *delta]));
                sums.add(count * (delta / self.size(law, q).max(delta)), q);
            }
            c = sums.minimise();
        }
        let mut value = Lane::splat(self.simd, 0.0);
        let law = self.law(c);
        for (i, ((weight, count), delta)) in weights.iter_mut().zip(self.count).zip(self.thresholds).enumerate() {
            let ([count, delta], size) = (Lane::news(self.simd, [*count, *delta]), self.size(law, self.row(i)));
            let clipped = size.min(delta);
            value = (count * clipped).mul_add(size - half * clipped, value);
            *weight = (count * (delta / size.max(delta))).values;
        }
        if c == [0.0; 3] { (f64::INFINITY, c) } else { (value.sum(), c) }
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn row(&self, i: usize) -> [Lane<S>; 3] {
        let [z, u, v] = self.columns;
        Lane::news(self.simd, [z[i], u[i], v[i]])
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn law(&self, [e, a, b]: [f64; 3]) -> [Lane<S>; 4] {
        Lane::splats(self.simd, [e, a, b, -1.0])
    }

    /// |S/L − 1|.
    #[cfg_attr(feature = "simd", inline(always))]
    fn size(&self, [e, a, b, minus_one]: [Lane<S>; 4], [z, u, v]: [Lane<S>; 3]) -> Lane<S> {
        e.mul_add(z, a.mul_add(u, b.mul_add(v, minus_one))).abs()
    }
}

/// The normal equations of weighted least squares.
struct Normal<S: Simd> {
    matrix: [[Lane<S>; 3]; 3],
    right: [Lane<S>; 3],
}

impl<S: Simd> Normal<S> {
    #[cfg_attr(feature = "simd", inline(always))]
    fn new(simd: S) -> Self {
        let zero = Lane::splat(simd, 0.0);
        Self { matrix: [[zero; 3]; 3], right: [zero; 3] }
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn add(&mut self, weight: Lane<S>, q: [Lane<S>; 3]) {
        for j in 0..3 {
            let weighted = weight * q[j];
            self.right[j] = self.right[j] + weighted;
            for k in 0..=j {
                self.matrix[j][k] = weighted.mul_add(q[k], self.matrix[j][k]);
            }
        }
    }

    /// The (E, A, B) ≥ 0 of least weighted squares.
    #[cfg_attr(feature = "simd", inline(always))]
    fn minimise(&self) -> [f64; 3] {
        let mut matrix = [[0.0; 3]; 3];
        for j in 0..3 {
            for k in 0..=j {
                matrix[j][k] = self.matrix[j][k].sum();
                matrix[k][j] = matrix[j][k];
            }
        }
        nonnegative_quadratic(&matrix, &Lane::sums(&self.right))
    }
}
