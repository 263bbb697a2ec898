use super::Bound;
use super::family::{family, loss_of_params_and_tokens, term};
use crate::math::dual::Real;
use crate::units::{Params, Tokens};

family! {
    /// The Chinchilla form under a free outer exponent ("Skaling"; Videau 2026; with its own letters the supervised law of
    /// Busbridge 2025):
    ///
    /// ```text
    /// L(N, D) = E + (A/N^α + B/D^β)^k
    /// ```
    ///
    /// E: nats per token. A, B: nats^(1/k) at N = 1 and D = 1. α, β, k: without unit; k = 1 is Chinchilla. The exponents
    /// of one variable are kα and kβ. The sum is least where Chinchilla's is, so the optimum on C = 6ND is Chinchilla's
    /// closed form with the same α, β, A, B. k and (α, β) trade against each other: fit it to runs that cover both
    /// limits, and hold it against Chinchilla.
    ///
    /// ```
    /// use scaling_laws::{laws::OuterExponent, Chinchilla, LossModel, Params, Tokens};
    /// let (n, d) = (Params::billions(1.0)?, Tokens::billions(20.0)?);
    /// let plain = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?.loss(n, d)?;
    /// let outer = OuterExponent::new([1.8, 480.0, 2000.0, 0.35, 0.37, 1.0])?.loss(n, d)?;
    /// assert!((plain.get() - outer.get()).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law OuterExponent = "E + (A/N^alpha + B/D^beta)^k";
    /// The family of [`OuterExponent`] laws: coefficients E, A, B, alpha, beta, k; input (N, D).
    form OuterExponentForm of (Params, Tokens), 2 numbers;
    linear [0];
    coefficients 6 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A": Bound::NONNEGATIVE, search Bound::between(1e-3, 1e9);
        "B": Bound::NONNEGATIVE, search Bound::between(1e-3, 1e9);
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.02, 3.2);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.02, 3.2);
        "k": Bound::NONNEGATIVE, search Bound::between(0.1, 3.0);
    }
}

impl OuterExponent {
    pub(crate) fn formula<T: Real>(&[e, a, b, alpha, beta, k]: &[T; 6], &[n, d]: &[T; 2]) -> T {
        let sum = term(a, alpha, n) + term(b, beta, d);
        e + sum.power(k)
    }
}

loss_of_params_and_tokens!(
    OuterExponent,
    floor | law | law.c[0],
    optimum | law,
    ln_product | {
        let [_, a, b, alpha, beta, _] = law.c;
        let ln_params = ((alpha * a / (beta * b)).ln() + beta * ln_product) / (alpha + beta);
        ln_params.is_finite().then_some(ln_params)
    }
);
