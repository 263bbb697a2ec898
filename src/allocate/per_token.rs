use super::allocation::{Allocation, AllocationMethod};
use crate::error::{AllocateError, LawError};
use crate::laws::{Knobs, Quantity};
use crate::math::root::brent;
use crate::published::Entry;
use crate::units::{Flops, Params, Tokens};
use crate::warning::Warning;

/// d/L, width over layers, and s, tokens of a sequence: about those of the models that DeepSeek 2024 counted.
const ASPECT: f64 = 100.0;
const CONTEXT: f64 = 4096.0;

/// N without embeddings, and d ln N/d ln M, of the model that takes M FLOP a token:
///
/// ```text
/// M = 72·L·d² + 12·L·d·s,   N = 12·L·d²,   d = 100·L, s = 4096
/// ```
fn params_of(flops_per_token: f64) -> Option<(f64, f64)> {
    let matrices = |ln_layers: f64| 72.0 * ASPECT * ASPECT * (3.0 * ln_layers).exp();
    let attention = |ln_layers: f64| 12.0 * ASPECT * CONTEXT * (2.0 * ln_layers).exp();
    let off = |x: f64| (matrices(x) + attention(x)).ln() - flops_per_token.ln();
    let x = brent(off, -50.0, 100.0)?;
    let (matrices, attention) = (matrices(x), attention(x));
    Some((matrices / 6.0, (matrices + attention) / (matrices + attention * 2.0 / 3.0)))
}

/// The split of a rule for M_opt(C), the FLOP a token, on C = M·D; `None` for an entry that has no such rule.
pub(super) fn allocate_per_token(entry: &Entry, budget: Flops) -> Option<Result<Allocation, AllocateError>> {
    entry.model.quantities().contains(&Quantity::OPTIMAL_FLOPS_PER_TOKEN).then(|| split(entry, budget))
}

fn split(entry: &Entry, budget: Flops) -> Result<Allocation, AllocateError> {
    let per_token = |compute: f64| -> Result<f64, LawError> {
        let answers = entry.evaluate(&Knobs::new().with("flops", compute))?;
        let found = answers.iter().find(|(quantity, _)| *quantity == Quantity::OPTIMAL_FLOPS_PER_TOKEN);
        Ok(found.map_or(f64::NAN, |(_, value)| *value))
    };
    let unusable = || AllocateError::Argument {
        what: "budget",
        value: budget.get(),
        allowed: "one at which the rule gives at least one parameter and one token",
    };
    let flops = per_token(budget.get())?;
    let (params, slope) = params_of(flops).ok_or_else(unusable)?;
    let tokens = budget.get() / flops;
    if !(params >= 1.0 && tokens >= 1.0) {
        return Err(unusable());
    }
    // A rule of one power: its exponent over an e-fold is that at a point.
    let exponent = (per_token(budget.get() * std::f64::consts::E)? / flops).ln();
    let shape = format!(
        "N is read from M, the FLOP a token, for a model {ASPECT} times as wide as it has layers, on sequences of {CONTEXT} \
         tokens; half or twice that aspect changes N by 8 % at 1e20 FLOP and by 2 % at 1e24"
    );
    Ok(Allocation {
        budget,
        params: Params::new(params)?,
        tokens: Tokens::new(tokens)?,
        loss: None,
        exponent_params: exponent * slope,
        exponent_tokens: 1.0 - exponent,
        method: AllocationMethod::Line,
        conventions: entry.conventions,
        off_optimum: Vec::new(),
        warnings: vec![Warning::Assumed { what: shape }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::find;

    #[test]
    fn sizes_of_deepseek_s_own_models_come_back() {
        // DeepSeek LLM 2024, Table 3: 72·L·d² + 12·L·d·4096 for 80 layers of 8192; N1 without the vocabulary is 64.4B.
        let (layers, width) = (80.0f64, 8192.0f64);
        let m = 72.0 * layers * width * width + 12.0 * layers * width * 4096.0;
        let (params, slope) = params_of(m).unwrap();
        assert!((params / (12.0 * layers * width * width) - 1.0).abs() < 0.002, "{params}");
        let h = 1e-4f64;
        let difference = (params_of(m * h.exp()).unwrap().0 / params_of(m * (-h).exp()).unwrap().0).ln() / (2.0 * h);
        assert!((slope - difference).abs() < 1e-6, "{slope} {difference}");
    }

    #[test]
    fn the_rule_s_own_tokens_come_back() {
        // M_base·D_base is 1.0001 and not 1, so that D = C/M is the printed D to that.
        let entry = find("deepseek2024.allocator").unwrap();
        for budget in [1e17, 3e20, 1e25] {
            let split = allocate_per_token(entry, Flops::known(budget)).unwrap().unwrap();
            let printed = 5.8316 * budget.powf(0.4757);
            assert!((split.tokens().get() / printed - 1.0).abs() < 2e-4, "{split:?}");
            assert!((split.exponent_tokens() - 0.4757).abs() < 1e-9 && split.exponent_params() > 0.5243);
            assert!(6.0 * split.params().get() * split.tokens().get() < budget);
        }
        assert!(allocate_per_token(entry, Flops::known(1.0)).unwrap().is_err());
    }
}
