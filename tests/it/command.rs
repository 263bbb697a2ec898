//! The command as a user runs it, from the folder of the crate.

use assert_cmd::Command;
use predicates::str::contains;
use serde_json::Value;

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("scaling-laws").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

/// What `--json` prints.
pub fn json(arguments: &[&str]) -> Value {
    let output = command(arguments).arg("--json").assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

/// What `allocate --json` prints.
pub fn allocated(arguments: &[&str]) -> Value {
    json(&[&["allocate"], arguments].concat())
}

/// A number within a thousandth.
pub fn near(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-3
}

/// Ends with this code, nothing on standard output, and a message that is no panic.
pub fn fails(arguments: &[&str], code: i32, message: &str) {
    let assert = command(arguments).assert().code(code).stdout("").stderr(contains(message));
    let stderr = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
}
