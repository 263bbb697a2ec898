//! The general fitter on a table of runs.

use super::fitter::Fitter;
use super::law_fit::LawFit;
use super::law_rows::{Inputs, LawRows};
use super::weights::RowWeights;
use crate::error::FitError;
use crate::laws::Law;
use crate::runs::Runs;
use crate::units::{Params, Tokens};

impl<L: Law<Input = (Params, Tokens)> + ?Sized> Fitter<'_, L> {
    /// Fits a law over (N, D) to the losses of finished runs. Unlike [`Approach3`](crate::Approach3) it takes any loss,
    /// residual, tie, prior and law; it knows less about what can go wrong with a sweep.
    ///
    /// ```
    /// use scaling_laws::{Chinchilla, ChinchillaForm, Fitter, LossFunction, LossModel, Params, Run, Runs, Tokens};
    /// let truth = Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28)?;
    /// let mut runs = Vec::new();
    /// for n in [1e8, 3e8, 1e9, 3e9] {
    ///     for d in [2e9, 1e10, 5e10] {
    ///         let (params, tokens) = (Params::new(n)?, Tokens::new(d)?);
    ///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)? });
    ///     }
    /// }
    /// let fitter = Fitter::new(&ChinchillaForm).loss(LossFunction::LeastSquares);
    /// let fit = fitter.fit_runs(&runs.into_iter().collect::<Runs>())?;
    /// assert!((fit.coefficient("alpha")?.value - 0.34).abs() < 1e-8);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Self::fit); [`Weights::Flops`](crate::Weights::Flops) weighs by C = 6ND.
    pub fn fit_runs(&self, runs: &Runs) -> Result<LawFit, FitError> {
        let (rows, weights) = self.of_runs(runs)?;
        Ok(self.options.fit(&rows, runs.losses(), &weights)?.with_doubts_of(runs, true))
    }

    /// The law at the rows, and their weights.
    pub(super) fn of_runs(&self, runs: &Runs) -> Result<(LawRows<'_, L>, RowWeights), FitError> {
        let inputs: Vec<(Params, Tokens)> = runs.iter().map(|run| (run.params, run.tokens)).collect();
        let compute = || Some(runs.params().iter().zip(runs.tokens()).map(|(n, d)| 6.0 * n * d).collect());
        let weights = self.options.weights.rows(inputs.len(), &compute)?;
        Ok((LawRows { law: self.law, inputs: Inputs::Made(inputs) }, weights))
    }
}
