//! Logs in JSON: one object a line, or a document with curves or runs somewhere in it.

use std::collections::HashMap;
use std::io::{self, Read};

use serde_json::{Map, Value};

use super::LogFormat;
use super::header::param_count;
use super::lines::Lines;
use super::metric_rows::{Grouping, MetricRows, Row};
use super::names::{Role, params_rank, role};
use super::nested;
use super::words::are;
use crate::error::LogError;
use crate::runs::History;
use crate::units::{Params, parse_number};
use crate::warning::Warning;

/// A document is held in memory whole.
pub(super) const LARGEST: u64 = 256 << 20;

const LONGEST_LINE: usize = 16 << 20;

/// Text of facts that are kept with a run.
const MOST_FACTS: usize = 200;

/// Reads a file of one object a line. Lines that are no objects are counted and named.
///
/// # Errors
/// Those of the stream.
pub(super) fn read_lines(input: impl Read, label: &str) -> io::Result<(Vec<History>, Vec<Warning>)> {
    let mut lines = Lines::new(input, LONGEST_LINE);
    let mut objects = Objects::default();
    let (mut bad, mut first_bad, mut last_is_bad) = (0usize, 0, false);
    let mut rows = None;
    while let Some(line) = lines.next()? {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed = parse(line);
        let number = lines.number();
        last_is_bad = !matches!(parsed, Ok(Value::Object(_)));
        let Ok(Value::Object(object)) = parsed else {
            bad += 1;
            first_bad = if bad == 1 { number } else { first_bad };
            continue;
        };
        let rows = rows.get_or_insert_with(|| MetricRows::new(label, grouping(std::iter::once(&object))));
        objects.push(&object, number, rows);
    }
    let (histories, mut warnings) = rows.map(MetricRows::finish).unwrap_or_default();
    if bad > 0 {
        let end = if last_is_bad { "; the last line is one of them, half written" } else { "" };
        let (are, objects) = (are(bad, "line"), if bad == 1 { "JSON object" } else { "JSON objects" });
        let what = format!("{label}: {are} no {objects} and passed over, the first is line {first_bad}{end}");
        warnings.push(Warning::Ignored { what });
    }
    Ok((histories, warnings))
}

/// Whether the first lines of a file that begins otherwise hold objects with losses.
pub(super) fn holds_losses_by_line(head: &[u8]) -> bool {
    const ENOUGH: usize = 2;
    const MOST: usize = 100;
    let objects = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let objects = objects.filter(|line| line.starts_with(b"{") && line.ends_with(b"}")).take(MOST);
    let has_loss = |line: &&[u8]| {
        let Ok(Value::Object(object)) = parse(line) else { return false };
        let mut cells = Vec::new();
        flatten("", &object, 0, &mut cells);
        cells.iter().any(|(key, _)| matches!(role(key), Role::Loss(_)))
    };
    objects.filter(has_loss).take(ENOUGH).count() == ENOUGH
}

/// What a document was found to be.
pub(super) type Document = (LogFormat, Vec<History>, Vec<Warning>);

/// Reads a document held in memory.
///
/// # Errors
/// [`LogError::Malformed`] with line and column if it is no JSON, [`LogError::UnknownFormat`] if it holds no losses.
pub(super) fn read_document(text: &[u8], path: &str, label: &str) -> Result<Document, LogError> {
    let value = parse(text)
        .map_err(|error| LogError::Malformed { path: path.into(), reason: format!("it is no valid JSON: {error}") })?;
    let trainer_state = value.get("log_history").and_then(Value::as_array);
    let (format, (histories, warnings)) = match (trainer_state, &value) {
        (Some(log), _) => (LogFormat::HfTrainerState, trainer(log, &value, label)),
        (None, Value::Array(array)) if array.iter().any(Value::is_object) => (LogFormat::Json, table(array, label)),
        (None, _) => (LogFormat::Json, nested::read(&value, label)),
    };
    if histories.is_empty() {
        let reason = "its JSON holds no losses: looked for keys such as loss, train_loss, val/loss with numbers, with \
                      pairs of step and loss, or beside a list of steps";
        return Err(LogError::UnknownFormat { path: path.into(), reason: reason.into() });
    }
    Ok((format, histories, warnings))
}

