/// What is wrong with a law, its id, its stored form or its evaluation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LawError {
    /// No family of laws of this name.
    #[error("there is no family of laws {name:?} that can be fitted; there are {known}")]
    UnknownFamily {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
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
        /// The functional form.
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
    /// The law leaves the range of floating-point numbers.
    #[error("{law}: {quantity} = {value} is not a finite number")]
    Value {
        /// The functional form.
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
