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
fn any_family_has_intervals_by_every_method_and_cluster() {
    let fit = ["fit", RUNS, "--law", "tied-exponents", "--flops", "1e13", "--replicates", "100"];
    for method in ["percentile", "basic", "bca", "studentized", "profile", "delta"] {
        for cluster in [&[][..], &["--cluster", "size"]] {
            let answer = json(&[&fit[..], &["--intervals", method], cluster].concat());
            let names: Vec<&str> =
                answer["intervals"].as_array().unwrap().iter().map(|i| i["quantity"].as_str().unwrap()).collect();
            let expected = ["E", "A", "B", "alpha", "N_opt at 1e13 FLOP", "D_opt at 1e13 FLOP", "D/N at 1e13 FLOP"];
            assert_eq!(names[..7], expected, "{method} {answer}");
            let size = ends(&answer["intervals"][4]);
            assert!((size.1 / answer["allocation"]["params"].as_f64().unwrap() - 1.0).abs() < 1e-9);
        }
    }
    // A coefficient that is held has no interval of its own.
    let held = json(&["fit", RUNS, "--fix", "alpha=0.3", "--intervals", "delta"]);
    let names = held["intervals"].as_array().unwrap().iter().map(|i| i["quantity"].clone());
    assert!(names.eq(["E", "A", "B", "beta", "a"].map(Value::from)), "{held}");
}

#[test]
fn predict_takes_any_family_with_its_own_numbers() {
    let run = ["--params", "400K", "--tokens", "5M"];
    let tied = json(&[&["predict", RUNS, "--law", "tied-exponents", "--replicates", "100"], &run[..]].concat());
    let [mean, new] = [0, 1].map(|place| ends(&tied["intervals"][place]));
    assert!(new.0 < mean.0 && mean.0 < mean.1 && mean.1 < mean.2 && mean.2 < new.2, "{tied}");
    assert_eq!(tied["law"]["form"], "tied-exponents");
    let power = ["predict", RUNS, "--law", "power", "--input", "x=flops", "--knob", "x=1e13", "--method", "delta"];
    let power = json(&power);
    assert_eq!(power["intervals"][0]["quantity"], "mean loss at x = 1e13");
    assert!(power["law"].is_null() && power["family"] == "power", "{power}");
    let robust = json(&[&["predict", RUNS, "--loss-function", "student-t", "--method", "delta"], &run[..]].concat());
    assert_eq!(robust["family"], "chinchilla");
}

#[test]
fn a_new_run_is_recalibrated_by_a_roll_out_of_the_same_fit() {
    let run = ["--params", "800K", "--tokens", "10M", "--recalibrate", "--method", "delta"];
    let answer = json(&[&["predict", RUNS], &run[..]].concat());
    let found = &answer["recalibrated"];
    let (low, point, high) = ends(found);
    let half = found["half_width"].as_f64().unwrap();
    assert!(
        (low * half.exp() / point - 1.0).abs() < 1e-12 && (point * half.exp() / high - 1.0).abs() < 1e-12,
        "{found}"
    );
    assert!((answer["intervals"][0]["point"].as_f64().unwrap() / point - 1.0).abs() < 1e-12);
    let factor = found["factor"].as_f64().unwrap();
    let rolled = json(&["rollout", RUNS]);
    let errors = rolled["predictions"].as_array().unwrap().iter().filter(|p| {
        let ratio = p["factor"].as_f64().unwrap() / factor;
        (0.5..=2.0).contains(&ratio)
    });
    let mut errors: Vec<f64> = errors.map(|p| p["error"].as_f64().unwrap().abs()).collect();
    errors.sort_by(f64::total_cmp);
    let place = (0.9 * (errors.len() + 1) as f64).ceil() as usize;
    assert!((errors[place - 1] / half - 1.0).abs() < 1e-9, "{errors:?} {found}");
    let far = ["--params", "7B", "--tokens", "2T", "--recalibrate", "--method", "delta"];
    let far = [&["predict", RUNS], &far[..]].concat();
    assert!(json(&far)["recalibrated"]["low"].is_null());
    command(&far).assert().success().stdout(contains("no recalibrated interval"));
    let tied = json(&[&["predict", RUNS, "--law", "tied-exponents"], &run[..]].concat());
    assert!(tied["recalibrated"]["half_width"].as_f64().unwrap() > 0.0, "{tied}");
    fails(&["predict", RUNS, "--flops", "1e13", "--recalibrate"], 2, "--params");
    fails(&[&["predict", RUNS, "--tie", "alpha=beta"], &run[..]].concat(), 2, "leave out --tie");
}

#[test]
fn wrong_usage_says_what_is_allowed() {
    fails(&["predict", RUNS], 2, "--params and --tokens, --knob, --flops or --loss");
    fails(&["predict", RUNS, "--flops", "1e13", "--method", "bootstrap"], 2, "percentile, basic, bca");
    fails(&["predict", RUNS, "--flops", "1e13", "--level", "90"], 2, "below one");
    fails(&["predict", RUNS, "--flops", "1e13", "--cluster", "nothing"], 2, "no column");
    fails(&["predict", RUNS, "--flops", "1e13", "--replicates", "10"], 2, "at least 40");
    let of_law = |more: &[&'static str]| [&["predict", RUNS, "--law", "tied-exponents"], more].concat();
    fails(&of_law(&["--params", "400K"]), 2, "tokens");
    fails(&of_law(&["--params", "400K", "--tokens", "5M", "--knob", "x=3"]), 2, "it is asked at params, tokens");
    fails(
        &["predict", RUNS, "--law", "power", "--input", "x=params", "--flops", "1e13"],
        2,
        "no loss of N and D alone",
    );
    fails(&["predict", RUNS, "--params", "400K", "--tokens", "5M", "--knob", "x=3"], 2, "no knobs");
}
