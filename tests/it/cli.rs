//! The command as a user runs it.

use std::path::PathBuf;
use std::process::Stdio;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::command::{command, fails, json};
use crate::shared::shared;

fn file(directory: &tempfile::TempDir, name: &str, content: &[u8]) -> String {
    let path: PathBuf = directory.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn loss_prints_a_table_and_the_same_facts_as_json() {
    command(&["loss", "--law", "chinchilla", "--params", "70B", "--tokens", "1.4T"])
        .assert()
        .success()
        .stdout(contains("1.9208 nats per token").and(contains("[extrapolation]")));
    let value = json(&["loss", "--law", "chinchilla", "--params", "70B", "--tokens", "1.4T"]);
    assert_eq!(value["law"], "hoffmann2022.parametric_tex");
    assert!((value["loss"].as_f64().unwrap() - 1.9208460265656064).abs() < 1e-12);
    assert_eq!((value["params"].as_f64(), value["tokens"].as_f64()), (Some(7e10), Some(1.4e12)));
    assert!((value["flops"].as_f64().unwrap() / 5.88e23 - 1.0).abs() < 1e-12);
    assert!(value["warnings"].as_array().unwrap().iter().all(|w| w["code"].is_string() && w["message"].is_string()));
}

#[test]
fn a_loss_in_another_unit_is_named_in_it() {
    let point = ["loss", "--law", "farseer2025", "--params", "1B", "--tokens", "20B"];
    command(&point).assert().success().stdout(contains("0.7425 bits per character\n").and(contains("nats").not()));
    let value = json(&point);
    assert!(value["bits"].is_null() && value["perplexity"].is_null(), "{value}");
    command(&["allocate", "--law", "farseer2025", "--flops", "1e21", "--max-params", "5B"])
        .assert()
        .success()
        .stdout(contains("0.6445 bits per character\n").and(contains("nats").not()));
}

#[test]
fn laws_of_one_variable_take_what_they_need() {
    let value = json(&["loss", "--law", "kaplan2020.L_N", "--params", "1.5B"]);
    assert!((value["loss"].as_f64().unwrap() - 2.3035505519976587).abs() < 1e-12);
    let value = json(&["loss", "--law", "kaplan2020.L_Cmin", "--flops", "1 PF-day"]);
    assert!((value["loss"].as_f64().unwrap() - 2.6580802262455236).abs() < 1e-12);
    let value = json(&["loss", "--law", "kaplan2020.L_NS", "--params", "100M", "--steps", "100000"]);
    assert!((value["loss"].as_f64().unwrap() - 2.8558889168577313).abs() < 1e-12);
    fails(&["loss", "--law", "kaplan2020.L_D", "--params", "1B"], 2, "needs --tokens");
    fails(&["loss", "--law", "kaplan2020.allocator", "--flops", "1e20"], 2, "gives no loss");
}

#[test]
fn laws_with_further_knobs_take_them_by_name() {
    let at =
        ["loss", "--law", "muennighoff2023", "--params", "6.34B", "--tokens", "242B", "--knob", "unique_tokens=25B"];
    assert!((json(&at)["loss"].as_f64().unwrap() - 2.2256440889984477).abs() < 1e-9);
    fails(&at[..7], 2, "unique_tokens");
    fails(&[&at[..7], &["--knob", "unique=25B"]].concat(), 2, "it has params, tokens, unique_tokens");
    fails(&[&at[..7], &["--knob", "unique_tokens"]].concat(), 2, "name=value");
    fails(&["loss", "--params", "1B", "--tokens", "20B", "--knob", "x=1"], 2, "no knobs");
}

#[test]
fn allocate_answers_forwards_and_backwards() {
    let value = json(&["allocate", "--law", "hoffmann2022.parametric_rounded", "--flops", "5.76e23"]);
    assert!((value["params"].as_f64().unwrap() / 3.218986e10 - 1.0).abs() < 1e-6);
    assert!((value["tokens"].as_f64().unwrap() / 2.982306e12 - 1.0).abs() < 1e-6);
    for key in
        ["budget_flops", "loss", "tokens_per_param", "exponent_params", "exponent_tokens", "method", "off_optimum"]
    {
        assert!(!value[key].is_null(), "{key}");
    }
    let loss = value["loss"].as_f64().unwrap().to_string();
    let back = json(&["allocate", "--law", "hoffmann2022.parametric_rounded", "--loss", &loss]);
    assert!((back["budget_flops"].as_f64().unwrap() / 5.76e23 - 1.0).abs() < 1e-9);
    let chosen = json(&["allocate", "--flops", "1e24", "--params", "8B"]);
    assert!(chosen["chosen"]["penalty"].as_f64().unwrap() > 0.0);
    let line = json(&["allocate", "--law", "kaplan2020.allocator", "--flops", "1 PF-day"]);
    assert!((line["params"].as_f64().unwrap() / 1.3e9 - 1.0).abs() < 1e-9 && line["loss"].is_null());
    fails(&["allocate", "--loss", "1.5"], 1, "1.8172 is the limit");
    fails(&["allocate"], 2, "--flops");
    fails(&["allocate", "--flops", "banana"], 2, "expected a number above zero");
    fails(&["allocate", "--flops=-1e20"], 2, "expected a number above zero");
    fails(&["allocate", "--law", "no-such-law", "--flops", "1e20"], 2, "no law is called");
}

#[test]
fn fit_gives_every_promised_key_and_its_output_is_a_law() {
    let value = json(&["fit", "docs/data/kernel-bytes.csv", "--flops", "1e14"]);
    assert_eq!((value["schema"].as_str(), value["n"].as_u64()), (Some("scaling-laws/1"), Some(34)));
    for name in ["E", "A", "B", "alpha", "beta"] {
        assert!(value["coefficients"][name].as_f64().unwrap() > 0.0);
        assert!(value["standard_errors"][name].as_f64().unwrap() > 0.0);
    }
    assert_eq!(value["termination"], "optimal");
    assert_eq!(value["certificate"]["certified"], true);
    assert!(value["allocation"]["ln_params_standard_error"].as_f64().unwrap() > 0.3);
    assert!(!value["warnings"].as_array().unwrap().is_empty(), "34 noisy runs must carry a doubt");

    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "fit.json", value.to_string().as_bytes());
    let again = json(&["allocate", "--law", &path, "--flops", "1e14"]);
    assert_eq!(again["params"], value["allocation"]["params"]);
    let broken = file(&directory, "broken.json", b"{\"schema\": \"scaling-laws/1\"");
    fails(&["allocate", "--law", &broken, "--flops", "1e14"], 1, "cannot read a law from");
}

