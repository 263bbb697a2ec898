use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scaling_laws::{
    Accelerator, Biases, Error, Experts, FlopCount, Norm, NumberFormat, Positions, Shape, ShapeBuilder, Tokens,
    TrainingMemory, accelerator,
};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, to_json};
use crate::given::{Given, flags};
use crate::near::{self, Near};
use crate::training::{OF_MEMORY, Training};

/// What `--near` finds, or does not count.
const OF_ONE_SHAPE: [&str; 3] = ["tokens", "on", "format"];
/// What makes a template together, and alone is found.
const OF_TEMPLATE: [&str; 3] = ["layers", "width", "heads"];

#[derive(Debug, Args)]
#[command(after_help = "\
What is not given has the defaults of the library: 64 or 128 channels a head, feed-forward size 4 x width (8/3 with a
gate), vocabulary 32000, tied, context 2048, RMSNorm, no biases. With --config the other options change what was read.

JSON keys: shape, params {total, non_embedding, active, active_non_embedding, parts}, flops_per_token [count, forward,
training, over_6n], training_flops (with --tokens: count and flops), memory {weights, gradients, optimizer, activations,
recomputed, output, total, devices, fits}, inference {weights, kv_cache_per_token, kv_cache_per_sequence}.
Memory is in bytes on the fullest device. With --near: target, count, shapes [shape, params, ln_ratio].

Examples:
  scaling-laws shape --layers 80 --width 8192 --kv-heads 8 --feed-forward 28672 --gated --untied
  scaling-laws shape --config config.json --tokens 15T --json
  scaling-laws shape --config config.json --data 16 --tensor 8 --pipeline 4 --zero 1 --on H100
  scaling-laws shape --layers 32 --width 4096 --gated --untied --emit-config > config.json
  scaling-laws shape --near 7B                                 the best trainable shapes of 7B parameters, like Llama 3
  scaling-laws shape --config config.json --near 3B            shapes like it, of 3B parameters")]
