//! Functional forms: one file each. [`LossModel`] is what allocation needs of a law, [`Law`] what a fit needs.

mod chinchilla;
mod kaplan;
mod law;
mod loss_model;
mod power_law;
mod stored;

pub use chinchilla::{Chinchilla, ChinchillaForm};
pub use kaplan::{CriticalBatch, KaplanJoint, KaplanSteps};
pub use law::{Bound, Law};
pub use loss_model::{LossGradient, LossModel, LossPoint};
pub use power_law::{AllocationLine, PowerLaw};
pub use stored::StoredLaw;
