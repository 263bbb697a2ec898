//! What training takes: parameters, FLOPs and memory of a model shape; accelerators and number formats; trends.

mod accelerator;
mod activations;
mod block_scale;
mod builder;
mod catalogue;
mod cluster;
#[cfg(feature = "serde")]
mod config;
mod date;
mod experts;
mod flops;
mod format;
mod lattice;
mod memory;
mod params;
mod shape;
mod sharding;
mod trend;
mod trends;

pub use accelerator::Accelerator;
pub use activations::Recomputation;
pub use block_scale::BlockScale;
pub use builder::ShapeBuilder;
pub use catalogue::{accelerator, accelerators};
pub use cluster::{Bill, Cluster};
pub use date::Date;
pub use experts::Experts;
pub use flops::FlopCount;
pub use format::NumberFormat;
pub use lattice::{NearShape, ShapeLattice};
pub use memory::{Optimizer, TrainingMemory, TrainingSetup};
pub use params::ParamParts;
pub use shape::{Biases, Norm, Positions, Shape};
pub use sharding::{Sharding, Zero};
pub use trend::{DateRange, Projection, Trend};
pub use trends::{trend, trends};
