//! Which runs share a FLOP budget.

use crate::error::FrontierError;
use crate::math::order::sort_by_number;
use crate::runs::Runs;
use crate::units::Flops;

/// Whose FLOPs group the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ComputeSource {
    /// The logged FLOPs where the runs carry them, else 6ND.
    #[default]
    LoggedElseSixNd,
    /// C = 6·N·D.
    SixNd,
    /// The logged FLOPs.
    Logged,
}

/// ln C of each run, and whether that is the log's own.
pub(super) fn ln_compute(runs: &Runs, source: ComputeSource) -> Result<(Vec<f64>, bool), FrontierError> {
    let logged = match (source, runs.logged_flops()) {
        (ComputeSource::SixNd, _) | (ComputeSource::LoggedElseSixNd, None) => None,
        (ComputeSource::Logged, None) => return Err(FrontierError::NoLoggedFlops),
        (_, Some(flops)) => Some(flops),
    };
    Ok(match logged {
        Some(flops) => (flops.iter().map(|c| c.ln()).collect(), true),
        None => (six_nd(runs).collect(), false),
    })
}

/// ln 6ND of each run.
pub(super) fn six_nd(runs: &Runs) -> impl Iterator<Item = f64> + '_ {
    runs.params().iter().zip(runs.tokens()).map(|(n, d)| 6f64.ln() + n.ln() + d.ln())
}

/// Rows of one budget.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bucket {
    pub ln_budget: f64,
    pub rows: Vec<usize>,
    /// Greatest less least ln C.
    pub width: f64,
}

/// Runs whose sorted ln C have no gap above the tolerance between them; the budget is the geometric mean.
pub(super) fn cluster(ln_compute: &[f64], tolerance: f64) -> Vec<Bucket> {
    let mut order: Vec<usize> = (0..ln_compute.len()).collect();
    let c = |row: &usize| ln_compute.get(*row).copied().unwrap_or(f64::NAN);
    sort_by_number(&mut order, |a| c(a));
    // A tolerance in ln C with a grain of rounding: 6ND of one budget differs in its last digits.
    order
        .chunk_by(|a, b| c(b) - c(a) <= tolerance + 1e-9)
        .map(|rows| {
            let ends = rows.first().zip(rows.last());
            Bucket {
                ln_budget: rows.iter().map(c).sum::<f64>() / rows.len() as f64,
                rows: rows.to_vec(),
                width: ends.map_or(0.0, |(a, b)| c(b) - c(a)),
            }
        })
        .collect()
}

/// Runs by the nearest of the budgets given, none for those further off than the tolerance.
pub(super) fn assign(ln_compute: &[f64], budgets: &[Flops], tolerance: f64) -> Vec<Bucket> {
    let mut ln_budgets: Vec<f64> = budgets.iter().map(|b| b.ln()).collect();
    ln_budgets.sort_by(f64::total_cmp);
    ln_budgets.dedup();
    let mut buckets: Vec<Bucket> =
        ln_budgets.iter().map(|ln_budget| Bucket { ln_budget: *ln_budget, rows: Vec::new(), width: 0.0 }).collect();
    for (row, c) in ln_compute.iter().enumerate() {
        let off = |bucket: &&mut Bucket| (bucket.ln_budget - c).abs();
        let nearest = buckets.iter_mut().min_by(|a, b| off(a).total_cmp(&off(b)));
        if let Some(bucket) = nearest.filter(|b| off(b) <= tolerance + 1e-9) {
            bucket.rows.push(row);
        }
    }
    for bucket in &mut buckets {
        let values = || bucket.rows.iter().filter_map(|row| ln_compute.get(*row)).copied();
        bucket.width = (values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)).max(0.0);
    }
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ln(values: &[f64]) -> Vec<f64> {
        values.iter().map(|v| v.ln()).collect()
    }

    #[test]
    fn gaps_above_the_tolerance_part_budgets() {
        let c = ln(&[1.01e19, 1e18, 3e18, 1.02e18, 0.99e19, 1.04e18]);
        let buckets = cluster(&c, 1.05f64.ln());
        let rows: Vec<_> = buckets.iter().map(|b| b.rows.clone()).collect();
        assert_eq!(rows, [vec![1, 3, 5], vec![2], vec![4, 0]]);
        assert!((buckets[0].width - 1.04f64.ln()).abs() < 1e-12);
        assert!((buckets[2].ln_budget - (1.01e19f64 * 0.99e19).ln() / 2.0).abs() < 1e-12);
        assert!(cluster(&[], 0.1).is_empty());
    }

    #[test]
    fn budgets_given_take_what_is_near() {
        let c = ln(&[1.01e19, 1e18, 3e18, 1.02e18]);
        let budgets = [1e19, 1e18, 1e19].map(|b| Flops::new(b).unwrap());
        let rows: Vec<_> = assign(&c, &budgets, 1.05f64.ln()).into_iter().map(|b| b.rows).collect();
        assert_eq!(rows, [vec![1, 3], vec![0]]);
    }
}
