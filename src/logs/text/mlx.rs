//! mlx-lm: `Iter 10: Train loss 4.441, Learning Rate 2.000e-05, …, Trained Tokens 1899, …` and
//! `Iter 1: Val loss 5.852, Val took 3.707s`.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number, strip};

static TOKENS: Word = Word::new(b"Trained Tokens ");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"Iter ")?)?;
    let rest = rest.strip_prefix(b": ")?;
    if let Some(rest) = rest.strip_prefix(b"Val loss ") {
        let (loss, rest) = number(rest)?;
        rest.starts_with(b",").then_some(())?;
        draft.validation(step, loss);
        return Some(());
    }
    let (loss, rest) = number(rest.strip_prefix(b"Train loss ")?)?;
    rest.starts_with(b",").then_some(())?;
    draft.train(step, loss);
    if let Some((tokens, _)) = TOKENS.after(rest).and_then(number) {
        draft.facts().push_tokens(step, tokens);
    }
    Some(())
}
