use std::fmt;

use super::bias::ParabolaBias;
use super::line::ScalingLine;
use crate::error::FrontierError;
use crate::laws::{AllocationLine, Chinchilla};
use crate::units::{Conventions, Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// The minimum of one IsoFLOP curve.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct IsoFlopMinimum {
    /// N_opt: the vertex in ln N, less its bias if that was asked.
    pub params: Params,
    /// Standard error of ln N_opt by the delta method; `None` for three runs, which leave no degree of freedom.
    pub ln_params_standard_error: Option<f64>,
    /// D_opt: the vertex in ln D, likewise.
    pub tokens: Tokens,
    /// Standard error of ln D_opt.
    pub ln_tokens_standard_error: Option<f64>,
    /// The least loss, of the parabola in ln N.
    pub loss: Nats,
    /// Its standard error, nats per token.
    pub loss_standard_error: Option<f64>,
    /// Second derivative of the loss (of ln L for a parabola of log loss) with respect to ln N.
    pub curvature: f64,
    /// Its standard error.
    pub curvature_standard_error: Option<f64>,
    /// Share of the variance of the losses that the parabola in ln N explains.
    pub r_squared: f64,
    /// Standard deviation of the residuals in ln N: nats, or relative for log loss.
    pub residual_scale: f64,
    /// Runs less three.
    pub degrees_of_freedom: usize,
    /// How far the vertices are off by the shape of the law; `None` where no law could tell.
    pub bias: Option<ParabolaBias>,
}

/// Why a budget has no usable minimum.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "reason", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SkippedGroup {
    /// Too few different sizes for a parabola.
    TooFewSizes {
        /// Different sizes.
        sizes: usize,
        /// How many are asked for.
        needed: usize,
    },
    /// The runs differ too much in C to lie on one IsoFLOP curve.
    TooWide {
        /// Greatest over least C.
        factor: f64,
        /// The greatest factor allowed.
        allowed: f64,
    },
    /// The loss has no minimum: the parabola opens downward or is a line.
    NotConvex {
        /// "N" or "D".
        axis: &'static str,
        /// Second derivative.
        curvature: f64,
    },
    /// The minimum lies outside the values trained.
    MinimumOutside {
        /// "N" or "D".
        axis: &'static str,
        /// Where the parabola has its minimum.
        at: f64,
        /// Least value trained.
        least: f64,
        /// Greatest value trained.
        greatest: f64,
    },
    /// The correction was asked for and the law cannot put a vertex where this one is.
    NotCorrectable,
}

impl fmt::Display for SkippedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewSizes { sizes: 1, needed } => write!(f, "1 size where {needed} different ones are needed"),
            Self::TooFewSizes { sizes, needed } => write!(f, "{sizes} different sizes where {needed} are needed"),
            Self::TooWide { factor, allowed } => {
                write!(f, "C varies by a factor of {factor:.2}, more than {allowed:.2}: no IsoFLOP curve")
            }
            Self::NotConvex { axis, curvature } => {
                write!(f, "the loss has no minimum in ln {axis} (second derivative {curvature:.2e})")
            }
            Self::MinimumOutside { axis, at, least, greatest } => {
                write!(
                    f,
                    "the minimum at {axis} = {at:.3e} lies outside the values trained, {least:.3e} to {greatest:.3e}"
                )
            }
            Self::NotCorrectable => {
                f.write_str("the law cannot bend its IsoFLOP curve to this minimum, so no correction")
            }
        }
    }
}

/// The runs of one budget.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IsoFlopGroup {
    /// C: the geometric mean over the runs, or the budget given.
    pub budget: Flops,
    /// Rows of the runs, from zero, by rising N.
    pub rows: Vec<usize>,
    /// Different sizes among them.
    pub sizes: usize,
    /// Greatest over least C of the runs.
    pub width: f64,
    /// The minimum, or why there is none.
    pub minimum: Result<IsoFlopMinimum, SkippedGroup>,
}

/// What Approach 2 says: a minimum at each budget and the lines through them.
#[derive(Debug, Clone, PartialEq)]
pub struct Approach2Fit {
    pub(super) groups: Vec<IsoFlopGroup>,
    pub(super) params_line: ScalingLine,
    pub(super) tokens_line: ScalingLine,
    pub(super) bias_lines: Option<(ScalingLine, ScalingLine)>,
    pub(super) bias_law: Option<Chinchilla>,
    pub(super) corrected: bool,
    pub(super) weighted: bool,
    pub(super) log_loss: bool,
    pub(super) logged: bool,
    pub(super) tolerance: f64,
    pub(super) conventions: Conventions,
    pub(super) warnings: Vec<Warning>,
}

impl Approach2Fit {
    /// Every budget that was looked at, rising, with its minimum or the reason why it has none.
    pub fn groups(&self) -> &[IsoFlopGroup] {
        &self.groups
    }

    /// The budgets that the lines go through.
    pub fn minima(&self) -> impl Iterator<Item = (Flops, &IsoFlopMinimum)> + '_ {
        self.groups.iter().filter_map(|group| Some((group.budget, group.minimum.as_ref().ok()?)))
    }

    /// N_opt = k·C^a.
    pub fn params_line(&self) -> &ScalingLine {
        &self.params_line
    }

    /// D_opt = k′·C^b, from the parabolas in ln D. On C = 6ND exactly it mirrors the other.
    pub fn tokens_line(&self) -> &ScalingLine {
        &self.tokens_line
    }

    /// N_opt(C) for [`allocate_line`](crate::allocate_line), which sets D = C/(6N).
    ///
    /// Grouped by logged FLOPs that are not 6ND, use [`split`](Self::split), which reads D_opt from its own line.
    pub fn allocation_line(&self) -> AllocationLine {
        AllocationLine::known(self.params_line.ln_k(), self.params_line.exponent(), self.conventions)
    }

    /// N_opt and D_opt at a budget, each from its own line.
    ///
    /// # Errors
    /// [`FrontierError::Unit`] where a line leaves the range of numbers.
    pub fn split(&self, budget: Flops) -> Result<(Params, Tokens), FrontierError> {
        Ok((Params::new(self.params_line.at(budget)?)?, Tokens::new(self.tokens_line.at(budget)?)?))
    }

    /// How far the lines through uncorrected vertices are off at a budget by the shape of the law, relative:
    /// N_opt and D_opt over the truth, less one. `None` where the law could not tell it for every budget.
    ///
    /// The size of the correction, whether it was made or not.
    pub fn bias_at(&self, budget: Flops) -> Option<(f64, f64)> {
        self.bias_lines.map(|(n, d)| (n.ln_at(budget).exp_m1(), d.ln_at(budget).exp_m1()))
    }

    /// The law whose shape tells the bias.
    pub fn bias_law(&self) -> Option<&Chinchilla> {
        self.bias_law.as_ref()
    }

    /// Whether minima and lines are corrected for the parabolas' bias.
    pub fn is_corrected(&self) -> bool {
        self.corrected
    }

    /// Whether the lines weigh the minima by their errors.
    pub fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// Whether the parabolas are of ln L.
    pub fn is_log_loss(&self) -> bool {
        self.log_loss
    }

    /// Whether the logged FLOPs grouped the runs, not 6ND.
    pub fn by_logged_flops(&self) -> bool {
        self.logged
    }

    /// The factor in C within which runs are taken as neighbours.
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// The doubts.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
