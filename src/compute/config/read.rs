use serde_json::Value;

use super::keys::Keys;
use crate::compute::{Biases, Experts, Norm, Positions, Shape, ShapeBuilder};
use crate::error::ComputeError;

/// Model types that are read.
const KNOWN: &str = "gpt2, gpt_neox, llama, gemma, phi3, mistral, mixtral, qwen2, qwen2_moe, qwen3, qwen3_moe";

impl Shape {
    /// Reads the shape of a model from the text of a Hugging Face `config.json`. `origin` names the file in errors.
    ///
    /// Read are the types gpt2, gpt_neox, llama, gemma, phi3, mistral, mixtral, qwen2, qwen2_moe, qwen3 and qwen3_moe. Sizes
    /// must be in the file; flags that are missing have the defaults of Hugging Face's classes, and so have gpt2's inner
    /// size (4·n_embd) and the number of kv heads (that of the heads). Unknown keys are ignored. The context is the largest
    /// that the file allows: train on less with [`with_context`](Self::with_context).
    ///
    /// # Errors
    /// [`ComputeError::Config`] for what is not a JSON object or has a model type that is not read,
    /// [`ComputeError::ConfigMissing`] and [`ComputeError::ConfigValue`] for the first key that is missing or of the wrong
    /// kind, [`ComputeError::Shape`] for sizes that do not fit together.
    ///
    /// ```
    /// use scaling_laws::Shape;
    /// let text = r#"{"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257,
    ///                "n_positions": 1024}"#;
    /// let shape = Shape::from_config(text, "gpt2/config.json")?;
    /// assert_eq!(shape.parts().total(), 124_439_808);
    /// let error = Shape::from_config(&text.replace("n_layer", "layers"), "gpt2/config.json").unwrap_err();
    /// assert!(error.to_string().contains("needs \"n_layer\", which is missing"));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn from_config(text: &str, origin: &str) -> Result<Self, ComputeError> {
        let refuse = |reason: String| ComputeError::Config { origin: origin.into(), reason };
        let value: Value = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let map = value.as_object().ok_or_else(|| refuse("expected a JSON object".into()))?;
        let model_type = map.get("model_type").and_then(Value::as_str);
        let model_type = model_type.ok_or_else(|| refuse(format!("\"model_type\" is missing; read are {KNOWN}")))?;
        let keys = Keys { map, origin, model_type };
        let builder = match model_type {
            "gpt2" => gpt2(&keys),
            "gpt_neox" => gpt_neox(&keys),
            "llama" => llama(&keys),
            "gemma" => gemma(&keys),
            "mistral" | "mixtral" | "phi3" => mistral(&keys),
            "qwen2" | "qwen2_moe" | "qwen3" | "qwen3_moe" => qwen(&keys),
            other => Err(refuse(format!("model type {other:?} is not one of those read: {KNOWN}"))),
        }?;
        builder.build()
    }
}

fn gpt2(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let width = keys.needed("n_embd")?;
    let context = match keys.number("n_positions")? {
        Some(positions) => positions,
        None => keys.needed("n_ctx")?,
    };
    let inner = keys.number("n_inner")?.unwrap_or(width.saturating_mul(4));
    Ok(Shape::builder(keys.needed("n_layer")?, width)
        .heads(keys.needed("n_head")?)
        .feed_forward(inner)
        .vocabulary(keys.needed("vocab_size")?)
        .context(context)
        .tied(keys.flag("tie_word_embeddings", true)?)
        .positions(Positions::Learned)
        .norm(Norm::Layer)
        .biases(Biases::ALL))
}

fn gpt_neox(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let attention = keys.flag("attention_bias", true)?;
    Ok(common(keys)?.norm(Norm::Layer).biases(Biases { qkv: attention, output: attention, feed_forward: true }))
}

fn llama(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let attention = keys.flag("attention_bias", false)?;
    let feed_forward = keys.flag("mlp_bias", false)?;
    Ok(grouped(keys)?.biases(Biases { qkv: attention, output: attention, feed_forward }))
}

