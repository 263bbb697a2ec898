use super::family::{Inputs, OfNumbers};
use super::{Bound, Law};
use crate::units::Params;

pub(super) const FORMULA: &str = "(N_c/N)^alpha_N + (S_c/S)^alpha_S";

/// The family of [`KaplanSteps`](crate::KaplanSteps) laws: coefficients N_c, S_c, alpha_N, alpha_S; input (N, S), S above
/// zero. Steps at a batch far above critical, or any steps at one batch: the scale S_c then is that of the batch.
///
/// ```
/// use scaling_laws::{laws::KaplanStepsForm, published, Law, Params};
/// let (mut slopes, input) = ([0.0; 4], (Params::millions(100.0)?, 1e5));
/// let loss = KaplanStepsForm.predict(&[6.5e13, 2100.0, 0.077, 0.76], &input, &mut slopes);
/// assert!((loss - published::KAPLAN_2020_STEPS.loss(input.0, input.1)?.get()).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KaplanStepsForm;

impl KaplanStepsForm {
    /// Coefficient names in covariance order.
    pub const NAMES: [&'static str; 4] = ["N_c", "S_c", "alpha_N", "alpha_S"];
}

impl Inputs<2> for (Params, f64) {
    fn numbers(&self) -> [f64; 2] {
        [self.0.ln(), self.1.ln()]
    }
}

impl Law for KaplanStepsForm {
    type Input = (Params, f64);

    fn coefficient_names(&self) -> &[&'static str] {
        &Self::NAMES
    }
    fn formula(&self) -> &str {
        FORMULA
    }
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE; 4]
    }
    fn search_range(&self) -> Vec<Bound> {
        let exponent = Bound::between(0.02, 1.5);
        vec![Bound::between(1e4, 1e18), Bound::between(1e-2, 1e8), exponent, exponent]
    }
    fn predict(&self, c: &[f64], input: &Self::Input, gradient: &mut [f64]) -> f64 {
        self.predict_numbers(c, &input.numbers(), gradient)
    }
}

impl OfNumbers<2> for KaplanStepsForm {
    fn predict_numbers(&self, c: &[f64], &[n, s]: &[f64; 2], gradient: &mut [f64]) -> f64 {
        let &[n_c, s_c, alpha_n, alpha_s] = c else { return f64::NAN };
        let (far_n, far_s) = (n_c.ln() - n, s_c.ln() - s);
        let (by_size, by_steps) = ((alpha_n * far_n).exp(), (alpha_s * far_s).exp());
        let slopes = [by_size * alpha_n / n_c, by_steps * alpha_s / s_c, by_size * far_n, by_steps * far_s];
        gradient.iter_mut().zip(slopes).for_each(|(to, slope)| *to = slope);
        by_size + by_steps
    }
}
