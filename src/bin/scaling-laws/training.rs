//! Options that say how a model is trained, as far as memory depends on it.

use clap::{Args, ValueEnum};
use scaling_laws::{ComputeError, NumberFormat, Optimizer, Recomputation, Sharding, TrainingSetup, Zero};

use crate::answer::Failure;

#[derive(Debug, Args)]
#[command(next_help_heading = "Training memory")]
pub struct Training {
    /// Format of weights and activations, and of inference [default: BF16]
    #[arg(long, value_name = "FORMAT")]
    format: Option<NumberFormat>,
    /// Format of the gradients [default: that of the weights]
    #[arg(long, value_name = "FORMAT")]
    gradients: Option<NumberFormat>,
    /// Optimiser state: Adam keeps 8 bytes a parameter in FP32
    #[arg(long, value_enum, default_value_t = Choice::Adam)]
    optimizer: Choice,
    /// Keep no FP32 master copy of the weights
    #[arg(long)]
    no_master: bool,
    /// Data-parallel devices [default: 1, or what --gpus leaves]
    #[arg(long, value_name = "N")]
    data: Option<u64>,
    /// Tensor-parallel devices
    #[arg(long, value_name = "N", default_value_t = 1)]
    tensor: u64,
    /// Pipeline stages
    #[arg(long, value_name = "N", default_value_t = 1)]
    pipeline: u64,
    /// Data-parallel devices that share out the experts
    #[arg(long, value_name = "N", default_value_t = 1)]
    expert_parallel: u64,
    /// ZeRO stage: 1 shares out the optimiser, 2 gradients too, 3 weights too
    #[arg(long, value_name = "STAGE", default_value_t = 0)]
    zero: u8,
    /// Split along the sequence what tensor parallelism leaves whole
    #[arg(long)]
    sequence_parallel: bool,
    /// Sequences that a device computes at once
    #[arg(long, value_name = "B", default_value_t = 1)]
    micro_batch: u64,
    /// What is computed again in the backward pass; selective is the attention matrices of --plain-attention
    #[arg(long, value_enum, default_value_t = Again::Selective)]
    recompute: Again,
    /// Attention without a fused kernel: its matrices, which grow with the square of the context, stand in memory
    #[arg(long)]
    plain_attention: bool,
    /// Keep dropout masks
    #[arg(long)]
    dropout: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    Adam,
    Adam8bit,
    Momentum,
    Sgd,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Again {
    None,
    Selective,
    Full,
}

/// Options that have a part only where memory is counted.
pub const OF_MEMORY: [&str; 13] = [
    "gradients",
    "optimizer",
    "no-master",
    "data",
    "tensor",
    "pipeline",
    "expert-parallel",
    "zero",
    "sequence-parallel",
    "micro-batch",
    "recompute",
    "plain-attention",
    "dropout",
];

impl Training {
    pub fn format(&self) -> NumberFormat {
        self.format.unwrap_or(NumberFormat::Bf16)
    }

    /// The format, if it was given.
    pub fn given_format(&self) -> Option<NumberFormat> {
        self.format
    }

    pub fn devices(&self) -> u64 {
        Sharding::new(self.data.unwrap_or(1), self.tensor, self.pipeline).devices()
    }

    pub fn setup(&self) -> Result<TrainingSetup, ComputeError> {
        self.setup_of(self.data.unwrap_or(1), self.format())
    }

    /// On so many devices, all of them: those that tensors and stages leave are data-parallel, and what is given comes to
    /// as many.
    pub fn setup_on(&self, devices: u64, format: NumberFormat) -> Result<TrainingSetup, Failure> {
        let Self { tensor, pipeline, .. } = self;
        let each = tensor.saturating_mul(*pipeline);
        let data = self.data.unwrap_or_else(|| devices.checked_div(each).unwrap_or(1).max(1));
        if data > 0 && each > 0 && data.saturating_mul(each) != devices {
            let ways = match self.data {
                Some(data) => format!("--data {data}, --tensor {tensor} and --pipeline {pipeline}"),
                None => format!("--tensor {tensor} and --pipeline {pipeline}"),
            };
            let remedy = match self.data {
                Some(_) => "leave out --data, or name as many devices",
                None => "give numbers whose product divides the devices",
            };
            let trained = data.saturating_mul(each);
            return Err(Failure::Usage(format!("{ways} train on {trained} of the {devices} devices: {remedy}")));
        }
        self.setup_of(data, format).map_err(Failure::usage)
    }

    fn setup_of(&self, data: u64, format: NumberFormat) -> Result<TrainingSetup, ComputeError> {
        let sharding = Sharding::new(data, self.tensor, self.pipeline)
            .zero(Zero::stage(self.zero)?)
            .expert(self.expert_parallel)
            .sequence_parallel(self.sequence_parallel);
        let mut setup = TrainingSetup::mixed(format)
            .gradients(self.gradients.unwrap_or(format))
            .optimizer(match self.optimizer {
                Choice::Adam => Optimizer::Adam,
                Choice::Adam8bit => Optimizer::Adam8Bit,
                Choice::Momentum => Optimizer::Momentum,
                Choice::Sgd => Optimizer::Sgd,
            })
            .micro_batch(self.micro_batch)
            .recomputation(match self.recompute {
                Again::None => Recomputation::None,
                Again::Selective => Recomputation::Selective,
                Again::Full => Recomputation::Full,
            })
            .fused_attention(!self.plain_attention)
            .dropout(self.dropout)
            .sharding(sharding);
        if self.no_master {
            setup = setup.master(false);
        }
        Ok(setup)
    }
}
