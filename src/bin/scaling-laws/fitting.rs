//! What is fitted and how: the options of `fit` beside the table of runs.

use clap::Args;
use scaling_laws::laws::{Family, StoredLaw, families, family};
use scaling_laws::{
    Approach3, ChinchillaForm, Fit, FitError, Fitter, Law, LawFit, LossFunction, Residual, Runs, Weights, family_inputs,
};

use crate::answer::Failure;

/// How a law is fitted.
#[derive(Debug, Args)]
pub struct Fitting {
    /// Family of laws by name: see --families
    #[arg(long, value_name = "FAMILY", default_value = "chinchilla")]
    law: String,
    /// Column of a number that the law needs, as in unique_tokens=corpus or x=params; repeat for more
    #[arg(long, value_name = "KNOB=COLUMN", value_parser = pair)]
    input: Vec<(String, String)>,
    /// What a residual costs: least-squares, absolute, huber[:DELTA], huber-scale[:K], cauchy[:SCALE],
    /// student-t[:FREEDOM]. The default is huber:1e-3, with known sigma huber:1.345
    #[arg(long, value_name = "LOSS")]
    loss: Option<LossFunction>,
    /// Huber threshold: short for --loss huber:DELTA
    #[arg(long, value_name = "DELTA", conflicts_with = "loss")]
    delta: Option<f64>,
    /// Differences of the logarithms, or raw ones: log or raw
    #[arg(long, value_name = "KIND", default_value = "log")]
    residual: Residual,
    /// How much each run counts: equal, flops, counts:COLUMN, precision:COLUMN or sigma:COLUMN
    #[arg(long, value_name = "KIND[:COLUMN]", default_value = "equal")]
    weights: String,
    /// Hold a coefficient at a value, as in E=1.69; repeat for more
    #[arg(long, value_name = "NAME=VALUE", value_parser = held)]
    fix: Vec<(String, f64)>,
    /// Make a coefficient equal to another, as in alpha=beta; repeat for more
    #[arg(long, value_name = "NAME=OTHER", value_parser = pair)]
    tie: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, other)) if !name.trim().is_empty() && !other.trim().is_empty() => {
            Ok((name.trim().into(), other.trim().into()))
        }
        _ => Err("expected NAME=OTHER".into()),
    }
}

fn held(text: &str) -> Result<(String, f64), String> {
    let (name, value) = pair(text)?;
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((name, number)),
        _ => Err(format!("{value:?} is no finite number")),
    }
}

/// A fit of the Chinchilla form with all that is known of it, or of another law or loss.
pub enum Fitted {
    Chinchilla(Box<Fit>),
    Other { family: &'static Family, fit: Box<LawFit>, law: Option<StoredLaw> },
}

impl Fitting {
    /// The options of Approach 3.
    ///
    /// # Errors
    /// For options that Approach 3 does not have.
    pub fn approach3(&self, runs: &Runs) -> Result<Approach3, Failure> {
        let mut options = Approach3::new().weights(self.weights(runs)?);
        match self.loss() {
            None => {}
            Some(LossFunction::Huber(delta)) => options = options.delta(delta),
            Some(_) => return Err(Failure::usage("the approaches fit by Huber's loss: give --loss huber:DELTA")),
        }
        if self.law != "chinchilla" || self.residual != Residual::Log || !self.fix.is_empty() || !self.tie.is_empty() {
            let message = "--approach takes the Chinchilla law on log residuals, without --fix and --tie";
            return Err(Failure::usage(message));
        }
        Ok(options)
    }

