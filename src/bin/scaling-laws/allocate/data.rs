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
        let value = &self.value;
        let DataValue { held_by, paying_epochs, next_token, by_data, by_compute, flop_per_token, .. } = value;
        let DataValue { by_dollars, unlimited, .. } = value;
        serde_json::json!({
            "unique_tokens": self.unique,
            "epochs": value.best.epochs(),
            "held_by": held_by,
            "paying_epochs": paying_epochs,
            "next_token": next_token,
            "by_data": by_data,
            "by_compute": by_compute,
            "flop_per_token": flop_per_token,
            "by_dollars": by_dollars,
            "dollars_per_billion_tokens": self.dollars_per_billion(),
            "shortage": value.shortage(),
            "shortage_cost": value.shortage_cost(),
            "used_up": value.used_up(),
            "unlimited": to_json(unlimited),
        })
    }

    /// What a billion tokens may cost before compute is the better buy.
    fn dollars_per_billion(&self) -> Option<f64> {
        let by_compute = || Some(self.value.flop_per_token? * self.price?.dollars_per_flop());
        self.value.dollars_per_token.or_else(by_compute).map(|dollars| dollars * 1e9)
    }

    pub fn text(&self) -> String {
        let value = &self.value;
        let mut text = format!("\nThe corpus of {} tokens\n", self.unique);
        text.push_str(&self.epochs());
        text.push_str(&format!("  next token seen     worth {:.3} of a new one\n", value.next_token));
        let free = &value.unlimited;
        let (size, tokens, loss) = (free.params(), free.tokens(), free.loss());
        text.push_str(&match value.shortage_cost() {
            Some(times) => format!(
                "  without shortage    N {size}, D {tokens}, {} in training: the shortage costs {times:.3} times as much\n",
                free.training()
            ),
            None => format!(
                "  without shortage    N {size}, D {tokens}, loss {loss}: {:.4} nats lower\n",
                value.shortage()
            ),
        });
        if let (Some(data), Some(compute)) = (value.by_data, value.by_compute) {
            text.push_str(&format!("  an e-fold of data   {data:+.4} nats, of compute {compute:+.4}\n"));
        }
        if let (Some(data), Some(money)) = (value.by_data, value.by_dollars) {
            text.push_str(&format!("  an e-fold of data   {data:+.4} nats, of money {money:+.4}\n"));
        }
        if let (Some(dollars), None) = (self.dollars_per_billion(), value.flop_per_token) {
            text.push_str(&format!(
                "  a new token         is worth {dollars:.4} dollars a billion: buy data while it costs less\n"
            ));
        }
        if let Some(flop) = value.flop_per_token {
            let dollars = self.dollars_per_billion().map_or(String::new(), |d| format!(", {d:.4} dollars a billion"));
            text.push_str(&format!(
                "  a new token         is worth {flop:.4e} FLOP{dollars}: buy data while it costs less\n"
            ));
        } else if value.used_up() {
            text.push_str("  a new token         is worth any compute: no FLOP do what it would\n");
        }
        text
    }

    /// How many epochs there are, and whether that is what pays or what a limit leaves.
    fn epochs(&self) -> String {
        let Some(epochs) = self.value.best.epochs() else { return String::new() };
        match (self.value.held_by, self.value.paying_epochs) {
            _ if self.value.used_up() => {
                format!("  epochs              {epochs:.3}, one number of many: the corpus is used up long before\n")
            }
            (None, _) => format!("  epochs that pay     {epochs:.3}\n"),
            (Some(limit), Some(paying)) => {
                format!(
                    "  epochs              {epochs:.3}, by the limit {limit}; {paying:.3} would pay without limits on tokens\n"
                )
            }
            (Some(limit), None) => format!("  epochs              {epochs:.3}, by the limit {limit}\n"),
        }
    }
}
