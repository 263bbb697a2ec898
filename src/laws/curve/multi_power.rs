use std::sync::Arc;

use pulp::{Simd, WithSimd};

use super::{CurveLaw, Schedule, check_steps};
use crate::error::LawError;
use crate::laws::family::check_coefficients;
use crate::laws::{Bound, Law};
use crate::math::simd::{self, Lane};
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
    let falls = Falls::before(rates);
    let Sums { gain, of_c, of_beta, of_gamma } = simd::run(Gains { falls: &falls, c, beta, gamma });
    let gain = falls.to_zero + gain;
    let power = (-alpha * falls.area.ln()).exp();
    let loss = floor + a * power - b * gain;
    (loss, [1.0, power, -a * power * falls.area.ln(), -gain, -b * of_c, -b * of_beta, -b * of_gamma])
}

/// Where the rate falls or rises before a step, in columns: η_{k−1} − η_k, ln S_k(t) and ln η_k.
struct Falls {
    fall: Vec<f64>,
    ln_area: Vec<f64>,
    ln_rate: Vec<f64>,
    /// Falls to a rate of zero, whose gain is at its limit, 1.
    to_zero: f64,
    /// S₁(t).
    area: f64,
}

impl Falls {
    fn before(rates: &[f64]) -> Self {
        let (mut fall, mut ln_area, mut ln_rate) = (Vec::new(), Vec::new(), Vec::new());
        let (mut to_zero, mut area) = (0.0, 0.0);
        for (k, &rate) in rates.iter().enumerate().rev() {
            area += rate;
            let Some(before) = k.checked_sub(1).and_then(|k| rates.get(k)) else { break };
            // A constant rate gains nothing.
            let by = before - rate;
            if rate == 0.0 {
                to_zero += by;
            } else if by != 0.0 {
                fall.push(by);
                ln_area.push(area);
                ln_rate.push(rate);
            }
        }
        simd::ln_in_place(&mut ln_area);
        simd::ln_in_place(&mut ln_rate);
        Self { fall, ln_area, ln_rate, to_zero, area }
    }
}

/// Σ_k (η_{k−1} − η_k)·(1 − (1 + C·η_k^(−γ)·S_k)^(−β)) and its derivatives.
struct Sums {
    gain: f64,
    of_c: f64,
    of_beta: f64,
    of_gamma: f64,
}

struct Gains<'a> {
    falls: &'a Falls,
    c: f64,
    beta: f64,
    gamma: f64,
}

impl WithSimd for Gains<'_> {
    type Output = Sums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Sums {
        let [one, c, beta, gamma] = Lane::splats(simd, [1.0, self.c, self.beta, self.gamma]);
        let mut sums = Lane::splats(simd, [0.0; 4]);
        let mut add = {
            #[inline(always)]
            |fall: S::f64s, ln_area: S::f64s, ln_rate: S::f64s| {
                let [fall, ln_area, ln_rate] = Lane::news(simd, [fall, ln_area, ln_rate]);
                let of_one = (ln_area - gamma * ln_rate).exp();
                let grown = c.mul_add(of_one, one);
                let ln_grown = grown.ln();
                let left = fall * (-(beta * ln_grown)).exp();
                let of_c = beta * left / grown * of_one;
                sums[0] = sums[0] + (fall - left);
                sums[1] = sums[1] + of_c;
                sums[2] = left.mul_add(ln_grown, sums[2]);
                sums[3] = sums[3] - of_c * c * ln_rate;
            }
        };
        let Falls { fall, ln_area, ln_rate, .. } = self.falls;
        let (falls, last_fall) = S::as_simd_f64s(fall);
        let ((areas, last_area), (rates, last_rate)) = (S::as_simd_f64s(ln_area), S::as_simd_f64s(ln_rate));
        for ((fall, area), rate) in falls.iter().zip(areas).zip(rates) {
            add(*fall, *area, *rate);
        }
        if !last_fall.is_empty() {
            // Zeros beyond the end: no fall there.
            let [fall, area, rate] = [last_fall, last_area, last_rate].map(|last| simd.partial_load_f64s(last));
            add(fall, area, rate);
        }
        let [gain, of_c, of_beta, of_gamma] = Lane::sums(&sums);
        Sums { gain, of_c, of_beta, of_gamma }
    }
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
