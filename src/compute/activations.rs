use super::{Shape, TrainingSetup};

/// Which activations are dropped after the forward pass and computed again in the backward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Recomputation {
    /// None: everything is kept; the attention matrices too, unless a fused kernel makes none.
    None,
    /// The attention matrices, which grow with s². Under a fused kernel (FlashAttention) there are none to keep, and this is
    /// as none.
    #[default]
    Selective,
    /// Everything but the input of each layer.
    Full,
}

/// Bytes of activations on one device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ActivationBytes {
    /// Kept from the forward pass to the backward pass.
    pub kept: f64,
    /// Made anew while one layer is recomputed.
    pub recomputed: f64,
    /// Final norm, head input and FP32 logits, where the device has the head.
    pub output: f64,
}

impl ActivationBytes {
    fn total(&self) -> f64 {
        self.kept + self.recomputed + self.output
    }
}

/// Bytes for one layer and one micro-batch. The terms of Korthikanti 2022, section 4, with its 2 bytes a value as the
/// setup's format, its h as d, A or G, and its 4h as the inner sizes that a token passes.
struct LayerBytes {
    /// Without the attention matrices.
    linear: f64,
    /// Attention weights, their dropout mask and result: s² in the paper, s·window with a sliding window.
    attention: f64,
    /// The input alone.
    input: f64,
}

impl LayerBytes {
    fn new(shape: &Shape, setup: &TrainingSetup) -> Self {
        let sharding = setup.sharding;
        let (t, value) = (sharding.tensor as f64, setup.activations.bytes());
        let tokens = shape.context as f64 * setup.micro_batch as f64;
        let (d, a) = (shape.width as f64, shape.query_width() as f64);
        let g = (sharding.kv_heads(shape) * shape.head_size) as f64 * t;
        let mask = if setup.dropout { 1.0 } else { 0.0 };

        // Inputs of both norms, of the QKV map and of the feed-forward block, and two dropout masks.
        let whole = d * (4.0 * value + 2.0 * mask);
        // Queries, keys, values, the input of the output map.
        let heads = value * (2.0 * a + 2.0 * g);
        let (inner, copies) = inner_sizes(shape);
        // Without a gate: in and out of the non-linearity. With a fused gate: both of its inputs and the product.
        let block = value * inner * if shape.gated { 3.0 } else { 2.0 };
        let routed = value * d * copies;
        let sequence = if sharding.sequence_parallel { t } else { 1.0 };
        let seen = shape.mean_positions(false);
        let attention = shape.heads as f64 / t * seen * (value + mask * (1.0 + value));
        Self {
            linear: tokens * (whole / sequence + (heads + block + routed) / t),
            attention: tokens * attention,
            input: tokens * d * value / sequence,
        }
    }
}

/// Inner size that one token passes in the largest layer, and how many copies of it are sent to experts.
fn inner_sizes(shape: &Shape) -> (f64, f64) {
    let dense = shape.feed_forward as f64;
    shape.experts.map_or((dense, 0.0), |e| {
        let sparse = (e.active * e.feed_forward + e.shared_feed_forward) as f64;
        (if e.dense_layers > 0 { sparse.max(dense) } else { sparse }, e.active as f64)
    })
}

/// Of the fuller end of the pipeline: the first stage of 1F1B runs ahead by as many micro-batches as there are stages, the
/// last has one in flight and makes the logits.
pub(super) fn activation_bytes(shape: &Shape, setup: &TrainingSetup) -> ActivationBytes {
    let stages = setup.sharding.pipeline;
    if stages == 1 {
        return stage_bytes(shape, setup, 1.0, [true, true]);
    }
    let first = stage_bytes(shape, setup, stages.min(setup.micro_batches) as f64, [true, false]);
    let last = stage_bytes(shape, setup, 1.0, [false, true]);
    if first.total() >= last.total() { first } else { last }
}

/// One stage with so many micro-batches in flight; whether it has the embedding and the head.
fn stage_bytes(shape: &Shape, setup: &TrainingSetup, in_flight: f64, [embeds, heads]: [bool; 2]) -> ActivationBytes {
    let sharding = setup.sharding;
    let layer = LayerBytes::new(shape, setup);
    // A fused kernel writes no attention matrix in either pass.
    let attention = if setup.fused_attention { 0.0 } else { layer.attention };
    let (kept, recomputed) = match setup.recomputation {
        Recomputation::None => (layer.linear + attention, 0.0),
        Recomputation::Selective => (layer.linear, attention),
        Recomputation::Full => (layer.input, layer.linear + attention),
    };
    let tokens = shape.context as f64 * setup.micro_batch as f64;
    let (d, t) = (shape.width as f64, sharding.tensor as f64);
    let sequence = if sharding.sequence_parallel { t } else { 1.0 };
    let embedding_mask = if embeds && setup.dropout { tokens * d / sequence * in_flight } else { 0.0 };
    let output = if heads {
        tokens * (2.0 * d * setup.activations.bytes() / sequence + 4.0 * shape.vocabulary as f64 / t)
    } else {
        0.0
    };
    let layers = sharding.stage_layers(shape) as f64;
    ActivationBytes { kept: layers * in_flight * kept + embedding_mask, recomputed, output }
}

