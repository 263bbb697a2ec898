//! nanoGPT: `iter 40: loss 6.2081, time 48.67ms, mfu 10.07%` for the batch, `step 500: train loss 3.1, val loss 3.2` for
//! estimates over many batches.

use crate::logs::draft::Draft;
use crate::logs::scan::{integer, number, strip};
use crate::runs::LossKind;

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    batch(line, draft).or_else(|| estimate(line, draft)).is_some()
}

fn batch(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"iter ")?)?;
    let (loss, rest) = number(rest.strip_prefix(b": loss ")?)?;
    rest.starts_with(b", time").then_some(())?;
    draft.train(step, loss);
    Some(())
}

fn estimate(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"step ")?)?;
    let (train, rest) = number(rest.strip_prefix(b": train loss ")?)?;
    let (validation, _) = number(rest.strip_prefix(b", val loss ")?)?;
    draft.validation(step, validation);
    draft.named("train (estimate)", LossKind::Other, step, train);
    Some(())
}
