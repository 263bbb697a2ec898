//! Curves at any depth of a JSON document.

use serde_json::{Map, Value};

use super::columns::shortened;
use super::json::{flatten, loss, number, params_of, plain, table};
use super::names::{Role, loss_kind, role};
use super::words::{are, counted};
use crate::runs::{History, LossKind};
use crate::warning::Warning;

/// Facts that are kept with a run.
const MOST_FACTS: usize = 200;

/// All curves of a document, each object that holds some being a run.
///
/// A curve is a list of [step, loss] under the name of a loss; or a list of losses, beside a list of as many steps where
/// there is one; or a list of objects with losses and steps; or a single loss, at the step beside it.
pub(super) fn read(value: &Value, label: &str) -> (Vec<History>, Vec<Warning>) {
    let mut found = (Vec::new(), Vec::new());
    walk(value, label, &mut found);
    found
}

fn walk(value: &Value, label: &str, found: &mut (Vec<History>, Vec<Warning>)) {
    let Value::Object(object) = value else { return };
    let mut history = History::new(label);
    curves(object, &mut history, &mut found.1);
    if history.is_empty() {
        scalars(object, &mut history);
    }
    if !history.is_empty() {
        let mut cells = Vec::new();
        flatten("", object, 0, &mut cells);
        params_of(&cells, &mut history);
        for (key, value) in cells.iter().take(MOST_FACTS) {
            history.set_metadata(key.as_str(), plain(value));
        }
        history.finish();
        found.0.push(history);
    }
    for (key, value) in object {
        let name = format!("{label}/{key}");
        match value {
            Value::Object(_) => walk(value, &name, found),
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let (histories, warnings) = table(items, &name);
                found.0.extend(histories);
                found.1.extend(warnings);
            }
            _ => {}
        }
    }
}

/// Lists of pairs and lists of numbers under the names of losses.
fn curves(object: &Map<String, Value>, history: &mut History, warnings: &mut Vec<Warning>) {
    let steps = object.iter().find(|(key, _)| role(key) == Role::Step && object.get(*key).is_some_and(Value::is_array));
    let steps = steps.and_then(|(key, value)| Some((key, value.as_array()?)));
    for (key, value) in object {
        let (Some(kind), Some(items)) = (loss_kind(key), value.as_array()) else { continue };
        let mut ignored = |what: String| {
            warnings.push(Warning::Ignored { what: format!("{}: {what}", history.label()) });
        };
        let alone = |item: &Value| !item.is_array() && !item.is_object();
        if let Some((name, steps)) = steps.filter(|(_, steps)| steps.len() != items.len() && items.iter().any(alone)) {
            let (losses, steps) = (counted(items.len(), "entry"), counted(steps.len(), "entry"));
            ignored(format!("the list {key} has {losses} and {name} has {steps}; what has no partner is passed over"));
        }
        let bad = items.iter().filter(|item| !item.is_null() && alone(item) && loss(item).is_none());
        let bad: Vec<&Value> = bad.collect();
        if let Some(first) = bad.first() {
            let (are, first) = (are(bad.len(), "entry"), shortened(&plain(first)));
            ignored(format!("in the list {key} {are} not numeric and passed over; the first is {first:?}"));
        }
        for (index, item) in items.iter().enumerate() {
            let point = match (item.as_array(), steps) {
                (Some(pair), _) => match pair.as_slice() {
                    [step, value] => step_of(step).zip(loss(value)),
                    _ => None,
                },
                (None, Some((_, steps))) => steps.get(index).and_then(step_of).zip(loss(item)),
                (None, None) => {
                    history.set_nominal_steps(true);
                    Some(index as u64 + 1).zip(loss(item))
                }
            };
            if let Some((step, value)) = point {
                history.push(key, kind, step, value);
            }
        }
    }
}

/// Losses of a summary, at its step.
fn scalars(object: &Map<String, Value>, history: &mut History) {
    let losses: Vec<(&String, LossKind, f64)> =
        object.iter().filter_map(|(key, value)| Some((key, loss_kind(key)?, loss(value)?))).collect();
    let of_role = |wanted: &dyn Fn(Role) -> bool| {
        object.iter().filter(|(key, _)| wanted(role(key))).find_map(|(_, value)| number(value))
    };
    let step = of_role(&|role| role == Role::Step).and_then(|step| (0.0..9e15).contains(&step).then_some(step as u64));
    if step.is_none() {
        history.set_nominal_steps(true);
    }
    let step = step.unwrap_or(1);
    for (key, kind, loss) in losses {
        history.push(key, kind, step, loss);
    }
    if let Some(tokens) = of_role(&|role| matches!(role, Role::Tokens(_))) {
        history.push_tokens(step, tokens);
    }
}

fn step_of(value: &Value) -> Option<u64> {
    number(value).filter(|step| (0.0..9e15).contains(step)).map(|step| step.round() as u64)
}
