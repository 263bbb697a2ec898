use super::formula::finite;
use super::{Chinchilla, Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::math::root::brent;
use crate::units::{Nats, Params, Tokens};

const FORMULA: &str = "least 6 N D + 2 N D_inf at L(N, D) = l";

/// The cheapest model that reaches a loss and then serves tokens (Sardana 2023): 6·N·D + 2·N·D_inf is least where
///
/// ```text
/// αA·N^(−α)/(βB·D^(−β)) = 1 + D_inf/(3·D),   L(N, D) = l
/// ```
///
/// D_inf: tokens read and written in service. Without any the right side is 1, and the optimum is Chinchilla's.
///
/// ```
/// use scaling_laws::{laws::InferenceOptimum, Chinchilla, LossModel, Params, Tokens};
/// // The quality of a Chinchilla-optimal 7B, served for 1e11 tokens: a 6B model, trained 1.18 times as long.
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// let tokens = InferenceOptimum::new(law).usual_tokens(Params::billions(7.0)?)?;
/// let loss = law.loss(Params::billions(7.0)?, tokens)?;
/// let (smaller, longer) = InferenceOptimum::new(law).at(loss, 1e11)?;
/// assert!((smaller.get() / 6e9 - 1.0).abs() < 0.01 && (longer / tokens - 1.18).abs() < 0.01);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InferenceOptimum {
    law: Chinchilla,
}

impl InferenceOptimum {
    /// Under this law of the loss.
    pub const fn new(law: Chinchilla) -> Self {
        Self { law }
    }

    /// The D that makes N the optimum of its own training budget.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn usual_tokens(&self, params: Params) -> Result<Tokens, LawError> {
        let law = &self.law;
        let ln_power = (law.beta() * law.b()).ln() - (law.alpha() * law.a()).ln() + law.alpha() * params.ln();
        tokens((ln_power / law.beta()).exp())
    }

    /// N and D that reach this loss at the least compute over life.
    ///
    /// # Errors
    /// [`LawError::Knob`] for a loss at or below the irreducible one, or service that is below zero or not finite.
    pub fn at(&self, loss: Nats, service: f64) -> Result<(Params, Tokens), LawError> {
        let law = &self.law;
        let refuse = |knob, value, allowed| Err(LawError::Knob { law: FORMULA, knob, value, allowed });
        let reducible = loss.get() - law.e();
        if reducible.is_nan() || reducible <= 0.0 {
            return refuse("loss", loss.get(), "above the irreducible loss E");
        }
        if !(service.is_finite() && service >= 0.0) {
            return refuse("inference_tokens", service, "finite and not negative");
        }
        // s in (0, 1): the share of the reducible loss that is left to the size. Both N and D follow from it.
        let ln_n = |s: f64| (law.a().ln() - (s * reducible).ln()) / law.alpha();
        let ln_d = |s: f64| (law.b().ln() - ((1.0 - s) * reducible).ln()) / law.beta();
        let slope = |logit: f64| {
            let s = 1.0 / (1.0 + (-logit).exp());
            // ln of the ratio of the marginal gains, less that of the ratio of their prices; grows with s.
            (law.alpha() / law.beta()).ln() + logit - (service / (3.0 * ln_d(s).exp())).ln_1p()
        };
        let s = brent(slope, -30.0, 30.0).map_or(f64::NAN, |logit| 1.0 / (1.0 + (-logit).exp()));
        let params = Params::new(ln_n(s).exp());
        let params = params.map_err(|_| LawError::Value { law: FORMULA, quantity: "N", value: ln_n(s).exp() })?;
        Ok((params, tokens(ln_d(s).exp())?))
    }
}

fn tokens(value: f64) -> Result<Tokens, LawError> {
    Tokens::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "D", value })
}

const SERVICE: Knob =
    Knob::new("inference_tokens", "D_inf", Some("tokens"), "tokens read and written in service").or(0.0);

impl Formula for InferenceOptimum {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::LOSS, SERVICE] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::OPTIMAL_PARAMS, Quantity::OPTIMAL_TOKENS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let (params, tokens) = self.at(knobs.loss(FORMULA)?, knobs.value(FORMULA, SERVICE)?)?;
        Ok(vec![finite(FORMULA, "N", params.get())?, finite(FORMULA, "D", tokens.get())?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::LossModel;

    #[test]
    fn the_optimum_is_the_least_of_its_neighbours_at_the_same_loss() {
        let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283).unwrap();
        let (loss, service) = (Nats::new(2.0).unwrap(), 5e12);
        let (n, d) = InferenceOptimum::new(law).at(loss, service).unwrap();
        assert!((law.loss(n, d).unwrap().get() - 2.0).abs() < 1e-12);
        let cost = |n: f64| {
            let d = (law.b() / (2.0 - law.e() - law.a() * n.powf(-law.alpha()))).powf(1.0 / law.beta());
            6.0 * n * d + 2.0 * n * service
        };
        let best = cost(n.get());
        assert!((best / (6.0 * n.get() * d.get() + 2.0 * n.get() * service) - 1.0).abs() < 1e-9);
        assert!(cost(1.01 * n.get()) > best && cost(0.99 * n.get()) > best);
    }

    #[test]
    fn a_loss_out_of_reach_and_negative_service_are_refused() {
        let law = InferenceOptimum::new(Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283).unwrap());
        assert!(law.at(Nats::new(1.69).unwrap(), 0.0).unwrap_err().to_string().contains("irreducible"));
        assert!(law.at(Nats::new(2.0).unwrap(), -1.0).is_err());
    }
}
