use clap::Args;
use scaling_laws::{Allocation, Approach3, Fit, Flops, allocate};
use serde_json::Value;

use crate::answer::{self, Answer, Failure, to_json};
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: schema, law, n, degrees_of_freedom, loss_function, delta, objective, coefficients {E, A, B, alpha, beta},
standard_errors, exponent_a, residual_scale, termination, certificate {certified, scaled_gradient, smallest_curvature,
condition_number, starts, starts_agreeing, global, at_bound, basins}, warnings [code, message], allocation (with
--flops: the keys of `allocate` and ln_params_standard_error). The document can be given to --law of the other commands.

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
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let runs = arguments.source.read()?;
    let fit = Approach3::new().delta(arguments.delta).fit(&runs).map_err(|error| arguments.source.refusal(error))?;
    let allocation = arguments.flops.map(|budget| allocate(fit.law(), budget)).transpose()?;
    Ok(if arguments.json { json(&fit, allocation.as_ref()) } else { text(&fit, allocation.as_ref()) })
}

fn json(fit: &Fit, allocation: Option<&Allocation>) -> Answer {
    let mut value = to_json(fit);
    value["allocation"] = allocation.map_or(Value::Null, |allocation| {
        let mut split = to_json(allocation);
        split["ln_params_standard_error"] = fit.ln_optimal_params_standard_error(allocation.budget()).into();
        split
    });
    Answer::json(&value)
}

fn text(fit: &Fit, allocation: Option<&Allocation>) -> Answer {
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
    Answer::text(text + &answer::warnings("", &warnings))
}
