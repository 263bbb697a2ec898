use std::f64::consts::PI;

use crate::error::LawError;

/// A learning rate for each step of a run.
///
/// Steps count from zero. Warm-up replaces the first steps by equal increments from zero to the peak, both ends included.
///
/// ```
/// use scaling_laws::laws::{Decay, Schedule};
/// let cosine = Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?;
/// let wsd = Schedule::warmup_stable_decay(3e-4, 3e-5, 2160, 20_000, 24_000, Decay::Exponential)?;
/// assert_eq!((cosine.len(), wsd.rates()[20_000]), (24_000, 3e-4));
/// assert!(Schedule::custom(vec![1e-3, -1e-3]).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    rates: Vec<f64>,
    warmup: usize,
}

/// The shape of a decay from the peak to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Decay {
    /// peak + x·(end − peak).
    Linear,
    /// Half a cosine.
    Cosine,
    /// peak·(end/peak)^x; the end must be above zero.
    #[default]
    Exponential,
    /// peak − (peak − end)·√x, the cool-down of Hägele 2024.
    OneMinusSqrt,
}

impl Decay {
    /// The rate after a share x of the decay.
    pub fn rate(self, peak: f64, end: f64, x: f64) -> f64 {
        match self {
            Self::Linear => peak + x * (end - peak),
            Self::Cosine => end + (peak - end) * 0.5 * (1.0 + (PI * x).cos()),
            Self::Exponential => peak * (x * (end / peak).ln()).exp(),
            Self::OneMinusSqrt => peak - (peak - end) * x.sqrt(),
        }
    }
}

impl Schedule {
    /// One's own rates, without a warm-up to be told apart; see [`with_warmup_of`](Self::with_warmup_of).
    ///
    /// # Errors
    /// [`LawError::Length`] for no rates; [`LawError::Knob`] for one that is not finite, is below zero, or for rates that are
    /// all zero.
    pub fn custom(rates: Vec<f64>) -> Result<Self, LawError> {
        if rates.is_empty() {
            return Err(LawError::Length { what: "the schedule", got: 0, expected: 1 });
        }
        let bad = rates.iter().find(|rate| !(rate.is_finite() && **rate >= 0.0));
        let zero = rates.iter().all(|rate| *rate == 0.0);
        if let Some(&value) = bad.or(if zero { rates.first() } else { None }) {
            let allowed = "finite and not negative, and above zero at some step";
            return Err(LawError::Knob { law: "schedule", knob: "learning rate", value, allowed });
        }
        Ok(Self { rates, warmup: 0 })
    }

    /// Says that the first steps are warm-up.
    #[must_use]
    pub fn with_warmup_of(self, steps: usize) -> Self {
        Self { warmup: steps.min(self.rates.len()), ..self }
    }

    /// Warm-up, then the peak to the end.
    ///
    /// # Errors
    /// As [`custom`](Self::custom), and [`LawError::Step`] for a warm-up longer than the run.
    pub fn constant(peak: f64, warmup: usize, steps: usize) -> Result<Self, LawError> {
        Self::build(peak, warmup, steps, |_| peak)
    }

    /// Warm-up, then half a cosine from the peak to `end` at the last step.
    ///
    /// # Errors
    /// As [`constant`](Self::constant).
    pub fn cosine(peak: f64, end: f64, warmup: usize, steps: usize) -> Result<Self, LawError> {
        Self::warmup_stable_decay(peak, end, warmup, warmup, steps, Decay::Cosine)
    }

    /// Warm-up, then a straight line from the peak to `end`.
    ///
    /// # Errors
    /// As [`constant`](Self::constant).
    pub fn linear(peak: f64, end: f64, warmup: usize, steps: usize) -> Result<Self, LawError> {
        Self::warmup_stable_decay(peak, end, warmup, warmup, steps, Decay::Linear)
    }

    /// Warm-up, the peak up to the step `decay_from`, then a decay to `end` (WSD).
    ///
    /// # Errors
    /// As [`constant`](Self::constant), for a decay that begins beyond the run, and [`LawError::Knob`] for one that begins
    /// within the warm-up: the rate would jump at its end.
    pub fn warmup_stable_decay(
        peak: f64,
        end: f64,
        warmup: usize,
        decay_from: usize,
        steps: usize,
        decay: Decay,
    ) -> Result<Self, LawError> {
        if decay_from > steps {
            return Err(LawError::Step { step: decay_from, steps });
        }
        if decay_from < warmup {
            return Err(fault("the first step of the decay", decay_from, "at or after the end of the warm-up"));
        }
        let length = (steps - decay_from) as f64;
        Self::build(peak, warmup, steps, |step| match step.checked_sub(decay_from) {
            Some(past) if past > 0 => decay.rate(peak, end, past as f64 / length),
            _ => peak,
        })
    }

