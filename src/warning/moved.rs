use std::fmt;

use crate::digits::{lettered, scientific};

/// N_opt with some runs and without them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MovedOptimum {
    /// The budget it is asked at, FLOP.
    pub budget: f64,
    /// N_opt of the fit of all runs, parameters.
    pub with: f64,
    /// N_opt of the fit of the others.
    pub without: f64,
}

impl MovedOptimum {
    pub(crate) fn new(budget: f64, with: f64, without: f64) -> Self {
        Self { budget, with, without }
    }
}

impl fmt::Display for MovedOptimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {} FLOP N_opt is {} with them and {} without, {:.2} times as much",
            scientific(self.budget),
            lettered(self.with),
            lettered(self.without),
            self.with / self.without
        )
    }
}
