//! MaxText: `completed step: 9, seconds: 5.667, …, total_weights: 196608, loss: 10.374` and
//! `eval metrics after step: 50, loss=9.2, total_weights=…`. `total_weights` counts the target tokens of the batch.

use crate::logs::draft::Draft;
use crate::logs::scan::{after, integer, number};

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).or_else(|| evaluation(line, draft)).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(after(line, b"completed step: ")?)?;
    let (loss, _) = number(after(rest, b", loss:")?)?;
    draft.train(step, loss);
    if let Some((weights, _)) = after(rest, b"total_weights:").and_then(number) {
        // Steps are counted from zero: after step 0 one batch has been seen.
        draft.facts().push_tokens(step, weights * (step as f64 + 1.0));
    }
    Some(())
}

fn evaluation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(after(line, b"eval metrics after step: ")?)?;
    draft.validation(step, number(after(rest, b"loss=")?)?.0);
    Some(())
}
