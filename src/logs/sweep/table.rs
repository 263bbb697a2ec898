//! The runs that are used as columns.

use std::collections::HashMap;

use super::{LoggedRun, Outcome};
use crate::error::LogError;
use crate::runs::{Runs, TextColumn};
use crate::units::{Conventions, ParamCount};
use crate::warning::Warning;

/// Names runs of the same label by their files too. Copies and parts do not take a name from the run they belong to.
pub(super) fn tell_apart(logged: &mut [LoggedRun]) {
    let belongs = |run: &LoggedRun| matches!(run.outcome, Outcome::Duplicate { .. } | Outcome::Stitched { .. });
    let mut count: HashMap<String, usize> = HashMap::new();
    for run in logged.iter().filter(|run| !belongs(run)) {
        *count.entry(run.history.label().into()).or_default() += 1;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for run in logged.iter_mut() {
        let others = count.get(run.history.label()).copied().unwrap_or(0);
        if others < 2 && (others == 0 || !belongs(run)) {
            continue;
        }
        let mut label = format!("{} ({})", run.history.label(), run.file);
        let number = seen.entry(label.clone()).or_default();
        *number += 1;
        if *number > 1 {
            label = format!("{label} {number}");
        }
        run.history = std::mem::take(&mut run.history).with_label(label);
    }
}

/// Refuses all runs where they do not say the same of what N counts.
pub(super) fn refuse_mixed_counts(logged: &mut [LoggedRun]) {
    let used = logged.iter().filter(|run| run.outcome.is_used());
    let mut stated = used.filter_map(|run| Some((count(run)?, run.history.label().to_owned())));
    let Some((one, first)) = stated.next() else { return };
    let Some((other, second)) = stated.find(|(count, _)| *count != one) else { return };
    for run in logged.iter_mut().filter(|run| run.outcome.is_used()) {
        let (label, first, second) = (run.history.label().into(), first.clone(), second.clone());
        let (one, other) = (one.to_string(), other.to_string());
        run.outcome = Outcome::Refused(LogError::CountsDiffer { label, one, first, other, second });
    }
}

pub(super) fn runs(logged: &[LoggedRun], warnings: &mut Vec<Warning>) -> Runs {
    let used: Vec<(&LoggedRun, _, _)> = logged
        .iter()
        .filter_map(|run| match &run.outcome {
            Outcome::Used { params, loss } => Some((run, *params, loss)),
            _ => None,
        })
        .collect();
    let conventions = conventions(used.iter().map(|(run, ..)| *run), warnings);
    let (mut params, mut tokens, mut losses) = (Vec::new(), Vec::new(), Vec::new());
    const TEXT: [&str; 6] = ["run", "file", "series", "policy", "step", "status"];
    let mut text: Vec<TextColumn> = TEXT.iter().map(|name| TextColumn::new(*name)).collect();
    let mut named: Vec<TextColumn> = Vec::new();
    for name in used.iter().flat_map(|(run, ..)| run.named.iter().map(|(name, _)| name)) {
        let is_known = ["params", "tokens", "loss"].contains(&name.as_str())
            || text.iter().chain(&named).any(|column| column.name() == name);
        if !is_known {
            named.push(TextColumn::new(name.as_str()));
        }
    }
    for (run, n, loss) in &used {
        let Some(d) = loss.tokens else { continue };
        params.push(n.get());
        tokens.push(d.get());
        losses.push(loss.loss.get());
        let (policy, step) = (loss.policy.to_string(), loss.step.to_string());
        let status = run.history.status().to_string();
        let cells = [run.history.label(), &run.file, &loss.series, &policy, &step, &status];
        text.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        for column in &mut named {
            let cell = run.named.iter().find(|(name, _)| name == column.name()).map_or("", |(_, text)| text);
            column.push(cell);
        }
    }
    text.append(&mut named);
    let runs = Runs::checked(params, tokens, losses).with_conventions(conventions);
    runs.with_extras(None, text, warnings.clone())
}

fn count(run: &LoggedRun) -> Option<ParamCount> {
    run.history.params().and_then(|(_, count)| count)
}

/// What N counts, as the runs say that say it.
fn conventions<'a>(used: impl Iterator<Item = &'a LoggedRun> + Clone, warnings: &mut Vec<Warning>) -> Conventions {
    let params = used.clone().find_map(count).unwrap_or(ParamCount::Total);
    let unstated = used.filter(|run| count(run).is_none()).count();
    if unstated > 0 {
        let runs = if unstated == 1 { "1 run does".into() } else { format!("{unstated} runs do") };
        let what = format!("{runs} not say what N counts; it is taken as {params} (param_count)");
        warnings.push(Warning::Assumed { what });
    }
    Conventions { params, ..Conventions::default() }
}
