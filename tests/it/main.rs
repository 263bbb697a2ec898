//! Integration tests, one binary, one module a subject.

mod allocate;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "csv")]
mod csv;
mod documents;
mod fit;
mod layering;
mod misuse;
#[cfg(feature = "proptest")]
mod properties;
mod published;
mod shared;
#[cfg(feature = "csv")]
mod shipped_data;
mod units;
