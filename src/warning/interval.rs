use std::fmt;

/// A doubt about an interval.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum IntervalDoubt {
    /// Few clusters: their scatter is hardly known, and intervals cover less than they say.
    FewClusters {
        /// How many.
        clusters: usize,
        /// The number from which intervals were seen to cover.
        enough: usize,
    },
    /// Few degrees of freedom: intervals were not seen to cover.
    FewDegreesOfFreedom {
        /// Observations less coefficients.
        freedom: usize,
        /// The number from which intervals were seen to cover.
        enough: usize,
    },
    /// Refits that did not end at an optimum, or whose law has no answer.
    FailedRefits {
        /// How many.
        failed: usize,
        /// Refits in all.
        of: usize,
    },
    /// The objective does not rise enough on one side: the runs do not bound the quantity there.
    Open {
        /// The quantity.
        quantity: String,
        /// "below" or "above".
        side: &'static str,
    },
    /// Residuals of runs of one size move together, and the interval takes runs as independent.
    Dependent {
        /// Number of sizes.
        groups: usize,
        /// Chance of such a likeness among independent runs (F test).
        p_value: f64,
    },
    /// The scatter of the runs changes with N or D, and the interval takes errors of one kind.
    UnequalScatter {
        /// "N" or "D".
        axis: &'static str,
        /// Scatter of the runs in the greater half of the axis over that in the smaller half.
        ratio: f64,
        /// Chance of such a trend among runs of equal scatter (Spearman's correlation of |residual| with the axis).
        p_value: f64,
    },
}

impl IntervalDoubt {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::FewClusters { .. } => "few-clusters",
            Self::FewDegreesOfFreedom { .. } => "few-degrees-of-freedom",
            Self::FailedRefits { .. } => "failed-refits",
            Self::Open { .. } => "open-interval",
            Self::Dependent { .. } => "dependent-runs",
            Self::UnequalScatter { .. } => "unequal-scatter",
        }
    }
}

impl fmt::Display for IntervalDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewClusters { clusters, enough } => write!(
                f,
                "{clusters} clusters hardly tell how clusters scatter; below {enough} the intervals may cover less than they say"
            ),
            Self::FewDegreesOfFreedom { freedom, enough } => {
                write!(f, "{freedom} degrees of freedom; below {enough} the intervals may cover less than they say")
            }
            Self::FailedRefits { failed, of } => write!(
                f,
                "{failed} of {of} refits did not end at an optimum or have no answer: the interval leaves them out"
            ),
            Self::Open { quantity, side } => {
                write!(f, "the runs do not bound {quantity} {side}: any value there fits about as well")
            }
            Self::UnequalScatter { axis, ratio, p_value } => write!(
                f,
                "the scatter changes with {axis}: that of the greater half is {ratio:.2} of that of the smaller one (p = {p_value:.0e}); intervals from errors of one kind may cover less than they say: resample pairs"
            ),
            Self::Dependent { groups, p_value } => write!(
                f,
                "residuals within the {groups} model sizes move together (p = {p_value:.0e}): runs are not independent, or the law does not fit; give clusters by size or by run for wider intervals"
            ),
        }
    }
}
