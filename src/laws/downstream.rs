use super::family::{Inputs, family};
use super::formula::finite;
use super::{Bound, Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::Nats;

impl Inputs<1> for Nats {
    fn numbers(&self) -> [f64; 1] {
        [self.get()]
    }
}

family! {
    /// Downstream error from loss (Gadre 2024):
    ///
    /// ```text
    /// Err(L) = ε − k·exp(−γ·L)
    /// ```
    ///
    /// Err: mean top-1 error over a set of tasks, between 0 and 1. L: loss on the evaluation set of the fit, nats per token.
    /// ε: error of a model that has learnt nothing. k: without unit. γ: per nat. It holds for an average over many tasks;
    /// single tasks may stay at chance for long.
    ///
    /// ```
    /// use scaling_laws::{published, Nats};
    /// let error = published::GADRE_2024_REDPAJAMA_17_TASKS.error(Nats::new(2.768757)?)?;
    /// assert!((error / 0.547325 - 1.0).abs() < 0.02); // measured: 1.4B parameters, 20 tokens per parameter
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law DownstreamError = "Err = epsilon - k exp(-gamma L)";
    /// The family of [`DownstreamError`] laws: coefficients epsilon, k, gamma; input the loss.
    form DownstreamErrorForm of Nats, 1 numbers;
    linear [0, 1];
    coefficients 3 {
        "epsilon": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "k": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "gamma": Bound::NONNEGATIVE, search Bound::between(0.05, 5.0);
    }
}

impl DownstreamError {
    fn formula<T: Real>(&[epsilon, k, gamma]: &[T; 3], &[loss]: &[T; 1]) -> T {
        epsilon - k * (-gamma * loss).exp()
    }

    /// The error at a loss.
    ///
    /// # Errors
    /// [`LawError::Value`] where it would be no share: far below the losses of the fit the formula falls below zero.
    ///
    /// ```
    /// use scaling_laws::{published, Nats};
    /// assert!(published::GADRE_2024_C4_46_TASKS.error(Nats::new(0.1)?).is_err()); // the formula gives -0.41
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn error(&self, loss: Nats) -> Result<f64, LawError> {
        let value = Self::formula(&self.c, &loss.numbers());
        let quantity = Quantity::ERROR_RATE.name;
        if (0.0..=1.0).contains(&value) {
            Ok(value)
        } else {
            Err(LawError::Value { law: Self::FORMULA, quantity, value })
        }
    }

    /// The loss at which the error is reached; `None` where no loss above zero does.
    pub fn loss_for(&self, error: f64) -> Option<Nats> {
        let [epsilon, k, gamma] = self.c;
        Nats::new(-((epsilon - error) / k).ln() / gamma).ok()
    }
}

impl Formula for DownstreamError {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::LOSS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::ERROR_RATE] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        Ok(vec![self.error(knobs.loss(Self::FORMULA)?)?])
    }
}

family! {
    /// Accuracy as a sigmoid of loss, the second step of a two-step prediction of benchmarks (as in Llama 3 2024 and
    /// Bhagia 2024):
    ///
    /// ```text
    /// Acc(L) = floor + (ceiling − floor)/(1 + exp(slope·(L − midpoint)))
    /// ```
    ///
    /// floor: accuracy of chance. ceiling: accuracy for L → 0 of the fit. slope: per nat, above zero. midpoint: nats.
    ///
    /// ```
    /// use scaling_laws::{laws::SigmoidAccuracy, Nats};
    /// let law = SigmoidAccuracy::new([0.25, 0.95, 4.0, 2.4])?;
    /// assert!((law.accuracy(Nats::new(2.4)?)? - 0.6).abs() < 1e-12);
    /// assert!((law.loss_for(0.6).ok_or("out of reach")?.get() - 2.4).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    law SigmoidAccuracy = "Acc = floor + (ceiling - floor)/(1 + exp(slope (L - midpoint)))";
    /// The family of [`SigmoidAccuracy`] laws: coefficients floor, ceiling, slope, midpoint; input the loss. Fix the floor
    /// where chance is known.
    form SigmoidAccuracyForm of Nats, 1 numbers;
    linear [0, 1];
    coefficients 4 {
        "floor": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "ceiling": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "slope": Bound::NONNEGATIVE, search Bound::between(0.2, 50.0);
        "midpoint": Bound::NONNEGATIVE, search Bound::between(0.1, 10.0);
    }
}

impl SigmoidAccuracy {
    fn formula<T: Real>(&[floor, ceiling, slope, midpoint]: &[T; 4], &[loss]: &[T; 1]) -> T {
        let share = (-(slope * (loss - midpoint)).softplus()).exp();
        floor + (ceiling - floor) * share
    }

    /// The accuracy at a loss.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn accuracy(&self, loss: Nats) -> Result<f64, LawError> {
        finite(Self::FORMULA, "accuracy", Self::formula(&self.c, &loss.numbers()))
    }

    /// The loss at which an accuracy is reached; `None` outside of floor and ceiling or where no loss above zero does.
    pub fn loss_for(&self, accuracy: f64) -> Option<Nats> {
        let [floor, ceiling, slope, midpoint] = self.c;
        Nats::new(midpoint + ((ceiling - accuracy) / (accuracy - floor)).ln() / slope).ok()
    }
}

pub(super) const ACCURACY: Quantity = Quantity::new("accuracy", None);

impl Formula for SigmoidAccuracy {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::LOSS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[ACCURACY] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        Ok(vec![self.accuracy(knobs.loss(Self::FORMULA)?)?])
    }
}
