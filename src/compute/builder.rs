use super::{Biases, Experts, Norm, ParamParts, Positions, Shape};
use crate::error::ComputeError;

/// Builds a [`Shape`]. What is not set has these defaults:
///
/// | dimension | default |
/// |---|---|
/// | head size | width / heads if only the heads are given; otherwise 64 for widths under 1280 and 128 from there, as in Table A9 of Hoffmann 2022 |
/// | heads | width / head size |
/// | kv heads | heads (multi-head attention) |
/// | feed-forward size | 4·width; with a gate 8/3·width, rounded up to a multiple of 256 (Llama) |
/// | vocabulary, tied | 32000, tied |
/// | context, window | 2048, full attention |
/// | positions, norm, biases | free, RMSNorm, none |
/// | experts | none |
///
/// ```
/// use scaling_laws::Shape;
/// let shape = Shape::builder(32, 4096).gated(true).tied(false).build()?;
/// assert_eq!((shape.heads(), shape.head_size(), shape.feed_forward()), (32, 128, 11008)); // Llama 2 7B
/// assert_eq!(shape.parts().total(), 6_738_415_616);
///
/// let error = Shape::builder(32, 4096).heads(32).kv_heads(7).build().unwrap_err();
/// assert_eq!(error.to_string(), "shape: kv_heads = 7 is not allowed, it must be a divisor of heads = 32");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct ShapeBuilder {
    layers: u64,
    width: u64,
    heads: Option<u64>,
    kv_heads: Option<u64>,
    head_size: Option<u64>,
    feed_forward: Option<u64>,
    gated: bool,
    vocabulary: u64,
    tied: bool,
    context: u64,
    window: Option<u64>,
    positions: Positions,
    norm: Norm,
    qk_norm: bool,
    biases: Biases,
    experts: Option<Experts>,
}

/// Largest single dimension: keeps every product of the checks below u128's range, and is beyond any model.
const LARGEST: u64 = 1_000_000_000;
/// Largest number of layers and of experts.
const MANY: u64 = 1_000_000;
/// Largest parameter count: whole numbers up to here are exact in f64.
const MOST_PARAMS: u128 = 1 << 53;
/// Llama rounds the inner size of a gated block up to a multiple of this.
const MULTIPLE: u64 = 256;
/// Width from which heads have 128 channels in Table A9 of Hoffmann 2022.
const WIDE: u64 = 1280;

impl ShapeBuilder {
    pub(super) fn new(layers: u64, width: u64) -> Self {
        Self {
            layers,
            width,
            heads: None,
            kv_heads: None,
            head_size: None,
            feed_forward: None,
            gated: false,
            vocabulary: 32_000,
            tied: true,
            context: 2048,
            window: None,
            positions: Positions::default(),
            norm: Norm::default(),
            qk_norm: false,
            biases: Biases::NONE,
            experts: None,
        }
    }

