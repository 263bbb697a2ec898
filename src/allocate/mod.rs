//! From a FLOP budget to N and D under any [`LossModel`](crate::LossModel), and the questions asked the other way round.

mod allocation;
mod compare;
mod constrained;
mod integral;
mod inverse;
mod isoflop;
mod off_optimum;
mod optimum;
mod search;
mod solve;
#[cfg(feature = "serde")]
mod stored;

pub use allocation::{Allocation, AllocationMethod, OffOptimum};
pub use compare::{LawAllocation, allocate_all};
pub use constrained::{
    AllocationRange, BatchLimit, Binding, CloudAllocation, ConstrainedAllocation, Constraints, Decision, FlopPrice,
    Limit, Tolerance, allocate_cloud, allocate_frontier, allocate_within,
};
pub use inverse::{flops_for_loss, params_for_loss, tokens_for_budget, tokens_for_loss};
pub use off_optimum::{loss_penalty, off_optimum};
pub use solve::{allocate, allocate_by_search, allocate_line, optimal_split};
