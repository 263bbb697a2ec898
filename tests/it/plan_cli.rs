//! Limits on the command line through to what is built and paid: shapes, bills, served formats.

use serde_json::Value;

use crate::command::{allocated as json, command, fails, near};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn refused(arguments: &[&str], message: &str) {
    fails(&[&["allocate"], arguments].concat(), 2, message);
}

#[test]
fn shapes_keep_the_limits() {
    let under = |arguments: &[&str], holds: &dyn Fn(&Value) -> bool| {
        let found = json(&[arguments, &["--shape"]].concat());
        let shapes = found["shapes"].as_array().unwrap();
        assert_eq!(shapes.len(), 5, "{arguments:?}");
        for shape in shapes {
            assert!(holds(shape) && number(&shape["excess"]) >= 0.0, "{arguments:?}: {shape}");
        }
    };
    under(&["--flops", "1e23", "--max-params", "7B"], &|shape| number(&shape["params"]) <= 7e9);
    under(&["--flops", "1e22", "--max-tokens", "200B"], &|shape| number(&shape["tokens"]) <= 2e11 * (1.0 + 1e-12));
    under(&["--flops", "1e22", "--overtrain", "1"], &|shape| number(&shape["excess"]) < 0.1);
    let lifetime = ["--lifetime-flops", "1e23", "--inference-tokens", "1T"];
    under(&lifetime, &|shape| {
        let (n, d) = (number(&shape["params"]), number(&shape["tokens"]));
        6.0 * n * d + 2.0 * n * 1e12 <= 1e23 * (1.0 + 1e-9)
    });
    // A loss to reach is reached, at more than the least cost.
    under(&["--loss", "2.2", "--max-params", "5B"], &|shape| near(&shape["loss"], 2.2));
}

#[test]
fn a_size_of_ones_choice_is_what_is_built() {
    let chosen = json(&["--flops", "1e22", "--params", "3B", "--shape", "--recipe"]);
    for shape in chosen["shapes"].as_array().unwrap() {
        assert!((number(&shape["params"]) / 3e9).ln().abs() < 0.03, "{shape}");
    }
    let rate = |found: &Value| {
        let rules = found["recipe"]["rules"].as_array().unwrap();
        let step = rules.iter().find(|rule| rule["law"].as_str().unwrap().starts_with("steplaw")).unwrap();
        number(&step["learning_rate"])
    };
    let limited = json(&["--flops", "1e22", "--params", "3B", "--inference-tokens", "1B", "--shape", "--recipe"]);
    assert!((rate(&chosen) / rate(&limited) - 1.0).abs() < 0.05, "{} {}", chosen["recipe"], limited["recipe"]);
}

#[test]
fn a_template_with_experts_needs_a_law_that_counts_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let mixtral = r#"{"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000, "max_position_embeddings": 32768,
        "num_local_experts": 8, "num_experts_per_tok": 2, "tie_word_embeddings": false}"#;
    std::fs::write(&path, mixtral).unwrap();
    let path = path.to_str().unwrap();
    refused(&["--flops", "1e22", "--shape", path], "8 experts");
    refused(&["--law", "ludziejewski2025", "--knob", "experts=8", "--flops", "1e22", "--shape"], "models of 8 experts");
    let sparse = ["--law", "ludziejewski2025", "--knob", "experts=8", "--flops", "1e22", "--shape", path];
    assert_eq!(json(&sparse)["shapes"][0]["shape"]["experts"]["count"], 8);
}

#[test]
fn bits_are_not_counted_twice() {
    let machine = ["--law", "kumar2024", "--gpus", "64xH100", "--days", "10"];
    refused(&[&machine[..], &["--bits", "8", "--format", "fp8"]].concat(), "count the same gain twice");
    let speed = |bits: &str| json(&[&machine[..], &["--bits", bits]].concat())["warnings"].to_string();
    assert!(!speed("8").contains("as fast as 16"), "an H100 computes FP8 at twice the rate of BF16");
    assert!(speed("4").contains("counted 4.000 times as fast as 16"), "{}", speed("4"));
}

