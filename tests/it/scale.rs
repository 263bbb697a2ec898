//! A million runs: time in proportion to the runs, memory of a few columns.

use std::process::Command;
use std::time::Instant;

use scaling_laws::{Approach3, Chinchilla, LossModel, Runs};

/// Bytes a run that the columns and the fit may take together at their peak.
const BYTES: f64 = 160.0;
/// Bytes a run of the columns N, D and L themselves.
const COLUMNS: f64 = 24.0;

/// `count` runs about a law, every one at a place of its own, one in fifty with a tenfold error.
fn sweep(count: usize) -> Runs {
    let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
    // Steps of irrational size fill the unit interval evenly.
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    let ln_n = |i: usize| 16.0 + 8.0 * part(i, 0.618_033_988_749_894_9);
    let ln_d = |i: usize| 20.0 + 8.0 * part(i, std::f64::consts::SQRT_2);
    let error =
        |i: usize| 0.01 * (part(i, 1.732_050_807_568_877_2) - 0.5) * if i.is_multiple_of(50) { 10.0 } else { 1.0 };
    let column = |of: &dyn Fn(usize) -> f64| (0..count).map(of).collect::<Vec<f64>>();
    let losses = column(&|i| law.at(ln_n(i), ln_d(i)).loss * error(i).exp());
    Runs::from_columns(&column(&|i| ln_n(i).exp()), &column(&|i| ln_d(i).exp()), &losses).unwrap()
}

/// One line of /proc/self/status in bytes.
pub fn status(name: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(1024.0 * line.split_whitespace().nth(1)?.parse::<f64>().ok()?)
}

/// Run by the test below in a process of its own, since memory is counted by process.
#[test]
#[ignore = "part of a_million_runs"]
fn one_fit_measured() {
    let Some(count) = std::env::var("SCALE_RUNS").ok().and_then(|count| count.parse::<usize>().ok()) else { return };
    let runs = sweep(count);
    // Sets the peak back to what is held now.
    if std::fs::write("/proc/self/clear_refs", "5").is_err() {
        return println!("no figures: the peak of memory cannot be set back here");
    }
    let held = status("VmRSS").unwrap();
    let begin = Instant::now();
    let fit = Approach3::new().fit(&runs).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    let bytes = (status("VmHWM").unwrap() - held) / count as f64 + COLUMNS;
    assert!((fit.law().alpha() / 0.35 - 1.0).abs() < 1e-3 && fit.termination().is_optimal(), "{fit}");
    println!("figures: {seconds} {bytes}");
}

fn measured(count: usize) -> Option<(f64, f64)> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "scale::one_fit_measured", "--ignored", "--nocapture", "--test-threads", "1"])
        .env("SCALE_RUNS", count.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    if text.contains("no figures: ") {
        return None;
    }
    let numbers = text.split_once("figures: ").expect("the child prints figures").1;
    let mut numbers = numbers.split_whitespace().map(|word| word.parse::<f64>().unwrap());
    Some((numbers.next().unwrap(), numbers.next().unwrap()))
}

#[test]
fn a_million_runs_take_time_in_proportion_and_less_than_160_bytes_each() {
    let (Some(some), Some(many)) = (measured(100_000), measured(1_000_000)) else { return };
    println!("100 000 runs: {:.3} s; 1 000 000 runs: {:.3} s, {:.0} bytes a run", some.0, many.0, many.1);
    assert!(many.1 < BYTES, "{} bytes a run", many.1);
    // Ten in proportion, a hundred if something looked at every pair; the rest is for a machine with other work.
    assert!(many.0 < 30.0 * some.0.max(0.02), "{some:?} {many:?}");
}
