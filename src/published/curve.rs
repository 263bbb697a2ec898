use super::{Entry, Model};
use crate::laws::{Annealing, CurveLaw, Knobs, Schedule};
use crate::warning::Warning;

/// The knob of the range of steps. It begins where the warm-up of the runs ends: before that no law of curves holds.
const STEPS: &str = "steps";
/// A first rate up to this share of the greatest is the beginning of a warm-up.
const NEAR_ZERO: f64 = 0.05;

impl Entry {
    /// The loss at every step of a learning-rate schedule, if it is such a law: the Multi-Power Law, or the annealing law
    /// with the momentum λ of the entry.
    ///
    /// ```
    /// use scaling_laws::{laws::Schedule, published};
    /// let law = published::find("tissue2024.25m")?.curve_law().ok_or("not a law of curves")?;
    /// let loss = law.final_loss(&Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?)?;
    /// assert!((loss.get() - 3.3044).abs() < 0.002); // where the public curve of this schedule ends
    /// assert!(published::find("chinchilla")?.curve_law().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn curve_law(&self) -> Option<Box<dyn CurveLaw>> {
        match self.model {
            Model::Curve(law) => Some(Box::new(law)),
            Model::Formula(law) if law.family() == "Annealing" => {
                let values: Vec<f64> = self.coefficients.iter().map(|coefficient| coefficient.value).collect();
                let &[floor, a, alpha, c, momentum] = values.as_slice() else { return None };
                Some(Box::new(Annealing::new([floor, a, alpha, c]).ok()?.with_momentum(momentum).ok()?))
            }
            _ => None,
        }
    }

    /// Steps of warm-up in the runs that a law of curves was fitted to.
    pub fn published_warmup(&self) -> Option<usize> {
        self.curve_law()?;
        self.ranges.iter().find(|range| range.knob == STEPS).map(|range| range.least as usize)
    }

    /// Doubts about a law of curves under this schedule: a peak or a length outside of the range it was fitted on, and a
    /// schedule without the warm-up that its runs had.
    ///
    /// ```
    /// use scaling_laws::{laws::Schedule, published};
    /// let law = published::find("mpl2025.400m")?;
    /// let codes = |schedule: &Schedule| law.schedule_warnings(schedule).iter().map(|w| w.code()).collect::<Vec<_>>();
    /// assert!(codes(&Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?).is_empty());
    /// assert_eq!(codes(&Schedule::cosine(3e-4, 3e-5, 0, 24_000)?), ["no-warm-up"]);
    /// assert_eq!(codes(&Schedule::cosine(3e-3, 3e-4, 2160, 100_000)?), ["extrapolation", "extrapolation"]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn schedule_warnings(&self, schedule: &Schedule) -> Vec<Warning> {
        let peak = schedule.rates().iter().copied().fold(0.0, f64::max);
        let at = Knobs::new().with("peak_learning_rate", peak).with(STEPS, schedule.len() as f64);
        let mut warnings = self.domain_warnings(&at);
        let first = schedule.rates().first().copied().unwrap_or(0.0);
        if let Some(published) = self.published_warmup().filter(|_| first > NEAR_ZERO * peak) {
            // The Multi-Power Law takes B times each rise of the rate off its fall, the warm-up's among them.
            let nats = match self.model {
                Model::Curve(law) => Some(law.coefficients()[3] * first),
                _ => None,
            };
            warnings.push(Warning::NoWarmUp { share: first / peak, published, nats });
        }
        warnings
    }
}
