//! What trainers print once, before the first loss: parameters, batch, planned steps.

use crate::logs::scan::{Word, count, integer, strip};
use crate::logs::stated::Fact;
use crate::units::ParamCount;

static PARAMETERS: Word = Word::new(b"aram");
static TOKENS: Word = Word::new(b"tokens per iteration will be:");
static SEQ: Word = Word::new(b"seq");
static SEQ_OPTION: Word = Word::new(b"--seq-length");
static SEQ_LENGTH: Word = Word::new(b"seq_length .");
static STEPS: Word = Word::new(b"Total optimization steps =");
static ITERS: Word = Word::new(b"Starting training..., iters:");

/// The facts of a line.
pub(super) fn facts<'a>(line: &'a [u8], push: &mut dyn FnMut(Fact<'a>)) {
    if PARAMETERS.is_in(line)
        && let Some(fact) = params(line)
    {
        push(fact);
    }
    if let Some(tokens) = TOKENS.after(line).and_then(count) {
        push(Fact::TokensPerStep(tokens));
    }
    // Megatron prints its arguments as "seq_length ..... 2048", and the command line holds "--seq-length 2048".
    if SEQ.is_in(line)
        && let Some(rest) = SEQ_OPTION.after(line).or_else(|| SEQ_LENGTH.after(line))
        && let Some(tokens) = count(trim(rest.trim_ascii_start(), b"."))
    {
        push(Fact::TokensPerSample(tokens));
    }
    let planned = STEPS.after(line).or_else(|| ITERS.after(line));
    if let Some((steps, _)) = planned.and_then(integer) {
        push(Fact::Planned(steps));
    }
    if let Some((epochs, _)) = strip(line, b"Num Epochs =").and_then(integer) {
        push(Fact::Epochs(epochs));
    }
}

static GROUPS: [Word; 2] = [Word::new(b"non-decayed parameter tensors:"), Word::new(b"decayed parameter tensors:")];
static WITH: Word = Word::new(b"with");
static OF_RANK: Word = Word::new(b"number of parameters on (tensor, pipeline) model parallel rank");
static BEHIND_RANK: Word = Word::new(b"):");
static BEHIND_BRACKET: Word = Word::new(b"] ");
static COUNTED: [Word; 3] = [
    Word::new(b"Number of non-trainable parameters:"),
    Word::new(b"Number of trainable parameters:"),
    Word::new(b"Number of trainable parameters ="),
];
static SHARE: Word = Word::new(b"Trainable parameters:");
static OF: Word = Word::new(b"/");
static NUM: Word = Word::new(b"num_parameters");
static ALL: Word = Word::new(b"Total parameters:");
static NUMBER: Word = Word::new(b"number of parameters:");

fn params(line: &[u8]) -> Option<Fact<'_>> {
    // What stands before the words, a time or a rank, is not the same wherever the part is.
    let part = |words: &Word, size: Option<f64>| Some(Fact::Part(line.get(words.find(line)?..)?, size?, 0.0));
    // "num decayed parameter tensors: 26, with 30,031,872 parameters", and the same for the others.
    if let Some(words) = GROUPS.iter().find(|words| words.find(line).is_some()) {
        return part(words, WITH.after(line).and_then(count));
    }
    if let Some(rest) = OF_RANK.after(line) {
        return part(&OF_RANK, BEHIND_RANK.after(rest).and_then(count));
    }
    if let Some((words, rest)) = COUNTED.iter().find_map(|words| Some((words, words.after(line)?))) {
        return part(words, count(rest));
    }
    let whole = |rest: &[u8], counts| Some(Fact::Params(count(rest)?, counts));
    if let Some(rest) = SHARE.after(line) {
        // "0.045% (1.491M/3315.716M)": of all.
        return whole(OF.after(rest)?, Some(ParamCount::Total));
    }
    if let Some(rest) = NUM.after(line) {
        return whole(trim(rest, b" :|="), Some(ParamCount::Total));
    }
    // LitGPT before pretraining.
    if let Some(rest) = ALL.after(line) {
        return whole(rest, Some(ParamCount::Total));
    }
    // Rounded to four digits; the exact figures of the tensor groups replace it.
    whole(NUMBER.after(line)?, None)
}

/// "[000-000] 0.3559B / 0.3023B": the parameters of a rank with and without embeddings.
pub(super) fn rank(line: &[u8]) -> Option<Fact<'_>> {
    const LENGTH: usize = 8;
    let at = BEHIND_BRACKET.find(line)?;
    let (rank, rest) = (line.get(at.checked_sub(LENGTH)?..at)?, line.get(at + 2..)?);
    let is_rank = rank.iter().enumerate().all(|(i, b)| match i {
        0 => true,
        4 => *b == b'-',
        _ => b.is_ascii_digit(),
    });
    let text = line.get(at + 1 - LENGTH..)?;
    is_rank.then_some(Fact::Part(text, count(rest)?, OF.after(rest).and_then(count)?))
}

/// What follows some bytes at the beginning.
fn trim<'a>(text: &'a [u8], bytes: &[u8]) -> &'a [u8] {
    let start = text.iter().position(|b| !bytes.contains(b)).unwrap_or(text.len());
    text.get(start..).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_of_a_pretraining_is_n() {
        let mut found = Vec::new();
        facts(b"Total parameters: 1,100,048,384", &mut |fact| found.push(fact));
        assert_eq!(found, [Fact::Params(1_100_048_384.0, Some(ParamCount::Total))]);
    }
}
