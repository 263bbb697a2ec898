//! A sweep as text: the runs, then what was left out and why.

use scaling_laws::{LogError, LoggedRun, Outcome, Sweep};

use super::{plural, summary};
use crate::answer;

/// Lines of a list that are shown; JSON has all.
const MOST: usize = 20;

pub fn text(sweep: &Sweep) -> String {
    let mut text = String::new();
    if sweep.logged().is_empty() {
        text.push_str("No run was found\n");
    } else {
        text.push_str(&format!("{}\n\n{}", summary(sweep), table(sweep.logged())));
    }
    let silent = sweep.logged().iter().filter(|run| without_policy(run)).count();
    let reasons = sweep.logged().iter().filter(|run| !run.outcome.is_used() && !without_policy(run));
    let reasons: Vec<String> = reasons.map(left_out).collect();
    text.push_str(&list("Left out", &reasons));
    if silent > 0 {
        text.push_str(&format!(
            "\n{} no loss policy is stated. Say which loss counts, with --policy, or write a manifest with --draft.\n",
            if silent == sweep.logged().len() {
                "Listed only:".into()
            } else {
                format!("{} {} listed only:", plural(silent, "run"), if silent == 1 { "is" } else { "are" })
            }
        ));
    }
    let files: Vec<String> = sweep.skipped().iter().map(|file| reason(&file.file, &file.reason)).collect();
    text.push_str(&list("Files without a run", &files));
    text + &answer::warnings("", sweep.warnings())
}

/// The run and why it was left out, its name once.
fn left_out(run: &LoggedRun) -> String {
    let (label, reason) = (run.history.label(), run.outcome.to_string());
    let own = format!("run {label:?}: ");
    format!("{label}: {}", reason.strip_prefix(&own).unwrap_or(&reason))
}

/// Errors of files begin with their names.
fn reason(file: &str, reason: &str) -> String {
    if reason.starts_with(file) { reason.into() } else { format!("{file}: {reason}") }
}

fn without_policy(run: &LoggedRun) -> bool {
    matches!(&run.outcome, Outcome::Refused(LogError::Policy { policy, .. }) if policy.is_empty())
}

fn list(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n");
    lines.iter().take(MOST).for_each(|line| answer::bullet(&mut text, line));
    if lines.len() > MOST {
        text.push_str(&format!("  ! and {} more: --json has all\n", lines.len() - MOST));
    }
    text
}

fn table(runs: &[LoggedRun]) -> String {
    const TITLES: [&str; 7] = ["run", "kind", "N", "D", "loss", "step", "outcome"];
    let mut rows = vec![TITLES.map(str::to_owned)];
    rows.extend(runs.iter().map(row));
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..TITLES.len()).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Names to the left, figures to the right.
            match index {
                0 | 1 | 6 => line.push_str(&format!("{cell:<width$}  ")),
                _ => line.push_str(&format!("{cell:>width$}  ")),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn row(run: &LoggedRun) -> [String; 7] {
    const LONGEST: usize = 40;
    let history = &run.history;
    let dash = || "-".to_owned();
    let name = history.label();
    let name = match name.char_indices().rev().nth(LONGEST - 2) {
        Some((at, _)) if name.chars().count() > LONGEST => format!("…{}", name.get(at..).unwrap_or("")),
        _ => name.to_owned(),
    };
    let name: String = name.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let params = history.params().map_or_else(dash, |(params, _)| params.to_string());
    let (tokens, loss, step) = match &run.outcome {
        Outcome::Used { loss, .. } => {
            let error = loss.standard_error.map_or_else(String::new, |error| format!(" ± {error:.4}"));
            (loss.tokens, format!("{:.4}{error}", loss.loss.get()), Some(loss.step))
        }
        _ => (history.last_step().and_then(|step| history.tokens_at(step)), dash(), history.last_step()),
    };
    let outcome = match &run.outcome {
        _ if without_policy(run) => history.status().to_string(),
        outcome => outcome.word().to_owned(),
    };
    let step = step.filter(|_| !history.has_nominal_steps()).map_or_else(dash, |step| step.to_string());
    [name, run.format.name().into(), params, tokens.map_or_else(dash, |d| d.to_string()), loss, step, outcome]
}
