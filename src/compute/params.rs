use super::{Norm, Positions, Shape};
use crate::error::ComputeError;
use crate::units::{ParamCount, Params};

/// The parameters of a model by what they do. All are whole numbers; [`total`](Self::total) is their sum without
/// `active_experts`.
///
/// ```
/// use scaling_laws::Shape;
/// let parts = Shape::builder(32, 4096).gated(true).tied(false).build()?.parts(); // Llama 2 7B
/// assert_eq!(parts.token_embedding, 131_072_000);
/// assert_eq!(parts.total() - parts.non_embedding(), 262_144_000); // embedding and head
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ParamParts {
    /// V·d.
    pub token_embedding: u64,
    /// s·d where positions are learned.
    pub position_embedding: u64,
    /// V·d where the output head has weights of its own, otherwise 0.
    pub head: u64,
    /// L·(2·d·A + 2·d·G): queries, keys, values and output.
    pub attention: u64,
    /// L·d·A where positions are relative (Transformer-XL).
    pub relative_positions: u64,
    /// m·d·f in each dense layer.
    pub feed_forward: u64,
    /// m·d·(experts·f_e + f_shared) in each sparse layer.
    pub experts: u64,
    /// The part of `experts` that one token uses.
    pub active_experts: u64,
    /// d·experts in each sparse layer, and d for the gate of shared experts.
    pub router: u64,
    /// Biases of the linear maps; those of unused experts are counted, as they are few.
    pub biases: u64,
    /// Gains and biases of the normalisations.
    pub norms: u64,
}

impl ParamParts {
    pub(super) fn of(shape: &Shape) -> Self {
        let (layers, d) = (shape.layers, shape.width);
        let (a, g) = (shape.query_width(), shape.kv_width());
        let sparse = shape.sparse_layers();
        let embedding = shape.vocabulary * d;
        let block = shape.matrices() * d;
        let (experts, active, gate) = shape.experts.map_or((0, 0, 0), |e| {
            let used = e.active * e.feed_forward + e.shared_feed_forward;
            (e.count * e.feed_forward + e.shared_feed_forward, used, e.count + u64::from(e.shared_gate))
        });
        Self {
            token_embedding: embedding,
            position_embedding: if shape.positions == Positions::Learned { shape.context * d } else { 0 },
            head: if shape.tied { 0 } else { embedding },
            attention: layers * 2 * d * (a + g),
            relative_positions: if shape.positions == Positions::Relative { layers * d * a } else { 0 },
            feed_forward: shape.dense_layers() * block * shape.feed_forward,
            experts: sparse * block * experts,
            active_experts: sparse * block * active,
            router: sparse * d * gate,
            biases: biases(shape),
            norms: norms(shape),
        }
    }

    /// Every parameter, once.
    pub fn total(&self) -> u64 {
        self.embedding() + self.non_embedding()
    }

    /// Token embedding, learned positions and a head with weights of its own.
    pub fn embedding(&self) -> u64 {
        self.token_embedding + self.position_embedding + self.head
    }

    /// All but [`embedding`](Self::embedding). An untied head is left out too, so that tying does not change the count;
    /// laws that count the head (Porian 2024) want `non_embedding() + head`.
    pub fn non_embedding(&self) -> u64 {
        self.matmul() + self.relative_positions + self.biases + self.norms
    }

    /// Parameters that one token uses: all but the experts it is not sent to.
    pub fn active(&self) -> u64 {
        self.total() - (self.experts - self.active_experts)
    }

    /// Non-embedding parameters that one token uses.
    pub fn active_non_embedding(&self) -> u64 {
        self.non_embedding() - (self.experts - self.active_experts)
    }

    /// Weights of the layers' matrices.
    pub(super) fn matmul(&self) -> u64 {
        self.attention + self.feed_forward + self.experts + self.router
    }

    /// Weights of the layers' matrices that one token uses.
    pub(super) fn active_matmul(&self) -> u64 {
        self.attention + self.feed_forward + self.active_experts + self.router
    }

