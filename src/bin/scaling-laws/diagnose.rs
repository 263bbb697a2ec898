use clap::Args;
use scaling_laws::{Diagnose, Error, Flops, Level, figures};

use crate::answer::{self, Answer, Failure, to_json};
use crate::figure::FigureFile;
use crate::progress::Progress;
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: schema, budget, fit (the keys of `fit`), labels, known [quantity, point, bootstrap and profile: the keys of an
interval of `predict`, or null], influence {budget, params, runs [row, robust_z, change,
change_ln_params, distance], factor, most, sway {rows, params}}, no_optimum, outliers {first, limit, scale, runs [row, label, z],
fit_without, params_without}, lack_of_fit {trends [against, share, p_value, p_holm, thirds], replicates, refits,
clustered}, rivals [formula, coefficients, excess, excess_error, params, fits_as_well, fits_better], dropped, warnings.
Rows count from zero.

Examples:
  scaling-laws diagnose runs.csv
  scaling-laws diagnose runs.csv --flops 1e23 --factor 1.25
  scaling-laws diagnose runs.csv --drop-outliers --json
  scaling-laws diagnose runs.csv --figure influence.svg
  scaling-laws diagnose checkpoints.csv --cluster run_name")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Ask N_opt at this budget [default: ten times the largest run]
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// Fit without the outliers, and say which they are
    #[arg(long)]
    drop_outliers: bool,
    /// Huber threshold in log loss
    #[arg(long, value_name = "DELTA", default_value_t = 1e-3)]
    delta: f64,
    /// Look for the fewest runs that move N_opt by more than this
    #[arg(long, value_name = "FACTOR", default_value_t = 1.5)]
    factor: f64,
    /// Largest such set that is looked for
    #[arg(long, value_name = "RUNS", default_value_t = 10)]
    most: usize,
    /// Column that tells which runs' errors move together (checkpoints of one training)
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Level of the intervals
    #[arg(long, value_name = "SHARE", default_value = "90%")]
    level: Level,
    /// Refits behind the p-values, and one more behind the bootstrap intervals
    #[arg(long, value_name = "COUNT", default_value_t = 999)]
    refits: usize,
    /// Seed of those refits
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let runs = arguments.source.read()?;
    let mut diagnose = Diagnose::new()
        .delta(arguments.delta)
        .factor(arguments.factor)
        .most(arguments.most)
        .level(arguments.level)
        .refits(arguments.refits)
        .seed(arguments.seed)
        .drop_outliers(arguments.drop_outliers);
    if let Some(budget) = arguments.flops {
        diagnose = diagnose.budget(budget);
    }
    if let Some(name) = &arguments.cluster {
        diagnose = diagnose.groups(&arguments.source.groups(&runs, name)?);
    }
    let mut progress = Progress::of_work("refits");
    let found = diagnose.run(&runs).map_err(|error| match error {
        Error::Fit(error) => arguments.source.refusal(error),
        error => Failure::from(error),
    })?;
    progress.end();
    arguments.figure.draw(|| Ok(figures::influence(&found)?))?;
    if arguments.json {
        return Ok(Answer::json(&to_json(&found)));
    }
    Ok(Answer::text(format!("{found:#}") + &answer::warnings("", &found.warnings())))
}
