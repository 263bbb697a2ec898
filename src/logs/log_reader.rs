use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use super::parser::Parser;
use super::record::Record;
use super::records::Records;
use super::source::Source;
use super::words::are;
use super::{LogFormat, event_file, json, metrics_csv, opening, text, wandb};
use crate::error::{LogError, RunsError};
use crate::runs::History;
use crate::warning::Warning;

/// Reads a training log of any known kind: text that trainers print, tables, JSON, TensorBoard event files, packed by
/// gzip, zstd or xz or not, in UTF-8 or UTF-16; with the feature `parquet` tables in Parquet.
///
/// The kind is found in the content; the name of a file only labels its runs. A log that breaks off is read as far as it
/// goes. What was passed over is said in [`TrainingLog::warnings`] and in the warnings of each [`History`]. Text, tables,
/// JSON lines and event files are read in one pass and bounded memory; a JSON document is held whole, up to 256 MiB.
///
/// ```
/// use scaling_laws::{LogFormat, LogReader, LossPolicy};
/// let log = "\
/// tokens per iteration will be: 8,192
/// step 0: train loss 10.9210, val loss 10.9209
/// iter 0: loss 10.9118, time 27488.56ms, mfu -100.00%
/// iter 40: loss 6.2081, time 48.67ms, mfu 10.07%
/// ";
/// let log = LogReader::new().read(log.as_bytes(), "small.log")?;
/// assert_eq!(log.format, LogFormat::NanoGpt);
/// let run = &log.histories[0];
/// assert_eq!(run.get("train").map(|series| series.values()), Some(&[10.9118, 6.2081][..]));
/// let last = run.final_loss(LossPolicy::Last, None)?;
/// assert_eq!(last.tokens.map(|tokens| tokens.get()), Some(40.0 * 8192.0));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct LogReader {
    label: Option<String>,
}

/// What a log holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrainingLog {
    /// The kind of log.
    pub format: LogFormat,
    /// Its runs, at least one.
    pub histories: Vec<History>,
    /// What was passed over or cut short in the file as a whole.
    pub warnings: Vec<Warning>,
}

/// Bytes by which a file is judged.
const HEAD: u64 = 1 << 16;

impl LogReader {
    /// A reader that labels a run by its file's name without folder and ending, where the log has no name for it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The label for runs that have none in the log.
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()) }
    }

    /// Reads a file, or the local folder of a Weights & Biases run.
    ///
    /// # Errors
    /// [`LogError::File`] for what cannot be opened or read; otherwise as [`read`](Self::read).
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<TrainingLog, LogError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        if path.is_dir() {
            let Some(files) = wandb::files_folder(path) else {
                let reason = "it is a directory, and not one of a W&B run: read its files one by one".into();
                return Err(RunsError::Io { path: name, reason }.into());
            };
            return Ok(TrainingLog::new(wandb::read(&files, &self.label_for(&name))?, &name));
        }
        let file = File::open(path).map_err(|error| opening::io(&name, &error))?;
        #[cfg(feature = "parquet")]
        if super::parquet::is_parquet(&file) {
            let table = Records::of_file(file, &name)?;
            return Ok(TrainingLog::new(metrics_csv::read(table, &name, &self.label_for(&name), None)?, &name));
        }
        self.read(file, &name)
    }

    /// Reads from anything that gives bytes, in one pass; `name` stands for the file in messages and labels.
    ///
    /// # Errors
    /// [`LogError::UnknownFormat`] where no known log is found, [`LogError::Malformed`] for broken JSON or packed data,
    /// [`LogError::Bomb`], [`LogError::TooLarge`], and [`LogError::File`] for streams that fail and files without content.
    pub fn read(&self, input: impl Read, name: &str) -> Result<TrainingLog, LogError> {
        let label = self.label_for(name);
        let mut source = Source::new(input, name)?;
        let mut head = Vec::new();
        source.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| source.failed(&error))?;
        let kind = Kind::of(&head, name)?;
        let head = Cursor::new(head);
        let (format, histories, mut warnings) = match kind {
            Kind::Events => {
                let read = event_file::read(head.chain(source.by_ref()), &label);
                let (history, warnings) = read.map_err(|error| source.failed(&error))?;
                (LogFormat::TensorBoardEvents, vec![history], warnings)
            }
            Kind::JsonLines => {
                let read = json::read_lines(head.chain(source.by_ref()), &label);
                let (histories, warnings) = read.map_err(|error| source.failed(&error))?;
                (LogFormat::JsonLines, histories, warnings)
            }
            Kind::Json => {
                let mut text = Vec::new();
                let limited = head.chain(source.by_ref()).take(json::LARGEST + 1).read_to_end(&mut text);
                limited.map_err(|error| source.failed(&error))?;
                if text.len() as u64 > json::LARGEST {
                    let (path, what, limit) = (name.into(), "its JSON document", json::LARGEST);
                    return Err(LogError::TooLarge { path, what, limit });
                }
                json::read_document(&text, name, &label)?
            }
            Kind::Table => {
                let read = Records::open(head.chain(source.by_ref()), name).map_err(LogError::from);
                let read = read.and_then(|table| metrics_csv::read(table, name, &label, tag_of(name)));
                read.map_err(
                    |error| if source.is_bomb() { source.failed(&std::io::Error::other(error)) } else { error },
                )?
            }
            Kind::Text => {
                let mut lines = text::lines(head.chain(source.by_ref()));
                let log = text::read(&mut lines, &label);
                drop(lines);
                let log = log.map_err(|error| source.failed(&error))?.ok_or_else(|| unknown(name))?;
                (log.format, log.histories, log.warnings)
            }
        };
        if let Some(what) = source.truncated() {
            warnings.push(Warning::Ignored { what: format!("{name}: {what}") });
        }
        if histories.iter().all(|history| history.series().is_empty()) {
            let doubts: Vec<String> =
                histories.iter().flat_map(History::warnings).chain(&warnings).map(Warning::to_string).collect();
            let reason = format!(
                "it is of the kind {} and holds no loss{}{}",
                format.name(),
                if doubts.is_empty() { "" } else { ": " },
                doubts.join("; ")
            );
            return Err(RunsError::Empty { path: name.into(), reason }.into());
        }
        Ok(TrainingLog::new((format, histories, warnings), name))
    }

    fn label_for(&self, name: &str) -> String {
        self.label.clone().unwrap_or_else(|| {
            let file = Path::new(name).file_name().map_or_else(|| name.into(), |file| file.to_string_lossy());
            let packed = [".gz", ".zst", ".xz"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(&file);
            let known = [".log", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".out", ".md", ".parquet"];
            known.iter().find_map(|ending| packed.strip_suffix(ending)).unwrap_or(packed).to_owned()
        })
    }
}

