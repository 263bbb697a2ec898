//! The best N and D under limits of every kind: sizes, data, epochs, steps, serving, money.

mod answer;
mod certificate;
mod cloud;
mod conflict;
mod constraints;
mod cost;
mod curve;
mod frontier_cloud;
mod item;
mod missed;
mod region;
mod remembered;
mod solve;
#[cfg(feature = "serde")]
mod stored;
mod tolerance;
mod walk;
mod window;

pub use answer::{Binding, ConstrainedAllocation, Objective};
pub use cloud::{AllocationRange, CloudAllocation, Decision, allocate_cloud};
pub(super) use cloud::{check_level, range};
pub use constraints::{BatchLimit, Constraints, Limit};
pub use cost::FlopPrice;
pub use frontier_cloud::{FrontierRange, frontier_cloud};
pub use solve::{allocate_frontier, allocate_within};
pub use tolerance::Tolerance;
pub(super) use window::turn;
