use super::Shape;
use crate::error::ComputeError;

/// What data-parallel devices share out among themselves instead of each keeping a copy (Rajbhandari 2020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Zero {
    /// Nothing: every device holds all of its model part.
    #[default]
    None,
    /// Stage 1: the optimiser's state.
    Optimizer,
    /// Stage 2: gradients too.
    Gradients,
    /// Stage 3: weights too (fully sharded data parallelism).
    Weights,
}

impl Zero {
    /// Stage 0 to 3.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] for other numbers.
    pub fn stage(stage: u8) -> Result<Self, ComputeError> {
        match stage {
            0 => Ok(Self::None),
            1 => Ok(Self::Optimizer),
            2 => Ok(Self::Gradients),
            3 => Ok(Self::Weights),
            other => Err(ComputeError::Argument { what: "ZeRO stage", value: other.into(), allowed: "0, 1, 2 or 3" }),
        }
    }
}

/// How training is spread over data · tensor · pipeline devices.
///
/// ```
/// use scaling_laws::{Sharding, Zero};
/// let sharding = Sharding::new(8, 8, 4).zero(Zero::Optimizer).sequence_parallel(true);
/// assert_eq!(sharding.devices(), 256);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Sharding {
    /// Copies of the model, each on other data.
    pub data: u64,
    /// Devices that split every matrix.
    pub tensor: u64,
    /// Groups of consecutive layers (1F1B schedule).
    pub pipeline: u64,
    /// Data-parallel devices over which the experts of a layer are spread; 1 for all experts on each.
    pub expert: u64,
    /// What data-parallel devices share out.
    pub zero: Zero,
    /// Split what tensor parallelism leaves whole along the sequence (Korthikanti 2022).
    pub sequence_parallel: bool,
}

impl Default for Sharding {
    fn default() -> Self {
        Self::new(1, 1, 1)
    }
}

/// Parameters on the fullest device, before ZeRO: experts apart, as other devices hold copies of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DeviceParams {
    pub rest: f64,
    pub experts: f64,
}

impl Sharding {
    /// data × tensor × pipeline devices, without ZeRO, expert or sequence parallelism.
    pub fn new(data: u64, tensor: u64, pipeline: u64) -> Self {
        Self { data, tensor, pipeline, expert: 1, zero: Zero::None, sequence_parallel: false }
    }

