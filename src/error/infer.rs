use super::FitError;

/// Why an interval cannot be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// A level that is no share.
    #[error("level {value} is not allowed, it must be above zero and below one, as in 0.9 or 90%")]
    Level {
        /// The refused value.
        value: f64,
    },
    /// A text that is no level.
    #[error("{text:?} is no level: write a share such as 0.9 or 90%")]
    LevelText {
        /// What was written.
        text: String,
    },
    /// A text that names no method.
    #[error("{text:?} is no method; write {known}")]
    UnknownMethod {
        /// What was written.
        text: String,
        /// The methods there are.
        known: String,
    },
    /// The law has no coefficient of this name.
    #[error("the law has no coefficient {name:?}{near}; it has {known}")]
    UnknownCoefficient {
        /// The name asked for.
        name: String,
        /// `, did you mean "alpha"?` or nothing.
        near: String,
        /// The names there are.
        known: String,
    },
    /// The runs have no column of this name to group by.
    #[error("the runs have no column {name:?} to group by; they have {known}")]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// The columns there are.
        known: String,
    },
    /// Clusters by a column or by size, of data without a table of runs.
    #[error("clusters by a column or by size need the table of runs: give it, or a label for each datum")]
    NoTable,
    /// Clusters that are too few.
    #[error(
        "{clusters} clusters are too few to judge the scatter between them: an interval needs at least {needed}; group \
         less coarsely, or add runs"
    )]
    TooFewClusters {
        /// Clusters there are.
        clusters: usize,
        /// Clusters needed.
        needed: usize,
    },
    /// Not one cluster for each run.
    #[error("{given} cluster labels for {rows} runs: give one for each run, in the order of the runs")]
    ClusterLength {
        /// Labels given.
        given: usize,
        /// Runs there are.
        rows: usize,
    },
    /// Replicates too few for the level.
    #[error("{replicates} replicates are too few for a level of {level}: give at least {needed}")]
    TooFewReplicates {
        /// Replicates asked for, or those that have an answer.
        replicates: usize,
        /// The level.
        level: f64,
        /// Replicates needed.
        needed: usize,
    },
    /// A quantity that the fitted law does not have.
    #[error("the fitted law has no {quantity}: {reason}")]
    NoValue {
        /// The quantity.
        quantity: String,
        /// Why.
        reason: String,
    },
    /// The fit gives no standard error that the method needs.
    #[error(
        "the fit gives no standard error of {quantity}, which the method {method} needs: see the fit's warnings, or use percentile"
    )]
    NoStandardError {
        /// The quantity.
        quantity: String,
        /// The method.
        method: &'static str,
    },
    /// A fit through its data, which leaves nothing to tell errors by.
    #[error(
        "no interval of {quantity}: the fit has as many coefficients as data and passes through them, with no degrees of \
         freedom to tell errors by; add runs"
    )]
    NoFreedom {
        /// The quantity.
        quantity: String,
    },
    /// A method that does not answer this question.
    #[error("the method {method} {reason}: use percentile")]
    Unsuited {
        /// The method.
        method: &'static str,
        /// What it cannot do.
        reason: &'static str,
    },
    /// A refit or a check of the fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
}
