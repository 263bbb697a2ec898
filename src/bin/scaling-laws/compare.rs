use clap::Args;
use scaling_laws::{Contender, Flops, Level, Runs, figures, rank_watched};

use crate::answer::{Answer, Failure, to_json};
use crate::figure::FigureFile;
use crate::method::{Weighing, contenders};
use crate::progress::Progress;
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
Every combination of the lists is a contender. N_opt counts what the contender's column of N counts.

JSON keys: schema, budget, levels, sizes, entries [name, free, coefficients, params, error, one_step_error, left_out_error,
p_value, p_by_size, information {aicc, bic}, roll_out (the keys of `rollout`)], failures.

Examples:
  scaling-laws compare runs.csv
  scaling-laws compare runs.csv --laws chinchilla,tied --losses huber,student-t,least-squares
  scaling-laws compare runs.csv --laws chinchilla --weights equal,flops
  scaling-laws compare runs.csv --laws chinchilla,repetition --input unique_tokens=corpus
  scaling-laws compare runs.csv --laws chinchilla --count-columns params_total,params_non_embedding")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Laws: chinchilla, tied, kaplan, kaplan-floor, outer-exponent, farseer, or a family of `fit --families`, on runs with N and D
    #[arg(
        long,
        value_name = "LAW,...",
        value_delimiter = ',',
        default_value = "chinchilla,tied,kaplan,kaplan-floor,outer-exponent"
    )]
    laws: Vec<String>,
    /// Column of a number that a family needs, as in unique_tokens=corpus or x=params; repeat for more
    #[arg(long, value_name = "KNOB=COLUMN", value_parser = crate::fitting::pair)]
    input: Vec<(String, String)>,
    /// Losses: least-squares, absolute, huber[:DELTA], huber-scale[:K], cauchy[:SCALE], student-t[:FREEDOM]
    #[arg(long, value_name = "LOSS,...", value_delimiter = ',', default_value = "huber:1e-3")]
    losses: Vec<String>,
    /// Residuals: log, raw
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', default_value = "log")]
    residuals: Vec<String>,
    /// Weights of the runs
    #[arg(long, value_enum, value_name = "WEIGHTS,...", value_delimiter = ',', default_value = "equal")]
    weights: Vec<Weighing>,
    /// Columns of N to hold against each other
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', conflicts_with = "params_column")]
    count_columns: Vec<String>,
    /// Ask N_opt at this budget [default: ten times the largest run]
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// Level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "90%")]
    level: Level,
    /// Seed of the sign flips, where there are more than twelve levels
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let ways =
        contenders(&arguments.laws, &arguments.losses, &arguments.residuals, &arguments.weights, &arguments.input)?;
    let mut tables: Vec<(Option<&str>, Runs)> = Vec::new();
    for column in &arguments.count_columns {
        tables.push((Some(column), arguments.source.read_counting(Some(column))?));
    }
    if tables.is_empty() {
        tables.push((None, arguments.source.read()?));
    }
    let Some((_, runs)) = tables.first() else { return Err(Failure::usage("no table")) };
    let on = |way: &Contender, column: &str, table: &Runs| {
        way.clone().called(&format!("{}, {column}", way.name())).on(table.clone())
    };
    let all: Vec<Contender> = ways
        .iter()
        .flat_map(|way| tables.iter().map(|(column, table)| column.map_or_else(|| way.clone(), |c| on(way, c, table))))
        .collect();
    let budget = arguments.flops.map_or_else(|| runs.usual_budget(), Ok)?;
    let mut progress = Progress::of_work("fits");
    let found = rank_watched(runs, &all, budget, arguments.level.get(), arguments.seed, &|done, total| {
        progress.step(done, total)
    })
    .map_err(|error| arguments.source.refusal(error))?;
    progress.end();
    arguments.figure.draw(|| {
        let rolled: Vec<_> = found.entries.iter().map(|entry| &entry.roll_out).collect();
        Ok(figures::rollout(&rolled)?)
    })?;
    if !arguments.json {
        return Ok(Answer::text(found.to_string()));
    }
    let mut value = to_json(&found);
    value["schema"] = "scaling-laws/1".into();
    Ok(Answer::json(&value))
}
