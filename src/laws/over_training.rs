use super::Bound;
use super::family::{family, loss_of_params_and_tokens};
use crate::math::dual::Real;
use crate::units::{Params, Tokens};

family! {
    /// Loss of over-trained models (Gadre 2024):
    ///
    /// ```text
    /// L(C, M) = E + (a·M^η + b·M^(−η))·C^(−η),   M = D/N, C = 6ND
    /// ```
    ///
    /// E: nats per token. a, b: nats at C = 1 FLOP and M = 1. η: half of the common exponent of N and D, since this is
    /// E + a·6^(−η)·N^(−2η) + b·6^(−η)·D^(−2η): the tied Chinchilla form in the variables of over-training. At every M the
    /// reducible loss is a straight line of slope −η in ln C. Least at M = (b/a)^(1/(2η)).
    ///
    /// ```
    /// use scaling_laws::{published, LossModel, Params, Tokens};
    /// // C4, 1B parameters, 20 tokens per parameter.
    /// let loss = published::GADRE_2024_C4.loss(Params::billions(1.0)?, Tokens::billions(20.0)?)?;
    /// assert!((loss.get() - 2.7403758655207726).abs() < 1e-9);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law OverTraining = "E + (a M^eta + b M^-eta) C^-eta, M = D/N, C = 6ND";
    /// The family of [`OverTraining`] laws: coefficients E, a, b, eta; input (N, D).
    form OverTrainingForm of (Params, Tokens), 2 numbers;
    linear [0, 1, 2];
    coefficients 4 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "a": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "b": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "eta": Bound::NONNEGATIVE, search Bound::between(0.01, 1.6);
    }
}

impl OverTraining {
    fn formula<T: Real>(&[e, a, b, eta]: &[T; 4], &[n, d]: &[T; 2]) -> T {
        let (ln_m, ln_c) = (d - n, n + d + T::of(6f64.ln()));
        e + a * (eta * (ln_m - ln_c)).exp() + b * (eta * (-ln_m - ln_c)).exp()
    }

    /// M = D/N at the least loss of any budget, (b/a)^(1/(2η)).
    pub fn optimal_tokens_per_param(&self) -> f64 {
        let [_, a, b, eta] = self.c;
        ((b / a).ln() / (2.0 * eta)).exp()
    }
}

loss_of_params_and_tokens!(
    OverTraining,
    floor | law | law.c[0],
    optimum | law,
    ln_product | {
        let ln_m = law.optimal_tokens_per_param().ln();
        ln_m.is_finite().then_some(0.5 * (ln_product - ln_m))
    }
);
