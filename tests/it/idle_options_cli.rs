//! Options that would change nothing are refused, and a shape near a size is the one that is written.
#![allow(clippy::unwrap_used)]

use crate::command::{allocated, command, fails, json, near};

#[test]
fn an_option_without_a_part_in_the_question_is_refused() {
    for (arguments, why) in [
        (&["allocate", "--all", "--loss", "2.0"][..], "give --flops"),
        (&["allocate", "--law", "kaplan", "--flops", "1e22", "--level", "0.5"], "--level reads a table of runs"),
        (&["allocate", "--law", "kaplan", "--flops", "1e22", "--where", "a=1"], "--where"),
        (&["allocate", "--flops", "1e21", "--watts", "400"], "--watts is that of the devices"),
        (&["allocate", "--flops", "1e21", "--shape", "--shapes", "0"], "--shapes"),
        (&["allocate", "--law", "krajewski2024", "--flops", "1e21", "--granularity", "8", "--block", "32"], "--bits"),
        (&["trend", "training-compute", "--value", "3"], "--from"),
        (&["shape", "--near", "70B", "--on", "H100"], "--on cannot be used with --near"),
        (&["shape", "--near", "7B", "--layers", "32"], "--layers cannot be used with --near"),
        (&["shape", "--near", "7B", "--zero", "3"], "--zero cannot be used with --near"),
    ] {
        fails(arguments, 2, why);
    }
}

#[test]
fn memory_to_serve_in_holds_idle_experts_and_embeddings() {
    let law = ["--law", "ludziejewski2025", "--flops", "1e21", "--serve-on", "4GB@500"];
    fails(&[&["allocate"], &law[..], &["--knob", "experts=8"]].concat(), 2, "ask with --experts 8");
    let all = allocated(&[&law[..], &["--experts", "8"]].concat());
    assert!(near(&all["settings"][0]["total_params"], 1.6e9), "{all}");
    let without = allocated(&["--law", "kaplan2020.L_ND", "--flops", "1e22", "--serve-on", "2GB"]);
    assert!(without["warnings"].to_string().contains("they come on top"), "{without}");
    // Three bits are stored in four, as five are in six.
    let three = allocated(&["--law", "kumar2024", "--flops", "1e21", "--serve-on", "2GB@100", "--bits", "3"]);
    assert!(near(&three["params"], 3.2e9), "{three}");
}

#[test]
fn a_setting_too_far_behind_the_others_is_refused_by_name() {
    let found = allocated(&["--law", "kumar2024", "--bits", "4,8,16", "--flops", "1e21", "--overtrain", "1"]);
    let refused = found["refused"].to_string();
    assert!(refused.contains("16 bits") && refused.contains("above what the best of the others allows"), "{found}");
}

#[test]
fn several_budgets_say_that_serving_changes_nothing() {
    let table = allocated(&["--flops", "1e21,1e22", "--inference-tokens", "1T"]);
    assert!(table["warnings"].to_string().contains("ignored"), "{table}");
}

#[test]
fn the_shape_nearest_to_a_size_is_written() {
    let config = command(&["shape", "--near", "7B", "--emit-config"]).assert().success().get_output().stdout.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, config).unwrap();
    let shape = json(&["shape", "--config", &path.display().to_string()]);
    let nearest = json(&["shape", "--near", "7B", "--most", "1"]);
    assert_eq!(shape["params"]["total"].as_f64(), nearest["shapes"][0]["params"].as_f64());
}
