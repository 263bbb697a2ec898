use clap::Args;
use scaling_laws::figures::{self, Figure};
use scaling_laws::laws::family;
use scaling_laws::{
    Allocation, Approach3, Conventions, Domain, Fit, Flops, Interval, LawFit, LawInference, LossFunction, Measurements,
    Method, Runs, StoredLaw, allocate,
};
use serde_json::Value;

use crate::answer::{self, Answer, Failure, to_json};
use crate::approaches::{self, Approach, Sweep};
use crate::figure::{self, FitFigure};
use crate::fitting::{self, Fitted, Fitting, RowLaw};
use crate::intervals::{self, Sampling};
use crate::source::{Source, Table};

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: schema, law, n, degrees_of_freedom, loss_function, delta, objective, coefficients {E, A, B, alpha, beta},
standard_errors, exponent_a, residual_scale, termination, certificate {certified, scaled_gradient, smallest_curvature,
condition_number, starts, starts_agreeing, global, at_bound, basins}, warnings [code, message], allocation (with
--flops: the keys of `allocate` and ln_params_standard_error), intervals and refused (with --intervals, as of `predict`), dropped (with
--drop-outliers: names or row numbers, farthest first). With another --law or --loss, or with --fix or --tie:
family, formula, residual, scale and covariance instead of delta and exponent_a. The document can be given to --law of
the other commands. With --approach 1 or 2: params_line, tokens_line; with all: estimates, comparisons, agree.