    /// Warm-up to the first rate, then constant rates, each from its step on; the first from step zero.
    ///
    /// # Errors
    /// As [`constant`](Self::constant), and [`LawError::Length`] for no rates; [`LawError::Knob`] for a first stage that is
    /// not from step zero, a stage that is not after the one before, and one within the warm-up, and [`LawError::Step`] for
    /// one beyond the run: it would never be.
    ///
    /// ```
    /// # use scaling_laws::laws::Schedule;
    /// let two_stage = Schedule::stepwise(&[(0, 3e-4), (8_000, 3e-5)], 2160, 16_000)?;
    /// assert_eq!((two_stage.rates()[7_999], two_stage.rates()[8_000]), (3e-4, 3e-5));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn stepwise(stages: &[(usize, f64)], warmup: usize, steps: usize) -> Result<Self, LawError> {
        let Some(&(_, peak)) = stages.first() else {
            return Err(LawError::Length { what: "the stages", got: 0, expected: 1 });
        };
        let mut before = None;
        for &(from, _) in stages {
            match before {
                None if from != 0 => return Err(fault("the first step of the first stage", from, "0")),
                Some(before) if from <= before => {
                    return Err(fault("the first step of a stage", from, "after that of the stage before"));
                }
                Some(_) if from < warmup => {
                    return Err(fault("the first step of a stage", from, "at or after the end of the warm-up"));
                }
                _ if from >= steps => return Err(LawError::Step { step: from, steps }),
                _ => before = Some(from),
            }
        }
        Self::build(peak, warmup, steps, |step| {
            stages.iter().rev().find(|(from, _)| *from <= step).map_or(peak, |(_, rate)| *rate)
        })
    }

    /// The schedule of a logged run: straight lines through (step, rate), up from zero over the warm-up before the first of
    /// them.
    ///
    /// # Errors
    /// [`LawError::Length`] for no points; [`LawError::Step`] for steps that do not rise; as [`custom`](Self::custom).
    ///
    /// ```
    /// # use scaling_laws::laws::Schedule;
    /// let logged = Schedule::through(&[(10, 1e-3), (20, 1e-3), (30, 5e-4)], 5)?;
    /// assert_eq!((logged.len(), logged.rates()[4], logged.rates()[15], logged.rates()[25]), (31, 1e-3, 1e-3, 7.5e-4));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn through(points: &[(usize, f64)], warmup: usize) -> Result<Self, LawError> {
        let (Some(&(first, peak)), Some(&(_, end))) = (points.first(), points.last()) else {
            return Err(LawError::Length { what: "the points of the schedule", got: 0, expected: 1 });
        };
        // A log that begins within the warm-up shows the rest of it.
        let rise = if warmup <= first { warmup.saturating_sub(1) } else { first }.max(1) as f64;
        let mut rates: Vec<f64> =
            (0..first).map(|step| if step < warmup { peak * (step as f64 / rise) } else { peak }).collect();
        for (&(from, rate), &(to, next)) in points.iter().zip(points.iter().skip(1)) {
            if to <= from {
                return Err(LawError::Step { step: to, steps: from });
            }
            rates.extend((from..to).map(|step| rate + (next - rate) * (step - from) as f64 / (to - from) as f64));
        }
        rates.push(end);
        Ok(Self::custom(rates)?.with_warmup_of(warmup))
    }

    fn build(peak: f64, warmup: usize, steps: usize, rate: impl Fn(usize) -> f64) -> Result<Self, LawError> {
        if warmup > steps {
            return Err(LawError::Step { step: warmup, steps });
        }
        let rise = warmup.saturating_sub(1).max(1) as f64;
        let rates =
            (0..steps).map(|step| if step < warmup { peak * (step as f64 / rise) } else { rate(step) }).collect();
        Ok(Self::custom(rates)?.with_warmup_of(warmup))
    }

    /// The learning rate of each step.
    pub fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// Steps of warm-up.
    pub fn warmup(&self) -> usize {
        self.warmup
    }

    /// Steps.
    pub fn len(&self) -> usize {
        self.rates.len()
    }

    /// Never: a schedule has at least one step.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }
}

/// A step that does not fit the others.
fn fault(knob: &'static str, step: usize, allowed: &'static str) -> LawError {
    LawError::Knob { law: "schedule", knob, value: step as f64, allowed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_or_a_decay_that_would_be_passed_over_is_refused() {
        let stages = |stages: &[(usize, f64)]| Schedule::stepwise(stages, 100, 1000).unwrap_err().to_string();
        for (given, words) in [
            (&[(500, 1e-3)][..], "the first step of the first stage = 500"),
            (&[(0, 1e-3), (500, 1e-4), (500, 1e-5)], "after that of the stage before"),
            (&[(0, 1e-3), (50, 1e-4)], "at or after the end of the warm-up"),
            (&[(0, 1e-3), (1000, 1e-4)], "step 1000 is beyond"),
        ] {
            assert!(stages(given).contains(words), "{}", stages(given));
        }
        let early = Schedule::warmup_stable_decay(1e-3, 1e-4, 100, 50, 1000, Decay::Linear).unwrap_err();
        assert!(early.to_string().contains("the first step of the decay = 50"), "{early}");
    }

    #[test]
    fn every_decay_runs_from_the_peak_to_the_end() {
        for decay in [Decay::Linear, Decay::Cosine, Decay::Exponential, Decay::OneMinusSqrt] {
            assert!((decay.rate(2.0, 0.5, 0.0) - 2.0).abs() < 1e-15 && (decay.rate(2.0, 0.5, 1.0) - 0.5).abs() < 1e-12);
        }
        // A quarter of the way into the cool-down of Hägele 2024 the rate is half of its peak.
        assert_eq!(Decay::OneMinusSqrt.rate(1.0, 0.0, 0.25), 0.5);
    }

    #[test]
    fn warm_up_ends_at_the_peak_and_faults_are_named() {
        let schedule = Schedule::cosine(3e-4, 3e-5, 2160, 24_000).unwrap();
        let rates = schedule.rates();
        assert_eq!((rates[0], rates[2159], rates[2160]), (0.0, 3e-4, 3e-4));
        assert!(rates[23_999] > 3e-5 && rates[23_999] < 3.001e-5);
        assert!(Schedule::constant(3e-4, 10, 5).unwrap_err().to_string().contains("10"));
        assert!(Schedule::constant(0.0, 0, 5).is_err() && Schedule::constant(f64::NAN, 0, 5).is_err());
        assert!(Schedule::custom(vec![]).is_err() && Schedule::stepwise(&[], 0, 5).is_err());
    }
}
