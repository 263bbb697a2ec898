//! `predict` and `fit --intervals`.

use predicates::str::contains;
use serde_json::Value;

use crate::command::{command, fails, json};

const RUNS: &str = "docs/data/kernel-bytes.csv";

fn ends(interval: &Value) -> (f64, f64, f64) {
    let of = |key: &str| interval[key].as_f64().unwrap();
    (of("low"), of("point"), of("high"))
}

#[test]
fn predict_gives_the_mean_the_new_run_and_the_split_of_a_budget() {
    let run = ["predict", RUNS, "--params", "400K", "--tokens", "5M", "--replicates", "300"];
    let answer = json(&run);
    let [mean, new] = [0, 1].map(|place| ends(&answer["intervals"][place]));
    assert!(new.0 < mean.0 && mean.0 < mean.1 && mean.1 < mean.2 && mean.2 < new.2, "{answer}");
    assert_eq!(answer, json(&run), "the same seed gives the same numbers");
    let other = json(&[&run[..], &["--seed", "1"]].concat());
    assert_ne!(answer["intervals"][0]["low"], other["intervals"][0]["low"]);
    let split = json(&["predict", RUNS, "--flops", "1e13", "--method", "delta"]);
    let fit = json(&["fit", RUNS, "--flops", "1e13"]);
    assert_eq!(split["intervals"][0]["quantity"], "N_opt at 1e13 FLOP");
    let size = ends(&split["intervals"][0]);
    assert!((size.1 / fit["allocation"]["params"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    assert!(size.0 < size.1 && size.1 < size.2);
}

#[test]
fn fit_adds_intervals_to_its_report() {
    let answer = json(&["fit", RUNS, "--flops", "1e13", "--intervals", "percentile", "--replicates", "200"]);
    assert_eq!(answer["intervals"].as_array().unwrap().len(), 10);
    assert_eq!(answer["intervals"][5]["quantity"], "a");
    command(&["fit", RUNS, "--intervals", "percentile", "--cluster", "size", "--level", "80%"])
        .assert()
        .success()
        .stdout(contains("80 % intervals, percentile of 1000 wild clusters replicates"));
    assert!(json(&["fit", RUNS])["intervals"].is_null());
}

#[test]
fn wrong_usage_says_what_is_allowed() {
    fails(&["predict", RUNS], 2, "--params and --tokens, --flops or --loss");
    fails(&["predict", RUNS, "--flops", "1e13", "--method", "bootstrap"], 2, "percentile, basic, bca");
    fails(&["predict", RUNS, "--flops", "1e13", "--level", "90"], 2, "below one");
    fails(&["predict", RUNS, "--flops", "1e13", "--cluster", "nothing"], 2, "no column");
    fails(&["predict", RUNS, "--flops", "1e13", "--replicates", "10"], 2, "at least 40");
    fails(&["predict", RUNS, "--flops", "1e13", "--method", "profile", "--cluster", "size"], 2, "knows no clusters");
}
