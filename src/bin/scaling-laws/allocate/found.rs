use scaling_laws::{ConstrainedAllocation, Flops, Nats, Params, Tokens, Warning};
use serde_json::Value;

use super::caps::{self, Caps};
use crate::answer::to_json;

/// An answer in the making: what was found, in text and in JSON, with what is said beside it.
pub struct Found {
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
    /// The answer with its limits as the user said them.
    pub fn of(best: &ConstrainedAllocation, said: &Caps) -> Self {
        let (mut text, mut json) = (String::new(), to_json(best));
        // Writing to a string does not fail.
        let _ = best.split(&mut text);
        let bound = said.bound(best.binding());
        text.push_str(&caps::table(&bound, &best.priced_in()));
        json["binding"] = to_json(&bound);
        Self {
            text,
            json,
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
