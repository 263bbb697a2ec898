use clap::Args;
use scaling_laws::figures;
use scaling_laws::laws::{Family, Knobs, StoredLaw, family};
use scaling_laws::{
    Flops, LawFit, LawInference, LossFunction, LossModel, Measurements, Method, Nats, Params, Quantity, Runs, Tokens,
    Warning, family_range_warnings,
};
use serde_json::{Value, json};

use crate::answer::{self, Answer, Failure, to_json};
use crate::figure::FigureFile;
use crate::fitting::{self, Fitted, Fitting, RowLaw};
use crate::intervals::{self, Found, Sampling};
use crate::recalibrate::Recalibrated;
use crate::source::{Source, Table};

#[derive(Debug, Args)]
#[command(after_help = "\
With --params and --tokens: the mean loss of such runs, and the loss of one new run, which scatters more. With --flops:
N, D, D/N and loss at the optimal split. With --loss: the FLOPs that reach it. With another --law, --knob gives the
further numbers of the run; --flops and --loss then need a law of N and D alone.

JSON keys: schema, law (null for one that is no law of N and D alone), family, intervals [quantity, point, low, high,
level, method, resampling, replicates, failed, warnings], refused, recalibrated (null unless asked) {level, factor, half_width in
ln L, point, low, high}, warnings [code, message]; an end that is open, or a width that no prediction of the roll-out tells,
is null.

Examples:
  scaling-laws predict runs.csv --params 7B --tokens 2T
  scaling-laws predict runs.csv --params 7B --tokens 2T --recalibrate
  scaling-laws predict runs.csv --flops 1e24 --level 95% --cluster run_id
  scaling-laws predict runs.csv --loss 2.0 --method profile
  scaling-laws predict runs.csv --law repetition --params 7B --tokens 2T --knob unique_tokens=200B
  scaling-laws predict runs.csv --law power --input x=flops --knob x=1e24
  scaling-laws predict sizes.csv --law kaplan-steps --params 1B --knob steps=2e5")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    fitting: Fitting,
    #[arg(long, value_name = "LOSS", help = fitting::LOSSES)]
    loss_function: Option<LossFunction>,
    /// Huber threshold: short for --loss-function huber:DELTA
    #[arg(long, value_name = "DELTA", conflicts_with = "loss_function")]
    delta: Option<f64>,
    /// Parameters N of a run, with --tokens
    #[arg(long, value_name = "N")]
    params: Option<Params>,
    /// Tokens D of a run, with --params
    #[arg(long, value_name = "D")]
    tokens: Option<Tokens>,
    /// A further number of a run that the law needs, as in unique_tokens=25B; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
    /// A budget to be split
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// A loss to be reached, nats per token
    #[arg(long, value_name = "L")]
    loss: Option<Nats>,
    /// How intervals are made: percentile, basic, bca, studentized, profile or delta
    #[arg(long, value_name = "METHOD", default_value = "percentile")]
    method: Method,
    /// Also the loss of a new run as wide as this fit errs when it is rolled out over growing compute (conformal)
    #[arg(long, requires = "params", requires = "tokens")]
    recalibrate: bool,
    #[command(flatten)]
    sampling: Sampling,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The intervals with the law that they are of and the doubts about it.
