use crate::error::FitError;
use crate::fit::{Approach3, Fit};
use crate::math::quantile::robust_scale;
use crate::runs::Runs;

/// Residual over robust scale from which a run is an outlier: the limit of [`Warning::Outliers`](crate::Warning::Outliers).
const OUTLIER: f64 = 8.0;

/// The fit without its outliers.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutOutliers {
    /// Rows that were left out: worst first, then those that came to light without them.
    pub rows: Vec<usize>,
    /// The fit of the others.
    pub fit: Fit,
}

/// Rows whose residual is beyond eight robust standard deviations (1.4826 times the median absolute residual), worst
/// first. Naming them drops nothing: [`Runs::without`] does.
pub fn outliers(fit: &Fit) -> Vec<usize> {
    let residuals = fit.residuals();
    let limit = OUTLIER * robust_scale(residuals);
    if !(limit > 0.0) || fit.termination() == crate::fit::Termination::Exact {
        return Vec::new();
    }
    let size = |row: &usize| residuals.get(*row).map_or(0.0, |r| r.abs());
    let mut rows: Vec<usize> = (0..residuals.len()).filter(|row| size(row) > limit).collect();
    rows.sort_by(|one, two| size(two).total_cmp(&size(one)));
    rows
}

/// What the outliers do to a fit: the same runs without them, fitted afresh, and looked at again until no run stands out,
/// since far runs bend the law towards themselves and hide others. `None` where there are none.
///
/// # Errors
/// As [`Approach3::fit`], for runs that say too little without them.
pub fn without_outliers(runs: &Runs, fit: &Fit) -> Result<Option<WithoutOutliers>, FitError> {
    let mut rows = outliers(fit);
    if rows.is_empty() {
        return Ok(None);
    }
    loop {
        let kept: Vec<usize> = (0..runs.len()).filter(|row| !rows.contains(row)).collect();
        let again = Approach3::new().delta(fit.delta()).fit(&runs.select(&kept))?;
        // Each round leaves out at least one run more, so the rounds end.
        let more = outliers(&again);
        if more.is_empty() {
            return Ok(Some(WithoutOutliers { rows, fit: again }));
        }
        rows.extend(more.iter().filter_map(|&row| kept.get(row)));
    }
}
