use std::fmt::Write;

use clap::Args;
use scaling_laws::Warning;
use scaling_laws::laws::{Knobs, Quantity};
use scaling_laws::published::{self, Entry, Search};
use serde_json::{Map, Value, json};

use crate::answer::{self, Answer, Failure, to_json};
use crate::law::read_knobs;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON: an array of laws, or one law, each with id, aliases, title, authors, year, arxiv, equation, formula, coefficients
[name, value, unit, standard_error, interval {level, low, high}], conventions, domain, ranges, data, note, good_for, errata, verified, verification, model {family, knobs, quantities}.
With --at: law, at, values, units, warnings.

Examples:
  scaling-laws laws besiroglu2024.parametric
  scaling-laws laws --knob unique_tokens
  scaling-laws laws --author hoffmann --gives optimal_params
  scaling-laws laws --family chinchilla --year 2023-2025 --json
  scaling-laws laws steplaw2025 --at params=1B --at tokens=100B      learning rate and batch
  scaling-laws laws pearce2024 --at params=10M       N with embeddings, and the exponent that one without sees
  scaling-laws laws pearce2024.without_embeddings --at total_params=1B      the reverse")]
pub struct Arguments {
    /// Show this law with its provenance; without it all laws are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Papers with an author whose name contains this
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    author: Option<String>,
    /// Papers of this year, or of years such as 2022-2024
    #[arg(long, value_name = "YEAR", value_parser = years, conflicts_with = "id")]
    year: Option<(u16, u16)>,
    /// Laws of this functional form, such as over-training or allocation-line
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    family: Option<String>,
    /// Laws with this knob, such as unique_tokens
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    knob: Option<String>,
    /// Laws that give this quantity, such as loss, optimal_params or learning_rate
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    gives: Option<String>,
    /// Entries whose id, title, arXiv number, formula, data or note contains this
    #[arg(long, value_name = "TEXT", conflicts_with = "id")]
    paper: Option<String>,
    /// A knob of the law, as in params=1B; repeat for more: what the law gives there, whatever it gives
    #[arg(long, value_name = "NAME=VALUE", requires = "id")]
    at: Vec<String>,
    /// Print JSON: the whole registry, or what was found
    #[arg(long)]
    json: bool,
}

fn years(text: &str) -> Result<(u16, u16), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err("expected a year or a range such as 2022-2024".into()),
    }
}

impl Arguments {
    fn search(&self) -> Search {
        let mut search = Search::new();
        if let Some((first, last)) = self.year {
            search = search.year(first, last);
        }
        type Condition = fn(Search, &str) -> Search;
        let conditions: [(&Option<String>, Condition); 5] = [
            (&self.author, Search::author),
            (&self.family, Search::family),
            (&self.knob, Search::knob),
            (&self.gives, Search::gives),
            (&self.paper, Search::text),
        ];
        conditions.into_iter().fold(search, |search, (value, add)| match value {
            Some(value) => add(search, value),
            None => search,
        })
    }
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.id {
        Some(id) => {
            let entry = published::find(id).map_err(Failure::usage)?;
            if !arguments.at.is_empty() {
                return evaluate(entry, &arguments.at, arguments.json);
            }
            Ok(if arguments.json { Answer::json(&to_json(entry)) } else { Answer::text(entry.to_string()) })
        }
        None => {
            let found = arguments.search().entries()?;
            Ok(if arguments.json { Answer::json(&to_json(&found)) } else { Answer::text(list(&found)) })
        }
    }
}

/// What a law gives at these knobs.
fn evaluate(entry: &Entry, at: &[String], as_json: bool) -> Result<Answer, Failure> {
    let knobs = read_knobs(at)?;
    let values = entry.evaluate(&knobs).map_err(Failure::usage)?;
    let mut warnings = entry.domain_warnings(&knobs);
    warnings.extend(entry.warnings());
    Ok(answer((entry.id, entry.formula), &knobs, &values, &warnings, as_json))
}

/// The values of a law at its knobs.
pub fn answer(
    (name, formula): (&str, &str),
    knobs: &Knobs,
    values: &[(Quantity, f64)],
    warnings: &[Warning],
    as_json: bool,
) -> Answer {
    if as_json {
        let given: Map<String, Value> = knobs.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let named: Map<String, Value> = values.iter().map(|(what, value)| (what.name.into(), json!(value))).collect();
        let units: Map<String, Value> = values.iter().map(|(what, _)| (what.name.into(), json!(what.unit))).collect();
        let warnings = to_json(&warnings);
        return Answer::json(&json!({"law": name, "at": given, "values": named, "units": units, "warnings": warnings}));
    }
    let mut text = format!("{name}\n  {formula}\n\n");
    let width = values.iter().map(|(what, _)| what.name.len()).max().unwrap_or(0);
    for (what, value) in values {
        let shown = if (1e-3..1e6).contains(&value.abs()) { format!("{value:.5}") } else { format!("{value:.4e}") };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<width$}  {shown} {}", what.name, what.unit.unwrap_or(""));
    }
    Answer::text(text + &answer::warnings(name, warnings))
}

fn list(entries: &[&Entry]) -> String {
    let width = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let mark = if entry.verified { ' ' } else { '?' };
        let counts = entry.conventions.params.to_string();
        text.push_str(&format!("{:<width$} {mark} {counts:<13}  {}\n", entry.id, entry.formula));
    }
    text.push_str(
        "\n?  coefficients not seen in the source itself\nShow one with its provenance: scaling-laws laws ID\n",
    );
    text
}
