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
    tokens_per_sample: Option<f64>,
    params: Option<(Params, Option<ParamCount>)>,
    planned_steps: Option<u64>,
    nominal_steps: bool,
    state: Option<String>,
    metadata: Vec<(String, String)>,
    warnings: Vec<Warning>,
}

/// A log whose steps go back and forth without end is no reason to fill the memory with warnings.
const MOST_WARNINGS: usize = 1000;

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

    /// D at a step: as the log states it, else from its tokens per step or per sample. `None` without either, at step 0,
    /// and from tokens per step where the steps are nominal.
    pub fn tokens_at(&self, step: u64) -> Option<Tokens> {
        let from_samples = || self.samples.scaled(self.tokens_per_sample?).at(step);
        let per_step = || Some(self.tokens_per_step.filter(|_| !self.nominal_steps)? * step as f64);
        let amount = self.clock.at(step).or_else(per_step).or_else(from_samples)?;
        Tokens::new(amount).ok()
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
        let params = params
            .or(self.params.map(|(params, _)| params))
            .ok_or_else(|| unknown("parameters (N)", "its parameters"))?;
        let last = self.final_loss(policy, series)?;
        let tokens = last.tokens.ok_or_else(|| {
            unknown("tokens (D)", "its tokens per step (set_tokens_per_step) or per sequence (set_tokens_per_sample)")
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

/// Building a history.
impl History {
    /// Adds a record to a series, which is made if there is none of that name.
    pub fn push(&mut self, series: &str, kind: LossKind, step: u64, value: f64) {
        let index = self.index_of(series, kind);
        self.record(index, step, value);
    }

    /// Says that a step ended with so many tokens seen in all.
    pub fn push_tokens(&mut self, step: u64, tokens: f64) {
        self.clock.push(step, tokens);
    }

    /// Says that a step ended with so many sequences seen in all.
    pub fn push_samples(&mut self, step: u64, samples: f64) {
        self.samples.push(step, samples);
    }

    /// Tokens of one step, where all steps have the same. Values that are not above zero are no statement.
    pub fn set_tokens_per_step(&mut self, tokens: f64) {
        self.tokens_per_step = Some(tokens).filter(|t| t.is_finite() && *t > 0.0);
    }

    /// Tokens of one sequence, which turns sequences seen into tokens.
    pub fn set_tokens_per_sample(&mut self, tokens: f64) {
        self.tokens_per_sample = Some(tokens).filter(|t| t.is_finite() && *t > 0.0);
    }

    /// N and what it counts.
    pub fn set_params(&mut self, params: Params, count: Option<ParamCount>) {
        self.params = Some((params, count));
    }

    /// The number of steps the run is to have.
    pub fn set_planned_steps(&mut self, steps: u64) {
        self.planned_steps = Some(steps);
    }

    /// Says that the log has no steps and that they only number its records.
    pub fn set_nominal_steps(&mut self, nominal: bool) {
        self.nominal_steps = nominal;
    }

    /// The state that a run tracker recorded.
    pub fn set_state(&mut self, state: impl Into<String>) {
        self.state = Some(state.into());
    }

    /// A fact of the log, as text; of one name the last counts.
    pub fn set_metadata(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.metadata.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.metadata.push((name, value)),
        }
    }

    /// A doubt about the log.
    pub fn push_warning(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// The number of a series, which is made if there is none of that name.
    pub(crate) fn index_of(&mut self, name: &str, kind: LossKind) -> usize {
        if let Some(index) = self.series.iter().position(|series| series.name() == name) {
            return index;
        }
        self.series.push(Series::new(name, kind));
        self.series.len() - 1
    }

    /// Adds a record to a series by its number; a step that goes back is a restart.
    pub(crate) fn record(&mut self, index: usize, step: u64, value: f64) {
        let Some(series) = self.series.get_mut(index) else { return };
        if let Some(last) = series.last_record().filter(|last| step < *last) {
            self.restart(index, step, last);
        }
        if let Some(series) = self.series.get_mut(index) {
            series.push(step, value);
        }
    }

    /// Whether a record would take the run back to its beginning: not a restart but another run in the same log.
    #[cfg(feature = "logs")]
    pub(crate) fn begins_anew(&self, index: usize, step: u64) -> bool {
        let back = self.series.get(index).and_then(Series::last_record).is_some_and(|last| step < last);
        back && self.series.iter().filter_map(Series::first_record).min().is_some_and(|first| step <= first)
    }

    /// The same facts for another run of the same log, without its records.
    #[cfg(feature = "logs")]
    pub(crate) fn without_records(&self, label: String) -> Self {
        let series = self.series.iter().map(|series| Series::new(series.name(), series.kind())).collect();
        let (clock, samples, warnings) = Default::default();
        Self { label, series, clock, samples, warnings, ..self.clone() }
    }

    /// Drops series without a record, and says which series hold values that were logged twice with a difference.
    #[cfg(feature = "logs")]
    pub(crate) fn finish(&mut self) {
        self.series.retain(|series| series.first_record().is_some());
        for series in &self.series {
            if series.repeats() > 0 {
                let what = format!(
                    "{}: {} records of {} repeat a step with another value; the last one of a step counts",
                    self.label,
                    series.repeats(),
                    series.name()
                );
                self.warnings.push(Warning::Ignored { what });
            }
            if series.is_thinned() {
                let what = format!("{}: the older points of {} are thinned out", self.label, series.name());
                self.warnings.push(Warning::Ignored { what });
            }
        }
    }

    /// Whether nothing was recorded.
    #[cfg(feature = "logs")]
    pub(crate) fn is_empty(&self) -> bool {
        self.last_step().is_none()
    }

    fn restart(&mut self, index: usize, step: u64, from: u64) {
        let mut dropped = 0;
        for (other, series) in self.series.iter_mut().enumerate() {
            // What another series holds at this very step stands until it is logged again.
            dropped += series.truncate_from(if other == index { step } else { step.saturating_add(1) });
        }
        self.clock.truncate_from(step);
        self.samples.truncate_from(step);
        // The series of one restart come one after the other.
        if let Some(Warning::Restarted { from: f, to, dropped: d, .. }) = self.warnings.last_mut()
            && *f >= from
            && *to <= step
        {
            *d += dropped;
            return;
        }
        if self.warnings.len() >= MOST_WARNINGS {
            return;
        }
        self.warnings.push(Warning::Restarted { run: self.label.clone(), from, to: step, dropped });
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
