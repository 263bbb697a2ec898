mod building;
mod order;

use super::clock::Clock;
use super::status::RunStatus;
use super::{FinalLoss, LossKind, LossPolicy, Run, Series};
use crate::error::LogError;
use crate::units::{Nats, ParamCount, Params, Tokens};
use crate::warning::Warning;

/// What the log of one training run holds: losses by step, and what else it says of the run.
///
/// Records are added in the order of the log. Where the step goes back the run was restarted: what was logged of the
/// later steps is replaced by what follows, and a [`Warning::Restarted`] says so.
///
/// ```
/// use scaling_laws::{History, LossKind, LossPolicy, Params};
/// let mut history = History::new("small");
/// history.set_tokens_per_step(1e6);
/// for (step, loss) in [(1000, 3.4), (2000, 3.1), (3000, 3.3), (2000, 3.12), (3000, 3.0)] {
///     history.push("train", LossKind::Train, step, loss);
/// }
/// let last = history.final_loss(LossPolicy::Last, None)?;
/// assert_eq!((last.loss.get(), last.step), (3.0, 3000));
/// assert_eq!(last.tokens.map(|tokens| tokens.get()), Some(3e9));
/// assert_eq!(history.warnings()[0].code(), "restarted");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    label: String,
    series: Vec<Series>,
    clock: Clock,
    samples: Clock,
    tokens_per_step: Option<f64>,
    steps_from_zero: Option<bool>,
    tokens_per_sample: Option<f64>,
    params: Option<(Params, Option<ParamCount>)>,
    planned_steps: Option<u64>,
    nominal_steps: bool,
    state: Option<String>,
    metadata: Vec<(String, String)>,
    warnings: Vec<Warning>,
}

