//! What rows of metrics leave in doubt: tokens that fall, epochs whose steps begin anew, rows without a loss.

use super::words::{are, counted};
use crate::digits::lettered;
use crate::runs::History;
use crate::warning::Warning;

/// Tokens as the rows state them; those seen in all do not fall while the step rises.
#[derive(Debug, Default)]
pub(super) struct TokenCount {
    last: Option<(u64, f64)>,
    fall: Option<[(u64, f64); 2]>,
}

impl TokenCount {
    pub fn push(&mut self, step: u64, tokens: f64) {
        if let Some(last) = self.last.filter(|(s, t)| *s < step && *t > tokens) {
            self.fall.get_or_insert([last, (step, tokens)]);
        }
        self.last = Some((step, tokens));
    }

    pub fn doubt(&self) -> Option<String> {
        let [(s0, t0), (s1, t1)] = self.fall?;
        let (t0, t1) = (lettered(t0), lettered(t1));
        Some(format!(
            "its tokens fall from {t0} at step {s0} to {t1} at step {s1}, as where they are counted anew in each epoch; D is not taken \
             from them: give tokens_per_step (--tokens-per-step)"
        ))
    }
}

/// Steps that begin anew in each epoch, counted through.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    last: Option<f64>,
    /// The epochs that begin anew, with the steps before them.
    starts: Vec<(f64, u64)>,
    begun: usize,
}

impl Epochs {
    /// The step from the beginning of the run.
    pub fn through(&self, step: u64) -> u64 {
        step.saturating_add(self.starts.last().map_or(0, |(_, before)| *before))
    }

    /// Goes back to an earlier epoch, if a row is of one.
    pub fn fall(&mut self, epoch: Option<f64>) {
        while self.starts.last().zip(epoch).is_some_and(|((start, _), epoch)| epoch < *start) {
            self.starts.pop();
        }
    }

    pub fn see(&mut self, epoch: Option<f64>) {
        self.last = epoch.or(self.last);
    }

    /// Whether a row is of a later epoch than the one before.
    pub fn rises(&self, epoch: Option<f64>) -> bool {
        epoch.zip(self.last).is_some_and(|(epoch, last)| epoch > last)
    }

    /// Takes a row for the first of the next epoch: its step is as far behind the last as two records lie apart.
    pub fn begin(&mut self, epoch: Option<f64>, step: u64, run: &History) {
        let (last, first) = (run.last_step().unwrap_or(0), run.first_step().unwrap_or(0));
        let end = last.saturating_add(run.interval()).saturating_sub(first);
        let before = end.max(last.saturating_add(1).saturating_sub(step));
        self.starts.extend(epoch.map(|epoch| (epoch, before)));
        self.begun += 1;
    }

    /// Says what was counted through, and that steps are counted from zero where their numbers show it: with an epoch
    /// beside them 49, 99, 149 are the ends of 50, 100 and 150 steps.
    pub fn tell(&self, run: &mut History) {
        if self.begun > 0 {
            let what = format!(
                "{}: its steps begin anew in each of {}; they are counted through",
                run.label(),
                counted(self.begun + 1, "epoch")
            );
            run.push_warning(Warning::Assumed { what });
        }
        let steps = run.main_series().map(|series| series.steps()).unwrap_or_default();
        if let (Some(_), [first, second, ..]) = (self.last, steps) {
            let interval = second - first;
            if interval > 1 && steps.iter().all(|step| step % interval == interval - 1) && *first == interval - 1 {
                run.set_steps_from_zero(true);
            }
        }
    }
}

/// Rows after the last loss whose cells of losses are blank.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    count: usize,
    last: u64,
}

impl Blanks {
    pub fn push(&mut self, step: u64) {
        self.count += 1;
        self.last = self.last.max(step);
    }

    /// A loss stands below them.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// Says that losses are missing where they were due. Two rows or more to the end are no end of a run; one may be cut short.
    pub fn tell(&self, run: &mut History) -> Option<String> {
        let last = run.last_step().filter(|last| self.count > 1 && self.last >= last.saturating_add(run.interval()))?;
        run.set_planned_steps(run.planned_steps().unwrap_or(0).max(self.last));
        Some(format!("{} without a loss after step {last}, to the end at step {}", are(self.count, "row"), self.last))
    }
}