/// Llama with heads of a size of their own, and one matrix for both ends.
fn gemma(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let attention = keys.flag("attention_bias", false)?;
    let builder = grouped(keys)?.head_size(keys.needed("head_dim")?);
    let biases = Biases { qkv: attention, output: attention, feed_forward: false };
    Ok(builder.tied(keys.flag("tie_word_embeddings", true)?).biases(biases))
}

/// And Phi-3, which keeps the same matrices in fewer pieces.
fn mistral(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let builder = grouped(keys)?.window(keys.number("sliding_window")?);
    if keys.model_type != "mixtral" {
        return Ok(builder);
    }
    let experts = Experts::new(
        keys.needed("num_local_experts")?,
        keys.needed("num_experts_per_tok")?,
        keys.needed("intermediate_size")?,
    );
    Ok(builder.experts(experts))
}

fn qwen(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let second = keys.model_type.starts_with("qwen2");
    let attention = keys.flag("attention_bias", false)?;
    let biases = if second {
        Biases { qkv: keys.flag("qkv_bias", true)?, ..Biases::NONE }
    } else {
        Biases { qkv: attention, output: attention, feed_forward: false }
    };
    let builder = grouped(keys)?.biases(biases).qk_norm(!second).window(qwen_window(keys)?);
    if !keys.model_type.ends_with("_moe") {
        return Ok(builder);
    }
    let count = match keys.number("num_experts")? {
        Some(count) => count,
        None => keys.needed("num_local_experts")?,
    };
    let mut experts = Experts::new(count, keys.needed("num_experts_per_tok")?, keys.needed("moe_intermediate_size")?);
    if second {
        let shared = keys.needed("shared_expert_intermediate_size")?;
        experts = experts.shared_feed_forward(shared).shared_gate(shared > 0);
    }
    Ok(builder.experts(experts.dense_layers(qwen_dense_layers(keys)?)))
}

/// Layers outside `mlp_only_layers` whose number, from 1, is a multiple of `decoder_sparse_step` have experts.
fn qwen_dense_layers(keys: &Keys) -> Result<u64, ComputeError> {
    let layers = keys.needed("num_hidden_layers")?;
    let step = keys.number("decoder_sparse_step")?.unwrap_or(1);
    let only = keys.list("mlp_only_layers")?;
    if step == 0 {
        let (origin, expected) = (keys.origin.into(), "at least 1");
        return Err(ComputeError::ConfigValue { origin, key: "decoder_sparse_step", value: "0".into(), expected });
    }
    // The builder refuses more layers than this, so there is no need to walk them.
    let sparse = (1..=layers.min(1_000_000)).filter(|i| i % step == 0 && !only.contains(&(i - 1))).count();
    Ok(layers - sparse as u64)
}

/// The window where all layers have it. One on part of the layers has no place in a shape.
fn qwen_window(keys: &Keys) -> Result<Option<u64>, ComputeError> {
    if !keys.flag("use_sliding_window", false)? {
        return Ok(None);
    }
    if keys.number("max_window_layers")?.is_some_and(|full| full > 0) {
        return Err(ComputeError::Config {
            origin: keys.origin.into(),
            reason:
                "a sliding window on part of the layers is not supported: set \"use_sliding_window\" to false to count \
                     full attention everywhere"
                    .into(),
        });
    }
    keys.needed("sliding_window").map(Some)
}

/// What Llama's naming gives: grouped queries, a gate, RMSNorm.
fn grouped(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    let heads = keys.needed("num_attention_heads")?;
    let builder = common(keys)?.gated(true).kv_heads(keys.number("num_key_value_heads")?.unwrap_or(heads));
    Ok(match keys.number("head_dim")? {
        Some(size) => builder.head_size(size),
        None => builder,
    })
}

