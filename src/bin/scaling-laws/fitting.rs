//! What is fitted and how: the options of `fit` beside the table of runs.

use clap::Args;
use scaling_laws::laws::{Family, StoredLaw, families, family};
use scaling_laws::{
    Approach3, ChinchillaForm, Contender, Fit, FitError, Fitter, Law, LawFit, LawInference, LossFunction, Measurements,
    NumberColumns, Residual, Runs, Weights, family_inputs,
};

use crate::answer::Failure;
use crate::source::{Source, Table};

/// How a law is fitted.
#[derive(Debug, Clone, Args)]
pub struct Fitting {
    /// Family of laws by name: see --families
    #[arg(long, value_name = "FAMILY", default_value = "chinchilla")]
    law: String,
    /// Column of a number that the law needs, as in unique_tokens=corpus or x=params; repeat for more
    #[arg(long, value_name = "KNOB=COLUMN", value_parser = input)]
    input: Vec<(String, String)>,
    /// Under a name of each command's own: a loss is also what runs have.
    #[arg(skip)]
    loss: Option<LossFunction>,
    /// Differences of the logarithms, or raw ones: log or raw. The default is log, and raw for values that are no losses
    #[arg(long, value_name = "KIND")]
    residual: Option<Residual>,
    /// How much each run counts: equal, flops, counts:COLUMN, precision:COLUMN or sigma:COLUMN, the known deviation of the
    /// residual: of ln L, which is that of L over L, or of L itself with --residual raw
    #[arg(long, value_name = "KIND[:COLUMN]", default_value = "equal")]
    weights: String,
    /// Hold a coefficient at a value, as in E=1.69; repeat for more
    #[arg(long, value_name = "NAME=VALUE", value_parser = held)]
    fix: Vec<(String, f64)>,
    /// Make a coefficient equal to another, as in alpha=beta; repeat for more
    #[arg(long, value_name = "NAME=OTHER", value_parser = pair)]
    tie: Vec<(String, String)>,
}

pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, other)) if !name.trim().is_empty() && !other.trim().is_empty() => {
            Ok((name.trim().into(), other.trim().into()))
        }
        _ => Err("expected NAME=OTHER".into()),
    }
}

/// N and D of the runs have options of their own, which say what N counts.
fn input(text: &str) -> Result<(String, String), String> {
    let (knob, column) = pair(text)?;
    match knob.as_str() {
        "params" | "tokens" if column != knob => {
            Err(format!("the column of {knob} is named by --{knob}-column {column}"))
        }
        _ => Ok((knob, column)),
    }
}

fn held(text: &str) -> Result<(String, f64), String> {
    let (name, value) = pair(text)?;
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((name, number)),
        _ => Err(format!("{value:?} is no finite number")),
    }
}

/// A form over rows of numbers.
pub type RowLaw = dyn Law<Input = Vec<f64>> + Send;

/// A fit of the Chinchilla form with all that is known of it, or of another law or loss.
pub enum Fitted {
    Chinchilla(Box<Fit>),
    Other { family: &'static Family, fit: Box<LawFit>, law: Option<StoredLaw> },
}

/// The loss of a fit that names none.
fn usual(weights: &Weights) -> LossFunction {
    LossFunction::Huber(if matches!(weights, Weights::Sigma(_)) { 1.345 } else { 1e-3 })
}

/// The losses by name, for help texts.
pub const LOSSES: &str = "What a residual costs: least-squares, absolute, huber[:DELTA], huber-scale[:K], \
    cauchy[:SCALE], student-t[:FREEDOM]. The default is huber:1e-3, with known sigma huber:1.345";

impl Fitting {
    /// With what a residual costs; a Huber threshold is short for its loss.
    pub fn costing(&self, loss: Option<LossFunction>, delta: Option<f64>) -> Self {
        Self { loss: delta.map(LossFunction::Huber).or(loss), ..self.clone() }
    }

    /// The options of Approach 3.
    ///
    /// # Errors
    /// For options that Approach 3 does not have.
    pub fn approach3(&self, runs: &Runs) -> Result<Approach3, Failure> {
        let mut options = Approach3::new().weights(self.weights(runs)?);
        match self.loss {
            None => {}
            Some(LossFunction::Huber(delta)) => options = options.delta(delta),
            Some(_) => return Err(Failure::usage("the approaches fit by Huber's loss: give --loss huber:DELTA")),
        }
        if self.law != "chinchilla"
            || self.residual == Some(Residual::Raw)
            || !self.fix.is_empty()
            || !self.tie.is_empty()
        {
            let message = "--approach takes the Chinchilla law on log residuals, without --fix and --tie";
            return Err(Failure::usage(message));
        }
        Ok(options)
    }

