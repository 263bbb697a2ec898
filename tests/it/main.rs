//! Integration tests, one binary, one module a subject.

mod csv;
mod published;
mod shared;
