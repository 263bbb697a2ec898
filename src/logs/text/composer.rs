//! Composer and llm-foundry: a record over several lines, `[batch=1/100]:` and below it `Train loss/train/total: 10.97`,
//! `Train time/batch: 0`, `Train time/token: 0` (older: `Train LanguageCrossEntropy: 10.97`),
//! `Eval metrics/eval/LanguageCrossEntropy: 10.9`.
//!
//! Times are taken before the batch: of the record of batch 10 they are 9 batches and the tokens of these. In
//! `[epoch=2][batch=1/3]:` batches are counted within the epoch; `time/batch` counts them through.

use crate::logs::draft::Draft;
use crate::logs::scan::{Word, integer, number, strip};
use crate::logs::stated::Fact;
use crate::runs::LossKind;

static EPOCH: Word = Word::new(b"[epoch=");
static BATCH: Word = Word::new(b"[batch=");
static COLON: Word = Word::new(b": ");
static CROSS_ENTROPY: Word = Word::new(b"CrossEntropy");

pub(super) fn line(line: &[u8], draft: &mut Draft) -> bool {
    let line = of_first_task(line);
    if batch(line, draft).is_some() {
        return false;
    }
    draft.cursor.is_some_and(|step| value(line, step, draft).is_some())
}

/// The line without the number of the first task, "0: " or "00: ", that `srun --label` puts before it.
fn of_first_task(line: &[u8]) -> &[u8] {
    let text = line.trim_ascii_start();
    let end = text.iter().position(|byte| *byte != b'0').unwrap_or(0);
    text.get(end..).filter(|_| end > 0).and_then(|rest| rest.strip_prefix(b": ")).unwrap_or(line)
}

fn batch(line: &[u8], draft: &mut Draft) -> Option<()> {
    let (step, rest) = integer(BATCH.after(line)?)?;
    let (all, rest) = integer(rest.strip_prefix(b"/")?)?;
    rest.starts_with(b"]:").then_some(())?;
    let epoch = EPOCH.after(line).and_then(integer);
    let before = epoch.map_or(0, |(epoch, _)| epoch.saturating_sub(1).saturating_mul(all));
    draft.cursor = Some(step.saturating_add(before));
    let planned = match epoch {
        None => Some(all),
        Some((_, rest)) => rest.strip_prefix(b"/").and_then(integer).map(|(epochs, _)| epochs.saturating_mul(all)),
    };
    planned.into_iter().for_each(|planned| draft.state(Fact::Planned(planned)));
    Some(())
}

fn value(line: &[u8], step: u64, draft: &mut Draft) -> Option<()> {
    let train = strip(line, b"Train ");
    let rest = train.or_else(|| strip(line, b"Eval "))?;
    let colon = COLON.find(rest)?;
    let (name, rest) = (rest.get(..colon)?, rest.get(colon + 2..)?);
    let is_loss = name.starts_with(b"loss/") || CROSS_ENTROPY.is_in(name);
    if name == b"time/batch" {
        draft.cursor = Some(integer(rest)?.0.saturating_add(1));
        return None;
    }
    if name == b"time/token" {
        draft.tokens(step.checked_sub(1)?, number(rest)?.0);
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

#[cfg(test)]
mod tests {
    use crate::logs::LogReader;
    use crate::runs::History;

    fn read(log: &str) -> Vec<History> {
        LogReader::new().read(log.as_bytes(), "composer.log").unwrap().histories
    }

    /// A record of a batch of three in an epoch, as many batches in as `time` says, of 64 tokens each.
    fn record(epoch: u64, batch: u64, time: Option<u64>) -> String {
        let time = time.map_or_else(String::new, |time| {
            format!("\t Train time/batch: {time}\n\t Train time/token: {}\n", 64 * time)
        });
        format!("[epoch={epoch}][batch={batch}/3]:\n{time}\t Train loss/train/total: {}.5\n", 9 - epoch)
    }

    #[test]
    fn several_epochs_are_one_run_and_the_last_batch_counts() {
        let batches = [(1, 1, 0), (1, 2, 1), (1, 3, 2), (2, 1, 3), (2, 2, 4), (2, 3, 5)];
        let plain: String = batches.map(|(epoch, batch, time)| record(epoch, batch, Some(time))).concat();
        let untimed: String = batches.map(|(epoch, batch, _)| record(epoch, batch, None)).concat();
        let labelled: String = plain.lines().map(|line| format!("0: {line}\n")).collect();
        for (log, tokens) in [(&plain, Some(384.0)), (&labelled, Some(384.0)), (&untimed, None)] {
            let [run] = &read(log)[..] else { panic!("{log}") };
            assert_eq!(run.get("train").unwrap().steps(), [1, 2, 3, 4, 5, 6], "{log}");
            assert_eq!((run.tokens_at(6).map(|tokens| tokens.get()), run.planned_steps()), (tokens, None));
        }
    }

    #[test]
    fn tokens_stand_before_the_batch_of_their_record() {
        let record = |batch: u64| {
            format!("[batch={batch}/40]:\n\t Train time/token: {}\n\t Train loss/train/total: 3.5\n", 64 * (batch - 1))
        };
        let log: String = [10, 20, 30, 40].map(record).concat();
        let [run] = &read(&log)[..] else { panic!("{log}") };
        assert_eq!([10, 25, 40].map(|step| run.tokens_at(step).unwrap().get()), [640.0, 1600.0, 2560.0]);
    }
}
