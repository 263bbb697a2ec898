//! What the Hugging Face Trainer prints: Python dictionaries among progress bars,
//! `{'loss': 1.1409, 'grad_norm': 2.76, 'learning_rate': 1.8e-05, 'epoch': 0.91}` and `{'eval_loss': 0.66, …}`.
//!
//! They hold epochs, not steps. With the total of steps and of epochs above them the step is epoch/epochs · steps,
//! rounded; without, records stand at ten-thousandths of an epoch, which are no steps.

use memchr::memchr;

use crate::logs::draft::Draft;
use crate::logs::scan::number;
use crate::runs::LossKind;

const PER_EPOCH: f64 = 1e4;

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let mut rest = line.get(memchr(b'{', line)?..)?;
    let (mut loss, mut eval_loss, mut epoch, mut tokens, mut summary) = (None, None, None, None, false);
    while let Some((key, value, following)) = entry(rest) {
        rest = following;
        match key {
            b"loss" => loss = Some(value),
            b"eval_loss" => eval_loss = Some(value),
            b"epoch" => epoch = Some(value),
            b"num_tokens" | b"num_input_tokens_seen" => tokens = Some(value),
            b"train_runtime" => summary = true,
            _ => {}
        }
    }
    // The dictionary is closed: a half-written one may lack digits.
    let closed = memchr(b'}', rest).is_some();
    let epoch = epoch.filter(|epoch| closed && epoch.is_finite() && *epoch >= 0.0)?;
    let (step, is_nominal) = step(epoch, draft);
    let mut found = None;
    if let Some(loss) = loss.filter(|_| !summary) {
        draft.train(step, loss);
        found = Some(());
    }
    if let Some(loss) = eval_loss {
        draft.named("eval_loss", LossKind::Validation, step, loss);
        found = Some(());
    }
    found?;
    if is_nominal {
        draft.facts().set_nominal_steps(true);
    }
    if let Some(tokens) = tokens {
        draft.facts().push_tokens(step, tokens);
    }
    found
}

/// The step, and whether it is none.
fn step(epoch: f64, draft: &Draft) -> (u64, bool) {
    match draft.epochs().zip(draft.planned_steps()).filter(|(epochs, _)| *epochs > 0.0) {
        Some((epochs, steps)) => ((epoch / epochs * steps as f64).round() as u64, false),
        None => ((epoch * PER_EPOCH).round() as u64, true),
    }
}

/// The next `'key': number` with the number bare or quoted; entries with other values are passed over.
fn entry(text: &[u8]) -> Option<(&[u8], f64, &[u8])> {
    let mut rest = text;
    loop {
        let open = memchr(b'\'', rest)?;
        rest = rest.get(open + 1..)?;
        let close = memchr(b'\'', rest)?;
        let key = rest.get(..close)?;
        rest = rest.get(close + 1..)?;
        let Some(value) = rest.strip_prefix(b": ") else { continue };
        if let Some((number, following)) = number(value.strip_prefix(b"'").unwrap_or(value)) {
            return Some((key, number, following));
        }
    }
}
