//! modded-nanogpt: `step:125/6200 val_loss:6.5 train_time:…` and `step:125/6200 train_loss:6.4 …`, behind a copy of the
//! script and of `nvidia-smi`.

use crate::logs::draft::Draft;
use crate::logs::scan::{integer, number, strip};

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(strip(line, b"step:")?)?;
    let (planned, rest) = integer(rest.strip_prefix(b"/")?)?;
    let rest = rest.trim_ascii_start();
    if let Some(rest) = rest.strip_prefix(b"train_loss:") {
        draft.train(step, number(rest)?.0);
    } else {
        draft.validation(step, number(rest.strip_prefix(b"val_loss:")?)?.0);
    }
    draft.facts().set_planned_steps(planned);
    Some(())
}
