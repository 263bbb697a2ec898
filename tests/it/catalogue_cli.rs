//! The catalogue on the command line: search, all laws side by side, knobs, curves.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{command, fails, json};
use crate::shared::shared;

fn ids(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[test]
fn laws_are_found_by_author_year_family_knob_quantity_and_text() {
    assert_eq!(ids(&json(&["laws", "--knob", "unique_tokens"])), ["muennighoff2023.L_NDU"]);
    assert_eq!(ids(&json(&["laws", "--author", "kaplan", "--year", "2018"])), ["mccandlish2018"]);
    assert_eq!(ids(&json(&["laws", "--author", "hoffmann", "--family", "allocation-line"])).len(), 3);
    assert_eq!(ids(&json(&["laws", "--gives", "critical_batch", "--paper", "2001.08361"])), ["kaplan2020.B_crit"]);
    let years = json(&["laws", "--year", "2021-2022"]);
    assert!(years.as_array().unwrap().iter().all(|e| (2021..=2022).contains(&e["year"].as_u64().unwrap())));
    let all = json(&["laws"]);
    assert_eq!(all.as_array().unwrap().len(), scaling_laws::published::catalogue().len());
    for entry in all.as_array().unwrap() {
        assert!(entry["model"]["family"].is_string() && entry["model"]["quantities"].is_array(), "{}", entry["id"]);
    }
    fails(&["laws", "--author", "Hofmann"], 1, "did you mean Hoffmann");
    fails(&["laws", "--knob", "unique_token"], 1, "unique_tokens");
    fails(&["laws", "--year", "2024-2020"], 2, "expected a year");
    fails(&["laws", "kaplan", "--year", "2020"], 2, "cannot be used with");
}

#[test]
fn loss_of_all_laws_says_what_cannot_be_compared_and_what_was_not_asked() {
    let at = ["loss", "--all", "--params", "1B", "--tokens", "20B"];
    command(&at).assert().success().stdout(
        contains("[different-data]")
            .and(contains("needs unique_tokens"))
            .and(contains("MassiveText"))
            .and(contains("besiroglu2024.parametric")),
    );
    let value = json(&[&at[..], &["--knob", "unique_tokens=10B"]].concat());
    let of = |id: &str| {
        let found = value["laws"].as_array().unwrap().iter().find(|law| law["law"] == id).cloned();
        found.unwrap()["loss"].as_f64().unwrap()
    };
    let alone = json(&["loss", "--params", "1B", "--tokens", "20B"])["loss"].as_f64().unwrap();
    assert_eq!(of("besiroglu2024.parametric"), alone);
    assert!(of("muennighoff2023.L_NDU") > 2.0);
    assert_eq!(value["warnings"][0]["code"], "different-data");
    fails(&[&at[..], &["--knob", "unique=10B"]].concat(), 2, "no knob \"unique\"");
    fails(&["loss", "--all", "--params", "1B"], 2, "--tokens");
    fails(&["loss", "--all", "--law", "kaplan", "--params", "1B", "--tokens", "1B"], 2, "cannot be used with");
}

#[test]
fn extrapolation_of_a_law_with_knobs_is_warned_of_on_its_own_axes() {
    let far = ["loss", "--law", "kumar2024", "--params", "1B", "--tokens", "20B", "--knob", "weight_bits=1"];
    let warnings = json(&far)["warnings"].to_string();
    assert!(warnings.contains("weight_bits") && warnings.contains("N = 1B"), "{warnings}");
    let batch = ["loss", "--law", "kaplan2020.B_crit", "--params", "1B"];
    fails(&batch, 2, "gives no loss");
    fails(&["loss", "--law", "mpl2025.400m", "--params", "1B"], 2, "scaling-laws curve");
}

#[test]
fn allocate_takes_the_knobs_of_a_law_and_asks_all_laws() {
    let budget = ["allocate", "--law", "muennighoff2023", "--flops", "1e22"];
    fails(&budget, 2, "--unique-tokens");
    let scarce = json(&[&budget[..], &["--knob", "unique_tokens=25B"]].concat());
    let plenty = json(&[&budget[..], &["--knob", "unique_tokens=100T"]].concat());
    let (scarce, plenty) = (scarce["loss"].as_f64().unwrap(), plenty["loss"].as_f64().unwrap());
    assert!(scarce > plenty, "{scarce} {plenty}");
    fails(&[&budget[..], &["--knob", "unique=1"]].concat(), 2, "it has params, tokens, unique_tokens");
    fails(&[&budget[..], &["--knob", "params=1B"]].concat(), 2, "found by the allocation");
    let line = json(&["allocate", "--law", "llama3", "--flops", "1e25"]);
    assert!(line["warnings"].to_string().contains("1000x beyond 1e22 FLOP"), "{}", line["warnings"]);
    command(&["allocate", "--all", "--flops", "1e22"])
        .assert()
        .success()
        .stdout(contains("llama3.allocator").and(contains("non-embedding")));
    let all = json(&["allocate", "--all", "--flops", "5.76e23"]);
    let found = all["laws"].as_array().unwrap().iter().find(|law| law["law"] == "besiroglu2024.parametric").cloned();
    let alone = json(&["allocate", "--flops", "5.76e23"]);
    assert_eq!(found.unwrap()["allocation"]["params"], alone["params"]);
    fails(&["allocate", "--all"], 2, "--flops");
}

#[test]
fn a_curve_follows_its_schedule_and_schedules_are_ranked() {
    let run = ["curve", "--steps", "24000", "--warmup", "2160"];
    let value = json(&[&run[..], &["--schedule", "cosine,wsd,linear,constant", "--best"]].concat());
    let last: Vec<f64> =
        value["schedules"].as_array().unwrap().iter().map(|s| s["final_loss"].as_f64().unwrap()).collect();
    assert_eq!(last.len(), 4);
    assert!(last[1] < last[0] && last[0] < last[3], "{last:?}");
    let best = value["best"]["final_loss"].as_f64().unwrap();
    assert!(best <= last[1], "{best}");
    let (from, curve) = (value["best"]["decay_from"].as_u64().unwrap(), &value["schedules"][0]["curve"]);
    assert!((21_000..23_000).contains(&from), "{from}");
    let steps: Vec<u64> = curve.as_array().unwrap().iter().map(|row| row["step"].as_u64().unwrap()).collect();
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]) && steps.last() == Some(&23_999), "{steps:?}");
    assert!(!value["warnings"].to_string().contains("extrapolation"));
    let hot = json(&[&run[..], &["--peak", "3e-3"]].concat());
    assert!(hot["warnings"].to_string().contains("peak_learning_rate"), "{}", hot["warnings"]);
    fails(&["curve"], 2, "--steps");
    fails(&[&run[..], &["--schedule", "stepwise"]].concat(), 2, "--stage");
    fails(&[&run[..], &["--law", "kaplan"]].concat(), 2, "gives no loss curve");
    fails(&["curve", "--steps", "100", "--warmup", "200"], 2, "200");
}