/// Parses JSON as Python writes it: NaN, Infinity and -Infinity stand there bare.
pub(super) fn parse(text: &[u8]) -> serde_json::Result<Value> {
    let plain = serde_json::from_slice(text);
    if plain.is_err() && (memchr::memmem::find(text, b"NaN").or(memchr::memmem::find(text, b"Infinity"))).is_some() {
        return serde_json::from_slice(&quote_not_finite(text));
    }
    plain
}

/// The text with bare NaN and Infinity in quotes; what is in quotes already stays.
fn quote_not_finite(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len() + 64);
    let (mut rest, mut inside, mut escaped) = (text, false, false);
    while let Some((byte, following)) = rest.split_first() {
        let word = [&b"NaN"[..], b"-Infinity", b"Infinity"].into_iter().find(|word| !inside && rest.starts_with(word));
        if let Some(word) = word {
            quoted.push(b'"');
            quoted.extend_from_slice(word);
            quoted.push(b'"');
            rest = rest.get(word.len()..).unwrap_or(&[]);
            continue;
        }
        inside ^= *byte == b'"' && !escaped;
        escaped = inside && *byte == b'\\' && !escaped;
        quoted.push(*byte);
        rest = following;
    }
    quoted
}

/// A list of objects: rows of one run or of several.
pub(super) fn table(array: &[Value], label: &str) -> (Vec<History>, Vec<Warning>) {
    let mut rows = MetricRows::new(label, grouping(array.iter().filter_map(Value::as_object).take(1)));
    let mut objects = Objects::default();
    for (index, object) in array.iter().enumerate().filter_map(|(i, v)| Some((i, v.as_object()?))) {
        objects.push(object, index as u64 + 1, &mut rows);
    }
    rows.finish()
}

/// Hugging Face's trainer_state.json: rows of training, evaluation and prediction, and a last one that sums up.
fn trainer(log: &[Value], state: &Value, label: &str) -> (Vec<History>, Vec<Warning>) {
    let mut rows = MetricRows::new(label, Grouping::One);
    let mut objects = Objects::default();
    let mut without_step = 0;
    for (index, object) in log.iter().enumerate().filter_map(|(i, v)| Some((i, v.as_object()?))) {
        // The summary's train_loss is the mean over the whole run.
        if object.contains_key("train_runtime") {
            continue;
        }
        if object.contains_key("step") {
            objects.push(object, index as u64 + 1, &mut rows);
        } else {
            without_step += 1;
        }
    }
    let (mut histories, mut warnings) = rows.finish();
    if without_step > 0 {
        let what = format!(
            "{label}: {} without a step, as those of predictions are, and passed over",
            are(without_step, "row")
        );
        warnings.push(Warning::Ignored { what });
    }
    for history in &mut histories {
        if let Some(steps) = state.get("max_steps").and_then(Value::as_u64).filter(|steps| *steps > 0) {
            history.set_planned_steps(steps);
        }
        for fact in ["total_flos", "train_batch_size", "num_train_epochs"] {
            if let Some(value) = state.get(fact).and_then(Value::as_f64) {
                history.set_metadata(fact, value.to_string());
            }
        }
    }
    (histories, warnings)
}

fn grouping<'a>(mut objects: impl Iterator<Item = &'a Map<String, Value>>) -> Grouping {
    let keys: Vec<Role> = objects.next().map(|object| object.keys().map(|key| role(key)).collect()).unwrap_or_default();
    let has = |wanted: &dyn Fn(&Role) -> bool| keys.iter().any(wanted);
    let placed = has(&|role| matches!(role, Role::Step | Role::Tokens(_)));
    if has(&|role| *role == Role::Label) && placed {
        Grouping::ByLabel
    } else if has(&|role| *role == Role::Label) || has(&|role| matches!(role, Role::Params(_))) && !placed {
        Grouping::EachRow
    } else {
        Grouping::One
    }
}

/// Objects as rows; keys of nested objects are joined by "/".
#[derive(Debug, Default)]
struct Objects {
    losses: Vec<(usize, f64)>,
    /// What the keys met so far are called: the same ones come in every object.
    roles: HashMap<String, Role>,
}

/// Keys that are remembered; a log that makes up new ones in every line must not fill the memory.
const MOST_KEYS: usize = 10_000;

