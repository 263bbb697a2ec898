//! Integration tests, one binary.

mod published;
mod shared;
