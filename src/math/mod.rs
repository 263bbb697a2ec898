//! Private numerics.

pub(crate) mod dense;
pub(crate) mod distribution;
pub(crate) mod dual;
mod exp_ln;
pub(crate) mod nearest;
pub(crate) mod parallel;
pub(crate) mod quantile;
pub(crate) mod root;
pub(crate) mod simd;
pub(crate) mod student;
