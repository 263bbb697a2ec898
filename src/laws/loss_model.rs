use std::fmt::Debug;

use crate::error::LawError;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// Loss and its log-space slopes at one point, as plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossPoint {
    /// L(N, D) in nats per token.
    pub loss: f64,
    /// ∂L/∂ln N.
    pub d_ln_params: f64,
    /// ∂L/∂ln D.
    pub d_ln_tokens: f64,
}

/// The slopes of a loss in ln N and ln D: nats gained (negative) per e-fold of parameters or tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossGradient {
    /// ∂L/∂ln N.
    pub d_ln_params: f64,
    /// ∂L/∂ln D.
    pub d_ln_tokens: f64,
}

/// An expected loss L(N, D): all that allocation, comparison and figures need of a law.
///
/// Object-safe and small, so a type of your own can be one. Only [`at`](Self::at) must be written; it works on
/// ln N and ln D, where power laws are straight and overflow is far away.
///
/// # Example: a law of your own, allocated by the same call as the published ones
/// ```
/// use scaling_laws::{allocate, Flops, LossModel, LossPoint};
///
/// /// L = 1.5 + (1e9/N)^0.3 + (2e10/D)^0.3
/// #[derive(Debug)]
/// struct Mine;
///
/// impl LossModel for Mine {
///     fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
///         let by_size = (0.3 * (1e9f64.ln() - ln_params)).exp();
///         let by_data = (0.3 * (2e10f64.ln() - ln_tokens)).exp();
///         LossPoint { loss: 1.5 + by_size + by_data, d_ln_params: -0.3 * by_size, d_ln_tokens: -0.3 * by_data }
///     }
/// }
///
/// let split = allocate(&Mine, Flops::new(1e21)?)?;
/// assert!((split.tokens_per_param() - 20.0).abs() < 1e-6); // equal exponents: 2e10 / 1e9 at any budget
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub trait LossModel: Debug {
    /// Loss and slopes at (ln N, ln D).
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint;

    /// What N counts and how C is counted.
    fn conventions(&self) -> Conventions {
        Conventions::default()
    }

    /// The range the law was fitted on.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// The limit of L for N, D → ∞; `None` where it is zero.
    fn irreducible(&self) -> Option<Nats> {
        None
    }

    /// The unique tokens that the law takes the corpus to have, where it knows what a repeated token is worth; `None` for
    /// a law that counts every token as new.
    fn unique_tokens(&self) -> Option<Tokens> {
        None
    }

    /// ln N at the least loss on the line ln N + ln D = `ln_product`, where the law knows it in closed form.
    /// Allocation searches when it does not.
    fn ln_optimal_params(&self, ln_product: f64) -> Option<f64> {
        let _ = ln_product;
        None
    }

    /// The expected loss of N parameters trained on D tokens.
    ///
    /// # Errors
    /// [`LawError::NotFinite`] where the law leaves the range of numbers.
    fn loss(&self, params: Params, tokens: Tokens) -> Result<Nats, LawError> {
        let loss = self.at(params.ln(), tokens.ln()).loss;
        Nats::new(loss).map_err(|_| LawError::NotFinite { params: params.get(), tokens: tokens.get(), loss })
    }

    /// The slopes of the loss in ln N and ln D.
    ///
    /// # Errors
    /// [`LawError::NotFinite`] where the law leaves the range of numbers.
    fn gradient(&self, params: Params, tokens: Tokens) -> Result<LossGradient, LawError> {
        let LossPoint { loss, d_ln_params, d_ln_tokens } = self.at(params.ln(), tokens.ln());
        if loss.is_finite() && d_ln_params.is_finite() && d_ln_tokens.is_finite() {
            Ok(LossGradient { d_ln_params, d_ln_tokens })
        } else {
            Err(LawError::NotFinite { params: params.get(), tokens: tokens.get(), loss })
        }
    }
}