#[cfg(test)]
mod tests {
    use super::super::{NumberFormat, Sharding};
    use super::*;

    fn gpt(layers: u64, width: u64, heads: u64) -> Shape {
        Shape::builder(layers, width).heads(heads).vocabulary(51200).build().unwrap()
    }

    /// Bytes for a layer over s·b·h, the unit of the paper's Table 2.
    fn per_layer(shape: &Shape, tensor: u64, sequence: bool, recomputation: Recomputation) -> f64 {
        let sharding = Sharding::new(1, tensor, 1).sequence_parallel(sequence);
        let setup = TrainingSetup::mixed(NumberFormat::Bf16).dropout(true).fused_attention(false);
        let setup = setup.sharding(sharding).recomputation(recomputation);
        let embedding = (shape.context() * shape.width()) as f64 / if sequence { tensor as f64 } else { 1.0 };
        let kept = activation_bytes(shape, &setup).kept - embedding;
        kept / (shape.layers() * shape.context() * shape.width()) as f64
    }

    #[test]
    fn every_row_of_table_2_of_korthikanti_comes_back() {
        for (layers, width, heads) in [(96, 12288, 96), (105, 20480, 128)] {
            let shape = gpt(layers, width, heads);
            let matrices = 5.0 * heads as f64 * 2048.0 / width as f64;
            let t = 8.0;
            for (tensor, sequence, recomputation, expected) in [
                (1, false, Recomputation::None, 34.0 + matrices),
                (8, false, Recomputation::None, 10.0 + 24.0 / t + matrices / t),
                (8, true, Recomputation::None, (34.0 + matrices) / t),
                (8, false, Recomputation::Selective, 10.0 + 24.0 / t),
                (8, true, Recomputation::Selective, 34.0 / t),
                (1, false, Recomputation::Full, 2.0),
                (8, true, Recomputation::Full, 2.0 / t),
            ] {
                let got = per_layer(&shape, tensor, sequence, recomputation);
                assert!(
                    (got / expected - 1.0).abs() < 1e-12,
                    "{tensor} {sequence} {recomputation:?}: {got} {expected}"
                );
            }
        }
    }

    #[test]
    fn selective_recomputation_saves_what_the_paper_says() {
        // Section 5: 70 % of GPT-3's activations and 65 % of MT-NLG's.
        for (shape, percent) in [(gpt(96, 12288, 96), 70.0), (gpt(105, 20480, 128), 65.0)] {
            let all = per_layer(&shape, 1, false, Recomputation::None);
            let saved = 100.0 * (1.0 - per_layer(&shape, 1, false, Recomputation::Selective) / all);
            assert!((saved - percent).abs() < 0.5, "{saved}");
        }
    }

    #[test]
    fn a_pipeline_keeps_as_many_micro_batches_as_it_has_stages() {
        let shape = gpt(96, 12288, 96);
        let setup = TrainingSetup::mixed(NumberFormat::Bf16).micro_batches(64);
        let one = activation_bytes(&shape, &setup);
        let eight = activation_bytes(&shape, &setup.sharding(Sharding::new(1, 1, 8)));
        assert_eq!(one.kept, eight.kept);
        assert!(one.output > 0.0 && eight.output == 0.0);
        let few = activation_bytes(&shape, &setup.sharding(Sharding::new(1, 1, 8)).micro_batches(2));
        assert!((few.kept / eight.kept - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_fused_kernel_makes_no_matrix() {
        let shape = gpt(96, 12288, 96);
        let bytes = |fused, recomputation| {
            let setup = TrainingSetup::mixed(NumberFormat::Bf16).fused_attention(fused).recomputation(recomputation);
            activation_bytes(&shape, &setup)
        };
        let matrices = 2.0 * 96.0 * 2048.0 * 2048.0;
        for recomputation in [Recomputation::Selective, Recomputation::Full] {
            let (fused, plain) = (bytes(true, recomputation), bytes(false, recomputation));
            assert_eq!(plain.recomputed - fused.recomputed, matrices, "{recomputation:?}");
            assert_eq!(plain.kept, fused.kept);
        }
        assert_eq!(bytes(true, Recomputation::None), bytes(true, Recomputation::Selective));
    }

    #[test]
    fn the_last_stage_is_the_fuller_where_little_is_kept() {
        // Llama 3 8B: FP32 logits of 8192 tokens are 4.2 GB, the inputs of 16 layers in two micro-batches 2.1 GB.
        let shape = Shape::builder(32, 4096).kv_heads(8).feed_forward(14336).gated(true).tied(false);
        let shape = shape.vocabulary(128_256).context(8192).build().unwrap();
        let setup = TrainingSetup::mixed(NumberFormat::Bf16).recomputation(Recomputation::Full);
        let two = activation_bytes(&shape, &setup.sharding(Sharding::new(1, 1, 2)));
        let logits = 8192.0 * (2.0 * 4096.0 * 2.0 + 4.0 * 128_256.0);
        assert_eq!((two.kept, two.output), (16.0 * 8192.0 * 4096.0 * 2.0, logits));
    }
}
