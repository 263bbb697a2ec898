//! Sparse models: mixtures of experts, and weights that are zero.

mod granularity;
mod joint;
mod routed;
mod saturation;
mod sparsity;
mod weight_sparsity;

pub(super) use granularity::GRANULARITY;
pub(super) use routed::EXPERTS;
pub(super) use sparsity::{SPARSITY, checked_sparsity};

pub use granularity::{GranularRun, Granularity, GranularityForm};
pub use joint::{ExpertRun, JointExperts, JointExpertsForm};
pub use routed::{Routed, RoutedForm, RoutedRun};
pub use sparsity::{SparseRun, Sparsity, SparsityForm};
pub use weight_sparsity::{WeightSparsity, WeightSparsityForm};
