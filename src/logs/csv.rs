use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, Terminator};

use super::Filter;
use super::opening::{Opening, io};
use super::plan::Plan;
use super::rows::Rows;
use crate::error::RunsError;
use crate::runs::Runs;
use crate::units::ParamCount;

/// Reads runs from a table in text: CSV, TSV or semicolons, one run a row under a header line.
///
/// N, D, C and L are found by their usual names, whatever their case and punctuation (`params`, `N`, `Model Size`;
/// `tokens`, `D`, `train_tokens`; `flops`, `C`, `compute`; `loss`, `L`, `val_loss`); `params`, `tokens`, `flops` and
/// `loss` beat the others. A unit at the end of a name, as in `params (M)` or `tokens_billions`, scales the column, and
/// a cell may bring its own, as in `70B` or `1 PF-day`. Losses are nats per token unless the name says `(bits)`.
///
/// Where N or D is missing it is derived from C = 6ND, with a [`Warning::Derived`](crate::Warning::Derived). Where all
/// three are there, N and D are used and C is kept as logged. The other columns are kept as text. All faults of a file
/// are reported together, with lines counted from 1.
///
/// ```
/// use scaling_laws::{CsvReader, Filter};
/// let log = "\
/// Params (M), train_tokens, val_loss, kind
/// 70,         1.4B,         3.91,     sweep
/// 410,        8.2B,         3.02,     sweep
/// 1000,       20B,          NaN,      diverged
/// ";
/// let runs = CsvReader::new().filter("kind=sweep".parse::<Filter>()?).read(log.as_bytes(), "log")?;
/// assert_eq!(runs.params(), [7e7, 4.1e8]);
/// assert_eq!(runs.tokens(), [1.4e9, 8.2e9]);
///
/// let refused = CsvReader::new().read(log.as_bytes(), "log").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "log: 1 fault\n  line 4, column val_loss: \"NaN\", expected a finite number above zero"
/// );
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct CsvReader {
    pub(super) params_column: Option<String>,
    pub(super) loss_only: bool,
    pub(super) tokens_column: Option<String>,
    pub(super) flops_column: Option<String>,
    pub(super) loss_column: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) param_count: Option<ParamCount>,
    pub(super) drop_extra_columns: bool,
}

impl CsvReader {
    /// A reader that finds the columns by their usual names and keeps every row.
    pub fn new() -> Self {
        Self::default()
    }

    /// The column that holds N, the number of parameters.
    pub fn params_column(self, name: impl Into<String>) -> Self {
        Self { params_column: Some(name.into()), ..self }
    }

    /// The column that holds D, the number of training tokens.
    pub fn tokens_column(self, name: impl Into<String>) -> Self {
        Self { tokens_column: Some(name.into()), ..self }
    }

    /// The column that holds C, the training FLOP.
    pub fn flops_column(self, name: impl Into<String>) -> Self {
        Self { flops_column: Some(name.into()), ..self }
    }

    /// The column that holds L, the loss in nats per token.
    pub fn loss_column(self, name: impl Into<String>) -> Self {
        Self { loss_column: Some(name.into()), ..self }
    }

    /// Keeps the rows that meet a condition; of several, all must hold. Other rows are passed over unread, so their
    /// cells may hold anything.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// What N counts. Without it the column's name says so (`params_total`, `params_non_embedding`, `params_active`),
    /// or another column of that name with the same values; else N is taken as total parameters, with a
    /// [`Warning::Assumed`](crate::Warning::Assumed) where the file offers a choice.
    pub fn param_count(self, count: ParamCount) -> Self {
        Self { param_count: Some(count), ..self }
    }

    /// Whether the columns that are not N, D, C or L are kept as text; they are by default.
    pub fn keep_extra_columns(self, keep: bool) -> Self {
        Self { drop_extra_columns: !keep, ..self }
    }

