use std::collections::BTreeMap;

use crate::error::LawError;
use crate::units::{Flops, Nats, Params, Tokens};

/// One number that a law is evaluated from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Knob {
    /// Its name, as in `unique_tokens`.
    pub name: &'static str,
    /// Its symbol in the formula.
    pub symbol: &'static str,
    /// Its unit; `None` for a pure number.
    pub unit: Option<&'static str>,
    /// What it is.
    pub meaning: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// What is taken where it is not given; infinite for "without limit", which JSON writes as null.
    pub default: Option<f64>,
}

impl Knob {
    pub(crate) const fn new(
        name: &'static str,
        symbol: &'static str,
        unit: Option<&'static str>,
        meaning: &'static str,
    ) -> Self {
        Self { name, symbol, unit, meaning, required: true, default: None }
    }

    pub(crate) const fn or(self, default: f64) -> Self {
        Self { required: false, default: Some(default), ..self }
    }

    /// N.
    pub const PARAMS: Self = Self::new("params", "N", Some("parameters"), "size of the model, as the law counts it");
    /// D.
    pub const TOKENS: Self = Self::new("tokens", "D", Some("tokens"), "tokens trained on, repeats counted");
    /// C.
    pub const FLOPS: Self = Self::new("flops", "C", Some("FLOP"), "training compute");
    /// L.
    pub const LOSS: Self = Self::new("loss", "L", Some("nats/token"), "loss of the model");
    /// S.
    pub const STEPS: Self = Self::new("steps", "S", Some("steps"), "training steps");
}

/// One number that a law gives.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Quantity {
    /// Its name, as in `loss`.
    pub name: &'static str,
    /// Its unit; `None` for a pure number.
    pub unit: Option<&'static str>,
}

impl Quantity {
    pub(crate) const fn new(name: &'static str, unit: Option<&'static str>) -> Self {
        Self { name, unit }
    }

    /// Expected loss.
    pub const LOSS: Self = Self::new("loss", Some("nats/token"));
    /// Compute-optimal N.
    pub const OPTIMAL_PARAMS: Self = Self::new("optimal_params", Some("parameters"));
    /// Compute-optimal D.
    pub const OPTIMAL_TOKENS: Self = Self::new("optimal_tokens", Some("tokens"));
    /// FLOP a token that makes the best of a budget, for rules that count C without N.
    pub const OPTIMAL_FLOPS_PER_TOKEN: Self = Self::new("optimal_flops_per_token", Some("FLOP/token"));
    /// Peak learning rate.
    pub const LEARNING_RATE: Self = Self::new("learning_rate", None);
    /// Batch in tokens.
    pub const BATCH_TOKENS: Self = Self::new("batch_tokens", Some("tokens"));
    /// An error rate between 0 and 1.
    pub const ERROR_RATE: Self = Self::new("error_rate", None);
}

/// Values of knobs by name.
///
/// ```
/// use scaling_laws::laws::Knobs;
/// let knobs = Knobs::new().with("params", 6.34e9).parse("unique_tokens=25B")?;
/// assert_eq!(knobs.get("unique_tokens"), Some(25e9));
/// assert!(Knobs::new().parse("unique_tokens").unwrap_err().to_string().contains("name=value"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Knobs(BTreeMap<String, f64>);

impl Knobs {
    /// No knobs.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more; a later value replaces an earlier one.
    #[must_use]
    pub fn with(mut self, name: &str, value: f64) -> Self {
        self.0.insert(name.into(), value);
        self
    }

    /// The same with N and D.
    #[must_use]
    pub fn at(self, params: Params, tokens: Tokens) -> Self {
        self.with(Knob::PARAMS.name, params.get()).with(Knob::TOKENS.name, tokens.get())
    }

