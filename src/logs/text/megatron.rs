//! Megatron-LM and Megatron-DeepSpeed: fields between bars, with or without a rank or time in front:
//! ` iteration      200/  148693 | consumed samples: 25600 | consumed tokens: 52428800 | … | lm loss: 8.863574E+00 | …`
//! and `valid loss at iteration 200 | lm loss value: 7.924819E+00 | …`.
//!
//! The training loss is the mean over the iterations since the line before. Iterations that were skipped for a gradient
//! that is not finite have no loss.

use super::preamble;
use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number};
use crate::runs::LossKind;

static ITERATION: Word = Word::new(b"iteration ");
static SKIPPED: Word = Word::new(b"number of skipped iterations:");
static AT_ITERATION: Word = Word::new(b"loss at iteration ");
static VALUES: [Word; 2] = [Word::new(b"lm loss value:"), Word::new(b"lm-loss value:")];
static TEST: Word = Word::new(b"test loss at");
static TEST_SET: Word = Word::new(b"on test set");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    if ITERATION.is_in(line) && training(line, draft).or_else(|| validation(line, draft)).is_some() {
        return true;
    }
    if let Some(fact) = preamble::rank(line) {
        draft.state(fact);
    }
    false
}

fn training(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(ITERATION.after(line)?)?;
    let (planned, rest) = integer(rest.trim_ascii_start().strip_prefix(b"/")?)?;
    let fields = rest.trim_ascii_start().strip_prefix(b"|")?;
    let (mut loss, mut tokens, mut samples) = (None, None, None);
    for field in fields.split(|byte| *byte == b'|') {
        let field = field.trim_ascii_start();
        // Only these four begin so; the others are passed over by their first letters.
        match field.first() {
            Some(b'l') => {
                let value = field.strip_prefix(b"lm loss:").or_else(|| field.strip_prefix(b"lm-loss:"));
                loss = value.and_then(number).map(|(value, _)| value).or(loss);
            }
            Some(b'c') => {
                if let Some(value) = field.strip_prefix(b"consumed tokens:") {
                    tokens = number(value).map(|(value, _)| value);
                } else if let Some(value) = field.strip_prefix(b"consumed samples:") {
                    samples = number(value).map(|(value, _)| value);
                }
            }
            _ => {}
        }
    }
    // A line cut off before its loss is told from a skipped iteration by the count that follows the loss.
    let whole = SKIPPED.after(fields).is_some();
    if loss.is_none() && !whole {
        return None;
    }
    match loss {
        Some(loss) => draft.train(step, loss),
        None => draft.skipped(step),
    }
    if let Some(tokens) = tokens {
        draft.facts().push_tokens(step, tokens);
    }
    if let Some(samples) = samples {
        draft.facts().push_samples(step, samples);
    }
    draft.facts().set_planned_steps(planned);
    Some(())
}

fn validation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let start = AT_ITERATION.after(line)?;
    let (step, rest) = integer(start)?;
    let value = VALUES.iter().find_map(|words| words.after(rest))?;
    let (loss, _) = number(value)?;
    let before = line.get(..line.len() - start.len())?;
    let on_test = TEST.after(before).is_some() || TEST_SET.after(rest).is_some();
    if on_test {
        draft.named("test", LossKind::Other, step, loss);
    } else {
        draft.validation(step, loss);
    }
    Some(())
}
