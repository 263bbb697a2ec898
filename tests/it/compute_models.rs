//! Public models: the parameters that their makers or their files state, to the last one.

use scaling_laws::{FlopCount, Shape};

/// Name, the keys of its config.json that bear on the shape, parameters.
const MODELS: &[(&str, &str, u64)] = &[
    (
        "gpt2",
        r#""model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_positions": 1024, "vocab_size": 50257"#,
        124_439_808,
    ),
    (
        "gpt2-medium",
        r#""model_type": "gpt2", "n_layer": 24, "n_embd": 1024, "n_head": 16, "n_positions": 1024, "vocab_size": 50257"#,
        354_823_168,
    ),
    (
        "gpt2-large",
        r#""model_type": "gpt2", "n_layer": 36, "n_embd": 1280, "n_head": 20, "n_ctx": 1024, "n_inner": null, "vocab_size": 50257"#,
        774_030_080,
    ),
    (
        "gpt2-xl",
        r#""model_type": "gpt2", "n_layer": 48, "n_embd": 1600, "n_head": 25, "n_positions": 1024, "vocab_size": 50257"#,
        1_557_611_200,
    ),
    (
        "pythia-70m",
        r#""model_type": "gpt_neox", "num_hidden_layers": 6, "hidden_size": 512, "num_attention_heads": 8, "intermediate_size": 2048, "max_position_embeddings": 2048, "vocab_size": 50304, "tie_word_embeddings": false"#,
        70_426_624,
    ),
    (
        "pythia-1.4b",
        r#""model_type": "gpt_neox", "num_hidden_layers": 24, "hidden_size": 2048, "num_attention_heads": 16, "intermediate_size": 8192, "max_position_embeddings": 2048, "vocab_size": 50304"#,
        1_414_647_808,
    ),
    (
        "pythia-6.9b",
        r#""model_type": "gpt_neox", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "intermediate_size": 16384, "max_position_embeddings": 2048, "vocab_size": 50432"#,
        6_857_302_016,
    ),
    (
        "pythia-12b",
        r#""model_type": "gpt_neox", "num_hidden_layers": 36, "hidden_size": 5120, "num_attention_heads": 40, "intermediate_size": 20480, "max_position_embeddings": 2048, "vocab_size": 50688"#,
        11_846_072_320,
    ),
    (
        "gpt-neox-20b",
        r#""model_type": "gpt_neox", "num_hidden_layers": 44, "hidden_size": 6144, "num_attention_heads": 64, "intermediate_size": 24576, "max_position_embeddings": 2048, "vocab_size": 50432"#,
        20_554_567_680,
    ),
    (
        "Llama-2-7b",
        r#""model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "intermediate_size": 11008, "max_position_embeddings": 4096, "vocab_size": 32000"#,
        6_738_415_616,
    ),
    (
        "Llama-2-13b",
        r#""model_type": "llama", "num_hidden_layers": 40, "hidden_size": 5120, "num_attention_heads": 40, "num_key_value_heads": 40, "intermediate_size": 13824, "max_position_embeddings": 4096, "vocab_size": 32000"#,
        13_015_864_320,
    ),
    (
        "Llama-2-70b",
        r#""model_type": "llama", "num_hidden_layers": 80, "hidden_size": 8192, "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 28672, "max_position_embeddings": 4096, "vocab_size": 32000"#,
        68_976_648_192,
    ),
    (
        "Llama-3-8B",
        r#""model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "max_position_embeddings": 8192, "vocab_size": 128256, "attention_bias": false"#,
        8_030_261_248,
    ),
    (
        "Llama-3-70B",
        r#""model_type": "llama", "num_hidden_layers": 80, "hidden_size": 8192, "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 28672, "max_position_embeddings": 8192, "vocab_size": 128256"#,
        70_553_706_496,
    ),
    (
        "Llama-3.1-405B",
        r#""model_type": "llama", "num_hidden_layers": 126, "hidden_size": 16384, "num_attention_heads": 128, "num_key_value_heads": 8, "intermediate_size": 53248, "max_position_embeddings": 131072, "vocab_size": 128256"#,
        405_853_388_800,
    ),
    (
        "Mistral-7B-v0.1",
        r#""model_type": "mistral", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "max_position_embeddings": 32768, "vocab_size": 32000, "sliding_window": 4096"#,
        7_241_732_096,
    ),
    (
        "Mixtral-8x7B-v0.1",
        r#""model_type": "mixtral", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "max_position_embeddings": 32768, "vocab_size": 32000, "sliding_window": null, "num_local_experts": 8, "num_experts_per_tok": 2"#,
        46_702_792_704,
    ),
    (
        "Mixtral-8x22B-v0.1",
        r#""model_type": "mixtral", "num_hidden_layers": 56, "hidden_size": 6144, "num_attention_heads": 48, "num_key_value_heads": 8, "intermediate_size": 16384, "max_position_embeddings": 65536, "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2"#,
        140_620_634_112,
    ),
    (
        "Qwen2-0.5B",
        r#""model_type": "qwen2", "num_hidden_layers": 24, "hidden_size": 896, "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864, "max_position_embeddings": 131072, "vocab_size": 151936, "tie_word_embeddings": true"#,
        494_032_768,
    ),
    (
        "Qwen2.5-7B",
        r#""model_type": "qwen2", "num_hidden_layers": 28, "hidden_size": 3584, "num_attention_heads": 28, "num_key_value_heads": 4, "intermediate_size": 18944, "max_position_embeddings": 131072, "vocab_size": 152064, "use_sliding_window": false, "sliding_window": 131072"#,
        7_615_616_512,
    ),
    (
        "Qwen1.5-MoE-A2.7B",
        r#""model_type": "qwen2_moe", "num_hidden_layers": 24, "hidden_size": 2048, "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 5632, "max_position_embeddings": 8192, "vocab_size": 151936, "num_experts": 60, "num_experts_per_tok": 4, "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "decoder_sparse_step": 1"#,
        14_315_784_192,
    ),
    (
        "Qwen3-8B",
        r#""model_type": "qwen3", "num_hidden_layers": 36, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 12288, "max_position_embeddings": 40960, "vocab_size": 151936"#,
        8_190_735_360,
    ),
    (
        "Qwen3-30B-A3B",
        r#""model_type": "qwen3_moe", "num_hidden_layers": 48, "hidden_size": 2048, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "max_position_embeddings": 40960, "vocab_size": 151936, "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768, "mlp_only_layers": []"#,
        30_532_122_624,
    ),
];

