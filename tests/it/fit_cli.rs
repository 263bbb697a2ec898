//! `fit` with another law, loss, weight or approach than the usual ones.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use scaling_laws::published::BESIROGLU_2024;
use scaling_laws::{Chinchilla, LossModel};

use crate::command::{command, fails, json};
use crate::shared::shared;

/// A sweep of 6 sizes at 6 budgets under a law, its losses off by up to half a percent, with columns beside it: seeds of
/// each run, unique tokens, an error rate that follows the loss.
fn sweep(directory: &tempfile::TempDir) -> String {
    let law: Chinchilla = BESIROGLU_2024;
    let mut text = String::from("run,params,tokens,loss,seeds,sigma,corpus,error\n");
    for budget in 0..6 {
        for size in 0..6 {
            let flops = 1e18 * 4f64.powi(budget);
            let n = (flops / 120.0).sqrt() * 1.6f64.powi(size - 3);
            let d = flops / 6.0 / n;
            let noise = 1.0 + 0.003 * f64::from(7 * budget + 3 * size).sin();
            let loss = law.at(n.ln(), d.ln()).loss * noise;
            let (seeds, error) = (1 + (budget + size) % 3, 0.9 - 3.0 * (-1.1 * loss).exp());
            text += &format!("r{budget}{size},{n},{d},{loss},{seeds},0.003,{},{error}\n", 1e13);
        }
    }
    let path = directory.path().join("sweep.csv");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The point where each coefficient of a fit stands.
fn value(fit: &serde_json::Value, name: &str) -> f64 {
    fit["coefficients"][name].as_f64().unwrap()
}

#[test]
fn other_losses_ties_and_fixed_coefficients_give_a_law_that_allocates() {
    let directory = tempfile::tempdir().unwrap();
    let file = sweep(&directory);
    let held = json(&["fit", &file, "--fix", "E=1.8172", "--loss", "student-t:4", "--flops", "1e22"]);
    assert_eq!(value(&held, "E"), 1.8172);
    assert!(held["standard_errors"]["E"].is_null() && held["scale"].is_number());
    assert!((value(&held, "alpha") - 0.3478).abs() < 0.01, "{held}");
    assert_eq!((&held["loss_function"], &held["family"]), (&"student-t:4".into(), &"chinchilla".into()));
    assert!(held["allocation"]["params"].as_f64().unwrap() > 1e9);
    let stored = directory.path().join("held.json");
    std::fs::write(&stored, held.to_string()).unwrap();
    let again = json(&["allocate", "--law", stored.to_str().unwrap(), "--flops", "1e22"]);
    assert_eq!(again["params"], held["allocation"]["params"]);

    let tied = json(&["fit", &file, "--tie", "alpha=beta"]);
    let family = json(&["fit", &file, "--law", "tied-exponents"]);
    assert!((value(&tied, "beta") / value(&family, "alpha") - 1.0).abs() < 1e-8);
    assert!((tied["objective"].as_f64().unwrap() / family["objective"].as_f64().unwrap() - 1.0).abs() < 1e-10);
    std::fs::write(&stored, family.to_string()).unwrap();
    let loss = json(&["loss", "--law", stored.to_str().unwrap(), "--params", "1B", "--tokens", "20B"]);
    assert!((loss["loss"].as_f64().unwrap() - 2.58).abs() < 0.1);
}

#[test]
fn the_loss_by_name_and_delta_are_the_same_fit() {
    let directory = tempfile::tempdir().unwrap();
    let file = sweep(&directory);
    let by_delta = json(&["fit", &file, "--delta", "0.002"]);
    assert_eq!(json(&["fit", &file, "--loss", "huber:2e-3"]), by_delta);
    assert!(by_delta["exponent_a"].is_object(), "Approach 3, with all it knows");
    fails(&["fit", &file, "--loss", "huber", "--delta", "1e-3"], 2, "cannot be used with");
    fails(&["fit", &file, "--loss", "hubert"], 2, "huber-scale");
    // Known deviations bring the threshold that belongs to them.
    assert_eq!(json(&["fit", &file, "--weights", "sigma:sigma"])["delta"], 1.345);
    let other = json(&["fit", &file, "--weights", "sigma:sigma", "--fix", "E=1.8172"]);
    assert_eq!(other["loss_function"], "huber:1.345");
}

#[test]
fn weights_come_from_columns() {
    let directory = tempfile::tempdir().unwrap();
    let file = sweep(&directory);
    let counted = json(&["fit", &file, "--weights", "counts:seeds"]);
    let precise = json(&["fit", &file, "--weights", "precision:seeds"]);
    assert!((value(&counted, "alpha") / value(&precise, "alpha") - 1.0).abs() < 1e-9);
    assert!(counted["degrees_of_freedom"].as_u64() > precise["degrees_of_freedom"].as_u64());
    let flops = |law: &[&str]| json(&[&["fit", &file, "--weights", "flops"], law].concat());
    let (plain, general) = (flops(&[]), flops(&["--loss", "huber:1e-3", "--fix", "E=1.8172"]));
    assert!(value(&plain, "alpha").is_finite() && value(&general, "alpha").is_finite());
    fails(&["fit", &file, "--weights", "counts:nope"], 2, "the runs have params, tokens, flops, loss, run, seeds");
    fails(&["fit", &file, "--weights", "counts:run"], 2, "36 faults");
    fails(&["fit", &file, "--weights", "seeds"], 2, "precision:COLUMN");
}

#[test]
fn laws_with_other_inputs_take_them_from_columns() {
    let directory = tempfile::tempdir().unwrap();
    let file = sweep(&directory);
    // All the data are new: repetition cannot be told, E and the exponents can.
    let input = "unique_tokens=corpus";
    let repeated =
        json(&["fit", &file, "--law", "repetition", "--input", input, "--fix", "R_D_star=15", "--fix", "R_N_star=5"]);
    assert!((value(&repeated, "alpha") - 0.3478).abs() < 0.1, "{repeated}");
    assert!(repeated["law"].is_null());
    fails(&["fit", &file, "--law", "repetition"], 1, "unique_tokens=COLUMN");
    fails(
        &["fit", &file, "--law", "repetition", "--input", "unique=corpus"],
        1,
        "it has params, tokens, unique_tokens",
    );
    fails(
        &[
            "fit",
            &file,
            "--law",
            "repetition",
            "--input",
            input,
            "--fix",
            "R_D_star=15",
            "--fix",
            "R_N_star=5",
            "--flops",
            "1e20",
        ],
        2,
        "no loss of N and D",
    );
    let error = json(&[
        "fit",
        &file,
        "--law",
        "downstream-error",
        "--input",
        "loss=loss",
        "--loss-column",
        "error",
        "--loss",
        "least-squares",
    ]);
    assert!((value(&error, "gamma") - 1.1).abs() < 1e-6 && (value(&error, "k") - 3.0).abs() < 1e-5, "{error}");
    let power = json(&["fit", &file, "--law", "power", "--input", "x=flops", "--loss", "least-squares"]);
    assert!(value(&power, "alpha") > 0.0);
    fails(&["fit", &file, "--law", "chinchila"], 2, "tied-exponents");
    command(&["fit", "--families"]).assert().success().stdout(contains("needs params, tokens, unique_tokens"));
}

#[test]
fn approaches_are_run_by_number() {
    let directory = tempfile::tempdir().unwrap();
    let file = sweep(&directory);
    let lines = json(&["fit", &file, "--approach", "2"]);
    assert!((lines["params_line"]["exponent"].as_f64().unwrap() - 0.51).abs() < 0.1, "{lines}");
    let all = json(&["fit", &file, "--approach", "all", "--flops", "1e22"]);
    assert_eq!(all["budget"].as_f64(), Some(1e22));
    assert_eq!(all["estimates"].as_array().unwrap().len(), 3);
    assert_eq!(json(&["fit", &file, "--approach", "3"]), json(&["fit", &file]));
    fails(&["fit", &file, "--approach", "1"], 2, "--run-column");
    fails(&["fit", &file, "--approach", "all", "--fix", "E=1"], 2, "without --fix and --tie");
    fails(&["fit", &file, "--approach", "2", "--loss", "cauchy"], 2, "huber:DELTA");
}

#[test]
fn points_of_curves_become_runs_and_envelopes() {
    let directory = tempfile::tempdir().unwrap();
    let law: Chinchilla = BESIROGLU_2024;
    let mut text = String::from("run,params,tokens,loss\n");
    for size in 0..8 {
        let n = 1e8 * 2f64.powi(size);
        for point in 1..60 {
            let d = 1e9 * 1.12f64.powi(point) * 1.5f64.powi(size);
            text += &format!("size {size},{n},{d},{}\n", law.at(n.ln(), d.ln()).loss);
        }
    }
    let path = directory.path().join("curves.csv");
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    command(&["fit", file, "--approach", "1", "--run-column", "run"])
        .assert()
        .success()
        .stdout(contains("Approach 1").and(contains("N_opt = k C^a")));
    let all = json(&["fit", file, "--approach", "all", "--run-column", "run"]);
    assert!(all["approach1"].is_object(), "{all}");
    fails(&["fit", file, "--approach", "1", "--run-column", "params"], 1, "params");
}

#[test]
fn absolute_deviations_of_the_public_points_are_the_published_headline() {
    let Some(file) = shared("data/runs/chinchilla_epoch.csv") else { return };
    let fit = json(&["fit", file.to_str().unwrap(), "--where", "epoch_excluded=0", "--loss", "absolute"]);
    assert!((value(&fit, "A") - 482.00605).abs() < 1e-4 && (value(&fit, "B") - 2085.4362).abs() < 1e-3);
    assert_eq!(fit["termination"], "vertex");
}

#[test]
fn a_law_of_one_variable_needs_no_columns_of_n_and_d() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sizes.csv");
    let rows = [64.0f64, 256.0, 1024.0, 4096.0, 16384.0].map(|n| format!("{n},{}\n", 32.0 * n.powf(-0.5)));
    std::fs::write(&path, format!("n,loss\n{}", rows.concat())).unwrap();
    let file = path.to_str().unwrap();
    let fit = json(&["fit", file, "--law", "m1", "--input", "x=n"]);
    assert!((value(&fit, "c") + 0.5).abs() < 1e-6 && (value(&fit, "beta") / 32.0 - 1.0).abs() < 1e-6, "{fit}");
    // What the file does not have is still asked for.
    fails(&["fit", file, "--law", "m1", "--input", "x=tokens"], 1, "tokens");
    fails(&["fit", file, "--law", "tied-exponents"], 2, "no column for");
}