    /// Fits the runs. Options that only the general fitter has send even the Chinchilla form to it, unless Approach 3 is
    /// asked for by its number.
    pub fn fit(&self, runs: &Runs, by_approach3: bool) -> Result<Fitted, FittingFailure> {
        let family = self.family()?;
        let huber = matches!(self.loss, None | Some(LossFunction::Huber(_)));
        let plain = huber && self.residual != Some(Residual::Raw) && self.fix.is_empty() && self.tie.is_empty();
        if by_approach3 || family.name() == "chinchilla" && plain {
            return Ok(Fitted::Chinchilla(Box::new(self.approach3(runs)?.fit(runs)?)));
        }
        let fit = if family.name() == "chinchilla" {
            self.options(&ChinchillaForm, self.weights(runs)?).fit_runs(runs)?
        } else {
            let (rows, weights) = self.rows(family, runs)?;
            self.check_inputs(family, &rows, runs.losses())?;
            let fit = self.options(family.form().as_ref(), weights).fit(&rows, runs.losses())?;
            let of = |name: &str| family.knobs().iter().any(|knob| knob.name == name);
            fit.with_doubts_of(runs, of("params") && of("tokens"))
        };
        let law = family.law(&fit.values(), runs.conventions(), runs.domain()).ok();
        Ok(Fitted::Other { family, fit: Box::new(fit), law })
    }

    /// The fit of a family as one that is asked for intervals.
    pub fn ask<T>(
        &self,
        (family, runs, fit): (&'static Family, &Runs, &LawFit),
        ask: impl FnOnce(LawInference<'_, RowLaw>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (rows, weights) = self.rows(family, runs)?;
        let form = family.form();
        let fitter = self.options(form.as_ref(), weights);
        let inference = LawInference::new(&fitter, &rows, runs.losses(), fit)?.table(runs);
        ask(inference.family(family, runs.conventions(), runs.domain()))
    }

    /// The same fit as one that can be rolled out.
    pub fn contender(&self, runs: &Runs) -> Result<Contender, Failure> {
        if let Some((name, _)) = self.tie.first() {
            return Err(Failure::usage(format!("a fit with {name} tied cannot be rolled out: leave out --tie")));
        }
        let weights = self.weights(runs)?;
        let loss = self.loss.unwrap_or_else(|| usual(&weights));
        let named = Contender::named(&self.law).map_err(Failure::usage)?;
        let named = named.loss(loss).residual(self.residual.unwrap_or(Residual::Log)).weights(weights);
        let fed = self.input.iter().fold(named, |contender, (knob, column)| contender.input(knob, column));
        Ok(self.fix.iter().fold(fed, |contender, (name, value)| contender.fix(name, *value)))
    }

    /// The family, of which no coefficient is held twice and no number has two columns: the last would be taken in silence.
    fn family(&self) -> Result<&'static Family, Failure> {
        let twice =
            |names: Vec<&String>| (1..names.len()).find(|i| names[..*i].contains(&names[*i])).map(|i| names[i].clone());
        let given = [
            ("--fix", self.fix.iter().map(|(name, _)| name).collect()),
            ("--tie", self.tie.iter().map(|(name, _)| name).collect()),
            ("--input", self.input.iter().map(|(name, _)| name).collect::<Vec<_>>()),
        ];
        if let Some((option, name)) = given.into_iter().find_map(|(option, names)| Some((option, twice(names)?))) {
            return Err(Failure::Usage(format!("{option} {name} is given twice: leave one out")));
        }
        family(&self.law).map_err(Failure::usage)
    }

    /// The columns of the numbers that the law needs.
    pub fn columns(&self) -> Vec<(&str, &str)> {
        self.input.iter().map(|(knob, column)| (knob.as_str(), column.as_str())).collect()
    }

    /// The family's name.
    pub fn name(&self) -> &str {
        &self.law
    }

    /// Whether the values of the family may be negative, which losses are not.
    pub fn is_signed(&self) -> Result<bool, Failure> {
        Ok(self.family()?.is_signed())
    }

    /// The table that the family is fitted to: runs, or measurements where it does not need both N and D and the table does
    /// not hold them, and where its values may be negative; with the column that --loss-column names for those.
    pub fn read<'a>(&self, source: &'a Source) -> Result<(Table, Option<&'a str>), Failure> {
        if self.is_signed()? {
            let (table, column) = source.measure_values()?;
            return Ok((Table::Measurements(table), column));
        }
        let table = if self.needs_sizes()? { Table::Runs(source.read()?) } else { source.read_or_measure()? };
        Ok((table, None))
    }

