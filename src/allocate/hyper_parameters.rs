use crate::error::LawError;
use crate::laws::{Knob, Knobs, Quantity};
use crate::published::{Entry, catalogue};
use crate::units::{ComputeRule, Nats, ParamCount, Params, Tokens};
use crate::warning::Warning;

/// What one published law says of learning rate and batch.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HyperRule {
    /// The law's id in the catalogue.
    pub law: &'static str,
    /// What it counts as N.
    pub counts: ParamCount,
    /// Peak learning rate.
    pub learning_rate: Option<f64>,
    /// Tokens to a step.
    pub batch_tokens: Option<f64>,
    /// Whether its coefficients were seen in the source itself. Those that were not are left out of the spread.
    pub verified: bool,
    /// Extrapolation with its factor, errata, coefficients not seen in the source.
    pub warnings: Vec<Warning>,
}

/// Learning rate and batch by every published law that has them, side by side.
///
/// They disagree: each was fitted with an optimiser, a schedule and data of its own, over other sizes. The spread of those
/// that were seen in their source is what is known; far outside of their ranges, which the warnings say, it is little.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HyperParameters {
    /// One answer a law, in the order of the catalogue.
    pub rules: Vec<HyperRule>,
    /// Least and greatest learning rate of the verified laws.
    pub learning_rate: Option<(f64, f64)>,
    /// Least and greatest batch of the verified laws, tokens.
    pub batch_tokens: Option<(f64, f64)>,
}

/// Asks every published law of the peak learning rate or the batch.
///
/// `size` gives N as a law counts it; a [`Shape`](crate::Shape) knows every count. C is 6ND with that N. Laws that need a
/// loss are left out where none is given.
///
/// # Errors
/// [`LawError`] where a law leaves the range of numbers.
///
/// ```
/// use scaling_laws::{hyper_parameters, Params, Tokens};
/// let size = Params::billions(7.0)?;
/// let all = hyper_parameters(|_| size, Tokens::trillions(2.0)?, None)?;
/// let step = all.rules.iter().find(|rule| rule.law == "steplaw2025").unwrap();
/// assert!((step.learning_rate.unwrap() - 1.0226e-3).abs() < 1e-6);
/// let (least, greatest) = all.learning_rate.unwrap();
/// assert!(greatest / least > 2.0); // DeepSeek: 4.2e-4
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hyper_parameters(
    size: impl Fn(ParamCount) -> Params,
    tokens: Tokens,
    loss: Option<Nats>,
) -> Result<HyperParameters, LawError> {
    let mut rules: Vec<HyperRule> = Vec::new();
    for entry in catalogue() {
        let counts = entry.conventions.params;
        let params = size(counts);
        let compute = ComputeRule::SixNd.flops(params, tokens).ok();
        let known = [
            (Knob::PARAMS.name, Some(params.get())),
            (Knob::TOKENS.name, Some(tokens.get())),
            (Knob::FLOPS.name, compute.map(crate::units::Flops::get)),
            (Knob::LOSS.name, loss.map(Nats::get)),
        ];
        let Some((knobs, answers)) = ask(entry, &known).transpose()? else { continue };
        let mut warnings = entry.domain_warnings(&knobs);
        warnings.extend(entry.warnings());
        let of = |quantity: Quantity| answers.iter().find(|(known, _)| known.name == quantity.name).map(|a| a.1);
        let (learning_rate, batch_tokens) = (of(Quantity::LEARNING_RATE), of(Quantity::BATCH_TOKENS));
        let verified = entry.verified;
        rules.push(HyperRule { law: entry.id, counts, learning_rate, batch_tokens, verified, warnings });
    }
    let seen = || rules.iter().filter(|rule| rule.verified);
    let learning_rate = spread(seen().filter_map(|rule| rule.learning_rate));
    let batch_tokens = spread(seen().filter_map(|rule| rule.batch_tokens));
    Ok(HyperParameters { rules, learning_rate, batch_tokens })
}

/// What a law was given, and what it gives.
type Asked = (Knobs, Vec<(Quantity, f64)>);

/// What a law gives, if that is a learning rate or a batch and all it needs is known.
fn ask(entry: &'static Entry, known: &[(&str, Option<f64>)]) -> Option<Result<Asked, LawError>> {
    let law = entry.formula()?;
    let wanted = [Quantity::LEARNING_RATE.name, Quantity::BATCH_TOKENS.name];
    law.quantities().iter().find(|quantity| wanted.contains(&quantity.name))?;
    let mut knobs = Knobs::new();
    for knob in law.knobs() {
        let value = known.iter().find(|(name, _)| *name == knob.name).and_then(|(_, value)| *value);
        match value {
            Some(value) => knobs = knobs.with(knob.name, value),
            None if knob.default.is_some() => {}
            None => return None,
        }
    }
    Some(entry.evaluate(&knobs).map(|answers| (knobs, answers)))
}

fn spread(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (least, greatest) = range.unwrap_or((value, value));
        Some((f64::min(least, value), f64::max(greatest, value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_not_seen_in_their_source_are_marked_and_left_out_of_the_spread() {
        let size = Params::known(4e11);
        let all = hyper_parameters(|_| size, Tokens::known(4e12), None).unwrap();
        let rule = |law: &str| all.rules.iter().find(|rule| rule.law == law).unwrap();
        let moonlight = rule("moonlight2025");
        assert!(!moonlight.verified && moonlight.warnings[0].code() == "unverified");
        let (_, most) = all.learning_rate.unwrap();
        assert!(
            moonlight.learning_rate.unwrap() != most && moonlight.batch_tokens.unwrap() > all.batch_tokens.unwrap().1
        );
        for law in ["deepseek2024.hparams", "porian2024.hparams", "steplaw2025"] {
            assert!(rule(law).verified, "{law}");
            assert_eq!(rule(law).warnings[0].code(), "extrapolation", "{law}");
        }
    }
}