    /// Layers L.
    pub fn layers(self, layers: u64) -> Self {
        Self { layers, ..self }
    }
    /// Width d.
    pub fn width(self, width: u64) -> Self {
        Self { width, ..self }
    }
    /// Query heads h.
    pub fn heads(self, heads: u64) -> Self {
        Self { heads: Some(heads), ..self }
    }
    /// Heads g of keys and values.
    pub fn kv_heads(self, kv_heads: u64) -> Self {
        Self { kv_heads: Some(kv_heads), ..self }
    }
    /// Head size k.
    pub fn head_size(self, head_size: u64) -> Self {
        Self { head_size: Some(head_size), ..self }
    }
    /// Inner size f of the dense feed-forward block.
    pub fn feed_forward(self, feed_forward: u64) -> Self {
        Self { feed_forward: Some(feed_forward), ..self }
    }
    /// With a gate (SwiGLU, GeGLU) or without.
    pub fn gated(self, gated: bool) -> Self {
        Self { gated, ..self }
    }
    /// Vocabulary V, as many rows as the embedding really has (padding included).
    pub fn vocabulary(self, vocabulary: u64) -> Self {
        Self { vocabulary, ..self }
    }
    /// Whether the output head shares the embedding's weights.
    pub fn tied(self, tied: bool) -> Self {
        Self { tied, ..self }
    }
    /// Sequence length s.
    pub fn context(self, context: u64) -> Self {
        Self { context, ..self }
    }
    /// Sliding window in positions, or `None` for full attention.
    pub fn window(self, window: Option<u64>) -> Self {
        Self { window, ..self }
    }
    /// How positions enter.
    pub fn positions(self, positions: Positions) -> Self {
        Self { positions, ..self }
    }
    /// Normalisation.
    pub fn norm(self, norm: Norm) -> Self {
        Self { norm, ..self }
    }
    /// Whether queries and keys are normalised.
    pub fn qk_norm(self, qk_norm: bool) -> Self {
        Self { qk_norm, ..self }
    }
    /// Which linear maps have a bias.
    pub fn biases(self, biases: Biases) -> Self {
        Self { biases, ..self }
    }
    /// A mixture of experts instead of dense feed-forward blocks.
    pub fn experts(self, experts: impl Into<Option<Experts>>) -> Self {
        Self { experts: experts.into(), ..self }
    }

    /// The shape.
    ///
    /// # Errors
    /// [`ComputeError::Shape`] with the dimension, its value and what is allowed: every dimension at least 1 and at most
    /// 1e9 (layers and experts 1e6), kv heads that divide the heads, no more active experts than experts, at most
    /// 2^53 parameters in all.
    pub fn build(self) -> Result<Shape, ComputeError> {
        within("layers", self.layers, MANY)?;
        within("width", self.width, LARGEST)?;
        within("vocabulary", self.vocabulary, LARGEST)?;
        within("context", self.context, LARGEST)?;
        if let Some(window) = self.window {
            within("window", window, LARGEST)?;
        }
        let (heads, head_size) = self.heads_and_size()?;
        let kv_heads = self.kv_heads.unwrap_or(heads);
        within("kv_heads", kv_heads, LARGEST)?;
        if !heads.is_multiple_of(kv_heads) {
            return refuse("kv_heads", kv_heads, format!("a divisor of heads = {heads}"));
        }
        let gated_size = (self.width * 8).div_ceil(3).next_multiple_of(MULTIPLE);
        let feed_forward = self.feed_forward.unwrap_or(if self.gated { gated_size } else { 4 * self.width });
        within("feed_forward", feed_forward, LARGEST * 4)?;
        if let Some(experts) = self.experts {
            check_experts(experts, self.layers)?;
        }
        let shape = Shape {
            layers: self.layers,
            width: self.width,
            heads,
            kv_heads,
            head_size,
            feed_forward,
            gated: self.gated,
            vocabulary: self.vocabulary,
            tied: self.tied,
            context: self.context,
            window: self.window,
            positions: self.positions,
            norm: self.norm,
            qk_norm: self.qk_norm,
            biases: self.biases,
            experts: self.experts,
        };
        let total = ParamParts::rough_total(&shape);
        if total > MOST_PARAMS {
            let allowed = format!("so small that the model has at most 2^53 parameters, it has about {total}");
            return refuse("width", self.width, allowed);
        }
        Ok(shape)
    }

