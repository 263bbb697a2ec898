use super::Bound;
use super::family::{family, loss_of_params_and_tokens};
use crate::math::dual::Real;
use crate::units::{Params, Tokens};

family! {
    /// Farseer (Li 2025): the exponent of D changes with N.
    ///
    /// ```text
    /// L(N, D) = exp(a₃·N^γ + b₃) + exp(a₂·N^β + b₂)·D^(−exp(a₁·N^α + b₁))
    /// ```
    ///
    /// All nine coefficients are pure numbers; N without embeddings. With γ > 0 and a₃ < 0 the first term falls to zero
    /// for N → ∞, so the law has no irreducible loss. Nine coefficients need a design that covers N and D densely.
    ///
    /// ```
    /// use scaling_laws::{laws::Farseer, LossModel, Params, Tokens};
    /// let law = Farseer::new([-0.021, 0.169, 0.091, 88.01, -0.1, -5.287, -0.124, 0.123, 0.424])?;
    /// let loss = law.loss(Params::billions(1.0)?, Tokens::billions(100.0)?)?;
    /// assert!((loss.get() - 0.6646134027035386).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Farseer = "exp(a3 N^gamma + b3) + exp(a2 N^beta + b2) D^(-exp(a1 N^alpha + b1))";
    /// The family of [`Farseer`] laws: coefficients a3, gamma, b3, a2, beta, b2, a1, alpha, b1; input (N, D).
    form FarseerForm of (Params, Tokens), 2 numbers;
    linear [];
    coefficients 9 {
        "a3": Bound::FREE, search Bound::between(-1.0, -1e-3);
        "gamma": Bound::FREE, search Bound::between(0.02, 0.5);
        "b3": Bound::FREE, search Bound::between(-1.0, 3.0);
        "a2": Bound::FREE, search Bound::between(1.0, 200.0);
        "beta": Bound::FREE, search Bound::between(-0.5, -0.02);
        "b2": Bound::FREE, search Bound::between(-15.0, 5.0);
        "a1": Bound::FREE, search Bound::between(-1.0, -1e-2);
        "alpha": Bound::FREE, search Bound::between(0.02, 0.5);
        "b1": Bound::FREE, search Bound::between(-2.0, 2.0);
    }
}

impl Farseer {
    fn formula<T: Real>(&[a3, gamma, b3, a2, beta, b2, a1, alpha, b1]: &[T; 9], &[n, d]: &[T; 2]) -> T {
        let curve = |slope: T, exponent: T, offset: T| slope * (exponent * n).exp() + offset;
        let exponent = curve(a1, alpha, b1).exp();
        curve(a3, gamma, b3).exp() + (curve(a2, beta, b2) - exponent * d).exp()
    }

    /// The exponent of D at a size, exp(a₁·N^α + b₁).
    pub fn exponent_of_tokens(&self, params: Params) -> f64 {
        let [.., a1, alpha, b1] = self.c;
        (a1 * params.get().powf(alpha) + b1).exp()
    }
}

loss_of_params_and_tokens!(Farseer, floor | _law | f64::NAN);
