use clap::Args;
use scaling_laws::{Date, Trend, Warning, trend, trends};
use serde_json::{Value, json};

use crate::answer::{self, Answer, Failure, to_json};

#[derive(Debug, Args)]
#[command(after_help = "\
A value of --from is projected to --to, and the date on which it reaches --reach is found; without --value it is 1, so
that the answer is a factor. Ranges are the projections of the slowest and the fastest published rate.

JSON keys: an array of trends, or one, each with id, quantity, doubling_months [fast, central, slow], growth_per_year
[slow, central, fast], range, observed, source, note, verified; with a question trend, from, value, projection {to, low,
central, high}, arrival {target, earliest, central, latest}, warnings.

Examples:
  scaling-laws trend
  scaling-laws trend algorithmic-progress
  scaling-laws trend training-compute --from 2024-05 --value 5e25 --to 2030
  scaling-laws trend training-compute --from 2024-05 --value 5e25 --reach 2e29
  scaling-laws trend --doubling-months 18 --from 2026 --to 2032-06-30")]
pub struct Arguments {
    /// A published trend; without one all are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// A trend of your own: months to double
    #[arg(long, value_name = "MONTHS", conflicts_with = "id")]
    doubling_months: Option<f64>,
    /// A trend of your own: factor a year
    #[arg(long, value_name = "FACTOR", conflicts_with_all = ["id", "doubling_months"])]
    per_year: Option<f64>,
    /// Date of the value: 2027-03-31, 2027-03, 2027 or 2027.25
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Value at that date
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "from")]
    value: f64,
    /// Date to project to
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// Value to reach
    #[arg(long, value_name = "X", requires = "from")]
    reach: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let Some(trend) = chosen(arguments)? else {
        if arguments.to.is_some() || arguments.reach.is_some() {
            return Err(Failure::Usage("name a trend, or give --doubling-months or --per-year".into()));
        }
        return Ok(if arguments.json { Answer::json(&to_json(&trends())) } else { Answer::text(list()) });
    };
    match arguments.from {
        Some(from) if arguments.to.is_some() || arguments.reach.is_some() => question(arguments, &trend, from),
        Some(_) => Err(Failure::Usage("--from needs --to or --reach".into())),
        None if arguments.json => Ok(Answer::json(&to_json(&trend))),
        None => Ok(Answer::text(trend.to_string())),
    }
}

fn chosen(arguments: &Arguments) -> Result<Option<Trend>, Failure> {
    let own = "your own trend";
    match (&arguments.id, arguments.doubling_months, arguments.per_year) {
        (Some(id), ..) => trend(id).map(|found| Some(found.clone())),
        (_, Some(months), _) => Trend::doubling(own, months).map(Some),
        (_, _, Some(factor)) => Trend::growing(own, factor).map(Some),
        _ => Ok(None),
    }
    .map_err(Failure::usage)
}

fn question(arguments: &Arguments, trend: &Trend, from: Date) -> Result<Answer, Failure> {
    let mut text = format!("{trend}\n");
    let mut warnings: Vec<Warning> = Vec::new();
    let (mut projection_json, mut arrival_json) = (Value::Null, Value::Null);
    // One warning of a kind is enough.
    let mut add = |new: &[Warning]| {
        warnings.retain(|old| new.iter().all(|warning| warning.code() != old.code()));
        warnings.extend(new.iter().cloned());
    };
    if let Some(to) = arguments.to {
        let projection = trend.project(arguments.value, from, to).map_err(Failure::usage)?;
        text.push_str(&format!("{} on {from} is on {to}: {projection:#}\n", short(arguments.value)));
        projection_json =
            json!({"to": to, "low": projection.low, "central": projection.central, "high": projection.high});
        add(&projection.warnings);
    }
    if let Some(target) = arguments.reach {
        let arrival = trend.reach(arguments.value, from, target).map_err(Failure::usage)?;
        let (value, target_text) = (short(arguments.value), short(target));
        text.push_str(&match arrival.central {
            Some(_) => format!("{value} on {from} is {target_text} on {arrival:#}\n"),
            None => match (arrival.earliest, arrival.latest) {
                (None, None) => format!("{value} on {from} is {target_text} at no date from 1900 to 2200\n"),
                (earliest, latest) => {
                    let day = |date: Option<Date>| date.map_or("outside 1900 to 2200".into(), |date| date.to_string());
                    let (earliest, latest) = (day(earliest), day(latest));
                    format!("{value} on {from} is {target_text} outside 1900 to 2200 ({earliest} to {latest})\n")
                }
            },
        });
        arrival_json = json!({
            "target": target, "earliest": arrival.earliest, "central": arrival.central, "latest": arrival.latest
        });
        add(&arrival.warnings);
    }
    if arguments.json {
        return Ok(Answer::json(&json!({
            "trend": trend, "from": from, "value": arguments.value,
            "projection": projection_json, "arrival": arrival_json, "warnings": warnings,
        })));
    }
    Ok(Answer::text(text + &answer::warnings("", &warnings)))
}

/// Digits that read back to the same number, with an exponent where there would be many.
fn short(value: f64) -> String {
    if (1e-3..1e6).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

fn list() -> String {
    let width = trends().iter().map(|trend| trend.id().len()).max().unwrap_or(0);
    let mut text = format!("{:<width$}   {:>15} {:>8}  what grows\n", "trend", "months to double", "a year");
    for trend in trends() {
        let mark = if trend.verified() { ' ' } else { '?' };
        let (months, factor) = (trend.doubling_months()[1], trend.growth_per_year()[1]);
        text.push_str(&format!("{:<width$} {mark} {months:>16.2} {factor:>7.2}x  {}\n", trend.id(), trend.quantity()));
    }
    text.push_str(
        "\n?  numbers not seen in the source itself\nShow one with its range and source: scaling-laws trend ID\n",
    );
    text
}
