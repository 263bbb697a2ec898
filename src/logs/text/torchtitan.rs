//! torchtitan: `[rank0]:[titan] … INFO - step:  1  loss:  8.1661  grad_norm: …`, coloured or not, and
//! `validate step: 100  loss:  4.9  …`.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number};

static STEP: Word = Word::new(b"step:");
static VALIDATE: Word = Word::new(b"validate step:");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let start = STEP.after(line)?;
    let (step, rest) = integer(start)?;
    let (loss, rest) = number(rest.trim_ascii_start().strip_prefix(b"loss:")?)?;
    // Something follows the loss on every such line; without it a half-written number could be taken for a whole one.
    rest.starts_with(b" ").then_some(())?;
    let before = line.get(..line.len() - start.len())?;
    if VALIDATE.after(before).is_some() {
        draft.validation(step, loss);
    } else {
        draft.train(step, loss);
    }
    Some(())
}
