use super::{Experts, ShapeBuilder};
use crate::error::ComputeError;

/// How positions enter, as far as it costs parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Positions {
    /// Rotary, ALiBi, sinusoids or none: no parameters.
    #[default]
    Free,
    /// A learned vector of the model's width for each position of the context (GPT-2, GPT-3).
    Learned,
    /// Transformer-XL's relative positions: one more matrix width × (heads · head size) a layer (Gopher, Chinchilla).
    Relative,
}

/// Normalisation, as far as it costs parameters: two in each layer and one at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Norm {
    /// A gain for each channel (RMSNorm).
    #[default]
    Rms,
    /// A gain and a bias for each channel (LayerNorm).
    Layer,
    /// Not counted, as in the parameter formulas of Kaplan 2020 and Hoffmann 2022.
    Uncounted,
}

/// Which linear maps have a bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Biases {
    /// Queries, keys and values.
    pub qkv: bool,
    /// The attention output.
    pub output: bool,
    /// The feed-forward block.
    pub feed_forward: bool,
}

impl Biases {
    /// A bias on every linear map of a layer (GPT-2, GPT-3, GPT-NeoX).
    pub const ALL: Self = Self { qkv: true, output: true, feed_forward: true };
    /// On queries, keys and values only (Qwen2).
    pub const QKV: Self = Self { qkv: true, output: false, feed_forward: false };
    /// On none (Llama, Mistral).
    pub const NONE: Self = Self { qkv: false, output: false, feed_forward: false };
}

/// The shape of a decoder-only transformer: what parameters, FLOPs and memory follow from.
///
/// Symbols used in the formulas of this crate:
///
/// ```text
/// L layers   d width   h heads   g kv heads   k head size   f feed-forward size   V vocabulary   s context
/// A = h·k    G = g·k   m = 3 if the feed-forward block is gated, 2 otherwise
/// ```
///
/// A shape is built with [`Shape::builder`] or read from a Hugging Face `config.json` with `Shape::from_config`
/// (feature `serde`), and is valid once it exists.
///
/// ```
/// use scaling_laws::{FlopCount, ParamCount, Shape};
/// let llama_2_70b = Shape::builder(80, 8192)
///     .heads(64).kv_heads(8).feed_forward(28672).gated(true)
///     .vocabulary(32000).tied(false).context(4096)
///     .build()?;
/// assert_eq!(llama_2_70b.params(ParamCount::Total)?.get(), 68_976_648_192.0);
/// let exact = llama_2_70b.training_flops_per_token(FlopCount::Matmul { causal: true })?;
/// let rule = llama_2_70b.training_flops_per_token(FlopCount::SixN)?;
/// assert!((exact / rule - 1.035).abs() < 1e-3);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Shape {
    pub(super) layers: u64,
    pub(super) width: u64,
    pub(super) heads: u64,
    pub(super) kv_heads: u64,
    pub(super) head_size: u64,
    pub(super) feed_forward: u64,
    pub(super) gated: bool,
    pub(super) vocabulary: u64,
    pub(super) tied: bool,
    pub(super) context: u64,
    pub(super) window: Option<u64>,
    pub(super) positions: Positions,
    pub(super) norm: Norm,
    pub(super) qk_norm: bool,
    pub(super) biases: Biases,
    pub(super) experts: Option<Experts>,
}

impl Shape {
    /// Starts a shape of L layers and width d; see [`ShapeBuilder`] for what the other dimensions default to.
    pub fn builder(layers: u64, width: u64) -> ShapeBuilder {
        ShapeBuilder::new(layers, width)
    }

    /// A builder that starts from this shape.
    pub fn to_builder(self) -> ShapeBuilder {
        ShapeBuilder::from(self)
    }

    /// The same model on sequences of another length. With learned positions this changes the parameters too.
    ///
    /// # Errors
    /// [`ComputeError::Shape`] unless `context` is between 1 and 1e9.
    pub fn with_context(self, context: u64) -> Result<Self, ComputeError> {
        self.to_builder().context(context).build()
    }

    /// Layers L.
    pub fn layers(&self) -> u64 {
        self.layers
    }
    /// Width d of the residual stream.
    pub fn width(&self) -> u64 {
        self.width
    }
    /// Query heads h.
    pub fn heads(&self) -> u64 {
        self.heads
    }
    /// Heads g of keys and values: h for multi-head attention, fewer for grouped queries, 1 for multi-query.
    pub fn kv_heads(&self) -> u64 {
        self.kv_heads
    }
    /// Size k of a head.
    pub fn head_size(&self) -> u64 {
        self.head_size
    }
    /// Inner size f of a dense feed-forward block.
    pub fn feed_forward(&self) -> u64 {
        self.feed_forward
    }
    /// Whether the feed-forward block has a gate (SwiGLU, GeGLU): three matrices instead of two.
    pub fn gated(&self) -> bool {
        self.gated
    }
    /// Rows V of the embedding.
    pub fn vocabulary(&self) -> u64 {
        self.vocabulary
    }
    /// Whether the output head shares the embedding's weights.
    pub fn tied(&self) -> bool {
        self.tied
    }
    /// Sequence length s.
    pub fn context(&self) -> u64 {
        self.context
    }
    /// Positions that a sliding window lets a token see, itself included; `None` for full attention.
    pub fn window(&self) -> Option<u64> {
        self.window
    }
    /// How positions enter.
    pub fn positions(&self) -> Positions {
        self.positions
    }
    /// Normalisation.
    pub fn norm(&self) -> Norm {
        self.norm
    }
    /// Whether queries and keys are normalised, with one gain a channel of a head (Qwen3).
    pub fn qk_norm(&self) -> bool {
        self.qk_norm
    }
    /// Which linear maps have a bias.
    pub fn biases(&self) -> Biases {
        self.biases
    }
    /// The experts of a mixture; `None` for a dense model.
    pub fn experts(&self) -> Option<Experts> {
        self.experts
    }
    /// Width over layers, Kaplan's aspect ratio.
    pub fn aspect_ratio(&self) -> f64 {
        self.width as f64 / self.layers as f64
    }

    /// A = h·k, the width of the queries.
    pub(super) fn query_width(&self) -> u64 {
        self.heads * self.head_size
    }
    /// G = g·k, the width of the keys and of the values.
    pub(super) fn kv_width(&self) -> u64 {
        self.kv_heads * self.head_size
    }
    /// m, the matrices of a feed-forward block.
    pub(super) fn matrices(&self) -> u64 {
        if self.gated { 3 } else { 2 }
    }
    /// Layers with experts.
    pub(super) fn sparse_layers(&self) -> u64 {
        self.experts.map_or(0, |experts| self.layers - experts.dense_layers)
    }
    /// Layers with a dense feed-forward block.
    pub(super) fn dense_layers(&self) -> u64 {
        self.layers - self.sparse_layers()
    }
}
