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
    assert_eq!(repeated["law"]["form"], "repetition");
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
    fails(&["fit", &file, "--law", "chinchila"], 2, "did you mean chinchilla?");
    fails(&["fit", &file, "--law", "mixture"], 2, "did you mean mixture-2");
    fails(&["fit", &file, "--law", "qqqqqq"], 2, "tied-exponents");
    command(&["fit", "--families"]).assert().success().stdout(contains("needs params, tokens, unique_tokens"));
}

#[test]
fn rules_mixtures_and_steps_are_fitted_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let table = |name: &str, head: &str, rows: Vec<String>| {
        let path = directory.path().join(name);
        std::fs::write(&path, format!("{head}\n{}\n", rows.join("\n"))).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let value = |fit: &serde_json::Value, name: &str| fit["coefficients"][name].as_f64().unwrap();
    let (mut rates, mut steps, mut mixtures) = (Vec::new(), Vec::new(), Vec::new());
    for n in [1e8f64, 3e8, 1e9, 3e9] {
        for d in [2e9f64, 1e10, 5e10] {
            rates.push(format!("{n},{d},{}", 1.79 * n.powf(-0.713) * d.powf(0.307)));
            let s = d / 5e5;
            steps.push(format!("{n},{s},{}", (6.5e13 / n).powf(0.077) + (2100.0 / s).powf(0.76)));
        }
    }
    for (i, j) in (0..6).flat_map(|i| (0..6 - i).map(move |j| (f64::from(i) / 5.0, f64::from(j) / 5.0))) {
        mixtures.push(format!("{i},{j},{},{}", 1.0 - i - j, 1.5 + (-i + 0.3 * j - 0.4 * (1.0 - i - j)).exp()));
    }
    let file = table("rates.csv", "params,tokens,lr", rates);
    let inputs = ["--input", "x_1=params", "--input", "x_2=tokens", "--loss-column", "lr"];
    let fit = json(&[&["fit", &file, "--law", "power-rule-2"], &inputs[..]].concat());
    assert!((value(&fit, "p1") + 0.713).abs() < 1e-6 && (value(&fit, "p2") - 0.307).abs() < 1e-6, "{fit}");
    let fit = json(&["fit", &table("steps.csv", "params,steps,loss", steps), "--law", "kaplan-steps"]);
    assert!((value(&fit, "alpha_S") - 0.76).abs() < 1e-6, "{fit}");
    let file = table("mixtures.csv", "web,code,books,loss", mixtures);
    let shares = ["--input", "share_1=web", "--input", "share_2=code", "--input", "share_3=books"];
    let fit = json(&[&["fit", &file, "--law", "mixture-3", "--fix", "k=1"], &shares[..]].concat());
    assert!((value(&fit, "t1") + 1.0).abs() < 1e-6 && (value(&fit, "c") - 1.5).abs() < 1e-6, "{fit}");
    // Two of three shares are no mixture.
    fails(&[&["fit", &file, "--law", "mixture-2"], &shares[..4]].concat(), 1, "the sum of the shares");
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
fn a_law_of_one_variable_needs_no_other_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sizes.csv");
    let rows: String = (0..12)
        .map(|i| {
            let millions = 10f64.powf(f64::from(i) / 3.0);
            // The noise is fixed.
            let loss = (1.7 + 2.0 * (millions / 100.0).powf(-0.3)) * (1.0 + 0.002 * (3.7 * f64::from(i)).sin());
            format!("{millions},{loss},{}\n", 1 + i % 2)
        })
        .collect();
    std::fs::write(&path, format!("Params (M),val_loss,seed\n{rows}")).unwrap();
    let path = path.to_str().unwrap();
    let fit = ["fit", path, "--law", "power", "--input", "x=params", "--loss", "least-squares"];
    let value = json(&[&fit[..], &["--intervals", "percentile"]].concat());
    assert_eq!(value["n"], 12);
    let alpha = value["coefficients"]["alpha"].as_f64().unwrap();
    assert!((alpha - 0.3).abs() < 0.02, "{alpha}");
    let of = |name: &str| {
        let all = value["intervals"].as_array().unwrap();
        all.iter().find(|i| i["quantity"] == name).unwrap_or_else(|| panic!("{value:#}")).clone()
    };
    let (low, high) = (of("alpha")["low"].as_f64().unwrap(), of("alpha")["high"].as_f64().unwrap());
    assert!(low < alpha && alpha < high && high - low < 0.1, "{low} {high}");
    // What only a table with N and D can answer is refused by name, and so is a law over both.
    let refused = |extra: &[&str], message: &str| fails(&[&fit[..], extra].concat(), 2, message);
    refused(&["--flops", "1e20"], "--flops needs a table with both N and D");
    refused(&["--cluster", "seed", "--intervals", "delta"], "--cluster is for laws of losses");
    fails(&["fit", path], 2, "no column for tokens (D)");
}
