use super::activations::activation_bytes;
use super::{NumberFormat, Recomputation, Shape, Sharding, Zero};
use crate::error::ComputeError;

/// What the optimiser keeps for each parameter, without the master copy of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Optimizer {
    /// Adam or AdamW with both moments in FP32: 8 bytes.
    #[default]
    Adam,
    /// Adam with both moments in 8 bits and an FP32 scale for each 2048 of them (Dettmers 2022): 2.004 bytes.
    Adam8Bit,
    /// One FP32 momentum (SGD with momentum, Lion, Muon's matrices): 4 bytes.
    Momentum,
    /// Nothing (plain SGD).
    Sgd,
}

impl Optimizer {
    /// Bytes of state a parameter.
    pub fn bytes_per_param(self) -> f64 {
        match self {
            Self::Adam => 8.0,
            Self::Adam8Bit => 2.0 + 2.0 * 4.0 / 2048.0,
            Self::Momentum => 4.0,
            Self::Sgd => 0.0,
        }
    }
}

/// How a model is trained, as far as memory depends on it.
///
/// ```
/// use scaling_laws::{NumberFormat, Shape, Sharding, TrainingSetup, Zero};
/// let shape = Shape::builder(80, 8192).kv_heads(8).feed_forward(28672).gated(true).tied(false).context(4096).build()?;
/// let setup = TrainingSetup::mixed(NumberFormat::Bf16)
///     .sharding(Sharding::new(16, 8, 4).zero(Zero::Optimizer).sequence_parallel(true));
/// let memory = shape.training_memory(&setup)?;
/// assert!(memory.total() < 80e9); // Llama 2 70B on 512 devices of 80 GB
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use]
pub struct TrainingSetup {
    pub(super) weights: NumberFormat,
    pub(super) gradients: NumberFormat,
    pub(super) activations: NumberFormat,
    pub(super) master: bool,
    pub(super) optimizer: Optimizer,
    pub(super) micro_batch: u64,
    pub(super) micro_batches: u64,
    pub(super) recomputation: Recomputation,
    pub(super) fused_attention: bool,
    pub(super) dropout: bool,
    pub(super) sharding: Sharding,
}

impl TrainingSetup {
    /// Mixed precision: weights, gradients and activations in `format`, Adam with FP32 moments and an FP32 master copy
    /// of the weights (16 bytes a parameter in BF16), one sequence a micro-batch, many micro-batches, a fused attention
    /// kernel, no dropout, one device. Korthikanti 2022 counts with dropout and without such a kernel.
    pub fn mixed(format: NumberFormat) -> Self {
        Self {
            weights: format,
            gradients: format,
            activations: format,
            master: format.storage_bits() < 32,
            optimizer: Optimizer::Adam,
            micro_batch: 1,
            micro_batches: u64::MAX,
            recomputation: Recomputation::default(),
            fused_attention: true,
            dropout: false,
            sharding: Sharding::default(),
        }
    }

    /// Format of the weights that the products use.
    pub fn weights(self, format: NumberFormat) -> Self {
        Self { weights: format, ..self }
    }
    /// Format in which gradients are kept; FP32 where they are accumulated in it.
    pub fn gradients(self, format: NumberFormat) -> Self {
        Self { gradients: format, ..self }
    }
    /// Format of the activations.
    pub fn activations(self, format: NumberFormat) -> Self {
        Self { activations: format, ..self }
    }
    /// Whether the optimiser keeps a master copy of the weights in FP32.
    pub fn master(self, master: bool) -> Self {
        Self { master, ..self }
    }
    /// The optimiser.
    pub fn optimizer(self, optimizer: Optimizer) -> Self {
        Self { optimizer, ..self }
    }
    /// Sequences that one device computes at once.
    pub fn micro_batch(self, sequences: u64) -> Self {
        Self { micro_batch: sequences, ..self }
    }
    /// Micro-batches a step, which limits how many are in a pipeline.
    pub fn micro_batches(self, count: u64) -> Self {
        Self { micro_batches: count, ..self }
    }
    /// What is recomputed in the backward pass.
    pub fn recomputation(self, recomputation: Recomputation) -> Self {
        Self { recomputation, ..self }
    }
    /// Whether attention is one fused kernel (FlashAttention), which never writes the matrices that grow with s².
    pub fn fused_attention(self, fused: bool) -> Self {
        Self { fused_attention: fused, ..self }
    }
    /// Whether dropout masks are kept.
    pub fn dropout(self, dropout: bool) -> Self {
        Self { dropout, ..self }
    }
    /// How the model is spread over devices.
    pub fn sharding(self, sharding: Sharding) -> Self {
        Self { sharding, ..self }
    }
}

/// Bytes on the fullest device during training. Fragmentation, communication buffers and temporary results are not
/// counted: expect 5 to 20 % more, and leave room.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TrainingMemory {
    /// Weights as the products use them.
    pub weights: f64,
    /// Gradients.
    pub gradients: f64,
    /// Optimiser state and master copy.
    pub optimizer: f64,
    /// Activations kept for the backward pass.
    pub activations: f64,
    /// Activations of the one layer that is being recomputed.
    pub recomputed: f64,
    /// Final norm, head input and FP32 logits; 0 where the first stage of a pipeline is the fullest.
    pub output: f64,
}

impl TrainingMemory {
    /// The sum.
    pub fn total(&self) -> f64 {
        self.state() + self.activations + self.recomputed + self.output
    }

    /// Weights, gradients and optimiser: what does not depend on the batch.
    pub fn state(&self) -> f64 {
        self.weights + self.gradients + self.optimizer
    }
}

