mod frontier;
mod interval;
mod moved;
mod text;

pub use frontier::FrontierDoubt;
pub use interval::IntervalDoubt;
pub use moved::MovedOptimum;

/// A doubt about a result, carried in the result. [`code`](Self::code) is stable; the text is for people.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The point lies outside the range on which the law was fitted.
    Extrapolation {
        /// "N", "D", "C" or a knob; of a sparsity S it is 1 − S, whose factor says how far outside a point is.
        axis: &'static str,
        /// Where the law was asked.
        value: f64,
        /// The nearest end of its range.
        limit: f64,
        /// How many times beyond or below that end.
        factor: f64,
    },
    /// The published numbers of this law are known to be rounded, superseded or inconsistent.
    Erratum {
        /// What is known.
        note: String,
    },
    /// The coefficients were not seen in the source itself.
    Unverified {
        /// The law's id.
        law: String,
    },
    /// A coefficient sits on the edge of its allowed range.
    AtBound {
        /// The coefficient.
        coefficient: &'static str,
        /// The bound it sits on.
        bound: f64,
        /// What that means.
        meaning: &'static str,
    },
    /// The runs do not pin a coefficient down.
    NotIdentified {
        /// The coefficient.
        coefficient: &'static str,
        /// Its estimate.
        estimate: f64,
        /// Its standard error, where there is one.
        standard_error: Option<f64>,
        /// Coefficients it trades against.
        confounded_with: Vec<&'static str>,
        /// Why, in terms of the runs.
        reason: String,
    },
    /// The scaled normal matrix is nearly singular.
    IllConditioned {
        /// Condition number of the unit-diagonal curvature matrix.
        condition: f64,
    },
    /// N or D covers less than a decade.
    NarrowRange {
        /// "N" or "D".
        axis: &'static str,
        /// Factor between largest and smallest.
        factor: f64,
    },
    /// N and D move together, so their terms are told apart by curvature alone.
    Collinear {
        /// Correlation of ln N and ln D.
        correlation: f64,
    },
    /// D is tied to N, or fixed, within most of the runs.
    DesignTied {
        /// How D is tied.
        how: String,
        /// Runs that are so tied.
        runs: usize,
        /// All runs.
        of: usize,
    },
    /// Residuals differ by group: several recipes or corpora were fitted as one.
    MixedGroups {
        /// The column that tells them apart.
        column: String,
        /// Number of groups.
        groups: usize,
        /// Share of the residual variance between the groups.
        share: f64,
        /// Chance of a share this large without differences (F test).
        p_value: f64,
    },
    /// Few degrees of freedom.
    FewRuns {
        /// Runs.
        runs: usize,
        /// Coefficients.
        coefficients: usize,
    },
    /// Some runs lie farther from the law than heavy-tailed noise throws them.
    Outliers {
        /// Their names in the log or row numbers, worst first.
        runs: Vec<String>,
        /// Largest distance from a law that they do not bend, in its scale of noise.
        worst: f64,
        /// What they do to the optimum, where there is one with and without them.
        moved: Option<MovedOptimum>,
    },
    /// Observed losses below the fitted irreducible loss.
    BelowIrreducible {
        /// Their names in the log or row numbers.
        runs: Vec<String>,
        /// The fitted E.
        irreducible: f64,
    },
    /// Rows that repeat N, D and loss exactly.
    DuplicateRows {
        /// How many repeat an earlier row.
        count: usize,
    },
    /// Another set of coefficients fits about as well.
    SecondBasin {
        /// Its objective over the best one, minus 1.
        excess: f64,
        /// Its exponent a = beta/(alpha + beta).
        exponent_a: f64,
        /// The exponent a of the optimum.
        best_exponent_a: f64,
    },
    /// The optimum is not certified.
    NotCertified {
        /// What is missing.
        reason: String,
    },
    /// The loss no longer falls with N or D beyond its rounding, as where a corpus is used up: the point is one of many, and
    /// more compute buys nothing.
    FlatLoss {
        /// The loss.
        loss: f64,
    },
    /// A quantity was not in the log and was derived.
    Derived {
        /// What and how.
        how: String,
    },
    /// A logged FLOP column disagrees with 6ND.
    FlopsDisagree {
        /// Median of logged over 6ND.
        ratio: f64,
    },
    /// Values that were not needed and could not be used.
    Ignored {
        /// What and why.
        what: String,
    },
    /// A trend is asked about a time it was not seen over.
    BeyondTrend {
        /// The trend's id.
        trend: String,
        /// The decimal year asked for that lies farthest outside.
        year: f64,
        /// First year of what the trend was seen over.
        first: f64,
        /// Its last year.
        last: f64,
    },
    /// Losses of different data or vocabularies stand side by side.
    DifferentData {
        /// How many data sets.
        sets: usize,
    },
    /// One N was given to laws that count N in different ways.
    DifferentCounts {
        /// The ways, in words.
        counts: Vec<String>,
    },
    /// A schedule begins at a high learning rate, and the law of curves was fitted to runs with a warm-up.
    NoWarmUp {
        /// The first learning rate over the greatest.
        share: f64,
        /// Steps of the warm-up in the runs that the law was fitted to.
        published: usize,
        /// By how much its loss is then too low, nats, where the law counts the rise of the warm-up.
        nats: Option<f64>,
    },
    /// The convention of N or C was assumed, not read.
    Assumed {
        /// What and why.
        what: String,
    },
    /// The step of a log goes back: the run was restarted, and the later records replace the earlier ones.
    Restarted {
        /// The run.
        run: String,
        /// The last step before the restart.
        from: u64,
        /// The step it went back to.
        to: u64,
        /// Records that were replaced.
        dropped: usize,
    },
    /// About a line N_opt(C) from IsoFLOP groups or training curves.
    Frontier(FrontierDoubt),
    /// About an interval.
    Interval(IntervalDoubt),
}

impl Warning {
    /// A stable name in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Extrapolation { .. } => "extrapolation",
            Self::Erratum { .. } => "erratum",
            Self::Unverified { .. } => "unverified",
            Self::AtBound { .. } => "at-bound",
            Self::NotIdentified { .. } => "not-identified",
            Self::IllConditioned { .. } => "ill-conditioned",
            Self::NarrowRange { .. } => "narrow-range",
            Self::Collinear { .. } => "collinear",
            Self::DesignTied { .. } => "design-tied",
            Self::MixedGroups { .. } => "mixed-groups",
            Self::FewRuns { .. } => "few-runs",
            Self::Outliers { .. } => "outliers",
            Self::BelowIrreducible { .. } => "below-irreducible",
            Self::DuplicateRows { .. } => "duplicate-rows",
            Self::SecondBasin { .. } => "second-basin",
            Self::NotCertified { .. } => "not-certified",
            Self::FlatLoss { .. } => "flat-loss",
            Self::Derived { .. } => "derived",
            Self::FlopsDisagree { .. } => "flops-disagree",
            Self::Ignored { .. } => "ignored",
            Self::BeyondTrend { .. } => "beyond-trend",
            Self::DifferentData { .. } => "different-data",
            Self::DifferentCounts { .. } => "different-counts",
            Self::NoWarmUp { .. } => "no-warm-up",
            Self::Assumed { .. } => "assumed",
            Self::Restarted { .. } => "restarted",
            Self::Frontier(doubt) => doubt.code(),
            Self::Interval(doubt) => doubt.code(),
        }
    }
}

/// `{"code": …, "message": …}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Warning {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Warning", 2)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("message", &self.to_string())?;
        object.end()
    }
}
