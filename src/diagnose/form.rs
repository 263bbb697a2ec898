use std::sync::Arc;

use crate::error::FitError;
use crate::fit::{Fitter, LawFit, LossFunction, Residual, Weights, family_inputs};
use crate::laws::{Family, Law};
use crate::runs::{NumberColumns, Runs};
use crate::units::{Params, Tokens};

pub(super) type LossLaw = dyn Law<Input = (Params, Tokens)> + Send;

/// What a contender fits: a law over (N, D), or a family over whatever its knobs are.
#[derive(Clone)]
pub(super) enum Form {
    Pairs(Arc<LossLaw>),
    Rows { family: &'static Family, columns: Vec<(String, String)> },
}

/// How it is fitted.
#[derive(Debug, Clone)]
pub(super) struct How {
    pub loss: LossFunction,
    pub residual: Residual,
    pub weights: Weights,
    pub fixed: Vec<(String, f64)>,
    pub starts: Vec<Vec<f64>>,
}

impl Form {
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Pairs(law) => law.coefficient_names().to_vec(),
            Self::Rows { family, .. } => family.coefficient_names(),
        }
    }

    pub fn fit(&self, runs: &Runs, how: How) -> Result<LawFit, FitError> {
        match self {
            Self::Pairs(law) => how.fitter(&**law).fit_runs(runs),
            Self::Rows { family, .. } => {
                let weights = match how.weights {
                    Weights::Flops => Weights::Precision(runs.quantity("flops")?),
                    other => other,
                };
                let how = How { weights, ..how };
                how.fitter(family.form().as_ref()).fit(&self.inputs(runs)?, runs.losses())
            }
        }
    }

    /// The prediction for each run with its slopes along the coefficients.
    pub fn predictions(&self, values: &[f64], runs: &Runs) -> Result<Vec<(f64, Vec<f64>)>, FitError> {
        let slopes = || vec![0.0; values.len()];
        Ok(match self {
            Self::Pairs(law) => runs
                .iter()
                .map(|run| {
                    let mut gradient = slopes();
                    (law.predict(values, &(run.params, run.tokens), &mut gradient), gradient)
                })
                .collect(),
            Self::Rows { family, .. } => {
                let form = family.form();
                self.inputs(runs)?
                    .iter()
                    .map(|input| {
                        let mut gradient = slopes();
                        (form.predict(values, input, &mut gradient), gradient)
                    })
                    .collect()
            }
        })
    }

    fn inputs(&self, runs: &Runs) -> Result<Vec<Vec<f64>>, FitError> {
        match self {
            Self::Pairs(_) => Ok(Vec::new()),
            Self::Rows { family, columns } => {
                let columns: Vec<(&str, &str)> = columns.iter().map(|(k, c)| (k.as_str(), c.as_str())).collect();
                family_inputs(family, runs, &columns)
            }
        }
    }
}

impl How {
    fn fitter<'a, L: Law + ?Sized>(&self, law: &'a L) -> Fitter<'a, L> {
        let fitter = Fitter::new(law).loss(self.loss).residual(self.residual).weights(self.weights.clone());
        let fitter = self.fixed.iter().fold(fitter, |fitter, (name, value)| fitter.fix(name, *value));
        self.starts.iter().fold(fitter, |fitter, start| fitter.start(start))
    }
}
