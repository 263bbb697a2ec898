use clap::Args;
use scaling_laws::{Approach3, Flops, LossModel, Method, Nats, Params, Quantity, Tokens};
use serde_json::json;

use crate::answer::{self, Answer, Failure, to_json};
use crate::intervals::{self, Sampling};
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
With --params and --tokens: the mean loss of such runs, and the loss of one new run, which scatters more. With --flops:
N, D, D/N and loss at the optimal split. With --loss: the FLOPs that reach it.

JSON keys: schema, law, intervals [quantity, point, low, high, level, method, resampling, replicates, failed, warnings],
refused, warnings [code, message]; an end that is open is null.

Examples:
  scaling-laws predict runs.csv --params 7B --tokens 2T
  scaling-laws predict runs.csv --flops 1e24 --level 95% --cluster run_id
  scaling-laws predict runs.csv --loss 2.0 --method profile")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Parameters N of a run, with --tokens
    #[arg(long, value_name = "N", requires = "tokens")]
    params: Option<Params>,
    /// Tokens D of a run, with --params
    #[arg(long, value_name = "D", requires = "params")]
    tokens: Option<Tokens>,
    /// A budget to be split
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// A loss to be reached, nats per token
    #[arg(long, value_name = "L")]
    loss: Option<Nats>,
    /// Huber threshold in log loss
    #[arg(long, value_name = "DELTA", default_value_t = 1e-3)]
    delta: f64,
    /// How intervals are made: percentile, basic, bca, studentized, profile or delta
    #[arg(long, value_name = "METHOD", default_value = "percentile")]
    method: Method,
    #[command(flatten)]
    sampling: Sampling,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let mut quantities = Vec::new();
    if let (Some(params), Some(tokens)) = (arguments.params, arguments.tokens) {
        quantities.push(Quantity::MeanLoss(params, tokens));
        if matches!(arguments.method, Method::Percentile | Method::Delta) {
            quantities.push(Quantity::NewRun(params, tokens));
        }
    }
    quantities.extend(arguments.flops.into_iter().flat_map(intervals::of_budget));
    quantities.extend(arguments.loss.map(Quantity::FlopsForLoss));
    if quantities.is_empty() {
        return Err(Failure::usage("nothing to predict: give --params and --tokens, --flops or --loss"));
    }
    let runs = arguments.source.read()?;
    let approach = Approach3::new().delta(arguments.delta);
    let fit = approach.fit(&runs).map_err(|error| arguments.source.refusal(error))?;
    let (found, refused) = arguments.sampling.intervals((&approach, &runs, &fit), &quantities, arguments.method)?;
    if found.is_empty() {
        return Err(Failure::NoAnswer(refused.join("\n")));
    }
    let mut warnings = fit.warnings().to_vec();
    if let (Some(params), Some(tokens)) = (arguments.params, arguments.tokens) {
        warnings.extend(fit.law().domain().warnings(params, tokens));
    }
    warnings.extend(arguments.flops.and_then(|flops| fit.law().domain().compute_warning(flops)));
    warnings.extend(intervals::warnings(&found));
    if arguments.json {
        return Ok(Answer::json(&json!({
            "schema": "scaling-laws/1",
            "law": to_json(&fit)["law"],
            "intervals": to_json(&found),
            "refused": refused,
            "warnings": to_json(&warnings),
        })));
    }
    let text = intervals::text(&found, &refused);
    Ok(Answer::text(text.trim_start().to_owned() + &answer::warnings("", &warnings)))
}
