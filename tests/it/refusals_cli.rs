//! No option of `allocate` is passed over: what has no part in a question is refused, with what would do.

use crate::command::{allocated as json, fails};

fn refused(arguments: &[&str], message: &str) {
    fails(&[&["allocate"], arguments].concat(), 2, message);
}

#[test]
fn a_limit_on_all_parameters_holds_for_every_setting() {
    let total = |arguments: &[&str]| {
        let found = json(&[arguments, &["--flops", "1e21", "--max-total-params", "1B"]].concat());
        assert!(found["binding"].to_string().contains("\"max-total-params\""), "{found}");
        found["settings"][0]["total_params"].as_f64().unwrap()
    };
    assert_eq!(total(&["--law", "kumar2024", "--bits", "4,8"]), 1e9);
    assert_eq!(total(&["--law", "fpquant2025", "--bits", "4,8"]), 1e9);
    assert_eq!(total(&["--law", "abnar2025", "--sparsity", "0.5,0.9"]), 1e9);
    // The tighter of two limits on N counts.
    let both = ["--max-params", "500M", "--max-total-params", "1B"];
    let sparse = json(&[&["--law", "abnar2025", "--flops", "1e21", "--sparsity", "0.9"], &both[..]].concat());
    assert_eq!(sparse["params"], 5e8);
    let fine = ["--law", "krajewski2024", "--flops", "1e21", "--granularity", "8,16", "--max-total-params", "4B"];
    refused(&fine, "--max-total-params cannot go with --granularity");
    refused(&["--law", "fpquant2025", "--flops", "1e21", "--bits", "4", "--quantise", "4"], "--quantise");
    refused(&["--law", "kumar2024", "--flops", "1e21", "--bits", "4", "--block", "64"], "--block");
    let sparse =
        ["--law", "abnar2025", "--flops", "1e21", "--sparsity", "0.9", "--serve-on", "H100", "--latency-ms", "1"];
    refused(&sparse, "--latency-ms limits the active parameters");
}

#[test]
fn all_laws_are_asked_of_a_budget_and_of_nothing_else() {
    let all = ["--all", "--flops", "1e24"];
    refused(&[&all[..], &["--max-params", "8B", "--unique-tokens", "1B"]].concat(), "--max-params and --unique-tokens");
    for option in [
        &["--law", "chinchilla"][..],
        &["--params", "8B"],
        &["--gpus", "64xH100"],
        &["--runs", "runs.csv"],
        &["--shape"],
        &["--recipe"],
        &["--bits", "8"],
        &["--overtrain", "1"],
    ] {
        refused(&[&all[..], option].concat(), "cannot be used with --all");
    }
    refused(&[&all[..], &["--gpus", "64xH100", "--shape"]].concat(), "--law ID in place of --all");
}

#[test]
fn what_is_asked_of_one_budget_is_not_asked_of_several() {
    let several = ["--flops", "1e20,1e22"];
    for option in [&["--shape"][..], &["--recipe"], &["--shape", "--emit-config"]] {
        refused(&[&several[..], option].concat(), "cannot be used with several budgets");
    }
    let beside = ["--beside", "chinchilla", "--figure", "no-such-folder/x.svg"];
    refused(&[&several[..], &beside].concat(), "cannot be used with several budgets");
    refused(&[&["--flops", "1e22", "--max-params", "1B"], &beside[..]].concat(), "cannot be used with limits");
}

#[test]
fn options_that_need_another_are_refused_alone() {
    let budget = ["--flops", "1e22"];
    refused(&[&budget[..], &["--batch", "4M"]].concat(), "--max-steps");
    refused(&[&budget[..], &["--zero", "9"]].concat(), "give --shape and --gpus");
    refused(&[&budget[..], &["--shape", "--tensor", "7"]].concat(), "--tensor is for the memory");
    refused(&[&budget[..], &["--format", "fp8"]].concat(), "--gpus or --peak");
    refused(&[&budget[..], &["--gpus", "64xH100", "--memory", "40"]].concat(), "--serve-on");
    refused(&[&budget[..], &["--gpus", "64xH100", "--bandwidth", "40"]].concat(), "--latency-ms");
    // Named devices serve as their data sheet says.
    let named = ["--gpus", "64xH100", "--serve-on", "8xA100", "--memory", "40"];
    refused(&[&budget[..], &named].concat(), "a number alone");
}

#[test]
fn a_model_is_split_over_all_devices_or_refused() {
    let shaped = ["--flops", "1e22", "--shape", "--gpus", "64xH100"];
    refused(&[&shaped[..], &["--zero", "9"]].concat(), "0, 1, 2 or 3");
    refused(&[&shaped[..], &["--pipeline", "5"]].concat(), "60 of the 64 devices");
    refused(&[&shaped[..], &["--data", "4"]].concat(), "4 of the 64 devices");
    refused(&[&shaped[..], &["--data", "1"]].concat(), "1 of the 64 devices");
    refused(&[&shaped[..], &["--tensor", "0"]].concat(), "tensor = 0");
    let split = json(&[&shaped[..], &["--data", "16", "--pipeline", "4"]].concat());
    assert_eq!(split["memory"]["devices"], 64);
}

#[test]
fn too_few_refits_for_a_range_are_refused() {
    let own = ["--runs", "docs/data/pile-models.csv", "--where", "suspect=0", "--flops", "1e23"];
    refused(&[&own[..], &["--replicates", "0"]].concat(), "give 20 or more");
    refused(&[&own[..], &["--replicates", "199", "--level", "0.99"]].concat(), "give 200 or more");
}

#[test]
fn a_law_without_a_loss_says_which_has_it() {
    let asked = ["--loss", "1.947", "--inference-tokens", "2T"];
    refused(&[&["--law", "sardana2023"], &asked[..]].concat(), "hoffmann2022.parametric_3digit");
    refused(&[&["--law", "kaplan2020.allocator"], &asked[..]].concat(), "an allocation line has no loss");
    let best = json(&[&["--law", "hoffmann2022.parametric_3digit"], &asked[..]].concat());
    assert!((best["params"].as_f64().unwrap() / 2.418e10 - 1.0).abs() < 1e-3, "{best}");
}
