//! Quantities in short, for tests that are full of them.
#![allow(clippy::unwrap_used)]

use scaling_laws::{Flops, Params, Tokens};

pub fn n(value: f64) -> Params {
    Params::new(value).unwrap()
}

pub fn d(value: f64) -> Tokens {
    Tokens::new(value).unwrap()
}

pub fn c(value: f64) -> Flops {
    Flops::new(value).unwrap()
}

/// |a/b − 1|
pub fn relative(a: f64, b: f64) -> f64 {
    (a / b - 1.0).abs()
}
