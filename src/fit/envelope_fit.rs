use super::line::ScalingLine;
use crate::laws::AllocationLine;
use crate::units::{Conventions, Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// One budget of the envelope: the run with the least loss there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct EnvelopePoint {
    /// C.
    pub budget: Flops,
    /// N of the run.
    pub params: Params,
    /// D = C/(6N), the tokens it has seen by then.
    pub tokens: Tokens,
    /// Its loss there.
    pub loss: Nats,
    /// Which curve, from zero.
    pub curve: usize,
    /// The share of its tokens that the run has seen by then.
    pub progress: f64,
}

/// What Approach 1 says: the envelope of the curves and the lines through it.
#[derive(Debug, Clone, PartialEq)]
pub struct Approach1Fit {
    pub(super) envelope: Vec<EnvelopePoint>,
    pub(super) params_line: ScalingLine,
    pub(super) tokens_line: ScalingLine,
    pub(super) budgets: usize,
    pub(super) won_by_smallest: usize,
    pub(super) won_by_largest: usize,
    pub(super) uncovered: usize,
    pub(super) sizes: usize,
    pub(super) curves: usize,
    pub(super) smoothing: Option<f64>,
    pub(super) conventions: Conventions,
    pub(super) warnings: Vec<Warning>,
}

impl Approach1Fit {
    /// The budgets that the lines go through, rising; those won by an edge of the sizes are not among them.
    pub fn envelope(&self) -> &[EnvelopePoint] {
        &self.envelope
    }

    /// N_opt = k·C^a. Its standard errors are a jackknife over the sizes that win.
    pub fn params_line(&self) -> &ScalingLine {
        &self.params_line
    }

    /// D_opt = k′·C^b with b = 1 − a.
    pub fn tokens_line(&self) -> &ScalingLine {
        &self.tokens_line
    }

    /// N_opt(C) for [`allocate_line`](crate::allocate_line).
    pub fn allocation_line(&self) -> AllocationLine {
        AllocationLine::known(self.params_line.ln_k(), self.params_line.exponent(), self.conventions)
    }

    /// Budgets looked at.
    pub fn budgets(&self) -> usize {
        self.budgets
    }

    /// Budgets left out because the smallest size with a loss there wins.
    pub fn won_by_smallest(&self) -> usize {
        self.won_by_smallest
    }

    /// Budgets left out because the largest size with a loss there wins.
    pub fn won_by_largest(&self) -> usize {
        self.won_by_largest
    }

    /// Budgets left out because fewer than three sizes have a loss there.
    pub fn uncovered(&self) -> usize {
        self.uncovered
    }

    /// Different sizes that win a budget of the envelope.
    pub fn winning_sizes(&self) -> usize {
        self.sizes
    }

    /// Curves given.
    pub fn curves(&self) -> usize {
        self.curves
    }

    /// The factor in C over which losses were smoothed, where they were.
    pub fn smoothing(&self) -> Option<f64> {
        self.smoothing
    }

    /// What N counts; C is 6ND.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// The doubts.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
