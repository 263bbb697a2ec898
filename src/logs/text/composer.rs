//! Composer and llm-foundry: a record over several lines, `[batch=1/100]:` and below it `Train loss/train/total: 10.97`,
//! `Train time/token: 4096` (older: `Train LanguageCrossEntropy: 10.97`), `Eval metrics/eval/LanguageCrossEntropy: 10.9`.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number, strip};
use crate::logs::stated::Fact;
use crate::runs::LossKind;

static BATCH: Word = Word::new(b"[batch=");
static COLON: Word = Word::new(b": ");
static CROSS_ENTROPY: Word = Word::new(b"CrossEntropy");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    if batch(line, draft).is_some() {
        return false;
    }
    draft.cursor.is_some_and(|step| value(line, step, draft).is_some())
}

fn batch(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(BATCH.after(line)?)?;
    let (planned, rest) = integer(rest.strip_prefix(b"/")?)?;
    rest.starts_with(b"]:").then_some(())?;
    draft.cursor = Some(step);
    draft.state(Fact::Planned(planned));
    Some(())
}

fn value(line: &[u8], step: u64, draft: &mut Draft) -> Option<()> {
    let train = strip(line, b"Train ");
    let rest = train.or_else(|| strip(line, b"Eval "))?;
    let colon = COLON.find(rest)?;
    let (name, rest) = (rest.get(..colon)?, rest.get(colon + 2..)?);
    let is_loss = name.starts_with(b"loss/") || CROSS_ENTROPY.is_in(name);
    if name == b"time/token" {
        draft.tokens(step, number(rest)?.0);
        return None;
    }
    let value = number(rest).filter(|_| is_loss)?.0;
    match (train.is_some(), name) {
        // The loss itself; the cross entropy beside it repeats it without auxiliary terms.
        (true, b"loss/train/total") => draft.train(step, value),
        (true, _) => draft.named(&String::from_utf8_lossy(name), LossKind::Other, step, value),
        (false, _) => draft.named(&String::from_utf8_lossy(name), LossKind::Validation, step, value),
    }
    Some(())
}