    /// The large parts without the risk of overflow, before a shape is accepted.
    pub(super) fn rough_total(shape: &Shape) -> u128 {
        let wide = u128::from;
        let (layers, d) = (wide(shape.layers), wide(shape.width));
        let attention = 3 * d * (wide(shape.query_width()) + wide(shape.kv_width()));
        let experts = shape.experts.map_or(0, |e| {
            (wide(e.count) * wide(e.feed_forward) + wide(e.shared_feed_forward)) * 4 * d + d * (wide(e.count) + 1)
        });
        let dense = 4 * d * wide(shape.feed_forward);
        let embedding = d * (2 * wide(shape.vocabulary) + wide(shape.context));
        layers * (attention + dense.max(experts)) + embedding
    }
}

fn biases(shape: &Shape) -> u64 {
    let d = shape.width;
    let up = shape.matrices() - 1;
    let mut total = 0;
    if shape.biases.qkv {
        total += shape.layers * (shape.query_width() + 2 * shape.kv_width());
    }
    if shape.biases.output {
        total += shape.layers * d;
    }
    if shape.biases.feed_forward {
        let block = |size: u64| up * size + d;
        let shared = |size: u64| if size > 0 { block(size) } else { 0 };
        total += shape.dense_layers() * block(shape.feed_forward);
        total += shape
            .experts
            .map_or(0, |e| shape.sparse_layers() * (e.count * block(e.feed_forward) + shared(e.shared_feed_forward)));
    }
    total
}

fn norms(shape: &Shape) -> u64 {
    let per_channel = match shape.norm {
        Norm::Rms => 1,
        Norm::Layer => 2,
        Norm::Uncounted => return 0,
    };
    let query_key = if shape.qk_norm { 2 * shape.head_size } else { 0 };
    per_channel * (shape.layers * (2 * shape.width + query_key) + shape.width)
}

impl Shape {
    /// The parameters by what they do.
    pub fn parts(&self) -> ParamParts {
        ParamParts::of(self)
    }

    /// The number of parameters under a convention: [`ParamParts::total`], [`ParamParts::non_embedding`] or
    /// [`ParamParts::active`].
    ///
    /// # Errors
    /// Never for these three; the type keeps room for conventions that a shape may not answer.
    ///
    /// ```
    /// use scaling_laws::{Biases, Norm, ParamCount, Positions, Shape};
    /// let gpt_2 = Shape::builder(12, 768)
    ///     .vocabulary(50257).context(1024)
    ///     .positions(Positions::Learned).norm(Norm::Layer).biases(Biases::ALL)
    ///     .build()?;
    /// assert_eq!(gpt_2.params(ParamCount::Total)?.get(), 124_439_808.0);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn params(&self, count: ParamCount) -> Result<Params, ComputeError> {
        let parts = self.parts();
        let number = match count {
            ParamCount::Total => parts.total(),
            ParamCount::NonEmbedding => parts.non_embedding(),
            ParamCount::Active => parts.active(),
        };
        Ok(Params::new(number as f64)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Biases, Experts};
    use super::*;

    #[test]
    fn the_rough_total_is_never_below_the_exact_one() {
        let builder = Shape::builder(5, 96).head_size(32).biases(Biases::ALL).norm(Norm::Layer).tied(false);
        for builder in [
            builder,
            builder.gated(true).qk_norm(true).positions(Positions::Relative),
            builder.positions(Positions::Learned).experts(Experts::new(16, 3, 40).shared(2).shared_gate(true)),
        ] {
            let shape = builder.build().unwrap();
            assert!(ParamParts::rough_total(&shape) >= u128::from(shape.parts().total()), "{shape:?}");
        }
    }

    #[test]
    fn tying_changes_the_head_and_nothing_else() {
        let tied = Shape::builder(3, 128).build().unwrap();
        let untied = tied.to_builder().tied(false).build().unwrap();
        assert_eq!(untied.parts().total() - tied.parts().total(), 32_000 * 128);
        assert_eq!(untied.parts().non_embedding(), tied.parts().non_embedding());
    }

    #[test]
    fn one_active_expert_is_as_large_as_the_dense_block() {
        let dense = Shape::builder(3, 128).gated(true).feed_forward(384).build().unwrap();
        let sparse = dense.to_builder().experts(Experts::new(7, 1, 384)).build().unwrap();
        assert_eq!(sparse.parts().active() - sparse.parts().router, dense.parts().total());
        let mixed = dense.to_builder().experts(Experts::new(7, 1, 384).dense_layers(2)).build().unwrap();
        assert_eq!(mixed.parts().experts, sparse.parts().experts / 3);
    }
}
