use std::fmt;
use std::str::FromStr;

use super::Series;
use super::tail;
use crate::error::LogError;

/// Which loss of a training curve counts as the loss of the run.
///
/// The choice moves the result by more than most fits' residuals, so there is no default: it is stated, and it travels
/// with the [`FinalLoss`](crate::FinalLoss). s and L are the steps and losses of one series, n its number of points.
///
/// | policy | as text | value |
/// |---|---|---|
/// | `Last` | `last` | the last point: as noisy as one batch |
/// | `LastValidation` | `last-validation` | the last point of a validation series |
/// | `Minimum` | `minimum` | the least of all points: biased low by the noise, the more the longer the log |
/// | `MeanOfLast(k)` | `mean-of-last k` | the mean of the last k points: lags behind a falling curve by about (k − 1)/2 points |
/// | `Ema { half_life }` | `ema h` | Σ wᵢLᵢ/Σ wᵢ with w = 2^(−(s_last − s)/h), h in steps: lags by about 1.44 h steps |
/// | `Smoothed` | `smoothed` | a straight line through the last tenth of the points (at least 10), read at the last step |
///
/// ```
/// use scaling_laws::LossPolicy;
/// let policy: LossPolicy = "mean-of-last 50".parse()?;
/// assert_eq!(policy, LossPolicy::MeanOfLast(50));
/// assert_eq!(policy.to_string(), "mean-of-last 50");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum LossPolicy {
    /// The last point of the series.
    Last,
    /// The last point of a validation series.
    LastValidation,
    /// The least point.
    Minimum,
    /// The mean of the last points.
    MeanOfLast(usize),
    /// The mean of all points with weights that halve with the distance from the end.
    Ema {
        /// The distance in steps over which the weight halves.
        half_life: f64,
    },
    /// The end of a straight line through the last tenth of the points, with its standard error.
    Smoothed,
}

const FORMS: &str = "last, last-validation, minimum, mean-of-last K, ema HALF_LIFE_IN_STEPS or smoothed";

/// Fewest points through which `Smoothed` draws its line.
pub(super) const FEWEST: usize = 10;

/// What a policy made of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judged {
    pub loss: f64,
    pub standard_error: Option<f64>,
    /// The step at which the value stands.
    pub step: u64,
    /// Points that entered.
    pub points: usize,
}

impl LossPolicy {
    /// # Errors
    /// [`LogError::Policy`] for a window or half-life that is not above zero, or a series with too few points for it.
    pub(super) fn judge(self, series: &Series) -> Result<Judged, LogError> {
        let few = |needed: usize| LogError::Policy {
            policy: self.to_string(),
            reason: format!("series {:?} has {} points, {needed} are needed", series.name(), series.len()),
        };
        let (step, last) = series.last().ok_or_else(|| few(1))?;
        let one = |step, loss| Judged { loss, standard_error: None, step, points: 1 };
        match self {
            Self::Last | Self::LastValidation => Ok(one(step, last)),
            Self::Minimum => {
                let least = series.points().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((step, last));
                Ok(Judged { points: series.len(), ..one(least.0, least.1) })
            }
            Self::MeanOfLast(0) => Err(self.refused("at least one point is needed".into())),
            Self::MeanOfLast(k) => {
                let start = series.len().checked_sub(k).ok_or_else(|| few(k))?;
                let (mean, standard_error) = tail::mean(series.values().get(start..).unwrap_or(&[]));
                Ok(Judged { loss: mean, standard_error, step, points: k })
            }
            Self::Ema { half_life } if !(half_life.is_finite() && half_life > 0.0) => {
                Err(self.refused("the half-life must be a finite number of steps above zero".into()))
            }
            Self::Ema { half_life } => {
                let (mut sum, mut weights) = (0.0, 0.0);
                for (s, value) in series.points() {
                    let weight = (-((step - s) as f64) / half_life).exp2();
                    sum += weight * value;
                    weights += weight;
                }
                Ok(Judged { loss: sum / weights, points: series.len(), ..one(step, last) })
            }
            Self::Smoothed => {
                let points = (series.len() / 10).max(FEWEST);
                let start = series.len().checked_sub(points).ok_or_else(|| few(FEWEST))?;
                let (steps, values) = (series.steps().get(start..), series.values().get(start..));
                let (loss, standard_error) = tail::line_end(steps.unwrap_or(&[]), values.unwrap_or(&[]));
                Ok(Judged { loss, standard_error, step, points })
            }
        }
    }

