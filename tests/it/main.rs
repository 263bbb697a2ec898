//! Integration tests, one binary, one module a subject.

mod allocate;
#[cfg(feature = "csv")]
mod csv;
mod layering;
mod misuse;
#[cfg(feature = "proptest")]
mod properties;
mod published;
mod shared;
mod units;