    /// Fits the runs. Options that only the general fitter has send even the Chinchilla form to it, unless Approach 3 is
    /// asked for by its number.
    pub fn fit(&self, runs: &Runs, by_approach3: bool) -> Result<Fitted, FittingFailure> {
        let family = family(&self.law).map_err(Failure::usage)?;
        let huber = matches!(self.loss(), None | Some(LossFunction::Huber(_)));
        let plain = huber && self.residual == Residual::Log && self.fix.is_empty() && self.tie.is_empty();
        if by_approach3 || family.name() == "chinchilla" && plain {
            return Ok(Fitted::Chinchilla(Box::new(self.approach3(runs)?.fit(runs)?)));
        }
        let weights = self.weights(runs)?;
        let fit = if family.name() == "chinchilla" {
            self.options(&ChinchillaForm, weights).fit_runs(runs)?
        } else {
            let columns: Vec<(&str, &str)> = self.input.iter().map(|(k, c)| (k.as_str(), c.as_str())).collect();
            let rows = family_inputs(family, runs, &columns)?;
            self.options(family.form().as_ref(), of_flops(weights, runs)?).fit(&rows, runs.losses())?
        };
        let law = family.law(&fit.values(), runs.conventions(), runs.domain()).ok();
        Ok(Fitted::Other { family, fit: Box::new(fit), law })
    }

    /// Whether every run needs both N and D.
    pub fn needs_params_and_tokens(&self) -> Result<bool, Failure> {
        let knobs = family(&self.law).map_err(Failure::usage)?.knobs();
        Ok(["params", "tokens"].iter().all(|name| knobs.iter().any(|knob| knob.name == *name)))
    }

    fn loss(&self) -> Option<LossFunction> {
        self.delta.map(LossFunction::Huber).or(self.loss)
    }

    fn options<'a, L: Law + ?Sized>(&self, law: &'a L, weights: Weights) -> Fitter<'a, L> {
        let usual = if matches!(weights, Weights::Sigma(_)) { 1.345 } else { 1e-3 };
        let mut fitter = Fitter::new(law)
            .loss(self.loss().unwrap_or(LossFunction::Huber(usual)))
            .residual(self.residual)
            .weights(weights);
        for (name, value) in &self.fix {
            fitter = fitter.fix(name, *value);
        }
        for (name, other) in &self.tie {
            fitter = fitter.tie(name, other);
        }
        fitter
    }

    fn weights(&self, runs: &Runs) -> Result<Weights, Failure> {
        let (kind, column) = match self.weights.split_once(':') {
            Some((kind, column)) => (kind, Some(column)),
            None => (self.weights.as_str(), None),
        };
        let numbers = |column: &str| runs.numbers(column).map_err(Failure::usage);
        Ok(match (kind, column) {
            ("equal", None) => Weights::Equal,
            ("flops", None) => Weights::Flops,
            ("counts", Some(column)) => Weights::Counts(numbers(column)?),
            ("precision", Some(column)) => Weights::Precision(numbers(column)?),
            ("sigma", Some(column)) => Weights::Sigma(numbers(column)?),
            _ => {
                let allowed = "equal, flops, counts:COLUMN, precision:COLUMN or sigma:COLUMN";
                return Err(Failure::usage(format!("--weights {:?} is none: write {allowed}", self.weights)));
            }
        })
    }
}

/// Weights by compute for inputs that do not show it.
fn of_flops(weights: Weights, runs: &Runs) -> Result<Weights, FitError> {
    Ok(if weights == Weights::Flops { Weights::Precision(runs.numbers("flops")?) } else { weights })
}

/// A failure of the arguments, or of the fit.
pub enum FittingFailure {
    Told(Failure),
    Fit(FitError),
}

impl From<Failure> for FittingFailure {
    fn from(failure: Failure) -> Self {
        Self::Told(failure)
    }
}

impl From<FitError> for FittingFailure {
    fn from(error: FitError) -> Self {
        Self::Fit(error)
    }
}

/// The families with their formulas and the numbers they need.
pub fn list() -> String {
    let mut text = String::from("Families of laws that can be fitted: name, formula, what each run needs\n");
    for family in families() {
        let knobs: Vec<&str> = family.knobs().iter().map(|knob| knob.name).collect();
        text.push_str(&format!("\n  {}: {}\n", family.name(), family.summary()));
        text.push_str(&format!("    {}\n    needs {}\n", family.formula(), knobs.join(", ")));
    }
    text
}
