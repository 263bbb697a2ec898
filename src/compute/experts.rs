/// The experts of a mixture: in each sparse layer a router sends every token to `active` of `count` feed-forward
/// blocks, and through `shared` further ones that all tokens use.
///
/// ```
/// use scaling_laws::{Experts, Shape};
/// // Mixtral 8x7B: two of eight experts, each as wide as the dense feed-forward block would be.
/// let shape = Shape::builder(32, 4096)
///     .heads(32).kv_heads(8).feed_forward(14336).gated(true)
///     .vocabulary(32000).tied(false).context(32768)
///     .experts(Experts::new(8, 2, 14336))
///     .build()?;
/// assert_eq!(shape.parts().total(), 46_702_792_704);
/// assert_eq!(shape.parts().active(), 12_879_925_248);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Experts {
    /// Routed experts in each sparse layer.
    pub count: u64,
    /// Routed experts that a token uses.
    pub active: u64,
    /// Inner size of one routed expert.
    pub feed_forward: u64,
    /// Inner size of the shared experts of a layer, all together; 0 for none.
    pub shared_feed_forward: u64,
    /// A gate of one number a token scales the shared experts, which adds `width` weights a layer (Qwen2-MoE).
    pub shared_gate: bool,
    /// Layers with a dense feed-forward block instead of experts.
    pub dense_layers: u64,
}

impl Experts {
    /// `active` of `count` experts of inner size `feed_forward` in every layer, none shared.
    /// [`ShapeBuilder::build`](crate::ShapeBuilder::build) checks the numbers.
    pub fn new(count: u64, active: u64, feed_forward: u64) -> Self {
        Self { count, active, feed_forward, shared_feed_forward: 0, shared_gate: false, dense_layers: 0 }
    }

    /// With `count` shared experts of the same inner size as the routed ones.
    pub fn shared(self, count: u64) -> Self {
        self.shared_feed_forward(count.saturating_mul(self.feed_forward))
    }

    /// With shared experts of this inner size all together.
    pub fn shared_feed_forward(self, size: u64) -> Self {
        Self { shared_feed_forward: size, ..self }
    }

    /// With or without the gate on the shared experts.
    pub fn shared_gate(self, gate: bool) -> Self {
        Self { shared_gate: gate, ..self }
    }

    /// With this many dense layers.
    pub fn dense_layers(self, layers: u64) -> Self {
        Self { dense_layers: layers, ..self }
    }
}
