//! Readers of run logs: from the files people have to [`Runs`](crate::Runs).

mod cell;
mod columns;
mod csv;
mod faults;
mod filter;
mod header;
mod opening;
mod plan;
mod rows;

pub use self::csv::CsvReader;
pub use self::filter::Filter;