impl Objects {
    fn push(&mut self, object: &Map<String, Value>, line: u64, rows: &mut MetricRows) {
        let mut cells = Vec::new();
        flatten("", object, 0, &mut cells);
        self.losses.clear();
        let mut row = Row { line, ..Row::default() };
        let mut text = Vec::new();
        let mut named = None;
        let mut params_key: Option<(u8, f64, &str)> = None;
        for (key, value) in &cells {
            let known = self.roles.get(key).copied();
            let role = known.unwrap_or_else(|| role(key));
            if known.is_none() && self.roles.len() < MOST_KEYS {
                self.roles.insert(key.clone(), role);
            }
            let number = if matches!(role, Role::Loss(_)) { loss(value) } else { number(value) };
            match (role, number) {
                (Role::Step, Some(step)) if (0.0..9e15).contains(&step) => {
                    row.step = row.step.or(Some(step.round() as u64));
                }
                (Role::Planned, Some(steps)) if (1.0..9e15).contains(&steps) => row.planned = Some(steps as u64),
                (Role::Tokens(_), Some(tokens)) if tokens > 0.0 => row.tokens = row.tokens.or(Some(tokens)),
                (Role::Params(_), Some(params)) => {
                    let rank = params_rank(key);
                    if params_key.is_none_or(|(best, ..)| rank < best) {
                        params_key = Some((rank, params, key));
                    }
                }
                (Role::Label, _) => named = named.or_else(|| name_of(value)),
                (Role::State, _) => row.state = value.as_str(),
                (Role::Loss(kind), Some(loss)) => self.losses.push((rows.series(key, kind), loss)),
                (Role::Loss(_), None) if value.is_null() => row.blank = true,
                (Role::Loss(_), None) => rows.bad_cell(line, key, plain(value).as_bytes()),
                (Role::Epoch, epoch) => {
                    row.epoch = row.epoch.or(epoch);
                    text.push((key, value));
                }
                _ => text.push((key, value)),
            }
        }
        row.params = params_key.map(|(_, params, key)| (params, key));
        let label = named.unwrap_or_default();
        row.label = Some(label.as_str()).filter(|label| !label.is_empty());
        row.losses = &self.losses;
        if let Some(history) = rows.push(&row) {
            for (key, value) in text.into_iter().take(MOST_FACTS) {
                history.set_metadata(key.as_str(), plain(value));
            }
        }
    }
}

/// The scalars of an object and of the objects in it.
pub(super) fn flatten<'a>(
    prefix: &str,
    object: &'a Map<String, Value>,
    depth: usize,
    cells: &mut Vec<(String, &'a Value)>,
) {
    const DEEPEST: usize = 8;
    for (key, value) in object {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}/{key}") };
        match value {
            Value::Object(inner) if depth < DEEPEST => flatten(&name, inner, depth + 1, cells),
            Value::Object(_) | Value::Array(_) => {}
            _ => cells.push((name, value)),
        }
    }
}

/// A number, or a text that is one: loggers write "NaN" and "70B" so.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.len() < 64 => match text.as_str() {
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => parse_number(text),
        },
        _ => None,
    }
}

/// A loss, which has no comma.
pub(super) fn loss(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) if text.contains(',') => None,
        value => number(value),
    }
}

/// The name of a run: text, or the number that a tracker gave it.
fn name_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}

/// A scalar as text without quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Takes what a configuration says of N.
pub(super) fn params_of(cells: &[(String, &Value)], history: &mut History) {
    let stated = cells.iter().filter(|(key, _)| matches!(role(key.rsplit('/').next().unwrap_or(key)), Role::Params(_)));
    let best = stated.min_by_key(|(key, _)| params_rank(key));
    if let Some((key, value)) = best
        && let Some(params) = number(value).and_then(|value| Params::new(value).ok())
    {
        history.set_params(params, param_count(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_nan_is_read_and_quoted_nan_is_left_alone() {
        let value = parse(br#"{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" NaN", "d\\": NaN}"#).unwrap();
        assert!(number(&value["a"]).unwrap().is_nan());
        assert_eq!(number(&value["b"][0]), Some(f64::NEG_INFINITY));
        assert_eq!(number(&value["b"][1]), Some(f64::INFINITY));
        assert_eq!(value["c"], "NaN \" NaN");
        assert!(number(&value["d\\"]).unwrap().is_nan());
        assert!(parse(b"{\"a\": NaN").is_err());
    }

    #[test]
    fn deep_json_is_an_error_and_no_crash() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let error = read_document(deep.as_bytes(), "f.json", "f").unwrap_err().to_string();
        assert!(error.contains("recursion limit"), "{error}");
        let nested = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
        assert!(matches!(read_document(nested.as_bytes(), "f", "f"), Err(LogError::UnknownFormat { .. })));
    }
}
