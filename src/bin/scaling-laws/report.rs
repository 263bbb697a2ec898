//! One page on a set of runs.

use std::path::PathBuf;

use clap::Args;
use scaling_laws::laws::family;
use scaling_laws::{Approach3, Error, Level, Method, RunReport};

use crate::allocate::budgets::Budgets;
use crate::answer::{Answer, Failure};
use crate::method::{Weighing, contender};
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
The page holds the data, the fit with its certificate and warnings, intervals, what the fit rests on (the report of
`diagnose`), figures, Approaches 2 and 3 and laws compared, the budgets split, and the command that made it. It is one file
that loads nothing and follows the reader's choice of light or dark.

Examples:
  scaling-laws report runs.csv -o report.html
  scaling-laws report runs.csv --where status=finished --flops 1e22,1e24 -o report.html
  scaling-laws report runs.csv --intervals profile --level 95% --compare chinchilla,farseer -o report.html")]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// The law of the page: chinchilla; other families are ranked on it by --compare
    #[arg(long, value_name = "FAMILY", default_value = CHINCHILLA)]
    law: String,
    /// The page
    #[arg(short, long, value_name = "FILE.html")]
    output: PathBuf,
    /// Split this budget with the fitted law, or several as in 1e22,1e24, or a range of them as in 1e20..1e24; may be repeated
    #[arg(long, value_name = "C,...|C..C[:COUNT]")]
    flops: Vec<Budgets>,
    /// Huber threshold in log loss
    #[arg(long, value_name = "DELTA", default_value_t = 1e-3)]
    delta: f64,
    /// How intervals are made: percentile, basic, bca, studentized, profile or delta
    #[arg(long, value_name = "METHOD", default_value = "percentile")]
    intervals: Method,
    /// Share of samples whose interval holds the truth
    #[arg(long, value_name = "SHARE", default_value = "90%")]
    level: Level,
    /// Laws ranked by what they predict of larger runs: as of `compare`; none to leave that out
    #[arg(long, value_name = "LAW,...", value_delimiter = ',', default_value = "chinchilla,tied,kaplan-floor")]
    compare: Vec<String>,
}

const CHINCHILLA: &str = "chinchilla";

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let family = family(&arguments.law).map_err(Failure::usage)?.name();
    if family != CHINCHILLA {
        return Err(Failure::Usage(format!(
            "a page is on the Chinchilla law by Approach 3, and {family} is another: rank it on the page with --compare \
             {CHINCHILLA},{family}, or fit it with `fit --law {family} --figure FILE`"
        )));
    }
    let huber = format!("huber:{:e}", arguments.delta);
    let laws = arguments.compare.iter().filter(|law| *law != "none");
    let laws = laws.map(|law| contender(law, &huber, "log", Weighing::Equal, &[])).collect::<Result<Vec<_>, _>>()?;
    let runs = arguments.source.read()?;
    let report = RunReport::with(Approach3::new().delta(arguments.delta), &runs).map_err(|error| match error {
        Error::Fit(error) => arguments.source.refusal(error),
        other => other.into(),
    })?;
    let mut report = report.source(arguments.source.name()).command(command());
    report = report.intervals_by(arguments.intervals, arguments.level).compared(laws);
    for budget in arguments.flops.iter().flat_map(|budgets| &budgets.0) {
        report = report.budget(*budget)?;
    }
    let (path, page) = (&arguments.output, report.to_html());
    std::fs::write(path, page)
        .map_err(|error| Failure::NoAnswer(format!("cannot write the page to {}: {error}", path.display())))?;
    let warnings = match report.fit().warnings().len() {
        0 => String::new(),
        1 => "; the fit has a warning".into(),
        count => format!("; the fit has {count} warnings"),
    };
    Ok(Answer::text(format!("{}: {} runs{warnings}", path.display(), runs.len())))
}

/// The command as it was typed, quoted where a shell needs it.
fn command() -> String {
    let plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./=:,+%@".contains(c));
    let quoted = |word: String| if plain(&word) { word } else { format!("'{}'", word.replace('\'', "'\\''")) };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("scaling-laws".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
