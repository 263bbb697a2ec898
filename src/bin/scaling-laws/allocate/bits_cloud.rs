//! Number formats over a law of one's own and its bootstrap refits.

use scaling_laws::laws::{Bits, Precision};
use scaling_laws::{
    AllocationRange, Constraints, Error, LossModel, Params, Regretted, Tokens, ask_cloud, choose_bits, decide_cloud,
};
use serde_json::{Value, json};

use super::choices::bits_name;
use super::cloud::{Cloud, lengths, sizes};
use crate::answer::{Failure, to_json};

/// A format with its N and D.
type Decided = (Bits, Params, Tokens);

/// What the refits choose, and what it gives away.
pub struct BitsSpread {
    level: f64,
    refits: usize,
    /// Each format that some refits choose, with their share.
    shares: Vec<(String, f64)>,
    answered: usize,
    params: AllocationRange,
    tokens: AllocationRange,
    /// Acting on the fit, and the decision of least regret, where the least loss is wanted.
    weighed: Option<[Regretted<Decided>; 2]>,
}

impl Cloud {
    /// The best of these formats under each refit, by what `law` says of formats.
    pub fn choose_bits(
        &self,
        law: &Precision,
        settings: &[Bits],
        limits: &Constraints,
        weighs_loss: bool,
    ) -> Result<BitsSpread, Failure> {
        let refits = self.plain().iter().map(|refit| law.over(refit)).collect::<Result<Vec<_>, _>>()?;
        let decide = |law: &Precision| -> Result<Decided, Error> {
            let best = choose_bits(law, limits, settings)?;
            let none =
                || scaling_laws::AllocateError::Argument { what: "settings", value: 0.0, allowed: "at least one" };
            let best = best.into_iter().next().ok_or_else(none)?;
            Ok((best.setting, best.best.params(), best.best.tokens()))
        };
        let loss = |law: &Precision, (bits, params, tokens): &Decided| -> Result<f64, Error> {
            // Weights trained in no more bits lose nothing by quantising after it.
            let kept = Bits { post_training: f64::INFINITY, ..*bits };
            let bits = if bits.post_training < bits.weights { *bits } else { kept };
            Ok(law.with_bits(bits)?.loss(*params, *tokens)?.get())
        };
        let answer = decide_cloud(law, &refits, self.level(), decide, loss)?;
        let all = &answer.decisions;
        let part = |of: fn(&Decided) -> f64| ask_cloud(all, self.level(), |one| Ok::<_, Error>(of(one)));
        let mut shares: Vec<(String, f64)> = Vec::new();
        for setting in settings {
            let chosen = all.iter().filter(|(bits, ..)| bits == setting).count();
            if chosen > 0 {
                shares.push((bits_name(*setting), chosen as f64 / all.len() as f64));
            }
        }
        Ok(BitsSpread {
            level: self.level(),
            refits: refits.len(),
            shares,
            answered: all.len(),
            params: part(|one| one.1.get())?.range,
            tokens: part(|one| one.2.get())?.range,
            weighed: weighs_loss.then_some([answer.on_point, answer.least_regret]),
        })
    }
}

impl BitsSpread {
    pub fn json(&self) -> Value {
        let shares: Vec<Value> =
            self.shares.iter().map(|(setting, share)| json!({"setting": setting, "share": share})).collect();
        let decision = |Regretted { decision: (bits, params, tokens), mean_regret, regret, .. }: &Regretted<
            Decided,
        >| {
            json!({
                "setting": bits_name(*bits), "params": params, "tokens": tokens, "mean_regret": mean_regret, "regret": regret,
            })
        };
        let [on_point, least_regret] = match &self.weighed {
            Some(both) => both.each_ref().map(decision),
            None => [Value::Null, Value::Null],
        };
        json!({
            "level": self.level, "answered": self.answered, "laws": self.refits, "settings": shares,
            "params": to_json(&self.params), "tokens": to_json(&self.tokens),
            "on_point": on_point, "least_regret": least_regret,
        })
    }

    pub fn text(&self) -> String {
        let (answered, refits, level) = (self.answered, self.refits, self.level * 100.0);
        let mut text = format!("\nOver {answered} of {refits} refits, {level} % of them within\n");
        text.push_str(&format!("  N     {}\n  D     {}\n", sizes(self.params), lengths(self.tokens)));
        let shares = self.shares.iter().map(|(setting, share)| format!("{setting} in {:.0} %", share * 100.0));
        text.push_str(&format!("  best  {}\n", shares.collect::<Vec<_>>().join(", ")));
        for (name, decision) in ["acting on the fit", "least expected regret"].iter().zip(self.weighed.iter().flatten())
        {
            let Regretted { decision: (bits, params, tokens), mean_regret, regret, .. } = decision;
            text.push_str(&format!(
                "  {name:<22} {}, N {params}, D {tokens}: regret {mean_regret:.5} nats, at most {:.5}\n",
                bits_name(*bits),
                regret.high
            ));
        }
        text
    }
}
