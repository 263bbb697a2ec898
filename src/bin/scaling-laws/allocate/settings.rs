//! The settings of a law side by side: those that have an answer, the best first, and why the others have none.

use scaling_laws::laws::{Bits, Precision};
use scaling_laws::{AllocateError, Choice, Params, Tokens};
use serde_json::{Value, json};

use super::caps::Caps;
use super::choices::bits_name;
use crate::answer::Failure;

/// A setting that meets no N and D, and why.
pub struct Refused {
    pub setting: String,
    pub reason: String,
}

impl Refused {
    pub fn json(&self) -> Value {
        json!({"setting": self.setting, "reason": self.reason})
    }
}

/// The settings that have an answer and those that have none. `caps` are the limits of one setting as the user said them.
pub fn tried<K: PartialEq>(
    all: &[K],
    choose: impl Fn(&[K]) -> Result<Vec<Choice<K>>, AllocateError>,
    caps: impl Fn(&K) -> Caps,
    name: impl Fn(&K) -> String,
) -> Result<(Vec<Choice<K>>, Vec<Refused>), Failure> {
    let refusal = |setting: &K| {
        let error = choose(std::slice::from_ref(setting)).err()?;
        Some(Refused { setting: name(setting), reason: caps(setting).told(error).message().into() })
    };
    match choose(all) {
        Ok(best) => {
            let left = all.iter().filter(|setting| !best.iter().any(|one| one.setting == **setting));
            // Alone it may have an answer: then it falls behind the best of the others by more than may be given away.
            let behind = |setting: &K| Refused {
                setting: name(setting),
                reason: "its least loss is above what the best of the others allows".into(),
            };
            let refused = left.map(|setting| refusal(setting).unwrap_or_else(|| behind(setting))).collect();
            Ok((best, refused))
        }
        Err(error) => {
            let refused: Vec<Refused> = all.iter().filter_map(refusal).collect();
            // What one setting alone is refused for, or none of several.
            if refused.len() < 2 || refused.len() < all.len() {
                return Err(all.first().map_or_else(|| error.clone().into(), |first| caps(first).told(error.clone())));
            }
            let each = refused.iter().map(|Refused { setting, reason }| format!("\n  {setting}: {reason}"));
            Err(Failure::NoAnswer(format!("no setting has an answer:{}", each.collect::<String>())))
        }
    }
}

/// A setting with the best that it allows.
pub struct Row {
    pub setting: String,
    pub params: Params,
    pub tokens: Tokens,
    pub total: Params,
    pub loss: f64,
    pub excess: f64,
}

impl Row {
    pub fn json(&self) -> Value {
        json!({
            "setting": self.setting, "params": self.params, "tokens": self.tokens,
            "total_params": self.total, "loss": self.loss, "excess": self.excess,
        })
    }
}

pub fn text(rows: &[Row]) -> String {
    let mut text = format!(
        "\nSettings, the best first\n  {:<14} {:>9} {:>9} {:>9} {:>8} {:>9}\n",
        "", "N", "D", "in all", "loss", "excess"
    );
    for Row { setting, params, tokens, total, loss, excess } in rows {
        let (params, tokens, total) = (params.to_string(), tokens.to_string(), total.to_string());
        text.push_str(&format!("  {setting:<14} {params:>9} {tokens:>9} {total:>9} {loss:>8.4} {excess:>+9.4}\n"));
    }
    text
}

/// What quantising after training costs the best setting, and the tokens from which on more hurt.
pub struct After {
    bits: f64,
    lost: f64,
    critical: Option<Tokens>,
}

impl After {
    /// Nothing where training was in no more bits.
    pub fn new(law: &Precision, all: &[Bits], best: &Row, bits: f64) -> Self {
        let trained = all.iter().find(|format| bits_name(**format) == best.setting);
        match trained.is_some_and(|format| bits < format.weights) {
            true => Self {
                bits,
                lost: law.post_training_loss(best.params, best.tokens, bits),
                critical: law.critical_tokens(best.params, bits).ok(),
            },
            false => Self { bits, lost: 0.0, critical: None },
        }
    }

    pub fn text(&self) -> String {
        let critical = self
            .critical
            .map_or(String::new(), |tokens| format!("; from {tokens} tokens on more of them make the model worse"));
        format!("\nAfter training in {} bits: {:.4} nats lost{critical}\n", self.bits, self.lost)
    }

    pub fn json(self) -> Value {
        json!({"bits": self.bits, "lost": self.lost, "critical_tokens": self.critical})
    }
}