#[test]
fn a_curve_takes_rates_from_a_file_and_prints_csv() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rates.txt");
    let rates: Vec<String> =
        (0..1000).map(|step| if step < 500 { "3e-4".into() } else { format!("{:e}", 3e-5) }).collect();
    std::fs::write(&path, rates.join("\n")).unwrap();
    let path = path.to_str().unwrap();
    let of_file = json(&["curve", "--rates", path, "--warmup", "0"])["schedules"][0]["final_loss"].as_f64().unwrap();
    let run = ["curve", "--steps", "1000", "--warmup", "0", "--schedule", "stepwise"];
    let stages = [&run[..], &["--stage", "0:3e-4", "--stage", "500:3e-5"]].concat();
    let named = json(&stages)["schedules"][0]["final_loss"].as_f64().unwrap();
    assert!((of_file - named).abs() < 1e-12, "{of_file} {named}");
    let output = command(&[&stages[..], &["--csv", "--every", "250"]].concat()).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("schedule,step,learning_rate,loss", 5), "{text}");
    assert!(lines[4].starts_with("stepwise,999,3e-5,"), "{text}");
    std::fs::write(path, "3e-4\nx\n").unwrap();
    fails(&["curve", "--rates", path], 1, "line 2");
}

#[test]
fn a_law_is_evaluated_by_name_whatever_it_gives() {
    let said = json(&["laws", "pearce2024", "--at", "params=10M"]);
    // N + 47491·N^(1/3).
    assert!((said["values"]["total_params"].as_f64().unwrap() / 20_231_606.0 - 1.0).abs() < 1e-4, "{said}");
    assert!(said["values"]["local_exponent"].as_f64().unwrap() > 0.6 && said["units"]["total_params"] == "parameters");
    let back = json(&["laws", "pearce2024.without_embeddings", "--at", "total_params=20231625.8"]);
    assert!((back["values"]["params"].as_f64().unwrap() / 1e7 - 1.0).abs() < 1e-6, "{back}");
    // Step Law gives two quantities and a warning beyond its range.
    let far = json(&["laws", "steplaw2025", "--at", "params=1T", "--at", "tokens=100B"]);
    assert!(far["values"]["learning_rate"].is_number() && far["warnings"][0]["code"] == "extrapolation", "{far}");
    command(&["laws", "tao2024.approach2", "--at", "params=3B"])
        .assert()
        .success()
        .stdout(contains("vocabulary_params"));
    fails(&["laws", "pearce2024", "--at", "tokens=1B"], 2, "tokens");
    fails(&["laws", "--at", "params=1B"], 2, "required");
}

