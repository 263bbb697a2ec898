//! What the command says where a figure cannot be had, or runs are too few to say much.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::command::{command, fails, json};

/// As many runs as the law has coefficients.
const FIVE: &str = "run,params,tokens,loss
a,1e8,2e9,3.4872
b,2e8,8e9,2.9935
c,4e8,3e9,3.0911
d,8e8,1.6e10,2.6433
e,1.6e9,4e10,2.4293
";

fn five() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (table, figure) = (file("five.csv"), file("a.svg"));
    std::fs::write(&table, FIVE).unwrap();
    (folder, table, figure)
}

#[test]
fn a_figure_that_cannot_be_had_takes_no_answer_with_it() {
    let (_folder, table, figure) = five();
    let keeps = |arguments: &[&str], answer: &str, reason: &str| {
        let told = contains("error: no figure: ").and(contains(reason));
        command(arguments).assert().code(1).stdout(contains(answer)).stderr(told);
    };
    let diagnose = ["diagnose", &table, "--refits", "19", "--figure", &figure];
    keeps(&diagnose, "What the fit of 5 runs rests on", "nothing to draw");
    keeps(&[&diagnose[..], &["--json"]].concat(), "\"schema\"", "nothing to draw");
    assert!(!std::path::Path::new(&figure).exists());
    let nowhere = "no/such/folder/a.svg";
    keeps(&["loss", "--params", "1B", "--tokens", "20B", "--figure", nowhere], "loss", nowhere);
    keeps(&["allocate", "--flops", "1e22", "--figure", nowhere], "1e22 FLOP", nowhere);
    keeps(&["curve", "--steps", "9000", "--figure", nowhere], "nats per token", nowhere);
    keeps(&["fit", &table, "--figure", nowhere], "5 runs", nowhere);
}

#[test]
fn a_fit_through_its_runs_has_no_errors_and_no_rivals() {
    let (_folder, table, _) = five();
    fails(&["predict", &table, "--flops", "1e24", "--replicates", "50"], 1, "no degrees of freedom to tell errors by");
    fails(&["predict", &table, "--params", "7B", "--tokens", "2T", "--method", "delta"], 1, "no degrees of freedom");
    let tied = ["predict", &table, "--law", "outer-exponent", "--flops", "1e24", "--replicates", "50"];
    command(&tied).assert().failure();
    let assert = command(&["diagnose", &table, "--refits", "19"]).assert().success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(text.contains("laws cannot be compared on these runs") && !text.contains("fits as well"), "{text}");
    assert!(text.contains("Intervals: none.") && text.lines().all(|line| line.chars().count() < 160), "{text}");
    let value = json(&["diagnose", &table, "--refits", "19"]);
    assert!(value["rivals"].as_array().unwrap().is_empty() && value["known"].as_array().unwrap().is_empty(), "{value}");
    let assert = command(&["allocate", "--runs", &table, "--flops", "1e22"]).assert().failure();
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(told.contains("add runs") && !told.contains("use a plan"), "{told}");
}

#[test]
fn counts_have_their_nouns() {
    let (_folder, table, _) = five();
    let told = |arguments: &[&str]| {
        let output = command(arguments).assert().failure().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    let text = told(&["rollout", &table]);
    assert!(text.contains("5 levels of compute, and none leaves"), "{text}");
    let one = ["fit", "docs/data/simulated-sweep.csv", "--approach", "2", "--where", "flops<2e18"];
    let text = told(&one);
    assert!(text.contains("a line needs at least") && !text.contains("others are missing"), "{text}");
}

#[test]
fn what_lies_beyond_the_axes_is_drawn_at_the_edge_or_told_in_figures_that_mean_something() {
    let (_folder, _, figure) = five();
    command(&["loss", "--params", "1", "--tokens", "1e18", "--figure", &figure]).assert().success();
    let svg = std::fs::read_to_string(&figure).unwrap();
    assert!(svg.contains("1 mark that lies beyond the axes"), "{svg}");
    command(&["allocate", "--flops", "1e24", "--params", "1M", "--figure", &figure]).assert().success();
    let svg = std::fs::read_to_string(&figure).unwrap();
    assert!(svg.contains("times the optimal size, beyond the axes") && !svg.contains(" 0.000 "), "{svg}");
}
