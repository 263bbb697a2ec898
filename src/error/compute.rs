use super::UnitError;

/// What is wrong with a model shape, a configuration file, an accelerator, a number format or a trend.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeError {
    /// A dimension of a model shape is not usable.
    #[error("shape: {field} = {value} is not allowed, it must be {allowed}")]
    Shape {
        /// The dimension, named as in [`ShapeBuilder`](crate::ShapeBuilder).
        field: &'static str,
        /// The refused value.
        value: u64,
        /// What is allowed, with the value of the other dimensions it depends on.
        allowed: String,
    },
    /// A number given with a question is out of range.
    #[error("{what} = {value} is not allowed, it must be {allowed}")]
    Argument {
        /// The name of the number.
        what: &'static str,
        /// The refused value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A model is split over devices in a way that its shape does not permit.
    #[error("cannot split the model {what} = {value} ways: {reason}")]
    Split {
        /// "tensor", "pipeline", "data" or "expert".
        what: &'static str,
        /// The number of ways.
        value: u64,
        /// What the number must divide or not exceed.
        reason: String,
    },
    /// A configuration cannot be read at all.
    #[error("cannot read a model configuration from {origin}: {reason}")]
    Config {
        /// File name or "JSON".
        origin: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// A key of a configuration is missing.
    #[error("{origin}: a configuration of type {model_type:?} needs {key:?}, which is missing")]
    ConfigMissing {
        /// File name or "JSON".
        origin: String,
        /// The model type.
        model_type: String,
        /// The missing key.
        key: &'static str,
    },
    /// A key of a configuration has a value of the wrong kind.
    #[error("{origin}: {key} is {value}, expected {expected}")]
    ConfigValue {
        /// File name or "JSON".
        origin: String,
        /// The key.
        key: &'static str,
        /// Its value as JSON.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A name that is not in a catalogue.
    #[error("no {kind} is called {name:?}; known are {known}")]
    Unknown {
        /// "accelerator", "number format", "trend", …
        kind: &'static str,
        /// The name as given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A text that is not of the expected form.
    #[error("cannot read {text:?} as {what}: expected {expected}")]
    Parse {
        /// What was to be read.
        what: &'static str,
        /// The text as given.
        text: String,
        /// The accepted spelling.
        expected: &'static str,
    },
    /// An accelerator does not compute in this format, or its maker gives no peak for it.
    #[error("{accelerator} has no published peak in {format}; it has {has}")]
    NoPeak {
        /// The accelerator.
        accelerator: String,
        /// The format asked for.
        format: &'static str,
        /// The formats with a peak.
        has: String,
    },
    /// A fact about an accelerator that its maker does not publish.
    #[error("{accelerator} has no published {what}: {remedy}")]
    NotPublished {
        /// The accelerator.
        accelerator: String,
        /// The missing fact.
        what: &'static str,
        /// What to give instead.
        remedy: &'static str,
    },
    /// A shape that no known configuration format can express.
    #[error("no Hugging Face model type that this library writes has {what}")]
    NotExpressible {
        /// The combination of features.
        what: String,
    },
    /// No shape of the lattice comes near a size.
    #[error(
        "no shape is within a factor of two of {target:e} parameters; {}: take a smaller vocabulary or multiple, or a \
         wider band of aspect ratios",
        .nearest.map_or("there is none at all".into(), |n| format!("the nearest has {n:e}"))
    )]
    NoShape {
        /// The size asked for.
        target: f64,
        /// The nearest size there is.
        nearest: Option<f64>,
    },
    /// No shape of the lattice near a size satisfies the limits.
    #[error(
        "no shape near {target:e} parameters satisfies the limits; the nearest has {nearest:e}: loosen a limit, or take a \
         smaller width multiple or a wider band of aspect ratios"
    )]
    NoAllowedShape {
        /// The size asked for.
        target: f64,
        /// The nearest size there is.
        nearest: f64,
    },
    /// A derived quantity left its range.
    #[error(transparent)]
    Unit(#[from] UnitError),
}
