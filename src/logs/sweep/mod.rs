//! A folder of logs as one table of runs, with an account of every file.

mod collect;
mod copies;
mod join;
mod outcome;
mod same;
mod side;
mod table;
mod walk;
mod watched;

pub(super) use self::collect::{config_near, open};
pub use self::outcome::{LoggedRun, Outcome, SkippedFile};
pub(super) use self::walk::{Findings, Found, find};
pub use self::watched::ReadProgress;
use crate::error::LogError;
use crate::runs::{Curve, LossPolicy, Runs};
use crate::warning::Warning;

/// What a [`Manifest`](crate::Manifest) made of the logs it was held against.
///
/// Every file is accounted for: each run found is in [`logged`](Self::logged) with its [`Outcome`], each file without a
/// run in [`skipped`](Self::skipped) with the reason.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Sweep {
    runs: Runs,
    logged: Vec<LoggedRun>,
    skipped: Vec<SkippedFile>,
    warnings: Vec<Warning>,
}

impl Sweep {
    /// The table of the runs that are used, with columns `run`, `file`, `series`, `policy`, `step` and `status` and one
    /// for each named part of the patterns.
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// The same, for keeps.
    pub fn into_runs(self) -> Runs {
        self.runs
    }

    /// All runs found, in order of their files.
    pub fn logged(&self) -> &[LoggedRun] {
        &self.logged
    }

    /// Files that gave no run.
    pub fn skipped(&self) -> &[SkippedFile] {
        &self.skipped
    }

    /// Doubts about files and runs.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The runs that are used as curves, their losses under the policy at every point, for
    /// [`Approach1`](crate::Approach1).
    ///
    /// # Errors
    /// As [`History::curve`](crate::History::curve).
    pub fn curves(&self) -> Result<Vec<Curve>, LogError> {
        let curve = |run: &LoggedRun| {
            let Outcome::Used { params, loss } = &run.outcome else { return None };
            let policy: LossPolicy = loss.policy;
            Some(run.history.curve(Some(*params), policy, Some(&loss.series)))
        };
        self.logged.iter().filter_map(curve).collect()
    }
}
