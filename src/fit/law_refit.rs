//! Refits of any law to resampled data, each from the optimum of the full fit.

use nalgebra::{DMatrix, DVector};

use super::certificate::Termination;
use super::descent::{Descent, Effort, descend};
use super::fitter::Fitter;
use super::law_fit::LawFit;
use super::leverage::Leverages;
use super::loss_function::{Kernel, Residual};
use super::points::{Meaning, Points};
use super::refit::each;
use super::resampling::{Errors, Plan, Resampling, Sample};
use super::system::System;
use super::weights::RowWeights;
use crate::error::FitError;
use crate::laws::Law;
use crate::runs::Runs;
use crate::units::{Params, Tokens};

/// One refit of any law.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LawReplicate {
    /// In the law's order.
    pub coefficients: Vec<f64>,
    /// As [`LawFit::objective`], over this replicate's own data.
    pub objective: f64,
    /// How the solver ended.
    pub termination: Termination,
}

impl<L: Law + Sync + ?Sized> Fitter<'_, L>
where
    L::Input: Sync,
{
    /// Refits to resampled data: bootstrap replicates of `fit`, which must be the fit of these data by this fitter. Each
    /// follows the optimum of the full fit down; other basins are not searched. Losses whose scale the data told keep the
    /// scale of the full fit, but for Student's t, which estimates it each time. Any number of threads gives the same bits.
    ///
    /// [`law_interval`](crate::law_interval) makes intervals of them.
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit) about options and data; [`FitError::OtherRuns`] for a fit of other data or options;
    /// [`FitError::ResamplingGroups`] for groups that do not suit the data; [`FitError::Undetermined`] where a replicate
    /// has no finite end.
    pub fn refits(
        &self,
        inputs: &[L::Input],
        values: &[f64],
        fit: &LawFit,
        resampling: &Resampling,
        replicates: usize,
        seed: u64,
    ) -> Result<Vec<LawReplicate>, FitError> {
        let weights = self.weights.rows(inputs.len(), || None)?;
        self.refits_weighted(inputs, values, &weights, fit, (resampling, replicates, seed))
    }

    fn refits_weighted(
        &self,
        inputs: &[L::Input],
        values: &[f64],
        weights: &RowWeights,
        fit: &LawFit,
        (resampling, replicates, seed): (&Resampling, usize, u64),
    ) -> Result<Vec<LawReplicate>, FitError> {
        let resolved = self.resolve(inputs, values, weights)?;
        let (system, bounds) = (self.system(inputs, values, weights, &resolved), &resolved.bounds);
        let fitted = fit.values();
        let start = DVector::from_iterator(
            resolved.free.len(),
            resolved.free.iter().map(|&j| fitted.get(j).copied().unwrap_or(f64::NAN)),
        );
        let other = |objective| FitError::OtherRuns { objective, expected: fit.objective() };
        let full = descend(system, bounds, fit.loss(), &start, Effort::Full).ok_or(other(f64::INFINITY))?;
        let same = (full.objective - fit.objective()).abs() <= 1e-6 * fit.objective().abs().max(f64::MIN_POSITIVE);
        if !same || fit.residuals().len() != inputs.len() {
            return Err(other(full.objective));
        }
        let points = points(self.residual, values, weights);
        let plan = Plan::new(resampling, &points, values.len(), &errors(&system, &full, &points), seed)?;
        each(
            replicates,
            || Sample::of(&points),
            |sample, replicate| {
                plan.draw(&mut plan.stream(replicate), sample);
                let (mut drawn, mut counts) = (values.to_vec(), vec![0.0; values.len()]);
                for ((row, value), count) in points.rows.iter().zip(&sample.ln_losses).zip(&sample.counts) {
                    let row = *row as usize;
                    drawn[row] = if self.residual == Residual::Log { value.exp() } else { *value };
                    counts[row] = *count;
                }
                let weights = weights.times(&counts);
                let system = System { values: &drawn, weights: &weights, ..system };
                let end = descend(system, bounds, fit.loss(), &full.end.free, Effort::Full)
                    .ok_or(FitError::Undetermined { replicate, draws: 1 })?;
                Ok(LawReplicate {
                    coefficients: system.full(&end.end.free),
                    objective: end.objective,
                    termination: end.end.termination,
                })
            },
        )
    }
}

impl<L: Law<Input = (Params, Tokens)> + Sync + ?Sized> Fitter<'_, L> {
    /// [`refits`](Self::refits) of a fit by [`fit_runs`](Self::fit_runs).
    ///
    /// # Errors
    /// As [`refits`](Self::refits).
    pub fn refits_of_runs(
        &self,
        runs: &Runs,
        fit: &LawFit,
        resampling: &Resampling,
        replicates: usize,
        seed: u64,
    ) -> Result<Vec<LawReplicate>, FitError> {
        let (inputs, weights) = self.of_runs(runs)?;
        self.refits_weighted(&inputs, runs.losses(), &weights, fit, (resampling, replicates, seed))
    }
}

/// The data as a plan of resampling sees them: no N or D, and values for losses.
fn points(residual: Residual, values: &[f64], weights: &RowWeights) -> Points {
    let rows: Vec<usize> = (0..values.len()).filter(|&row| weights.row(row).0 > 0.0).collect();
    let value = |row: &usize| if residual == Residual::Log { values[*row].ln() } else { values[*row] };
    Points {
        x: Vec::new(),
        y: Vec::new(),
        l: rows.iter().map(value).collect(),
        weight: rows.iter().map(|&row| weights.row(row).0).collect(),
        scale: rows.iter().map(|&row| weights.row(row).1).collect(),
        centre: [0.0; 2],
        rows: rows.iter().map(|&row| row as u32).collect(),
        meaning: Meaning {
            observations: weights.observations,
            counts: weights.are_counts(),
            scale_known: weights.scale_known(),
        },
    }
}

fn errors<L: Law + ?Sized>(system: &System<'_, L>, full: &Descent, points: &Points) -> Errors {
    let (linear, held) = (&full.end.linear, &full.end.held);
    let index: Vec<usize> = (0..held.len()).filter(|&k| !held[k]).collect();
    let row = |i: usize| points.rows[i] as usize;
    let jacobian = DMatrix::from_fn(points.len(), index.len(), |i, k| {
        system.weights.row(row(i)).0.sqrt() * linear.jacobian[(row(i), index[k])]
    });
    Errors {
        residuals: (0..points.len()).map(|i| linear.residuals[row(i)]).collect(),
        leverages: Leverages::new(&jacobian),
        delta: if full.kernel == Kernel::Squares { f64::INFINITY } else { full.kernel.width() },
    }
}
