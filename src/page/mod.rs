//! A whole answer on one page.

mod doubts;
mod run_report;
mod style;

pub use run_report::RunReport;
