//! What genuine logs hold. The figures were counted in the files themselves, by grep and Python's csv and json, not by
//! the readers.

use scaling_laws::LogFormat::{self, *};
use scaling_laws::{History, LogReader, LossKind, LossPolicy, ParamCount, RunStatus, TrainingLog};

use crate::shared::shared;

fn read(file: &str) -> Option<TrainingLog> {
    let path = shared(&format!("data/formats/{file}"))?;
    Some(LogReader::new().read_path(path).unwrap())
}

/// File, kind, runs; of the first run a series: name, points, first and last of them.
type Expected = (&'static str, LogFormat, usize, &'static str, usize, (u64, f64), (u64, f64));

#[rustfmt::skip]
const SAMPLES: &[Expected] = &[
    ("build_nanogpt/log.md", BuildNanoGpt, 1, "train", 26, (0, 10.9677), (250, 0.0052)),
    ("composer_llmfoundry/stdout.txt", Composer, 1, "train", 4, (1, 10.9736), (4, 10.6459)),
    ("hf_stdout/cmd.txt", HfStdout, 1, "train", 5, (500, 1.1409), (2498, 0.3979)),
    ("hf_stdout/cmd.txt", HfStdout, 1, "eval_loss", 4, (549, 0.6597685217857361), (2196, 0.49395063519477844)),
    ("hf_stdout/dicts_only.txt", HfStdout, 1, "train", 10, (9100, 1.1409), (91100, 0.2645)),
    ("hf_stdout/dicts_only.txt", HfStdout, 1, "eval_loss", 10, (10000, 0.6597685217857361), (100000, 0.4916660189628601)),
    ("hf_trainer_state/cpt_eval_predict.json", HfTrainerState, 1, "loss", 10, (500, 1.1409), (5000, 0.2645)),
    ("hf_trainer_state/cpt_eval_predict.json", HfTrainerState, 1, "eval_loss", 10, (549, 0.6597685217857361), (5490, 0.4916660189628601)),
    ("hf_trainer_state/eval_every_500.json", HfTrainerState, 1, "loss", 6, (100, 1.4671), (600, 0.6168)),
    ("hf_trainer_state/eval_every_500.json", HfTrainerState, 1, "eval_loss", 1, (500, 1.039638638496399), (500, 1.039638638496399)),
    ("hf_trainer_state/tiny_with_total_flos.json", HfTrainerState, 1, "loss", 4, (10, 8.3368), (40, 0.427)),
    ("json_results/gpt2_64_results.json", Json, 1, "train_loss", 300, (100, 8.5075), (30000, 5.1272)),
    ("json_results/gpt2_64_results.json", Json, 1, "eval_loss", 300, (100, 7.396811008453369), (30000, 4.879518032073975)),
    ("lightning_csv/metrics_gpttt.csv", MetricsCsv, 1, "train_loss", 10, (49, 2.620293617248535), (499, 1.668698787689209)),
    ("lightning_csv/metrics_gpttt.csv", MetricsCsv, 1, "val_loss", 2, (199, 2.3940553665161133), (399, 1.9023048877716064)),
    ("lightning_csv/metrics_v0.csv", MetricsCsv, 1, "train_loss_step", 79, (49, 7.628580570220947), (3949, 4.841745376586914)),
    ("lightning_csv/metrics_v10.csv", MetricsCsv, 1, "train_loss_step", 136, (49, 9.741604804992676), (6799, 6.279723644256592)),
    // Ten iterations of six optimizer steps.
    ("litgpt/finetune_stdout.txt", LitGpt, 1, "train", 6, (0, 1.646), (5, 1.524)),
    ("llm_c/main.log", LlmC, 1, "train", 89, (0, 11.0091), (506, 5.3530)),
    ("llm_c/main.log", LlmC, 1, "val", 3, (0, 11.0092), (500, 5.3743)),
    ("llm_c/main_full_vals.log", LlmC, 1, "val", 80, (0, 11.0092), (19560, 3.2722)),
    ("llm_c/pytorch_ref_adamw.log", LlmC, 1, "train", 54, (0, 10.965596), (137, 5.930656)),
    ("llm_c/pytorch_ref_adamw.log", LlmC, 1, "val", 2, (0, 10.968871), (128, 6.034447)),
    ("llm_c/train_gpt2_stdout.txt", LlmC, 1, "train", 5, (0, 5.356189), (39, 3.970751)),
    ("llm_c/train_gpt2_stdout.txt", LlmC, 1, "val", 2, (0, 5.252026), (40, 4.107781)),
    ("maxtext/stdout.txt", MaxText, 1, "train", 10, (0, 12.038), (9, 10.374)),
    ("maxtext/stdout2.txt", MaxText, 1, "train", 5, (0, 10.874), (4, 9.610)),
    ("megatron_deepspeed/datablations_blowup1.out", Megatron, 1, "train", 1, (200, 8.863574), (200, 8.863574)),
    ("megatron_deepspeed/datablations_blowup1.out", Megatron, 1, "val", 3, (100, 8.798237), (300, 7.628450)),
    ("megatron_deepspeed/datablations_spike.out", Megatron, 1, "train", 30, (200, 9.265682), (6000, 6.313217)),
    ("megatron_deepspeed/datablations_spike.out", Megatron, 1, "val", 61, (100, 9.322275), (6100, 6.065062)),
    ("megatron_deepspeed/meg_ds_3d_gpt2.out", Megatron, 1, "train", 27, (1, 12.44238), (27, 8.967265)),
    ("mlx_lm/excerpt.txt", Mlx, 1, "train", 4, (10, 4.441), (40, 2.259)),
    ("mlx_lm/excerpt.txt", Mlx, 1, "val", 1, (1, 5.852), (1, 5.852)),
    ("modded_nanogpt/muon_2024-10-10.txt", ModdedNanoGpt, 1, "train", 54, (1, 10.9184), (54, 5.7927)),
    ("modded_nanogpt/muon_2024-10-10.txt", ModdedNanoGpt, 1, "val", 1, (0, 10.9264), (0, 10.9264)),
    ("modded_nanogpt/valueembed_2024-12-04.txt", ModdedNanoGpt, 1, "train", 58, (1, 10.8258), (58, 5.0364)),
    ("nanogpt/tinystories_readme.md", NanoGpt, 1, "train", 10, (0, 10.9118), (40000, 1.6491)),
    ("nanogpt/tinystories_readme.md", NanoGpt, 1, "val", 3, (0, 10.9209), (40000, 1.5911)),
    ("nested_runs_csv/gemstones_hot.jsonl", JsonLines, 4, "final_loss", 10, (2385, 3.1010556221), (23850, 2.7677679062)),
    ("sheets_csv/misfitting_data.csv", RunsCsv, 44, "Wiki Eval Loss", 1, (1, 5.736), (1, 5.736)),
    ("tensorboard_csv/excerpt.csv", TensorBoardCsv, 1, "Value", 6, (0, 59.310001373291016), (5, 79.69999694824219)),
    ("torchtitan/excerpt.txt", TorchTitan, 1, "train", 4, (1, 8.1661), (4, 4.5908)),
    ("wandb_csv_export/runtable_gshard.csv", WandbRuns, 40, "train/avg_loss_AVG", 1, (250, 4.498388767242432), (250, 4.498388767242432)),
    ("wandb_csv_export/wikitext_groups.csv", WandbChart, 10, "test-tokens/avg_loss", 10, (204800, 7.953187465667725), (2048000, 6.793429632186889)),
    ("wandb_local", WandbFolder, 1, "val/loss", 1, (53560, 3.487562326192856), (53560, 3.487562326192856)),
];

