#![doc = include_str!("../README.md")]
//!
//! # Crate features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `serde` | yes | JSON forms: `Serialize` for laws, allocations, fits, catalogue entries; [`StoredLaw`] reads laws back |
//! | `csv` | yes | [`CsvReader`]: runs from CSV and TSV files |
//! | `cli` | no | the command `scaling-laws` |
//! | `proptest` | no | [`testing`]: public strategies for your own property tests |
#![warn(missing_docs)]

// Floor 0.
mod error;
mod math;
mod units;
mod warning;

// Floor 1.
mod laws;
mod runs;

// Floor 2.
pub mod published;

// Floor 3.
mod allocate;
mod fit;
#[cfg(feature = "csv")]
mod logs;

// Floor 5.
mod diagnose;

// Floor 6.
pub mod documentation;
mod report;
#[cfg(feature = "proptest")]
pub mod testing;

pub use allocate::{
    Allocation, AllocationMethod, OffOptimum, allocate, allocate_by_search, allocate_line, flops_for_loss,
    loss_penalty, off_optimum, optimal_split, params_for_loss, tokens_for_budget, tokens_for_loss,
};
pub use diagnose::{Influence, RunInfluence, Sway, WithoutOutliers, influence, outliers, without_outliers};
pub use error::{AllocateError, Error, Fault, FitError, LawError, RunsError, UnitError};
pub use fit::{
    Approach3, Basin, Certificate, Coefficient, Fit, Fitter, LawFit, LossFunction, Residual, Termination, Weights,
};
pub use laws::{
    AllocationLine, Bound, Chinchilla, ChinchillaForm, CriticalBatch, KaplanJoint, KaplanSteps, Law, LossGradient,
    LossModel, LossPoint, PowerLaw, StoredLaw,
};
#[cfg(feature = "csv")]
pub use logs::{CsvReader, Filter};
pub use runs::{Run, Runs, TextColumn};
pub use units::{ComputeRule, Conventions, Domain, Flops, Nats, ParamCount, Params, Tokens};
pub use warning::Warning;
