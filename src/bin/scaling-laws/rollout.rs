use clap::Args;
use scaling_laws::{Level, figures, roll_out};
use serde_json::json;

use crate::answer::{Answer, Failure, to_json};
use crate::figure::FigureFile;
use crate::method::{Weighing, contender};
use crate::progress::Progress;
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: schema, contender, level, stages [budget, runs, coefficients, failure], predictions [row, stage, level, factor,
error, half_width, conformal], bands [from, to, predictions, mean_absolute_error, bias, own and conformal {intervals,
covered, width, score}], mean_absolute_error, one_step_error, recalibrated [factor, half_width]: what a prediction so far
beyond all the runs deserves by these errors (conformal). Rows count from zero; errors and widths are in ln L.

Examples:
  scaling-laws rollout runs.csv
  scaling-laws rollout runs.csv --law tied --loss student-t --level 0.8
  scaling-laws rollout runs.csv --figure rollout.svg
  scaling-laws rollout runs.csv --weights flops --json")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// chinchilla, tied, kaplan, kaplan-floor, outer-exponent, farseer, or a family of `fit --families`, on runs with N and D
    #[arg(long, value_name = "LAW", default_value = "chinchilla")]
    law: String,
    /// Column of a number that a family needs, as in unique_tokens=corpus or x=params; repeat for more
    #[arg(long, value_name = "KNOB=COLUMN", value_parser = crate::fitting::pair)]
    input: Vec<(String, String)>,
    /// least-squares, absolute, huber[:DELTA], huber-scale[:K], cauchy[:SCALE] or student-t[:FREEDOM]
    #[arg(long, value_name = "LOSS", default_value = "huber:1e-3")]
    loss: String,
    /// log or raw
    #[arg(long, value_name = "KIND", default_value = "log")]
    residual: String,
    /// How much each run counts
    #[arg(long, value_enum, value_name = "WEIGHTS", default_value = "equal")]
    weights: Weighing,
    /// Level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "90%")]
    level: Level,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let contender =
        contender(&arguments.law, &arguments.loss, &arguments.residual, arguments.weights, &arguments.input)?;
    let runs = arguments.source.read()?;
    let mut progress = Progress::of_work("rolling out");
    let found = roll_out(&runs, &contender, arguments.level.get()).map_err(|error| arguments.source.refusal(error))?;
    progress.end();
    arguments.figure.draw(|| Ok(figures::rollout(&[&found])?))?;
    if !arguments.json {
        return Ok(Answer::text(found.to_string()));
    }
    let mut value = to_json(&found);
    value["schema"] = "scaling-laws/1".into();
    value["mean_absolute_error"] = found.mean_absolute_error().into();
    let deserved = [2.0, 4.0, 10.0, 30.0].into_iter().filter_map(|factor| {
        found.recalibrated(factor).map(|half_width| json!({ "factor": factor, "half_width": half_width }))
    });
    value["recalibrated"] = deserved.collect();
    value["one_step_error"] = found.one_step_error().into();
    Ok(Answer::json(&value))
}
