//! What all published laws say of one question, side by side.

use std::fmt::Write;

use scaling_laws::published::{Opinions, opinions};
use scaling_laws::{Flops, LawAllocation, Params, Tokens, Warning, allocate_all};
use serde_json::json;

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
    let mut text = format!("N {params}, D {tokens}: loss in nats per token by every published law that can say it\n");
    // Losses of one data set stand together: those alone can be compared.
    let mut sets: Vec<&str> = all.laws.iter().map(|opinion| opinion.data).collect();
    sets.sort_by_key(|data| (data.is_empty(), data.to_lowercase()));
    sets.dedup();
    for data in sets {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", if data.is_empty() { "Data not stated" } else { data });
        for opinion in all.laws.iter().filter(|opinion| opinion.data == data) {
            let _ =
                writeln!(text, "  {:<44} {:>8}  {}", opinion.law, opinion.loss.to_string(), marks(&opinion.warnings));
        }
    }
    text.push_str(&silent(&all));
    text.push_str(LEGEND);
    Ok(Answer::text(text + &answer::warnings("", &all.warnings)))
}

/// `allocate --all`.
pub fn allocations(budget: Flops, knobs: &[String], as_json: bool) -> Result<Answer, Failure> {
    let all = allocate_all(budget, &read_knobs(knobs)?).map_err(Failure::usage)?;
    if as_json {
        return Ok(Answer::json(&json!({"budget_flops": budget, "laws": to_json(&all)})));
    }
    let mut text = format!("C {budget}: the compute-optimal split by every published law that has one\n\n");
    let head = ("law", "N", "D", "D/N", "exponent");
    let _ = writeln!(
        text,
        "  {:<50} {:>9} {:>9} {:>9} {:>9}  N counts      beyond     data",
        head.0, head.1, head.2, head.3, head.4
    );
    for LawAllocation { law, data, counts, allocation, warnings, .. } in &all {
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
    Ok(Answer::text(
        text + LEGEND + "A size without embeddings is not one with them: below about 1B they differ much.\n",
    ))
}

const LEGEND: &str = "\n10x  the point lies so far beyond the range the law was fitted on   ?  coefficients not seen in the \
    source\n!    notes on the published numbers: scaling-laws laws ID\n";

/// The worst extrapolation, and what else is to be known.
fn marks(warnings: &[Warning]) -> String {
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

fn silent(all: &Opinions) -> String {
    if all.silent.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nNot asked\n");
    for silent in &all.silent {
        let _ = writeln!(text, "  {:<44} {}", silent.law, silent.reason);
    }
    text
}
