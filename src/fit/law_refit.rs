//! Refits of any law to resampled data, each from the optimum of the full fit.

use super::certificate::Termination;
use super::fitter::Fitter;
use super::law_data::{LawData, WithCovariance};
use super::law_fit::LawFit;
use super::resampling::Resampling;
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

impl<L: Law + ?Sized> Fitter<'_, L> {
    /// Refits to resampled data: bootstrap replicates of `fit`, which must be the fit of these data by this fitter. Each
    /// follows the optimum of the full fit down; other basins are not searched. Losses whose scale the data told keep the
    /// scale of the full fit, but for Student's t, which estimates it each time. Any number of threads gives the same bits.
    ///
    /// [`LawInference`](crate::LawInference) makes intervals of them.
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
        only(LawData::new(self, inputs, values, fit)?.refits(resampling, (replicates, seed), false, None)?)
    }
}

fn only(refits: Vec<WithCovariance>) -> Result<Vec<LawReplicate>, FitError> {
    Ok(refits.into_iter().map(|(replicate, _)| replicate).collect())
}

impl<L: Law<Input = (Params, Tokens)> + ?Sized> Fitter<'_, L> {
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
        only(LawData::of_runs(self, runs, fit)?.refits(resampling, (replicates, seed), false, None)?)
    }
}
