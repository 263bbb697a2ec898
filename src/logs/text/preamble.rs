//! What trainers print once, before the first loss: parameters, batch, planned steps.

use memchr::memmem;

use crate::logs::draft::Draft;
use crate::logs::scan::{after, count, integer, strip};
use crate::units::ParamCount;

/// Takes the facts of a line into a draft.
pub(super) fn line(line: &[u8], draft: &mut Draft) {
    if memmem::find(line, b"aram").is_some() {
        params(line, draft);
    }
    if let Some(tokens) = after(line, b"tokens per iteration will be:").and_then(count) {
        draft.facts().set_tokens_per_step(tokens);
    }
    // Megatron prints its arguments as "seq_length ..... 2048", and the command line holds "--seq-length 2048".
    if let Some(rest) = after(line, b"--seq-length").or_else(|| after(line, b"seq_length ."))
        && let Some(tokens) = count(rest.trim_ascii_start().trim_ascii_start_matches(b'.'))
    {
        draft.facts().set_tokens_per_sample(tokens);
    }
    let planned = after(line, b"Total optimization steps =").or_else(|| after(line, b"Starting training..., iters:"));
    if let Some((steps, _)) = planned.and_then(integer) {
        draft.facts().set_planned_steps(steps);
    }
    if let Some((epochs, _)) = strip(line, b"Num Epochs =").and_then(integer) {
        draft.facts().set_metadata("num_epochs", epochs.to_string());
    }
}

fn params(line: &[u8], draft: &mut Draft) {
    // "num decayed parameter tensors: 26, with 30,031,872 parameters", and the same for the others.
    if after(line, b"decayed parameter tensors:").is_some() {
        if let Some(part) = after(line, b"with").and_then(count) {
            draft.params_part(part, 0.0);
        }
    } else if let Some(part) = after(line, b"number of parameters on (tensor, pipeline) model parallel rank") {
        if let Some(part) = after(part, b"):").and_then(count) {
            draft.params_part(part, 0.0);
        }
    } else if let Some(part) = after(line, b"Number of non-trainable parameters:").and_then(count) {
        draft.params_part(part, 0.0);
    } else if let Some(part) =
        after(line, b"Number of trainable parameters:").or_else(|| after(line, b"Number of trainable parameters ="))
    {
        if let Some(part) = count(part) {
            draft.params_part(part, 0.0);
        }
    } else if let Some(rest) = after(line, b"Trainable parameters:") {
        // "0.045% (1.491M/3315.716M)": of all.
        if let Some(all) = after(rest, b"/").and_then(count) {
            draft.params(all, Some(ParamCount::Total));
        }
    } else if let Some(all) = after(line, b"num_parameters").map(|rest| rest.trim_ascii_start_matches_any(b" :|=")) {
        if let Some(all) = count(all) {
            draft.params(all, Some(ParamCount::Total));
        }
    } else if let Some(all) = after(line, b"number of parameters:").and_then(count) {
        // Rounded to four digits; the exact figures of the tensor groups replace it.
        draft.params(all, None);
    }
}

/// "[000-000] 0.3559B / 0.3023B": the parameters of a rank with and without embeddings.
pub(super) fn rank(line: &[u8], draft: &mut Draft) {
    let Some(at) = memmem::find(line, b"] ") else { return };
    let (Some(rank), Some(rest)) = (line.get(..at), line.get(at + 2..)) else { return };
    let is_rank = rank.len() >= 8
        && rank.iter().rev().take(7).enumerate().all(|(i, b)| if i == 3 { *b == b'-' } else { b.is_ascii_digit() });
    if let (true, Some(all), Some(without)) = (is_rank, count(rest), after(rest, b"/").and_then(count)) {
        draft.params_part(all, without);
    }
}

/// Trimming by given bytes, which slices lack.
trait Trim {
    fn trim_ascii_start_matches(&self, byte: u8) -> &[u8];
    fn trim_ascii_start_matches_any(&self, bytes: &[u8]) -> &[u8];
}

impl Trim for [u8] {
    fn trim_ascii_start_matches(&self, byte: u8) -> &[u8] {
        self.trim_ascii_start_matches_any(&[byte])
    }

    fn trim_ascii_start_matches_any(&self, bytes: &[u8]) -> &[u8] {
        let start = self.iter().position(|b| !bytes.contains(b)).unwrap_or(self.len());
        self.get(start..).unwrap_or(&[])
    }
}
