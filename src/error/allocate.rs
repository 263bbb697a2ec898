use super::{LawError, UnitError};

/// Why a budget or a loss has no answer under a law.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AllocateError {
    /// The loss falls all the way to one end of the IsoFLOP line; under limits, the best lies at N = 1 or D = 1.
    #[error(
        "no interior optimum at {budget:e} FLOP: the best lies at the end N = {params:e}, D = {tokens:e}; \
         the law does not balance parameters against tokens there: try another budget, fix N or D, or keep them where it was \
         fitted by a least D or a greatest N"
    )]
    NoInteriorOptimum {
        /// The budget in FLOP; under limits, the training compute of that end.
        budget: f64,
        /// N at the end that is best.
        params: f64,
        /// D at that end.
        tokens: f64,
    },
    /// The loss asked for is at or below what the law says is possible.
    #[error("a loss of {target} cannot be reached: {limit} is the limit {what}")]
    Unreachable {
        /// The loss asked for, nats per token.
        target: f64,
        /// The least loss possible.
        limit: f64,
        /// What sets the limit.
        what: &'static str,
    },
    /// A factor, N or D that is not usable with the budget.
    #[error("{what} = {} is not usable: {allowed}", super::plain(*value))]
    Argument {
        /// Name of the argument.
        what: &'static str,
        /// The refused value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// No N and D satisfy all limits.
    #[error("no N and D satisfy these limits together: {}", describe(conflicts))]
    Conflict {
        /// Limits that conflict, none of which can be left out of the conflict.
        conflicts: Vec<Conflict>,
    },
    /// Nothing keeps N or D finite.
    #[error("nothing limits {what}: give a budget, or a greatest N together with a greatest D, or a loss to reach")]
    Unlimited {
        /// "N" or "D".
        what: &'static str,
    },
    /// The law itself failed.
    #[error(transparent)]
    Law(#[from] LawError),
    /// A derived quantity left its range.
    #[error(transparent)]
    Unit(#[from] UnitError),
}

/// One limit of a conflict.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Conflict {
    /// The limit's name, as in `Limit::code`.
    pub limit: &'static str,
    /// Its value.
    pub value: f64,
    /// The nearest value at which, all else kept, there is an answer; `None` if none helps.
    pub needed: Option<f64>,
}

fn describe(conflicts: &[Conflict]) -> String {
    let each = conflicts.iter().map(|c| {
        let needed = c.needed.map_or("no other value would help alone".into(), |v| format!("{v:.6e} would do"));
        format!("{} = {:e} ({needed})", c.limit, c.value)
    });
    each.collect::<Vec<_>>().join(", ")
}
