//! What the runs can and cannot determine, before any fit: refusals and doubts about the design.

use crate::error::FitError;
use crate::math::simd;
use crate::runs::{Runs, TextColumn};
use crate::warning::Warning;

/// Coefficients of the form.
const COEFFICIENTS: usize = 5;
/// Distinct values of N and of D that an exponent and an irreducible loss need.
const DISTINCT: usize = 3;
/// Below a decade an exponent hangs on the noise.
const DECADE: f64 = 10.0;
/// Correlation of ln N and ln D from which the two terms are hard to tell apart.
const COLLINEAR: f64 = 0.9;
/// Share of runs with one D or one D/N from which a design counts as tied.
const TIED: f64 = 0.8;
/// Factor within which two values of D, or of D/N, count as the same.
const SAME: f64 = 1.105_170_918_075_647_7; // e^0.1

/// Refuses runs from which no optimum of the form can be had.
pub(super) fn check(runs: &Runs) -> Result<(), FitError> {
    let n = runs.len();
    if n < COEFFICIENTS {
        return Err(FitError::TooFewRuns { needed: COEFFICIENTS, got: n, better: 3 * COEFFICIENTS });
    }
    for (axis, column) in [("N", runs.params()), ("D", runs.tokens())] {
        let distinct = distinct(column);
        if distinct < DISTINCT {
            return Err(FitError::TooFewDistinct { axis, distinct, needed: DISTINCT, value: column[0] });
        }
    }
    let losses = runs.losses();
    if losses.iter().all(|l| *l == losses[0]) {
        return Err(FitError::ConstantLoss { n, value: losses[0] });
    }
    let line = Line::of(runs);
    if line.largest_residual < 1e-6 * line.spread {
        return Err(FitError::Lockstep { n, slope: line.slope });
    }
    Ok(())
}

/// Doubts that need no fit.
pub(super) fn warnings(runs: &Runs) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let n = runs.len();
    if n < 2 * COEFFICIENTS {
        warnings.push(Warning::FewRuns { runs: n, coefficients: COEFFICIENTS });
    }
    let count = duplicates(runs);
    if count > 0 {
        warnings.push(Warning::DuplicateRows { count });
    }
    for (axis, column) in [("N", runs.params()), ("D", runs.tokens())] {
        let (least, greatest) = column.iter().fold((f64::INFINITY, 0.0f64), |(a, b), v| (a.min(*v), b.max(*v)));
        if greatest / least < DECADE {
            warnings.push(Warning::NarrowRange { axis, factor: greatest / least });
        }
    }
    let correlation = Line::of(runs).correlation;
    if correlation.abs() > COLLINEAR {
        warnings.push(Warning::Collinear { correlation });
    }
    warnings.extend(tied(runs));
    warnings
}

/// Most runs share one D, or one D/N, or fall into one of the two: IsoFLOP and grid designs do not.
fn tied(runs: &Runs) -> Option<Warning> {
    let n = runs.len();
    let ratio: Vec<f64> = runs.tokens().iter().zip(runs.params()).map(|(d, n)| d / n).collect();
    let (at_d, d) = largest_cluster(runs.tokens());
    let (at_ratio, r) = largest_cluster(&ratio);
    let in_d = |row: usize| (d / SAME..=d * SAME).contains(&runs.tokens()[row]);
    let in_r = |row: usize| (r / SAME..=r * SAME).contains(&ratio[row]);
    let union = (0..n).filter(|&row| in_d(row) || in_r(row)).count();
    let enough = |count: usize| count as f64 >= TIED * n as f64;
    let (mut how, tied) = if enough(at_d) {
        (format!("D is {d:.3e}"), at_d)
    } else if enough(at_ratio) {
        (format!("D/N is {r:.3}"), at_ratio)
    } else if enough(union) {
        (format!("D is {d:.3e} or D/N is {r:.3}"), union)
    } else {
        return None;
    };
    if let Some(column) = runs.extra_columns().iter().find(|column| splits(column, &in_d, &in_r)) {
        how.push_str(&format!(" (by {}, so that the D term compares recipes and not token counts)", column.name()));
    }
    Some(Warning::DesignTied { how, runs: tied, of: n })
}

/// Whether a column's groups are what tells runs of the one D from runs of the one D/N: no group holds both kinds.
fn splits(column: &TextColumn, in_d: &dyn Fn(usize) -> bool, in_r: &dyn Fn(usize) -> bool) -> bool {
    let mut groups: std::collections::BTreeMap<&str, (usize, usize, usize)> = std::collections::BTreeMap::new();
    for (row, cell) in column.cells().enumerate() {
        let (size, at_d, at_ratio) = groups.entry(cell).or_default();
        *size += 1;
        *at_d += usize::from(in_d(row) && !in_r(row));
        *at_ratio += usize::from(in_r(row) && !in_d(row));
    }
    let numeric = groups.keys().all(|cell| cell.parse::<f64>().is_ok());
    let both = groups.values().any(|(_, at_d, at_ratio)| *at_d > 0 && *at_ratio > 0);
    let kinds = groups.values().any(|g| g.1 > 1) && groups.values().any(|g| g.2 > 1);
    !numeric && kinds && !both && 2 * groups.len() < column.len()
}

/// The value with most others within the relative spread, and how many there are.
fn largest_cluster(values: &[f64]) -> (usize, f64) {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut best, mut low, mut high) = ((0, 1.0), 0, 0);
    for (middle, value) in sorted.iter().enumerate() {
        while value / sorted[low] > SAME {
            low += 1;
        }
        high = high.max(middle);
        while high + 1 < sorted.len() && sorted[high + 1] / value <= SAME {
            high += 1;
        }
        if high + 1 - low > best.0 {
            best = (high + 1 - low, *value);
        }
    }
    best
}

fn distinct(values: &[f64]) -> usize {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    1 + sorted.windows(2).filter(|w| w[1] > w[0] * (1.0 + 1e-9)).count()
}

fn duplicates(runs: &Runs) -> usize {
    let mut rows: Vec<[u64; 3]> = (0..runs.len())
        .map(|row| [runs.params()[row], runs.tokens()[row], runs.losses()[row]].map(f64::to_bits))
        .collect();
    rows.sort_unstable();
    rows.windows(2).filter(|w| w[0] == w[1]).count()
}

/// The regression of ln D on ln N.
struct Line {
    slope: f64,
    correlation: f64,
    largest_residual: f64,
    spread: f64,
}

impl Line {
    fn of(runs: &Runs) -> Self {
        let points: Vec<(f64, f64)> = simd::ln(runs.params()).into_iter().zip(simd::ln(runs.tokens())).collect();
        let count = points.len() as f64;
        let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in &points {
            xx += (x - mx) * (x - mx);
            xy += (x - mx) * (y - my);
            yy += (y - my) * (y - my);
        }
        let slope = xy / xx;
        let largest_residual =
            points.iter().map(|(x, y)| (y - my - slope * (x - mx)).abs()).fold(0.0f64, |a, b| a.max(b));
        Self { slope, correlation: xy / (xx * yy).sqrt(), largest_residual, spread: (yy / count).sqrt() }
    }
}
