use super::family::{family, loss_of_params_and_tokens, term};
use super::{Bound, Chinchilla};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::{Params, Tokens};

family! {
    /// The Chinchilla form with one exponent for both terms (used by Muennighoff 2023 and Kumar 2024):
    ///
    /// ```text
    /// L(N, D) = E + A/N^α + B/D^α
    /// ```
    ///
    /// E: nats per token. A, B: nats at N = 1 and D = 1. α: without unit. On C = 6ND the optimum has the same tokens per
    /// parameter at every budget, D/N = (B/A)^(1/α). Fit it where the runs cannot tell two exponents apart.
    ///
    /// ```
    /// use scaling_laws::{allocate, laws::TiedExponents, Flops};
    /// let law = TiedExponents::new([1.7, 400.0, 1000.0, 0.3])?;
    /// let ratio = (1000.0f64 / 400.0).powf(1.0 / 0.3);
    /// for budget in [1e19, 1e25] {
    ///     assert!((allocate(&law, Flops::new(budget)?)?.tokens_per_param() / ratio - 1.0).abs() < 1e-9);
    /// }
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law TiedExponents = "E + A/N^alpha + B/D^alpha";
    /// The family of [`TiedExponents`]: coefficients E, A, B, alpha; input (N, D).
    form TiedExponentsForm of (Params, Tokens), 2 numbers;
    linear [0, 1, 2];
    coefficients 4 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "B": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.02, 3.2);
    }
}

impl TiedExponents {
    fn formula<T: Real>(&[e, a, b, alpha]: &[T; 4], &[n, d]: &[T; 2]) -> T {
        e + term(a, alpha, n) + term(b, alpha, d)
    }

    /// The same law as a [`Chinchilla`] with equal exponents.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] where the exponent is zero.
    pub fn chinchilla(&self) -> Result<Chinchilla, LawError> {
        let [e, a, b, alpha] = self.c;
        Ok(Chinchilla::new(e, a, b, alpha, alpha)?.with_conventions(self.conventions).with_domain(self.domain))
    }
}

loss_of_params_and_tokens!(
    TiedExponents,
    floor | law | law.c[0],
    optimum | law,
    ln_product | {
        let [_, a, b, alpha] = law.c;
        let ln_ratio = (b / a).ln() / alpha;
        ln_ratio.is_finite().then_some(0.5 * (ln_product - ln_ratio))
    }
);
