use std::fmt;

/// Ends within this relative distance of the best objective agree with it.
pub(super) const AGREE: f64 = 1e-9;
/// Coefficients this much apart, relative, belong to distinct basins.
pub(super) const DISTINCT: f64 = 1e-4;
/// Basins that are kept.
pub(super) const KEPT: usize = 8;

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Termination {
    /// The scaled gradient is at most 1e-10.
    Optimal,
    /// The runs lie on the law to the last bits.
    Exact,
    /// Least absolute deviations: as many residuals are zero as there are free coefficients, and no multiplier exceeds
    /// its weight. The optimum to the last bits.
    Vertex,
    /// No step lowers the objective any more, yet the gradient is not small.
    Stalled,
    /// The iterations ran out.
    IterationLimit,
}

impl Termination {
    /// Scaled gradient that counts as zero.
    pub const GRADIENT_TOLERANCE: f64 = 1e-10;

    /// Whether the end point is stationary.
    pub fn is_optimal(self) -> bool {
        matches!(self, Self::Optimal | Self::Exact | Self::Vertex)
    }
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Optimal => "optimal",
            Self::Exact => "exact",
            Self::Vertex => "vertex",
            Self::Stalled => "stalled",
            Self::IterationLimit => "iteration limit",
        })
    }
}

/// A stationary point that some start of the search ended in.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Basin {
    /// The objective there.
    pub objective: f64,
    /// The coefficients there, in the order of the law.
    pub coefficients: Vec<f64>,
    /// Starts that ended there.
    pub starts: usize,
}

/// The evidence that a fit is at the optimum, for others to judge.
///
/// A stationary point with positive curvature is a local optimum; that it is the global one rests on the map of the
/// exponents, which is exhaustive at its spacing, and on the starts that agree.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Certificate {
    /// max_j |∂F/∂θ_j| / Σ_i |∂F_i/∂θ_j|, over coefficients not on a bound. Zero at an optimum, 1 when all runs pull one way.
    pub scaled_gradient: f64,
    /// Smallest eigenvalue of the Hessian scaled to unit diagonal, over coefficients not on a bound; above zero at an optimum.
    pub smallest_curvature: f64,
    /// Condition number of the scaled curvature matrix.
    pub condition_number: f64,
    /// Starts that were polished; 1 when a start was given.
    pub starts: usize,
    /// Starts that ended within 1e-9 (relative) of the best objective.
    pub starts_agreeing: usize,
    /// Whether the exponents were mapped exhaustively, or only a given start was followed.
    pub global: bool,
    /// Where starts were spread and not mapped exhaustively: the share of the search space that is expected to lead to
    /// optima nobody has met, w(w+1)/(n(n−1)) with w distinct ends of n starts (Boender and Rinnooy Kan, Bayesian stopping
    /// rules for multistart global optimization methods, 1987).
    pub unseen_share: Option<f64>,
    /// Coefficients on a bound.
    pub at_bound: Vec<&'static str>,
    /// Distinct end points, best first; at most eight.
    pub basins: Vec<Basin>,
    /// Whether all of the above holds together.
    pub certified: bool,
}

impl Certificate {
    /// Unseen share from which a search is not trusted to have met the best optimum.
    pub const UNSEEN: f64 = 0.1;

    /// What keeps the optimum from being certified; `None` when it is.
    pub fn reason(&self, termination: Termination) -> Option<String> {
        if !termination.is_optimal() {
            return Some(format!(
                "the solver ended with \"{termination}\", scaled gradient {:.1e}",
                self.scaled_gradient
            ));
        }
        if termination != Termination::Exact && !(self.smallest_curvature > 0.0) {
            return Some(
                "the curvature is not positive in every direction: a line of coefficients fits equally well".into(),
            );
        }
        if !self.global {
            return Some("only the given start was followed: the optimum is local as far as is known".into());
        }
        if self.starts_agreeing < 2 {
            return Some(format!("only 1 of {} starts reached it", self.starts));
        }
        if let Some(share) = self.unseen_share.filter(|share| !(*share <= Self::UNSEEN)) {
            return Some(format!(
                "the starts keep ending in new optima: about {:.0} % of the search space leads to ones that were not met; \
                 hold a coefficient, narrow the law's search_range or give starts",
                100.0 * share.min(1.0)
            ));
        }
        None
    }
}
