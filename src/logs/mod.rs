//! Readers of run logs: from the files people have to [`Runs`](crate::Runs) and [`History`](crate::History).

mod cell;
mod columns;
mod csv;
mod faults;
mod filter;
mod header;
mod line_ends;
mod measurements;
mod opening;
#[cfg(feature = "parquet")]
mod parquet;
mod parser;
mod plan;
mod record;
mod records;
mod rows;

#[cfg(feature = "logs")]
mod chart;
#[cfg(feature = "logs")]
mod course;
#[cfg(feature = "logs")]
mod doubts;
#[cfg(feature = "logs")]
mod draft;
#[cfg(feature = "logs")]
mod event_file;
#[cfg(feature = "logs")]
mod format;
#[cfg(feature = "logs")]
mod held;
#[cfg(feature = "logs")]
mod json;
#[cfg(feature = "logs")]
mod last_cells;
#[cfg(feature = "logs")]
mod lines;
#[cfg(feature = "logs")]
mod log_reader;
#[cfg(feature = "logs")]
mod loss_cells;
#[cfg(feature = "logs")]
mod manifest;
#[cfg(feature = "logs")]
mod metric_rows;
#[cfg(feature = "logs")]
mod metrics_csv;
#[cfg(feature = "logs")]
mod names;
#[cfg(feature = "logs")]
mod nested;
#[cfg(feature = "logs")]
mod proposal;
#[cfg(feature = "logs")]
mod row_widths;
#[cfg(feature = "logs")]
mod scan;
#[cfg(feature = "logs")]
mod source;
#[cfg(feature = "logs")]
mod stated;
#[cfg(feature = "logs")]
mod sweep;
#[cfg(feature = "logs")]
mod text;
#[cfg(feature = "logs")]
mod utf16;
#[cfg(feature = "logs")]
mod wandb;
#[cfg(feature = "logs")]
mod wire;
#[cfg(feature = "logs")]
mod words;

pub use self::csv::CsvReader;
pub use self::filter::Filter;
#[cfg(feature = "logs")]
pub use self::format::LogFormat;
#[cfg(feature = "logs")]
pub use self::log_reader::{LogReader, TrainingLog};
#[cfg(feature = "logs")]
pub use self::manifest::Manifest;
pub use self::measurements::Measurements;
#[cfg(feature = "logs")]
pub use self::sweep::{LoggedRun, Outcome, ReadProgress, SkippedFile, Sweep};
