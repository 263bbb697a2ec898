//! Residuals that a law would leave if it were true: the null distribution of tests on residuals.

use super::approach3::Approach3;
use super::points::Points;
use super::refit::{Refitter, Workspace, each};
use super::resampling::{Plan, Resampling};
use super::result::Fit;
use crate::error::FitError;
use crate::runs::Runs;

impl Approach3 {
    /// For each replicate of a plan that keeps every run, the residuals ln L̂* − ln L* of its refit in the order of the
    /// rows, put through `measure`. Replicates that determine no law are left out.
    pub(crate) fn retraced<T: Send>(
        &self,
        runs: &Runs,
        fit: &Fit,
        plan: &Resampling,
        (replicates, seed): (usize, u64),
        measure: impl Fn(&[f64]) -> T + Sync + Send,
    ) -> Result<Vec<T>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let refitter = Refitter::new(self, &points, fit)?;
        let plan = Plan::new(plan, &points, runs.len(), &refitter.errors, seed)?;
        let logs = |column: &[f64]| column.iter().map(|v| v.ln()).collect::<Vec<f64>>();
        let (x, y) = (logs(runs.params()), logs(runs.tokens()));
        let space = || (Workspace::new(&points), vec![0.0; runs.len()]);
        let found = each(replicates, space, |(work, residuals), replicate| {
            plan.draw(&mut plan.stream(replicate), &mut work.sample);
            let Some((refit, _)) = refitter.refit(work) else { return Ok(None) };
            let [e, a, b, alpha, beta] = refit.coefficients;
            for (place, row) in points.rows.iter().enumerate() {
                let row = *row as usize;
                let predicted = e + a * (-alpha * x[row]).exp() + b * (-beta * y[row]).exp();
                residuals[row] = predicted.ln() - work.sample.ln_losses[place];
            }
            Ok(residuals.iter().all(|r: &f64| r.is_finite()).then(|| measure(residuals)))
        })?;
        Ok(found.into_iter().flatten().collect())
    }
}
