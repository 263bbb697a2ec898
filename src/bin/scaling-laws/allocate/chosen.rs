//! A size that the user chose, beside the optimum of the same budget.

use std::fmt::Write;

use scaling_laws::{Flops, LossModel, LossUnit, Nats, Params, Tokens, loss_penalty, tokens_for_budget};
use serde_json::{Value, json};

use crate::answer::Failure;

pub struct ChosenSize {
    pub params: Params,
    pub tokens: Tokens,
    pub loss: Nats,
    penalty: f64,
    unit: LossUnit,
}

impl ChosenSize {
    pub fn new(model: &dyn LossModel, params: Params, budget: Flops) -> Result<Self, Failure> {
        let tokens = tokens_for_budget(model, params, budget)?;
        let penalty = loss_penalty(model, params, budget)?;
        Ok(Self { params, tokens, loss: model.loss(params, tokens)?, penalty, unit: model.conventions().loss })
    }

    pub fn json(&self) -> Value {
        json!({"params": self.params, "tokens": self.tokens, "loss": self.loss, "penalty": self.penalty})
    }

    pub fn text(&self) -> String {
        let Self { params, tokens, loss, penalty, unit } = self;
        let mut text = String::from("\nThe size you chose at the same budget\n");
        let ratio = *tokens / *params;
        // Four digits, as everywhere: 1.709, 1368.
        let decimals = (3.0 - ratio.log10().floor()).clamp(0.0, 9.0) as usize;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  N {params}, D {tokens}, D/N {ratio:.decimals$}: loss {loss} {unit}, {penalty:+.4} over the optimum"
        );
        text
    }
}
