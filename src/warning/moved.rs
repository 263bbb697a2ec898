use std::fmt;

use crate::units::{Flops, Params};

/// N_opt with some runs and without them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MovedOptimum {
    /// The budget it is asked at.
    pub budget: Flops,
    /// N_opt of the fit of all runs.
    pub with: Params,
    /// N_opt of the fit of the others.
    pub without: Params,
}

impl MovedOptimum {
    pub(crate) fn new(budget: Flops, with: Params, without: Params) -> Self {
        Self { budget, with, without }
    }
}

impl fmt::Display for MovedOptimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, with, without } = self;
        write!(f, "at {budget} N_opt is {with} with them and {without} without, {:.2} times as much", *with / *without)
    }
}