impl TrainingLog {
    fn new((format, histories, mut warnings): (LogFormat, Vec<History>, Vec<Warning>), name: &str) -> Self {
        warnings.extend(not_finite(&histories, name));
        Self { format, histories, warnings }
    }
}

/// Says that losses are NaN or infinite here and there. Of a run that ends so its outcome tells it.
fn not_finite(histories: &[History], name: &str) -> Option<Warning> {
    let all = histories.iter().flat_map(History::series).filter(|series| !series.ends_not_finite());
    let bad: Vec<_> = all.filter_map(|series| Some((series.name(), series.not_finite()?))).collect();
    let (series, first) = bad.first()?;
    let are = are(bad.iter().map(|(_, bad)| bad.count).sum(), "value");
    let step = first.first_step;
    let what = format!("{name}: {are} NaN or infinite and passed over; the first is of {series} at step {step}");
    Some(Warning::Ignored { what })
}

fn unknown(name: &str) -> LogError {
    let reason = "no line is of a known log, and its first line is no header of a table with losses".into();
    LogError::UnknownFormat { path: name.into(), reason }
}

/// TensorBoard names its exports "run-NAME-tag-TAG.csv".
fn tag_of(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next()?;
    file.split_once("tag-").map(|(_, tag)| tag.split_once(".csv").map_or(tag, |(tag, _)| tag))
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Events,
    JsonLines,
    Json,
    Table,
    Text,
}

impl Kind {
    /// # Errors
    /// [`LogError::File`] for an empty file, [`LogError::UnknownFormat`] for known kinds that are no logs.
    fn of(head: &[u8], name: &str) -> Result<Self, LogError> {
        if head.trim_ascii().is_empty() {
            return Err(RunsError::Empty { path: name.into(), reason: "the file is empty".into() }.into());
        }
        if let Some(kind) = opening::other_kind(head).filter(|_| opening::is_tar(head)) {
            return Err(LogError::UnknownFormat { path: name.into(), reason: format!("it is {kind}") });
        }
        if event_file::is_event_file(head) {
            return Ok(Self::Events);
        }
        if cfg!(feature = "parquet") && head.starts_with(b"PAR1") {
            return Ok(Self::Table);
        }
        if let Some(kind) = json_kind(head) {
            return Ok(kind);
        }
        if text::holds_a_record(head) {
            return Ok(Self::Text);
        }
        // Programs print a line or two before their first object.
        if json::holds_losses_by_line(head) {
            return Ok(Self::JsonLines);
        }
        // A log may begin with a tag in angle brackets and hold stray zeros; anything else with these is no log.
        if let Some(kind) = opening::other_kind(head).filter(|_| !head.starts_with(b"<")) {
            return Err(LogError::UnknownFormat { path: name.into(), reason: format!("it is {kind}") });
        }
        Ok(if is_table(head, name) { Self::Table } else { Self::Text })
    }
}

/// Whether a file begins as JSON, and whether with a whole object on its first line and another below.
fn json_kind(head: &[u8]) -> Option<Kind> {
    let text = head.trim_ascii_start();
    let (first, rest) = text.split_first()?;
    let next = *rest.trim_ascii_start().first().unwrap_or(&b' ');
    match (first, next) {
        (b'{', b'"' | b'}' | b' ') => {}
        (b'[', b'{' | b'[' | b']') => return Some(Kind::Json),
        _ => return None,
    }
    let mut lines = text.split(|byte| *byte == b'\n');
    let one = lines.next().is_some_and(|line| matches!(json::parse(line), Ok(serde_json::Value::Object(_))));
    let more = lines.any(|line| line.trim_ascii_start().starts_with(b"{"));
    Some(if one && more { Kind::JsonLines } else { Kind::Json })
}

fn is_table(head: &[u8], name: &str) -> bool {
    // A bracket opens the time or rank of a line, and no header.
    if head.starts_with(b"[") {
        return false;
    }
    let mut rest = head;
    let Ok(opening) = opening::Opening::read(&mut rest, name) else { return false };
    let mut records = Parser::new(opening.table.as_slice(), opening.separator);
    let mut header = Record::new();
    let read = records.next(&mut header).is_ok_and(|read| read);
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    read && names.len() > 1 && metrics_csv::Plan::new(&names, None).is_some()
}
