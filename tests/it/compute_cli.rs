//! The commands `shape`, `hardware`, `formats` and `trend` as a user runs them.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{command, fails, json};

const LLAMA_2_70B: [&str; 12] = [
    "shape",
    "--layers",
    "80",
    "--width",
    "8192",
    "--kv-heads",
    "8",
    "--feed-forward",
    "28672",
    "--gated",
    "--untied",
    "--context=4096",
];

fn with<'a>(start: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [start, more].concat()
}

#[test]
fn shape_counts_parameters_flops_and_memory() {
    command(&LLAMA_2_70B).assert().success().stdout(contains("68976648192").and(contains("every matmul, causal mask")));
    let value = json(&with(&LLAMA_2_70B, &["--tokens", "2T", "--on", "H100"]));
    assert_eq!(value["params"]["total"], 68_976_648_192u64);
    assert_eq!(value["shape"]["feed_forward"], 28672);
    let six = &value["flops_per_token"][0];
    assert_eq!((six["count"].as_str(), six["training"].as_f64()), (Some("6N"), Some(6.0 * 68_976_648_192.0)));
    assert_eq!(value["flops_per_token"].as_array().unwrap().len(), value["training_flops"].as_array().unwrap().len());
    assert_eq!(value["training_flops"][0]["flops"].as_f64(), Some(12e12 * 68_976_648_192.0));
    assert_eq!((&value["memory"]["fits"], &value["memory"]["devices"]), (&Value::Bool(false), &Value::from(1)));
    assert_eq!(value["inference"]["kv_cache_per_token"].as_f64(), Some(327_680.0));
    let spread = ["--data", "16", "--tensor", "8", "--pipeline", "4", "--zero", "1", "--recompute", "selective"];
    let spread = json(&with(&with(&LLAMA_2_70B, &spread), &["--on", "H100"]));
    assert_eq!((&spread["memory"]["fits"], &spread["memory"]["devices"]), (&Value::Bool(true), &Value::from(512)));
    let weights = |value: &Value| value["memory"]["weights"].as_f64().unwrap();
    assert!((weights(&value) / weights(&spread) / 32.0 - 1.0).abs() < 0.02);
}

#[test]
fn a_configuration_goes_out_and_comes_in() {
    let output = command(&with(&LLAMA_2_70B, &["--emit-config"])).output().unwrap().stdout;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    std::fs::write(&path, &output).unwrap();
    let path = path.to_str().unwrap();
    let read = json(&["shape", "--config", path]);
    assert_eq!(read["shape"], json(&LLAMA_2_70B)["shape"]);
    // Other options change what was read.
    assert_eq!(json(&["shape", "--config", path, "--context", "512"])["shape"]["context"], 512);
    let broken = directory.path().join("broken.json");
    std::fs::write(&broken, String::from_utf8(output).unwrap().replace("hidden_size", "hidden")).unwrap();
    fails(&["shape", "--config", broken.to_str().unwrap()], 1, "needs \"hidden_size\", which is missing");
    fails(&["shape", "--config", "no-such-file.json"], 1, "cannot read no-such-file.json");
}

#[test]
fn shapes_near_a_size_are_listed() {
    let value = json(&with(&LLAMA_2_70B, &["--near", "7B", "--most", "4"]));
    let shapes = value["shapes"].as_array().unwrap();
    assert_eq!(shapes.len(), 4);
    for near in shapes {
        assert!(near["ln_ratio"].as_f64().unwrap().abs() < 0.05, "{near}");
        assert_eq!(near["shape"]["heads"].as_u64().unwrap(), 8 * near["shape"]["kv_heads"].as_u64().unwrap());
    }
    command(&with(&LLAMA_2_70B, &["--near", "7B"])).assert().success().stdout(contains("aspect"));
    // Without a shape to be like: Llama 3's blocks.
    let llama = json(&["shape", "--near", "8B", "--most", "1"]);
    let best = &llama["shapes"][0];
    assert!(best["ln_ratio"].as_f64().unwrap().abs() < 0.02, "{best}");
    assert_eq!((&best["shape"]["vocabulary"], &best["shape"]["gated"]), (&Value::from(128_256), &Value::Bool(true)));
    fails(&["shape", "--layers", "4"], 2, "--config");
    fails(&with(&LLAMA_2_70B, &["--near", "1M"]), 1, "no shape is within a factor of two");
    fails(&with(&LLAMA_2_70B, &["--near", "7B", "--min-aspect", "200"]), 2, "least aspect ratio");
}

