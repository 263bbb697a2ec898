//! The folder that Weights & Biases keeps of a run: `files/wandb-summary.json`, `files/config.yaml`, `files/output.log`.

use std::fs;
use std::path::{Path, PathBuf};

use super::LogFormat;
use super::json;
use super::opening::io;
use super::text;
use crate::error::LogError;
use crate::runs::History;
use crate::warning::Warning;

const SUMMARY: &str = "wandb-summary.json";

/// Configuration files are small.
const LARGEST: u64 = 16 << 20;

/// The folder with the summary, if this is the folder of a run or that of its files.
pub(super) fn files_folder(folder: &Path) -> Option<PathBuf> {
    [folder.to_owned(), folder.join("files")].into_iter().find(|folder| folder.join(SUMMARY).is_file())
}

/// Reads the summary, the configuration, and the captured output where it is a known log.
///
/// # Errors
/// Those of the summary.
pub(super) fn read(folder: &Path, label: &str) -> Result<(LogFormat, Vec<History>, Vec<Warning>), LogError> {
    let path = folder.join(SUMMARY);
    let name = path.display().to_string();
    let too_large = fs::metadata(&path).is_ok_and(|data| data.len() > LARGEST);
    if too_large {
        return Err(LogError::TooLarge { path: name, what: "the summary", limit: LARGEST });
    }
    let summary = fs::read(&path).map_err(|error| io(&name, &error))?;
    let (_, mut histories, mut warnings) = json::read_document(&summary, &name, label)?;
    // Keys of the summary have slashes of their own; what lies deeper is the tracker's.
    histories.truncate(1);
    if let Ok(output) = fs::File::open(folder.join("output.log")) {
        let mut lines = text::lines(output);
        if let Ok(Some(log)) = text::read(&mut lines, label) {
            histories = log.histories;
            warnings.extend(log.warnings);
        }
    }
    let config = folder.join("config.yaml");
    if fs::metadata(&config).is_ok_and(|data| data.len() <= LARGEST)
        && let Ok(yaml) = fs::read_to_string(&config)
    {
        for (key, value) in configuration(&yaml) {
            for history in &mut histories {
                if key == "exp_name" || key == "run_name" {
                    *history = std::mem::take(history).with_label(value);
                }
                history.set_metadata(key, value);
            }
        }
    }
    Ok((LogFormat::WandbFolder, histories, warnings))
}

/// The scalars of the tracker's config.yaml, whose every key has its value one level below under `value:`.
fn configuration(yaml: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut key = None;
    for line in yaml.lines() {
        if !line.starts_with([' ', '#', '-']) {
            key = line.trim_end().strip_suffix(':').filter(|key| !key.starts_with('_'));
        } else if let (Some(name), Some(value)) = (key, line.trim().strip_prefix("value:")) {
            let value = value.trim().trim_matches(['"', '\'']);
            if !value.is_empty() {
                found.push((name, value));
            }
            key = None;
        }
    }
    found
}
