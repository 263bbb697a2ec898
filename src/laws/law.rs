/// The allowed range of one coefficient, inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Least value.
    pub least: f64,
    /// Greatest value; infinite where there is none.
    pub greatest: f64,
}

impl Bound {
    /// From zero up.
    pub const NONNEGATIVE: Self = Self { least: 0.0, greatest: f64::INFINITY };
    /// Any number.
    pub const FREE: Self = Self { least: f64::NEG_INFINITY, greatest: f64::INFINITY };

    /// From `least` to `greatest`.
    pub const fn between(least: f64, greatest: f64) -> Self {
        Self { least, greatest }
    }
}

/// A parametric family, seen by a fit: a prediction from an input and a vector of coefficients, with its gradient.
///
/// Which residual is taken (log or raw) is the business of the loss function, not of the law.
///
/// # Example: a family of one's own, its gradient checked
/// ```
/// use scaling_laws::{Bound, Law};
///
/// /// L(N) = E + A·N^(-alpha), N in millions
/// struct OneVariable;
///
/// impl Law for OneVariable {
///     type Input = f64;
///     fn coefficient_names(&self) -> &[&'static str] { &["E", "A", "alpha"] }
///     fn bounds(&self) -> Vec<Bound> { vec![Bound::NONNEGATIVE; 3] }
///     fn predict(&self, c: &[f64], n: &f64, gradient: &mut [f64]) -> f64 {
///         let power = n.powf(-c[2]);
///         gradient.copy_from_slice(&[1.0, power, -c[1] * power * n.ln()]);
///         c[0] + c[1] * power
///     }
/// }
///
/// assert!(OneVariable.gradient_error(&[1.7, 2.0, 0.3], &125.0) < 1e-8);
/// ```
pub trait Law: Sync {
    /// What a prediction is made from, such as (N, D).
    type Input: Send + Sync;

    /// Names of the coefficients, in the order of every vector and covariance.
    fn coefficient_names(&self) -> &[&'static str];

    /// The formula as reports print it, in terms of the names, such as `E + A/N^alpha`. Empty, the default, prints none.
    fn formula(&self) -> &str {
        ""
    }

    /// Allowed range of each coefficient.
    fn bounds(&self) -> Vec<Bound>;

    /// Indices of coefficients in which the prediction is linear while the others are held, such as E, A and B in
    /// E + A·N^(−α) + B·D^(−β). A fit then solves for them exactly at each value of the others (variable projection), so
    /// that only the others are searched. Empty, the default, where none is or nobody has said.
    fn linear(&self) -> &[usize] {
        &[]
    }

    /// Where a fit without a start looks for each coefficient; a result may lie outside, within [`bounds`](Self::bounds).
    /// An end that is infinite stands for "any magnitude". The default is the bounds.
    fn search_range(&self) -> Vec<Bound> {
        self.bounds()
    }

    /// The predicted value; writes ∂prediction/∂coefficient into `gradient`.
    fn predict(&self, coefficients: &[f64], input: &Self::Input, gradient: &mut [f64]) -> f64;

    /// Largest difference between [`predict`](Self::predict)'s gradient and central differences, relative to the
    /// larger of the derivative and the prediction per unit of the coefficient. A right gradient gives below 1e-6.
    fn gradient_error(&self, coefficients: &[f64], input: &Self::Input) -> f64 {
        gradient_error(&mut |c, slopes| self.predict(c, input, slopes), coefficients)
    }
}

/// [`Law::gradient_error`] of a prediction, compiled once for all laws.
fn gradient_error(predict: &mut dyn FnMut(&[f64], &mut [f64]) -> f64, coefficients: &[f64]) -> f64 {
    let count = coefficients.len();
    let (mut gradient, mut unused) = (vec![0.0; count], vec![0.0; count]);
    let value = predict(coefficients, &mut gradient);
    (0..count)
        .map(|j| {
            let mut error_at = |step: f64, unused: &mut [f64]| {
                let mut shifted = coefficients.to_vec();
                shifted[j] = coefficients[j] + step;
                let above = predict(&shifted, unused);
                shifted[j] = coefficients[j] - step;
                let below = predict(&shifted, unused);
                let numeric = (above - below) / (2.0 * step);
                let scale = gradient[j].abs().max(numeric.abs()).max(value.abs() / coefficients[j].abs().max(1.0));
                if scale > 0.0 { (gradient[j] - numeric).abs() / scale } else { 0.0 }
            };
            // Several steps, from a coefficient that is nearly zero to a prediction that waves quickly; a wrong
            // gradient is wrong by all of them.
            let size = coefficients[j].abs();
            [1e-8f64.max(1e-5 * size), 1e-5 * size, 1e-6 * size, 1e-7 * size]
                .into_iter()
                .filter(|step| *step > 0.0)
                .map(|step| error_at(step, &mut unused))
                .fold(f64::INFINITY, f64::min)
        })
        .fold(0.0, |worst, error| if error > worst || error.is_nan() { error } else { worst })
}