#[test]
fn laws_are_compared_along_a_line_and_over_budgets_as_at_one() {
    let budgets = json(&["allocate", "--all", "--flops", "1e21,1e23"]);
    for (i, flops) in ["1e21", "1e23"].into_iter().enumerate() {
        assert_eq!(budgets["budgets"][i], json(&["allocate", "--all", "--flops", flops]));
    }
    let table = command(&["allocate", "--all", "--flops", "1e21,1e23"]).assert().success();
    let table = String::from_utf8(table.get_output().stdout.clone()).unwrap();
    for law in ["hoffmann2022.approach1", "hoffmann2022.approach2", "llama3.allocator", "minicpm2024.ratio"] {
        assert_eq!(
            table.lines().filter(|line| line.contains(law) && line.matches(" x ").count() == 2).count(),
            1,
            "{law}"
        );
    }
    let line = json(&["loss", "--all", "--along", "1B:20B,10B:200B"]);
    for (i, (params, tokens)) in [("1B", "20B"), ("10B", "200B")].into_iter().enumerate() {
        assert_eq!(line["points"][i], json(&["loss", "--all", "--params", params, "--tokens", tokens]));
    }
    command(&["loss", "--all", "--along", "1B:20B,10B:200B"]).assert().success().stdout(contains("10B:200B"));
    fails(&["loss", "--all", "--along", "1B-20B"], 2, "N:D");
    fails(&["loss", "--along", "1B:20B"], 2, "--all");
}

#[test]
fn a_law_of_curves_is_fitted_to_curves_and_finds_a_better_schedule() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("curves.csv");
    let run = ["--steps", "6000", "--warmup", "500", "--schedule", "cosine,constant,wsd"];
    let write = |law: &str| {
        let arguments = [&["curve", "--law", law, "--csv", "--every", "100"], &run[..]].concat();
        std::fs::write(&path, command(&arguments).assert().success().get_output().stdout.clone()).unwrap();
    };
    let fit = |form: &str| {
        let file = path.to_str().unwrap();
        let asked = ["curve", "--fit", file, "--form", form, "--run-column", "schedule", "--best"];
        json(&[&asked[..], &run[..]].concat())
    };
    let last = |curve: &Value, i: usize| curve["schedules"][i]["final_loss"].as_f64().unwrap();
    for (law, form, tolerance) in [("tissue2024.25m", "annealing", 2e-3), ("mpl2025.25m", "multi-power", 5e-3)] {
        write(law);
        let (found, published) = (fit(form), json(&[&["curve", "--law", law], &run[..]].concat()));
        for i in 0..3 {
            let (ours, theirs) = (last(&found, i), last(&published, i));
            assert!((ours - theirs).abs() < tolerance, "{law} {i}: {ours} {theirs}");
        }
        assert!(found["best"]["final_loss"].as_f64().unwrap() < last(&found, 0), "{found}");
        assert!(found["fit"]["coefficients"]["L0"].is_number(), "{}", found["fit"]);
    }
    fails(&["curve", "--fit", "nowhere.csv"], 1, "nowhere.csv");
}

/// The training curves of Luo 2025 give a law that foretells where an unseen schedule ends, and ranks schedules as they came out.
#[test]
fn public_curves_are_fitted_on_the_command_line_and_foretell_another_schedule() {
    let Some(path) = shared("data/curves/multipowerlaw_lr_schedules.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let column = |name: &str| head.split(',').position(|cell| cell.trim() == name).unwrap();
    let (model, schedule, split) = (column("model"), column("schedule"), column("split"));
    let directory = tempfile::tempdir().unwrap();
    for size in ["25M", "100M"] {
        let cells = |row: &&str| row.split(',').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let of_size: Vec<&str> = rows.lines().filter(|row| cells(row)[model] == size).collect();
        let train: Vec<&str> = of_size.iter().copied().filter(|row| cells(row)[split] == "train").collect();
        let file = directory.path().join(format!("{size}.csv"));
        std::fs::write(&file, format!("{head}\n{}\n", train.join("\n"))).unwrap();
        // Where a schedule of 24 000 steps came out: the mean of its last five losses, about 250 steps before the end.
        let measured = |name: &str| {
            let of_name = of_size.iter().map(cells).filter(|cells| cells[schedule] == name);
            let losses: Vec<f64> = of_name.map(|cells| cells[column("loss")].parse().unwrap()).collect();
            losses.iter().rev().take(5).sum::<f64>() / 5.0
        };
        for form in ["multi-power", "annealing"] {
            let run =
                ["curve", "--fit", file.to_str().unwrap(), "--form", form, "--warmup", "2160", "--steps", "24000"];
            let asked = ["--schedule", "cosine,wsd", "--decay-from", "20000", "--every", "23750"];
            let said = json(&[&run[..], &asked[..]].concat());
            let loss = |i: usize| said["schedules"][i]["curve"][0]["loss"].as_f64().unwrap();
            let (cosine, wsd) = (measured("cosine_24000"), measured("wsd_20000_24000"));
            eprintln!("{size} {form}: wsd {:.4} (measured {wsd:.4}), cosine {:.4} ({cosine:.4})", loss(1), loss(0));
            assert!((loss(0) - cosine).abs() < 0.01 && (loss(1) - wsd).abs() < 0.02, "{size} {form}: {said}");
            assert!(loss(1) < loss(0) && wsd < cosine, "{size} {form}");
        }
    }
}