    fn refused(self, reason: String) -> LogError {
        LogError::Policy { policy: self.to_string(), reason }
    }
}

/// As it is read.
impl fmt::Display for LossPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last => f.write_str("last"),
            Self::LastValidation => f.write_str("last-validation"),
            Self::Minimum => f.write_str("minimum"),
            Self::MeanOfLast(k) => write!(f, "mean-of-last {k}"),
            Self::Ema { half_life } => write!(f, "ema {half_life}"),
            Self::Smoothed => f.write_str("smoothed"),
        }
    }
}

/// Reads the texts of the table above.
impl FromStr for LossPolicy {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let mut words = text.split_whitespace();
        let refused = || LogError::Policy { policy: text.into(), reason: format!("expected {FORMS}") };
        let policy = match (words.next().unwrap_or(""), words.next()) {
            ("last", None) => Self::Last,
            ("last-validation", None) => Self::LastValidation,
            ("minimum" | "min", None) => Self::Minimum,
            ("smoothed", None) => Self::Smoothed,
            ("mean-of-last", Some(k)) => Self::MeanOfLast(k.parse().ok().filter(|k| *k > 0).ok_or_else(refused)?),
            ("ema", Some(h)) => {
                let half_life = h.parse().ok().filter(|h: &f64| h.is_finite() && *h > 0.0).ok_or_else(refused)?;
                Self::Ema { half_life }
            }
            _ => return Err(refused()),
        };
        if words.next().is_some() { Err(refused()) } else { Ok(policy) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LossKind;
    use super::*;

    fn series(values: &[f64]) -> Series {
        let mut series = Series::new("train", LossKind::Train);
        for (index, value) in values.iter().enumerate() {
            series.push(10 * (index as u64 + 1), *value);
        }
        series
    }

    #[test]
    fn each_policy_takes_what_it_says() {
        let curve = series(&[5.0, 4.0, 2.0, 3.0]);
        let judge = |policy: LossPolicy| policy.judge(&curve).unwrap();
        assert_eq!(judge(LossPolicy::Last), Judged { loss: 3.0, standard_error: None, step: 40, points: 1 });
        assert_eq!((judge(LossPolicy::Minimum).loss, judge(LossPolicy::Minimum).step), (2.0, 30));
        assert_eq!(judge(LossPolicy::MeanOfLast(2)).loss, 2.5);
        // Weights 1/8, 1/4, 1/2, 1.
        let ema = judge(LossPolicy::Ema { half_life: 10.0 }).loss;
        assert!((ema - (5.0 / 8.0 + 4.0 / 4.0 + 2.0 / 2.0 + 3.0) / 1.875).abs() < 1e-14);
        assert!(LossPolicy::Smoothed.judge(&curve).is_err());
        assert!(
            LossPolicy::MeanOfLast(5).judge(&curve).unwrap_err().to_string().contains("has 4 points, 5 are needed")
        );
        assert!(LossPolicy::MeanOfLast(0).judge(&curve).is_err());
        assert!(LossPolicy::Ema { half_life: 0.0 }.judge(&curve).is_err());
    }

    #[test]
    fn a_straight_line_is_continued_to_its_end_exactly() {
        let values: Vec<f64> = (0..200).map(|i| 4.0 - 0.001 * f64::from(i)).collect();
        let judged = LossPolicy::Smoothed.judge(&series(&values)).unwrap();
        assert!((judged.loss - (4.0 - 0.199)).abs() < 1e-12, "{judged:?}");
        assert_eq!((judged.points, judged.step), (20, 2000));
        assert!(judged.standard_error.unwrap() < 1e-9);
    }

    #[test]
    fn policies_are_read_and_printed() {
        for text in ["last", "last-validation", "minimum", "mean-of-last 50", "ema 100", "smoothed"] {
            assert_eq!(text.parse::<LossPolicy>().unwrap().to_string(), text);
        }
        for text in
            ["", "best", "mean-of-last", "mean-of-last 0", "mean-of-last x", "ema", "ema -1", "ema inf", "last 3"]
        {
            assert!(text.parse::<LossPolicy>().unwrap_err().to_string().contains("mean-of-last K"), "{text}");
        }
    }
}
