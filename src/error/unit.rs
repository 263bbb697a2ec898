/// What is wrong with a quantity or with a conversion between quantities.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// The value is zero, negative, NaN or infinite.
    #[error("{quantity} must be a finite number above zero, got {}", super::plain(*value))]
    OutOfRange {
        /// What was measured: "parameters", "tokens", "FLOPs", "loss in nats".
        quantity: &'static str,
        /// The refused value.
        value: f64,
    },
    /// The text is not a quantity of this kind.
    #[error("cannot read {text:?} as {quantity}: expected {expected}")]
    Parse {
        /// What was to be read.
        quantity: &'static str,
        /// The text as given.
        text: String,
        /// Accepted spellings.
        expected: &'static str,
    },
    /// This way of counting FLOPs needs the model's shape, not only N and D.
    #[error("{rule} cannot be computed from N and D alone: use 6ND, or give the FLOPs themselves")]
    NeedsShape {
        /// The rule's name.
        rule: &'static str,
    },
}