struct Prediction {
    family: &'static str,
    law: Value,
    found: Found,
    /// The law's loss at the run that is asked about.
    loss: Option<f64>,
    warnings: Vec<Warning>,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let asks_nothing = [
        arguments.params.is_none(),
        arguments.tokens.is_none(),
        arguments.knob.is_empty(),
        arguments.flops.is_none(),
        arguments.loss.is_none(),
    ];
    if asks_nothing.iter().all(|nothing| *nothing) {
        return Err(Failure::usage("nothing to predict: give --params and --tokens, --knob, --flops or --loss"));
    }
    let fitting = arguments.fitting.costing(arguments.loss_function, arguments.delta);
    let runs = match fitting.read(&arguments.source)? {
        (Table::Runs(runs), _) => runs,
        (Table::Measurements(table), column) => {
            return arguments.answer(arguments.of_measurements(&fitting, (&table, column))?, None);
        }
    };
    let fitted = fitting.fit(&runs, false).map_err(|failure| arguments.source.told(failure))?;
    let prediction = match &fitted {
        Fitted::Chinchilla(fit) => {
            let approach = fitting.approach3(&runs)?;
            let quantities = arguments.quantities()?;
            let mut found = arguments.sampling.intervals((&approach, &runs, fit), &quantities, arguments.method)?;
            let scatters = intervals::adds_scatter(arguments.method);
            found.1.extend(arguments.run().filter(|_| !scatters).map(|_| intervals::without_scatter(arguments.method)));
            let warnings = fit.warnings().iter().cloned().chain(arguments.domain_warnings(fit.law())).collect();
            let loss = arguments.run().map(|(n, d)| fit.law().at(n.ln(), d.ln()).loss);
            Prediction { family: "chinchilla", law: to_json(fit)["law"].clone(), found, loss, warnings }
        }
        Fitted::Other { family, fit, law } => arguments.of_family(&fitting, (family, &runs, fit), law.as_ref())?,
    };
    let recalibrated = match (arguments.run(), prediction.loss) {
        (Some(run), Some(loss)) if arguments.recalibrate => {
            let contender = fitting.contender(&runs)?;
            let found = Recalibrated::of((&contender, &runs), run, loss, arguments.sampling.level());
            Some(found.map_err(|error| arguments.source.refusal(error))?)
        }
        _ => None,
    };
    arguments.answer(prediction, recalibrated)
}

impl Arguments {
    fn answer(&self, prediction: Prediction, recalibrated: Option<Recalibrated>) -> Result<Answer, Failure> {
        let Prediction { family, law, found: (intervals, refused), mut warnings, .. } = prediction;
        if intervals.is_empty() {
            return Err(Failure::NoAnswer(refused.join("\n")));
        }
        self.figure.draw(|| Ok(figures::quantities(&intervals)?))?;
        warnings.extend(intervals::warnings(&intervals));
        if self.json {
            return Ok(Answer::json(&json!({
                "schema": "scaling-laws/1",
                "law": law,
                "family": family,
                "intervals": to_json(&intervals),
                "refused": refused,
                "recalibrated": recalibrated.as_ref().map(Recalibrated::json),
                "warnings": to_json(&warnings),
            })));
        }
        let text = intervals::text(&intervals, &refused) + &recalibrated.map_or_else(String::new, |found| found.text());
        Ok(Answer::text(text.trim_start().to_owned() + &answer::warnings("", &warnings)))
    }