Examples:
  scaling-laws fit runs.csv
  scaling-laws fit runs.csv --where status=finished --loss-column val_loss --flops 1e21
  scaling-laws fit runs.csv --figure isoflop.svg --draw isoflop
  scaling-laws fit runs.csv --figure intervals.png --draw intervals
  scaling-laws fit runs.csv --json > fit.json && scaling-laws allocate --law fit.json --flops 1e22
  scaling-laws fit runs.csv --loss student-t --fix E=1.69
  scaling-laws fit runs.csv --law tied-exponents --weights flops
  scaling-laws fit runs.csv --law power --input x=params
  scaling-laws fit runs.csv --flops 1e21 --intervals studentized --level 0.9
  scaling-laws fit runs.csv --law tied-exponents --intervals delta --cluster run_id
  scaling-laws fit runs.csv --drop-outliers
  scaling-laws fit runs.csv --approach all
  scaling-laws fit --families")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    fitting: Fitting,
    #[arg(long, value_name = "LOSS", help = fitting::LOSSES)]
    loss: Option<LossFunction>,
    /// Huber threshold: short for --loss huber:DELTA
    #[arg(long, value_name = "DELTA", conflicts_with = "loss")]
    delta: Option<f64>,
    /// Hoffmann's approach: 1 (envelope of curves), 2 (IsoFLOP parabolas), 3 (parametric, the default) or all
    #[arg(long, value_enum, value_name = "WHICH")]
    approach: Option<Approach>,
    /// Fit without the outliers, and say which they are
    #[arg(long, conflicts_with = "approach")]
    drop_outliers: bool,
    /// Column that names the run where the table has a row for each point of a training curve; the last point counts
    #[arg(long, value_name = "NAME")]
    run_column: Option<String>,
    /// List the families that --law takes, with formula and needed columns
    #[arg(long, exclusive = true)]
    families: bool,
    /// Split this budget with the fitted law
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// Give intervals by this method: percentile, basic, bca, studentized, profile or delta
    #[arg(long, value_name = "METHOD")]
    intervals: Option<Method>,
    #[command(flatten)]
    sampling: Sampling,
    #[command(flatten)]
    figure: FitFigure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if arguments.families {
        return Ok(Answer::text(fitting::list()));
    }
    let fitting = arguments.fitting.costing(arguments.loss, arguments.delta);
    let runs = match fitting.read(&arguments.source)? {
        (Table::Runs(runs), _) => runs,
        (Table::Measurements(table), column) => return measured(arguments, &fitting, (&table, column)),
    };
    let mut sweep = Sweep::new(runs, arguments.run_column.as_deref())?;
    if let Some(approach) = arguments.approach.filter(|approach| *approach != Approach::Parametric) {
        let options = fitting.approach3(&sweep.runs)?;
        let fit = || options.fit(&sweep.runs).map_err(|error| arguments.source.refusal(error));
        let drawn = |fit: &Fit, profiles: bool| match approach {
            Approach::All if !profiles => approaches::exponents(&sweep, options.clone(), arguments.flops),
            _ => arguments.confidence((&options, &sweep.runs, fit), profiles),
        };
        arguments.figure.draw(figure::usual(approach), &sweep, arguments.flops, fit, drawn)?;
        return approaches::run(approach, &sweep, options, arguments.flops, arguments.json);
    }
    let fit =
        |runs: &Runs| fitting.fit(runs, arguments.approach.is_some()).map_err(|failure| arguments.source.told(failure));
    let mut fitted = fit(&sweep.runs)?;
    let mut dropped = None;
    if arguments.drop_outliers {
        let Fitted::Chinchilla(first) = &fitted else {
            return Err(Failure::usage("--drop-outliers takes the Chinchilla law under Huber's loss"));
        };
        let outliers = &first.outliers().rows;
        dropped = Some(sweep.runs.labels(outliers.iter().copied()));
        if !outliers.is_empty() {
            sweep.runs = sweep.runs.without(outliers);
            fitted = fit(&sweep.runs)?;
        }
    }
    match fitted {
        Fitted::Chinchilla(fit) => {
            let allocation = arguments.flops.map(|budget| allocate(fit.law(), budget)).transpose()?;
            let usual = figure::usual(Approach::Parametric);
            let drawn = |fit: &Fit, profiles| {
                arguments.confidence((&fitting.approach3(&sweep.runs)?, &sweep.runs, fit), profiles)
            };
            arguments.figure.draw(usual, &sweep, arguments.flops, || Ok((*fit).clone()), drawn)?;
            let found = match arguments.intervals {
                Some(method) => {
                    let approach = fitting.approach3(&sweep.runs)?;
                    let quantities = intervals::of_fit(arguments.flops);
                    Some(arguments.sampling.intervals((&approach, &sweep.runs, &fit), &quantities, method)?)
                }
                None => None,
            };
            let (split, found, dropped) = (allocation.as_ref(), found.as_ref(), dropped.as_deref());
            Ok(if arguments.json { json(&fit, split, found, dropped) } else { text(&fit, split, found, dropped) })
        }
        Fitted::Other { family, fit, law } => {
            let split = |budget| match &law {
                Some(law) => Ok(allocate(law, budget)?),
                None => {
                    let message = format!("--flops: {} is no loss of N and D alone", family.name());
                    Err(Failure::usage(message))
                }
            };
            let allocation = arguments.flops.map(split).transpose()?;
            let model = law.as_ref().map(StoredLaw::as_loss_model);
            let names = fit.coefficients().iter().map(|c| c.name).filter(|name| !fitting.holds(name));
            let quantities = intervals::of_law_fit(names, law.as_ref(), arguments.flops);
            let (runs, sampling) = (&sweep.runs, &arguments.sampling);
            let asked = (family, runs, fit.as_ref());
            let by = |method| {
                fitting.ask(asked, |inference: LawInference<'_, RowLaw>| {
                    sampling.law_intervals((inference, Some(runs)), &quantities, method)
                })
            };
            let drawn = |profiles| {
                if profiles {
                    return fitting.ask(asked, |inference| sampling.law_profiles((inference, runs), &quantities));
                }
                Ok(figures::quantities(&by(arguments.intervals.unwrap_or_default())?.0)?)
            };
            arguments.figure.draw_law(family.name(), model, &sweep, arguments.flops, drawn)?;
            let found = arguments.intervals.map(by).transpose()?;
            let mut warnings = fit.warnings().to_vec();
            warnings.extend(allocation.iter().flat_map(|split| split.warnings().iter().cloned()));
            if arguments.json {
                let mut value = to_json(&fit);
                value["family"] = family.name().into();
                let (conventions, domain) = (sweep.runs.conventions(), sweep.runs.domain());
                let fitted = || to_json(&family.fitted(&fit.values(), conventions, domain).ok());
                value["law"] = law.as_ref().map_or_else(fitted, to_json);
                value["allocation"] = allocation.as_ref().map_or(Value::Null, to_json);
                with_intervals(&mut value, found.as_ref());
                return Ok(Answer::json(&value));
            }
            let mut text = format!("{fit:#}");
            if let Some(allocation) = &allocation {
                text.push_str(&format!("\nThe budget, split by this law\n{allocation:#}"));
            }
            if let Some((found, refused)) = &found {
                text.push_str(&intervals::text(found, refused));
                warnings.extend(intervals::warnings(found));
            }
            Ok(Answer::text(text + &answer::warnings("", &warnings)))
        }
    }
}