    /// Whether the family is fitted to both N and D of the runs.
    fn needs_sizes(&self) -> Result<bool, Failure> {
        let family = self.family()?;
        let column = |knob: &'static str| {
            let given = self.input.iter().find(|(name, _)| name == knob);
            given.map_or(knob, |(_, column)| column.as_str())
        };
        let read: Vec<&str> = family.knobs().iter().map(|knob| column(knob.name)).collect();
        Ok(["params", "tokens"].iter().all(|size| read.contains(size)))
    }

    /// Refuses a law fitted to its own input.
    fn check_inputs(&self, family: &Family, rows: &[Vec<f64>], values: &[f64]) -> Result<(), Failure> {
        let at = family.knobs().iter().position(|knob| knob.name == "loss");
        let same = |at: usize| rows.iter().zip(values).all(|(row, value)| row.get(at) == Some(value));
        match at.filter(|at| same(*at)) {
            Some(_) => Err(Failure::usage(FitError::OwnInput { law: family.name() })),
            None => Ok(()),
        }
    }

    /// Fits a family that does not need both N and D to a table that need not hold them, and asks the fit.
    pub fn measured<T>(
        &self,
        (table, loss_column): (&Measurements, Option<&str>),
        ask: impl FnOnce(LawInference<'_, RowLaw>, &LawFit) -> Result<T, Failure>,
    ) -> Result<(LawFit, T), FittingFailure> {
        let family = self.family()?;
        let columns = self.columns();
        let rows = family_inputs(family, table, &columns).map_err(told)?;
        let weights = match self.weights(table)? {
            Weights::Flops => Weights::Precision(table.quantity("flops").map_err(FitError::from)?),
            weights => weights,
        };
        let losses = match family.is_signed() {
            true => table.signed(loss_column.unwrap_or(family.value().name)),
            false => table.quantity("loss"),
        };
        let losses = losses.map_err(Failure::usage)?;
        self.check_inputs(family, &rows, &losses)?;
        let form = family.form();
        let fitter = self.options(form.as_ref(), weights);
        let fit = fitter.fit(&rows, &losses)?;
        let inference = LawInference::new(&fitter, &rows, &losses, &fit).map_err(Failure::from)?;
        let found = ask(inference, &fit)?;
        Ok((fit, found))
    }

    /// Whether a coefficient is held or follows another.
    pub fn holds(&self, name: &str) -> bool {
        self.fix.iter().any(|(held, _)| held == name) || self.tie.iter().any(|(tied, _)| tied == name)
    }

    /// The numbers of each run that a family needs, and weights that do without knowing them.
    fn rows(&self, family: &'static Family, runs: &Runs) -> Result<(Vec<Vec<f64>>, Weights), Failure> {
        let columns = self.columns();
        let rows = family_inputs(family, runs, &columns).map_err(told)?;
        let weights = match self.weights(runs)? {
            Weights::Flops if family.name() == "chinchilla" => {
                Weights::Precision(runs.params().iter().zip(runs.tokens()).map(|(n, d)| 6.0 * n * d).collect())
            }
            Weights::Flops => Weights::Precision(runs.quantity("flops").map_err(FitError::from)?),
            weights => weights,
        };
        Ok((rows, weights))
    }

    fn options<'a, L: Law + ?Sized>(&self, law: &'a L, weights: Weights) -> Fitter<'a, L> {
        let residual = if self.is_signed().unwrap_or(false) { Residual::Raw } else { Residual::Log };
        let mut fitter = Fitter::new(law)
            .loss(self.loss.unwrap_or_else(|| usual(&weights)))
            .residual(self.residual.unwrap_or(residual))
            .weights(weights);
        for (name, value) in &self.fix {
            fitter = fitter.fix(name, *value);
        }
        for (name, other) in &self.tie {
            fitter = fitter.tie(name, other);
        }
        fitter
    }

    fn weights(&self, runs: &impl NumberColumns) -> Result<Weights, Failure> {
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

/// A column that was not named is a matter of usage.
fn told(error: FitError) -> Failure {
    match error {
        FitError::OwnInput { .. } => Failure::usage(error),
        other => other.into(),
    }
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