pub fn model(name: &str) -> Shape {
    let (_, keys, _) = MODELS.iter().find(|(known, ..)| *known == name).unwrap();
    Shape::from_config(&format!("{{{keys}}}"), name).unwrap()
}

#[test]
fn public_models_have_exactly_the_parameters_of_their_files() {
    let off: Vec<String> = MODELS
        .iter()
        .map(|(name, _, expected)| (name, model(name).parts().total(), *expected))
        .filter(|(_, got, expected)| got != expected)
        .map(|(name, got, expected)| format!("{name}: {got} is not {expected}"))
        .collect();
    assert!(off.is_empty(), "{off:#?}");
}

#[test]
fn non_embedding_parameters_are_those_of_the_pythia_table() {
    // Biderman 2023, Table 1, which leaves out the untied head as well.
    for (name, expected) in [
        ("pythia-70m", 18_915_328),
        ("pythia-1.4b", 1_208_602_624),
        ("pythia-6.9b", 6_444_163_072),
        ("pythia-12b", 11_327_027_200),
    ] {
        assert_eq!(model(name).parts().non_embedding(), expected, "{name}");
    }
}

#[test]
fn active_parameters_are_those_the_makers_state() {
    // Mixtral 12.9B and 39B, Qwen1.5-MoE 2.7B, Qwen3-30B-A3B 3.3B, as printed.
    for (name, billions) in
        [("Mixtral-8x7B-v0.1", 12.9), ("Mixtral-8x22B-v0.1", 39.0), ("Qwen1.5-MoE-A2.7B", 2.7), ("Qwen3-30B-A3B", 3.3)]
    {
        let active = model(name).parts().active() as f64 / 1e9;
        assert!((active - billions).abs() < 0.2, "{name}: {active}");
    }
}

#[test]
fn what_is_written_is_read_back_for_every_public_model() {
    for (name, ..) in MODELS {
        let shape = model(name);
        assert_eq!(Shape::from_config(&shape.to_config().unwrap(), name).unwrap(), shape, "{name}");
    }
}

#[test]
fn the_document_prints_the_flops_that_are_computed() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/compute.md");
    let document = std::fs::read_to_string(path).unwrap();
    let shape = model("Llama-3-8B");
    let six = shape.training_flops_per_token(FlopCount::SixN).unwrap();
    for count in FlopCount::ALL {
        let flops = shape.training_flops_per_token(count).unwrap();
        let cells = format!("| {:.4e} | {:.3} |", flops.get(), flops / six);
        let row = document.lines().find(|line| line.starts_with(&format!("| `{count:?}` |")));
        assert!(row.is_some_and(|row| row.contains(&cells)), "{count:?}: {cells}");
    }
    assert!(document.contains(&format!("{} public models", MODELS.len())));
}