/// A law of other inputs than N and D together, fitted to a table that does not hold both.
fn measured(arguments: &Arguments, fitting: &Fitting, table: (&Measurements, Option<&str>)) -> Result<Answer, Failure> {
    let asked = [
        (arguments.approach.is_some(), "--approach"),
        (arguments.run_column.is_some(), "--run-column"),
        (arguments.flops.is_some(), "--flops"),
        (arguments.figure.is_asked(), "--figure"),
        (arguments.drop_outliers, "--drop-outliers"),
    ];
    if let Some((_, option)) = asked.iter().find(|(given, _)| *given) {
        return Err(Failure::usage(match fitting.is_signed()? {
            true => format!("{option} needs a law of losses, and {} is none", fitting.name()),
            false => format!("{option} needs a table with both N and D, or one of them and C"),
        }));
    }
    let intervals = |inference: LawInference<'_, RowLaw>, fit: &LawFit| {
        let names = fit.coefficients().iter().map(|c| c.name).filter(|name| !fitting.holds(name));
        let quantities = intervals::of_law_fit(names, None, None);
        let ask = |method| arguments.sampling.law_intervals((inference, None), &quantities, method);
        arguments.intervals.map(ask).transpose()
    };
    let (fit, found) = fitting.measured(table, intervals).map_err(|failure| arguments.source.told(failure))?;
    if arguments.json {
        let mut value = to_json(&fit);
        value["family"] = fitting.name().into();
        let family = family(fitting.name()).map_err(Failure::usage)?;
        value["law"] = to_json(&family.fitted(&fit.values(), Conventions::default(), Domain::default()).ok());
        with_intervals(&mut value, found.as_ref());
        return Ok(Answer::json(&value));
    }
    let mut warnings = fit.warnings().to_vec();
    let mut text = format!("{fit:#}");
    if let Some((found, refused)) = &found {
        text.push_str(&intervals::text(found, refused));
        warnings.extend(intervals::warnings(found));
    }
    Ok(Answer::text(text + &answer::warnings("", &warnings)))
}

impl Arguments {
    /// Intervals of what is fitted, or their profiles, drawn.
    fn confidence(&self, asked: (&Approach3, &Runs, &Fit), profiles: bool) -> Result<Figure, Failure> {
        let quantities = intervals::of_fit(self.flops);
        if profiles {
            return self.sampling.profiles(asked, &quantities);
        }
        let method = self.intervals.unwrap_or_default();
        let (found, _) = self.sampling.intervals(asked, &quantities, method)?;
        Ok(figures::quantities(&found)?)
    }
}

/// Intervals, and why others are not there.
type Found<'a> = Option<&'a (Vec<Interval>, Vec<String>)>;

fn json(fit: &Fit, allocation: Option<&Allocation>, found: Found<'_>, dropped: Option<&[String]>) -> Answer {
    let mut value = to_json(fit);
    value["allocation"] = allocation.map_or(Value::Null, |allocation| {
        let mut split = to_json(allocation);
        split["ln_params_standard_error"] = fit.ln_optimal_params_standard_error(allocation.budget()).into();
        split
    });
    with_intervals(&mut value, found);
    if let Some(dropped) = dropped {
        value["dropped"] = to_json(&dropped);
    }
    Answer::json(&value)
}

fn with_intervals(value: &mut Value, found: Found<'_>) {
    if let Some((found, refused)) = found {
        value["intervals"] = to_json(found);
        value["refused"] = to_json(refused);
    }
}

fn text(fit: &Fit, allocation: Option<&Allocation>, found: Found<'_>, dropped: Option<&[String]>) -> Answer {
    let mut warnings = fit.warnings().to_vec();
    let mut text = match dropped {
        None => String::new(),
        Some([]) => "No outliers: nothing was dropped.\n\n".into(),
        Some(dropped) => {
            let mut text = String::new();
            let noun = if dropped.len() == 1 { "run" } else { "runs" };
            answer::bullet(&mut text, &format!("dropped {} {noun}, as asked: {}", dropped.len(), dropped.join(", ")));
            text + "\n"
        }
    };
    text.push_str(&format!("{fit:#}"));
    if let Some(allocation) = allocation {
        warnings.extend(allocation.warnings().iter().cloned());
        let doubt = match fit.ln_optimal_params_standard_error(allocation.budget()) {
            Some(error) => format!("N and D are known within a factor of {:.2} (one standard error)", error.exp()),
            None => "the fit gives no standard error for N and D: see the warnings".into(),
        };
        text.push_str(&format!("\nThe budget, split by this law; {doubt}\n{allocation:#}"));
    }
    if let Some((found, refused)) = found {
        text.push_str(&intervals::text(found, refused));
        warnings.extend(intervals::warnings(found));
    }
    Answer::text(text + &answer::warnings("", &warnings))
}
