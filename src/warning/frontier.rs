use std::fmt;

/// A doubt about a line N_opt(C).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FrontierDoubt {
    /// Budgets whose runs show no usable minimum.
    SkippedBudgets {
        /// Each budget with its reason.
        budgets: Vec<String>,
        /// Budgets that were used.
        used: usize,
    },
    /// Runs that belong to no IsoFLOP group.
    UngroupedRuns {
        /// How many.
        runs: usize,
        /// Runs in all.
        of: usize,
        /// Why.
        reason: String,
    },
    /// Parabolas whose curvature is within two standard errors of zero.
    FlatParabola {
        /// Their budgets.
        budgets: Vec<String>,
    },
    /// The logged FLOPs by which runs were grouped are not 6ND.
    NotSixNd {
        /// Least of logged over 6ND.
        least: f64,
        /// Greatest of logged over 6ND.
        greatest: f64,
    },
    /// The parabolas are off by more than their own error, and were not corrected.
    BiasedParabola {
        /// Largest relative displacement of N_opt.
        displacement: f64,
        /// Its budget.
        budget: f64,
    },
    /// The law could not tell how far the parabolas are off.
    UnknownBias {
        /// Why.
        reason: String,
    },
    /// Budgets of the envelope that an edge of the sizes wins.
    EnvelopeEdge {
        /// Budgets left out.
        dropped: usize,
        /// Budgets looked at.
        of: usize,
        /// Those won by the smallest size.
        smallest: usize,
    },
    /// Envelope points that lie on runs before these ended.
    UnmatchedSchedule {
        /// Share of the envelope won by a run in the first three quarters of its tokens.
        early: f64,
    },
    /// Few sizes carry the envelope.
    FewSizes {
        /// Sizes that win.
        sizes: usize,
    },
    /// A line through as many budgets as it has coefficients has no error.
    NoLineError {
        /// Budgets.
        budgets: usize,
    },
}

impl FrontierDoubt {
    /// A stable name in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SkippedBudgets { .. } => "skipped-budgets",
            Self::UngroupedRuns { .. } => "ungrouped-runs",
            Self::FlatParabola { .. } => "flat-parabola",
            Self::NotSixNd { .. } => "not-six-nd",
            Self::BiasedParabola { .. } => "biased-parabola",
            Self::UnknownBias { .. } => "unknown-bias",
            Self::EnvelopeEdge { .. } => "envelope-edge",
            Self::UnmatchedSchedule { .. } => "unmatched-schedule",
            Self::FewSizes { .. } => "few-sizes",
            Self::NoLineError { .. } => "no-line-error",
        }
    }
}

impl fmt::Display for FrontierDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SkippedBudgets { budgets, used } => {
                let left =
                    if budgets.len() == 1 { "1 budget was".into() } else { format!("{} budgets were", budgets.len()) };
                write!(f, "{left} left out, {used} used: {}", budgets.join("; "))
            }
            Self::UngroupedRuns { runs, of, reason } => write!(f, "{runs} of {of} runs were not used: {reason}"),
            Self::FlatParabola { budgets } => write!(
                f,
                "the curvature is within two standard errors of zero at {}: the minimum there is hardly determined, and \
                 its standard error, which is linear, too small",
                budgets.join(", ")
            ),
            Self::NotSixNd { least, greatest } => write!(
                f,
                "the budgets are the logged FLOPs, {least:.3} to {greatest:.3} times 6ND: on the lines 6·N_opt·D_opt is not \
                 C, and the optimum is not that of a law on C = 6ND"
            ),
            Self::BiasedParabola { displacement, budget } => write!(
                f,
                "a parabola is not the shape of an IsoFLOP curve: at {budget:.3e} FLOP it puts N_opt {:+.2} % off, more than its \
                 standard error, and the line was not corrected for that",
                100.0 * displacement
            ),
            Self::UnknownBias { reason } => write!(f, "how far the parabolas are off is not known: {reason}"),
            Self::EnvelopeEdge { dropped, of, smallest } => write!(
                f,
                "{dropped} of {of} budgets were left out because the smallest ({smallest}) or the largest ({}) size that \
                 has a loss there wins: the optimum may lie beyond it",
                dropped - smallest
            ),
            Self::UnmatchedSchedule { early } => write!(
                f,
                "{:.0} % of the envelope lies on runs in the first three quarters of their tokens: unless the learning rate \
                 was constant or had decayed by then, losses there are above those of runs planned to end there, and N_opt \
                 is biased",
                100.0 * early
            ),
            Self::FewSizes { sizes } => write!(
                f,
                "only {sizes} sizes carry the envelope: N_opt(C) is a staircase of so many steps, and its error is rough"
            ),
            Self::NoLineError { budgets } => {
                write!(f, "a line through {budgets} budgets has no standard error: use at least three")
            }
        }
    }
}
