//! Neural scaling laws: what loss will a run reach, how should a FLOP budget be split, what do my own runs say.
#![warn(missing_docs)]

// Floors, from the ground up: a module uses only the ones above it in this list.
mod error;
mod laws;
mod math;
mod runs;
mod units;
mod warning;

mod allocate;

#[cfg(feature = "proptest")]
pub mod testing;

pub use allocate::{
    Allocation, AllocationMethod, OffOptimum, allocate, allocate_by_search, allocate_line, flops_for_loss,
    loss_penalty, off_optimum, optimal_split, params_for_loss, tokens_for_budget, tokens_for_loss,
};
pub use error::{AllocateError, Error, Fault, FitError, LawError, RunsError, UnitError};
pub use laws::{
    AllocationLine, Bound, Chinchilla, ChinchillaForm, CriticalBatch, KaplanJoint, KaplanSteps, Law, LossGradient,
    LossModel, LossPoint, PowerLaw,
};
pub use runs::{Run, Runs, TextColumn};
pub use units::{ComputeRule, Conventions, Domain, Flops, Nats, ParamCount, Params, Tokens};
pub use warning::Warning;