    /// With a ZeRO stage.
    pub fn zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }

    /// With sequence parallelism on the tensor-parallel devices.
    pub fn sequence_parallel(self, on: bool) -> Self {
        Self { sequence_parallel: on, ..self }
    }

    /// With experts spread over this many of the data-parallel devices.
    pub fn expert(self, expert: u64) -> Self {
        Self { expert, ..self }
    }

    /// Devices in all.
    pub fn devices(&self) -> u64 {
        self.data.saturating_mul(self.tensor).saturating_mul(self.pipeline)
    }

    /// Layers of the fullest pipeline stage.
    pub(super) fn stage_layers(&self, shape: &Shape) -> u64 {
        shape.layers.div_ceil(self.pipeline)
    }

    /// KV heads that one tensor-parallel device holds: at least one, so that few heads are copied.
    pub(super) fn kv_heads(&self, shape: &Shape) -> u64 {
        (shape.kv_heads / self.tensor).max(1)
    }

    pub(super) fn check(&self, shape: &Shape) -> Result<(), ComputeError> {
        let refuse = |what, value, reason: String| Err(ComputeError::Split { what, value, reason });
        for (what, value) in
            [("data", self.data), ("tensor", self.tensor), ("pipeline", self.pipeline), ("expert", self.expert)]
        {
            if value == 0 || value > 1_000_000 {
                return refuse(what, value, "the number of ways must be from 1 to 1000000".into());
            }
        }
        let t = self.tensor;
        if !shape.heads.is_multiple_of(t) {
            return refuse("tensor", t, format!("the number must divide the {} heads", shape.heads));
        }
        if !shape.kv_heads.is_multiple_of(t) && !t.is_multiple_of(shape.kv_heads) {
            let reason = format!("the number must divide the {} kv heads or be a multiple of them", shape.kv_heads);
            return refuse("tensor", t, reason);
        }
        let inner = shape.experts.map_or(shape.feed_forward, |experts| experts.feed_forward);
        if !inner.is_multiple_of(t) {
            return refuse("tensor", t, format!("the number must divide the feed-forward size {inner}"));
        }
        if self.pipeline > shape.layers {
            return refuse("pipeline", self.pipeline, format!("there are only {} layers", shape.layers));
        }
        let experts = shape.experts.map_or(1, |experts| experts.count);
        if !experts.is_multiple_of(self.expert) {
            return refuse("expert", self.expert, format!("the number must divide the {experts} experts"));
        }
        if !self.data.is_multiple_of(self.expert) {
            let reason = format!("the number must divide the {} data-parallel devices", self.data);
            return refuse("expert", self.expert, reason);
        }
        Ok(())
    }

    /// Parameters on the fullest device. Matrices, embeddings and the biases inside are split by tensor parallelism;
    /// norms and routers are copied. The ends of a pipeline hold the embedding and the head; tied weights stand at both.
    pub(super) fn device_params(&self, shape: &Shape) -> DeviceParams {
        let parts = shape.parts();
        let (t, layers, d) = (self.tensor as f64, shape.layers as f64, shape.width as f64);
        let kv_copies = self.kv_heads(shape) as f64 * t / shape.kv_heads as f64;
        let queries = 2.0 * d * shape.query_width() as f64;
        let keys_values = 2.0 * d * shape.kv_width() as f64 * kv_copies;
        let split = (queries + keys_values) + (parts.relative_positions + parts.biases) as f64 / layers;
        let copied = parts.norms as f64 / layers;
        let every = split / t + copied;

        let stage = self.stage_layers(shape) as f64;
        let dense_block = (shape.matrices() * shape.width * shape.feed_forward) as f64 / t;
        let sparse_layers = shape.sparse_layers() as f64;
        let sparse_here = sparse_layers.min(stage);
        let (router, routed, shared) = shape.experts.map_or((0.0, 0.0, 0.0), |e| {
            let block = shape.matrices() as f64 * d / t;
            let routed = block * e.feed_forward as f64 * (e.count / self.expert) as f64;
            (parts.router as f64 / sparse_layers, routed, block * e.shared_feed_forward as f64)
        });
        let dense_here = if sparse_layers > 0.0 { stage - sparse_here } else { stage };
        let blocks = dense_here * dense_block + sparse_here * (router + shared);

        let first = (parts.token_embedding + parts.position_embedding) as f64 / t;
        let last = (shape.vocabulary * shape.width) as f64 / t;
        let ends = if self.pipeline > 1 { first.max(last) } else { first + parts.head as f64 / t };
        DeviceParams { rest: stage * every + blocks + ends, experts: sparse_here * routed }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Biases, Experts, Norm, Positions};
    use super::*;

    #[test]
    fn one_device_holds_every_parameter_once() {
        let builder = Shape::builder(6, 256).gated(true).tied(false).biases(Biases::ALL).norm(Norm::Layer);
        for builder in [
            builder,
            builder.positions(Positions::Learned).tied(true),
            builder.experts(Experts::new(8, 2, 128).shared(1).shared_gate(true)),
        ] {
            let shape = builder.build().unwrap();
            let device = Sharding::default().device_params(&shape);
            let total = shape.parts().total() as f64;
            assert!(((device.rest + device.experts) / total - 1.0).abs() < 1e-12, "{shape:?}");
        }
    }

    #[test]
    fn devices_together_hold_at_least_the_model() {
        let shape =
            Shape::builder(10, 512).kv_heads(2).experts(Experts::new(8, 2, 128).dense_layers(1)).build().unwrap();
        for (tensor, pipeline, expert) in [(1, 3, 1), (8, 1, 4), (4, 4, 8), (2, 10, 2)] {
            let sharding = Sharding::new(8, tensor, pipeline).expert(expert);
            sharding.check(&shape).unwrap();
            let device = sharding.device_params(&shape);
            let held = device.rest * (tensor * pipeline) as f64 + device.experts * (tensor * pipeline * expert) as f64;
            assert!(held >= shape.parts().total() as f64 * (1.0 - 1e-12), "{sharding:?}");
        }
    }

    #[test]
    fn splits_that_do_not_fit_are_refused() {
        let shape = Shape::builder(6, 512).kv_heads(2).experts(Experts::new(6, 2, 100)).build().unwrap();
        for (sharding, what) in [
            (Sharding::new(0, 1, 1), "data"),
            (Sharding::new(1, 3, 1), "tensor"),
            (Sharding::new(1, 8, 1), "tensor"),
            (Sharding::new(1, 1, 7), "pipeline"),
            (Sharding::new(8, 1, 1).expert(4), "expert"),
            (Sharding::new(4, 1, 1).expert(3), "expert"),
        ] {
            match sharding.check(&shape) {
                Err(ComputeError::Split { what: found, .. }) => assert_eq!(found, what),
                other => panic!("{sharding:?}: {other:?}"),
            }
        }
        assert!(Zero::stage(4).is_err());
    }
}