#[test]
fn every_sample_is_recognised_and_holds_what_was_counted_in_it() {
    if shared("data/formats").is_none() {
        return;
    }
    for (file, format, runs, name, points, first, last) in SAMPLES {
        let log = read(file).unwrap();
        assert_eq!((log.format, log.histories.len()), (*format, *runs), "{file}");
        let series = log.histories[0].get(name).unwrap_or_else(|| panic!("{file}: no {name}"));
        assert_eq!(
            (series.len(), series.first(), series.last()),
            (*points, Some(*first), Some(*last)),
            "{file} {name}"
        );
    }
}

#[test]
fn no_sample_is_left_out() {
    let Some(root) = shared("data/formats") else { return };
    // The first holds no loss at all; the other two are read as the folder they lie in.
    let apart =
        ["megatron_lm/meg_gpt2_perf_n16-1999618.out", "wandb_local/config.yaml", "wandb_local/wandb-summary.json"];
    for folder in std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()) {
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            assert!(
                SAMPLES.iter().any(|sample| sample.0 == name) || apart.contains(&name.as_str()),
                "{name} is not tested"
            );
        }
    }
}

#[test]
fn a_log_whose_every_step_was_skipped_is_refused_with_the_reason() {
    let Some(path) = shared("data/formats/megatron_lm/meg_gpt2_perf_n16-1999618.out") else { return };
    let error = LogReader::new().read_path(path).unwrap_err().to_string();
    assert!(
        error.contains("Megatron") && error.contains("4 steps are logged without a loss, the first is 1"),
        "{error}"
    );
}

fn first(file: &str) -> Option<History> {
    Some(read(file)?.histories.swap_remove(0))
}

