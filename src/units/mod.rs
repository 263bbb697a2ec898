//! Quantities as types: [`Params`], [`Tokens`], [`Flops`], [`Nats`], and the conventions by which N and C are counted.
//!
//! Each wraps one finite `f64` above zero. There is no `From<f64>` and no `Deref`, so N and D cannot be swapped, and
//! only arithmetic that means something compiles: `Tokens / Params` is the tokens-per-parameter ratio, a quantity over
//! one of its own kind is a plain factor.

mod convention;
mod domain;
mod parse;
mod quantity;

pub use convention::{ComputeRule, Conventions, LossUnit, ParamCount};
pub use domain::Domain;
#[cfg(feature = "csv")]
pub(crate) use parse::parse_number;
pub use quantity::{Flops, Nats, Params, Tokens};
