//! Runs that lie in several files at once.

use scaling_laws::{Manifest, Outcome};

use super::folders::{falling, folder, log, outcomes, read};

#[test]
fn copies_are_named_and_the_longer_one_is_kept() {
    let table: String = (0..200).map(|step| format!("{step},{:.7}\n", falling(step))).collect();
    let root = folder(&[
        ("x/checkpoint-100/log.txt", &log((0..100).step_by(10), falling)),
        ("x/checkpoint-200/log.txt", &log((0..200).step_by(10), falling)),
        ("x/metrics.csv", &format!("step,train_loss\n{table}")),
        ("y/log.txt", &log((0..200).step_by(10), |step| falling(step) + 0.003)),
    ]);
    let manifest = "[[logs]]\npattern = \"*\"\nparams = \"1M\"\ntokens_per_step = 1000\npolicy = \"last\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!(
        outcomes(&sweep),
        [("x/checkpoint-100", "duplicate"), ("x/checkpoint-200", "duplicate"), ("x", "used"), ("y", "used")]
    );
    assert_eq!(sweep.logged()[1].outcome, Outcome::Duplicate { of: "x/metrics.csv".into() });
}

/// A table with an auxiliary loss that is the same in all runs.
fn with_aux(steps: std::ops::Range<u64>, aux: &str, value: f64, loss: impl Fn(u64) -> f64) -> String {
    let rows: String = steps.step_by(10).map(|step| format!("{step},{:.4},{value:.4}\n", loss(step))).collect();
    format!("step,train_loss,{aux}\n{rows}")
}

#[test]
fn runs_that_share_only_a_constant_series_are_no_copies() {
    for (aux, value) in [("aux_loss", 0.01), ("z_loss", 0.0), ("moe/load_balance_loss", 1.0)] {
        let root = folder(&[
            ("10M/m.csv", &with_aux(0..500, aux, value, falling)),
            ("30M/m.csv", &with_aux(0..500, aux, value, |step| falling(step) - 0.3)),
            // No step of its training loss is that of another one.
            ("90M/m.csv", &with_aux(5..505, aux, value, |step| falling(step) - 0.5)),
            ("copy/m.csv", &with_aux(0..500, aux, value, falling)),
        ]);
        let sweep =
            read(root.path(), "[[logs]]\npattern = \"*\"\nparams = 1e6\ntokens_per_step = 9\npolicy = \"last\"\n");
        let words: Vec<&str> = sweep.logged().iter().map(|run| run.outcome.word()).collect();
        assert_eq!(words, ["used", "used", "used", "duplicate"], "{aux}");
    }
}

#[test]
fn of_copies_the_usable_one_is_kept_and_named() {
    let finished = log((0..500).step_by(10), falling);
    let nan = "iter 500: loss nan, time 1ms\n";
    let negative: String = (500..700).step_by(10).map(|step| format!("iter {step}: loss -2.7, time 1ms\n")).collect();
    let root = folder(&[
        ("a_refused.log", &format!("{finished}{negative}")),
        ("b.log", &log((0..400).step_by(10), falling)),
        ("c_diverged.log", &format!("{finished}{nan}")),
        ("d.log", &finished),
        ("e.log", &finished),
    ]);
    let sweep = read(root.path(), "[[logs]]\npattern = \"*\"\nparams = 1e6\ntokens_per_step = 9\npolicy = \"last\"\n");
    let words: Vec<&str> = sweep.logged().iter().map(|run| run.outcome.word()).collect();
    assert_eq!(words, ["duplicate", "duplicate", "duplicate", "used", "duplicate"]);
    for run in sweep.logged().iter().filter(|run| !run.outcome.is_used()) {
        assert_eq!(run.outcome, Outcome::Duplicate { of: "d.log".into() }, "a copy is one of a run that is kept");
    }
    // Two runs that went on from one are no copies of each other.
    let went_on = |shift: f64| log((0..800).step_by(10), |step| falling(step) + if step < 500 { 0.0 } else { shift });
    let root = folder(&[("a.log", &finished), ("b.log", &went_on(0.1)), ("c.log", &went_on(0.2))]);
    let sweep = Manifest::everything(None).read(root.path()).unwrap();
    let words: Vec<&str> = sweep.logged().iter().map(|run| run.outcome.word()).collect();
    assert_eq!(words, ["duplicate", "refused", "refused"]);
}

#[cfg(unix)]
#[test]
fn a_run_of_a_tracker_counts_once_whatever_names_it() {
    let summary = r#"{"_step": 100, "train_loss": 3.5}"#;
    let root = folder(&[
        ("wandb/offline-run-1/files/wandb-summary.json", summary),
        ("wandb/offline-run-2/files/wandb-summary.json", &summary.replace("3.5", "3.4")),
    ]);
    std::os::unix::fs::symlink("offline-run-2", root.path().join("wandb/latest-run")).unwrap();
    std::os::unix::fs::symlink("offline-run-1/files", root.path().join("wandb/inner")).unwrap();
    let sweep = Manifest::everything(None).read(root.path()).unwrap();
    let files: Vec<&str> = sweep.logged().iter().map(|run| run.file.as_str()).collect();
    assert_eq!(files, ["wandb/offline-run-1", "wandb/offline-run-2"]);
    let skipped: Vec<&str> = sweep.skipped().iter().map(|file| file.file.as_str()).collect();
    assert_eq!(skipped, ["wandb/inner", "wandb/latest-run"]);
}

/// Pair by pair this would take minutes.
#[test]
fn many_files_are_held_against_each_other_in_a_time_that_grows_with_them() {
    let files: Vec<(String, String)> = (0..4000u64)
        .map(|i| {
            // Each hundredth is a copy of the first one at fewer steps.
            let copy = i % 100 == 0;
            let every = if copy && i > 0 { 20 } else { 10 };
            let shift = if copy { 0.0 } else { 0.001 * i as f64 };
            let steps = (0..400).step_by(every);
            (format!("{i:05}.log"), log(steps, |step| falling(step) + if step > 0 { shift } else { 0.0 }))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = folder(&files);
    let begun = std::time::Instant::now();
    let sweep = Manifest::everything(None).read(root.path()).unwrap();
    assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
    let copies =
        sweep.logged().iter().filter(|run| matches!(&run.outcome, Outcome::Duplicate { of } if of == "00000.log"));
    assert_eq!(copies.count(), 39);
    assert_eq!(sweep.logged().iter().filter(|run| run.outcome.word() == "refused").count(), 3961);
}

#[test]
fn a_log_that_may_continue_many_others_names_a_few_of_them() {
    let mut files: Vec<(String, String)> = (0..9u64)
        .map(|i| (format!("w/{i}.log"), log((0..1000).step_by(10), |s| falling(s + 3 * i) + 1e-3 * i as f64)))
        .collect();
    files.push(("w/late.log".into(), log((900..2000).step_by(10), |s| falling(s + 1))));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let sweep = Manifest::everything(None).read(folder(&files).path()).unwrap();
    let said: Vec<String> = sweep.warnings().iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|w| w.contains("any of w/0.log") && w.contains("w/4.log, 4 more: it is left")), "{said:?}");
}
