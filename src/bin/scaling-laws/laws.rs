use clap::Args;
use scaling_laws::published::{self, Entry};

use crate::answer::{Answer, Failure, to_json};

#[derive(Debug, Args)]
#[command(after_help = "\
JSON: an array of laws, or one law, each with id, aliases, title, authors, year, arxiv, equation, formula, coefficients
[name, value, unit, standard_error], conventions, domain, note, good_for, errata, verified, verification.

Examples:
  scaling-laws laws
  scaling-laws laws besiroglu2024.parametric
  scaling-laws laws --json")]
pub struct Arguments {
    /// Show this law with its provenance; without it all laws are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.id {
        Some(id) => {
            let entry = published::find(id).map_err(Failure::usage)?;
            Ok(if arguments.json { Answer::json(&to_json(entry)) } else { Answer::text(entry.to_string()) })
        }
        None if arguments.json => Ok(Answer::json(&to_json(&published::catalogue()))),
        None => Ok(Answer::text(list(published::catalogue()))),
    }
}

fn list(entries: &[Entry]) -> String {
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
