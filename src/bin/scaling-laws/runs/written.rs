//! A sweep for programs: CSV for `fit`, JSON.

use std::io::{Write, stderr};
use std::path::Path;

use scaling_laws::{LoggedRun, Outcome, ParamCount, Sweep};
use serde_json::{Value, json};

use super::{plural, summary};
use crate::answer::{self, Answer, Failure, to_json};

/// The runs that are used. What is left out and all warnings are told on standard error.
pub fn csv(sweep: &Sweep) -> Result<Answer, Failure> {
    let runs = sweep.runs();
    if runs.is_empty() {
        let warnings = answer::warnings("", sweep.warnings());
        let _ = stderr().write_all(warnings.trim_start().as_bytes());
        let mut reasons: Vec<String> =
            sweep.logged().iter().map(|run| format!("{}: {}", run.history.label(), run.outcome)).collect();
        reasons.extend(sweep.skipped().iter().map(|file| format!("{}: {}", file.file, file.reason)));
        reasons.truncate(3);
        return Err(Failure::NoAnswer(
            ["no run can be used".to_owned()].into_iter().chain(reasons).collect::<Vec<_>>().join("; "),
        ));
    }
    let params = params_column(sweep);
    let extra = runs.extra_columns();
    let mut header = vec!["run", params, "tokens", "loss", "standard_error"];
    header.extend(extra.iter().map(|column| column.name()).filter(|name| *name != "run"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::NoAnswer(format!("cannot write the table: {error}"));
    writer.write_record(&header).map_err(failed)?;
    let errors = sweep.logged().iter().filter_map(|run| match &run.outcome {
        Outcome::Used { loss, .. } => Some(loss.standard_error),
        _ => None,
    });
    for (index, (run, error)) in runs.iter().zip(errors).enumerate() {
        let cell = |name: &str| runs.extra(name).and_then(|column| column.get(index)).unwrap_or("").to_owned();
        let mut row = vec![
            cell("run"),
            run.params.get().to_string(),
            run.tokens.get().to_string(),
            run.loss.get().to_string(),
            error.map_or_else(String::new, |error| error.to_string()),
        ];
        row.extend(extra.iter().map(|column| column.name()).filter(|name| *name != "run").map(cell));
        writer.write_record(&row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::NoAnswer(format!("cannot write the table: {error}")))?;
    tell(sweep);
    Ok(Answer::text(String::from_utf8_lossy(&bytes)))
}

/// What stands beside the table in the text form, on standard error: how much was left out, and all warnings.
fn tell(sweep: &Sweep) {
    let skipped = sweep.skipped().len();
    let mut text = String::new();
    if skipped > 0 || sweep.logged().iter().any(|run| !run.outcome.is_used()) {
        let more = if skipped > 0 { format!("; {} without a run", plural(skipped, "file")) } else { String::new() };
        text = format!("{}{more}. Without --csv the reasons are shown\n", summary(sweep));
    }
    let warnings = answer::warnings("", sweep.warnings());
    // A blank line stands between the two, and not above the first.
    text.push_str(if text.is_empty() { warnings.trim_start() } else { &warnings });
    // Nobody is left to tell if standard error is closed.
    let _ = stderr().write_all(text.as_bytes());
}

/// The training curves of the runs that are used, a row a point.
pub fn curves(sweep: &Sweep, path: &Path) -> Result<(), Failure> {
    let curves = sweep.curves()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |reason: String| Failure::NoAnswer(format!("cannot write the curves to {}: {reason}", path.display()));
    let header = ["run", params_column(sweep), "tokens", "loss"];
    writer.write_record(header).map_err(|error| failed(error.to_string()))?;
    for curve in &curves {
        for (tokens, loss) in curve.tokens().iter().zip(curve.losses()) {
            let numbers = [curve.params().get(), *tokens, *loss].map(|number| number.to_string());
            let row = std::iter::once(curve.label()).chain(numbers.iter().map(String::as_str));
            writer.write_record(row).map_err(|error| failed(error.to_string()))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
    std::fs::write(path, bytes).map_err(|error| failed(error.to_string()))
}

/// N by what it counts.
fn params_column(sweep: &Sweep) -> &'static str {
    match sweep.runs().conventions().params {
        ParamCount::NonEmbedding => "params_non_embedding",
        ParamCount::Active => "params_active",
        _ => "params",
    }
}

pub fn json(sweep: &Sweep) -> Answer {
    let (used, left): (Vec<_>, Vec<_>) = sweep.logged().iter().partition(|run| run.outcome.is_used());
    Answer::json(&json!({
        "schema": "scaling-laws/1",
        "param_count": to_json(&sweep.runs().conventions().params),
        "runs": used.into_iter().map(row).collect::<Vec<_>>(),
        "left_out": left.into_iter().map(row).collect::<Vec<_>>(),
        "skipped": sweep.skipped().iter().map(|f| json!({"file": f.file, "reason": f.reason})).collect::<Vec<_>>(),
        "warnings": sweep.warnings().iter().map(to_json).collect::<Vec<_>>(),
    }))
}

fn row(run: &LoggedRun) -> Value {
    let history = &run.history;
    let mut value = json!({
        "run": history.label(),
        "file": run.file,
        "format": run.format.name(),
        "status": history.status().to_string(),
        "params": history.params().map(|(params, _)| params.get()),
    });
    let named: serde_json::Map<String, Value> =
        run.named.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect();
    let rest = match &run.outcome {
        Outcome::Used { params, loss } => json!({
            "params": params.get(),
            "tokens": loss.tokens.map(|tokens| tokens.get()),
            "loss": loss.loss.get(),
            "standard_error": loss.standard_error,
            "series": loss.series,
            "policy": loss.policy.to_string(),
            "step": loss.step,
            "points": loss.points,
            "named": named,
        }),
        outcome => json!({
            "outcome": outcome.word(),
            "reason": outcome.to_string(),
            "last_step": history.last_step(),
            "series": history.series().iter().map(|series| series.name()).collect::<Vec<_>>(),
        }),
    };
    if let (Some(all), Value::Object(rest)) = (value.as_object_mut(), rest) {
        all.extend(rest);
    }
    value
}
