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
    // Steps are counted from zero: after step 0 one batch has been seen.
    draft.facts().set_steps_from_zero(true);
    if let Some((weights, _)) = WEIGHTS.after(rest).and_then(number) {
        draft.facts().push_tokens(step, weights * (step as f64 + 1.0));
    }
    Some(())
}

fn evaluation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(EVALUATED.after(line)?)?;
    draft.validation(step, number(EVAL_LOSS.after(rest)?)?.0);
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::logs::LogReader;

    #[test]
    fn steps_are_counted_from_zero_whoever_says_their_tokens() {
        let line = |step: u64| format!("completed step: {step}, seconds: 1.3, total_weights: 1000, loss: 9.0\n");
        let log: String = [0, 5, 9].map(line).concat();
        let mut run = LogReader::new().read(log.as_bytes(), "maxtext.log").unwrap().histories.remove(0);
        assert_eq!(run.tokens_at(9).map(|tokens| tokens.get()), Some(10_000.0));
        run.overrule_tokens_per_step(2000.0);
        assert_eq!(run.tokens_at(9).map(|tokens| tokens.get()), Some(20_000.0));
    }
}
