//! Trainable shapes near a size.

use clap::{Args, ValueEnum};
use scaling_laws::{ParamCount, Params, Shape, ShapeLattice};
use serde_json::json;

use crate::answer::{Answer, Failure};

#[derive(Debug, Args)]
#[command(next_help_heading = "Shapes near a size")]
pub struct Near {
    /// List the trainable shapes nearest to this size, like the shape given in other respects [default: like Llama 3]
    #[arg(long, value_name = "N")]
    pub near: Option<Params>,
    /// What N counts
    #[arg(long, value_enum, default_value_t = Count::Total, requires = "near")]
    count: Count,
    /// Widths and inner sizes are multiples of this
    #[arg(long, value_name = "M", default_value_t = 128, requires = "near")]
    multiple: u64,
    /// Least width over layers
    #[arg(long, value_name = "RATIO", default_value_t = 40.0, requires = "near")]
    min_aspect: f64,
    /// Greatest width over layers
    #[arg(long, value_name = "RATIO", default_value_t = 160.0, requires = "near")]
    max_aspect: f64,
    /// How many shapes
    #[arg(long, value_name = "K", default_value_t = 10, requires = "near", value_parser = clap::value_parser!(u8).range(1..))]
    most: u8,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Count {
    Total,
    NonEmbedding,
    Active,
}

/// Llama 3's blocks: 128 channels a head, four queries a key, a gate, a head of its own.
pub fn like_llama() -> Result<Shape, Failure> {
    let llama = Shape::builder(32, 4096).kv_heads(8).feed_forward(14_336).gated(true).tied(false);
    llama.vocabulary(128_256).context(8192).build().map_err(Failure::usage)
}

impl Near {
    pub fn answer(&self, like: Shape, target: Params, (emit, as_json): (bool, bool)) -> Result<Answer, Failure> {
        let count = match self.count {
            Count::Total => ParamCount::Total,
            Count::NonEmbedding => ParamCount::NonEmbedding,
            Count::Active => ParamCount::Active,
        };
        let lattice = ShapeLattice::like(like).multiple(self.multiple).map_err(Failure::usage)?;
        let lattice = lattice.band(self.min_aspect, self.max_aspect).map_err(Failure::usage)?;
        let found = lattice.near(target, count, self.most.into())?;
        if let (true, Some(nearest)) = (emit, found.first()) {
            return Ok(Answer::text(nearest.shape.to_config().map_err(Failure::usage)?));
        }
        if as_json {
            return Ok(Answer::json(&json!({"target": target, "count": count, "shapes": found})));
        }
        let mut text = format!("Shapes near {target} parameters ({count})\n\n");
        text.push_str(&format!(
            "{:>6} {:>6} {:>6} {:>5} {:>13} {:>7} {:>9} {:>8}\n",
            "layers", "width", "heads", "kv", "feed-forward", "aspect", "N", "off"
        ));
        for near in found {
            let shape = near.shape;
            let inner = shape.experts().map_or(shape.feed_forward(), |experts| experts.feed_forward);
            text.push_str(&format!(
                "{:>6} {:>6} {:>6} {:>5} {inner:>13} {:>7.1} {:>9} {:>+7.2}%\n",
                shape.layers(),
                shape.width(),
                shape.heads(),
                shape.kv_heads(),
                shape.aspect_ratio(),
                near.params.to_string(),
                near.ln_ratio.exp_m1() * 100.0,
            ));
        }
        Ok(Answer::text(text))
    }
}