/// The sizes that all but GPT-2 name alike.
fn common(keys: &Keys) -> Result<ShapeBuilder, ComputeError> {
    Ok(Shape::builder(keys.needed("num_hidden_layers")?, keys.needed("hidden_size")?)
        .heads(keys.needed("num_attention_heads")?)
        .feed_forward(keys.needed("intermediate_size")?)
        .vocabulary(keys.needed("vocab_size")?)
        .context(keys.needed("max_position_embeddings")?)
        .tied(keys.flag("tie_word_embeddings", false)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QWEN_MOE: &str = r#"{"model_type": "qwen2_moe", "hidden_size": 64, "num_hidden_layers": 6, "vocab_size": 100,
        "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 96, "max_position_embeddings": 128,
        "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 32,
        "shared_expert_intermediate_size": 48, "decoder_sparse_step": 2, "mlp_only_layers": [3]}"#;

    fn message(text: &str) -> String {
        Shape::from_config(text, "config.json").unwrap_err().to_string()
    }

    #[test]
    fn sparse_layers_are_counted_as_the_model_places_them() {
        // Of layers 1, 3 and 5 (from 0), layer 3 is dense: 2 of 6 have experts.
        let shape = Shape::from_config(QWEN_MOE, "config.json").unwrap();
        let experts = shape.experts().unwrap();
        assert_eq!((experts.dense_layers, experts.shared_feed_forward, experts.shared_gate), (4, 48, true));
        assert_eq!(shape.biases(), Biases::QKV);
    }

    /// The totals of the published weights, which the model cards round to 2.51B and 3.82B.
    #[test]
    fn published_totals_of_gemma_and_phi_come_back() {
        let total = |text: &str| Shape::from_config(text, "config.json").unwrap().parts().total();
        let gemma = r#"{"model_type": "gemma", "num_hidden_layers": 18, "hidden_size": 2048, "num_attention_heads": 8,
            "num_key_value_heads": 1, "head_dim": 256, "intermediate_size": 16384, "vocab_size": 256000,
            "max_position_embeddings": 8192}"#;
        assert_eq!(total(gemma), 2_506_172_416);
        let phi = r#"{"model_type": "phi3", "num_hidden_layers": 32, "hidden_size": 3072, "num_attention_heads": 32,
            "num_key_value_heads": 32, "intermediate_size": 8192, "vocab_size": 32064, "sliding_window": 2047,
            "max_position_embeddings": 4096}"#;
        assert_eq!(total(phi), 3_821_079_552);
    }

    #[test]
    fn what_is_wrong_is_said_with_key_and_value() {
        assert!(message("").contains("cannot read a model configuration from config.json"));
        assert!(message("[]").contains("expected a JSON object"));
        assert!(message("{}").contains("\"model_type\" is missing"));
        assert!(message(r#"{"model_type": "bert"}"#).contains("\"bert\" is not one of those read: gpt2"));
        let missing = message(&QWEN_MOE.replace("\"num_experts_per_tok\": 2,", ""));
        assert!(missing.contains("needs \"num_experts_per_tok\""), "{missing}");
        for (from, to, expected) in [
            ("\"hidden_size\": 64", "\"hidden_size\": \"64\"", "hidden_size is \"64\", expected a whole number"),
            ("\"hidden_size\": 64", "\"hidden_size\": -64", "expected a whole number"),
            ("\"hidden_size\": 64", "\"hidden_size\": 64.5", "expected a whole number"),
            ("\"vocab_size\": 100", "\"vocab_size\": 0", "vocabulary = 0"),
            ("[3]", "3", "expected a list of whole numbers"),
            ("\"decoder_sparse_step\": 2", "\"decoder_sparse_step\": 0", "at least 1"),
            ("[3]", "[3], \"use_sliding_window\": true, \"max_window_layers\": 3", "part of the layers"),
            ("[3]", "[1, 3, 5]", "dense layers = 6"),
        ] {
            let text = QWEN_MOE.replace(from, to);
            assert_ne!(text, QWEN_MOE);
            assert!(message(&text).contains(expected), "{}", message(&text));
        }
    }
}
