//! What is said of files and runs that are left out.

use scaling_laws::{LogFormat, LogReader, Manifest};

use super::folders::{falling, folder, log, read};

#[test]
fn a_line_that_begins_with_a_bracket_is_text_and_a_list_is_json() {
    let hydra = "[2024-11-22 13:05:00,000][__main__][INFO] - step=0 loss=10.1 lr=6.00e-04\n\
                 [2024-11-22 13:05:01,000][__main__][INFO] - step=20 loss=9.8 lr=6.00e-04\n";
    let said = |text: &str| LogReader::new().read(text.as_bytes(), "train.log").unwrap_err().to_string();
    assert!(said(hydra).contains("no line is of a known log") && !said(hydra).contains("JSON"), "{}", said(hydra));
    for json in ["[1, 2, 3]", "[-1.5e3]\n", "[1"] {
        assert!(said(json).contains("JSON"), "{json}: {}", said(json));
    }
    // The same opening before lines that are known.
    let known = LogReader::new().read(format!("{hydra}iter 0: loss 3.5, time 1ms\n").as_bytes(), "x").unwrap();
    assert_eq!(known.format, LogFormat::NanoGpt);
}

#[test]
fn lines_before_the_first_json_object_are_passed_over_and_named() {
    let objects: String =
        (0..20).map(|i| format!("{{\"step\": {i}, \"metrics\": {{\"loss\": 3.{i:02}}}}}\n")).collect();
    let text = format!("INFO starting\n{}", objects.replacen('\n', "\nWARNING foo\n", 2));
    let log = LogReader::new().read(text.as_bytes(), "a.jsonl").unwrap();
    assert_eq!((log.format, log.histories[0].series()[0].len()), (LogFormat::JsonLines, 20));
    let said = log.warnings[0].to_string();
    assert!(said.contains("3 lines are no JSON objects and passed over, the first is line 1"), "{said}");
    let settings = "INFO starting\n{\"lr\": 0.1}\n{\"lr\": 0.2}\n";
    assert!(LogReader::new().read(settings.as_bytes(), "a.log").is_err(), "objects without losses are no log");
}

#[test]
fn packed_data_that_break_off_are_spoken_of_in_words() {
    let zstd = include_bytes!("../../data/logs/nanogpt.log.zst");
    for end in (20..zstd.len()).step_by(50) {
        let said = LogReader::new().read(&zstd[..end], "a.zst").unwrap_err().to_string();
        assert!(said.contains("begins as zstd and does not unpack: the file is cut short"), "{said}");
    }
    let mut damaged = zstd.to_vec();
    damaged[12] ^= 0xff;
    if let Err(error) = LogReader::new().read(&damaged[..], "a.zst") {
        assert!(!error.to_string().contains(['{', '"']), "{error}");
    }
}

#[test]
fn given_figures_are_called_so_and_a_missing_policy_by_its_name() {
    let stated = "number of parameters: 124.34M\ntokens per iteration will be: 8,192\n";
    let root = folder(&[("a.log", &format!("{stated}{}", log((0..100).step_by(10), falling)))]);
    let options = Manifest::everything(None).with("params", "85M").unwrap().with("tokens_per_step", "65536").unwrap();
    let sweep = options.read(root.path()).unwrap();
    let said: String = sweep.warnings().iter().map(|warning| format!("{warning}\n")).collect();
    assert!(said.contains("85M counts, as given") && !said.contains("manifest"), "{said}");
    let reason = sweep.logged()[0].outcome.to_string();
    assert_eq!(reason, "no loss policy is stated: say which loss counts, with policy (--policy)");
}

#[test]
fn what_a_trainer_writes_beside_its_log_is_counted_and_not_drafted() {
    let state = |shift: f64| {
        let rows: Vec<String> =
            (1..30).map(|i| format!("{{\"step\": {i}, \"loss\": {:.4}}}", falling(10 * i) + shift)).collect();
        format!("{{\"max_steps\": 29, \"log_history\": [{}]}}", rows.join(", "))
    };
    let results = r#"{"epoch": 1.0, "train_loss": 3.0, "train_runtime": 1000.0}"#;
    let root = folder(&[
        ("a/trainer_state.json", &state(0.0)),
        ("a/all_results.json", results),
        ("a/train_results.json", results),
        ("a/checkpoint-10/training_args.bin", "PK\u{3}\u{4}xx"),
        ("a/checkpoint-10/model-00001-of-00002.safetensors", "xx"),
        ("a/checkpoint-10/rng_state_0.pth", "xx"),
        ("a/config.json", "{}"),
        ("b/ckpt.pt", "xx"),
        ("b/config.json", "{}"),
        ("b/trainer_state.json", &state(0.1)),
        ("alone/all_results.json", results),
    ]);
    let draft = Manifest::draft(root.path()).unwrap();
    assert_eq!(draft.matches("[[logs]]").count(), 2, "{draft}");
    assert!(!draft.contains("checkpoint") && !draft.contains("train_results"), "{draft}");
    let sweep = read(root.path(), &draft);
    let skipped: Vec<String> = sweep.skipped().iter().map(|file| format!("{}: {}", file.file, file.reason)).collect();
    assert_eq!(
        skipped,
        [
            "a/all_results.json: it is a summary of the trainer_state.json beside it; so is 1 more file",
            "a/checkpoint-10/model-00001-of-00002.safetensors: it is a part of a checkpoint and no log; so are 3 more files",
            "a/config.json: it holds settings and no log; so is 1 more file"
        ]
    );
    let files: Vec<&str> = sweep.logged().iter().map(|run| run.file.as_str()).collect();
    assert_eq!(files, ["a/trainer_state.json", "alone/all_results.json", "b/trainer_state.json"]);
}