    /// The same with one more, written "name=value"; the value may carry K, M, B or T, or be "inf" for "without limit".
    ///
    /// # Errors
    /// [`LawError::KnobText`] for another text; [`LawError::RepeatedKnob`] for a name that has a value.
    pub fn parse(self, text: &str) -> Result<Self, LawError> {
        let refuse = || LawError::KnobText { text: text.into() };
        let (name, value) = text.split_once('=').ok_or_else(refuse)?;
        let (name, value) = (name.trim(), value.trim());
        let number = match value.parse::<f64>() {
            Ok(number) if !number.is_nan() => number,
            _ => {
                let flops = || value.parse::<Flops>().map(Flops::get);
                value.parse::<Tokens>().map(Tokens::get).or_else(|_| flops()).map_err(|_| refuse())?
            }
        };
        if self.get(name).is_some() {
            return Err(LawError::RepeatedKnob { knob: name.into(), text: text.into() });
        }
        if name.is_empty() { Err(refuse()) } else { Ok(self.with(name, number)) }
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// Refuses one that a law with these knobs does not have: it would change nothing, in silence.
    ///
    /// # Errors
    /// [`LawError::UnknownKnob`] with those that it has.
    pub fn check(&self, law: &str, knobs: &[Knob]) -> Result<(), LawError> {
        match self.iter().find(|(name, _)| knobs.iter().all(|knob| knob.name != *name)) {
            Some((name, _)) => {
                let known = knobs.iter().map(|knob| knob.name).collect::<Vec<_>>().join(", ");
                Err(LawError::UnknownKnob { law: law.into(), knob: name.into(), known })
            }
            None => Ok(()),
        }
    }

    /// Those that a law has.
    pub(crate) fn only(&self, knobs: &[Knob]) -> Self {
        Self(knobs.iter().filter_map(|knob| Some((knob.name.into(), self.get(knob.name)?))).collect())
    }

    /// The value of a knob, or its default.
    pub(crate) fn value(&self, law: &'static str, knob: Knob) -> Result<f64, LawError> {
        let missing = || LawError::MissingInput { law: law.into(), needs: knob.name.into(), verb: "was" };
        self.get(knob.name).or(knob.default).ok_or_else(missing)
    }

    /// The value of a knob that must lie between two ends, inclusive.
    pub(crate) fn within(
        &self,
        law: &'static str,
        knob: Knob,
        least: f64,
        greatest: f64,
        allowed: &'static str,
    ) -> Result<f64, LawError> {
        check(law, knob.name, self.value(law, knob)?, least, greatest, allowed)
    }

    pub(crate) fn positive(&self, law: &'static str, knob: Knob) -> Result<f64, LawError> {
        self.within(law, knob, f64::MIN_POSITIVE, f64::MAX, POSITIVE)
    }

    pub(crate) fn params(&self, law: &'static str) -> Result<Params, LawError> {
        self.positive(law, Knob::PARAMS).map(Params::known)
    }

    pub(crate) fn tokens(&self, law: &'static str) -> Result<Tokens, LawError> {
        self.positive(law, Knob::TOKENS).map(Tokens::known)
    }

    pub(crate) fn loss(&self, law: &'static str) -> Result<Nats, LawError> {
        self.positive(law, Knob::LOSS).map(Nats::known)
    }
}

/// The allowed range of most knobs.
pub(crate) const POSITIVE: &str = "finite and above zero";

/// A knob's value if it lies between two ends, inclusive.
pub(crate) fn check(
    law: &'static str,
    knob: &'static str,
    value: f64,
    least: f64,
    greatest: f64,
    allowed: &'static str,
) -> Result<f64, LawError> {
    if value >= least && value <= greatest { Ok(value) } else { Err(LawError::Knob { law, knob, value, allowed }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_and_without_units() {
        for (text, value) in
            [("x=25B", 25e9), (" x = 0 ", 0.0), ("x=-1.5", -1.5), ("x=1 PF-day", 8.64e19), ("x=inf", f64::INFINITY)]
        {
            assert_eq!(Knobs::new().parse(text).unwrap().get("x"), Some(value), "{text}");
        }
        for text in ["", "x", "=3", "x=", "x=abc", "x=nan"] {
            assert!(Knobs::new().parse(text).is_err(), "{text}");
        }
        let twice = Knobs::new().parse("x=1").unwrap().parse("x=2").unwrap_err().to_string();
        assert!(twice.contains("x is given twice") && twice.contains("x=2"), "{twice}");
    }

    #[test]
    fn what_is_missing_or_out_of_range_is_named() {
        let knobs = Knobs::new().with("params", -1.0);
        let error = knobs.params("the law").unwrap_err().to_string();
        assert!(error.contains("params = -1") && error.contains("the law"), "{error}");
        assert!(knobs.tokens("the law").unwrap_err().to_string().contains("tokens"));
        assert_eq!(knobs.value("", Knob::STEPS.or(7.0)), Ok(7.0));
        assert!(Knobs::new().with("params", f64::NAN).params("the law").is_err());
    }
}