    /// Of a law of other inputs than N and D together, from a table that need not hold both.
    fn of_measurements(&self, fitting: &Fitting, table: (&Measurements, Option<&str>)) -> Result<Prediction, Failure> {
        let family = family(fitting.name()).map_err(Failure::usage)?;
        let asked =
            [(self.flops.is_some(), "--flops"), (self.loss.is_some(), "--loss"), (self.recalibrate, "--recalibrate")];
        if let Some((_, option)) = asked.iter().find(|(given, _)| *given) {
            return Err(Failure::usage(format!("{option}: {} is no loss of N and D alone", family.name())));
        }
        let at = self.input(family)?;
        let at = at.as_ref().map(|(row, place)| (row, place.as_str()));
        let ask = |inference: LawInference<'_, RowLaw>, _: &LawFit| {
            self.sampling.law_predictions((inference, None), (family.value().name, at), &[], self.method)
        };
        let (fit, found) = fitting.measured(table, ask).map_err(|failure| self.source.told(failure))?;
        let mut warnings = fit.warnings().to_vec();
        warnings.extend(family_range_warnings(family, table.0, &fitting.columns(), &self.knobs(family)?));
        Ok(Prediction { family: family.name(), law: Value::Null, found, loss: None, warnings })
    }

    /// The run that is asked about.
    fn run(&self) -> Option<(Params, Tokens)> {
        self.params.zip(self.tokens)
    }

    /// What is asked of the Chinchilla law by Approach 3.
    fn quantities(&self) -> Result<Vec<Quantity>, Failure> {
        if let Some(text) = self.knob.first() {
            return Err(Failure::usage(format!("the Chinchilla law has no knobs beside N and D, {text:?} is none")));
        }
        let mut quantities = Vec::new();
        match (self.params, self.tokens) {
            (Some(params), Some(tokens)) => {
                quantities.push(Quantity::MeanLoss(params, tokens));
                if intervals::adds_scatter(self.method) {
                    quantities.push(Quantity::NewRun(params, tokens));
                }
            }
            (None, None) => {}
            _ => return Err(Failure::usage("--params and --tokens go together")),
        }
        quantities.extend(self.of_law());
        Ok(quantities)
    }

    /// What is asked of any law of N and D.
    fn of_law(&self) -> Vec<Quantity> {
        let split = self.flops.into_iter().flat_map(intervals::of_budget);
        split.chain(self.loss.map(Quantity::FlopsForLoss)).collect()
    }

    fn of_family(
        &self,
        fitting: &Fitting,
        (family, runs, fit): (&'static Family, &Runs, &LawFit),
        law: Option<&StoredLaw>,
    ) -> Result<Prediction, Failure> {
        let quantities = self.of_law();
        if law.is_none() && !quantities.is_empty() {
            let message = format!("--flops and --loss: {} is no loss of N and D alone", family.name());
            return Err(Failure::usage(message));
        }
        let at = self.input(family)?;
        let at = at.as_ref().map(|(row, place)| (row, place.as_str()));
        let values = fit.values();
        let loss = at.map(|(row, _)| family.form().predict(&values, row, &mut vec![0.0; values.len()]));
        let ask = |inference: LawInference<'_, RowLaw>| {
            self.sampling.law_predictions((inference, Some(runs)), (family.value().name, at), &quantities, self.method)
        };
        let found = fitting.ask((family, runs, fit), ask)?;
        let mut warnings = fit.warnings().to_vec();
        warnings.extend(match law {
            Some(law) => self.domain_warnings(law),
            None => family_range_warnings(family, runs, &fitting.columns(), &self.knobs(family)?),
        });
        Ok(Prediction { family: family.name(), law: law.map_or(Value::Null, to_json), found, loss, warnings })
    }

    /// The numbers of the run that is asked about.
    fn knobs(&self, family: &Family) -> Result<Knobs, Failure> {
        let flags = [("params", self.params.map(Params::get)), ("tokens", self.tokens.map(Tokens::get))];
        let given = flags.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let knobs = given.fold(Knobs::new(), |knobs, (name, value)| knobs.with(name, value));
        let knobs = self.knob.iter().try_fold(knobs, |knobs, text| knobs.parse(text).map_err(Failure::usage))?;
        let known = |name: &str| family.knobs().iter().any(|knob| knob.name == name);
        if let Some((name, _)) = knobs.iter().find(|(name, _)| !known(name)) {
            let all: Vec<&str> = family.knobs().iter().map(|knob| knob.name).collect();
            let message = format!("{} has no {name:?}; it is asked at {}", family.name(), all.join(", "));
            return Err(Failure::usage(message));
        }
        Ok(knobs)
    }

    /// The row of the run that is asked about, and how it is called.
    fn input(&self, family: &Family) -> Result<Option<(Vec<f64>, String)>, Failure> {
        let knobs = self.knobs(family)?;
        let place: Vec<String> = knobs.iter().map(|(name, value)| format!("{name} = {value:e}")).collect();
        if place.is_empty() {
            return Ok(None);
        }
        Ok(Some((family.row(&knobs).map_err(Failure::usage)?, place.join(", "))))
    }

    /// How far beyond its runs a law is asked.
    fn domain_warnings(&self, law: &dyn LossModel) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let (Some(params), Some(tokens)) = (self.params, self.tokens) {
            warnings.extend(law.domain().warnings(params, tokens));
        }
        warnings.extend(self.flops.and_then(|flops| law.domain().compute_warning(flops)));
        warnings
    }
}
