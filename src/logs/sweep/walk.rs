use std::fs;
use std::path::{Path, PathBuf};

use crate::error::LogError;
use crate::logs::manifest::Manifest;
use crate::logs::opening::io;
use crate::logs::wandb;

/// A log to read: where it lies, and how it is called from the folder it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::logs) struct Found {
    pub path: PathBuf,
    /// With "/" between folders.
    pub name: String,
    /// The folder that was asked for; a file asked for by name has none.
    pub root: Option<PathBuf>,
    pub bytes: u64,
}

/// More files than any sweep has.
const MOST: usize = 1 << 20;

/// The logs at some paths: files as they are, folders with what lies in them, in order of their names. Hidden files
/// and folders, links to folders and manifests are left out; the folder of a W&B run is one log.
///
/// # Errors
/// [`LogError::File`] for what cannot be listed, [`LogError::TooLarge`] for a million files.
pub(in crate::logs) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, LogError> {
    let mut found = Vec::new();
    for path in paths {
        let data = fs::metadata(path).map_err(|error| io(&path.display().to_string(), &error))?;
        if data.is_dir() && wandb::files_folder(path).is_none() {
            folder(path, path, &mut found)?;
        } else {
            let name = slashes(path.strip_prefix("./").unwrap_or(path));
            found.push(Found { path: path.clone(), name, root: None, bytes: data.len() });
        }
    }
    Ok(found)
}

fn folder(root: &Path, at: &Path, found: &mut Vec<Found>) -> Result<(), LogError> {
    let refused = |error: &std::io::Error| io(&at.display().to_string(), error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(at).map_err(|error| refused(&error))? {
        entries.push(entry.map_err(|error| refused(&error))?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| refused(&error))?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_hidden || entry.file_name() == Manifest::FILE {
            continue;
        }
        if kind.is_dir() && wandb::files_folder(&path).is_none() {
            folder(root, &path, found)?;
            continue;
        }
        // A link to a file is read; one to a folder could lead round in circles.
        let data = fs::metadata(&path);
        if kind.is_symlink() && data.as_ref().is_ok_and(fs::Metadata::is_dir) {
            continue;
        }
        if found.len() >= MOST {
            let path = root.display().to_string();
            return Err(LogError::TooLarge { path, what: "its number of files", limit: MOST as u64 });
        }
        let name = slashes(path.strip_prefix(root).unwrap_or(&path));
        found.push(Found { path, name, root: Some(root.into()), bytes: data.map_or(0, |data| data.len()) });
    }
    Ok(())
}

fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

impl Found {
    /// What to call its run. A file asked for by name goes by that name, without the folders on the way to it.
    pub fn label(&self) -> String {
        if self.root.is_some() {
            return label(&self.name);
        }
        let near = self.name.rsplitn(3, '/').take(2).collect::<Vec<_>>();
        let near = label(&near.into_iter().rev().collect::<Vec<_>>().join("/"));
        near.rsplit('/').next().unwrap_or(&near).into()
    }
}

/// What to call the run of a file: its path without endings, and without a file name that many runs share.
fn label(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let packed = [".gz", ".zst", ".xz"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    const ENDINGS: [&str; 9] = [".log", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".out", ".md", ".parquet"];
    let stem = ENDINGS.iter().find_map(|ending| packed.strip_suffix(ending)).unwrap_or(packed);
    const SHARED: [&str; 12] = [
        "metrics",
        "trainer_state",
        "log",
        "logs",
        "output",
        "stdout",
        "main",
        "train",
        "training",
        "history",
        "results",
        "wandb-summary",
    ];
    let is_shared = SHARED.contains(&stem.to_lowercase().as_str()) || stem.starts_with("events.out.tfevents");
    match (folder, is_shared) {
        ("", _) => stem.into(),
        (folder, true) => folder.into(),
        (folder, false) => format!("{folder}/{stem}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_named_by_what_tells_them_apart() {
        for (name, expected) in [
            ("a.log", "a"),
            ("a.log.gz", "a"),
            ("log.txt", "log"),
            ("124M/log.txt", "124M"),
            ("124M/seed1.csv", "124M/seed1"),
            ("x/124M/trainer_state.json", "x/124M"),
            ("tb/events.out.tfevents.1700000000.host", "tb"),
            ("model.v2", "model.v2"),
        ] {
            assert_eq!(label(name), expected, "{name}");
        }
    }

    #[test]
    fn a_file_asked_for_by_name_is_called_so() {
        for (name, expected) in [("/x/y/124M/seed1.csv", "seed1"), ("../124M/log.txt", "124M"), ("log.txt", "log")] {
            let found = Found { path: name.into(), name: name.into(), root: None, bytes: 0 };
            assert_eq!(found.label(), expected, "{name}");
        }
    }

    #[test]
    fn a_folder_is_walked_in_order_and_hidden_files_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b/z.log", "b/a.log", "a.log", ".git/x.log", "manifest.toml", "w/files/wandb-summary.json"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let found = find(&[root.path().into(), root.path().join("a.log")]).unwrap();
        let names: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names[..4], ["a.log", "b/a.log", "b/z.log", "w"]);
        assert!(names[4].ends_with("/a.log") && found[4].root.is_none());
        assert!(find(&[root.path().join("nowhere")]).is_err());
    }
}
