use std::fmt;

use crate::units::{Conventions, Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// How the optimum was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum AllocationMethod {
    /// By the law's own formula for N_opt.
    ClosedForm,
    /// By a search along the IsoFLOP line.
    Search,
    /// Read off an [`AllocationLine`](crate::AllocationLine), which has no loss.
    Line,
}

impl fmt::Display for AllocationMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClosedForm => "closed-form",
            Self::Search => "search",
            Self::Line => "line",
        })
    }
}

/// A model `factor` times the compute-optimal size, trained with the same budget.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct OffOptimum {
    /// N/N_opt.
    pub factor: f64,
    /// N.
    pub params: Params,
    /// D that the budget leaves.
    pub tokens: Tokens,
    /// L(N, D), nats per token.
    pub loss: Nats,
    /// L(N, D) − L_opt, nats per token; never negative.
    pub penalty: f64,
    /// C′/C, where C′ is the budget whose own optimum has this loss: 1 − C′/C of the compute is wasted. `None` where
    /// the law has no optimum at the smaller budgets.
    pub compute_factor: Option<f64>,
}

/// The compute-optimal N and D of a budget.
///
/// ```
/// use scaling_laws::{allocate, Chinchilla, Flops};
/// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?; // Besiroglu 2024
/// let split = allocate(&law, Flops::new(5.76e23)?)?;
/// assert_eq!(split.params().to_string(), "72.25B");
/// assert_eq!(split.tokens().to_string(), "1.329T");
/// assert!((split.exponent_params() - 0.3658 / (0.3478 + 0.3658)).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    pub(super) budget: Flops,
    pub(super) params: Params,
    pub(super) tokens: Tokens,
    pub(super) loss: Option<Nats>,
    pub(super) exponent_params: f64,
    pub(super) exponent_tokens: f64,
    pub(super) method: AllocationMethod,
    pub(super) conventions: Conventions,
    pub(super) off_optimum: Vec<OffOptimum>,
    pub(super) warnings: Vec<Warning>,
}

impl Allocation {
    /// The same with further doubts, such as the range of an allocation line, which the line itself does not hold; one
    /// that it has already is not repeated.
    #[must_use]
    pub fn with_doubts(mut self, doubts: impl IntoIterator<Item = Warning>) -> Self {
        for doubt in doubts {
            if !self.warnings.contains(&doubt) {
                self.warnings.push(doubt);
            }
        }
        self
    }

    /// C, the budget.
    pub fn budget(&self) -> Flops {
        self.budget
    }

    /// N_opt.
    pub fn params(&self) -> Params {
        self.params
    }

    /// D_opt, C/(6·N_opt) where C = 6ND.
    pub fn tokens(&self) -> Tokens {
        self.tokens
    }

    /// L(N_opt, D_opt), nats per token; `None` for a line, which has no loss.
    pub fn loss(&self) -> Option<Nats> {
        self.loss
    }

    /// D_opt/N_opt.
    pub fn tokens_per_param(&self) -> f64 {
        self.tokens / self.params
    }

    /// a = d ln N_opt/d ln C at this budget: N_opt grows as C^a.
    pub fn exponent_params(&self) -> f64 {
        self.exponent_params
    }

    /// b = d ln D_opt/d ln C, which is 1 − a where C = 6ND.
    pub fn exponent_tokens(&self) -> f64 {
        self.exponent_tokens
    }

    /// How the optimum was found.
    pub fn method(&self) -> AllocationMethod {
        self.method
    }

    /// What N counts and how C is counted, as the law says.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// What other sizes would cost at this budget: 1/4, 1/2, 0.8, 1.25, 2 and 4 times N_opt, as far as N and D stay
    /// above one. Empty for a line.
    pub fn off_optimum(&self) -> &[OffOptimum] {
        &self.off_optimum
    }

    /// Doubts: extrapolation beyond the law's domain, slopes that could not be used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
