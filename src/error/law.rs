/// What is wrong with a law, its id, its stored form or its evaluation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LawError {
    /// No family of laws of this name.
    #[error("there is no family of laws {name:?} that can be fitted; {hint}")]
    UnknownFamily {
        /// The name asked for.
        name: String,
        /// The nearest names, or all there are.
        hint: String,
    },
    /// A coefficient lies outside what the form allows.
    #[error("{law}: coefficient {coefficient} = {value} is not allowed, it must be {allowed}")]
    Coefficient {
        /// The functional form.
        law: &'static str,
        /// The coefficient's name as in the paper.
        coefficient: &'static str,
        /// The refused value.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// The law leaves the range of floating-point numbers at this point.
    #[error("the law gives no finite positive loss ({loss}) at N = {params:e}, D = {tokens:e}")]
    NotFinite {
        /// Parameters N.
        params: f64,
        /// Tokens D.
        tokens: f64,
        /// The value computed.
        loss: f64,
    },
    /// No published law has this id.
    #[error("no law is called {id:?}; {hint}")]
    Unknown {
        /// The id as given.
        id: String,
        /// The nearest ids, or where to list them.
        hint: String,
    },
    /// No published law is like this.
    #[error("no law matches {condition}; {hint}")]
    NoMatch {
        /// The condition that excludes all.
        condition: String,
        /// Near names, or what there is.
        hint: String,
    },
    /// The law is a function of other quantities than the ones given.
    #[error("{law} needs {needs}, which {verb} not given")]
    MissingInput {
        /// The law's id.
        law: String,
        /// The missing quantities.
        needs: String,
        /// "was" or "were", to keep the sentence right.
        verb: &'static str,
    },
    /// The law refuses a value or leaves the range of numbers.
    #[error("{law}: {reason}")]
    Refused {
        /// The law's id.
        law: String,
        /// What is wrong.
        reason: String,
    },
    /// The law cannot answer this kind of question.
    #[error("{law} cannot be used here: {reason}")]
    WrongKind {
        /// The law's id.
        law: String,
        /// What it is and what would do instead.
        reason: &'static str,
    },
    /// Slices of different lengths were given to a batch evaluation.
    #[error("{what} has {got} values where {expected} were expected")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length of the others.
        expected: usize,
    },
    /// A stored law cannot be read.
    #[error("cannot read a law from {origin}: {reason}")]
    Stored {
        /// File name or "JSON".
        origin: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// A knob has a value that the law does not allow.
    #[error("{law}: {knob} = {value} is not allowed, it must be {allowed}")]
    Knob {
        /// The law's id, or the functional form.
        law: &'static str,
        /// The knob's name.
        knob: &'static str,
        /// The refused value.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// A law has no knob of this name.
    #[error("{law} has no knob {knob:?}; it has {known}")]
    UnknownKnob {
        /// The law's id.
        law: String,
        /// The name as given.
        knob: String,
        /// The knobs it has.
        known: String,
    },
    /// A knob's value cannot be read.
    #[error("cannot read {text:?}: expected name=value with a number such as unique_tokens=25B or sparsity=0.75")]
    KnobText {
        /// The text as given.
        text: String,
    },
    /// A knob was given twice.
    #[error("{knob} is given twice: {text:?} would replace the value before it")]
    RepeatedKnob {
        /// The knob's name.
        knob: String,
        /// The later of the texts.
        text: String,
    },
    /// The law leaves the range of floating-point numbers, or that of its quantity.
    #[error("{law}: {quantity} = {value} is {}", fault(*value))]
    Value {
        /// The law's id, or the functional form.
        law: &'static str,
        /// What was computed.
        quantity: &'static str,
        /// The value computed.
        value: f64,
    },
    /// A step lies beyond the schedule.
    #[error("step {step} is beyond a schedule of {steps} steps (counted from zero)")]
    Step {
        /// The step asked for.
        step: usize,
        /// The steps there are.
        steps: usize,
    },
}

/// What is wrong with a value that a law gives.
fn fault(value: f64) -> &'static str {
    match value {
        value if !value.is_finite() => "not a finite number",
        value if value > 0.0 => "too great for what it is",
        _ => "not above zero, as it must be: the law is asked too far outside of what it was fitted on",
    }
}

impl LawError {
    /// The same with the law's id in place of its formula.
    pub(crate) fn of_law(self, id: &'static str) -> Self {
        match self {
            Self::MissingInput { needs, verb, .. } => Self::MissingInput { law: id.into(), needs, verb },
            Self::Knob { knob, value, allowed, .. } => Self::Knob { law: id, knob, value, allowed },
            Self::Value { quantity, value, .. } => Self::Value { law: id, quantity, value },
            other => other,
        }
    }
}
