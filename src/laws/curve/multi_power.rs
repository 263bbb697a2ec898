use std::sync::Arc;

use super::{CurveLaw, Schedule, check_steps};
use crate::error::LawError;
use crate::laws::family::check_coefficients;
use crate::laws::{Bound, Law};
use crate::units::Nats;

const FORMULA: &str =
    "L0 + A S1^-alpha - B sum_k (eta_{k-1} - eta_k) (1 - (1 + C eta_k^-gamma S_k)^-beta), S_k = sum_{i=k}^t eta_i";

/// The Multi-Power Law: loss at every step of any learning-rate schedule (Luo 2025):
///
/// ```text
/// L(t) = L₀ + A·S₁(t)^(−α) − B·Σ_k (η_{k−1} − η_k)·(1 − (1 + C·η_k^(−γ)·S_k(t))^(−β))
/// S₁(t) = Σ_{i=0}^t η_i,   S_k(t) = Σ_{i=k}^t η_i,   k = 1 … t
/// ```
///
/// η: learning rate. L₀: nats per token. The sum over k is what falling rates have gained by step t.
///
/// # Warm-up
/// All sums start at step zero, as in the authors' code: the rise of the warm-up enters as negative falls. The published
/// constants are those of this convention; a sum that starts after the warm-up moves L₀ by about B·η_max (0.157 nats at
/// 400M). Schedules of this crate hold their warm-up, so nothing is to be done.
///
/// A step costs time in proportion to its number.
///
/// ```
/// use scaling_laws::{laws::{CurveLaw, Schedule}, published};
/// let schedule = Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?;
/// let loss = published::LUO_2025_400M.losses(&schedule, &[23_920])?[0];
/// assert!((loss.get() - 2.7572001753205355).abs() < 1e-9);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultiPower {
    c: [f64; 7],
}

impl MultiPower {
    /// The formula, in the names of the coefficients.
    pub const FORMULA: &'static str = FORMULA;

    /// From L0, A, alpha, B, C, beta, gamma.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] for one that is not finite or outside its bounds.
    pub fn new(coefficients: [f64; 7]) -> Result<Self, LawError> {
        check_coefficients(FORMULA, &MultiPowerForm::NAMES, &coefficients, &MultiPowerForm.bounds())?;
        Ok(Self { c: coefficients })
    }

    pub(crate) const fn known(c: [f64; 7]) -> Self {
        Self { c }
    }

    /// L0, A, alpha, B, C, beta, gamma.
    pub fn coefficients(&self) -> [f64; 7] {
        self.c
    }
}

/// L(t) and its gradient with respect to the coefficients.
fn predict(&[floor, a, alpha, b, c, beta, gamma]: &[f64; 7], rates: &[f64]) -> (f64, [f64; 7]) {
    let (mut sum, mut d_c, mut d_beta, mut d_gamma) = (0.0, 0.0, 0.0, 0.0);
    let mut area = 0.0;
    for (k, &rate) in rates.iter().enumerate().rev() {
        area += rate;
        let Some(&before) = k.checked_sub(1).and_then(|k| rates.get(k)) else { break };
        let fall = before - rate;
        // A constant rate gains nothing; at rate zero the gain is at its limit, 1.
        if fall == 0.0 {
            continue;
        }
        if rate == 0.0 {
            sum += fall;
            continue;
        }
        let ln_rate = rate.ln();
        let u = c * (-gamma * ln_rate).exp() * area;
        let ln_grown = u.ln_1p();
        let left = (-beta * ln_grown).exp();
        sum += fall * (1.0 - left);
        d_beta += fall * left * ln_grown;
        let d_u = fall * beta * left / (1.0 + u);
        d_c += d_u * if c == 0.0 { (-gamma * ln_rate).exp() * area } else { u / c };
        d_gamma -= d_u * u * ln_rate;
    }
    let power = (-alpha * area.ln()).exp();
    let loss = floor + a * power - b * sum;
    (loss, [1.0, power, -a * power * area.ln(), -sum, -b * d_c, -b * d_beta, -b * d_gamma])
}

impl CurveLaw for MultiPower {
    fn losses(&self, schedule: &Schedule, steps: &[usize]) -> Result<Vec<Nats>, LawError> {
        check_steps(schedule, steps)?;
        steps
            .iter()
            .map(|&step| {
                let (value, _) = predict(&self.c, schedule.rates().get(..=step).unwrap_or_default());
                Nats::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "loss", value })
            })
            .collect()
    }
}

/// One step of a run under a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The run's schedule, shared by its points.
    pub schedule: Arc<Schedule>,
    /// The step, counted from zero.
    pub step: usize,
}

/// The family of [`MultiPower`] laws: coefficients L0, A, alpha, B, C, beta, gamma; input [`CurvePoint`].
///
/// A prediction costs time in proportion to the step: give a fit every hundredth point of a curve, not all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MultiPowerForm;

impl MultiPowerForm {
    /// Coefficient names in covariance order.
    pub const NAMES: [&'static str; 7] = ["L0", "A", "alpha", "B", "C", "beta", "gamma"];
}

impl Law for MultiPowerForm {
    type Input = CurvePoint;

    fn coefficient_names(&self) -> &[&'static str] {
        &Self::NAMES
    }
    fn formula(&self) -> &str {
        FORMULA
    }
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE; 7]
    }
    fn linear(&self) -> &[usize] {
        &[0, 1, 3]
    }
    fn search_range(&self) -> Vec<Bound> {
        let (any, exponent) = (Bound::NONNEGATIVE, Bound::between(0.05, 1.5));
        vec![any, any, exponent, any, Bound::between(0.05, 20.0), exponent, exponent]
    }
    fn predict(&self, coefficients: &[f64], point: &CurvePoint, gradient: &mut [f64]) -> f64 {
        let (Ok(c), Some(rates)) = (<[f64; 7]>::try_from(coefficients), point.schedule.rates().get(..=point.step))
        else {
            return f64::NAN;
        };
        let (loss, slopes) = predict(&c, rates);
        gradient.iter_mut().zip(slopes).for_each(|(to, slope)| *to = slope);
        loss
    }
}
