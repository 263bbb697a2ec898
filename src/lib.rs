//! Neural scaling laws: what loss will a run reach, how should a FLOP budget be split, what do my own runs say.
#![warn(missing_docs)]

// Floors, from the ground up: a module uses only the ones above it in this list.
mod error;
mod fit;
mod laws;
#[cfg(feature = "csv")]
mod logs;
mod math;
pub mod published;
mod report;
mod runs;
mod units;
mod warning;

pub use error::{AllocateError, Error, Fault, FitError, LawError, RunsError, UnitError};
pub use fit::{Approach3, Basin, Certificate, Coefficient, Fit, Termination};
pub use laws::{
    AllocationLine, Bound, Chinchilla, ChinchillaForm, CriticalBatch, KaplanJoint, KaplanSteps, Law, LossGradient,
    LossModel, LossPoint, PowerLaw,
};
#[cfg(feature = "csv")]
pub use logs::{CsvReader, Filter};
pub use runs::{Run, Runs, TextColumn};
pub use units::{ComputeRule, Conventions, Domain, Flops, Nats, ParamCount, Params, Tokens};
pub use warning::Warning;
