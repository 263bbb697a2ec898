//! Limits on the command line.

use assert_cmd::Command;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{self, allocated as json, near};

fn command(arguments: &[&str]) -> Command {
    command::command(&[&["allocate"], arguments].concat())
}

#[test]
fn the_examples_of_the_help_give_what_the_documents_say() {
    let small = json(&["--flops", "1e24", "--max-params", "8B"]);
    assert!(small["params"] == 8e9 && near(&small["tokens"], 2.0833e13), "{small}");
    assert_eq!(small["binding"][1]["limit"], "max-params");
    for key in ["law", "loss", "tokens_per_param", "training_flops", "lifetime_flops", "excess_loss", "kkt_residual"] {
        assert!(!small[key].is_null(), "{key}");
    }
    let served = json(&["--loss", "2.0", "--inference-tokens", "2T"]);
    let plain = json(&["--loss", "2.0"]);
    assert!(served["params"].as_f64() < plain["params"].as_f64(), "{served}");
    let small = json(&["--flops", "3.8e25", "--overtrain", "0.5"]);
    assert!(near(&small["params"], 1.520e11) && near(&small["tokens"], 4.168e13), "{small}");
    command(&["--flops", "1e23", "--unique-tokens", "25B", "--max-epochs", "4"])
        .assert()
        .success()
        .stdout(contains("4.000 epochs"))
        .stdout(contains("[assumed]"));
}

#[test]
fn ranges_and_refusals_are_read_as_written() {
    for (range, ratio) in [("100..", 100.0), ("..10", 10.0), ("40", 40.0), ("30..50", 30.0)] {
        let value = json(&["--flops", "1e24", "--tokens-per-param", range]);
        assert!(near(&value["tokens_per_param"], ratio), "{range}: {value}");
    }
    command(&["--flops", "1e24", "--tokens-per-param", "many"]).assert().code(2).stderr(contains("20..100"));
    command(&["--flops", "1e21", "--params", "1B", "--tokens", "1T"])
        .assert()
        .code(1)
        .stderr(contains("budget = 1e21 (6e21 would do)"));
    command(&["--law", "kaplan2020.allocator", "--flops", "1e21", "--max-params", "1B"]).assert().code(2);
}

/// What binds: name, value and price.
fn bound(found: &Value, limit: &str) -> (f64, f64) {
    let all = found["binding"].as_array().unwrap();
    let one = all.iter().find(|one| one["limit"] == limit).unwrap_or_else(|| panic!("{limit} in {found}"));
    (one["value"].as_f64().unwrap(), one["shadow_price"].as_f64().unwrap())
}

#[test]
fn limits_have_the_names_and_units_that_the_user_gave() {
    let refused = |arguments: &[&str], message: &str| {
        command(arguments).assert().code(1).stdout("").stderr(contains(message));
    };
    let slow = ["--flops", "1e24", "--serve-on", "H100", "--latency-ms", "10", "--min-params", "50B"];
    // 50B in BF16 are read in 100/3350 s, and do not fit in four fifths of 80 GB.
    refused(&slow, "latency-ms = 10 (29.85075 would do, together with serving-memory-gb = 100)");
    let slow = ["--flops", "1e24", "--serve-on", "8xH100", "--latency-ms", "1", "--min-params", "50B"];
    refused(&slow, "latency-ms = 1 (3.731344 would do)");
    let poor = ["--loss", "2.0", "--gpus", "64xH100", "--dollars", "1000", "--gpu-hour-price", "2"];
    refused(&poor, "dollars = 1000 (347405.1 would do)");
    // The money would do beside more days.
    refused(&[&poor[..], &["--days", "3"]].concat(), "together with days = 113.");
    refused(&["--loss", "2.0", "--gpus", "64xH100", "--kwh", "10"], "kwh = 10 (");
    let experts = ["--law", "ludziejewski2025", "--flops", "1e21", "--experts", "8"];
    let whole = ["--max-total-params", "4B", "--min-params", "2B"];
    refused(&[&experts[..], &whole].concat(), "max-total-params = 4e9 (1.068575e10 would do)");
    // The names given are those of the answer too, with the price of what can be changed.
    let at = ["--flops", "1e24", "--serve-on", "H100", "--latency-ms", "10"];
    let (value, price) = bound(&json(&at), "latency-ms");
    assert_eq!((value, price), (10.0, bound(&json(&["--flops", "1e24", "--max-params", "16.75B"]), "max-params").1));
    let days = json(&["--gpus", "64xH100", "--days", "30", "--max-params", "1B"]);
    assert_eq!(bound(&days, "days").0, 30.0);
    let timed = ["--gpus", "1024xH100", "--days", "1", "--step-seconds", "8.64", "--batch", "2M"];
    let (seconds, price) = bound(&json(&timed), "step-seconds");
    assert!(seconds == 8.64 && price > 0.0, "longer steps are the worse: {price}");
}

#[test]
fn a_limit_on_all_parameters_is_priced_by_all_parameters() {
    let at = |most: &str| {
        json(&["--law", "ludziejewski2025", "--flops", "1e21", "--experts", "8", "--max-total-params", most])
    };
    let (value, price) = bound(&at("4B"), "max-total-params");
    let loss = |most| at(most)["loss"].as_f64().unwrap();
    let slope = (loss("4.004B") - loss("3.996B")) / (4.004f64 / 3.996).ln();
    assert!(value == 4e9 && (price / slope - 1.0).abs() < 1e-2 && (price + 0.0489).abs() < 1e-3, "{price} {slope}");
    // Memory holds idle experts as well.
    let held = json(&[
        "--law",
        "ludziejewski2025",
        "--flops",
        "1e21",
        "--experts",
        "8",
        "--serve-on",
        "H100",
        "--serve-memory",
        "0.1",
    ]);
    assert_eq!(bound(&held, "serving-memory-gb").0, 8.0);
    assert!(near(&held["settings"][0]["total_params"], 4e9), "{held}");
}

#[test]
fn settings_beyond_the_range_of_a_law_are_doubted() {
    for (law, option, value, knob) in [
        ("ludziejewski2025", "--experts", "1000", "experts"),
        ("kumar2024", "--bits", "64", "weight_bits"),
        ("abnar2025", "--sparsity", "0.999", "sparsity"),
        ("krajewski2024", "--granularity", "64", "granularity"),
    ] {
        let doubts = |value: &str| json(&["--law", law, "--flops", "1e21", option, value])["warnings"].to_string();
        assert!(doubts(value).contains(&format!("{knob} = ")), "{law}: {}", doubts(value));
    }
    let inside = json(&["--law", "ludziejewski2025", "--flops", "1e21", "--experts", "8"])["warnings"].to_string();
    assert!(!inside.contains("experts"), "{inside}");
}
