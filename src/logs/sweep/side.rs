use super::SkippedFile;

/// Files that trainers write beside their logs, known by their names: of each kind the first and how many there are.
#[derive(Debug, Default)]
pub(in crate::logs) struct SideFiles {
    states: Option<(String, usize)>,
    summaries: Option<(String, usize)>,
    settings: Option<(String, usize)>,
}

const STATES: [&str; 10] = [
    "ckpt.pt",
    "training_args.bin",
    "optimizer.pt",
    "optimizer.bin",
    "scheduler.pt",
    "scaler.pt",
    "pytorch_model.bin",
    "model.safetensors",
    "adapter_model.safetensors",
    "adapter_model.bin",
];
const SETTINGS: [&str; 6] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "wandb-metadata.json",
];
const SUMMARIES: [&str; 5] =
    ["all_results.json", "eval_results.json", "train_results.json", "test_results.json", "predict_results.json"];

impl SideFiles {
    /// The log that the summaries beside it sum up.
    pub const SUMMED_UP: &str = "trainer_state.json";

    /// Takes a file if it is one of these.
    pub fn take(&mut self, path: &str, beside_trainer_log: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_state = STATES.contains(&name)
            || [".safetensors", ".ckpt"].iter().any(|ending| name.ends_with(ending))
            || name.starts_with("rng_state") && name.ends_with(".pth");
        let kind = if is_state {
            &mut self.states
        } else if beside_trainer_log && SUMMARIES.contains(&name) {
            &mut self.summaries
        } else if SETTINGS.contains(&name) {
            &mut self.settings
        } else {
            return false;
        };
        kind.get_or_insert_with(|| (path.into(), 0)).1 += 1;
        true
    }

    pub fn append(&mut self, other: Self) {
        let kinds = [
            (&mut self.states, other.states),
            (&mut self.summaries, other.summaries),
            (&mut self.settings, other.settings),
        ];
        for (own, other) in kinds {
            if let Some((first, count)) = other {
                own.get_or_insert((first, 0)).1 += count;
            }
        }
    }

    /// One line a kind, under the name of the first.
    pub fn skipped(&self) -> impl Iterator<Item = SkippedFile> + '_ {
        let kinds = [
            (&self.states, "it is a part of a checkpoint and no log"),
            (&self.summaries, "it is a summary of the trainer_state.json beside it"),
            (&self.settings, "it holds settings and no log"),
        ];
        kinds.into_iter().filter_map(|(kind, reason)| {
            let (first, count) = kind.as_ref()?;
            let more = match count - 1 {
                0 => String::new(),
                1 => "; so is 1 more file".into(),
                more => format!("; so are {more} more files"),
            };
            Some(SkippedFile { file: first.clone(), reason: format!("{reason}{more}") })
        })
    }
}