#[test]
fn shapes_that_cannot_be_are_refused() {
    fails(&["shape"], 2, "--config");
    fails(&["shape", "--layers", "0", "--width", "64"], 2, "layers = 0 is not allowed");
    fails(&["shape", "--layers", "2", "--width", "512", "--heads", "7"], 2, "a divisor of width = 512");
    fails(&["shape", "--layers", "2", "--width", "512", "--experts", "8"], 2, "--active");
    fails(&with(&LLAMA_2_70B, &["--tensor", "3"]), 2, "must divide the 64 heads");
    fails(&with(&LLAMA_2_70B, &["--zero", "4"]), 2, "ZeRO stage");
    fails(&with(&LLAMA_2_70B, &["--on", "H1000"]), 2, "no accelerator is called \"H1000\"");
    fails(&with(&LLAMA_2_70B, &["--format", "fp7"]), 2, "no number format is called \"fp7\"");
    fails(&with(&LLAMA_2_70B, &["--positions", "relative", "--emit-config"]), 2, "relative positions");
}

#[test]
fn hardware_answers_in_every_currency() {
    command(&["hardware"]).assert().success().stdout(contains("TPU-v5p").and(contains("989.4")));
    command(&["hardware", "h100"]).assert().success().stdout(contains("source").and(contains("sparsity")));
    assert!(json(&["hardware"]).as_array().unwrap().len() >= 13);
    let value = json(&["hardware", "512xH100", "--days", "30", "--mfu", "0.4", "--price", "2.5", "--pue", "1.1"]);
    let bill = &value["bill"];
    let number = |key: &str| bill[key].as_f64().unwrap();
    assert!((number("flops") / (512.0 * 989.4e12 * 0.4 * 86400.0 * 30.0) - 1.0).abs() < 1e-12);
    assert!((number("dollars") - 921_600.0).abs() < 1e-6);
    assert!((number("kilowatt_hours") / (368_640.0 * 0.7 * 1.1) - 1.0).abs() < 1e-12);
    let flops = number("flops").to_string();
    let back = json(&["hardware", "512xH100", "--flops", &flops]);
    assert!((back["bill"]["days"].as_f64().unwrap() - 30.0).abs() < 1e-9);
    let dollars = json(&["hardware", "8xA100", "--dollars", "1000", "--price", "2"]);
    assert!((dollars["bill"]["device_hours"].as_f64().unwrap() - 500.0).abs() < 1e-9);
    let own =
        json(&["hardware", "--peak", "4e14", "--devices", "64", "--watts", "500", "--kwh", "1e5", "--pue", "1.25"]);
    assert!((own["bill"]["device_hours"].as_f64().unwrap() - 160_000.0).abs() < 1e-6);
    command(&["hardware", "8xTPU-v5e", "--days", "1"]).assert().success().stdout(contains("no published power"));
}

#[test]
fn hardware_refuses_what_it_cannot_know() {
    fails(&["hardware", "512xH100", "--days", "30", "--mfu", "40"], 2, "utilisation = 40 is not allowed");
    fails(&["hardware", "512xH100", "--days", "-1"], 2, "unexpected argument");
    fails(&["hardware", "512xH100", "--days=-1"], 2, "days = -1 is not allowed");
    fails(&["hardware", "512xH100", "--days", "1", "--flops", "1e20"], 2, "cannot be used with");
    fails(&["hardware", "512xH100", "--dollars", "100"], 2, "--price");
    fails(&["hardware", "512xH100", "--days", "1", "--format", "fp4"], 2, "no published peak in FP4-E2M1");
    fails(&["hardware", "8xTPU-v5e", "--kwh", "1"], 2, "no published power");
    fails(&["hardware", "--days", "1"], 2, "name the accelerators");
    fails(&["hardware", "H1000"], 2, "no accelerator is called");
    fails(&["hardware", "0xH100", "--days", "1"], 2, "devices = 0 is not allowed");
    fails(&["hardware", "--peak", "0", "--days", "1"], 2, "peak FLOP/s = 0 is not allowed");
}

