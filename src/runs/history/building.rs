//! How a history is filled, record by record.

use super::History;
use crate::runs::{LossKind, Series};
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

/// A log whose steps go back and forth without end is no reason to fill the memory with warnings.
const MOST_WARNINGS: usize = 1000;

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
        self.goes_back(index, step)
            && self.series.iter().filter_map(Series::first_record).min().is_some_and(|first| step <= first)
    }

    /// The same facts for another run of the same log, without its records.
    #[cfg(feature = "logs")]
    pub(crate) fn without_records(&self, label: String) -> Self {
        let series = self.series.iter().map(|series| Series::new(series.name(), series.kind())).collect();
        let (clock, samples, warnings) = Default::default();
        Self { label, series, clock, samples, warnings, ..self.clone() }
    }

    /// Another run of the same log, of which nothing is known. The series keep their numbers.
    #[cfg(feature = "logs")]
    pub(crate) fn without_facts(&self, label: String) -> Self {
        Self { series: self.without_records(String::new()).series, ..Self::new(label) }
    }

    /// The series that shows the run's course: of training losses that with the most points, else of validation.
    pub(crate) fn main_series(&self) -> Option<&Series> {
        let longest = |kind| {
            let of_kind = self.series.iter().filter(|series| series.kind() == kind);
            of_kind.reduce(|best, series| if series.len() > best.len() { series } else { best })
        };
        longest(LossKind::Train).or_else(|| longest(LossKind::Validation))
    }

    /// Tokens of a step as somebody says who knows better than the log.
    #[cfg(feature = "logs")]
    pub(crate) fn overrule_tokens_per_step(&mut self, tokens: f64) {
        (self.clock, self.samples) = Default::default();
        self.set_tokens_per_step(tokens);
    }

    /// Whether the log counts sequences.
    #[cfg(feature = "logs")]
    pub(crate) fn counts_samples(&self) -> bool {
        self.samples.at(self.last_step().unwrap_or(0)).is_some()
    }

    /// The first step of any series.
    #[cfg(feature = "logs")]
    pub(crate) fn first_step(&self) -> Option<u64> {
        self.series.iter().filter_map(Series::first_record).min()
    }

    /// Takes in another log of the same run, and says how many records of this one it replaces.
    ///
    /// Where the two have a series in common the other one is what was logged after a restart: it replaces what this one
    /// holds from its first step on. Where they have none it is beside this one, as a log of evaluations is.
    #[cfg(feature = "logs")]
    pub(crate) fn append(&mut self, next: Self) -> usize {
        let Some(first) = next.first_step() else { return 0 };
        let (mut dropped, restart) = (0, next.series.iter().any(|series| self.get(series.name()).is_some()));
        if restart {
            let goes_on = |name: &str| next.series.iter().any(|series| series.name() == name);
            for series in &mut self.series {
                let from = if goes_on(series.name()) { first } else { first.saturating_add(1) };
                dropped += series.truncate_from(from);
            }
        }
        for series in next.series {
            let index = self.index_of(series.name(), series.kind());
            if let Some(own) = self.series.get_mut(index) {
                own.absorb(&series);
            }
        }
        self.clock.absorb(next.clock, restart.then_some(first));
        self.samples.absorb(next.samples, restart.then_some(first));
        self.tokens_per_step = self.tokens_per_step.or(next.tokens_per_step);
        self.tokens_per_sample = self.tokens_per_sample.or(next.tokens_per_sample);
        self.params = self.params.or(next.params);
        self.planned_steps = next.planned_steps.or(self.planned_steps);
        self.nominal_steps |= next.nominal_steps;
        self.steps_from_zero = self.steps_from_zero.or(next.steps_from_zero);
        self.state = next.state.or(self.state.take());
        self.warnings.extend(next.warnings);
        for (name, value) in next.metadata {
            self.set_metadata(name, value);
        }
        dropped
    }

    /// Drops series without a record, and says which series hold values that were logged twice with a difference.
    #[cfg(feature = "logs")]
    pub(crate) fn finish(&mut self) {
        self.series.retain(|series| series.first_record().is_some());
        for series in &self.series {
            if series.repeats() > 0 {
                let repeats = match series.repeats() {
                    1 => format!("1 record of {} repeats", series.name()),
                    count => format!("{count} records of {} repeat", series.name()),
                };
                let what =
                    format!("{}: {repeats} a step with another value; the last one of a step counts", self.label);
                self.warnings.push(Warning::Ignored { what });
            }
            if series.is_thinned() {
                let what = format!("{}: the older points of {} are thinned out", self.label, series.name());
                self.warnings.push(Warning::Ignored { what });
            }
        }
    }

    /// Takes NaN in the rows of a table for absent values, where a series is measured more rarely than the one that shows
    /// the course of the run. NaN in that one is never taken so.
    #[cfg(feature = "logs")]
    pub(crate) fn mark_absent(&mut self) {
        if !self.series.iter().any(Series::ends_not_finite) {
            return;
        }
        let Some(main) = self.main_series().cloned().filter(|main| !main.ends_not_finite()) else { return };
        for series in self.series.iter_mut().filter(|series| series.name() != main.name() && series.ends_not_finite()) {
            series.mark_absent_beside(&main);
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
