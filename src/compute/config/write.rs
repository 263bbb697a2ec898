use serde_json::{Map, Value, json};

use crate::compute::{Biases, Experts, Norm, Positions, Shape};
use crate::error::ComputeError;

impl Shape {
    /// The shape as the text of a Hugging Face `config.json`, of the type that has exactly its features: gpt2, gpt_neox,
    /// llama, mistral, mixtral, qwen2, qwen2_moe, qwen3 or qwen3_moe. [`from_config`](Self::from_config) reads it back to
    /// the same shape. Keys that have no bearing on the shape are left to the defaults of the classes.
    ///
    /// # Errors
    /// [`ComputeError::NotExpressible`] where no type has the features, such as relative positions.
    ///
    /// ```
    /// use scaling_laws::Shape;
    /// let shape = Shape::builder(32, 4096).kv_heads(8).gated(true).tied(false).build()?;
    /// let text = shape.to_config()?;
    /// assert!(text.contains("\"model_type\": \"llama\""));
    /// assert_eq!(Shape::from_config(&text, "memory")?, shape);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn to_config(&self) -> Result<String, ComputeError> {
        let family = self.family()?;
        let mut config = if family == "gpt2" { self.gpt2() } else { self.common() };
        config.insert("model_type".into(), family.into());
        config.insert("architectures".into(), json!([architecture(family)]));
        config.insert("tie_word_embeddings".into(), self.tied.into());
        if !matches!(family, "gpt2" | "gpt_neox") {
            config.insert("num_key_value_heads".into(), self.kv_heads.into());
            config.insert("head_dim".into(), self.head_size.into());
            config.insert("hidden_act".into(), "silu".into());
        }
        match family {
            "gpt_neox" => {
                config.insert("attention_bias".into(), self.biases.qkv.into());
            }
            "llama" => {
                config.insert("attention_bias".into(), self.biases.qkv.into());
                config.insert("mlp_bias".into(), self.biases.feed_forward.into());
            }
            "mistral" => {
                config.insert("sliding_window".into(), json!(self.window));
            }
            "mixtral" => {
                config.insert("sliding_window".into(), json!(self.window));
                insert_experts(&mut config, self.experts, "num_local_experts");
            }
            "qwen3" | "qwen3_moe" => {
                config.insert("attention_bias".into(), self.biases.qkv.into());
            }
            _ => {}
        }
        if family.ends_with("_moe") {
            insert_experts(&mut config, self.experts, "num_experts");
            self.insert_qwen_experts(&mut config, family);
        }
        Ok(format!("{:#}", Value::Object(config)))
    }

    /// The type with exactly the features of the shape.
    fn family(&self) -> Result<&'static str, ComputeError> {
        let refuse = |what: &str| Err(ComputeError::NotExpressible { what: what.into() });
        let attention = self.biases.qkv == self.biases.output;
        if self.positions == Positions::Relative {
            return refuse("relative positions");
        }
        if self.norm == Norm::Uncounted {
            return refuse("no normalisation: choose RMSNorm or LayerNorm");
        }
        if self.norm == Norm::Layer {
            let plain = self.kv_heads == self.heads
                && self.query_width() == self.width
                && !self.gated
                && self.experts.is_none()
                && self.window.is_none()
                && !self.qk_norm;
            let learned = self.positions == Positions::Learned;
            return match (plain, learned) {
                (true, true) if self.biases == Biases::ALL => Ok("gpt2"),
                (true, false) if attention && self.biases.feed_forward => Ok("gpt_neox"),
                _ => refuse(
                    "LayerNorm with these other features (GPT-2 and GPT-NeoX: all heads with keys, no gate, biases)",
                ),
            };
        }
        if !self.gated {
            return refuse("RMSNorm without a gated feed-forward block");
        }
        if self.positions == Positions::Learned {
            return refuse("RMSNorm with learned positions");
        }
        let is_mixtral =
            |e: Experts| e.shared_feed_forward == 0 && e.dense_layers == 0 && e.feed_forward == self.feed_forward;
        match (self.experts, self.biases, self.qk_norm) {
            (None, _, false) if self.window.is_none() && attention => Ok("llama"),
            (None, Biases::NONE, false) => Ok("mistral"),
            (None, Biases::QKV, false) if self.window.is_none() => Ok("qwen2"),
            (None, biases, true) if self.window.is_none() && attention && !biases.feed_forward => Ok("qwen3"),
            (Some(experts), Biases::NONE, false) if is_mixtral(experts) => Ok("mixtral"),
            (Some(experts), biases, false)
                if self.window.is_none()
                    && !biases.output
                    && !biases.feed_forward
                    && experts.shared_gate == (experts.shared_feed_forward > 0) =>
            {
                Ok("qwen2_moe")
            }
            (Some(experts), biases, true)
                if self.window.is_none() && attention && !biases.feed_forward && experts.shared_feed_forward == 0 =>
            {
                Ok("qwen3_moe")
            }
            _ => refuse("this combination of biases, window, query-key norm and experts"),
        }
    }

    fn gpt2(&self) -> Map<String, Value> {
        object(&[
            ("n_layer", self.layers),
            ("n_embd", self.width),
            ("n_head", self.heads),
            ("n_inner", self.feed_forward),
            ("vocab_size", self.vocabulary),
            ("n_positions", self.context),
        ])
    }

    fn common(&self) -> Map<String, Value> {
        object(&[
            ("num_hidden_layers", self.layers),
            ("hidden_size", self.width),
            ("num_attention_heads", self.heads),
            ("intermediate_size", self.feed_forward),
            ("vocab_size", self.vocabulary),
            ("max_position_embeddings", self.context),
        ])
    }

    fn insert_qwen_experts(&self, config: &mut Map<String, Value>, family: &str) {
        let Some(experts) = self.experts else { return };
        config.insert("moe_intermediate_size".into(), experts.feed_forward.into());
        config.insert("decoder_sparse_step".into(), 1.into());
        let dense: Vec<u64> = (0..experts.dense_layers).collect();
        config.insert("mlp_only_layers".into(), json!(dense));
        if family == "qwen2_moe" {
            config.insert("shared_expert_intermediate_size".into(), experts.shared_feed_forward.into());
            config.insert("qkv_bias".into(), self.biases.qkv.into());
        }
    }
}