#[test]
fn the_steps_that_take_the_days_are_paid_for() {
    let at = |days: &str, more: &[&str]| {
        let asked = ["--gpus", "64xH100", "--days", days, "--step-seconds", "60", "--batch", "1e6"];
        json(&[&asked[..], more].concat())
    };
    let held = at("21", &["--max-params", "5B", "--gpu-hour-price", "2"]);
    let bill = &held["hardware"]["training"];
    // 30 240 steps of a minute.
    assert!(near(&bill["days"], 21.0) && near(&bill["dollars"], 64_512.0), "{bill}");
    assert!(number(&held["hardware"]["computing_days"]) < 0.5);
    // Days buy FLOP and steps: their price is that of both.
    for more in [&[][..], &["--max-params", "5B"]] {
        let loss = |days: &str| number(&at(days, more)["loss"]);
        let slope = (loss("21.021") - loss("20.979")) / (21.021f64 / 20.979).ln();
        let point = at("21", more);
        let days = point["binding"].as_array().unwrap().iter().find(|bound| bound["limit"] == "days").unwrap();
        assert!((number(&days["shadow_price"]) / slope - 1.0).abs() < 1e-3, "{slope}: {point}");
    }
}

#[test]
fn what_is_served_has_the_bits_that_were_asked_for() {
    let served = ["--law", "kumar2024", "--gpus", "64xH100", "--days", "10", "--serve-on", "H100", "--latency-ms", "2"];
    let size = |more: &[&str]| number(&json(&[&served[..], more].concat())["params"]);
    // 3350 GB/s for 2 ms are 6.7 GB.
    assert!((size(&["--bits", "16"]) / 3.35e9 - 1.0).abs() < 1e-6);
    assert!((size(&["--bits", "16", "--quantise", "4"]) / 13.4e9 - 1.0).abs() < 1e-6);
    assert!((size(&["--bits", "16", "--quantise", "4", "--serve-format", "int8"]) / 6.7e9 - 1.0).abs() < 1e-6);
    let own = ["--flops", "1e23", "--serve-on", "2x24GB@1008", "--latency-ms", "10"];
    assert!(near(&json(&own)["params"], 2.0 * 1.008e12 * 0.01 / 2.0));
    assert!(near(&json(&own[..4])["params"], 2.0 * 24e9 * 0.8 / 2.0));
    refused(&["--flops", "1e23", "--serve-on", "24GB@fast"], "no number of GB/s");
    refused(&["--flops", "1e23", "--serve-on", "24GB", "--latency-ms", "10"], "24GB@1008");
}

#[test]
fn serving_that_nothing_pays_for_is_said_to_change_nothing() {
    let doubts = |more: &[&str]| {
        json(&[&["--flops", "1e22", "--inference-tokens", "1T"], more].concat())["warnings"].to_string()
    };
    assert!(doubts(&[]).contains("pays for training alone"), "{}", doubts(&[]));
    assert!(!doubts(&["--lifetime-flops", "1e23"]).contains("pays for training alone"));
}

#[test]
fn what_would_do_does() {
    let asked = ["--gpus", "8xH100", "--loss", "2.2"];
    let within = |days: &str| command(&[&["allocate"], &asked[..], &["--days", days]].concat()).assert();
    let output = within("1").code(1).get_output().stderr.clone();
    let text = String::from_utf8(output).unwrap();
    let would = text.split("days = 1 (").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    within(would).success();
    let less = format!("{:.5}", would.parse::<f64>().unwrap() - 2e-5);
    within(&less).code(1);
}

#[test]
fn parameters_that_buy_nothing_are_said_to() {
    let scarce = ["--law", "muennighoff2023", "--unique-tokens", "3B", "--max-epochs", "4", "--flops", "1e22"];
    let found = json(&scarce);
    assert!(found["warnings"].to_string().contains("flat-loss"), "{}", found["warnings"]);
    assert_eq!(found["corpus"]["used_up"], false, "more epochs would help");
}
