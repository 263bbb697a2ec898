//! `scaling-laws runs` as a user runs it, and the document on logs word by word.

use std::fs;
use std::path::Path;
use std::process::Command;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use super::simulated;
use crate::command::{command, fails, json};

fn sweep() -> (tempfile::TempDir, String) {
    let root = tempfile::tempdir().unwrap();
    simulated::write(root.path());
    let path = root.path().to_str().unwrap().to_owned();
    (root, path)
}

#[test]
fn without_a_policy_what_is_there_is_listed() {
    let (_root, path) = sweep();
    command(&["runs", &path]).assert().success().stdout(
        contains("11 refused")
            .and(contains("no loss policy is stated"))
            .and(contains("notes.txt"))
            .and(contains("nanoGPT")),
    );
    fails(&["runs", &path, "--csv"], 1, "no run can be used");
}

#[test]
fn json_accounts_for_every_run_and_file() {
    let (_root, path) = sweep();
    let value = json(&["runs", &path, "--policy", "smoothed", "--params", "1B", "--tokens-per-step", "0.5M"]);
    assert_eq!(value["schema"], "scaling-laws/1");
    let (used, left) = (value["runs"].as_array().unwrap(), value["left_out"].as_array().unwrap());
    assert_eq!((used.len(), left.len(), value["skipped"].as_array().unwrap().len()), (11, 3, 1));
    for key in
        ["run", "file", "format", "params", "tokens", "loss", "standard_error", "series", "policy", "step", "points"]
    {
        assert!(!used[0][key].is_null(), "{key}");
    }
    assert!(left.iter().all(|run| run["outcome"].is_string() && run["reason"].is_string()));
    assert!(value["warnings"].as_array().unwrap().iter().all(|w| w["code"].is_string()));
}

#[test]
fn the_curves_of_the_runs_that_are_used_are_written_for_the_envelope() {
    let (root, path) = sweep();
    let file = root.path().join("curves.csv");
    let file = file.to_str().unwrap();
    command(&["runs", &path, "--policy", "last", "--params", "1B", "--tokens-per-step", "0.5M", "--curves", file])
        .assert()
        .success();
    let table = fs::read_to_string(file).unwrap();
    let mut rows = table.lines();
    assert_eq!(rows.next(), Some("run,params,tokens,loss"));
    let runs: std::collections::BTreeSet<&str> = rows.clone().map(|row| row.split(',').next().unwrap()).collect();
    assert_eq!(runs.len(), 11);
    // A later point of a run has more tokens.
    let first = rows.clone().take_while(|row| row.starts_with("124M/steps2000,")).count();
    assert!(first > 10 && rows.count() > 11 * 10);
    // It is read: of one size no law can be told.
    fails(&["fit", file, "--run-column", "run"], 1, "distinct");
    fails(&["runs", &path, "--draft", "--curves", file], 2, "cannot be used with");
}

#[test]
fn the_table_hides_no_warning_and_speaks_of_reasons_only_where_there_are_some() {
    let root = tempfile::tempdir().unwrap();
    let line = |step: u32, loss: f64| format!("iter {step}: loss {loss}, time 1ms\n");
    let log = [(10, 5.0), (20, 4.0), (30, 3.9), (20, 4.1), (30, 3.8)].map(|(s, l)| line(s, l)).concat();
    fs::write(root.path().join("a.log"), log).unwrap();
    let path = root.path().to_str().unwrap();
    let options = ["runs", path, "--policy", "last", "--params", "1B", "--param-count", "total"];
    let options = [&options[..], &["--tokens-per-step", "0.5M"]].concat();
    let text = command(&options).assert().success().get_output().stdout.clone();
    let text = String::from_utf8(text).unwrap();
    let shown = text.split("\nWarnings\n").nth(1).unwrap();
    assert!(shown.contains("[restarted]"), "{text}");
    let output = command(&[&options[..], &["--csv"]].concat()).assert().success().get_output().clone();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("Warnings\n{shown}"));
}

#[test]
fn an_empty_folder_is_no_answer_in_any_form() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().to_str().unwrap();
    for form in [&["runs", path][..], &["runs", path, "--csv"], &["runs", path, "--json"]] {
        fails(form, 1, "no file lies in");
    }
    fs::write(root.path().join("notes.txt"), "nothing").unwrap();
    command(&["runs", path]).assert().success().stdout(contains("No run was found").and(contains("notes.txt")));
    fails(&["runs", path, "--csv"], 1, "no run can be used; notes.txt");
}

#[test]
fn one_run_is_spoken_of_as_one_and_a_long_name_stands_beside_its_mark() {
    let root = tempfile::tempdir().unwrap();
    let long = "x".repeat(120);
    fs::write(root.path().join("a.log"), "iter 1: loss 3.5, time 1ms\niter 2: loss 3.4, time 1ms\n").unwrap();
    fs::write(root.path().join(format!("{long}.log")), "iter 1: loss 3.6, time 1ms\niter 2: loss nan, time 1ms\n")
        .unwrap();
    let path = root.path().to_str().unwrap();
    let output = command(&["runs", path]).assert().success().stdout(contains("1 run is listed only"));
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains(&format!("  ! {long}:")), "{text}");
}

#[test]
fn wrong_arguments_of_runs_are_usage_errors() {
    let (root, path) = sweep();
    fails(&["runs"], 2, "FOLDER|FILE");
    fails(&["runs", &path, "--policy", "best"], 2, "mean-of-last K");
    fails(&["runs", &path, "--params", "many"], 2, "expected a number above zero");
    fails(&["runs", &path, "--keep", "all"], 2, "expected unfinished or diverged");
    fails(&["runs", &path, "--draft", "--json"], 2, "cannot be used with");
    fails(&["runs", "no-such-folder"], 1, "no-such-folder");
    fs::write(root.path().join("manifest.toml"), "[[logs]]\npatern = 1\n").unwrap();
    fails(&["runs", &path], 2, "unknown field `patern`");
    fails(&["runs", &path, "--manifest", "no-such.toml"], 1, "no-such.toml");
}

/// The commands of docs/logs.md in order, in a folder with the simulated sweep, print what stands there.
#[test]
fn the_document_on_logs_shows_what_the_command_prints() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/logs.md")).unwrap();
    let root = tempfile::tempdir().unwrap();
    simulated::write(&root.path().join("logs"));
    let binary = assert_cmd::cargo::cargo_bin("scaling-laws");
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut commands = 0;
    for block in document.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for step in block.split("$ ").skip(1) {
            let (line, expected) = step.split_once('\n').unwrap();
            let output =
                Command::new("sh").args(["-c", line]).env("PATH", &path).current_dir(root.path()).output().unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            let printed = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
            let trimmed =
                |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned();
            assert_eq!(trimmed(&printed), trimmed(expected), "\n$ {line}\n{printed}");
            commands += 1;
        }
    }
    assert!(commands >= 6, "{commands}");
}
