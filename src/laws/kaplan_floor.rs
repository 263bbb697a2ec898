use super::Bound;
use super::family::{family, loss_of_params_and_tokens};
use crate::math::dual::Real;
use crate::units::{Params, Tokens};

family! {
    /// Kaplan's joint law with an irreducible loss:
    ///
    /// ```text
    /// L(N, D) = E + [ (N_c/N)^(α_N/α_D) + D_c/D ]^α_D
    /// ```
    ///
    /// E: nats per token. N_c: parameters. D_c: tokens. α_N, α_D: without unit. E = 0 is [`KaplanJoint`](crate::KaplanJoint)
    /// (Kaplan 2020, equation 1.5), whose optimum on C = 6ND it shares.
    ///
    /// ```
    /// use scaling_laws::{laws::KaplanFloor, LossModel, Params, Tokens};
    /// let law = KaplanFloor::new([0.0, 6.4e13, 1.8e13, 0.076, 0.103])?;
    /// let loss = law.loss(Params::billions(1.0)?, Tokens::billions(20.0)?)?;
    /// assert!((loss.get() - 2.373882448217487).abs() < 1e-12); // Kaplan 2020
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law KaplanFloor = "E + [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D";
    /// The family of [`KaplanFloor`] laws: coefficients E, N_c, D_c, alpha_N, alpha_D; input (N, D).
    form KaplanFloorForm of (Params, Tokens), 2 numbers;
    linear [0];
    coefficients 5 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "N_c": Bound::NONNEGATIVE, search Bound::between(1e4, 1e18);
        "D_c": Bound::NONNEGATIVE, search Bound::between(1e5, 1e19);
        "alpha_N": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
        "alpha_D": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
    }
}

impl KaplanFloor {
    fn formula<T: Real>(&[e, n_c, d_c, alpha_n, alpha_d]: &[T; 5], &[n, d]: &[T; 2]) -> T {
        let by_size = alpha_n / alpha_d * (n_c.ln() - n);
        let by_data = d_c.ln() - d;
        e + (alpha_d * by_size.ln_add_exp(by_data)).exp()
    }
}

loss_of_params_and_tokens!(
    KaplanFloor,
    floor | law | law.c[0],
    optimum | law,
    ln_product | {
        let [_, n_c, d_c, alpha_n, alpha_d] = law.c;
        let p = alpha_n / alpha_d;
        let ln_params = (p.ln() + p * n_c.ln() + ln_product - d_c.ln()) / (1.0 + p);
        ln_params.is_finite().then_some(ln_params)
    }
);
