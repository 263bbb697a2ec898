//! Integration tests, one binary, one module a subject.
// Helpers outside of #[test] functions may fail a test as well as the functions may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allocate;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "csv")]
mod csv;
#[cfg(feature = "csv")]
mod diagnose;
mod documents;
mod fit;
mod fitter;
mod layering;
mod losses;
mod misuse;
mod nist;
#[cfg(feature = "proptest")]
mod properties;
mod published;
mod shared;
#[cfg(feature = "csv")]
mod shipped_data;
#[cfg(feature = "serde")]
mod stored;
mod surety;
mod units;
