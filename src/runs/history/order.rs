//! What a history says of the order of its steps and of what they count, for readers of logs.

use super::History;
use crate::runs::{LossKind, Series};

impl History {
    /// Says whether the steps are counted from zero, so that by the end of step 0 one step has been made, or are the number
    /// of updates.
    #[cfg(feature = "logs")]
    pub(crate) fn set_steps_from_zero(&mut self, from_zero: bool) {
        self.steps_from_zero = Some(from_zero);
    }

    /// The steps made by the end of one. Where nobody says it, a training loss at every step from 0 on shows that they are
    /// counted from zero, unless a validation at step 0, before the first, or beyond the last shows that the number is that
    /// of updates.
    pub(super) fn steps_made(&self, step: u64) -> f64 {
        let all_from_zero = |main: &Series| {
            const FEWEST: usize = 3;
            let (first, last) = (main.steps().first(), main.steps().last());
            let every = main.len() >= FEWEST && first == Some(&0) && last == Some(&(main.len() as u64 - 1));
            let counts_updates = |series: &&Series| {
                series.kind() == LossKind::Validation
                    && (series.steps().first() == Some(&0) || series.steps().last() > last)
            };
            main.kind() == LossKind::Train && every && !self.series.iter().any(|series| counts_updates(&series))
        };
        let from_zero = self.steps_from_zero.unwrap_or_else(|| self.main_series().is_some_and(all_from_zero));
        step as f64 + if from_zero { 1.0 } else { 0.0 }
    }

    /// Whether a record would go back in its series.
    #[cfg(feature = "logs")]
    pub(crate) fn goes_back(&self, index: usize, step: u64) -> bool {
        self.series.get(index).and_then(Series::last_record).is_some_and(|last| step < last)
    }

    /// The distance of the last two records of the series that shows the run's course, at least one step.
    #[cfg(feature = "logs")]
    pub(crate) fn interval(&self) -> u64 {
        let last_two = self.main_series().and_then(|series| match series.steps() {
            [.., a, b] => Some(b - a),
            _ => None,
        });
        last_two.unwrap_or(1)
    }

    /// The steps whose tokens are stated, with them; those between on a straight line are left out.
    #[cfg(feature = "logs")]
    pub(crate) fn stated_tokens(&self) -> &[(u64, f64)] {
        self.clock.points()
    }

    /// Takes no D from what the log states of tokens.
    #[cfg(feature = "logs")]
    pub(crate) fn forget_tokens(&mut self) {
        self.clock = Default::default();
    }

    /// D at a step as somebody says who knows better than the log.
    #[cfg(feature = "logs")]
    pub(crate) fn overrule_tokens(&mut self, step: u64, tokens: f64) {
        (self.clock, self.samples, self.tokens_per_step) = Default::default();
        self.push_tokens(step, tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(steps: impl IntoIterator<Item = u64>) -> History {
        let mut history = History::new("r");
        steps.into_iter().for_each(|step| history.push("train", LossKind::Train, step, 3.0));
        history.set_tokens_per_step(10.0);
        history
    }

    #[test]
    fn steps_are_counted_from_zero_only_where_that_is_certain() {
        let tokens = |history: &History, step| history.tokens_at(step).map(|tokens| tokens.get());
        let every = run(0..5);
        assert_eq!((tokens(&every, 0), tokens(&every, 4)), (Some(10.0), Some(50.0)));
        for steps in [run([0, 1]), run([0, 10, 20, 30]), run(1..5), run([0, 1, 2, 4])] {
            assert_eq!(tokens(&steps, 4), Some(40.0), "{steps:?}");
        }
        // A validation before the first step, and one after the last, stand at numbers of updates.
        for step in [0, 5] {
            let mut updates = run(0..5);
            updates.push("val", LossKind::Validation, step, 3.0);
            assert_eq!(tokens(&updates, 4), Some(40.0), "{step}");
        }
    }
}
