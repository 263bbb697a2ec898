mod account;
mod written;

use std::path::{Path, PathBuf};

use clap::Args;
use scaling_laws::{LossPolicy, Manifest, Sweep};

use crate::answer::{Answer, Failure};
use crate::progress::Progress;

#[derive(Debug, Args)]
#[command(after_help = "\
Read are text logs of nanoGPT, build-nanogpt, llm.c, modded-nanogpt, Megatron, LitGPT, Composer, MaxText, torchtitan, mlx-lm
and the Hugging Face Trainer; trainer_state.json; W&B exports and run folders; TensorBoard exports and event files;
Lightning's metrics.csv and other tables; JSON and JSON lines; plain or packed by gzip, xz or zstd. The kind is found in the
content.

Policies: last, last-validation, minimum, 'mean-of-last K', 'ema STEPS', smoothed (a line through the last tenth of the
points, with its standard error). There is no default: without one, what the files hold is only listed.

JSON keys: schema, param_count, runs [run, file, format, params, tokens, loss, standard_error, series, policy, step, points,
status, named], left_out [run, file, format, outcome, reason, last_step, params, series], skipped [file, reason],
warnings [code, message].

Examples:
  scaling-laws runs logs/
  scaling-laws runs logs/ --draft > logs/manifest.toml
  scaling-laws runs logs/ --csv > runs.csv && scaling-laws fit runs.csv
  scaling-laws runs logs/ --curves curves.csv && scaling-laws fit curves.csv --run-column run --approach 1
  scaling-laws runs 124M.log --policy smoothed --params 124M --tokens-per-step 524288")]
pub struct Arguments {
    /// Folders of logs, or log files
    #[arg(required = true, value_name = "FOLDER|FILE")]
    paths: Vec<PathBuf>,
    /// What the logs do not say; by default manifest.toml in the folder, if it is there
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Write a first manifest by looking at the logs
    #[arg(long, conflicts_with_all = ["manifest", "policy", "loss", "params", "param_count", "tokens_per_step", "keep", "json", "csv"])]
    draft: bool,
    /// Which loss counts as that of the run
    #[arg(long, value_name = "POLICY")]
    policy: Option<LossPolicy>,
    /// The series of losses that counts
    #[arg(long, value_name = "NAME")]
    loss: Option<String>,
    /// N of all runs
    #[arg(long, value_name = "N")]
    params: Option<String>,
    /// What N counts: total, non-embedding or active
    #[arg(long, value_name = "WHAT")]
    param_count: Option<String>,
    /// Tokens of one optimizer step in all runs
    #[arg(long, value_name = "TOKENS")]
    tokens_per_step: Option<String>,
    /// Keep runs that are "unfinished" or "diverged"; repeat for both
    #[arg(long, value_name = "WHAT")]
    keep: Vec<String>,
    /// Write the curves of the runs that are used to this file too: run, params, tokens, loss; for
    /// `fit --run-column run`
    #[arg(long, value_name = "FILE.csv", conflicts_with = "draft")]
    curves: Option<PathBuf>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print a CSV table of the runs that are used, for `fit`
    #[arg(long)]
    csv: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let mut progress = Progress::of_bytes();
    if arguments.draft {
        let draft = Manifest::draft_paths(&arguments.paths, &mut |step| progress.show(step))?;
        return Ok(Answer::text(draft));
    }
    let manifest = manifest(arguments)?;
    let sweep = manifest.read_paths(&arguments.paths, &mut |step| progress.show(step))?;
    progress.end();
    if sweep.logged().is_empty() && sweep.skipped().is_empty() {
        let paths: Vec<_> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::NoAnswer(format!("no file lies in {}", paths.join(", "))));
    }
    if let Some(path) = &arguments.curves {
        written::curves(&sweep, path)?;
    }
    if arguments.csv {
        written::csv(&sweep)
    } else if arguments.json {
        Ok(written::json(&sweep))
    } else {
        Ok(Answer::text(account::text(&sweep)))
    }
}

/// The manifest asked for or found, with what the arguments say in its place.
fn manifest(arguments: &Arguments) -> Result<Manifest, Failure> {
    let found = match arguments.paths.as_slice() {
        [folder] => Some(folder.join(Manifest::FILE)).filter(|path| path.is_file()),
        _ => None,
    };
    let mut manifest = match arguments.manifest.as_deref().or(found.as_deref()) {
        Some(path) => load(path)?,
        None => Manifest::everything(None),
    };
    let policy = arguments.policy.map(|policy| policy.to_string());
    let values = [
        ("policy", policy.as_ref()),
        ("loss", arguments.loss.as_ref()),
        ("params", arguments.params.as_ref()),
        ("param_count", arguments.param_count.as_ref()),
        ("tokens_per_step", arguments.tokens_per_step.as_ref()),
    ];
    for (key, value) in values {
        if let Some(value) = value {
            manifest = manifest.with(key, value).map_err(Failure::usage)?;
        }
    }
    if !arguments.keep.is_empty() {
        manifest = manifest.with_kept(&arguments.keep).map_err(Failure::usage)?;
    }
    Ok(manifest)
}

fn load(path: &Path) -> Result<Manifest, Failure> {
    Manifest::load(path).map_err(|error| match error {
        // What a person wrote is wrong, as an argument can be.
        scaling_laws::LogError::Manifest { .. } => Failure::usage(error),
        other => other.into(),
    })
}

/// Counts in words: "1 run", "3 runs".
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How many runs of a sweep became what, in words.
fn summary(sweep: &Sweep) -> String {
    let logged = sweep.logged();
    let of = |word: &str| logged.iter().filter(|run| run.outcome.word() == word).count();
    let counted = ["used", "diverged", "unfinished", "duplicate", "stitched", "refused"].map(|word| (of(word), word));
    let parts: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let files: std::collections::BTreeSet<&str> = logged.iter().map(|run| run.file.as_str()).collect();
    format!("{} in {}: {}", plural(logged.len(), "run"), plural(files.len(), "file"), parts.join(", "))
}