fn object(pairs: &[(&str, u64)]) -> Map<String, Value> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
}

fn insert_experts(config: &mut Map<String, Value>, experts: Option<Experts>, count: &str) {
    let Some(experts) = experts else { return };
    config.insert(count.into(), experts.count.into());
    config.insert("num_experts_per_tok".into(), experts.active.into());
}

fn architecture(family: &str) -> &'static str {
    match family {
        "gpt2" => "GPT2LMHeadModel",
        "gpt_neox" => "GPTNeoXForCausalLM",
        "llama" => "LlamaForCausalLM",
        "mistral" => "MistralForCausalLM",
        "mixtral" => "MixtralForCausalLM",
        "qwen2" => "Qwen2ForCausalLM",
        "qwen2_moe" => "Qwen2MoeForCausalLM",
        "qwen3" => "Qwen3ForCausalLM",
        _ => "Qwen3MoeForCausalLM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_written_and_read_back_to_the_same_shape() {
        let llama = Shape::builder(6, 128).heads(4).kv_heads(2).gated(true).tied(false);
        let gpt = Shape::builder(6, 128).heads(4).norm(Norm::Layer).biases(Biases::ALL);
        let experts = Experts::new(8, 2, 96);
        for (family, builder) in [
            ("gpt2", gpt.positions(Positions::Learned)),
            ("gpt_neox", gpt.tied(false)),
            ("gpt_neox", gpt.biases(Biases { feed_forward: true, ..Biases::NONE })),
            ("llama", llama),
            ("llama", llama.head_size(48).biases(Biases::ALL)),
            ("mistral", llama.window(Some(64))),
            ("mixtral", llama.feed_forward(96).experts(experts).window(Some(64))),
            ("qwen2", llama.biases(Biases::QKV)),
            ("qwen3", llama.qk_norm(true).tied(true)),
            ("qwen2_moe", llama.biases(Biases::QKV).experts(experts.shared(2).shared_gate(true).dense_layers(2))),
            ("qwen2_moe", llama.experts(experts)),
            ("qwen3_moe", llama.qk_norm(true).experts(experts.dense_layers(1))),
        ] {
            let shape = builder.build().unwrap();
            let text = shape.to_config().unwrap();
            assert!(text.contains(&format!("\"model_type\": \"{family}\"")), "{family}: {text}");
            assert_eq!(Shape::from_config(&text, family).unwrap(), shape);
        }
    }

    #[test]
    fn what_no_family_has_is_refused() {
        let llama = Shape::builder(6, 128).heads(4).gated(true);
        for builder in [
            llama.gated(false),
            llama.positions(Positions::Learned),
            llama.positions(Positions::Relative),
            llama.norm(Norm::Uncounted),
            llama.norm(Norm::Layer),
            llama.qk_norm(true).window(Some(8)),
            llama.biases(Biases { output: true, ..Biases::NONE }),
            llama.experts(Experts::new(4, 1, 96).shared(1)),
        ] {
            let error = builder.build().unwrap().to_config().unwrap_err();
            assert!(matches!(error, ComputeError::NotExpressible { .. }), "{error}");
        }
    }
}
