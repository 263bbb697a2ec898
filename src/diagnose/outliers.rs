use crate::error::FitError;
use crate::fit::{Approach3, Fit};
use crate::runs::Runs;

/// The fit without its outliers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithoutOutliers {
    /// Rows that were left out, farthest first.
    pub rows: Vec<usize>,
    /// The fit of the others.
    pub fit: Fit,
}

/// What the [outliers](Fit::outliers) do to a fit: the other runs, fitted afresh. `None` where there are none.
///
/// # Errors
/// [`FitError::Data`] for a fit of other runs; those of [`Approach3::fit`], for runs that say too little without them.
pub fn without_outliers(runs: &Runs, fit: &Fit) -> Result<Option<WithoutOutliers>, FitError> {
    super::same_runs(runs, fit)?;
    let rows = fit.outliers().rows.clone();
    if rows.is_empty() {
        return Ok(None);
    }
    let fit = Approach3::new().delta(fit.delta()).fit(&runs.without(&rows))?;
    Ok(Some(WithoutOutliers { rows, fit }))
}
