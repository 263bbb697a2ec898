use std::fmt;

use super::table::{Table, number, wrapped};
use crate::compute::{Biases, FlopCount, Norm, Positions, Shape, TrainingMemory};
use crate::units::{ParamCount, Params};

/// The dimensions, the parameters by what they do, and the training FLOPs a token by every count.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wrapped("  ", &dimensions(self)))?;
        write!(f, "\nParameters\n{}", parameters(self))?;
        write!(f, "\nTraining FLOPs a token at context {}\n{}", self.context(), flops(self))
    }
}

fn dimensions(shape: &Shape) -> String {
    let gate = if shape.gated() { ", gated" } else { "" };
    let mut text = format!(
        "{} layers of width {}; {} heads of {}, {} kv heads; feed-forward {}{gate}; vocabulary {}, {}; context {}",
        shape.layers(),
        shape.width(),
        shape.heads(),
        shape.head_size(),
        shape.kv_heads(),
        shape.feed_forward(),
        shape.vocabulary(),
        if shape.tied() { "tied" } else { "untied" },
        shape.context(),
    );
    if let Some(window) = shape.window() {
        text.push_str(&format!(", window {window}"));
    }
    if let Some(e) = shape.experts() {
        text.push_str(&format!("; {} of {} experts of {}", e.active, e.count, e.feed_forward));
        if e.shared_feed_forward > 0 {
            text.push_str(&format!(", shared {}", e.shared_feed_forward));
        }
        if e.dense_layers > 0 {
            text.push_str(&format!(", {} dense layers", e.dense_layers));
        }
    }
    text.push_str(match shape.positions() {
        Positions::Free => "; positions without parameters",
        Positions::Learned => "; learned positions",
        Positions::Relative => "; relative positions",
    });
    text.push_str(match shape.norm() {
        Norm::Rms => ", RMSNorm",
        Norm::Layer => ", LayerNorm",
        Norm::Uncounted => ", norms not counted",
    });
    if shape.qk_norm() {
        text.push_str(" also on queries and keys");
    }
    text.push_str(match shape.biases() {
        Biases::NONE => ", no biases",
        Biases::QKV => ", biases on queries, keys and values",
        Biases::ALL => ", biases",
        _ => ", some biases",
    });
    text
}

fn parameters(shape: &Shape) -> Table {
    let parts = shape.parts();
    let total = parts.total() as f64;
    let mut table = Table::new(&["", "parameters", "", "share"]);
    let mut row = |name: &str, count: u64| {
        let short = Params::new(count as f64).map_or(String::new(), |n| n.to_string());
        let share = format!("{:.2} %", 100.0 * count as f64 / total);
        table.row(vec![name.into(), count.to_string(), short, share]);
    };
    row(&ParamCount::Total.to_string(), parts.total());
    row(&ParamCount::NonEmbedding.to_string(), parts.non_embedding());
    if shape.experts().is_some() {
        row(&ParamCount::Active.to_string(), parts.active());
    }
    for (name, count) in [
        ("  token embedding", parts.token_embedding),
        ("  positions", parts.position_embedding + parts.relative_positions),
        ("  attention", parts.attention),
        ("  feed-forward", parts.feed_forward),
        ("  experts", parts.experts),
        ("  router", parts.router),
        ("  biases and norms", parts.biases + parts.norms),
        ("  output head", parts.head),
    ] {
        if count > 0 {
            row(name, count);
        }
    }
    table
}

fn flops(shape: &Shape) -> Table {
    let six = shape.training_flops_per_token(FlopCount::SixN);
    let mut table = Table::new(&["count", "FLOP", "over 6N"]);
    for count in FlopCount::ALL {
        // No valid shape leaves the range of numbers.
        if let (Ok(flops), Ok(six)) = (shape.training_flops_per_token(count), &six) {
            table.row(vec![count.to_string(), format!("{:.4e}", flops.get()), format!("{:.3}", flops / *six)]);
        }
    }
    table
}

/// One line a kind of memory, in GB of 1e9 bytes.
impl fmt::Display for TrainingMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(&["", "GB"]);
        for (name, bytes) in [
            ("weights", self.weights),
            ("gradients", self.gradients),
            ("optimiser", self.optimizer),
            ("activations", self.activations),
            ("recomputed layer", self.recomputed),
            ("head and logits", self.output),
            ("total", self.total()),
        ] {
            if bytes > 0.0 {
                table.row(vec![name.into(), number(bytes / 1e9, 4)]);
            }
        }
        write!(f, "{table}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::{Experts, NumberFormat, Recomputation, TrainingSetup};

    #[test]
    fn the_card_names_what_there_is_and_nothing_else() {
        let dense = Shape::builder(12, 768).build().unwrap().to_string();
        assert!(dense.contains("12 layers of width 768; 12 heads of 64") && !dense.contains("experts"), "{dense}");
        assert!(!dense.contains("output head") && dense.lines().all(|line| line.chars().count() <= 100));
        let sparse = Shape::builder(12, 768).experts(Experts::new(8, 2, 512).shared(1)).build().unwrap().to_string();
        assert!(sparse.contains("2 of 8 experts of 512, shared 512") && sparse.contains("active"), "{sparse}");
        for count in FlopCount::ALL {
            assert!(dense.contains(&count.to_string()), "{count}");
        }
    }

    #[test]
    fn memory_is_printed_with_its_total() {
        let shape = Shape::builder(12, 768).build().unwrap();
        let setup = TrainingSetup::mixed(NumberFormat::Bf16).recomputation(Recomputation::None);
        let memory = shape.training_memory(&setup).unwrap();
        let text = memory.to_string();
        assert!(text.contains("total") && !text.contains("recomputed"), "{text}");
    }
}
