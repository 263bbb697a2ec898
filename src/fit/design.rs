//! What the runs can and cannot determine, before any fit: refusals and doubts about the design.

use super::points::Points;
use super::weights::RowWeights;
use crate::error::FitError;
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

/// What the checks learn and the warnings use again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Survey {
    line: Line,
    /// Least and greatest ln N and ln D, centred.
    ranges: [(f64, f64); 2],
}

/// Doubts about runs that any law of N and D is fitted to.
pub(super) fn doubts(runs: &Runs) -> Vec<Warning> {
    let points = Points::weighted(runs, &RowWeights::equal(runs.len()));
    let ranges = [&points.x, &points.y].map(|column| range(column));
    let survey = Survey { line: Line::of(&points), ranges };
    let mut all = warnings(runs, &points, &survey);
    // How many are few depends on the law.
    all.retain(|doubt| !matches!(doubt, Warning::FewRuns { .. }));
    all
}

/// Refuses runs from which no optimum of the form can be had.
pub(super) fn check(runs: &Runs, points: &Points) -> Result<Survey, FitError> {
    let n = points.len();
    if n < COEFFICIENTS {
        return Err(FitError::TooFewRuns { needed: COEFFICIENTS, got: n, better: 3 * COEFFICIENTS });
    }
    let ranges = [&points.x, &points.y].map(|column| range(column));
    let axes = [("N", &points.x, runs.params()), ("D", &points.y, runs.tokens())];
    for ((axis, column, values), range) in axes.into_iter().zip(ranges) {
        let distinct = distinct(&column[..n], range);
        if distinct < DISTINCT {
            let value = points.rows.iter().min().and_then(|row| values.get(*row as usize)).copied().unwrap_or(0.0);
            return Err(FitError::TooFewDistinct { axis, distinct, needed: DISTINCT, value });
        }
    }
    let losses = runs.losses();
    let loss = points.rows.first().and_then(|row| losses.get(*row as usize)).copied().unwrap_or(0.0);
    if points.rows.iter().all(|row| losses[*row as usize] == loss) {
        return Err(FitError::ConstantLoss { n, value: loss });
    }
    let line = Line::of(points);
    if line.largest_residual < 1e-6 * line.spread {
        return Err(FitError::Lockstep { n, slope: line.slope });
    }
    Ok(Survey { line, ranges })
}

/// Doubts that need no fit.
pub(super) fn warnings(runs: &Runs, points: &Points, survey: &Survey) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let n = points.len();
    if n < 2 * COEFFICIENTS {
        warnings.push(Warning::FewRuns { runs: n, coefficients: COEFFICIENTS });
    }
    let count = duplicates(runs, points);
    if count > 0 {
        warnings.push(Warning::DuplicateRows { count });
    }
    for (axis, (least, greatest)) in ["N", "D"].into_iter().zip(survey.ranges) {
        let factor = (greatest - least).exp();
        if factor < DECADE * (1.0 - 1e-12) {
            warnings.push(Warning::NarrowRange { axis, factor });
        }
    }
    let correlation = survey.line.correlation;
    if correlation.abs() > COLLINEAR {
        warnings.push(Warning::Collinear { correlation });
    }
    warnings.extend(tied(runs, points, survey));
    warnings
}

/// Most runs share one D, or one D/N, or fall into one of the two: IsoFLOP and grid designs do not.
fn tied(runs: &Runs, points: &Points, survey: &Survey) -> Option<Warning> {
    let n = points.len();
    let enough = |count: usize| count as f64 >= TIED * n as f64;
    // Most sweeps are far from tied, and counting in wide bins tells so without a sort.
    let (low_y, high_y) = survey.ranges[1];
    let (low_x, high_x) = survey.ranges[0];
    let at_most = |low, high, value: &dyn Fn(usize) -> f64| cluster_bound(n, low, high, value).unwrap_or(n);
    let bound = at_most(low_y, high_y, &|i| points.y[i])
        + at_most(low_y - high_x, high_y - low_x, &|i| points.y[i] - points.x[i]);
    if !enough(bound) {
        return None;
    }
    let used = |i: usize| points.rows[i] as usize;
    let (tokens, params) = (runs.tokens(), runs.params());
    let (at_d, d) = largest_cluster((0..n).map(|i| tokens[used(i)]).collect());
    let (at_ratio, r) = largest_cluster((0..n).map(|i| tokens[used(i)] / params[used(i)]).collect());
    let in_d = |row: usize| (d / SAME..=d * SAME).contains(&tokens[row]);
    let in_r = |row: usize| (r / SAME..=r * SAME).contains(&(tokens[row] / params[row]));
    let union = (0..n).map(used).filter(|&row| in_d(row) || in_r(row)).count();
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

/// A number that no cluster's size exceeds: the fullest two neighbours of bins as wide as a cluster. `None` over ranges
/// too wide for the bins.
fn cluster_bound(n: usize, low: f64, high: f64, value: &dyn Fn(usize) -> f64) -> Option<usize> {
    const BINS: usize = 256;
    let per_bin = 1.0 / (2.0 * SAME.ln() * 1.001);
    if !((high - low) * per_bin < (BINS - 2) as f64) {
        return None;
    }
    let mut bins = [0usize; BINS];
    for i in 0..n {
        // Truncation, and no overflow: the range was checked.
        let bin = ((value(i) - low) * per_bin) as usize;
        bins[bin.min(BINS - 1)] += 1;
    }
    bins.windows(2).map(|pair| pair[0] + pair[1]).max()
}

/// The value with most others within the relative spread, and how many there are.
fn largest_cluster(mut sorted: Vec<f64>) -> (usize, f64) {
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

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
}

/// Logarithms that differ by less are one value.
const EQUAL: f64 = 1e-9;

/// Distinct values by their logarithms: exact up to two, and at least three else.
fn distinct(logarithms: &[f64], (least, greatest): (f64, f64)) -> usize {
    // A value so far from both ends is no part of a chain of equal ones from either.
    let apart = EQUAL * (logarithms.len() + 1) as f64;
    if logarithms.iter().any(|v| v - least > apart && greatest - v > apart) {
        return DISTINCT;
    }
    let mut sorted: Vec<f64> = logarithms.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    1 + sorted.windows(2).filter(|w| w[1] - w[0] > EQUAL).count()
}

/// Rows that repeat another; in the order of the points they are neighbours.
fn duplicates(runs: &Runs, points: &Points) -> usize {
    let same = |one: u32, two: u32| {
        let (one, two) = (one as usize, two as usize);
        let columns = [runs.params(), runs.tokens(), runs.losses()];
        columns.iter().all(|column| column[one].to_bits() == column[two].to_bits())
    };
    points.rows.windows(2).filter(|pair| same(pair[0], pair[1])).count()
}

/// The regression of ln D on ln N.
#[derive(Debug, Clone, Copy)]
struct Line {
    slope: f64,
    correlation: f64,
    largest_residual: f64,
    spread: f64,
}

impl Line {
    fn of(points: &Points) -> Self {
        let pairs = || points.x.iter().zip(&points.y).take(points.len());
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in pairs() {
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let slope = xy / xx;
        let largest_residual = pairs().map(|(x, y)| (y - slope * x).abs()).fold(0.0f64, |a, b| a.max(b));
        Self { slope, correlation: xy / (xx * yy).sqrt(), largest_residual, spread: (yy / points.len() as f64).sqrt() }
    }
}
