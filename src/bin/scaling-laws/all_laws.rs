//! What all published laws say of one question, side by side.

use std::fmt::Write;

use scaling_laws::published::{Opinion, Opinions, Silent, opinions, opinions_along};
use scaling_laws::{
    ComputeRule, Flops, LawAllocation, LawAllocations, LossUnit, Params, Tokens, Warning, allocate_all,
};
use serde_json::{Value, json};

use crate::answer::{self, Answer, Failure, to_json};
use crate::law::read_knobs;

/// `loss --all`.
pub fn losses(params: Params, tokens: Tokens, knobs: &[String], as_json: bool) -> Result<Answer, Failure> {
    let all = opinions(params, tokens, &read_knobs(knobs)?).map_err(Failure::usage)?;
    if as_json {
        let mut value = to_json(&all);
        value["params"] = to_json(&params);
        value["tokens"] = to_json(&tokens);
        return Ok(Answer::json(&value));
    }
    let mut text = format!(
        "N {params}, D {tokens}: loss in nats per token, unless said, by every published law that can say it, and what it\n\
         counts as N\n"
    );
    // Losses of one data set stand together: those alone can be compared.
    let mut sets: Vec<&str> = all.laws.iter().map(|opinion| opinion.data).collect();
    sets.sort_by_key(|data| (data.is_empty(), data.to_lowercase()));
    sets.dedup();
    for data in sets {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", if data.is_empty() { "Data not stated" } else { data });
        for opinion in all.laws.iter().filter(|opinion| opinion.data == data) {
            let (loss, marks) = (opinion.loss.to_string(), marks(&opinion.warnings));
            let line = format!("  {:<44} {loss:>8}  {:<13}  {marks}{}", opinion.law, counts(opinion), unit(opinion));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text.push_str(&silent(&all.silent));
    text.push_str(LEGEND);
    Ok(Answer::text(text + &answer::warnings("", &all.warnings)))
}

/// `allocate --all`.
pub fn allocations(budget: Flops, knobs: &[String], as_json: bool) -> Result<Answer, Failure> {
    let all = allocate_all(budget, &read_knobs(knobs)?).map_err(Failure::usage)?;
    if as_json {
        return Ok(Answer::json(&of_budget(budget, &all)));
    }
    let mut text = format!("C {budget}: the compute-optimal split by every published law that has one\n\n");
    let head = ("law", "N", "D", "D/N", "exponent");
    let _ = writeln!(
        text,
        "  {:<50} {:>9} {:>9} {:>9} {:>9}  N counts      beyond     data",
        head.0, head.1, head.2, head.3, head.4
    );
    for LawAllocation { law, data, counts, allocation, warnings, .. } in &all.laws {
        let _ = writeln!(
            text,
            "  {law:<50} {:>9} {:>9} {:>9.3} {:>9.3}  {counts:<13} {:<10} {data}",
            allocation.params().to_string(),
            allocation.tokens().to_string(),
            allocation.tokens_per_param(),
            allocation.exponent_params(),
            marks(warnings)
        );
    }
    for LawAllocation { law, compute, allocation, .. } in
        all.laws.iter().filter(|one| one.compute != ComputeRule::SixNd)
    {
        let _ = writeln!(text, "\n{law} counts C as {compute}");
        for doubt in allocation.warnings() {
            let _ = writeln!(text, "  {doubt}");
        }
    }
    text.push_str(&silent(&all.silent));
    Ok(Answer::text(
        text + LEGEND + "A size without embeddings is not one with them: below about 1B they differ much.\n",
    ))
}

fn of_budget(budget: Flops, all: &LawAllocations) -> Value {
    json!({"budget_flops": budget, "laws": to_json(&all.laws), "silent": to_json(&all.silent)})
}

/// `allocate --all` at several budgets: N and D/N of each law, a column a budget.
pub fn allocations_along(budgets: &[Flops], knobs: &[String], as_json: bool) -> Result<Answer, Failure> {
    let knobs = read_knobs(knobs)?;
    let all: Result<Vec<LawAllocations>, Failure> =
        budgets.iter().map(|budget| allocate_all(*budget, &knobs).map_err(Failure::usage)).collect();
    let all = all?;
    if as_json {
        let at: Vec<Value> = budgets.iter().zip(&all).map(|(budget, all)| of_budget(*budget, all)).collect();
        return Ok(Answer::json(&json!({"budgets": at})));
    }
    let mut text =
        String::from("The compute-optimal N and tokens per parameter by every published law that has them\n\n");
    let budgets = budgets.iter().map(|budget| format!("{:.2e}", budget.get()));
    let laws: Vec<&LawAllocation> = all.iter().flat_map(|all| &all.laws).collect();
    let cell = |law: &LawAllocation| {
        let said = format!("{} x {:.3}", law.allocation.params(), law.allocation.tokens_per_param());
        (said, marks(&law.warnings))
    };
    let of = |at: usize, law: &str| all.get(at)?.laws.iter().find(|one| one.law == law).map(cell);
    text.push_str(&along(budgets.collect(), laws.iter().map(|law| (law.law, law.counts.to_string())).collect(), of));
    text.push_str("\nN x D/N. A dash: no optimum there, or none that the law can say.\n");
    // Laws that are silent at every budget; one that is at some of them has a row.
    let asked = |silent: &&Silent| laws.iter().all(|one| one.law != silent.law);
    text.push_str(&silent(all.first().into_iter().flat_map(|all| &all.silent).filter(asked)));
    Ok(Answer::text(text + LEGEND))
}

/// `loss --all --along`: the loss of each law, a column a point.
pub fn losses_along(line: &[(Params, Tokens)], knobs: &[String], as_json: bool) -> Result<Answer, Failure> {
    let all = opinions_along(line, &read_knobs(knobs)?).map_err(Failure::usage)?;
    if as_json {
        let at = |((params, tokens), said): (&(Params, Tokens), &Opinions)| {
            let mut value = to_json(said);
            value["params"] = to_json(params);
            value["tokens"] = to_json(tokens);
            value
        };
        return Ok(Answer::json(&json!({"points": line.iter().zip(&all).map(at).collect::<Vec<_>>()})));
    }
    let mut text =
        String::from("Loss in nats per token, unless said, along a line, by every published law that can say it\n\n");
    let points = line.iter().map(|(params, tokens)| format!("{params}:{tokens}"));
    let mut laws: Vec<&Opinion> = all.iter().flat_map(|said| &said.laws).collect();
    laws.sort_by_key(|opinion| (opinion.data.is_empty(), opinion.data.to_lowercase()));
    let note = |opinion: &Opinion| {
        let data = opinion.data.split(',').next().unwrap_or_default();
        format!("{:<13}  {data}{}", counts(opinion), unit(opinion))
    };
    let of = |at: usize, law: &str| {
        let said = all.get(at)?.laws.iter().find(|opinion| opinion.law == law)?;
        Some((said.loss.to_string(), marks(&said.warnings)))
    };
    text.push_str(&along(points.collect(), laws.iter().map(|one| (one.law, note(one))).collect(), of));
    text.push_str("\nLosses of different data cannot be compared; their ratios along the line can.\n");
    let mut warnings: Vec<Warning> = Vec::new();
    for doubt in all.iter().flat_map(|said| &said.warnings) {
        if !warnings.contains(doubt) && doubt.code() != "different-data" {
            warnings.push(doubt.clone());
        }
    }
    Ok(Answer::text(text + LEGEND + &answer::warnings("", &warnings)))
}

/// A table with a row a law and two columns a place: what it says there, and how far that is to be trusted.
fn along(
    places: Vec<String>,
    laws: Vec<(&str, String)>,
    of: impl Fn(usize, &str) -> Option<(String, String)>,
) -> String {
    let head = ["law", ""].map(String::from).into_iter();
    let mut rows: Vec<Vec<String>> =
        vec![head.chain(places.iter().flat_map(|place| [place.clone(), String::new()])).collect()];
    for (law, note) in laws {
        if rows.iter().any(|row| row.first().is_some_and(|name| name == law)) {
            continue;
        }
        let mut row = vec![law.to_owned(), note];
        for at in 0..places.len() {
            let (said, marks) = of(at, law).unwrap_or_else(|| ("-".into(), String::new()));
            row.extend([said, marks.trim_end().to_owned()]);
        }
        rows.push(row);
    }
    let columns = 2 + 2 * places.len();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

pub const LEGEND: &str = "\n10x  the point lies so far beyond the range the law was fitted on   ?  coefficients not seen in the \
    source\n!    notes on the published numbers: scaling-laws laws ID\n";

/// The worst extrapolation, and what else is to be known.
pub fn marks(warnings: &[Warning]) -> String {
    let factor = |warning: &Warning| match warning {
        Warning::Extrapolation { axis, factor, .. } => Some((*factor, *axis)),
        _ => None,
    };
    let worst = warnings.iter().filter_map(factor).max_by(|a, b| a.0.total_cmp(&b.0));
    let mut marks = worst.map_or(String::new(), |(factor, axis)| match factor {
        factor if factor < 10.0 => format!("{axis} {factor:.1}x "),
        factor if factor < 1e5 => format!("{axis} {factor:.0}x "),
        factor => format!("{axis} {factor:.0e}x "),
    });
    for (code, mark) in [("unverified", "?"), ("erratum", "!")] {
        if warnings.iter().any(|warning| warning.code() == code) {
            marks.push_str(mark);
        }
    }
    marks
}

/// What an opinion counts as N; a dash for a law without N.
fn counts(opinion: &Opinion) -> String {
    opinion.counts.map_or("-".into(), |counts| counts.to_string())
}

/// The unit of a loss that is not in nats per token.
fn unit(opinion: &Opinion) -> String {
    if opinion.unit == LossUnit::default() { String::new() } else { format!("  in {}", opinion.unit) }
}

fn silent<'a>(all: impl IntoIterator<Item = &'a Silent>) -> String {
    let mut text = String::new();
    for silent in all {
        text.push_str(if text.is_empty() { "\nNot asked\n" } else { "" });
        let _ = writeln!(text, "  {:<44} {}", silent.law, silent.reason);
    }
    text
}