    fn heads_and_size(&self) -> Result<(u64, u64), ComputeError> {
        let (heads, size) = match (self.heads, self.head_size) {
            (Some(heads), Some(size)) => (heads, size),
            (Some(heads), None) => {
                within("heads", heads, LARGEST)?;
                if !self.width.is_multiple_of(heads) {
                    let allowed = format!("a divisor of width = {}, or head_size must be given", self.width);
                    return refuse("heads", heads, allowed);
                }
                (heads, self.width / heads)
            }
            (None, size) => {
                let size = size.unwrap_or(if self.width < WIDE { 64 } else { 128 });
                within("head_size", size, LARGEST)?;
                if !self.width.is_multiple_of(size) {
                    let allowed = format!("a multiple of the head size {size}, or heads must be given");
                    return refuse("width", self.width, allowed);
                }
                (self.width / size, size)
            }
        };
        within("heads", heads, LARGEST)?;
        within("head_size", size, LARGEST)?;
        if heads.saturating_mul(size) > LARGEST {
            return refuse("heads", heads, format!("at most {} at head_size = {size}", LARGEST / size));
        }
        Ok((heads, size))
    }
}

impl From<Shape> for ShapeBuilder {
    fn from(shape: Shape) -> Self {
        Self {
            layers: shape.layers,
            width: shape.width,
            heads: Some(shape.heads),
            kv_heads: Some(shape.kv_heads),
            head_size: Some(shape.head_size),
            feed_forward: Some(shape.feed_forward),
            gated: shape.gated,
            vocabulary: shape.vocabulary,
            tied: shape.tied,
            context: shape.context,
            window: shape.window,
            positions: shape.positions,
            norm: shape.norm,
            qk_norm: shape.qk_norm,
            biases: shape.biases,
            experts: shape.experts,
        }
    }
}

fn check_experts(experts: Experts, layers: u64) -> Result<(), ComputeError> {
    within("experts", experts.count, MANY)?;
    within("expert feed_forward", experts.feed_forward, LARGEST)?;
    if experts.active == 0 || experts.active > experts.count {
        return refuse("active experts", experts.active, format!("from 1 to experts = {}", experts.count));
    }
    if experts.shared_feed_forward > LARGEST {
        return refuse("shared expert feed_forward", experts.shared_feed_forward, format!("at most {LARGEST}"));
    }
    if experts.dense_layers >= layers {
        return refuse("dense layers", experts.dense_layers, format!("fewer than layers = {layers}"));
    }
    Ok(())
}

fn within(field: &'static str, value: u64, most: u64) -> Result<(), ComputeError> {
    if (1..=most).contains(&value) { Ok(()) } else { refuse(field, value, format!("from 1 to {most}")) }
}

fn refuse<T>(field: &'static str, value: u64, allowed: String) -> Result<T, ComputeError> {
    Err(ComputeError::Shape { field, value, allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_that_cannot_be_are_refused_by_name() {
        let good = || Shape::builder(2, 128).heads(2);
        let experts = |active, dense| Experts::new(8, active, 64).dense_layers(dense);
        for (builder, field) in [
            (good().layers(0), "layers"),
            (good().width(0), "width"),
            (good().heads(3), "heads"),
            (good().heads(0), "heads"),
            (good().head_size(0), "head_size"),
            (good().kv_heads(0), "kv_heads"),
            (good().vocabulary(0), "vocabulary"),
            (good().context(0), "context"),
            (good().window(Some(0)), "window"),
            (good().feed_forward(0), "feed_forward"),
            (good().experts(experts(9, 0)), "active experts"),
            (good().experts(experts(0, 0)), "active experts"),
            (good().experts(experts(2, 2)), "dense layers"),
            (Shape::builder(2, 100), "width"),
            (Shape::builder(1_000_000, 1_000_000_000).heads(8), "width"),
            (Shape::builder(2, u64::MAX).heads(1), "width"),
            (good().heads(1_000_000_000).head_size(1_000_000_000), "heads"),
        ] {
            match builder.build() {
                Err(ComputeError::Shape { field: found, .. }) => assert_eq!(found, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_builder_made_from_a_shape_gives_it_back() {
        let shape = Shape::builder(4, 256).gated(true).qk_norm(true).experts(Experts::new(8, 2, 96)).build().unwrap();
        assert_eq!(shape.to_builder().build().unwrap(), shape);
    }
}
