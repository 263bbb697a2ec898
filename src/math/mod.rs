//! Private numerics.

pub(crate) mod dense;
pub(crate) mod distribution;
pub(crate) mod dual;
#[cfg(feature = "simd")]
mod exp_ln;
#[cfg(feature = "fit")]
pub(crate) mod linear;
pub(crate) mod nearest;
#[cfg(not(feature = "simd"))]
mod one_lane;
pub(crate) mod order;
pub(crate) mod parallel;
pub(crate) mod quantile;
pub(crate) mod root;
pub(crate) mod simd;
pub(crate) mod student;
