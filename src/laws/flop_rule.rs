use super::formula::finite;
use super::{Formula, Knob, Knobs, Quantity};
use crate::error::LawError;

/// Training FLOP of a shape by a published count, for the catalogue; [`Shape`](crate::Shape) has these and others, with
/// typed arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlopRule {
    /// C = 3·(2·N + 2·n_layer·n_ctx·d_attn)·D, N without embeddings (Kaplan 2020, table 1).
    Kaplan,
    /// Matmul by matmul, embeddings and logits included (Hoffmann 2022, appendix F): three times the forward pass of
    /// D/s sequences.
    Hoffmann,
}

const LAYERS: Knob = Knob::new("layers", "n_layer", None, "layers");
const WIDTH: Knob = Knob::new("width", "d_model", None, "width of the residual stream");
const ATTENTION: Knob = Knob::new("attention_width", "d_attn", None, "heads times the width of one");
const CONTEXT: Knob = Knob::new("context", "n_ctx", Some("tokens"), "tokens of a sequence");
const FEED_FORWARD: Knob = Knob::new("feed_forward", "d_ff", None, "inner width of the feed-forward layer");
const HEADS: Knob = Knob::new("heads", "h", None, "attention heads");
const VOCABULARY: Knob =
    Knob::new("vocabulary", "V", None, "entries of the vocabulary; none leaves embedding and logits out").or(0.0);

const KAPLAN: &str = "3 (2 N + 2 n_layer n_ctx d_attn) D";
const HOFFMANN: &str = "forward and backward pass, matmul by matmul";

impl Formula for FlopRule {
    fn knobs(&self) -> &[Knob] {
        match self {
            Self::Kaplan => const { &[Knob::PARAMS, Knob::TOKENS, LAYERS.or(0.0), CONTEXT.or(0.0), ATTENTION.or(0.0)] },
            Self::Hoffmann => {
                const { &[Knob::TOKENS, LAYERS, WIDTH, ATTENTION, HEADS, FEED_FORWARD, VOCABULARY, CONTEXT.or(2048.0)] }
            }
        }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::new("training_flops", Some("FLOP"))] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let law = if *self == Self::Kaplan { KAPLAN } else { HOFFMANN };
        let least = |knob: Knob, least| knobs.within(law, knob, least, f64::MAX, "finite and not negative");
        let tokens = knobs.positive(law, Knob::TOKENS)?;
        let value = match self {
            Self::Kaplan => {
                let shape = least(LAYERS.or(0.0), 0.0)? * least(CONTEXT.or(0.0), 0.0)? * least(ATTENTION.or(0.0), 0.0)?;
                3.0 * (2.0 * knobs.positive(law, Knob::PARAMS)? + 2.0 * shape) * tokens
            }
            Self::Hoffmann => {
                let [layers, d, kh, h, f] =
                    [LAYERS, WIDTH, ATTENTION, HEADS, FEED_FORWARD].map(|knob| knobs.positive(law, knob));
                let (layers, d, kh, h, f) = (layers?, d?, kh?, h?, f?);
                let s = knobs.positive(law, CONTEXT.or(2048.0))?;
                let ends = 4.0 * s * least(VOCABULARY, 0.0)? * d;
                let attention = 6.0 * s * d * kh + 4.0 * s * s * kh + 3.0 * h * s * s + 2.0 * s * kh * d;
                3.0 * (ends + layers * (attention + 4.0 * s * d * f)) * tokens / s
            }
        };
        Ok(vec![finite(law, "training_flops", value)?])
    }
}
