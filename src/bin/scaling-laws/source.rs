//! Which table of runs a command reads, and how.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scaling_laws::{CsvReader, Error, Filter, FitError, Measurements, ParamCount, Runs, RunsError, TextColumn};

use crate::answer::Failure;
use crate::fitting::FittingFailure;

/// The arguments of every command that reads runs.
#[derive(Debug, Args)]
pub struct Source {
    /// CSV or TSV table of finished runs: parameters, tokens (or FLOPs) and loss
    #[arg(value_name = "RUNS.csv", required = true)]
    runs: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
}

/// Which rows and columns of a table count, for every command whose table is its argument or option `runs`.
#[derive(Debug, Clone, Args)]
pub struct Columns {
    /// Keep rows where this holds: column=value, or != < <= > >=; repeat for more
    #[arg(long = "where", value_name = "COLUMN=VALUE", requires = "runs")]
    filters: Vec<Filter>,
    /// Column of parameters N
    #[arg(long, value_name = "NAME", requires = "runs")]
    params_column: Option<String>,
    /// Column of tokens D
    #[arg(long, value_name = "NAME", requires = "runs")]
    tokens_column: Option<String>,
    /// Column of training FLOPs C
    #[arg(long, value_name = "NAME", requires = "runs")]
    flops_column: Option<String>,
    /// Column of the loss, nats per token
    #[arg(long, value_name = "NAME", requires = "runs")]
    loss_column: Option<String>,
    /// What the parameter column counts
    #[arg(long, value_enum, value_name = "WHAT", requires = "runs")]
    param_count: Option<Count>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Count {
    Total,
    NonEmbedding,
    Active,
}

/// What a file holds.
pub enum Table {
    Runs(Runs),
    Measurements(Measurements),
}

/// A column that the arguments name, or should name, is a matter of usage; the content of the file is not.
fn told(error: RunsError) -> Failure {
    match error {
        RunsError::MissingColumn { .. }
        | RunsError::AmbiguousColumn { .. }
        | RunsError::FilterColumn { .. }
        | RunsError::UnknownColumn { .. } => Failure::usage(error),
        other => Failure::from(Error::from(other)),
    }
}

impl Columns {
    /// The runs of a file.
    pub fn read(&self, path: &Path) -> Result<Runs, Failure> {
        self.read_counting(path, self.params_column.as_deref())
    }

    /// The runs with N from this column.
    fn read_counting(&self, path: &Path, params_column: Option<&str>) -> Result<Runs, Failure> {
        self.reader(params_column).read_path(path).map_err(told)
    }

    fn reader(&self, params_column: Option<&str>) -> CsvReader {
        let mut reader = CsvReader::new();
        if let Some(name) = params_column {
            reader = reader.params_column(name);
        }
        if let Some(name) = &self.tokens_column {
            reader = reader.tokens_column(name);
        }
        if let Some(name) = &self.flops_column {
            reader = reader.flops_column(name);
        }
        if let Some(name) = &self.loss_column {
            reader = reader.loss_column(name);
        }
        if let Some(count) = self.param_count {
            reader = reader.param_count(match count {
                Count::Total => ParamCount::Total,
                Count::NonEmbedding => ParamCount::NonEmbedding,
                Count::Active => ParamCount::Active,
            });
        }
        self.filters.iter().cloned().fold(reader, CsvReader::filter)
    }
}

impl Source {
    /// The file; the parser sees to it that there is one.
    fn path(&self) -> &Path {
        self.runs.as_deref().unwrap_or(Path::new(""))
    }

    /// The runs that the arguments name.
    pub fn read(&self) -> Result<Runs, Failure> {
        self.columns.read(self.path())
    }

    /// The runs with N from this column.
    pub fn read_counting(&self, params_column: Option<&str>) -> Result<Runs, Failure> {
        self.columns.read_counting(self.path(), params_column)
    }

    /// The runs; where the table lacks N or D, its measurements, for a law that does not need both.
    pub fn read_or_measure(&self) -> Result<Table, Failure> {
        let reader = self.columns.reader(self.columns.params_column.as_deref());
        match reader.read_path(self.path()) {
            Ok(runs) => Ok(Table::Runs(runs)),
            Err(RunsError::MissingColumn { .. }) => {
                reader.measurements_path(self.path()).map(Table::Measurements).map_err(told)
            }
            Err(error) => Err(told(error)),
        }
    }

    /// The table as measurements of something that may be negative, and its column where --loss-column names one.
    pub fn measure_values(&self) -> Result<(Measurements, Option<&str>), Failure> {
        let columns = Columns { loss_column: None, ..self.columns.clone() };
        let reader = columns.reader(columns.params_column.as_deref());
        let table = reader.measurements_path(self.path()).map_err(told)?;
        Ok((table, self.columns.loss_column.as_deref()))
    }

    /// The number of each row's group in a kept column.
    pub fn groups(&self, runs: &Runs, name: &str) -> Result<Vec<usize>, Failure> {
        let Some(column) = runs.extra(name) else {
            let known: Vec<&str> = runs.extra_columns().iter().map(TextColumn::name).collect();
            return Err(Failure::usage(format!(
                "no column {name:?} beside N, D and the loss in {}; there are: {}",
                self.path().display(),
                known.join(", ")
            )));
        };
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let number = |cell| {
            let next = numbers.len();
            *numbers.entry(cell).or_insert(next)
        };
        Ok(column.cells().map(number).collect())
    }

    /// The name of the file, without its folder.
    pub fn name(&self) -> String {
        let path = self.path();
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// Why a fit of these runs failed.
    pub fn told(&self, failure: FittingFailure) -> Failure {
        match failure {
            FittingFailure::Told(failure) => failure,
            FittingFailure::Fit(error) => self.refusal(error),
        }
    }

    /// Why these runs cannot be fitted: wrong usage for an option, else a matter of the file.
    pub fn refusal(&self, error: FitError) -> Failure {
        match error {
            FitError::Option { .. } => Failure::usage(error),
            other => Failure::NoAnswer(format!("{}: {other}", self.path().display())),
        }
    }
}
