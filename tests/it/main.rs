//! Integration tests, one binary, one module a subject.
// Helpers outside of #[test] functions may fail a test as well as the functions may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allocate;
mod approaches;
#[cfg(feature = "cli")]
mod catalogue_cli;
#[cfg(feature = "cli")]
mod catalogue_doubts;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod comfort_cli;
#[cfg(feature = "cli")]
mod command;
mod compute;
#[cfg(feature = "cli")]
mod compute_cli;
#[cfg(feature = "serde")]
mod compute_models;
#[cfg(feature = "proptest")]
mod constraints;
#[cfg(feature = "cli")]
mod constraints_cli;
#[cfg(feature = "csv")]
mod csv;
mod decisions;
#[cfg(feature = "cli")]
mod decisions_cli;
#[cfg(feature = "cli")]
mod diagnose;
mod documents;
#[cfg(feature = "cli")]
mod documents_console;
#[cfg(all(feature = "csv", feature = "figures"))]
mod figures;
#[cfg(all(feature = "csv", feature = "figures"))]
mod figures_axes;
#[cfg(feature = "cli")]
mod figures_cli;
mod fit;
#[cfg(feature = "cli")]
mod fit_cli;
#[cfg(feature = "cli")]
mod fitted_laws;
mod fitter;
#[cfg(feature = "cli")]
mod hardware_cli;
#[cfg(feature = "cli")]
mod idle_options_cli;
mod intervals;
#[cfg(feature = "cli")]
mod intervals_cli;
mod law_intervals;
mod laws_page;
mod layering;
#[cfg(feature = "proptest")]
mod limit_properties;
#[cfg(feature = "logs")]
mod logs;
mod losses;
mod misuse;
mod multi_power;
mod nist;
#[cfg(all(feature = "csv", feature = "figures", feature = "serde"))]
mod notebooks;
#[cfg(feature = "cli")]
mod plan_cli;
mod programs;
#[cfg(feature = "proptest")]
mod properties;
mod published;
mod quantities;
mod real_fits;
mod refits;
#[cfg(feature = "cli")]
mod refusals_cli;
#[cfg(feature = "cli")]
mod rollout;
mod scale;
mod shared;
#[cfg(feature = "csv")]
mod shipped_data;
#[cfg(feature = "serde")]
mod stored;
mod surety;
#[cfg(feature = "proptest")]
mod tolerances;
mod turning_laws;
mod units;
mod weights;
