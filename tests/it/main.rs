//! Integration tests, one binary, one module a subject.

mod allocate;
#[cfg(feature = "csv")]
mod csv;
mod documents;
#[cfg(feature = "proptest")]
mod properties;
mod published;
mod shared;
#[cfg(feature = "csv")]
mod shipped_data;
