use std::fmt;
use std::str::FromStr;

use super::{Recomputation, Shape};
use crate::error::ComputeError;
use crate::units::{Flops, Tokens};

/// A published way to count the FLOPs of a token. One multiply-add is two FLOPs, and the backward pass costs twice the
/// forward pass in all of them.
///
/// | count | training FLOPs a token | source |
/// |---|---|---|
/// | [`SixN`](Self::SixN) | 6·N, N all parameters that a token uses | Kaplan 2020, Hoffmann 2022 approach 3 |
/// | [`SixNonEmbedding`](Self::SixNonEmbedding) | 6·N without embeddings, positions and head | Kaplan 2020 |
/// | [`Kaplan`](Self::Kaplan) | 3·(2·W + 2·L·s·A), W the weights of the layers' matrices | Kaplan 2020, Table 1 and section 2.1 |
/// | [`Hoffmann`](Self::Hoffmann) | 3·(2·W + L·(4·s·A + 3·h·s)) and, with the vocabulary, 3·(2·V·d + 2·V·d) | Hoffmann 2022, appendix F |
/// | [`DeepSeek`](Self::DeepSeek) | M = 6·W + 12·L·s·A, which is 72·L·d² + 12·L·d·s in the usual shape | DeepSeek LLM 2024, eq. 2 |
/// | [`Palm`](Self::Palm) | 6·N + 12·L·s·A, N all parameters that a token uses | PaLM, Chowdhery 2022, appendix B, for utilisation |
/// | [`Matmul`](Self::Matmul) | 3·(2·(W + V·d) + 4·L·s̄·A) | every matrix product |
///
/// s is the context of the shape, s̄ the mean number of positions that a token attends to: s without a causal mask,
/// (s + 1)/2 with one, less with a sliding window. Kaplan's attention term is the causal one to leading order, those of
/// Hoffmann, PaLM and DeepSeek are not. In a mixture of experts W and N count what one token uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FlopCount {
    /// 6·N with every parameter.
    SixN,
    /// 6·N with non-embedding parameters.
    SixNonEmbedding,
    /// With the attention term of Kaplan 2020.
    Kaplan,
    /// Appendix F of Hoffmann 2022.
    Hoffmann {
        /// Count the look-up of the embedding (as a product with a one-hot vector) and the logits, as appendix F lists
        /// them. The ratios printed in its Table A4 come out only without the two.
        vocabulary: bool,
    },
    /// M of DeepSeek LLM: no embedding, no logits.
    DeepSeek,
    /// 6·N with every parameter, and attention: the count that defined model FLOPs utilisation.
    Palm,
    /// Each matrix product of the model.
    Matmul {
        /// Count only the positions that a causal mask leaves.
        causal: bool,
    },
}

/// Forward passes that one training step is worth: one forward, and a backward of twice that.
const TRAINING: f64 = 3.0;

impl FlopCount {
    /// Every count, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::SixN,
        Self::SixNonEmbedding,
        Self::Kaplan,
        Self::Hoffmann { vocabulary: true },
        Self::Hoffmann { vocabulary: false },
        Self::DeepSeek,
        Self::Palm,
        Self::Matmul { causal: false },
        Self::Matmul { causal: true },
    ];

    /// The name that [`FromStr`] reads and JSON shows.
    pub fn id(self) -> &'static str {
        match self {
            Self::SixN => "6N",
            Self::SixNonEmbedding => "6N-non-embedding",
            Self::Kaplan => "kaplan",
            Self::Hoffmann { vocabulary: true } => "hoffmann",
            Self::Hoffmann { vocabulary: false } => "hoffmann-no-vocabulary",
            Self::DeepSeek => "deepseek",
            Self::Palm => "palm",
            Self::Matmul { causal: false } => "matmul",
            Self::Matmul { causal: true } => "matmul-causal",
        }
    }
}

