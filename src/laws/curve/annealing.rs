use super::{CurveLaw, Schedule, check_steps};
use crate::error::LawError;
use crate::laws::Bound;
use crate::laws::family::{Inputs, family};
use crate::laws::formula::finite;
use crate::laws::{Formula, Knob, Knobs, Quantity};
use crate::math::dual::Real;
use crate::units::Nats;

/// What a step's loss depends on in the annealing law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnnealedPoint {
    /// S₁, the sum of learning rates so far.
    pub area: f64,
    /// S₂, the sum of the annealing momentum so far.
    pub annealing: f64,
}

impl Inputs<2> for AnnealedPoint {
    fn numbers(&self) -> [f64; 2] {
        [self.area, self.annealing]
    }
}

impl AnnealedPoint {
    /// S₁ and S₂ after each of these steps of a schedule, with a momentum λ:
    ///
    /// ```text
    /// S₁ = Σ η_i,   m_i = λ·m_{i−1} + (η_{i−1} − η_i),   S₂ = Σ m_i
    /// ```
    ///
    /// S₁ runs from step zero, warm-up included; m and S₂ only after the warm-up. λ is about 0.99 to 0.999.
    ///
    /// # Errors
    /// [`LawError::Step`] for a step beyond the schedule; [`LawError::Knob`] unless λ is at least zero and below one.
    pub fn of_schedule(schedule: &Schedule, momentum: f64, steps: &[usize]) -> Result<Vec<Self>, LawError> {
        check_steps(schedule, steps)?;
        let allowed = "at least 0 and below 1";
        crate::laws::knob::check(Annealing::FORMULA, "lambda", momentum, 0.0, 1.0 - f64::EPSILON, allowed)?;
        let (mut area, mut annealing, mut m, mut before) = (0.0, 0.0, 0.0, None);
        let points: Vec<Self> = schedule
            .rates()
            .iter()
            .enumerate()
            .map(|(step, &rate)| {
                area += rate;
                if step >= schedule.warmup() {
                    m = momentum * m + before.map_or(0.0, |last: f64| last - rate);
                    annealing += m;
                    before = Some(rate);
                }
                Self { area, annealing }
            })
            .collect();
        Ok(steps.iter().filter_map(|&step| points.get(step).copied()).collect())
    }
}

family! {
    /// Loss with learning-rate annealing (Tissue 2024):
    ///
    /// ```text
    /// L(s) = L₀ + A·S₁^(−α) − C·S₂
    /// ```
    ///
    /// S₁, S₂: see [`AnnealedPoint::of_schedule`], in raw learning-rate units. L₀: nats per token. It is linear in L₀, A
    /// and C, so two curves are enough to fit it. [`with_momentum`](Self::with_momentum) makes it a [`CurveLaw`].
    ///
    /// ```
    /// use scaling_laws::laws::{Annealing, CurveLaw, Schedule};
    /// let law = Annealing::new([2.5246, 0.6536, 0.4205, 0.57])?;
    /// let schedule = Schedule::cosine(3e-4, 3e-5, 2160, 72_000)?;
    /// let loss = law.with_momentum(0.999)?.losses(&schedule, &[71_936])?[0];
    /// assert!((loss.get() / 2.6154 - 1.0).abs() < 0.008); // a measured curve
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Annealing = "L0 + A S1^-alpha - C S2";
    /// The family of [`Annealing`] laws: coefficients L0, A, alpha, C; input [`AnnealedPoint`].
    form AnnealingForm of AnnealedPoint, 2 numbers;
    linear [0, 1, 3];
    coefficients 4 {
        "L0": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 2.0);
        "C": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
    }
}

impl Annealing {
    fn formula<T: Real>(&[floor, a, alpha, c]: &[T; 4], &[area, annealing]: &[T; 2]) -> T {
        floor + a * (-alpha * area.ln()).exp() - c * annealing
    }

    /// The loss at S₁ and S₂.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn loss(&self, point: AnnealedPoint) -> Result<Nats, LawError> {
        let value = Self::formula(&self.c, &point.numbers());
        Nats::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "loss", value })
    }

    /// The law with its momentum, for whole schedules.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless λ is at least zero and below one.
    pub fn with_momentum(self, momentum: f64) -> Result<impl CurveLaw + Copy, LawError> {
        let allowed = "at least 0 and below 1";
        crate::laws::knob::check(Self::FORMULA, "lambda", momentum, 0.0, 1.0 - f64::EPSILON, allowed)?;
        Ok(Annealed { law: self, momentum })
    }
}

#[derive(Debug, Clone, Copy)]
struct Annealed {
    law: Annealing,
    momentum: f64,
}

impl CurveLaw for Annealed {
    fn losses(&self, schedule: &Schedule, steps: &[usize]) -> Result<Vec<Nats>, LawError> {
        AnnealedPoint::of_schedule(schedule, self.momentum, steps)?
            .into_iter()
            .map(|point| self.law.loss(point))
            .collect()
    }
}

const AREA: Knob = Knob::new("lr_area", "S1", None, "sum of the learning rates so far");
const MOMENTUM: Knob = Knob::new("lr_annealing", "S2", None, "sum of the annealing momentum so far").or(0.0);

impl Formula for Annealing {
    fn knobs(&self) -> &[Knob] {
        const { &[AREA, MOMENTUM] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let area = knobs.positive(Self::FORMULA, AREA)?;
        let annealing = finite(Self::FORMULA, MOMENTUM.name, knobs.value(Self::FORMULA, MOMENTUM)?)?;
        Ok(vec![self.loss(AnnealedPoint { area, annealing })?.get()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_a_schedule_are_those_of_the_formula() {
        // Computed with NumPy from the definitions.
        let schedule = Schedule::cosine(3e-4, 3e-5, 2160, 72_000).unwrap();
        let point = AnnealedPoint::of_schedule(&schedule, 0.999, &[71_936]).unwrap()[0];
        assert!((point.area - 11.845844988343508).abs() < 1e-9, "{point:?}");
        assert!((point.annealing - 0.26970980671897365).abs() < 1e-9, "{point:?}");
        assert!(AnnealedPoint::of_schedule(&schedule, 0.999, &[72_000]).is_err());
        assert!(AnnealedPoint::of_schedule(&schedule, 1.0, &[0]).is_err());
    }
}
