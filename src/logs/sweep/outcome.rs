use std::fmt;

use crate::error::LogError;
use crate::logs::LogFormat;
use crate::runs::{FinalLoss, History, RunStatus};
use crate::units::Params;

/// A run that was found in a folder of logs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LoggedRun {
    /// The file, by its path in the folder.
    pub file: String,
    /// The kind of log.
    pub format: LogFormat,
    /// What the log holds, with what the manifest says of it.
    pub history: History,
    /// The parts of the path that the pattern names.
    pub named: Vec<(String, String)>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a run that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is a row of the table.
    Used {
        /// N.
        params: Params,
        /// The loss that counts, with D.
        loss: FinalLoss,
    },
    /// It diverged or is not finished, and the manifest does not keep such runs.
    Ended(RunStatus),
    /// Another file holds the same run, and is kept: of copies that which can be used, and of these the longest.
    Duplicate {
        /// The file and the run.
        of: String,
    },
    /// It continues another run and was stitched onto it.
    Stitched {
        /// The file and the run.
        onto: String,
    },
    /// N, D or the loss is not known or not usable.
    Refused(LogError),
}

/// A file that gave no run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedFile {
    /// Its path in the folder.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl Outcome {
    /// A word for tables: "used", "diverged", "unfinished", "duplicate", "stitched" or "refused".
    pub fn word(&self) -> &'static str {
        match self {
            Self::Used { .. } => "used",
            Self::Ended(RunStatus::Diverged { .. } | RunStatus::NotFinite { .. }) => "diverged",
            Self::Ended(_) => "unfinished",
            Self::Duplicate { .. } => "duplicate",
            Self::Stitched { .. } => "stitched",
            Self::Refused(_) => "refused",
        }
    }

    /// Whether it is a row of the table.
    pub fn is_used(&self) -> bool {
        matches!(self, Self::Used { .. })
    }
}

/// A sentence.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Used { loss, .. } => {
                write!(f, "used: {} of {} at step {}", loss.policy, loss.series, loss.step)
            }
            Self::Ended(status) => status.fmt(f),
            Self::Duplicate { of } => write!(f, "the same run as {of}"),
            Self::Stitched { onto } => write!(f, "continues {onto} and is stitched onto it"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}
