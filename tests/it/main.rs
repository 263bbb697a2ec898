//! Integration tests, one module a subject.

mod csv;
mod shared;
