use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::SkippedFile;
use super::side::SideFiles;
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

/// What was found at some paths: logs to read, and what is named as skipped.
#[derive(Debug, Default)]
pub(in crate::logs) struct Findings {
    pub files: Vec<Found>,
    pub skipped: Vec<SkippedFile>,
    /// Files that a checkpoint consists of, and those that sum up a log beside them.
    pub side: SideFiles,
}

/// More files than any sweep has.
const MOST: usize = 1 << 20;

/// The logs at some paths: files as they are, folders with what lies in them, in order of their names. Hidden files
/// and folders and manifests are left out; the folder of a W&B run is one log. Links to folders are followed, but not
/// to where the walk has been or back to a folder above; that, folders that cannot be listed, and what is no file, such
/// as a pipe whose reading might never end, is skipped and named.
///
/// # Errors
/// [`LogError::File`] for a path that is not there or cannot be listed, [`LogError::TooLarge`] for a million files.
pub(in crate::logs) fn find(paths: &[PathBuf]) -> Result<Findings, LogError> {
    let mut findings = Findings::default();
    for path in paths {
        let data = fs::metadata(path).map_err(|error| io(&path.display().to_string(), &error))?;
        if data.is_dir() && wandb::files_folder(path).is_none() {
            let mut walk = Walk { root: path, findings: Findings::default(), been: HashSet::new(), links: Vec::new() };
            walk.folder(path).map_err(|error| io(&path.display().to_string(), &error))?;
            // Links come after all folders: what lies in the folder itself goes by its own name.
            while let Some(link) = walk.links.pop() {
                walk.link(&link);
            }
            let mut found = walk.findings;
            if found.files.len() >= MOST {
                let path = path.display().to_string();
                return Err(LogError::TooLarge { path, what: "its number of files", limit: MOST as u64 });
            }
            found.files.sort_by(|a, b| a.path.cmp(&b.path));
            found.skipped.sort_by(|a, b| a.file.cmp(&b.file));
            findings.files.append(&mut found.files);
            findings.skipped.append(&mut found.skipped);
            findings.side.append(found.side);
        } else {
            let name = slashes(path.strip_prefix("./").unwrap_or(path));
            findings.files.push(Found { path: path.clone(), name, root: None, bytes: data.len() });
        }
    }
    Ok(findings)
}

/// The walk through one folder.
struct Walk<'a> {
    root: &'a Path,
    findings: Findings,
    /// Folders by their true paths.
    been: HashSet<PathBuf>,
    /// Links to folders that are not yet followed.
    links: Vec<PathBuf>,
}

impl Walk<'_> {
    /// # Errors
    /// Those of the listing.
    fn folder(&mut self, at: &Path) -> std::io::Result<()> {
        if !self.been.insert(at.canonicalize()?) {
            self.skip(at, "its files are read under another name".into());
            return Ok(());
        }
        let mut entries = fs::read_dir(at)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        let has_trainer_log = entries.iter().any(|entry| entry.file_name() == SideFiles::SUMMED_UP);
        for entry in entries {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if is_hidden || entry.file_name() == Manifest::FILE || self.findings.files.len() >= MOST {
                continue;
            }
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            match fs::metadata(&path) {
                Err(error) => self.skip(&path, unreadable(&error)),
                Ok(data) if data.is_dir() && is_link => self.links.push(path),
                Ok(data) if data.is_dir() && wandb::files_folder(&path).is_some() => self.tracked(path),
                Ok(data) if data.is_dir() => {
                    if let Err(error) = self.folder(&path) {
                        self.skip(&path, unreadable(&error));
                    }
                }
                Ok(data) if data.is_file() && self.is_beside(&path, has_trainer_log) => {}
                Ok(data) if data.is_file() => self.file(path, data.len()),
                Ok(_) => self.skip(&path, "it is no file: a pipe, a socket or a device".into()),
            }
        }
        Ok(())
    }

    fn link(&mut self, path: &Path) {
        let (target, here) = (path.canonicalize(), path.parent().map(Path::canonicalize));
        match (target, here) {
            (Ok(target), Some(Ok(here))) if here.starts_with(&target) => {
                self.skip(path, "it is a link back to a folder above it".into());
            }
            (Ok(target), _) if self.been.contains(&target) => {
                self.skip(path, "it is a link to a folder whose files are read under another name".into());
            }
            // The tracker's "latest-run" names a run that may lie elsewhere too.
            (Ok(_), _) if wandb::files_folder(path).is_some() => self.tracked(path.into()),
            _ => {
                if let Err(error) = self.folder(path) {
                    self.skip(path, unreadable(&error));
                }
            }
        }
    }

    /// The folder of a W&B run, which is one log whatever it is reached by.
    fn tracked(&mut self, path: PathBuf) {
        let files = wandb::files_folder(&path);
        self.been
            .extend([Some(path.clone()), files].into_iter().flatten().filter_map(|folder| folder.canonicalize().ok()));
        self.file(path, 0);
    }

    /// Counts a file that is no log by its name.
    fn is_beside(&mut self, path: &Path, has_trainer_log: bool) -> bool {
        let name = self.name(path);
        self.findings.side.take(&name, has_trainer_log)
    }

    fn file(&mut self, path: PathBuf, bytes: u64) {
        let name = self.name(&path);
        self.findings.files.push(Found { path, name, root: Some(self.root.into()), bytes });
    }

    fn skip(&mut self, path: &Path, reason: String) {
        self.findings.skipped.push(SkippedFile { file: self.name(path), reason });
    }

    fn name(&self, path: &Path) -> String {
        slashes(path.strip_prefix(self.root).unwrap_or(path))
    }
}

fn unreadable(error: &std::io::Error) -> String {
    format!("it cannot be read: {error}")
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
        let found = find(&[root.path().into(), root.path().join("a.log")]).unwrap().files;
        let names: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names[..4], ["a.log", "b/a.log", "b/z.log", "w"]);
        assert!(names[4].ends_with("/a.log") && found[4].root.is_none());
        assert!(find(&[root.path().join("nowhere")]).is_err());
    }
}
