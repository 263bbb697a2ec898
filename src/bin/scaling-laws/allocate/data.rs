//! What a corpus that runs out allows, under a law of repeated data.

use scaling_laws::laws::Repetition;
use scaling_laws::{Constraints, DataValue, FlopPrice, Tokens, value_of_data};
use serde_json::Value;

use crate::answer::{Failure, to_json};

/// How many epochs pay, and what more data is worth.
pub struct Corpus {
    unique: Tokens,
    value: DataValue,
    price: Option<FlopPrice>,
}

impl Corpus {
    pub fn ask(
        law: Option<Repetition>,
        unique: Option<Tokens>,
        limits: &Constraints,
        price: Option<FlopPrice>,
    ) -> Result<Option<Self>, Failure> {
        let Some((law, unique)) = law.zip(unique) else { return Ok(None) };
        Ok(Some(Self { unique, value: value_of_data(&law, unique, limits)?, price }))
    }

    pub fn json(&self) -> Value {
        let DataValue { next_token, by_data, by_compute, flop_per_token, unlimited, .. } = &self.value;
        serde_json::json!({
            "unique_tokens": self.unique,
            "epochs": self.value.best.epochs(),
            "next_token": next_token,
            "by_data": by_data,
            "by_compute": by_compute,
            "flop_per_token": flop_per_token,
            "dollars_per_billion_tokens": self.dollars_per_billion(),
            "shortage": self.value.shortage(),
            "unlimited": to_json(unlimited),
        })
    }

    /// What a billion tokens may cost before compute is the better buy.
    fn dollars_per_billion(&self) -> Option<f64> {
        Some(self.value.flop_per_token? * self.price?.dollars_per_flop() * 1e9)
    }

    pub fn text(&self) -> String {
        let value = &self.value;
        let mut text = format!("\nThe corpus of {} tokens\n", self.unique);
        if let Some(epochs) = value.best.epochs() {
            text.push_str(&format!("  epochs that pay     {epochs:.3}\n"));
        }
        text.push_str(&format!("  next token seen     worth {:.3} of a new one\n", value.next_token));
        let size = value.unlimited.tokens();
        text.push_str(&format!(
            "  without shortage    N {}, D {size}, loss {}: {:.4} nats lower\n",
            value.unlimited.params(),
            value.unlimited.loss(),
            value.shortage()
        ));
        if let (Some(data), Some(compute)) = (value.by_data, value.by_compute) {
            text.push_str(&format!("  an e-fold of data   {data:+.4} nats, of compute {compute:+.4}\n"));
        }
        if let Some(flop) = value.flop_per_token {
            let dollars = self.dollars_per_billion().map_or(String::new(), |d| format!(", {d:.4} dollars a billion"));
            text.push_str(&format!(
                "  a new token         is worth {flop:.4e} FLOP{dollars}: buy data while it costs less\n"
            ));
        }
        text
    }
}