    /// Reads a table that need not have N and D, for laws of another variable: the loss alone is looked for, N and D stand as
    /// 1, and every other column is kept as it stands, for [`Runs::numbers`].
    ///
    /// ```
    /// use scaling_laws::{family_inputs, laws::family, CsvReader, Fitter, LossFunction};
    /// let table = "width,loss\n64,4.0\n256,2.0\n1024,1.0\n4096,0.5\n";
    /// let runs = CsvReader::new().loss_only().read(table.as_bytes(), "widths.csv")?;
    /// let m1 = family("m1")?; // beta x^c
    /// let rows = family_inputs(m1, &runs, &[("x", "width")])?;
    /// let fit = Fitter::new(m1.form().as_ref()).loss(LossFunction::LeastSquares).fit(&rows, runs.losses())?;
    /// assert!((fit.coefficient("c")?.value + 0.5).abs() < 1e-9);
    /// assert!(runs.numbers("tokens").is_err());
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn loss_only(self) -> Self {
        Self { loss_only: true, ..self }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`RunsError::Io`] for a file that cannot be opened or read; otherwise as [`read`](Self::read).
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<Runs, RunsError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(RunsError::Io { path: name, reason: "it is a directory".into() });
        }
        let file = File::open(path).map_err(|error| io(&name, &error))?;
        self.read(file, &name)
    }

    /// Reads from anything that gives bytes, in one pass; `name` stands for the file in messages.
    ///
    /// # Errors
    /// [`RunsError::NotATable`] for files of another kind, [`RunsError::Empty`] without a row,
    /// [`RunsError::MissingColumn`], [`RunsError::AmbiguousColumn`] and [`RunsError::FilterColumn`] for the header,
    /// [`RunsError::Faults`] with every bad cell and every row of another width.
    pub fn read(&self, mut input: impl Read, name: &str) -> Result<Runs, RunsError> {
        let opening = Opening::read(&mut input, name)?;
        let decimal_commas = opening.separator == b';';
        let mut table = Table::new(opening, input, name);
        let mut record = ByteRecord::new();
        table.next(&mut record)?;
        let names = header(&record, name)?;
        let plan = Plan::new(self, names)?;
        let mut rows = Rows::new(&plan, name, decimal_commas);
        while table.next(&mut record)? {
            rows.push(&record, || table.line(&record));
        }
        rows.finish()
    }
}

fn header(record: &ByteRecord, path: &str) -> Result<Vec<String>, RunsError> {
    let names: Vec<String> = record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    if names.iter().all(|name| name.is_empty() || name.parse::<f64>().is_ok()) {
        let reason = "its first row holds numbers: a header line with column names is needed";
        return Err(RunsError::NotATable { path: path.into(), reason: reason.into() });
    }
    Ok(names)
}

/// The records of the table with the lines on which they start.
pub(super) struct Table<'a, R> {
    records: Reader<Source<R>>,
    path: &'a str,
    lines_before: u64,
}

/// The bytes already read, the rest, and a line end for files that lack the last one.
type Source<R> = std::io::Chain<std::io::Chain<Cursor<Vec<u8>>, LineEnds<R>>, &'static [u8]>;

impl<'a, R: Read> Table<'a, R> {
    pub(super) fn new(opening: Opening, input: R, path: &'a str) -> Self {
        let rest = LineEnds { input, cr_only: opening.cr_only };
        let source = Cursor::new(opening.table).chain(rest).chain(&b"\n"[..]);
        // Records end at LF alone: at CRLF the parser would stop between the two and count the line too late.
        let records = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(opening.separator)
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(1 << 16)
            .from_reader(source);
        Self { records, path, lines_before: opening.lines_before }
    }

    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<bool, RunsError> {
        self.records.read_byte_record(record).map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::Io(error) => error.to_string(),
                _ => error.to_string(),
            };
            RunsError::Io { path: self.path.into(), reason }
        })
    }

    /// The line on which the record just read starts. The parser's own figure for it lies before the blank lines that
    /// it skipped; so count back from the record's end.
    pub(super) fn line(&self, record: &ByteRecord) -> u64 {
        let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let from_end = self.records.position().line().saturating_sub(inside + 1);
        let at_least = record.position().map_or(0, ::csv::Position::line);
        self.lines_before + from_end.max(at_least)
    }
}

/// Turns the line ends of a file that has only CR into LF.
struct LineEnds<R> {
    input: R,
    cr_only: bool,
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        if self.cr_only {
            buffer.iter_mut().take(count).filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(count)
    }
}