impl History {
    /// An empty history.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The same history under another name.
    #[must_use]
    pub fn with_label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// The run's name.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// All series in order of appearance.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// A series by name.
    pub fn get(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.name() == name)
    }

    /// N as the log states it, and what it counts where it says.
    pub fn params(&self) -> Option<(Params, Option<ParamCount>)> {
        self.params
    }

    /// The number of steps the run was to have.
    pub fn planned_steps(&self) -> Option<u64> {
        self.planned_steps
    }

    #[cfg(feature = "logs")]
    pub(crate) fn tokens_per_step(&self) -> Option<f64> {
        self.tokens_per_step
    }

    #[cfg(feature = "logs")]
    pub(crate) fn tokens_per_sample(&self) -> Option<f64> {
        self.tokens_per_sample
    }

    /// The state a run tracker recorded, such as "finished" or "crashed".
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Other facts of the log by name, as text.
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// What the reader stitched, derived or passed over.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The last step of any series.
    pub fn last_step(&self) -> Option<u64> {
        self.series.iter().filter_map(Series::last_record).max()
    }

    /// Whether the log has no steps, so that they only number its records.
    pub fn has_nominal_steps(&self) -> bool {
        self.nominal_steps
    }

    /// D at a step: as the log states it, else from its tokens per step or per sample. `None` without either, where it is 0,
    /// and from tokens per step where the steps are nominal. Steps that are known to be counted from zero, as those of a
    /// training loss logged at every step from 0 on are, count one more than their number.
    pub fn tokens_at(&self, step: u64) -> Option<Tokens> {
        let amount = self.clock.at(step).or_else(|| self.per_step(step)).or_else(|| self.per_sample(step))?;
        Tokens::new(amount).ok()
    }

    fn per_step(&self, step: u64) -> Option<f64> {
        Some(self.tokens_per_step.filter(|_| !self.nominal_steps)? * self.steps_made(step))
    }

    fn per_sample(&self, step: u64) -> Option<f64> {
        Some(self.samples.at(step)? * self.tokens_per_sample?)
    }

    /// Whether the run is complete, cut short or diverged.
    pub fn status(&self) -> RunStatus {
        RunStatus::of(self)
    }

    /// The loss of the run under a policy, from the series called `series`, or by default from the only validation
    /// series for [`LossPolicy::LastValidation`] and from the only training series for the others.
    ///
    /// # Errors
    /// [`LogError::Series`] if the series is not there or several could be meant; [`LogError::NotFinite`] if its log
    /// ends in NaN or infinity, under all policies but [`LossPolicy::Minimum`]; [`LogError::Policy`] for too few points;
    /// [`LogError::Unit`] for a loss that is not above zero.
    pub fn final_loss(&self, policy: LossPolicy, series: Option<&str>) -> Result<FinalLoss, LogError> {
        let series = self.choose(policy, series)?;
        if let Some(bad) = series.not_finite().filter(|_| series.ends_not_finite() && policy != LossPolicy::Minimum) {
            return Err(LogError::NotFinite {
                label: self.label.clone(),
                series: series.name().into(),
                step: bad.last_step,
            });
        }
        let judged = policy.judge(series)?;
        Ok(FinalLoss {
            loss: Nats::new(judged.loss)?,
            standard_error: judged.standard_error,
            step: judged.step,
            tokens: self.tokens_at(judged.step),
            series: series.name().into(),
            points: judged.points,
            policy,
        })
    }

    /// The run as one row of a table: N as given or else as logged, D and L at the step of the policy.
    ///
    /// # Errors
    /// As [`final_loss`](Self::final_loss), and [`LogError::Unknown`] if N or D is neither logged nor given.
    pub fn run(
        &self,
        params: Option<Params>,
        policy: LossPolicy,
        series: Option<&str>,
    ) -> Result<(Run, FinalLoss), LogError> {
        let unknown = |quantity, option| LogError::Unknown { label: self.label.clone(), quantity, option };
        let params = params.or(self.params.map(|(params, _)| params)).ok_or_else(|| {
            unknown("parameters (N)", "params (--params), or in a manifest the config to count them from")
        })?;
        let last = self.final_loss(policy, series)?;
        let tokens = last.tokens.ok_or_else(|| {
            unknown("tokens (D)", "tokens_per_step (--tokens-per-step), or in a manifest batch and context")
        })?;
        Ok((Run { params, tokens, loss: last.loss }, last))
    }

    /// The series that a policy takes.
    fn choose(&self, policy: LossPolicy, name: Option<&str>) -> Result<&Series, LogError> {
        let refused = |wanted: String| LogError::Series {
            label: self.label.clone(),
            wanted,
            found: self.series.iter().map(Series::name).collect::<Vec<_>>().join(", "),
        };
        if let Some(name) = name {
            return self.get(name).ok_or_else(|| refused(format!("the series {name:?}")));
        }
        let (kind, called) = match policy {
            LossPolicy::LastValidation => (LossKind::Validation, "validation"),
            _ => (LossKind::Train, "training"),
        };
        let mut candidates = self.series.iter().filter(|series| series.kind() == kind);
        match (candidates.next(), candidates.next()) {
            (Some(series), None) => Ok(series),
            (None, _) => Err(refused(format!("a series of {called} losses"))),
            (Some(_), Some(_)) => Err(refused(format!("the one series of {called} losses; there are several"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_replaces_what_came_after_it_in_all_series() {
        let mut history = History::new("r");
        for step in 1..=10 {
            history.push("train", LossKind::Train, step, 5.0 - 0.1 * step as f64);
            history.push_tokens(step, 100.0 * step as f64);
        }
        history.push("val", LossKind::Validation, 4, 4.9);
        history.push("val", LossKind::Validation, 9, 4.5);
        for step in 6..=8 {
            history.push("train", LossKind::Train, step, 1.0);
        }
        assert_eq!(history.get("train").unwrap().last(), Some((8, 1.0)));
        assert_eq!(history.get("train").unwrap().len(), 8);
        assert_eq!(history.get("val").unwrap().last(), Some((4, 4.9)));
        let restart = Warning::Restarted { run: "r".into(), from: 10, to: 6, dropped: 6 };
        assert_eq!(history.warnings(), [restart]);
        assert_eq!(history.tokens_at(8).map(Tokens::get), Some(800.0));
    }

    #[test]
    fn a_series_must_be_named_where_several_could_be_meant() {
        let mut history = History::new("r");
        assert!(history.final_loss(LossPolicy::Last, None).is_err());
        history.push("val_a", LossKind::Validation, 1, 3.0);
        history.push("val_b", LossKind::Validation, 1, 2.0);
        let error = history.final_loss(LossPolicy::LastValidation, None).unwrap_err().to_string();
        assert!(error.contains("several") && error.contains("val_a, val_b"), "{error}");
        assert_eq!(history.final_loss(LossPolicy::Last, Some("val_b")).unwrap().loss.get(), 2.0);
        assert!(history.final_loss(LossPolicy::Last, Some("val_c")).is_err());
    }

    #[test]
    fn a_run_that_ends_in_nan_has_no_last_loss() {
        let mut history = History::new("r");
        history.push("train", LossKind::Train, 1, 3.0);
        history.push("train", LossKind::Train, 2, f64::NAN);
        let error = history.final_loss(LossPolicy::Last, None).unwrap_err();
        assert!(matches!(error, LogError::NotFinite { step: 2, .. }), "{error}");
        assert_eq!(history.final_loss(LossPolicy::Minimum, None).unwrap().loss.get(), 3.0);
        history.push("train", LossKind::Train, 3, -1.0);
        assert!(matches!(history.final_loss(LossPolicy::Last, None), Err(LogError::Unit(_))));
    }

    #[test]
    fn tokens_come_from_what_the_log_states() {
        let mut history = History::new("r");
        assert_eq!(history.tokens_at(5), None);
        history.push_samples(10, 640.0);
        assert_eq!(history.tokens_at(10), None, "sequences of unknown length");
        history.set_tokens_per_sample(2048.0);
        assert_eq!(history.tokens_at(20).map(Tokens::get), Some(1280.0 * 2048.0));
        history.set_tokens_per_step(1.0);
        assert_eq!(history.tokens_at(20).map(Tokens::get), Some(20.0));
        assert_eq!(history.tokens_at(0), None);
    }
}
