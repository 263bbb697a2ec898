//! From a FLOP budget to N and D under any [`LossModel`](crate::LossModel), and the questions asked the other way round.

mod allocation;
mod choices;
mod cloud;
mod compare;
mod constrained;
mod data;
mod hyper_parameters;
mod integral;
mod inverse;
mod isoflop;
mod off_optimum;
mod optimum;
mod per_token;
mod search;
mod serving;
mod shapes;
mod solve;
#[cfg(feature = "serde")]
mod stored;

pub use allocation::{Allocation, AllocationMethod, OffOptimum};
pub use choices::{
    Choice, GranularAllocation, choose_bits, choose_experts, choose_float_format, choose_granularity, choose_sparsity,
};
pub use cloud::{CloudChoice, CloudRange, Regretted, ask_cloud, decide_cloud};
pub use compare::{LawAllocation, LawAllocations, allocate_all, allocate_published};
pub use constrained::{
    AllocationRange, BatchLimit, Binding, CloudAllocation, ConstrainedAllocation, Constraints, Decision, FlopPrice,
    FrontierRange, Limit, Objective, Tolerance, allocate_cloud, allocate_frontier, allocate_within, frontier_cloud,
};
pub use data::{DataValue, value_of_data};
pub use hyper_parameters::{HyperParameters, HyperRule, hyper_parameters};
pub use inverse::{flops_for_loss, params_for_loss, tokens_for_budget, tokens_for_loss};
pub use off_optimum::{loss_penalty, off_optimum};
pub use serving::Serving;
pub use shapes::{ShapePlan, shapes_for};
pub use solve::{allocate, allocate_by_search, allocate_line, optimal_split};
