use super::{FitError, UnitError};

/// Why runs or curves give no line N_opt(C) (Hoffmann's Approaches 1 and 2).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// An option is out of range.
    #[error("option {option} = {value} is not allowed, it must be {allowed}")]
    Option {
        /// The option.
        option: &'static str,
        /// The refused value.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// The runs carry no FLOPs of their own.
    #[error("the runs carry no logged FLOPs to group them by: use 6ND, or read the runs with a FLOP column")]
    NoLoggedFlops,
    /// A line has two coefficients and the budgets do not give as many points.
    #[error("a line needs at least {needed} budgets with an optimum, and {usable} of {groups} have one: {reasons}")]
    TooFewBudgets {
        /// Budgets with an optimum.
        usable: usize,
        /// Budgets found or asked for.
        groups: usize,
        /// How many are needed.
        needed: usize,
        /// Why the others have none.
        reasons: String,
    },
    /// Columns of a line of unequal length.
    #[error("{what} has {got} values where the budgets are {expected}")]
    Length {
        /// Which column.
        what: &'static str,
        /// Its length.
        got: usize,
        /// Number of budgets.
        expected: usize,
    },
    /// A value or weight of a line that is not a finite number above zero.
    #[error("{what} {value} at budget {index} (counted from 1) is not a finite number above zero")]
    Point {
        /// Which column.
        what: &'static str,
        /// Which point, from 1.
        index: usize,
        /// The refused value.
        value: f64,
    },
    /// All budgets of a line are one.
    #[error("all {points} points have the budget {budget:e} FLOP: a line in ln C needs two different budgets")]
    OneBudget {
        /// Number of points.
        points: usize,
        /// The budget.
        budget: f64,
    },
    /// A weighted line needs an error at every budget.
    #[error(
        "the optimum at {budget:e} FLOP has no standard error to weight it by (three sizes leave no degree of freedom): \
         use an unweighted line, or ask for at least four sizes"
    )]
    NoWeight {
        /// The budget.
        budget: f64,
    },
    /// Too few curves or sizes for an envelope.
    #[error("{curves} curves of {sizes} sizes make no envelope: give curves of at least three different sizes")]
    TooFewCurves {
        /// Curves given.
        curves: usize,
        /// Different sizes.
        sizes: usize,
    },
    /// No budget is covered by curves of enough sizes.
    #[error(
        "no budget between {least:e} and {greatest:e} FLOP is covered by three sizes at once: the curves do not overlap in \
         C = 6ND; train the small models longer or log the large ones earlier"
    )]
    NoOverlap {
        /// Least budget looked at.
        least: f64,
        /// Greatest budget looked at.
        greatest: f64,
    },
    /// The envelope is won by an end of the range of sizes nearly everywhere.
    #[error(
        "only {sizes} size(s) win a budget in the inside of their range ({edge} of {budgets} budgets are won by the smallest \
         or the largest size there): a line needs two, its error three; add sizes between"
    )]
    EnvelopeAtEdge {
        /// Sizes that win inside.
        sizes: usize,
        /// Budgets won at an edge.
        edge: usize,
        /// Budgets looked at.
        budgets: usize,
    },
    /// The law that is to correct the parabolas has no optimum.
    #[error("the law cannot tell the parabolas' bias: {coefficient} is zero, so it has no optimal split")]
    NoOptimum {
        /// A or B.
        coefficient: &'static str,
    },
    /// The law that is to correct the parabolas could not be fitted.
    #[error("the parabolas' bias needs a law, and Approach 3 fits none to these runs: {0}")]
    NoLaw(FitError),
    /// A derived quantity left its range.
    #[error(transparent)]
    Unit(#[from] UnitError),
}
