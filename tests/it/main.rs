//! Integration tests, one binary.

mod layering;
mod misuse;
mod published;
mod shared;
mod units;
