#![doc = include_str!("../README.md")]
//!
//! # Crate features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `fit` | yes | fits of runs, intervals and diagnostics; without it there are laws and allocations, and half to compile |
//! | `argmin` | yes | a second solver for a fit whose first does not end at an optimum; without it such a fit says so |
//! | `serde` | yes | JSON forms: `Serialize` for laws, allocations, fits, catalogue entries; [`StoredLaw`] reads laws back |
//! | `csv` | yes | [`CsvReader`]: runs from CSV and TSV files |
//! | `logs` | no | [`LogReader`], [`Manifest`]: training logs of many kinds, packed or not, and folders of them |
//! | `parquet` | no | tables from Parquet files too; needs a C compiler |
//! | `parallel` | yes | [`Approach3::refits`] and intervals on all cores |
//! | `simd` | yes | vector instructions, picked when the program runs: fits several times as fast, sums with other last bits |
//! | `figures` | yes | [`figures`]: plots as SVG, without a dependency |
//! | `png` | no | the same as PNG, with letters of a font that comes along |
//! | `cli` | no | the command `scaling-laws` |
//! | `proptest` | no | [`testing`]: public strategies for your own property tests |
#![warn(missing_docs)]
// Numerics and parts of figures that fits share with the rest.
#![cfg_attr(not(feature = "fit"), allow(dead_code))]

// Floor 0.
mod digits;
mod error;
mod math;
mod units;
mod warning;

// Floor 1.
pub mod laws;
mod runs;

// Floor 2.
mod compute;
pub mod published;

// Floor 3.
mod allocate;
#[cfg(feature = "fit")]
mod fit;
#[cfg(feature = "fit")]
mod infer;
#[cfg(feature = "csv")]
mod logs;

// Floor 5.
#[cfg(feature = "fit")]
mod diagnose;

// Floor 6.
pub mod documentation;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(all(feature = "figures", feature = "fit"))]
mod page;
mod report;
#[cfg(feature = "proptest")]
pub mod testing;

pub use allocate::{
    Allocation, AllocationMethod, AllocationRange, BatchLimit, Binding, Choice, CloudAllocation, CloudChoice,
    CloudRange, ConstrainedAllocation, Constraints, DataValue, Decision, FlopPrice, FrontierRange, GranularAllocation,
    HyperParameters, HyperRule, LawAllocation, LawAllocations, Limit, Objective, OffOptimum, Regretted, Serving,
    ShapePlan, Tolerance, allocate, allocate_all, allocate_by_search, allocate_cloud, allocate_frontier, allocate_line,
    allocate_published, allocate_within, ask_cloud, choose_bits, choose_experts, choose_float_format,
    choose_granularity, choose_sparsity, decide_cloud, flops_for_loss, frontier_cloud, hyper_parameters, loss_penalty,
    off_optimum, optimal_split, params_for_loss, shapes_for, tokens_for_budget, tokens_for_loss, value_of_data,
};
pub use compute::{
    Accelerator, Biases, Bill, BlockScale, Cluster, Date, DateRange, Experts, FlopCount, NearShape, Norm, NumberFormat,
    Optimizer, ParamParts, Positions, Projection, Recomputation, Shape, ShapeBuilder, ShapeLattice, Sharding,
    TrainingMemory, TrainingSetup, Trend, Zero, accelerator, accelerators, trend, trends,
};
#[cfg(feature = "fit")]
pub use diagnose::{
    Contender, Coverage, Diagnose, Diagnosis, FactorBand, Influence, Information, Known, LackOfFit, Prediction,
    PureError, Ranked, Ranking, ResidualTrend, RivalLaw, RollOut, RunInfluence, Stage, Sway, WithoutOutliers,
    influence, lack_of_fit, rank, rank_watched, roll_out, without_outliers,
};
pub use error::{
    AllocateError, ComputeError, Conflict, Error, Fault, FigureError, FitError, FrontierError, InferError, LawError,
    LogError, RunsError, UnitError,
};
#[cfg(feature = "fit")]
pub use fit::{
    Agreement, Approach1, Approach1Fit, Approach2, Approach2Fit, Approach3, ApproachKind, Approaches, Basin,
    Certificate, Coefficient, Comparison, ComputeSource, EnvelopePoint, Fit, Fitter, IsoFlopGroup, IsoFlopMinimum,
    LawFit, LawReplicate, LossFunction, OptimumEstimate, Outliers, ParabolaBias, Replicate, Resampling, Residual,
    ScalingLine, SkippedGroup, Termination, Weights, all_approaches, family_inputs, family_range_warnings,
};
#[cfg(feature = "fit")]
pub use infer::{Cloud, Clusters, Inference, Interval, LawInference, Level, Method, Quantity};
pub use laws::{
    AllocationLine, Bound, Chinchilla, ChinchillaForm, CriticalBatch, KaplanJoint, KaplanSteps, Law, LossGradient,
    LossModel, LossPoint, PowerLaw, StoredLaw,
};
#[cfg(feature = "csv")]
pub use logs::{CsvReader, Filter, Measurements};
#[cfg(feature = "logs")]
pub use logs::{LogFormat, LogReader, LoggedRun, Manifest, Outcome, ReadProgress, SkippedFile, Sweep, TrainingLog};
#[cfg(all(feature = "figures", feature = "fit"))]
pub use page::RunReport;
pub use runs::{
    Curve, FinalLoss, History, LossKind, LossPolicy, NotFinite, NumberColumns, Run, RunStatus, Runs, Series, TextColumn,
};
pub use units::{ComputeRule, Conventions, Domain, Flops, LossUnit, Nats, ParamCount, Params, Tokens};
pub use warning::{FrontierDoubt, IntervalDoubt, MovedOptimum, Warning};
