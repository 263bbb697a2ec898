//! Which table of runs a command reads, and how.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scaling_laws::{CsvReader, Error, Filter, FitError, ParamCount, Runs, RunsError, TextColumn};

use crate::answer::Failure;

/// The arguments of every command that reads runs.
#[derive(Debug, Args)]
pub struct Source {
    /// CSV or TSV table of finished runs: parameters, tokens (or FLOPs) and loss
    #[arg(value_name = "RUNS.csv", required = true)]
    runs: Option<PathBuf>,
    /// Keep rows where this holds: column=value, or != < <= > >=; repeat for more
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    filters: Vec<Filter>,
    /// Column of parameters N
    #[arg(long, value_name = "NAME")]
    params_column: Option<String>,
    /// Column of tokens D
    #[arg(long, value_name = "NAME")]
    tokens_column: Option<String>,
    /// Column of training FLOPs C
    #[arg(long, value_name = "NAME")]
    flops_column: Option<String>,
    /// Column of the loss, nats per token
    #[arg(long, value_name = "NAME")]
    loss_column: Option<String>,
    /// What the parameter column counts
    #[arg(long, value_enum, value_name = "WHAT")]
    param_count: Option<Count>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Count {
    Total,
    NonEmbedding,
    Active,
}

impl Source {
    /// The file; the parser sees to it that there is one.
    fn path(&self) -> &Path {
        self.runs.as_deref().unwrap_or(Path::new(""))
    }

    /// The runs that the arguments name.
    pub fn read(&self) -> Result<Runs, Failure> {
        self.read_counting(self.params_column.as_deref())
    }

    /// The runs for a law that does not need all of N and D: a table that lacks them will do.
    pub fn read_loss_only(&self) -> Result<Runs, Failure> {
        let named = [&self.params_column, &self.tokens_column, &self.flops_column].into_iter().any(Option::is_some);
        let missing = |error: &RunsError| matches!(error, RunsError::MissingColumn { quantity, .. } if !quantity.contains("loss"));
        match self.reader(self.params_column.as_deref()).read_path(self.path()) {
            Err(error) if !named && missing(&error) => self.told(self.reader(None).loss_only()),
            _ => self.read(),
        }
    }

    /// The runs with N from this column.
    pub fn read_counting(&self, params_column: Option<&str>) -> Result<Runs, Failure> {
        self.told(self.reader(params_column))
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

    fn told(&self, reader: CsvReader) -> Result<Runs, Failure> {
        reader.read_path(self.path()).map_err(|error| match error {
            // A column that the arguments name, or should name, is a matter of usage; the content of the file is not.
            RunsError::MissingColumn { .. } | RunsError::AmbiguousColumn { .. } | RunsError::FilterColumn { .. } => {
                Failure::usage(error)
            }
            other => Failure::from(Error::from(other)),
        })
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

    /// Why these runs cannot be fitted: wrong usage for an option, else a matter of the file.
    pub fn refusal(&self, error: FitError) -> Failure {
        match error {
            FitError::Option { .. } => Failure::usage(error),
            other => Failure::NoAnswer(format!("{}: {other}", self.path().display())),
        }
    }
}
