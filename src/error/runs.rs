use std::fmt;

/// One fault of a run log: where it is, what stands there, what was expected.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// Line of the file, counted from 1 with the header; row number from 1 for runs given in memory.
    pub line: u64,
    /// Column as it is called in the file.
    pub column: String,
    /// The value as it stands there.
    pub value: String,
    /// What was expected instead.
    pub expected: String,
}

impl Fault {
    /// A fault at a line and column.
    pub fn new(line: u64, column: impl Into<String>, value: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { line, column: column.into(), value: value.into(), expected: expected.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {:?}, expected {}", self.line, self.column, self.value, self.expected)
    }
}

/// What is wrong with a run log.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// The operating system's reason.
        reason: String,
    },
    /// The file or selection holds no run.
    #[error("{path} holds no runs: {reason}")]
    Empty {
        /// The file.
        path: String,
        /// Why: no bytes, only a header, or no row left by the filters.
        reason: String,
    },
    /// The file is not a table with a header.
    #[error("{path} is not a CSV or TSV table of runs: {reason}")]
    NotATable {
        /// The file.
        path: String,
        /// What was found.
        reason: String,
    },
    /// A needed column is not there.
    #[error("no column for {quantity}: looked for {looked_for}; the file has {found}. Name it with {option}")]
    MissingColumn {
        /// The quantity sought.
        quantity: &'static str,
        /// Names that would have been accepted.
        looked_for: String,
        /// Column names of the file.
        found: String,
        /// Method or flag that names the column.
        option: &'static str,
    },
    /// A column asked for by name is not there.
    #[error("there is no column {name:?}; the runs have {found}")]
    UnknownColumn {
        /// The name.
        name: String,
        /// The columns there are.
        found: String,
    },
    /// Several columns could be meant.
    #[error("several columns could be {quantity}: {candidates}. Say which with {option}")]
    AmbiguousColumn {
        /// The quantity sought.
        quantity: &'static str,
        /// The candidates.
        candidates: String,
        /// Method or flag that names the column.
        option: &'static str,
    },
    /// A filter that cannot be read.
    #[error("cannot read the filter {text:?}: expected {expected}")]
    Filter {
        /// The filter as given.
        text: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A filter asks for a column that is not there.
    #[error("the filter {filter} asks for column {column:?}; the file has {found}")]
    FilterColumn {
        /// The filter.
        filter: String,
        /// The column it asks for.
        column: String,
        /// Column names of the file.
        found: String,
    },
    /// Faults in cells, all together.
    #[error("{}", list_faults(.path, .faults, *.total))]
    Faults {
        /// The file.
        path: String,
        /// The first faults, in order of line.
        faults: Vec<Fault>,
        /// How many there are in all.
        total: usize,
    },
}

/// Faults printed one by one before the rest is only counted.
const SHOWN: usize = 20;

fn list_faults(path: &str, faults: &[Fault], total: usize) -> String {
    let mut text = format!("{path}: {total} fault{}", if total == 1 { "" } else { "s" });
    for fault in faults.iter().take(SHOWN) {
        text.push_str(&format!("\n  {fault}"));
    }
    if total > faults.len().min(SHOWN) {
        text.push_str(&format!("\n  and {} more", total - faults.len().min(SHOWN)));
    }
    text
}
