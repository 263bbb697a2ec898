use scaling_laws::{ConstrainedAllocation, Flops, Nats, Params, Tokens, Warning};
use serde_json::Value;

use crate::answer::to_json;

/// An answer in the making: what was found, in text and in JSON, with what is said beside it.
pub(super) struct Found {
    pub text: String,
    pub json: Value,
    pub warnings: Vec<Warning>,
    pub params: Params,
    pub tokens: Tokens,
    pub loss: Option<Nats>,
    pub training: Flops,
    pub serving: Option<Flops>,
}

impl Found {
    pub fn of(best: &ConstrainedAllocation) -> Self {
        Self {
            text: format!("{best:#}"),
            json: to_json(best),
            warnings: best.warnings().to_vec(),
            params: best.params(),
            tokens: best.tokens(),
            loss: Some(best.loss()),
            training: best.training(),
            serving: best.inference(),
        }
    }

    pub fn add(&mut self, key: &str, text: String, json: Value) {
        self.text.push_str(&text);
        self.json[key] = json;
    }
}
