use super::LossPolicy;
use crate::units::{Nats, Tokens};

/// The loss of a run under a stated policy.
#[derive(Debug, Clone, PartialEq)]
pub struct FinalLoss {
    /// L, nats per token if the log's losses are.
    pub loss: Nats,
    /// Its standard error, where the policy averages and gives one.
    pub standard_error: Option<f64>,
    /// The step at which it stands.
    pub step: u64,
    /// D at that step, where the log says.
    pub tokens: Option<Tokens>,
    /// The series it was taken from.
    pub series: String,
    /// Points of the series that entered.
    pub points: usize,
    /// The policy.
    pub policy: LossPolicy,
}
