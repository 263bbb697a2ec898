//! Robust variable projection: a map of the objective over the exponents.
//!
//! For fixed (α, β) the loss is linear in (E, A, B), all three ≥ 0. Each cell of a grid over the exponents solves that
//! small problem in relative residuals S/L − 1 (ln S − ln L to first order, and convex, so no start is needed),
//! re-weighted by 1/max(|r|, δ) to be robust. The map is exhaustive, so no basin wider than a cell is missed.

use super::points::{Points, Theta};
use crate::math::dense::nonnegative_quadratic;

/// Exponents of the map, ends included, evenly spaced in logarithm.
const LEAST: f64 = 0.02;
const GREATEST: f64 = 3.2;
const CELLS: usize = 24;

/// Points used for the map; the polish uses all.
pub(super) const MAP_POINTS: usize = 2048;

/// Re-weightings of a cell; weights are carried from cell to cell, so few are needed.
const REWEIGHTINGS: usize = 3;

/// Starts for the polish, most promising first: local minima of the map, then the best other cells.
pub(super) fn starts(points: &Points, delta: f64, count: usize) -> Vec<Theta> {
    let exponents: Vec<f64> =
        (0..CELLS).map(|j| LEAST * (GREATEST / LEAST).powf(j as f64 / (CELLS - 1) as f64)).collect();
    let inverse: Vec<f64> = points.l.iter().map(|l| (-l).exp()).collect();
    let columns = |axis: &[f64]| -> Vec<Vec<f64>> {
        let column = |exponent: &f64| axis.iter().zip(&inverse).map(|(x, z)| (-exponent * x).exp() * z).collect();
        exponents.iter().map(column).collect()
    };
    let (by_size, by_data) = (columns(&points.x), columns(&points.y));

    let mut cells = vec![(f64::INFINITY, [0.0; 3]); CELLS * CELLS];
    let mut weights = vec![1.0; points.len()];
    for (j, u) in by_size.iter().enumerate() {
        // There and back again, so that neighbours in the walk are neighbours on the map.
        for step in 0..CELLS {
            let k = if j % 2 == 0 { step } else { CELLS - 1 - step };
            cells[j * CELLS + k] = solve_cell(&inverse, u, &by_data[k], delta, &mut weights);
        }
    }

    let mut order: Vec<(bool, f64, usize)> = (0..cells.len())
        .filter(|&cell| cells[cell].0.is_finite())
        .map(|cell| (!is_local_minimum(&cells, cell), cells[cell].0, cell))
        .collect();
    order.sort_by(|one, two| one.0.cmp(&two.0).then(one.1.total_cmp(&two.1)));
    order
        .into_iter()
        .take(count)
        .map(|(_, _, cell)| {
            let [e, a, b] = cells[cell].1;
            [e, a, b, exponents[cell / CELLS], exponents[cell % CELLS]]
        })
        .collect()
}

fn is_local_minimum(cells: &[(f64, [f64; 3])], cell: usize) -> bool {
    let (j, k) = (cell / CELLS, cell % CELLS);
    let near = |i: usize| i.saturating_sub(1)..(i + 2).min(CELLS);
    near(j).all(|m| near(k).all(|n| cells[m * CELLS + n].0 >= cells[cell].0))
}

/// The least robust objective of one cell and the (E, A, B) that reach it; leaves the weights for the next cell.
fn solve_cell(z: &[f64], u: &[f64], v: &[f64], delta: f64, weights: &mut [f64]) -> (f64, [f64; 3]) {
    let mut c = [0.0; 3];
    let mut value = f64::INFINITY;
    for _ in 0..REWEIGHTINGS {
        let mut m = [[0.0; 3]; 3];
        let mut right = [0.0; 3];
        for (((z, u), v), w) in z.iter().zip(u).zip(v).zip(weights.iter()) {
            let (wz, wu, wv) = (w * z, w * u, w * v);
            right[0] += wz;
            right[1] += wu;
            right[2] += wv;
            m[0][0] += wz * z;
            m[1][0] += wu * z;
            m[1][1] += wu * u;
            m[2][0] += wv * z;
            m[2][1] += wv * u;
            m[2][2] += wv * v;
        }
        (m[0][1], m[0][2], m[1][2]) = (m[1][0], m[2][0], m[2][1]);
        c = nonnegative_quadratic(&m, &right);
        value = 0.0;
        for (((z, u), v), w) in z.iter().zip(u).zip(v).zip(weights.iter_mut()) {
            let size = (c[0] * z + c[1] * u + c[2] * v - 1.0).abs();
            let clipped = size.min(delta);
            value += clipped * (size - 0.5 * clipped);
            *w = delta / size.max(delta);
        }
    }
    if c == [0.0; 3] { (f64::INFINITY, c) } else { (value, c) }
}
