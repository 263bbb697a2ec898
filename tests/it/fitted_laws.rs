//! Fits of laws with further knobs, from a table through a stored document to its use.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use scaling_laws::laws::{FittedLaw, Formula, Knobs};
use scaling_laws::published::{MUENNIGHOFF_2023, SUN_2025, TAO_2024};
use scaling_laws::{Constraints, Flops, Tokens, allocate_within};
use serde_json::Value;

use crate::command::{command, fails, json, near};

const BYTES: &str = "docs/data/kernel-bytes.csv";

/// Normal deviates that are the same on every machine.
fn noise() -> impl FnMut() -> f64 {
    let mut state = 20_260_101_u64;
    move || {
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        };
        (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
    }
}

fn written(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn coefficient(fit: &Value, name: &str) -> f64 {
    fit["coefficients"][name].as_f64().unwrap()
}

#[test]
fn a_family_takes_n_from_the_column_that_was_named() {
    let tied = ["fit", BYTES, "--law", "tied-exponents"];
    let other = json(&[&tied[..], &["--params-column", "params_non_embedding"]].concat());
    // SciPy on the renamed file: 1.43656, 41.69, 0.4717.
    assert!(near(&other["coefficients"]["A"], 41.69) && near(&other["coefficients"]["alpha"], 0.4717), "{other}");
    assert!(!near(&json(&tied)["coefficients"]["A"], 41.69));
    let renamed = ["--input", "params=params_non_embedding"];
    for law in ["tied-exponents", "chinchilla"] {
        fails(&[&["fit", BYTES, "--law", law], &renamed[..]].concat(), 2, "--params-column params_non_embedding");
    }
}

#[test]
fn a_law_of_the_loss_is_not_fitted_to_itself() {
    let mut table = String::from("loss,error\n");
    let mut deviate = noise();
    for i in 0..25 {
        let loss = 2.0 + 0.08 * f64::from(i);
        let error = (0.85 - 2.08 * (-0.756 * loss).exp()) * (1e-3 * deviate()).exp();
        writeln!(table, "{loss},{error}").unwrap();
    }
    let (_folder, path) = written("errors.csv", &table);
    let fit = ["fit", &path, "--law", "downstream-error", "--loss-column", "error"];
    fails(&fit, 2, "another than the one that is fitted");
    let found = json(&[&fit[..], &["--input", "loss=loss"]].concat());
    assert!((coefficient(&found, "epsilon") - 0.85).abs() < 0.01, "{found}");
    assert!((coefficient(&found, "gamma") - 0.756).abs() < 0.05, "{found}");
    let itself = ["fit", &path, "--law", "downstream-error", "--loss-column", "loss", "--input", "loss=loss"];
    fails(&itself, 2, "another than the one that is fitted");
}

#[test]
fn a_fit_with_knobs_is_a_law_of_the_other_commands() {
    let mut table = String::from("params,tokens,unique_tokens,loss\n");
    let mut deviate = noise();
    for n in [1e8, 3e8, 1e9, 3e9] {
        for epochs in [0.5, 1.0, 4.0, 16.0, 60.0] {
            for unique in [3e9, 1e10] {
                let knobs = Knobs::new().with("params", n).with("tokens", epochs * unique);
                let loss = MUENNIGHOFF_2023.evaluate(&knobs.with("unique_tokens", unique)).unwrap()[0];
                let loss = loss * (2e-3 * deviate()).exp();
                writeln!(table, "{n},{},{unique},{loss}", epochs * unique).unwrap();
            }
        }
    }
    let (folder, path) = written("repeated.csv", &table);
    let text = command(&["fit", &path, "--law", "repetition", "--json"]).assert().success().get_output().stdout.clone();
    let text = String::from_utf8(text).unwrap();
    let stored = folder.path().join("fit.json");
    std::fs::write(&stored, &text).unwrap();
    let stored = stored.to_str().unwrap();
    let law = FittedLaw::from_json(&text, "fit").unwrap();

    let at = ["--params", "2B", "--tokens", "80B"];
    let knobs = Knobs::new().with("params", 2e9).with("tokens", 8e10).with("unique_tokens", 5e9);
    let loss = json(&[&["loss", "--law", stored], &at[..], &["--knob", "unique_tokens=5B"]].concat());
    let expected = law.evaluate(&knobs).unwrap()[0];
    assert!((loss["loss"].as_f64().unwrap() / expected - 1.0).abs() < 1e-12, "{loss}");
    fails(&[&["loss", "--law", stored], &at[..]].concat(), 2, "--knob unique_tokens=VALUE");
    fails(&[&["loss", "--law", stored], &at[..], &["--knob", "unique=5B"]].concat(), 2, "no knob \"unique\"");

    let split = json(&["allocate", "--law", stored, "--flops", "1e22", "--unique-tokens", "25B"]);
    let sliced = law.slice(&Knobs::new().with("unique_tokens", 25e9)).unwrap().unwrap();
    let corpus = Constraints::new().unique_tokens(Tokens::billions(25.0).unwrap(), f64::INFINITY);
    let best = allocate_within(sliced.as_ref(), &corpus.budget(Flops::new(1e22).unwrap())).unwrap();
    assert!((split["params"].as_f64().unwrap() / best.params().get() - 1.0).abs() < 1e-9, "{split}");
    assert!(split["corpus"]["epochs"].as_f64().unwrap() > 1.0, "{split}");
    fails(&["allocate", "--law", stored, "--flops", "1e22"], 2, "--unique-tokens");

    // A law of one variable.
    let power = json(&["fit", BYTES, "--law", "power", "--input", "x=flops", "--loss", "least-squares"]);
    let (_other, path) = written("power.json", &power.to_string());
    let loss = json(&["loss", "--law", &path, "--knob", "x=1e13"]);
    let c = |name| coefficient(&power, name);
    let expected = c("E") + (c("x_c") / 1e13).powf(c("alpha"));
    assert!((loss["loss"].as_f64().unwrap() / expected - 1.0).abs() < 1e-12, "{loss} {expected}");
    fails(&["loss", "--law", &path], 2, "--knob x=VALUE");
    fails(&["allocate", "--law", &path, "--flops", "1e20"], 2, "no law of N and D alone");
}

/// Runs of Sun's law in four formats.
fn in_formats() -> String {
    let mut table = String::from("params,tokens,exponent_bits,mantissa_bits,block_size,loss\n");
    let mut deviate = noise();
    for n in [4e7, 1.5e8, 7e8] {
        for d in [1e10, 3e10, 1e11] {
            for (exponent, mantissa) in [(2.0, 1.0), (3.0, 2.0), (4.0, 3.0), (5.0, 7.0)] {
                for block in [32.0, 512.0] {
                    let knobs = Knobs::new().with("params", n).with("tokens", d).with("exponent_bits", exponent);
                    let knobs = knobs.with("mantissa_bits", mantissa).with("block_size", block);
                    let loss = SUN_2025.evaluate(&knobs).unwrap()[0] * (3e-3 * deviate()).exp();
                    writeln!(table, "{n},{d},{exponent},{mantissa},{block},{loss}").unwrap();
                }
            }
        }
    }
    table
}

#[test]
fn an_optimum_in_a_flat_valley_is_seen_to_be_one() {
    // mpmath, 50 digits, on data like these: the Hessian is positive definite, its least eigenvalue some 1e-6 of the greatest.
    let (_folder, path) = written("formats.csv", &in_formats());
    let fit = json(&["fit", &path, "--law", "float-training"]);
    let certificate = &fit["certificate"];
    assert!(certificate["smallest_curvature"].as_f64().unwrap() > 0.0, "{certificate}");
    assert!(!fit["warnings"].to_string().contains("curvature is not positive"), "{}", fit["warnings"]);
}

#[test]
fn a_design_that_leaves_a_family_open_is_said_to() {
    let mut table = String::from("params,tokens,loss\n");
    let mut deviate = noise();
    for i in 0..40 {
        let n = 1e8 * 30f64.powf(f64::from(i) / 39.0);
        let d = 20.0 * n * (0.02 * deviate()).exp();
        let loss = (1.8 + 480.0 / n.powf(0.35) + 2000.0 / d.powf(0.365)) * (3e-3 * deviate()).exp();
        writeln!(table, "{n},{d},{loss}").unwrap();
    }
    let (_folder, path) = written("tied.csv", &table);
    for law in ["tied-exponents", "over-training"] {
        let fit = json(&["fit", &path, "--law", law]);
        let codes: Vec<&str> =
            fit["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"design-tied") && codes.contains(&"collinear"), "{law}: {codes:?}");
        assert!(codes.contains(&"not-identified"), "{law}: {codes:?}");
    }
}

#[test]
fn a_law_of_values_below_zero_is_fitted_to_them() {
    let mut table = String::from("params,vocabulary_params,tokens,unigram_normalized_loss\n");
    let mut deviate = noise();
    for params in [33e6, 85e6, 151e6, 302e6, 631e6, 1.13e9, 2.87e9] {
        for vocabulary in [4e6, 8e6, 16e6, 33e6, 65e6, 131e6] {
            for tokens in [1e9, 4e9, 16e9, 64e9, 256e9] {
                let knobs = Knobs::new().with("params", params).with("vocabulary_params", vocabulary);
                let value = TAO_2024.evaluate(&knobs.with("tokens", tokens)).unwrap()[0] + 1e-3 * deviate();
                writeln!(table, "{params},{vocabulary},{tokens},{value}").unwrap();
            }
        }
    }
    let (_folder, path) = written("vocabularies.csv", &table);
    let options = ["--law", "vocabulary", "--loss", "least-squares"];
    let found = json(&[&["fit", &path], &options[..]].concat());
    assert_eq!(found["residual"], "raw");
    for (name, truth, within) in [("E", 5.5328, 0.02), ("alpha1", 0.4466, 0.02), ("alpha2", 0.6707, 0.05)] {
        assert!((coefficient(&found, name) - truth).abs() < within, "{name}: {found}");
    }
    // The same column under the name of a loss, and the law in use.
    let (folder, renamed) = written("renamed.csv", &table.replace("unigram_normalized_loss", "loss"));
    let again = json(&[&["fit", &renamed, "--loss-column", "loss"], &options[..]].concat());
    assert_eq!(again["coefficients"], found["coefficients"]);
    let law = folder.path().join("law.json");
    std::fs::write(&law, found.to_string()).unwrap();
    let at = ["--params", "3B", "--tokens", "100B", "--knob", "vocabulary_params=200M"];
    let answer = json(&[&["loss", "--law", law.to_str().unwrap()], &at[..]].concat());
    let value = answer["values"]["unigram_normalized_loss"].as_f64().unwrap();
    assert!((value + 5.2043).abs() < 0.01, "{answer}");
    fails(&["fit", &path, "--law", "vocabulary", "--residual", "log"], 1, "above zero");
    fails(&["fit", &path, "--law", "vocabulary", "--flops", "1e21"], 2, "vocabulary is none");
}

#[test]
fn a_stored_law_that_lacks_a_coefficient_is_told_which() {
    let law = r#"{"schema": "scaling-laws/1", "law": {"form": "repetition", "coefficients": {"E": 1.87}}}"#;
    let (_folder, path) = written("law.json", law);
    let asked = ["loss", "--law", &path, "--params", "1B", "--tokens", "20B", "--knob", "unique_tokens=5B"];
    fails(&asked, 1, "of form \"repetition\" is missing");
}

#[test]
fn one_coefficient_is_held_or_tied_and_once() {
    let table = ["fit", BYTES];
    for (options, why) in [
        (&["--fix", "alpha=0.3", "--tie", "alpha=beta"][..], "alpha = 0.3 is held and follows another"),
        (&["--fix", "E=1.8", "--fix", "E=1.9"], "--fix E is given twice"),
        (&["--law", "power", "--input", "x=flops", "--input", "x=tokens"], "--input x is given twice"),
    ] {
        let code = if why.contains("follows") { 1 } else { 2 };
        fails(&[&table[..], options].concat(), code, why);
    }
}

#[test]
fn what_is_linear_is_certified_by_descents_that_meet() {
    let fit = json(&["fit", BYTES, "--fix", "alpha=0.35", "--fix", "beta=0.37"]);
    let certificate = &fit["certificate"];
    assert!(certificate["certified"] == true && certificate["starts_agreeing"] == 6, "{certificate}");
}

#[test]
fn zero_is_a_finding_for_what_may_have_either_sign() {
    let mut table = String::from("size,data,lr\n");
    let mut deviate = noise();
    for n in [1e7, 1e8, 1e9, 1e10] {
        for d in [1e9, 1e10, 1e11, 1e12] {
            writeln!(table, "{n},{d},{}", 1.79 * f64::powf(n, -0.7) * (1e-3 * deviate()).exp()).unwrap();
        }
    }
    let (_folder, path) = written("rates.csv", &table);
    let options = ["--law", "power-rule-2", "--input", "x_1=size", "--input", "x_2=data", "--loss-column", "lr"];
    let found = json(&[&["fit", &path], &options[..]].concat());
    assert!(coefficient(&found, "p2").abs() < 1e-3, "{found}");
    assert!(!found["warnings"].to_string().contains("not-identified"), "{found}");
}

#[test]
fn predictions_far_beyond_a_table_say_how_far() {
    let (_folder, path) = written("sizes.csv", &{
        let (mut table, mut deviate) = (String::from("flops,loss\n"), noise());
        for k in 0..20 {
            let c = 1e17 * 2f64.powi(k);
            writeln!(table, "{c},{}", (1.7 + (1e21 / c).powf(0.05)) * (1e-3 * deviate()).exp()).unwrap();
        }
        table
    });
    let asked = ["predict", &path, "--law", "power", "--input", "x=flops", "--method", "delta", "--knob"];
    let far = json(&[&asked[..], &["x=1e26"]].concat());
    assert!(far["warnings"].to_string().contains("extrapolation"), "{far}");
    assert!(!json(&[&asked[..], &["x=1e20"]].concat())["warnings"].to_string().contains("extrapolation"));
    let profile = ["predict", BYTES, "--params", "1M", "--tokens", "20M", "--method", "profile"];
    assert!(json(&profile)["refused"].to_string().contains("percentile and delta do"));
}
