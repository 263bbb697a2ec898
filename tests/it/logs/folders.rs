//! Folders of logs, manifests, and runs that lie in several files.

use std::fs;
use std::path::Path;

use scaling_laws::{Approach3, LossModel, LossPolicy, Manifest, Outcome, ParamCount, Params, Sweep, Tokens, Warning};

use super::simulated;

pub(super) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// Lines of nanoGPT from a loss by step.
pub(super) fn log(steps: impl IntoIterator<Item = u64>, loss: impl Fn(u64) -> f64) -> String {
    steps.into_iter().map(|step| format!("iter {step}: loss {:.4}, time 1ms\n", loss(step))).collect()
}

pub(super) fn falling(step: u64) -> f64 {
    3.0 + 100.0 / (step as f64 + 20.0) + 0.01 * (step as f64 * 12.9898).sin()
}

pub(super) fn read(root: &Path, manifest: &str) -> Sweep {
    Manifest::parse(manifest, "manifest.toml").unwrap().read(root).unwrap()
}

pub(super) fn outcomes(sweep: &Sweep) -> Vec<(&str, &str)> {
    sweep.logged().iter().map(|run| (run.history.label(), run.outcome.word())).collect()
}

#[test]
fn a_simulated_sweep_gives_back_the_law_it_was_made_from() {
    let root = tempfile::tempdir().unwrap();
    simulated::write(root.path());
    let draft = Manifest::draft(root.path()).unwrap();
    assert!(draft.contains(r#"pattern = "{params}/steps*.log""#) && draft.contains("notes.txt"), "{draft}");
    let blank = read(root.path(), &draft);
    assert!(blank.runs().is_empty());
    let needs = blank.logged().iter().filter(|run| run.outcome.to_string().contains("tokens (D) are not in the log"));
    assert!(needs.count() >= 10, "what is blank in the draft is asked for");
    let filled = draft
        .replace(r#"tokens_per_step = """#, &format!("tokens_per_step = {}", simulated::TOKENS_PER_STEP))
        .replace("steps*.log", "steps{planned_steps}*.log");
    let sweep = read(root.path(), &filled);
    let count = |word: &str| sweep.logged().iter().filter(|run| run.outcome.word() == word).count();
    assert_eq!(["used", "diverged", "unfinished", "duplicate", "stitched"].map(count), [10, 1, 1, 1, 1]);
    assert_eq!(sweep.runs().extra("planned_steps").unwrap().get(0), Some("2000"));
    for run in sweep.runs().iter() {
        let truth = simulated::loss(run.params.get(), run.tokens.get());
        assert!((run.loss.get() - truth).abs() < 0.0012, "{run:?} {truth}");
    }
    let stitched = sweep.runs().iter().max_by(|a, b| a.loss.get().total_cmp(&b.loss.get()).reverse()).unwrap();
    assert_eq!((stitched.params.get(), stitched.tokens.get()), (355e6, 32000.0 * simulated::TOKENS_PER_STEP));
    let fit = Approach3::new().fit(sweep.runs()).unwrap();
    let at = |n, d| fit.law().loss(Params::new(n).unwrap(), Tokens::new(d).unwrap()).unwrap().get();
    assert!((at(124e6, 8.4e9) - simulated::loss(124e6, 8.4e9)).abs() < 0.002);
    assert_eq!(sweep.curves().unwrap().len(), 10);
    let curve = &sweep.curves().unwrap()[0];
    assert_eq!((curve.len(), curve.tokens()[0]), (20, 100.0 * simulated::TOKENS_PER_STEP), "step 0 is left out");
}

#[test]
fn each_file_is_accounted_for() {
    let root = folder(&[
        ("a.log", &log((0..100).step_by(10), falling)),
        ("b.log", &log((0..100).step_by(10), |s| falling(s) + 0.1)),
        ("old/c.log", &log((0..100).step_by(10), |s| falling(s) + 0.2)),
        ("plot.png", "\u{89}PNG\r\n\u{1a}\n\0\0"),
        ("notes.md", "nothing"),
    ]);
    let sweep = read(
        root.path(),
        r#"
        [defaults]
        policy = "last"
        params = "1M"
        tokens_per_step = 1000
        [[logs]]
        pattern = "old/**"
        skip = true
        [[logs]]
        pattern = "b.log"
        policy = "mean-of-last 2"
        [[logs]]
        pattern = "nothing*.here"
        [[logs]]
        pattern = "*.log"
        "#,
    );
    assert_eq!(outcomes(&sweep), [("a", "used"), ("b", "used")]);
    let skipped: Vec<&str> = sweep.skipped().iter().map(|file| file.file.as_str()).collect();
    assert_eq!(skipped, ["notes.md", "old/c.log", "plot.png"]);
    assert!(sweep.skipped()[0].reason.contains("no pattern of manifest.toml"));
    assert!(sweep.warnings().iter().any(|w| w.to_string().contains("\"nothing*.here\" matches no file")));
    assert_eq!(sweep.runs().extra("policy").unwrap().cells().collect::<Vec<_>>(), ["last", "mean-of-last 2"]);
    assert!(sweep.warnings().iter().any(|w| w.code() == "assumed" && w.to_string().contains("what N counts")));
}

#[test]
fn n_is_counted_from_the_config_nearest_to_the_log() {
    let config = r#"{"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257,
                    "n_positions": 1024}"#;
    let root = folder(&[
        ("config.json", config),
        ("small/config.json", &config.replace("\"n_layer\": 12", "\"n_layer\": 6")),
        ("small/log.txt", &log((0..100).step_by(10), falling)),
        ("base/deep/log.txt", &log((0..100).step_by(10), |s| falling(s) + 0.1)),
    ]);
    let manifest =
        "[[logs]]\npattern = \"log.txt\"\nconfig = \"config.json\"\nbatch = 2\ncontext = 50\npolicy = \"last\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!(outcomes(&sweep), [("base/deep", "used"), ("small", "used")]);
    // 12·768² weights and the biases and norms of a layer.
    assert_eq!(sweep.runs().params(), [124_439_808.0, 124_439_808.0 - 6.0 * 7_087_872.0]);
    assert_eq!((sweep.runs().tokens()[0], sweep.runs().conventions().params), (9000.0, ParamCount::Total));
    let other = read(root.path(), &format!("{manifest}param_count = \"non-embedding\"\n"));
    assert_eq!(other.runs().conventions().params, ParamCount::NonEmbedding);
    assert!(other.runs().params()[0] < 90e6);
    let nowhere = read(root.path(), &manifest.replace("config.json", "nowhere.json"));
    assert!(nowhere.runs().is_empty() && nowhere.warnings()[0].to_string().contains("no nowhere.json lies beside it"));
    assert!(Manifest::draft(root.path()).unwrap().contains("config = \"config.json\""));
}

#[test]
fn figures_of_the_manifest_count_over_those_of_the_log_and_the_difference_is_said() {
    let stated = "number of parameters: 124.34M\ntokens per iteration will be: 8,192\n";
    let root = folder(&[("a.log", &format!("{stated}{}", log((0..100).step_by(10), falling)))]);
    let own = Manifest::everything(Some(LossPolicy::Last)).read(root.path()).unwrap();
    assert_eq!((own.runs().params(), own.runs().tokens()), (&[124.34e6][..], &[90.0 * 8192.0][..]));
    let manifest = "[[logs]]\npattern = \"*\"\nparams = \"85M\"\ntokens_per_step = 65536\npolicy = \"last\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!((sweep.runs().params(), sweep.runs().tokens()), (&[85e6][..], &[90.0 * 65536.0][..]));
    let said: Vec<String> = sweep.warnings().iter().map(Warning::to_string).collect();
    assert!(said.iter().any(|w| w.contains("N = 124.3M; 85M")), "{said:?}");
    assert!(said.iter().any(|w| w.contains("D = 737.3K at step 90; 5.898M")), "{said:?}");
    let mixed = folder(&[
        ("a.log", &log((0..100).step_by(10), falling)),
        ("b.log", &log((0..90).step_by(10), |s| falling(s) + 0.1)),
    ]);
    let manifest = "[defaults]\nparams = 1e6\ntokens_per_step = 1\npolicy = \"last\"\n[[logs]]\npattern = \"a*\"\nparam_count = \"total\"\n[[logs]]\npattern = \"b*\"\nparam_count = \"active\"\n";
    let sweep = read(mixed.path(), manifest);
    assert!(sweep.runs().is_empty() && sweep.logged().len() == 2, "all is listed and nothing used");
    for run in sweep.logged() {
        let reason = run.outcome.to_string();
        assert!(reason.contains("count N differently, total in a and active in b"), "{reason}");
    }
}

#[test]
fn restarts_in_files_of_their_own_are_stitched_and_strangers_are_not() {
    let root = folder(&[
        ("v/version_0/metrics.csv", &csv((0..1000).step_by(50), |s| falling(s) + 0.5)),
        ("v/version_1/metrics.csv", &csv((800..1600).step_by(50), |s| falling(s + 7) + 0.5)),
        ("v/version_2/metrics.csv", &csv((1600..2000).step_by(50), |s| falling(s + 9) + 0.5)),
        // Two runs that it could continue.
        ("w/a.log", &log((0..1000).step_by(10), falling)),
        ("w/b.log", &log((0..1000).step_by(10), |s| falling(s + 3))),
        ("w/late.log", &log((900..2000).step_by(10), |s| falling(s + 1))),
    ]);
    let manifest = "[[logs]]\npattern = \"*\"\nparams = \"1M\"\ntokens_per_step = 1000\npolicy = \"last\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!(
        outcomes(&sweep),
        [
            ("v/version_0", "used"),
            ("v/version_1", "stitched"),
            ("v/version_2", "stitched"),
            ("w/a", "used"),
            ("w/b", "used"),
            ("w/late", "used")
        ]
    );
    let whole = sweep.logged()[0].history.get("train_loss").unwrap();
    assert_eq!((whole.len(), whole.last()), (40, Some((1950, falling(1959) + 0.5))));
    assert_eq!(whole.points().find(|(step, _)| *step == 850), Some((850, falling(857) + 0.5)), "the later log counts");
    assert_eq!(sweep.runs().tokens()[0], 1_950_000.0);
    let doubts: Vec<String> = sweep.warnings().iter().map(Warning::to_string).collect();
    assert!(doubts.iter().any(|w| w.contains("goes on from step 800") && w.contains("4 records")), "{doubts:?}");
    assert!(doubts.iter().any(|w| w.contains("late") && w.contains("may continue any of w/a.log")), "{doubts:?}");
    let named = "[defaults]\nparams = \"1M\"\ntokens_per_step = 1000\npolicy = \"last\"\n\
                 [[logs]]\npattern = \"w/late.log\"\nrun = \"one\"\n[[logs]]\npattern = \"w/a.log\"\nrun = \"one\"\n";
    let sweep = read(root.path(), named);
    let one = sweep.logged().iter().find(|run| run.outcome.is_used()).unwrap();
    assert_eq!((one.history.label(), one.history.last_step()), ("one", Some(1990)));
}

fn csv(steps: impl IntoIterator<Item = u64>, loss: impl Fn(u64) -> f64) -> String {
    let rows: String = steps.into_iter().map(|step| format!("{step},{}\n", loss(step))).collect();
    format!("step,train_loss\n{rows}")
}

#[test]
fn training_and_evaluation_in_two_files_are_one_run_where_the_manifest_says_so() {
    let root = folder(&[
        ("train.csv", &csv((0..1000).step_by(10), falling)),
        ("eval.csv", &csv((0..1000).step_by(100), |s| falling(s) + 0.2).replace("train_loss", "val_loss")),
    ]);
    let manifest = "[[logs]]\npattern = \"*.csv\"\nrun = \"r\"\nparams = \"1M\"\ntokens_per_step = 1000\npolicy = \"last-validation\"\n";
    let sweep = read(root.path(), manifest);
    let Outcome::Used { loss, .. } = &sweep.logged().iter().find(|r| r.outcome.is_used()).unwrap().outcome else {
        panic!()
    };
    assert_eq!((loss.series.as_str(), loss.step), ("val_loss", 900));
}

#[test]
fn unfinished_and_diverged_runs_are_kept_only_on_request() {
    let root = folder(&[
        ("short.log", &log((0..500).step_by(10), falling)),
        ("up.log", &log((0..500).step_by(10), |s| falling(s) + if s > 400 { 3.0 } else { 0.0 })),
        ("nan.log", &format!("{}iter 500: loss nan, time 1ms\n", log((0..500).step_by(10), |s| falling(s) + 0.1))),
    ]);
    let manifest = |keep: &str, policy: &str| {
        format!(
            "[[logs]]\npattern = \"*\"\nparams = \"1M\"\ntokens_per_step = 9\nplanned_steps = 1000\npolicy = \"{policy}\"\nkeep = [{keep}]\n"
        )
    };
    let words = |keep, policy| {
        let sweep = read(root.path(), &manifest(keep, policy));
        sweep.logged().iter().map(|run| run.outcome.word()).collect::<Vec<_>>()
    };
    assert_eq!(words("", "last"), ["diverged", "unfinished", "diverged"]);
    assert_eq!(words("\"unfinished\"", "last"), ["diverged", "used", "diverged"]);
    assert_eq!(words("\"diverged\"", "last"), ["refused", "unfinished", "used"], "NaN is no last loss");
    assert_eq!(words("\"diverged\", \"unfinished\"", "minimum"), ["used", "used", "used"]);
}

#[test]
fn drafts_are_manifests_whatever_the_files_are_called() {
    let text = log((0..300).step_by(10), falling);
    let root = folder(&[
        ("we\"ird {x}*.log", &text),
        ("deep/a/1.log", &log((0..300).step_by(10), |s| falling(s) + 0.1)),
        ("deep/b/2.log", &log((0..300).step_by(10), |s| falling(s) + 0.2)),
        ("n350M-s1.log", &log((0..300).step_by(10), |s| falling(s) + 0.3)),
        ("n124M-s2.log", &log((0..300).step_by(10), |s| falling(s) + 0.4)),
    ]);
    let draft = Manifest::draft(root.path()).unwrap();
    let sweep = read(root.path(), &draft);
    assert_eq!((sweep.logged().len(), sweep.skipped().len()), (5, 0), "{draft}");
    assert!(draft.contains("n{params}-s*.log"), "{draft}");
    let empty = folder(&[("a.txt", "nothing")]);
    assert!(Manifest::draft(empty.path()).unwrap_err().to_string().contains("its only file is no training log"));
    assert!(Manifest::draft(empty.path().join("nowhere")).is_err());
}

#[test]
fn drafts_of_the_genuine_samples_are_read_back_and_strangers_stay_apart() {
    let Some(root) = crate::shared::shared("data/formats") else { return };
    let draft = Manifest::draft(&root).unwrap();
    let manifest = Manifest::parse(&draft, "draft").unwrap();
    let mixed = manifest.read(&root).unwrap();
    assert!(mixed.runs().is_empty());
    assert!(mixed.logged().iter().any(|run| run.outcome.to_string().contains("count N differently")));
    let sweep = manifest.with("param_count", "total").unwrap().read(&root).unwrap();
    assert_eq!(sweep.skipped().len(), 2, "{:?}", sweep.skipped());
    assert!(sweep.logged().iter().all(|run| run.outcome.word() != "stitched"), "{:?}", outcomes(&sweep));
    assert!(sweep.runs().len() >= 44, "{}", sweep.runs().len());
}

#[test]
fn tokens_of_a_step_leave_alone_what_a_table_of_runs_says_of_d() {
    let root = folder(&[("runs.csv", "run,params,tokens,loss\na,1e6,2e7,3.5\nb,2e6,4e7,3.2\n")]);
    let manifest = "[[logs]]\npattern = \"*\"\npolicy = \"last\"\nloss = \"loss\"\ntokens_per_step = 524288\n";
    let sweep = read(root.path(), manifest);
    assert_eq!(sweep.runs().tokens(), [2e7, 4e7]);
    let said = sweep.warnings().iter().filter(|warning| warning.to_string().contains("runs.csv: the log has no steps"));
    assert_eq!(said.count(), 1, "once a file");
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_what_is_no_file_is_named() {
    use std::os::unix::fs::symlink;
    let root = folder(&[
        ("in/a.log", &log((0..100).step_by(10), falling)),
        ("in/deep/b.log", &log((0..100).step_by(10), |s| falling(s) + 0.1)),
        ("out/c.log", &log((0..100).step_by(10), |s| falling(s) + 0.2)),
    ]);
    let at = |name: &str| root.path().join(name);
    symlink(at("out"), at("in/away")).unwrap();
    symlink(at("in/deep"), at("in/again")).unwrap();
    symlink("..", at("in/deep/up")).unwrap();
    symlink("nowhere", at("in/gone.log")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("in/pipe.log")).status().unwrap().success());
    let sweep = Manifest::everything(Some(LossPolicy::Last)).read(at("in")).unwrap();
    let labels: Vec<&str> = sweep.logged().iter().map(|run| run.history.label()).collect();
    assert_eq!(labels, ["a", "away/c", "deep/b"]);
    let skipped: Vec<(&str, &str)> =
        sweep.skipped().iter().map(|file| (file.file.as_str(), file.reason.as_str())).collect();
    let expected = [
        ("again", "read under another name"),
        ("deep/up", "back to a folder above it"),
        ("gone.log", "cannot be read"),
        ("pipe.log", "no file: a pipe"),
    ];
    assert_eq!(skipped.len(), expected.len(), "{skipped:?}");
    for ((file, reason), (name, words)) in skipped.iter().zip(expected) {
        assert!(*file == name && reason.contains(words), "{file}: {reason}");
    }
    assert!(Manifest::draft(at("in")).unwrap().contains("#   pipe.log"));
}

/// Row by row this would take minutes.
#[test]
fn a_table_of_many_runs_is_read_in_a_time_that_grows_with_it() {
    let rows: String = (0..40_000).map(|i| format!("r{i},{},{},3.{i:05}\n", 1_000_000 + i, 2_000_000 + i)).collect();
    let root = folder(&[("runs.csv", &format!("run,params,tokens,loss\n{rows}"))]);
    let begun = std::time::Instant::now();
    let manifest = "[[logs]]\npattern = \"*\"\npolicy = \"last\"\nloss = \"loss\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!(sweep.runs().len(), 40_000);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