impl fmt::Display for FlopCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SixN => "6N, all parameters",
            Self::SixNonEmbedding => "6N, no embeddings",
            Self::Kaplan => "Kaplan 2020, with attention",
            Self::Hoffmann { vocabulary: true } => "Hoffmann 2022, appendix F",
            Self::Hoffmann { vocabulary: false } => "Hoffmann 2022, no vocabulary",
            Self::DeepSeek => "DeepSeek 2024, M",
            Self::Palm => "PaLM 2022, 6N with attention",
            Self::Matmul { causal: false } => "every matmul, no mask",
            Self::Matmul { causal: true } => "every matmul, causal mask",
        })
    }
}

impl FromStr for FlopCount {
    type Err = ComputeError;
    fn from_str(text: &str) -> Result<Self, ComputeError> {
        Self::ALL.into_iter().find(|count| count.id().eq_ignore_ascii_case(text.trim())).ok_or_else(|| {
            ComputeError::Unknown { kind: "FLOP count", name: text.into(), known: Self::ALL.map(Self::id).join(", ") }
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for FlopCount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl Shape {
    /// FLOPs of the forward pass for one token, averaged over a sequence of the shape's context.
    ///
    /// # Errors
    /// [`ComputeError::Unit`] where the number leaves the range of floating point, which no model does.
    pub fn forward_flops_per_token(&self, count: FlopCount) -> Result<Flops, ComputeError> {
        Ok(Flops::new(self.forward(count))?)
    }

    /// FLOPs of training on one token: three times the forward pass. Recomputation is not counted, as it is not in
    /// model FLOPs utilisation; see [`recomputation_factor`](Self::recomputation_factor).
    ///
    /// # Errors
    /// As [`forward_flops_per_token`](Self::forward_flops_per_token).
    ///
    /// ```
    /// use scaling_laws::{FlopCount, Norm, Shape};
    /// // The largest row of Table 3 of DeepSeek LLM: 6N without embeddings is 0.92 of M.
    /// let shape = Shape::builder(80, 8192).vocabulary(102_400).context(4096).norm(Norm::Uncounted).build()?;
    /// let m = shape.training_flops_per_token(FlopCount::DeepSeek)?;
    /// assert_eq!(m.get(), 72.0 * 80.0 * 8192f64.powi(2) + 12.0 * 80.0 * 8192.0 * 4096.0);
    /// let ratio = shape.training_flops_per_token(FlopCount::SixNonEmbedding)? / m;
    /// assert!((ratio - 0.923).abs() < 1e-3);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn training_flops_per_token(&self, count: FlopCount) -> Result<Flops, ComputeError> {
        Ok(Flops::new(TRAINING * self.forward(count))?)
    }

    /// FLOPs of training on D tokens.
    ///
    /// # Errors
    /// As [`forward_flops_per_token`](Self::forward_flops_per_token).
    pub fn training_flops(&self, count: FlopCount, tokens: Tokens) -> Result<Flops, ComputeError> {
        Ok(Flops::new(TRAINING * self.forward(count) * tokens.get())?)
    }

    /// Tokens that a budget trains this model on.
    ///
    /// # Errors
    /// As [`forward_flops_per_token`](Self::forward_flops_per_token).
    pub fn tokens_for(&self, count: FlopCount, budget: Flops) -> Result<Tokens, ComputeError> {
        Ok(Tokens::new(budget.get() / (TRAINING * self.forward(count)))?)
    }

    /// What the hardware computes over what the model needs, both counted with `Matmul { causal: false }`: 1 without
    /// recomputation, 4/3 less the head's share with full recomputation, and the second computation of the attention
    /// products with selective recomputation. Hardware FLOPs utilisation is model FLOPs utilisation times this factor.
    pub fn recomputation_factor(&self, recomputation: Recomputation) -> f64 {
        let forward = self.forward(FlopCount::Matmul { causal: false });
        let again = match recomputation {
            Recomputation::None => 0.0,
            Recomputation::Selective => self.attention_products(self.mean_positions(false)),
            Recomputation::Full => forward - self.head_product(),
        };
        1.0 + again / (TRAINING * forward)
    }

    /// Mean number of positions a token attends to.
    pub(super) fn mean_positions(&self, causal: bool) -> f64 {
        let s = self.context as f64;
        let w = self.window.map_or(s, |window| (window as f64).min(s));
        // Position i of a causal sequence sees min(i, w) positions.
        if causal { (w * (w + 1.0) / 2.0 + (s - w) * w) / s } else { w }
    }

    fn forward(&self, count: FlopCount) -> f64 {
        let parts = self.parts();
        let weights = parts.active_matmul() as f64;
        let context = self.context as f64;
        let softmax = 3.0 * (self.layers * self.heads) as f64 * context;
        match count {
            FlopCount::SixN => 2.0 * parts.active() as f64,
            FlopCount::SixNonEmbedding => 2.0 * parts.active_non_embedding() as f64,
            FlopCount::Kaplan => 2.0 * weights + 0.5 * self.attention_products(context),
            FlopCount::Hoffmann { vocabulary } => {
                let ends = if vocabulary { 2.0 * self.head_product() } else { 0.0 };
                2.0 * weights + self.attention_products(context) + softmax + ends
            }
            FlopCount::DeepSeek => 2.0 * weights + self.attention_products(context),
            FlopCount::Palm => 2.0 * parts.active() as f64 + self.attention_products(context),
            FlopCount::Matmul { causal } => {
                2.0 * weights + self.head_product() + self.attention_products(self.mean_positions(causal))
            }
        }
    }

    /// Queries with keys, and weights with values: 2·A each for every position attended to.
    fn attention_products(&self, positions: f64) -> f64 {
        4.0 * (self.layers * self.query_width()) as f64 * positions
    }

    /// The logits; the look-up of the embedding as a product costs the same.
    fn head_product(&self) -> f64 {
        2.0 * (self.vocabulary * self.width) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(shape: Shape) -> f64 {
        let positions = 1..=shape.context();
        let seen = positions.map(|i| i.min(shape.window().unwrap_or(i))).sum::<u64>();
        seen as f64 / shape.context() as f64
    }

    #[test]
    fn the_mean_number_of_positions_is_the_one_counted_position_by_position() {
        for (context, window) in
            [(1, None), (7, None), (100, Some(1)), (100, Some(33)), (100, Some(100)), (10, Some(99))]
        {
            let shape = Shape::builder(1, 64).context(context).window(window).build().unwrap();
            let expected = mean(shape);
            let got = shape.mean_positions(true);
            assert!((got / expected - 1.0).abs() < 1e-14, "{context} {window:?}: {got} {expected}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for count in FlopCount::ALL {
            assert_eq!(count.id().parse::<FlopCount>().unwrap(), count);
        }
        assert!("7N".parse::<FlopCount>().unwrap_err().to_string().contains("matmul-causal"));
    }

    #[test]
    fn recomputation_overheads_are_those_of_korthikanti() {
        // Korthikanti 2022, section 5: computing the attention products again adds 2.7 % (GPT-3) and 1.6 % (MT-NLG) to
        // the FLOPs of the layers' forward pass. A vocabulary of 1 leaves the layers alone.
        for (layers, width, heads, percent) in [(96, 12288, 96, 2.7), (105, 20480, 128, 1.6)] {
            let shape = Shape::builder(layers, width).heads(heads).vocabulary(1).build().unwrap();
            let selective = (shape.recomputation_factor(Recomputation::Selective) - 1.0) * TRAINING;
            assert!((100.0 * selective - percent).abs() < 0.05, "{selective}");
            assert!((shape.recomputation_factor(Recomputation::Full) - 4.0 / 3.0).abs() < 1e-6);
            assert_eq!(shape.recomputation_factor(Recomputation::None), 1.0);
        }
    }
}
