//! LitGPT: `Epoch 1 | iter 10 step 5 | loss train: 1.524, val: n/a | iter time: 603.03 ms (step)`, and
//! `iter 100: val loss 2.1234, val time: 512.3 ms`.
//!
//! Losses stand at the optimizer's steps. Of the iterations of one step, which accumulate a batch, the last counts.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number, strip};

static ITER: Word = Word::new(b"| iter ");
static TRAIN: Word = Word::new(b"| loss train:");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    record(line, draft).or_else(|| validation(line, draft)).is_some()
}

fn record(line: &[u8], draft: &mut Draft) -> Option<()> {
    let rest = ITER.after(strip(line, b"Epoch ")?)?;
    let (_, rest) = integer(rest)?;
    let (step, rest) = integer(rest.trim_ascii_start().strip_prefix(b"step ")?)?;
    let (loss, rest) = number(TRAIN.after(rest)?)?;
    draft.train(step, loss);
    // Step 0 stands at iterations before the first update.
    draft.facts().set_steps_from_zero(false);
    draft.cursor = Some(step);
    // The column repeats the last validation loss; where it was measured the other line says.
    let _ = rest;
    Some(())
}

fn validation(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (_, rest) = integer(strip(line, b"iter ")?)?;
    let (loss, rest) = number(rest.strip_prefix(b": val loss ")?)?;
    rest.starts_with(b", val time").then_some(())?;
    draft.validation(draft.cursor.unwrap_or(0), loss);
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::logs::LogReader;

    #[test]
    fn steps_are_updates_also_where_all_of_them_are_printed() {
        let line =
            |i: u64| format!("Epoch 1 | iter {} step {i} | loss train: 3.{i}, val: n/a | iter time: 1 ms\n", 4 * i + 1);
        let log = "Total parameters: 1,100,048,384\n".to_owned() + &(0..6).map(line).collect::<String>();
        let mut run = LogReader::new().read(log.as_bytes(), "litgpt.log").unwrap().histories.remove(0);
        run.set_tokens_per_step(10.0);
        assert_eq!(run.tokens_at(5).map(|tokens| tokens.get()), Some(50.0));
        assert_eq!(run.params().map(|(params, _)| params.get()), Some(1_100_048_384.0));
    }
}
