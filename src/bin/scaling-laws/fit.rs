use clap::Args;
use scaling_laws::{Allocation, Approach3, Fit, Flops, Interval, Method, allocate};
use serde_json::Value;

use crate::answer::{self, Answer, Failure, to_json};
use crate::intervals::{self, Sampling};
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: schema, law, n, degrees_of_freedom, loss_function, delta, objective, coefficients {E, A, B, alpha, beta},
standard_errors, exponent_a, residual_scale, termination, certificate {certified, scaled_gradient, smallest_curvature,
condition_number, starts, starts_agreeing, global, at_bound, basins}, warnings [code, message], allocation (with
--flops: the keys of `allocate` and ln_params_standard_error), intervals and refused (with --intervals, as of `predict`). The document can be given to --law of the other commands.

Examples:
  scaling-laws fit runs.csv
  scaling-laws fit runs.csv --where status=finished --loss-column val_loss --flops 1e21
  scaling-laws fit runs.csv --json > fit.json && scaling-laws allocate --law fit.json --flops 1e22")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Huber threshold in log loss
    #[arg(long, value_name = "DELTA", default_value_t = 1e-3)]
    delta: f64,
    /// Split this budget with the fitted law
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// Give intervals by this method: percentile, basic, bca, studentized, profile or delta
    #[arg(long, value_name = "METHOD")]
    intervals: Option<Method>,
    #[command(flatten)]
    sampling: Sampling,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let runs = arguments.source.read()?;
    let approach = Approach3::new().delta(arguments.delta);
    let fit = approach.fit(&runs).map_err(|error| arguments.source.refusal(error))?;
    let allocation = arguments.flops.map(|budget| allocate(fit.law(), budget)).transpose()?;
    let ask =
        |method| arguments.sampling.intervals((&approach, &runs, &fit), &intervals::of_fit(arguments.flops), method);
    let found = arguments.intervals.map(ask).transpose()?;
    Ok(if arguments.json {
        json(&fit, allocation.as_ref(), found.as_ref())
    } else {
        text(&fit, allocation.as_ref(), found.as_ref())
    })
}

/// Intervals, and why others are not there.
type Found<'a> = Option<&'a (Vec<Interval>, Vec<String>)>;

fn json(fit: &Fit, allocation: Option<&Allocation>, found: Found<'_>) -> Answer {
    let mut value = to_json(fit);
    value["allocation"] = allocation.map_or(Value::Null, |allocation| {
        let mut split = to_json(allocation);
        split["ln_params_standard_error"] = fit.ln_optimal_params_standard_error(allocation.budget()).into();
        split
    });
    if let Some((found, refused)) = found {
        value["intervals"] = to_json(found);
        value["refused"] = to_json(refused);
    }
    Answer::json(&value)
}

fn text(fit: &Fit, allocation: Option<&Allocation>, found: Found<'_>) -> Answer {
    let mut warnings = fit.warnings().to_vec();
    let mut text = format!("{fit:#}");
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
