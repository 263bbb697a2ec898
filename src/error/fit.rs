use super::{LawError, RunsError, counted};

/// Why a law cannot be fitted to a set of runs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer runs than coefficients.
    #[error("{got} runs cannot determine {needed} coefficients: give at least {needed} runs, better {better}")]
    TooFewRuns {
        /// Coefficients of the law.
        needed: usize,
        /// Runs given.
        got: usize,
        /// A number that leaves degrees of freedom.
        better: usize,
    },
    /// N or D takes too few different values for its exponent to be identified.
    #[error(
        "{axis} takes only {} (first: {value:e}); an exponent and an irreducible loss \
         need at least {needed}: add runs at other values of {axis}",
        counted(.distinct, "distinct value")
    )]
    TooFewDistinct {
        /// "N" or "D".
        axis: &'static str,
        /// How many different values there are.
        distinct: usize,
        /// How many are needed.
        needed: usize,
        /// The first value.
        value: f64,
    },
    /// Every run has the same loss.
    #[error("all {n} losses are {value}: there is nothing to fit")]
    ConstantLoss {
        /// Number of runs.
        n: usize,
        /// The common loss.
        value: f64,
    },
    /// N and D move in lockstep, so their two terms cannot be told apart.
    #[error(
        "ln D is an exact linear function of ln N in all {n} runs (D grows as N^{slope:.3}): the two terms of the law \
         cannot be told apart; add runs that vary N at fixed D, or D at fixed N"
    )]
    Lockstep {
        /// Number of runs.
        n: usize,
        /// Exponent of the exact relation.
        slope: f64,
    },
    /// An option of the fit is out of range.
    #[error("option {option} = {value} is not allowed, it must be {allowed}")]
    Option {
        /// The option.
        option: &'static str,
        /// The refused value.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// The runs have no column for a number that the law needs.
    #[error(
        "the law {law} needs {knob} ({meaning}) of each run and the runs have no such column: name one with {knob}=COLUMN; \
         there are {found}"
    )]
    MissingKnob {
        /// The family.
        law: &'static str,
        /// The knob.
        knob: &'static str,
        /// What it is.
        meaning: &'static str,
        /// Columns there are.
        found: String,
    },
    /// A law of the loss without another column for it than the one that is fitted.
    #[error(
        "{law} is a law of the loss: name the column that holds it with loss=COLUMN, another than the one that is fitted"
    )]
    OwnInput {
        /// The family.
        law: &'static str,
    },
    /// A knob that the law does not have.
    #[error("the law {law} has no knob {knob:?}; it has {known}")]
    UnknownKnob {
        /// The family.
        law: &'static str,
        /// The knob.
        knob: String,
        /// The knobs there are.
        known: String,
    },
    /// A run that the law cannot take.
    #[error("row {row}: {reason}")]
    Row {
        /// Row from 1.
        row: usize,
        /// Why.
        reason: LawError,
    },
    /// A column of the runs cannot be read.
    #[error(transparent)]
    Runs(#[from] RunsError),
    /// A text that names no loss.
    #[error(
        "{text:?} is no loss; write least-squares, absolute, huber[:DELTA], huber-scale[:K], cauchy[:SCALE] or \
         student-t[:FREEDOM], numbers finite and above zero"
    )]
    UnknownLoss {
        /// What was written.
        text: String,
    },
    /// One coefficient that is held at a value and tied to another.
    #[error("{reason}: leave out one of the two")]
    HeldAndTied {
        /// Which, and at what value.
        reason: String,
    },
    /// A text that names no residual.
    #[error("{text:?} is no kind of residual; write log or raw")]
    UnknownResidual {
        /// What was written.
        text: String,
    },
    /// A number that is no weight of its kind.
    #[error("weights by {kind}: {value} in row {row} is not allowed, it must be {allowed}")]
    Weight {
        /// What the weights mean: "counts", "precision", "sigma" or "flops".
        kind: &'static str,
        /// Row from 1; 0 for the weights as a whole.
        row: usize,
        /// The refused value.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// Not one weight for each row.
    #[error("weights by {kind}: {given} weights for {rows} rows; give one for each row, in the order of the rows")]
    WeightsLength {
        /// What the weights mean.
        kind: &'static str,
        /// Weights given.
        given: usize,
        /// Rows there are.
        rows: usize,
    },
    /// Weights by compute for inputs that have none.
    #[error("weights by flops need the compute of each row, which these inputs do not have: give Precision instead")]
    WeightsWithoutCompute,
    /// Groups for a resampling plan that do not suit the runs.
    #[error(
        "resampling by {plan}: {given} where {expected} are needed: give the group of each row, and at least two groups \
         among the rows that count"
    )]
    ResamplingGroups {
        /// The plan.
        plan: &'static str,
        /// Group numbers given, or groups found.
        given: usize,
        /// Rows there are, or groups needed.
        expected: usize,
    },
    /// A fit that is not of the runs and options given with it.
    #[error(
        "the fit is not of these runs under these options: its objective is {expected:e}, and {objective:e} here; give the \
         runs, weights and threshold it was made with"
    )]
    OtherRuns {
        /// The objective of the fit's law on these runs.
        objective: f64,
        /// The objective that the fit reports.
        expected: f64,
    },
    /// A resampling plan that hardly ever draws runs which determine the law.
    #[error(
        "replicate {replicate}: none of {draws} draws could determine the law, for each leaves out some runs and so few \
         are left; add runs, or groups, or choose wild replicates, which keep every run, where there is a choice"
    )]
    Undetermined {
        /// The replicate, from zero.
        replicate: usize,
        /// Draws tried.
        draws: usize,
    },
    /// A value that cannot be fitted.
    #[error("value {value} in row {row} cannot be fitted: expected {expected}")]
    Data {
        /// Row from 1; 0 for the data as a whole.
        row: usize,
        /// The refused value.
        value: f64,
        /// What was expected.
        expected: &'static str,
    },
    /// The law's gradient is not the derivative of its prediction.
    #[error("the law's gradient differs from central differences by {error:.1e} (relative): check `predict`")]
    Gradient {
        /// Largest relative difference seen.
        error: f64,
    },
    /// No start led to a finite objective.
    #[error("no start led to a finite objective; the most extreme losses are {least:e} and {greatest:e}")]
    NoFiniteStart {
        /// Least loss of the runs.
        least: f64,
        /// Greatest loss of the runs.
        greatest: f64,
    },
    /// The runs have no coefficient of this name.
    #[error("the law has no coefficient {name:?}; it has {known}")]
    UnknownCoefficient {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A name that is none of the laws that can be compared.
    #[error("no law {name:?} to compare; there are {known}")]
    UnknownContender {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Runs that cannot be split into a smaller part to fit and a larger one to predict.
    #[error(
        "the runs cover {} of compute, and none leaves {needed} runs below it to fit and some above to \
         predict ({reason}): a roll-out needs runs at three or more budgets",
        counted(.levels, "level")
    )]
    TooFewLevels {
        /// Distinct levels of compute.
        levels: usize,
        /// Runs that the first fit needs.
        needed: usize,
        /// What came of the last attempt.
        reason: String,
    },
    /// A contender's own table that is not of the same runs.
    #[error(
        "the table of {name:?} is not of the same runs: {what}; give the same rows in the same order with another column \
         of parameters"
    )]
    ContenderTable {
        /// The contender.
        name: String,
        /// What differs.
        what: String,
    },
    /// The fitted coefficients are refused by the law.
    #[error(transparent)]
    Law(#[from] LawError),
}