#[test]
fn fit_reaches_the_published_optimum_of_the_chinchilla_points() {
    let Some(path) = shared("data/runs/chinchilla_epoch.csv") else { return };
    let value = json(&["fit", path.to_str().unwrap(), "--where", "epoch_excluded=0", "--flops", "5.76e23"]);
    assert_eq!(value["n"], 240);
    let objective = value["objective"].as_f64().unwrap();
    assert!(objective <= 0.001018274017800598 * (1.0 + 1e-9), "{objective}");
    for (name, expected) in
        [("A", 477.825868), ("B", 2143.41736), ("E", 1.81721810), ("alpha", 0.34731050), ("beta", 0.36717243)]
    {
        let got = value["coefficients"][name].as_f64().unwrap();
        assert!((got / expected - 1.0).abs() < 1e-6, "{name}: {got}");
    }
    assert!((value["allocation"]["params"].as_f64().unwrap() / 7.319043e10 - 1.0).abs() < 1e-5);
}

#[test]
fn files_that_cannot_be_fitted_are_refused_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    fails(&["fit", "no-such-file.csv"], 1, "cannot read no-such-file.csv");
    fails(&["fit", directory.path().to_str().unwrap()], 1, "directory");
    for (name, content, message) in [
        ("empty.csv", &b""[..], "the file is empty"),
        ("header.csv", b"params,tokens,loss\n", "holds no runs"),
        ("binary.csv", b"\x00\x01\x02\x03", "is not a CSV or TSV table"),
        ("few.csv", b"params,tokens,loss\n1e8,2e9,3\n2e8,4e9,2.9\n", "2 runs cannot determine 5 coefficients"),
        (
            "one_n.csv",
            b"N,D,L\n1e8,1e9,3\n1e8,2e9,2.9\n1e8,3e9,2.8\n1e8,4e9,2.75\n1e8,5e9,2.7\n",
            "N takes only 1 distinct",
        ),
        ("flat.csv", b"N,D,L\n1e8,1e9,3\n2e8,2e9,3\n3e8,1e9,3\n4e8,3e9,3\n5e8,9e9,3\n", "all 5 losses are 3"),
        (
            "tied.csv",
            b"N,D,L\n1e8,2e9,3\n2e8,4e9,2.9\n4e8,8e9,2.8\n8e8,16e9,2.7\n16e8,32e9,2.6\n",
            "exact linear function",
        ),
    ] {
        fails(&["fit", &file(&directory, name, content)], 1, message);
    }
    let faults = file(&directory, "faults.csv", b"params,tokens,loss\n1e8,0,3\n-2e8,4e9,2.9\n1e9,2e10,NaN\n");
    let assert = command(&["fit", &faults]).assert().code(1);
    let stderr = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for part in ["3 faults", "line 2, column tokens", "line 3, column params", "line 4, column loss"] {
        assert!(stderr.contains(part), "{stderr}");
    }
}

#[test]
fn wrong_arguments_of_fit_are_usage_errors() {
    let log = "docs/data/kernel-bytes.csv";
    fails(&["fit", log, "--loss-column", "nope"], 2, "nope");
    fails(&["fit", log, "--where", "nope=1"], 2, "\"nope\"");
    fails(&["fit", log, "--where", "nonsense"], 2, "column=value");
    fails(&["fit", log, "--delta", "0"], 2, "delta = 0 is not allowed");
    fails(&["fit", log, "--where", "seed=99"], 1, "holds no runs");
}

#[test]
fn laws_lists_and_shows() {
    command(&["laws"]).assert().success().stdout(contains("kaplan2020.L_ND").and(contains("besiroglu2024.fitter")));
    command(&["laws", "chinchilla"]).assert().success().stdout(contains("2203.15556").and(contains("erratum")));
    let all = json(&["laws"]);
    assert!(all.as_array().unwrap().len() >= 16);
    assert_eq!(json(&["laws", "besiroglu2024.parametric"])["coefficients"][0]["name"], "E");
    fails(&["laws", "kaplan2020.L_NDD"], 2, "kaplan2020.L_ND");
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("scaling-laws"))
        .args(["laws", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_readme_shows_what_the_main_command_prints() {
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let output = command(&["fit", "docs/data/kernel-bytes.csv", "--flops", "1e14"]).output().unwrap().stdout;
    let shown = String::from_utf8(output).unwrap();
    // The size of the gradient that is left depends on the machine's arithmetic.
    let stable = |text: &str| -> Vec<String> {
        text.lines().filter(|l| !l.contains("scaled gradient")).map(|l| l.trim_end().to_owned()).collect()
    };
    let (readme, shown) = (stable(&readme).join("\n"), stable(&shown).join("\n"));
    assert!(readme.contains(shown.trim_end()), "README.md is out of date; the command prints:\n{shown}");
}
