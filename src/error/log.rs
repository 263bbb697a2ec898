use super::{RunsError, UnitError};

/// What is wrong with a training log, or with what was asked of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The content is of no kind that is read.
    #[error("{path} is no training log that can be read: {reason}")]
    UnknownFormat {
        /// The file.
        path: String,
        /// What it looks like, or what was looked for.
        reason: String,
    },
    /// The file is of a known kind and broken.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// Where, what stands there and what was expected.
        reason: String,
    },
    /// The file unpacks to more than any log would.
    #[error(
        "{path} unpacks to more than {bytes} bytes, {ratio} times its size: it is taken for a decompression bomb. \
             Unpack it yourself if it is genuine"
    )]
    Bomb {
        /// The file.
        path: String,
        /// Bytes unpacked when reading stopped.
        bytes: u64,
        /// Bytes unpacked per byte of the file.
        ratio: u64,
    },
    /// A document that must be held in memory whole is too large for that.
    #[error("{path}: {what} is larger than {limit} bytes, which must be held in memory at once")]
    TooLarge {
        /// The file.
        path: String,
        /// The document or record.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A manifest that cannot be read, or that contradicts itself.
    #[error("{path}: {reason}")]
    Manifest {
        /// The manifest.
        path: String,
        /// Where and what.
        reason: String,
    },
    /// Runs of one table count N differently.
    #[error(
        "run {label:?}: the runs count N differently, {one} in {first} and {other} in {second}: state params or config with one \
             param_count (--param-count) for all"
    )]
    CountsDiffer {
        /// The run.
        label: String,
        /// What N counts in the first run that says it.
        one: String,
        /// That run.
        first: String,
        /// What N counts in the first run that says otherwise.
        other: String,
        /// That run.
        second: String,
    },
    /// A loss policy that cannot be read or applied, or that is missing.
    #[error("{}: {reason}", policy_in_words(.policy))]
    Policy {
        /// The policy; empty where none is stated.
        policy: String,
        /// What was expected or is missing.
        reason: String,
    },
    /// The series asked for is not there, or not the only one.
    #[error("run {label:?}: looked for {wanted}; it has {}. Name the series of losses", if .found.is_empty() { "none" } else { .found })]
    Series {
        /// The run.
        label: String,
        /// What was asked for.
        wanted: String,
        /// Names of its series.
        found: String,
    },
    /// The log of the run ends in NaN or infinity.
    #[error("run {label:?}: series {series:?} ends in a value that is not finite, at step {step}: the run diverged")]
    NotFinite {
        /// The run.
        label: String,
        /// The series.
        series: String,
        /// The last such step.
        step: u64,
    },
    /// N or D is neither in the log nor given.
    #[error("run {label:?}: {quantity} are not in the log: give {option}")]
    Unknown {
        /// The run.
        label: String,
        /// The quantity.
        quantity: &'static str,
        /// What would give it.
        option: &'static str,
    },
    /// The file cannot be opened or read, or holds nothing.
    #[error(transparent)]
    File(#[from] RunsError),
    /// A value is not a quantity.
    #[error(transparent)]
    Unit(#[from] UnitError),
}

fn policy_in_words(policy: &str) -> String {
    if policy.is_empty() { "no loss policy is stated".into() } else { format!("loss policy {policy:?}") }
}
