//! What the catalogue on the command line must not pass over in silence: ranges, counts of N, unverified numbers, and flags
//! without an effect.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{command, fails, json};

fn codes(value: &Value) -> Vec<&str> {
    value["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect()
}

fn loss(arguments: &[&str]) -> f64 {
    json(arguments)["loss"].as_f64().unwrap()
}

#[test]
fn a_recipe_marks_what_is_unverified_or_far_outside_and_leaves_the_first_out_of_the_spread() {
    let value = json(&["allocate", "--flops", "1e25", "--recipe"]);
    let rules = value["recipe"]["rules"].as_array().unwrap();
    let rule = |law: &str| rules.iter().find(|rule| rule["law"] == law).unwrap();
    let moonlight = rule("moonlight2025");
    assert!(moonlight["verified"] == false && codes(moonlight).contains(&"unverified"), "{moonlight}");
    for law in ["deepseek2024.hparams", "porian2024.hparams", "steplaw2025"] {
        assert!(rule(law)["verified"] == true && codes(rule(law)).contains(&"extrapolation"), "{law}");
    }
    let most = value["recipe"]["batch_tokens"][1].as_f64().unwrap();
    assert!(moonlight["batch_tokens"].as_f64().unwrap() > most, "{most}");
    let marked = contains("C 5e5x").and(contains("those marked ? are left out"));
    command(&["allocate", "--flops", "1e25", "--recipe"]).assert().success().stdout(marked);
}

#[test]
fn lines_and_laws_of_compute_say_how_far_they_are_asked() {
    for (law, axes) in [("kaplan2020.allocator", &["N", "D", "C"][..]), ("minicpm2024", &["N"])] {
        let value = json(&["allocate", "--law", law, "--flops", "1e26"]);
        let told = codes(&value).iter().filter(|code| **code == "extrapolation").count();
        assert_eq!(told, axes.len(), "{law}: {value}");
        let at = json(&["laws", law, "--at", "flops=1e26"]);
        assert_eq!(codes(&at).iter().filter(|code| **code == "extrapolation").count(), axes.len(), "{at}");
    }
    assert!(codes(&json(&["loss", "--law", "kaplan2020.L_Cmin", "--flops", "1e30"])).contains(&"extrapolation"));
    let sparse = json(&["allocate", "--law", "abnar2025", "--flops", "1e20", "--sparsity", "0.98"]);
    assert!(!codes(&sparse).contains(&"extrapolation"), "{}", sparse["warnings"]);
    let below = json(&["loss", "--law", "clark2022.s_base", "--params", "1M", "--knob", "experts=8"]);
    assert!(below["warnings"].to_string().contains("15x below 15M"), "{}", below["warnings"]);
}

#[test]
fn henighans_losses_are_asked_in_parameters_and_flop() {
    assert!((loss(&["loss", "--law", "henighan2020.language.L_N", "--params", "1B"]) - 2.2999172651).abs() < 1e-9);
    let one = ["loss", "--law", "henighan2020.language.L_C", "--flops", "1 PF-day"];
    assert!((loss(&one) - 2.5700159271).abs() < 1e-9);
    fails(&["laws", "henighan2020.math.L_C", "--at", "x=1e20"], 2, "it has flops");
}

#[test]
fn a_curve_has_the_warm_up_of_the_published_runs_or_says_what_it_lacks() {
    let last = |value: &Value| value["schedules"][0]["final_loss"].as_f64().unwrap();
    let usual = json(&["curve", "--steps", "24000"]);
    assert_eq!(usual["schedules"][0]["warmup"], 2160);
    // The public curve of this schedule ends at 2.7396.
    assert!((last(&usual) - 2.7571).abs() < 1e-4 && !codes(&usual).contains(&"no-warm-up"), "{usual}");
    let without = json(&["curve", "--steps", "24000", "--warmup", "0"]);
    assert!(codes(&without).contains(&"no-warm-up") && without["warnings"].to_string().contains("0.157"), "{without}");
    // Two stages: the public curve ends at 2.8402.
    let stages = ["curve", "--steps", "16000", "--schedule", "stepwise", "--stage", "8000:3e-5"];
    assert!((last(&json(&stages)) - 2.8489).abs() < 1e-4);
    assert!(codes(&json(&["curve", "--steps", "1000000"])).contains(&"extrapolation"));
    fails(&["curve", "--steps", "1000"], 2, "give --warmup");
    // Rates that rise from zero have their warm-up in them.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rates.txt");
    let rates: Vec<String> =
        (0..4000).map(|step| format!("{:e}", 3e-4 * f64::min(1.0, f64::from(step) / 99.0))).collect();
    std::fs::write(&path, rates.join("\n")).unwrap();
    let of_file = json(&["curve", "--rates", path.to_str().unwrap()]);
    assert!(of_file["schedules"][0]["warmup"] == 100 && !codes(&of_file).contains(&"no-warm-up"), "{of_file}");
    fails(&["curve", "--law", "tissue2024.400m", "--steps", "24000", "--peak", "1e-2"], 1, "not above zero");
}

#[test]
fn a_stage_after_the_first_step_begins_at_the_peak() {
    let run = ["curve", "--steps", "16000", "--schedule", "stepwise", "--every", "4000", "--stage"];
    let rates = |more: &[&str]| -> Vec<f64> {
        let value = json(&[&run[..], more].concat());
        let curve = value["schedules"][0]["curve"].as_array().unwrap().clone();
        curve.iter().map(|row| row["learning_rate"].as_f64().unwrap()).collect()
    };
    assert_eq!(rates(&["8000:3e-5"]), [3e-4, 3e-5, 3e-5, 3e-5]);
    assert_eq!(rates(&["8000:3e-5", "--peak", "2e-4"]), [2e-4, 3e-5, 3e-5, 3e-5]);
    fails(&[&run[..], &["0:3e-4", "--peak", "2e-4"]].concat(), 2, "--peak");
    fails(&[&run[..], &["8000:3e-5", "--stage", "4000:1e-5"]].concat(), 2, "after that of the stage before");
    fails(&[&run[..], &["20000:3e-5"]].concat(), 2, "20000");
}

#[test]
fn no_flag_is_passed_over() {
    let curve = ["curve", "--steps", "16000"];
    for (flags, words) in [
        (&["--stage", "8000:3e-5"][..], "add --schedule stepwise"),
        (&["--schedule", "constant", "--end", "1e-5"], "--end"),
        (&["--decay", "linear"], "--decay is the shape of wsd"),
        (&["--decay-from", "8000"], "--decay-from is a step of wsd"),
        (&["--schedule", "wsd", "--decay-from", "100"], "at or after the end of the warm-up"),
        (&["--best", "--csv"], "cannot be used with"),
    ] {
        fails(&[&curve[..], flags].concat(), 2, words);
    }
    fails(&["curve", "--rates", "r.txt", "--schedule", "wsd"], 2, "--steps");
    fails(&["curve", "--fit", "c.csv", "--momentum", "0.99"], 2, "--form annealing");
    fails(&["curve", "--fit", "c.csv", "--form", "annealing", "--free-shape"], 2, "--free-shape");
    let at = ["loss", "--params", "1B", "--tokens", "20B"];
    fails(&[&at[..], &["--steps", "100"]].concat(), 2, "no --steps");
    fails(&[&at[..], &["--flops", "1e20"]].concat(), 2, "C follows from N and D");
    fails(&[&at[..], &["--law", "kaplan2020.L_N"]].concat(), 2, "no --tokens");
    let repeated = ["--law", "muennighoff2023", "--knob", "unique_tokens=2B", "--knob"];
    fails(&[&at[..], &repeated[..], &["unique_tokens=3B"]].concat(), 2, "given twice");
    fails(&[&at[..], &repeated[..], &["params=3B"]].concat(), 2, "params is given twice");
    fails(&["laws", "steplaw2025", "--at", "params=1B", "--at", "params=2B"], 2, "given twice");
    fails(&["loss", "--all", "--params", "1B", "--tokens", "20B", "--figure", "x.svg"], 2, "cannot be used with");
}

#[test]
fn all_laws_say_how_they_count_n_and_only_doubt_what_they_take() {
    let value = json(&["loss", "--all", "--params", "1B", "--tokens", "200B"]);
    assert_eq!(codes(&value), ["different-data", "different-counts"]);
    let law = |id: &str| value["laws"].as_array().unwrap().iter().find(|law| law["law"] == id).unwrap().clone();
    assert_eq!(
        (&law("besiroglu2024.parametric")["counts"], &law("kaplan2020.L_N")["counts"]),
        (&"total".into(), &"non-embedding".into())
    );
    assert!(law("kaplan2020.L_D")["counts"].is_null());
    assert!(codes(&law("kaplan2020.L_N")).is_empty(), "it takes no D: {}", law("kaplan2020.L_N"));
    assert!(codes(&law("kaplan2020.L_D")).contains(&"extrapolation"));
    command(&["loss", "--all", "--along", "1B:20B,10B:200B"]).assert().success().stdout(contains("different-counts"));
}

#[test]
fn papers_without_coefficients_are_found_and_say_where_to_go() {
    for (ask, words) in [
        (&["laws", "m4_2022"][..], "fit --law m4"),
        (&["laws", "hagele2024"], "--decay one-minus-sqrt"),
        (&["laws", "--family", "m4"], "m4_2022"),
        (&["laws", "--author", "hägele"], "hagele2024"),
    ] {
        command(ask).assert().success().stdout(contains(words));
    }
    let shape = ["laws", "m4_2022", "--at", "x=100", "--at", "beta=2", "--at", "c=-0.5", "--at", "e_inf=0.1"];
    assert!((json(&shape)["values"]["error_rate"].as_f64().unwrap() - 0.3).abs() < 1e-12);
}

#[test]
fn a_refusal_names_the_law_and_what_is_allowed() {
    fails(&["laws", "steplaw2025", "--at", "params=1B"], 2, "steplaw2025 needs tokens");
    fails(&["laws", "mpl2025", "--at", "x=1"], 2, "command `curve`");
    fails(&["laws", "gadre2024.downstream.c4_46", "--at", "loss=0.1"], 2, "error_rate = -0.41");
    let bits = ["loss", "--law", "kumar2024", "--params", "100M", "--tokens", "2B"];
    fails(&[&bits[..], &["--knob", "weight_bits=0"]].concat(), 2, "or infinite");
    assert_eq!(loss(&[&bits[..], &["--knob", "weight_bits=inf"]].concat()), loss(&bits));
}
