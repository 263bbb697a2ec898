use std::fmt;

use super::{Flops, Params, Tokens};
use crate::error::UnitError;

/// What N counts. Laws of different conventions must not be compared in silence: on one public IsoFLOP sweep the
/// exponent of N_opt(C) is .37 with total and .57 with non-embedding parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ParamCount {
    /// All parameters, embeddings included (Hoffmann 2022).
    #[default]
    Total,
    /// Without token and position embeddings (Kaplan 2020).
    NonEmbedding,
    /// Parameters used for each token, in a mixture of experts.
    Active,
}

impl fmt::Display for ParamCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Total => "total",
            Self::NonEmbedding => "non-embedding",
            Self::Active => "active",
        })
    }
}

/// How training compute C is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ComputeRule {
    /// C = 6·N·D with the law's own N.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "6ND"))]
    SixNd,
    /// Matmul by matmul, as in appendix F of Hoffmann 2022. Needs the model's shape.
    #[cfg_attr(feature = "serde", serde(rename = "hoffmann-appendix-F"))]
    HoffmannAppendixF,
    /// C = M·D with M the FLOP a token without embeddings and logits but with attention (DeepSeek 2024). Needs the
    /// model's shape.
    #[cfg_attr(feature = "serde", serde(rename = "deepseek-MD"))]
    DeepSeekMd,
    /// 6ND times what further knobs of the law cost, such as bits, idle experts or routing.
    #[cfg_attr(feature = "serde", serde(rename = "by-knobs"))]
    ByKnobs,
    /// As the run log says, by a rule of its own.
    #[cfg_attr(feature = "serde", serde(rename = "as-logged"))]
    AsLogged,
}

/// Training FLOP per parameter and token: 2 forward, 4 backward.
const SIX: f64 = 6.0;

impl ComputeRule {
    /// Training compute of N parameters on D tokens.
    ///
    /// # Errors
    /// [`UnitError::NeedsShape`] for rules that need more than N and D; [`UnitError::OutOfRange`] where the product
    /// leaves the range of numbers.
    pub fn flops(self, params: Params, tokens: Tokens) -> Result<Flops, UnitError> {
        self.six_nd().and_then(|six| Flops::new(six * params.get() * tokens.get()))
    }

    /// Tokens that a budget buys at a given size.
    ///
    /// # Errors
    /// As [`flops`](Self::flops).
    pub fn tokens(self, compute: Flops, params: Params) -> Result<Tokens, UnitError> {
        self.six_nd().and_then(|six| Tokens::new(compute.get() / (six * params.get())))
    }

    /// The size that a budget trains on a given number of tokens.
    ///
    /// # Errors
    /// As [`flops`](Self::flops).
    pub fn params(self, compute: Flops, tokens: Tokens) -> Result<Params, UnitError> {
        self.six_nd().and_then(|six| Params::new(compute.get() / (six * tokens.get())))
    }

    /// ln(N·D) that a budget buys.
    pub(crate) fn ln_product(self, compute: Flops) -> Result<f64, UnitError> {
        self.six_nd().map(|six| compute.ln() - six.ln())
    }

    fn six_nd(self) -> Result<f64, UnitError> {
        match self {
            Self::SixNd => Ok(SIX),
            _ => Err(UnitError::NeedsShape { rule: self.name() }),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SixNd => "6ND",
            Self::HoffmannAppendixF => "Hoffmann's appendix-F count",
            Self::DeepSeekMd => "DeepSeek's M·D",
            Self::ByKnobs => "6ND times the cost of the knobs",
            Self::AsLogged => "the log's own FLOP count",
        }
    }
}

impl fmt::Display for ComputeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a loss is counted in. Losses of different units, as of different data, are not comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LossUnit {
    /// Cross-entropy in natural logarithms, by token.
    #[default]
    NatsPerToken,
    /// Cross-entropy in bits, by character of the text.
    BitsPerCharacter,
}

#[cfg(feature = "serde")]
impl LossUnit {
    /// Whether it goes without saying in a stored form.
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for LossUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NatsPerToken => "nats per token",
            Self::BitsPerCharacter => "bits per character",
        })
    }
}

/// What N counts, how C is counted and what the loss is counted in: part of every law and of every set of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Conventions {
    /// What N counts.
    pub params: ParamCount,
    /// How C is counted.
    pub compute: ComputeRule,
    /// What the loss is counted in. Not written to a stored form where it is nats per token.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "LossUnit::is_usual"))]
    pub loss: LossUnit,
}

impl Conventions {
    /// N and C counted so, the loss in nats per token.
    pub const fn new(params: ParamCount, compute: ComputeRule) -> Self {
        Self { params, compute, loss: LossUnit::NatsPerToken }
    }
}
