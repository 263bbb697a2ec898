//! MaxText: `completed step: 9, seconds: 5.667, …, total_weights: 196608, loss: 10.374` and
//! `eval metrics after step: 50, loss=9.2, total_weights=…`. `total_weights` counts the target tokens of the batch.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number};

static STEP: Word = Word::new(b"step: ");
static COMPLETED: Word = Word::new(b"completed step: ");
static LOSS: Word = Word::new(b", loss:");
static WEIGHTS: Word = Word::new(b"total_weights:");
static EVALUATED: Word = Word::new(b"eval metrics after step: ");
static EVAL_LOSS: Word = Word::new(b"loss=");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    STEP.is_in(line) && record(line, draft).or_else(|| evaluation(line, draft)).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(COMPLETED.after(line)?)?;
    let (loss, _) = number(LOSS.after(rest)?)?;
    draft.train(step, loss);
    if let Some((weights, _)) = WEIGHTS.after(rest).and_then(number) {
        // Steps are counted from zero: after step 0 one batch has been seen.
        draft.facts().push_tokens(step, weights * (step as f64 + 1.0));
    }
    Some(())
}

fn evaluation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(EVALUATED.after(line)?)?;
    draft.validation(step, number(EVAL_LOSS.after(rest)?)?.0);
    Some(())
}