#[test]
fn formats_list_and_round() {
    command(&["formats"])
        .assert()
        .success()
        .stdout(contains("FP8-E4M3").and(contains("448")).and(contains("inf").not()));
    let all = json(&["formats"]);
    assert_eq!(all.as_array().unwrap().len(), 12);
    assert!(all.as_array().unwrap().iter().all(|format| format["decades"].as_f64().unwrap() > 0.5));
    let one = json(&["formats", "e4m3", "--round", "-0.3"]);
    assert_eq!((one["largest"].as_f64(), one["rounded"].as_f64()), (Some(448.0), Some(-0.3125)));
    assert!((one["relative_error"].as_f64().unwrap() + 0.0125 / 0.3).abs() < 1e-12);
    fails(&["formats", "fp7"], 2, "no number format is called");
    fails(&["formats", "--round", "NaN"], 2, "not a finite number");
}

#[test]
fn trends_project_to_dates_and_values() {
    command(&["trend"]).assert().success().stdout(contains("algorithmic-progress").and(contains("moore-30")));
    command(&["trend", "algorithmic-progress"]).assert().success().stdout(contains("2403.05812"));
    let question =
        ["trend", "training-compute", "--from", "2024", "--value", "5e25", "--to", "2030", "--reach", "2e29"];
    let value = json(&question);
    let central = value["projection"]["central"].as_f64().unwrap();
    assert!((central / (5e25 * 4.6f64.powi(6)) - 1.0).abs() < 1e-12);
    assert_eq!(value["arrival"]["central"]["date"].as_str().unwrap().get(..4), Some("2029"));
    assert_eq!(value["warnings"].as_array().unwrap().len(), 1);
    assert_eq!(value["warnings"][0]["code"], "beyond-trend");
    command(&question).assert().success().stdout(contains("5e25 on 2024-01-01").and(contains("[beyond-trend]")));
    let own = json(&["trend", "--doubling-months", "18", "--from", "2026", "--to", "2029"]);
    assert_eq!(own["projection"]["central"].as_f64(), Some(4.0));
    assert!(own["warnings"].as_array().unwrap().is_empty());
    command(&["trend", "moore-24", "--from", "2024", "--reach", "1e308"])
        .assert()
        .success()
        .stdout(contains("1 on 2024-01-01 is 1e308 at no date from 1900 to 2200"));
    fails(&["trend", "moore"], 2, "no trend is called \"moore\"");
    fails(&["trend", "moore-24", "--to", "2030"], 2, "--from");
    fails(&["trend", "moore-24", "--from", "2024"], 2, "--from needs --to or --reach");
    fails(&["trend", "moore-24", "--from", "2024-13", "--to", "2030"], 2, "cannot read \"2024-13\" as a date");
    fails(&["trend", "moore-24", "--from", "2024", "--to", "2030", "--value", "0"], 2, "value = 0 is not allowed");
    fails(&["trend", "--per-year", "0.5", "--from", "2024", "--to", "2030"], 2, "growth a year = 0.5");
}

#[test]
fn every_example_of_the_help_runs() {
    let directory = tempfile::tempdir().unwrap();
    let config = command(&with(&LLAMA_2_70B, &["--emit-config"])).output().unwrap().stdout;
    std::fs::write(directory.path().join("config.json"), config).unwrap();
    let mut seen = 0;
    for name in ["shape", "hardware", "formats", "trend"] {
        let help = String::from_utf8(command(&[name, "--help"]).output().unwrap().stdout).unwrap();
        let examples = help.split("Examples:").nth(1).unwrap();
        for line in examples.lines().filter_map(|line| line.trim().strip_prefix("scaling-laws ")) {
            // A comment stands after three spaces; a redirection is the shell's.
            let line = line.split("   ").next().unwrap().split('>').next().unwrap();
            let arguments: Vec<&str> = line.split_whitespace().collect();
            command(&arguments).current_dir(directory.path()).assert().success();
            seen += 1;
        }
    }
    assert!(seen >= 18, "only {seen} examples");
}
