//! The loss under a policy at every point of a run, as if the run had ended there.

use super::policy::FEWEST;
use super::{Curve, History, LossPolicy, Series};
use crate::error::LogError;
use crate::units::Params;

impl History {
    /// The run as a curve for [`Approach1`](crate::Approach1): N as given or else as logged, D and L at each point.
    ///
    /// L at a point is what the policy would give had the run ended there, so the curve's end is the loss of
    /// [`final_loss`](Self::final_loss): with [`LossPolicy::Last`] the series as logged, with
    /// [`LossPolicy::Minimum`] the least so far, with the others trailing averages. Points before the averages are full
    /// and those of step 0, where D is 0, are left out.
    ///
    /// ```
    /// use scaling_laws::{History, LossKind, LossPolicy, Params};
    /// let mut history = History::new("small");
    /// history.set_tokens_per_step(1e6);
    /// for (step, loss) in [(0, 10.5), (1000, 3.5), (2000, 3.25), (3000, 3.0)] {
    ///     history.push("train", LossKind::Train, step, loss);
    /// }
    /// let curve = history.curve(Some(Params::millions(124.0)?), LossPolicy::MeanOfLast(2), None)?;
    /// assert_eq!(curve.tokens(), [1e9, 2e9, 3e9]);
    /// assert_eq!(curve.losses(), [7.0, 3.375, 3.125]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run); [`LogError::File`] for losses that are not above zero and tokens that do not rise.
    pub fn curve(&self, params: Option<Params>, policy: LossPolicy, series: Option<&str>) -> Result<Curve, LogError> {
        // Refuses what has no final loss, with the reason.
        let (run, last) = self.run(params, policy, series)?;
        let points = self.get(&last.series).into_iter().flat_map(|series| policy.along(series));
        let (tokens, losses): (Vec<f64>, Vec<f64>) =
            points.filter_map(|(step, loss)| Some((self.tokens_at(step)?.get(), loss))).unzip();
        Ok(Curve::new(self.label(), run.params, &tokens, &losses)?)
    }
}

impl LossPolicy {
    /// Each step with the value that the policy gives to the points up to it; none for windows not yet full.
    fn along(self, series: &Series) -> Box<dyn Iterator<Item = (u64, f64)> + '_> {
        match self {
            Self::Last | Self::LastValidation => Box::new(series.points()),
            Self::Minimum => Box::new(series.points().scan(f64::INFINITY, |least, (step, loss)| {
                *least = least.min(loss);
                Some((step, *least))
            })),
            Self::MeanOfLast(k) => Box::new(windows(series, move |_| k).map(|(step, sums)| (step, sums.mean()))),
            Self::Ema { half_life } => Box::new(ema(series, half_life)),
            Self::Smoothed => {
                Box::new(windows(series, |n| (n / 10).max(FEWEST)).map(|(step, sums)| (step, sums.end(step))))
            }
        }
    }
}

/// Σ wL and Σ w, each halving with the steps that pass.
fn ema(series: &Series, half_life: f64) -> impl Iterator<Item = (u64, f64)> + '_ {
    let (mut sum, mut weight, mut before) = (0.0, 0.0, None);
    series.points().map(move |(step, loss)| {
        let kept = before.map_or(0.0, |before: u64| (-((step - before) as f64) / half_life).exp2());
        sum = sum * kept + loss;
        weight = weight * kept + 1.0;
        before = Some(step);
        (step, sum / weight)
    })
}

/// Sums over the last points of a series, whose number may grow with the points before the end.
fn windows<'a>(series: &'a Series, width: impl Fn(usize) -> usize + 'a) -> impl Iterator<Item = (u64, Sums)> + 'a {
    let mut start = 0;
    let mut sums = Sums { origin: series.first().map_or(0, |(step, _)| step), ..Sums::default() };
    let mut oldest = series.points();
    series.points().enumerate().filter_map(move |(index, (step, loss))| {
        sums.add(step, loss, 1.0);
        let width = width(index + 1);
        while index + 1 - start > width {
            start += 1;
            if let Some((step, loss)) = oldest.next() {
                sums.add(step, loss, -1.0);
            }
        }
        (index + 1 >= width).then_some((step, sums))
    })
}

/// Sums for a mean and for the least-squares line through some points, steps counted from an origin.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    origin: u64,
    count: f64,
    step: f64,
    square: f64,
    loss: f64,
    product: f64,
}

impl Sums {
    fn add(&mut self, step: u64, loss: f64, sign: f64) {
        let s = (step - self.origin) as f64;
        self.count += sign;
        self.step += sign * s;
        self.square += sign * s * s;
        self.loss += sign * loss;
        self.product += sign * s * loss;
    }

    fn mean(&self) -> f64 {
        self.loss / self.count
    }

    /// The line's value at a step; the mean where all steps are one.
    fn end(&self, step: u64) -> f64 {
        let centre = self.step / self.count;
        let spread = self.square - self.step * centre;
        if spread <= 0.0 {
            return self.mean();
        }
        let slope = (self.product - self.loss * centre) / spread;
        self.mean() + slope * ((step - self.origin) as f64 - centre)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::LossKind;

    /// A noisy fall with uneven steps.
    fn history(points: u64) -> History {
        let mut history = History::new("r");
        history.set_tokens_per_step(1000.0);
        for i in 1..=points {
            let noise = 0.05 * ((i * 7919 % 101) as f64 / 101.0 - 0.5);
            history.push("train", LossKind::Train, 10 * i + i % 3, 2.0 + 5.0 / (i as f64).sqrt() + noise);
        }
        history
    }

    #[test]
    fn every_point_is_what_the_policy_gives_to_the_run_cut_there() {
        let n = Params::new(1e8).unwrap();
        let whole = history(300);
        for policy in ["last", "minimum", "mean-of-last 7", "ema 50", "smoothed"] {
            let policy: LossPolicy = policy.parse().unwrap();
            let curve = whole.curve(Some(n), policy, None).unwrap();
            for points in [20, 21, 150, 299, 300] {
                let last = history(points).final_loss(policy, None).unwrap();
                let tokens = last.tokens.unwrap().get();
                let at = curve.tokens().iter().position(|t| *t == tokens).unwrap();
                assert!((curve.losses()[at] - last.loss.get()).abs() < 1e-12, "{policy} {points}");
            }
        }
    }

    #[test]
    fn a_long_curve_keeps_its_digits() {
        let n = Params::new(1e8).unwrap();
        let whole = history(100_000);
        let curve = whole.curve(Some(n), LossPolicy::Smoothed, None).unwrap();
        let last = whole.final_loss(LossPolicy::Smoothed, None).unwrap();
        assert!((curve.losses().last().unwrap() - last.loss.get()).abs() < 1e-9);
    }

    #[test]
    fn a_curve_is_refused_where_its_end_is() {
        let n = Params::new(1e8).ok();
        assert!(matches!(history(5).curve(n, LossPolicy::Smoothed, None), Err(LogError::Policy { .. })));
        assert!(matches!(history(5).curve(None, LossPolicy::Last, None), Err(LogError::Unknown { .. })));
        let mut diverged = history(5);
        diverged.push("train", LossKind::Train, 99, f64::NAN);
        assert!(matches!(diverged.curve(n, LossPolicy::Last, None), Err(LogError::NotFinite { .. })));
        let step_zero = history(0);
        assert!(step_zero.curve(n, LossPolicy::Last, None).is_err());
    }
}
