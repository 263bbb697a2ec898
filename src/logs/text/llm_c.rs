//! llm.c: `s:250 trl:4.5 lr:0.0006 norm:1.2`, `s:250 tel:4.4` and `s:250 eval:0.28` in its main.log;
//! `step 3: train loss 4.600470 (took 1290.761000 ms)` or `step 3/100 | loss 4.6 …` and `val loss 4.1` on the screen.

use crate::logs::draft::Draft;
use crate::logs::scan::{integer, number, strip};
use crate::runs::LossKind;

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    log_file(line, draft).or_else(|| screen(line, draft)).or_else(|| validation(line, draft)).is_some()
}

fn log_file(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"s:")?)?;
    let (kind, rest) = rest.trim_ascii_start().split_at_checked(4)?;
    match kind {
        b"trl:" => draft.train(step, number(rest)?.0),
        b"tel:" => draft.validation(step, number(rest)?.0),
        b"eval" => draft.named("eval", LossKind::Other, step, number(rest.strip_prefix(b":")?)?.0),
        _ => return None,
    }
    Some(())
}

fn screen(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"step ")?)?;
    if let Some(rest) = rest.strip_prefix(b": train loss ") {
        let (loss, rest) = number(rest)?;
        rest.starts_with(b" (took").then_some(())?;
        draft.train(step, loss);
        return Some(());
    }
    let (planned, rest) = integer(rest.strip_prefix(b"/")?)?;
    let rest = rest.trim_ascii_start().strip_prefix(b"|")?.trim_ascii_start();
    let (loss, _) = number(rest.strip_prefix(b"train loss").or_else(|| rest.strip_prefix(b"loss"))?)?;
    draft.train(step, loss);
    // Steps are counted from 1 here: step 3 of 3 is the last.
    draft.facts().set_planned_steps(planned);
    Some(())
}

/// The validation loss is printed between the steps, after as many updates as have been printed.
fn validation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (loss, rest) = number(strip(line, b"val loss ")?)?;
    rest.trim_ascii().is_empty().then_some(())?;
    let step = draft.last_train_step().map_or(0, |step| step.saturating_add(1));
    draft.validation(step, loss);
    Some(())
}
