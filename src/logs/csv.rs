use std::fs::File;
use std::io::{Chain, Cursor, Read};
use std::path::Path;

use super::Filter;
use super::columns;
use super::faults::Faults;
use super::line_ends::{LineEnds, Tail};
use super::measurements::Measurements;
use super::opening::{Opening, io};
use super::parser::Parser;
use super::plan::Plan;
use super::record::Record;
use super::records::Records;
use super::rows::Rows;
use crate::error::RunsError;
use crate::runs::{NumberColumns, Runs};
use crate::units::ParamCount;

/// Reads runs from a table: CSV, TSV or semicolons, one run a row under a header line, or Parquet with the feature `parquet`.
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

    /// Reads a file.
    ///
    /// # Errors
    /// [`RunsError::Io`] for a file that cannot be opened or read; otherwise as [`read`](Self::read).
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<Runs, RunsError> {
        let (file, name) = open(path.as_ref())?;
        self.runs(Records::of_file(file, &name)?, &name)
    }

    /// Reads from anything that gives bytes, in one pass; `name` stands for the file in messages.
    ///
    /// # Errors
    /// [`RunsError::NotATable`] for files of another kind, [`RunsError::Empty`] without a row,
    /// [`RunsError::MissingColumn`], [`RunsError::AmbiguousColumn`] and [`RunsError::FilterColumn`] for the header,
    /// [`RunsError::Faults`] with every bad cell and every row of another width.
    pub fn read(&self, input: impl Read, name: &str) -> Result<Runs, RunsError> {
        self.runs(Records::open(input, name)?, name)
    }

    fn runs(&self, mut table: Records<'_, impl Read>, name: &str) -> Result<Runs, RunsError> {
        let plan = Plan::new(self, header(&mut table, name)?)?;
        let mut rows = Rows::new(&plan, name, table.decimal_commas());
        let mut record = Record::new();
        while table.next(&mut record)? {
            rows.push(&record, || table.line(&record));
        }
        rows.finish()
    }

    /// Reads a file that need not hold both N and D.
    ///
    /// # Errors
    /// [`RunsError::Io`] for a file that cannot be opened or read; otherwise as [`measurements`](Self::measurements).
    pub fn measurements_path(&self, path: impl AsRef<Path>) -> Result<Measurements, RunsError> {
        let (file, name) = open(path.as_ref())?;
        self.measured(Records::of_file(file, &name)?, &name)
    }

    /// Reads a table that need not hold both N and D, for a law of other inputs; its cells are read when they are asked for.
    ///
    /// # Errors
    /// As [`read`](Self::read), but a column is missed only where one was named.
    pub fn measurements(&self, input: impl Read, name: &str) -> Result<Measurements, RunsError> {
        self.measured(Records::open(input, name)?, name)
    }

    fn measured(&self, mut table: Records<'_, impl Read>, name: &str) -> Result<Measurements, RunsError> {
        let names = header(&mut table, name)?;
        let filters = self.filters.iter().map(|filter| Ok((columns::filtered(filter, &names)?, filter.clone())));
        let filters = filters.collect::<Result<Vec<_>, RunsError>>()?;
        let mut rows = Measurements::new(self, &names, name, table.decimal_commas())?;
        let mut record = Record::new();
        let mut faults = Faults::default();
        while table.next(&mut record)? {
            rows.push(&record, &filters, table.line(&record), &mut faults);
        }
        faults.into_result(name)?;
        if rows.rows() == 0 {
            return Err(RunsError::Empty { path: name.into(), reason: "no row passes".into() });
        }
        Ok(rows)
    }
}

fn open(path: &Path) -> Result<(File, String), RunsError> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(RunsError::Io { path: name, reason: "it is a directory".into() });
    }
    let file = File::open(path).map_err(|error| io(&name, &error))?;
    Ok((file, name))
}

/// The names of the columns.
fn header(table: &mut Records<'_, impl Read>, path: &str) -> Result<Vec<String>, RunsError> {
    let names = table.names()?;
    if names.iter().all(|name| name.is_empty() || name.parse::<f64>().is_ok()) {
        let reason = "its first row holds numbers: a header line with column names is needed".into();
        return Err(RunsError::NotATable { path: path.into(), reason });
    }
    Ok(names)
}

/// The records of a table in text with the lines on which they start.
pub(super) struct Table<'a, R> {
    records: Parser<Source<R>>,
    path: &'a str,
    lines_before: u64,
}

/// The bytes already read, the rest, and a line end for files that lack the last one.
type Source<R> = Chain<Tail<Chain<Cursor<Vec<u8>>, LineEnds<R>>>, &'static [u8]>;

impl<'a, R: Read> Table<'a, R> {
    pub(super) fn new(opening: Opening, input: R, path: &'a str) -> Self {
        let rest = LineEnds { input, cr_only: opening.cr_only };
        let source = Tail::new(Cursor::new(opening.table).chain(rest)).chain(&b"\n"[..]);
        Self { records: Parser::new(source, opening.separator), path, lines_before: opening.lines_before }
    }

    pub(super) fn next(&mut self, record: &mut Record) -> Result<bool, RunsError> {
        self.records.next(record).map_err(|error| io(self.path, &error))
    }

    /// The line on which the record just read starts.
    pub(super) fn line(&self, record: &Record) -> u64 {
        self.lines_before + self.records.line(record)
    }

    /// Whether the record just read ends where the file does, without a line end: its last cell may be half written.
    #[cfg(feature = "logs")]
    pub(super) fn is_cut(&self) -> bool {
        self.records.parsed() > self.records.input().get_ref().0.count()
    }

    /// Whether a quote in the last cell of the record just read is never closed, so that it holds the rest of the file.
    #[cfg(feature = "logs")]
    pub(super) fn has_open_quote(&self, record: &Record) -> bool {
        let last = record.iter().next_back().unwrap_or_default();
        // The line end that is put behind every file stands inside the quotes then.
        self.is_cut() && last.ends_with(b"\n") && self.records.input().get_ref().0.last() != Some(b'"')
    }
}
