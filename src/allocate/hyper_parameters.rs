use crate::error::LawError;
use crate::laws::{Knob, Knobs, Quantity};
use crate::published::{Entry, catalogue};
use crate::units::{ComputeRule, Nats, ParamCount, Params, Tokens};

/// What one published law says of learning rate and batch.
#[derive(Debug, Clone, Copy, PartialEq)]
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
}

/// Learning rate and batch by every published law that has them, side by side.
///
/// They disagree: each was fitted with an optimiser, a schedule and data of its own, over other sizes. The spread is what is
/// known.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HyperParameters {
    /// One answer a law, in the order of the catalogue.
    pub rules: Vec<HyperRule>,
    /// Least and greatest learning rate.
    pub learning_rate: Option<(f64, f64)>,
    /// Least and greatest batch, tokens.
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
        let Some(answers) = ask(entry, &known).transpose()? else { continue };
        let of = |quantity: Quantity| answers.iter().find(|(known, _)| known.name == quantity.name).map(|a| a.1);
        let (learning_rate, batch_tokens) = (of(Quantity::LEARNING_RATE), of(Quantity::BATCH_TOKENS));
        rules.push(HyperRule { law: entry.id, counts, learning_rate, batch_tokens });
    }
    let learning_rate = spread(rules.iter().filter_map(|rule| rule.learning_rate));
    let batch_tokens = spread(rules.iter().filter_map(|rule| rule.batch_tokens));
    Ok(HyperParameters { rules, learning_rate, batch_tokens })
}

/// What a law gives, if that is a learning rate or a batch and all it needs is known.
fn ask(entry: &'static Entry, known: &[(&str, Option<f64>)]) -> Option<Result<Vec<(Quantity, f64)>, LawError>> {
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
    Some(entry.evaluate(&knobs))
}

fn spread(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (least, greatest) = range.unwrap_or((value, value));
        Some((f64::min(least, value), f64::max(greatest, value)))
    })
}
