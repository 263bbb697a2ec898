//! build-nanogpt: `step 10 | loss: 8.6117 | dt: 19315.15ms | …` (also with `step    10 |` and spaces around) on the
//! screen, `250 val 6.1` and `250 train 6.2` in its log file.

use crate::logs::draft::Draft;
use crate::logs::scan::{integer, number, strip};

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    screen(line, draft).or_else(|| file(line, draft)).is_some()
}

fn screen(line: &[u8], draft: &mut Draft) -> Option<()> {
    if let Some(rest) = strip(line, b"validation loss:") {
        let (loss, _) = number(rest)?;
        // Printed before the step of the same number, which counts the updates so far.
        let step = draft.last_train_step().map_or(0, |step| step.saturating_add(1));
        draft.validation(step, loss);
        return Some(());
    }
    let (step, rest) = integer(strip(line, b"step ")?)?;
    let (loss, _) = number(rest.trim_ascii_start().strip_prefix(b"| loss:")?)?;
    draft.train(step, loss);
    // "dt" and "tok/sec" give no count of tokens worth trusting.
    Some(())
}

fn file(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(line)?;
    let train = rest.strip_prefix(b" train ");
    let (loss, rest) = number(train.or_else(|| rest.strip_prefix(b" val "))?)?;
    // A line of prose may begin so; a number alone behind the word is the file's form.
    rest.trim_ascii().is_empty().then_some(())?;
    match train {
        Some(_) => draft.train(step, loss),
        None => draft.validation(step, loss),
    }
    Some(())
}
