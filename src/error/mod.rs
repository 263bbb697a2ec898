//! One public [`Error`] over a small enum per area.
//!
//! Every message says what was wrong, where, which value, what is allowed and what to do.

mod allocate;
mod compute;
mod figure;
mod fit;
mod frontier;
mod infer;
mod law;
mod log;
mod runs;
mod unit;

pub use allocate::{AllocateError, Conflict};
pub use compute::ComputeError;
pub use figure::FigureError;
pub use fit::FitError;
pub use frontier::FrontierError;
pub use infer::InferError;
pub use law::LawError;
pub use log::LogError;
pub use runs::{Fault, RunsError};
pub use unit::UnitError;

/// A number for a message: with a power of ten where its digits would fill a line.
fn plain(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-9..1e16).contains(&value.abs()) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// "1 level", "5 levels".
fn counted(count: &usize, noun: &str) -> String {
    format!("{count} {noun}{}", if *count == 1 { "" } else { "s" })
}

/// Any error of this crate, for callers that use `?` across areas.
///
/// ```
/// fn tokens_per_param(n: &str, d: &str) -> Result<f64, scaling_laws::Error> {
///     let n: scaling_laws::Params = n.parse()?;
///     let d: scaling_laws::Tokens = d.parse()?;
///     Ok(d / n)
/// }
/// assert_eq!(tokens_per_param("70B", "1.4T")?, 20.0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A quantity is not a finite number above zero, or cannot be read.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// A law's coefficients, id, file or evaluation.
    #[error(transparent)]
    Law(#[from] LawError),
    /// A budget has no answer under a law.
    #[error(transparent)]
    Allocate(#[from] AllocateError),
    /// A model shape, accelerator, number format or trend cannot be used.
    #[error(transparent)]
    Compute(#[from] ComputeError),
    /// A run log cannot be used.
    #[error(transparent)]
    Runs(#[from] RunsError),
    /// A training log cannot be used, or not as asked.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A law cannot be fitted to the runs.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// An interval cannot be had.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// Runs or curves give no line N_opt(C).
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// A figure cannot be drawn or written.
    #[error(transparent)]
    Figure(#[from] FigureError),
}