#[test]
fn parameters_and_tokens_are_taken_where_a_log_states_them() {
    let figures = |history: &History| {
        let tokens = history.tokens_at(history.last_step().unwrap());
        (history.params().map(|(n, count)| (n.get(), count)), tokens.map(|tokens| tokens.get()))
    };
    for (file, params, tokens) in [
        // 30,031,872 + 4,992 parameters; 40000 iterations of 8,192 tokens.
        ("nanogpt/tinystories_readme.md", Some((30036864.0, Some(ParamCount::Total))), Some(327680000.0)),
        ("build_nanogpt/log.md", Some((124475904.0, Some(ParamCount::Total))), None),
        ("llm_c/train_gpt2_stdout.txt", Some((124439808.0, Some(ParamCount::Total))), None),
        ("litgpt/finetune_stdout.txt", Some((2791910400.0, Some(ParamCount::Total))), None),
        ("mlx_lm/excerpt.txt", Some((3315716000.0, Some(ParamCount::Total))), Some(7601.0)),
        ("maxtext/stdout.txt", None, Some(1966080.0)),
        ("megatron_deepspeed/datablations_blowup1.out", Some((355.9e6, Some(ParamCount::Total))), Some(78643200.0)),
        ("nested_runs_csv/gemstones_hot.jsonl", Some((543482880.0, Some(ParamCount::Active))), Some(100034150400.0)),
        ("wandb_csv_export/runtable_gshard.csv", None, Some(262144000.0)),
        ("sheets_csv/misfitting_data.csv", Some((40719168.0, None)), Some(209715200.0)),
        ("llm_c/main.log", None, None),
    ] {
        let Some(history) = first(file) else { return };
        assert_eq!(figures(&history), (params, tokens), "{file}");
    }
    // The log has no steps, so tokens per step say nothing.
    let mut nominal = first("hf_stdout/dicts_only.txt").unwrap();
    nominal.set_tokens_per_step(1e6);
    assert!(nominal.has_nominal_steps() && nominal.tokens_at(9100).is_none());
}

#[test]
fn ends_of_runs_are_told_apart() {
    let status = |file| first(file).map(|history| history.status());
    let Some(spike) = status("megatron_deepspeed/datablations_spike.out") else { return };
    // A run of a study of instabilities: its loss is 3.9 at step 3200 and 6.3 at the end.
    assert!(matches!(spike, RunStatus::Diverged { ratio, .. } if ratio > 1.5), "{spike}");
    assert_eq!(status("llm_c/main.log"), Some(RunStatus::Unstated));
    assert_eq!(status("hf_trainer_state/cpt_eval_predict.json"), Some(RunStatus::Complete));
    assert_eq!(status("mlx_lm/excerpt.txt"), Some(RunStatus::Unfinished { last: 40, planned: 250 }));
    let failed = RunStatus::Stopped { state: "failed".into() };
    assert_eq!(status("wandb_csv_export/runtable_gshard.csv"), Some(failed));
}

#[test]
fn policies_answer_on_a_genuine_curve() {
    let Some(run) = first("llm_c/main_full_vals.log") else { return };
    let last = run.final_loss(LossPolicy::LastValidation, None).unwrap();
    assert_eq!((last.loss.get(), last.step, last.series.as_str()), (3.2722, 19560, "val"));
    let error = run.final_loss(LossPolicy::Last, None).unwrap_err().to_string();
    assert!(error.contains("training losses") && error.contains("it has val"), "{error}");
    let run = first("json_results/gpt2_64_results.json").unwrap();
    let smoothed = run.final_loss(LossPolicy::Smoothed, None).unwrap();
    // numpy: polyfit over the last 30 points, read at step 30000.
    assert!((smoothed.loss.get() - 5.116856559139782).abs() < 1e-9, "{smoothed:?}");
    assert!((0.001..0.1).contains(&smoothed.standard_error.unwrap()));
    assert_eq!(run.metadata().iter().find(|(key, _)| key == "config/d_model").map(|(_, v)| v.as_str()), Some("64"));
}

#[test]
fn public_curves_of_682_runs_are_read_and_only_the_diverged_ones_are_called_so() {
    let mut diverged = Vec::new();
    let mut runs = 0;
    for file in ["deepmind_routing", "gpt2_mini_c4", "llmc_gpt2_124M", "multipowerlaw_lr_schedules", "xlstm_isoflop"] {
        let Some(path) = shared(&format!("data/curves/{file}.csv")) else { return };
        let log = LogReader::new().read_path(path).unwrap();
        runs += log.histories.len();
        let of_file = log.histories.iter().filter(|history| matches!(history.status(), RunStatus::Diverged { .. }));
        diverged.extend(of_file.map(|history| history.label().to_owned()));
        assert!(log.histories.iter().all(|h| h.series().iter().any(|s| s.kind() == LossKind::Train)), "{file}");
    }
    // Distinct run_id in the files: 223 + 9 + 2 + 18 + 430.
    assert_eq!(runs, 682);
    diverged.sort();
    assert_eq!(diverged, ["mlstm_8sfzhgv2", "mlstm_oantrap7"]);
}
