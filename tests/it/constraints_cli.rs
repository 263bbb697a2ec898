//! Limits on the command line.

use assert_cmd::Command;
use predicates::str::contains;
use serde_json::Value;

use crate::command;

fn command(arguments: &[&str]) -> Command {
    command::command(&[&["allocate"], arguments].concat())
}

fn json(arguments: &[&str]) -> Value {
    command::json(&[&["allocate"], arguments].concat())
}

fn near(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-3
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
        .stderr(contains("budget = 1e21 (6.000000e21 would do)"));
    command(&["--law", "kaplan2020.allocator", "--flops", "1e21", "--max-params", "1B"]).assert().code(2);
}