impl Shape {
    /// Bytes that training needs on the fullest device.
    ///
    /// ```text
    /// state        N_device · (weights + gradients + optimiser + master bytes), each divided by the data-parallel
    ///              devices where ZeRO shares it out
    /// activations  layer, 16 bit:  s·b·2·(4·d + 2·A + 2·G + inner)   inner = 2·f, or 3·f with a gate; dropout 2·d·s·b more
    ///              attention:      2·h·s²·b                          with dropout 5·h·s²·b; none with a fused kernel
    /// ```
    ///
    /// In the usual shape with dropout this is s·b·d·(34 + 5·h·s/d) for each layer (Korthikanti 2022, Table 2, whose rows for tensor
    /// and sequence parallelism and for recomputation come back too). A gated block is taken as fused: its two inputs
    /// and the product are kept. Experts are taken as evenly loaded.
    ///
    /// # Errors
    /// [`ComputeError::Split`] where the shape cannot be split so, [`ComputeError::Argument`] for an empty batch.
    ///
    /// ```
    /// use scaling_laws::{NumberFormat, Shape, Sharding, TrainingSetup, Zero};
    /// // Rajbhandari 2020, Figure 1: 16 bytes a parameter; with stage 3 on 64 devices a 64th of that.
    /// let shape = Shape::builder(36, 4096).build()?;
    /// let setup = TrainingSetup::mixed(NumberFormat::Fp16);
    /// let bytes = 16.0 * shape.parts().total() as f64;
    /// assert_eq!(shape.training_memory(&setup)?.state(), bytes);
    /// let sharded = setup.sharding(Sharding::new(64, 1, 1).zero(Zero::Weights));
    /// assert_eq!(shape.training_memory(&sharded)?.state(), bytes / 64.0);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn training_memory(&self, setup: &TrainingSetup) -> Result<TrainingMemory, ComputeError> {
        let sharding = setup.sharding;
        sharding.check(self)?;
        for (what, value) in [("micro-batch", setup.micro_batch), ("micro-batches", setup.micro_batches)] {
            if value == 0 {
                return Err(ComputeError::Argument { what, value: 0.0, allowed: "at least 1" });
            }
        }
        let params = sharding.device_params(self);
        let copies = sharding.data as f64;
        let expert_copies = (sharding.data / sharding.expert) as f64;
        let kept = |from: Zero, bytes: f64| {
            let (all, experts) = if sharding.zero >= from { (copies, expert_copies) } else { (1.0, 1.0) };
            bytes * (params.rest / all + params.experts / experts)
        };
        let master = if setup.master { 4.0 } else { 0.0 };
        let activations = activation_bytes(self, setup);
        Ok(TrainingMemory {
            weights: kept(Zero::Weights, setup.weights.bytes()),
            gradients: kept(Zero::Gradients, setup.gradients.bytes()),
            optimizer: kept(Zero::Optimizer, setup.optimizer.bytes_per_param() + master),
            activations: activations.kept,
            recomputed: activations.recomputed,
            output: activations.output,
        })
    }

    /// Bytes of all weights in a format, experts that are not active included.
    pub fn weight_bytes(&self, format: NumberFormat) -> f64 {
        self.parts().total() as f64 * format.bytes()
    }

    /// Bytes of keys and values for one token of one sequence: 2·L·G values.
    ///
    /// ```
    /// use scaling_laws::{NumberFormat, Shape};
    /// // OPT-13B: 800 KiB a token (Kwon 2023, section 3).
    /// let shape = Shape::builder(40, 5120).build()?;
    /// assert_eq!(shape.kv_cache_bytes_per_token(NumberFormat::Fp16), 800.0 * 1024.0);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn kv_cache_bytes_per_token(&self, format: NumberFormat) -> f64 {
        2.0 * (self.layers * self.kv_width()) as f64 * format.bytes()
    }

    /// Bytes of keys and values for `sequences` sequences of `length` tokens; a sliding window keeps no more than its
    /// own length.
    pub fn kv_cache_bytes(&self, sequences: u64, length: u64, format: NumberFormat) -> f64 {
        let kept = self.window.map_or(length, |window| window.min(length));
        sequences as f64 * kept as f64 * self.kv_cache_bytes_per_token(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_divides_what_its_stage_says() {
        // Rajbhandari 2020, Figure 1: 7.5B parameters on 64 devices: 120, 31.4, 16.6 and 1.9 GB.
        let shape = Shape::builder(36, 4096).build().unwrap();
        let bytes = |stage| {
            let sharding = Sharding::new(64, 1, 1).zero(Zero::stage(stage).unwrap());
            let setup = TrainingSetup::mixed(NumberFormat::Fp16).sharding(sharding);
            shape.training_memory(&setup).unwrap().state() * 7.5 / shape.parts().total() as f64
        };
        for (stage, expected) in [(0, 120.0), (1, 31.4), (2, 16.6), (3, 1.9)] {
            assert!((bytes(stage) - expected).abs() < 0.05, "stage {stage}: {}", bytes(stage));
        }
    }

    #[test]
    fn a_window_bounds_the_cache() {
        let shape = Shape::builder(32, 4096).kv_heads(8).window(Some(4096)).context(32768).build().unwrap();
        let bytes = |length| shape.kv_cache_bytes(2, length, NumberFormat::Bf16);
        assert_eq!(bytes(4096), bytes(32768));
        assert_eq!(bytes(100), 2.0 * 100.0 * 131_072.0);
    }

    #[test]
    fn empty_batches_are_refused() {
        let shape = Shape::builder(2, 128).build().unwrap();
        let setup = TrainingSetup::mixed(NumberFormat::Bf16);
        assert!(shape.training_memory(&setup.micro_batch(0)).is_err());
        assert!(shape.training_memory(&setup.micro_batches(0)).is_err());
    }
}
