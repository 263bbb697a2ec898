//! Logs that trainers print for people: one file a trainer, each a function from a line to records.

mod build_nanogpt;
mod composer;
mod hf_stdout;
mod litgpt;
mod llm_c;
mod maxtext;
mod megatron;
mod mlx;
mod modded_nanogpt;
mod nanogpt;
mod preamble;
mod torchtitan;

use std::io::{self, Read};

use super::LogFormat;
use super::draft::Draft;
use super::lines::Lines;
use super::words::are;
use crate::runs::History;
use crate::warning::Warning;

/// Reads a line into a draft, and says whether it held a record of the format.
type Format = fn(&[u8], &mut Draft) -> bool;

/// In order of precedence where a line could be of several.
const FORMATS: [(LogFormat, Format); 11] = [
    (LogFormat::ModdedNanoGpt, modded_nanogpt::line),
    (LogFormat::Megatron, megatron::line),
    (LogFormat::MaxText, maxtext::line),
    (LogFormat::LitGpt, litgpt::line),
    (LogFormat::Mlx, mlx::line),
    (LogFormat::NanoGpt, nanogpt::line),
    (LogFormat::BuildNanoGpt, build_nanogpt::line),
    (LogFormat::LlmC, llm_c::line),
    (LogFormat::TorchTitan, torchtitan::line),
    (LogFormat::Composer, composer::line),
    (LogFormat::HfStdout, hf_stdout::line),
];

/// Records after which a log is taken for one of its format and the others are no longer tried.
const SURE: usize = 32;

/// Of longer lines only the beginning is read: no trainer prints a loss behind a million characters.
const LONGEST_LINE: usize = 1 << 20;

/// What was found in a text log.
pub(super) struct TextLog {
    pub format: LogFormat,
    pub histories: Vec<History>,
    pub warnings: Vec<Warning>,
}

/// Reads a text log in one pass; `None` if no line is of a known format.
///
/// # Errors
/// Those of the stream.
pub(super) fn read<R: Read>(lines: &mut Lines<R>, label: &str) -> io::Result<Option<TextLog>> {
    let mut drafts: Vec<Draft> = FORMATS.iter().map(|_| Draft::new(label)).collect();
    let mut plain = Vec::new();
    while let Some(line) = lines.next()? {
        let line = without_colours(line, &mut plain);
        let mut sure = None;
        let mut matched = false;
        for (index, ((_, format), draft)) in FORMATS.iter().zip(&mut drafts).enumerate() {
            if format(line, draft) {
                matched = true;
                sure = (draft.records() >= SURE).then_some(index);
                break;
            }
        }
        if let Some((index, (_, format))) = sure.and_then(|index| Some((index, FORMATS.get(index)?)))
            && let Some(draft) = drafts.get_mut(index)
        {
            while let Some(line) = lines.next()? {
                let line = without_colours(line, &mut plain);
                if !format(line, draft) {
                    preamble::facts(line, &mut |fact| draft.state(fact));
                }
            }
            break;
        }
        if !matched {
            preamble::facts(line, &mut |fact| drafts.iter_mut().for_each(|draft| draft.state(fact)));
        }
    }
    Ok(best(drafts, lines.cut(), label))
}

/// Whether the first lines of a log hold a record.
pub(super) fn holds_a_record(head: &[u8]) -> bool {
    let mut lines = Lines::new(head, LONGEST_LINE);
    matches!(read(&mut lines, ""), Ok(Some(_)))
}

/// Lines of a text log.
pub(super) fn lines<R: Read>(input: R) -> Lines<R> {
    Lines::new(input, LONGEST_LINE)
}

fn best(drafts: Vec<Draft>, cut: u64, label: &str) -> Option<TextLog> {
    let counts: Vec<usize> = drafts.iter().map(Draft::records).collect();
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let chosen = counts.iter().position(|count| *count == most)?;
    let mut warnings = Vec::new();
    for ((format, _), count) in FORMATS.iter().zip(&counts).enumerate().filter(|(i, _)| *i != chosen).map(|(_, x)| x) {
        if *count > 0 {
            let what = format!("{label}: {} in the form of {} and not read", are(*count, "record"), format.name());
            warnings.push(Warning::Ignored { what });
        }
    }
    if cut > 0 {
        let (are, of) = (are(cut as usize, "line"), if cut == 1 { "its beginning is" } else { "their beginnings are" });
        let what = format!("{label}: {are} longer than {LONGEST_LINE} bytes; only {of} read");
        warnings.push(Warning::Ignored { what });
    }
    let (format, _) = FORMATS.get(chosen)?;
    let histories = drafts.into_iter().nth(chosen)?.finish();
    Some(TextLog { format: *format, histories, warnings })
}

/// The line without terminal colours (ESC [ … letter).
fn without_colours<'a>(line: &'a [u8], plain: &'a mut Vec<u8>) -> &'a [u8] {
    const ESCAPE: u8 = 0x1b;
    if memchr::memchr(ESCAPE, line).is_none() {
        return line;
    }
    plain.clear();
    let mut bytes = line.iter().peekable();
    while let Some(byte) = bytes.next() {
        if *byte == ESCAPE && bytes.next_if(|next| **next == b'[').is_some() {
            bytes.by_ref().find(|byte| byte.is_ascii_alphabetic());
        } else {
            plain.push(*byte);
        }
    }
    plain
}