pub struct Arguments {
    #[command(flatten)]
    given: Given,
    /// Hugging Face config.json: gpt2, gpt_neox, llama, gemma, phi3, mistral, mixtral, qwen2, qwen2_moe, qwen3, qwen3_moe
    #[arg(long, value_name = "FILE", required_unless_present_all = ["layers", "width"], required_unless_present_any = ["near"])]
    config: Option<PathBuf>,
    #[command(flatten)]
    sizes: Sizes,
    /// Training tokens: prints the FLOPs of the whole training by every count
    #[arg(long, value_name = "D")]
    tokens: Option<Tokens>,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    near: Near,
    /// Accelerator whose memory must hold it
    #[arg(id = "on", long = "on", value_name = "NAME")]
    accelerator: Option<String>,
    /// Print a Hugging Face config.json of this shape, or of the nearest with --near, and nothing else
    #[arg(long, conflicts_with = "json")]
    emit_config: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Shape")]
struct Sizes {
    /// Layers
    #[arg(long, value_name = "L")]
    layers: Option<u64>,
    /// Width of the residual stream
    #[arg(long, value_name = "d")]
    width: Option<u64>,
    /// Query heads
    #[arg(long, value_name = "h")]
    heads: Option<u64>,
    /// Heads of keys and values
    #[arg(long, value_name = "g")]
    kv_heads: Option<u64>,
    /// Channels of a head
    #[arg(long, value_name = "k")]
    head_size: Option<u64>,
    /// Inner size of the feed-forward block
    #[arg(long, value_name = "f")]
    feed_forward: Option<u64>,
    /// Feed-forward block with a gate (SwiGLU, GeGLU)
    #[arg(long)]
    gated: bool,
    /// Rows of the embedding
    #[arg(long, value_name = "V")]
    vocabulary: Option<u64>,
    /// Output head with weights of its own
    #[arg(long)]
    untied: bool,
    /// Sequence length
    #[arg(long, value_name = "s")]
    context: Option<u64>,
    /// Sliding window of attention
    #[arg(long, value_name = "w")]
    window: Option<u64>,
    /// How positions enter
    #[arg(long, value_enum)]
    positions: Option<PositionsChoice>,
    /// Normalisation
    #[arg(long, value_enum)]
    norm: Option<NormChoice>,
    /// Which linear maps have a bias
    #[arg(long, value_enum)]
    bias: Option<BiasChoice>,
    /// Queries and keys are normalised
    #[arg(long)]
    qk_norm: bool,
    /// Routed experts in a layer
    #[arg(long, value_name = "E", requires = "active")]
    experts: Option<u64>,
    /// Experts that a token uses
    #[arg(long, value_name = "A", requires = "experts")]
    active: Option<u64>,
    /// Inner size of one expert [default: the feed-forward size]
    #[arg(long, value_name = "f", requires = "experts")]
    expert_size: Option<u64>,
    /// Experts that all tokens use
    #[arg(long, value_name = "S", requires = "experts", default_value_t = 0)]
    shared: u64,
    /// Layers without experts
    #[arg(long, value_name = "L", requires = "experts", default_value_t = 0)]
    dense_layers: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PositionsChoice {
    Free,
    Learned,
    Relative,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NormChoice {
    Rms,
    Layer,
    Uncounted,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BiasChoice {
    None,
    Qkv,
    All,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let shape = shape(arguments)?;
    if let Some(target) = arguments.near.near {
        let mut idle = arguments.given.among(&[&OF_ONE_SHAPE[..], &OF_MEMORY].concat());
        if !(arguments.sizes.layers.is_some() && arguments.sizes.width.is_some()) {
            idle.extend(arguments.given.among(&OF_TEMPLATE));
        }
        if !idle.is_empty() {
            return Err(Failure::Usage(format!(
                "{} cannot be used with --near, which finds layers, widths and heads and counts no memory or tokens: leave it \
                 out, or write one of the shapes with --emit-config and ask that",
                flags(&idle)
            )));
        }
        return arguments.near.answer(shape, target, (arguments.emit_config, arguments.json));
    }
    if arguments.emit_config {
        return Ok(Answer::text(shape.to_config().map_err(Failure::usage)?));
    }
    let device = arguments.accelerator.as_deref().map(accelerator).transpose().map_err(Failure::usage)?;
    let setup = arguments.training.setup().map_err(Failure::usage)?;
    let memory = shape.training_memory(&setup).map_err(Failure::usage)?;
    let format = arguments.training.format();
    Ok(if arguments.json {
        json(arguments, &shape, &memory, format, device)?
    } else {
        text(arguments, &shape, &memory, format, device)?
    })
}

fn shape(arguments: &Arguments) -> Result<Shape, Failure> {
    let sizes = &arguments.sizes;
    let builder = match (&arguments.config, sizes.layers, sizes.width) {
        (Some(path), ..) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::NoAnswer(format!("cannot read {name}: {error}")))?;
            Shape::from_config(&text, &name).map_err(Error::from)?.to_builder()
        }
        (None, Some(layers), Some(width)) => Shape::builder(layers, width),
        _ if arguments.near.near.is_some() => near::like_llama()?.to_builder(),
        _ => return Err(Failure::Usage("give --config, or --layers and --width".into())),
    };
    sizes.apply(builder)?.build().map_err(Failure::usage)
}

impl Sizes {
    fn apply(&self, mut builder: ShapeBuilder) -> Result<ShapeBuilder, Failure> {
        type Setter = fn(ShapeBuilder, u64) -> ShapeBuilder;
        let numbers: [(Option<u64>, Setter); 8] = [
            (self.layers, ShapeBuilder::layers),
            (self.width, ShapeBuilder::width),
            (self.heads, ShapeBuilder::heads),
            (self.kv_heads, ShapeBuilder::kv_heads),
            (self.head_size, ShapeBuilder::head_size),
            (self.feed_forward, ShapeBuilder::feed_forward),
            (self.vocabulary, ShapeBuilder::vocabulary),
            (self.context, ShapeBuilder::context),
        ];
        for (value, set) in numbers {
            builder = value.map_or(builder, |value| set(builder, value));
        }
        if self.gated {
            builder = builder.gated(true);
        }
        if self.untied {
            builder = builder.tied(false);
        }
        if self.qk_norm {
            builder = builder.qk_norm(true);
        }
        if self.window.is_some() {
            builder = builder.window(self.window);
        }
        if let Some(positions) = self.positions {
            builder = builder.positions(match positions {
                PositionsChoice::Free => Positions::Free,
                PositionsChoice::Learned => Positions::Learned,
                PositionsChoice::Relative => Positions::Relative,
            });
        }
        if let Some(norm) = self.norm {
            builder = builder.norm(match norm {
                NormChoice::Rms => Norm::Rms,
                NormChoice::Layer => Norm::Layer,
                NormChoice::Uncounted => Norm::Uncounted,
            });
        }
        if let Some(bias) = self.bias {
            builder = builder.biases(match bias {
                BiasChoice::None => Biases::NONE,
                BiasChoice::Qkv => Biases::QKV,
                BiasChoice::All => Biases::ALL,
            });
        }
        if let (Some(count), Some(active)) = (self.experts, self.active) {
            let dense = builder.build().map_err(Failure::usage)?.feed_forward();
            let experts = Experts::new(count, active, self.expert_size.unwrap_or(dense));
            builder = builder.experts(experts.shared(self.shared).dense_layers(self.dense_layers));
        }
        Ok(builder)
    }
}

fn text(
    arguments: &Arguments,
    shape: &Shape,
    memory: &TrainingMemory,
    format: NumberFormat,
    device: Option<&Accelerator>,
) -> Result<Answer, Failure> {
    let mut text = format!("{shape}");
    if let Some(tokens) = arguments.tokens {
        text.push_str(&format!("\nTraining on {tokens} tokens\n"));
        for count in FlopCount::ALL {
            let flops = shape.training_flops(count, tokens)?;
            text.push_str(&format!("  {:<30}  {flops}\n", count.to_string()));
        }
    }
    text.push_str(&format!("\nTraining memory on the fullest of {} device(s)\n{memory}", arguments.training.devices()));
    if let Some(device) = device {
        let (share, verdict) = share_and_verdict(memory, device);
        text.push_str(&format!("  {verdict} {}: {:.0} % of its memory\n", device.name(), share * 100.0));
    }
    text.push_str(&format!(
        "\nInference in {format}\n  weights {:.4} GB; KV cache {} bytes a token, {:.4} GB for a sequence of {}\n",
        shape.weight_bytes(format) / 1e9,
        shape.kv_cache_bytes_per_token(format),
        shape.kv_cache_bytes(1, shape.context(), format) / 1e9,
        shape.context(),
    ));
    Ok(Answer::text(text))
}

/// Share of the device's memory. What the count leaves out is 5 to 20 %, so that a full device is not said to do.
fn share_and_verdict(memory: &TrainingMemory, device: &Accelerator) -> (f64, &'static str) {
    let share = memory.total() / device.memory_bytes();
    let verdict = match share {
        s if s <= 0.85 => "fits on",
        s if s <= 1.0 => "fits on, without room for buffers,",
        _ => "does not fit on",
    };
    (share, verdict)
}

fn json(
    arguments: &Arguments,
    shape: &Shape,
    memory: &TrainingMemory,
    format: NumberFormat,
    device: Option<&Accelerator>,
) -> Result<Answer, Failure> {
    let parts = shape.parts();
    let six = shape.training_flops_per_token(FlopCount::SixN)?;
    let mut counts = Vec::new();
    let mut training = Vec::new();
    for count in FlopCount::ALL {
        let flops = shape.training_flops_per_token(count)?;
        let forward = shape.forward_flops_per_token(count)?;
        counts.push(json!({"count": count, "forward": forward, "training": flops, "over_6n": flops / six}));
        if let Some(tokens) = arguments.tokens {
            training.push(json!({"count": count, "flops": shape.training_flops(count, tokens)?}));
        }
    }
    let mut memory_json = to_json(memory);
    memory_json["total"] = memory.total().into();
    memory_json["devices"] = arguments.training.devices().into();
    memory_json["fits"] = device.map_or(Value::Null, |device| (memory.total() <= device.memory_bytes()).into());
    Ok(Answer::json(&json!({
        "shape": shape,
        "params": {
            "total": parts.total(),
            "non_embedding": parts.non_embedding(),
            "active": parts.active(),
            "active_non_embedding": parts.active_non_embedding(),
            "parts": parts,
        },
        "flops_per_token": counts,
        "training_flops": arguments.tokens.map(|_| training),
        "memory": memory_json,
        "inference": {
            "format": format,
            "weights": shape.weight_bytes(format),
            "kv_cache_per_token": shape.kv_cache_bytes_per_token(format),
            "kv_cache_per_sequence": shape.kv_cache_bytes(1, shape.context(), format),
        },
    })))
}
