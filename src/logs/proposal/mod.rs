//! A first manifest, written by looking at a folder.

mod facts;
mod paths;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use self::facts::{Facts, Need};
use super::manifest::{Manifest, Pattern};
use super::sweep::{Findings, ReadProgress, find, open};
use super::words::counted;
use crate::error::LogError;

impl Manifest {
    /// The text of a first manifest for a folder: an entry for each group of files of one kind that lack the same things.
    ///
    /// N is looked for in the logs, in a `config.json` beside them, and in their paths ("124M"). What is found nowhere is
    /// left blank, as `tokens_per_step = ""`, with a remark; runs that need it are refused until it is filled in. The
    /// policy is a proposal: the last validation loss where each run has one series of these, else a straight line
    /// through the end of the training losses where there are 20 points for it, else the last loss.
    ///
    /// # Errors
    /// [`LogError::File`] for a folder that cannot be listed, or that holds no log.
    ///
    /// ```
    /// use scaling_laws::Manifest;
    /// let folder = std::env::temp_dir().join("scaling-laws-doc-draft");
    /// for name in ["124M", "350M"] {
    ///     std::fs::create_dir_all(folder.join(name))?;
    ///     let log = "iter 0: loss 10.9, time 9ms\niter 5000: loss 3.25, time 9ms\n";
    ///     std::fs::write(folder.join(name).join("log.txt"), log)?;
    /// }
    /// let draft = Manifest::draft(&folder)?;
    /// assert!(draft.contains(r#"pattern = "{params}/log.txt""#) && draft.contains(r#"tokens_per_step = """#));
    /// let filled = draft.replace(r#"tokens_per_step = """#, "tokens_per_step = 524288");
    /// assert_eq!(Manifest::parse(&filled, "draft")?.read(&folder)?.runs().params(), [1.24e8, 3.5e8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn draft(folder: impl AsRef<Path>) -> Result<String, LogError> {
        Self::draft_paths(&[folder.as_ref().to_owned()], &mut |_| {})
    }

    /// The same for several folders and files; `watch` is told how far it has come.
    ///
    /// # Errors
    /// As [`draft`](Self::draft).
    pub fn draft_paths(paths: &[PathBuf], watch: &mut dyn FnMut(ReadProgress<'_>)) -> Result<String, LogError> {
        let Findings { files, mut skipped, side } = find(paths)?;
        let total = files.iter().map(|file| file.bytes).sum();
        let (mut done, mut known, mut unread) = (0, Vec::new(), Vec::new());
        for file in &files {
            match open(file, file.label(), &mut done, total, watch) {
                Ok(log) => known.push(Facts::of(file, &log)),
                Err(error) => unread.push((file.name.as_str(), error.to_string())),
            }
        }
        // That they are no logs goes without saying where there are logs.
        if known.is_empty() {
            skipped.extend(side.skipped());
        }
        unread.extend(skipped.iter().map(|skipped| (skipped.file.as_str(), skipped.reason.clone())));
        unread.sort();
        if known.is_empty() {
            let path = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
            let first = unread.first().map(|(_, error)| format!("; {error}")).unwrap_or_default();
            let none = match files.len() {
                1 => "its only file is no training log".into(),
                count => format!("none of its {count} files is a training log"),
            };
            let reason = format!("{none}{first}");
            return Err(crate::error::RunsError::Empty { path, reason }.into());
        }
        Ok(write(&known, &unread))
    }
}

/// An entry to be: its pattern, and the files it is for.
struct Group<'a> {
    pattern: String,
    files: Vec<&'a Facts>,
}

fn write(known: &[Facts], unread: &[(&str, String)]) -> String {
    let mut text = String::from(
        "# Drafted by looking at the logs. Check it: N, the tokens of a step and the loss that counts decide the fit.\n\
         # An entry holds for the files that its pattern matches; the first that matches counts.\n",
    );
    for group in groups(known) {
        let _ = write!(text, "\n{}", entry(&group));
    }
    const MOST: usize = 20;
    if !unread.is_empty() {
        text.push_str("\n# No logs:\n");
        for (file, _) in unread.iter().take(MOST) {
            let _ = writeln!(text, "#   {}", one_line(file));
        }
        if let Some(more) = unread.len().checked_sub(MOST).filter(|more| *more > 0) {
            let _ = writeln!(text, "#   and {more} more");
        }
    }
    text
}

/// Files of one kind with the same needs, under patterns of which each file's first match is its own.
fn groups(known: &[Facts]) -> Vec<Group<'_>> {
    let mut by_need: BTreeMap<_, Vec<&Facts>> = BTreeMap::new();
    for facts in known {
        by_need.entry(facts.key()).or_default().push(facts);
    }
    let mut groups: Vec<Group<'_>> =
        by_need.into_values().map(|files| Group { pattern: paths::pattern(&files), files }).collect();
    groups.sort_by(|a, b| a.files.first().map(|facts| &facts.name).cmp(&b.files.first().map(|facts| &facts.name)));
    if groups.iter().enumerate().any(|(index, group)| !is_clear(&groups, index, group)) {
        // The pattern with the most letters of its own is the narrowest, and is tried first.
        let letters = |group: &Group<'_>| group.pattern.chars().filter(|c| *c != '*').count();
        groups.sort_by_key(|group| std::cmp::Reverse(letters(group)));
    }
    let clear: Vec<bool> = groups.iter().enumerate().map(|(index, group)| is_clear(&groups, index, group)).collect();
    let (mut good, mut apart) = (Vec::new(), Vec::new());
    for (group, clear) in groups.into_iter().zip(clear) {
        if clear {
            good.push(group);
        } else {
            // Its files match an earlier pattern: each is named for itself, before all patterns.
            apart.extend(group.files.into_iter().map(|facts| Group { pattern: paths::own(facts), files: vec![facts] }));
        }
    }
    apart.append(&mut good);
    apart
}

/// Whether no pattern before it matches a file of a group, and its own matches all.
fn is_clear(groups: &[Group<'_>], index: usize, group: &Group<'_>) -> bool {
    let matches = |pattern: &str, file: &str| Pattern::new(pattern).is_ok_and(|p| p.captures(file).is_some());
    let earlier = groups.get(..index).unwrap_or(&[]);
    group.files.iter().all(|facts| {
        matches(&group.pattern, &facts.name) && !earlier.iter().any(|earlier| matches(&earlier.pattern, &facts.name))
    })
}

fn entry(group: &Group<'_>) -> String {
    let Some(first) = group.files.first() else { return String::new() };
    let need = &first.need;
    let mut lines = vec![("[[logs]]".to_owned(), String::new())];
    let mut line = |line: String, remark: &str| lines.push((line, remark.to_owned()));
    let from_path = group.pattern.contains("{params}");
    line(format!("pattern = {}", quoted(&group.pattern)), if from_path { "N is read from the path" } else { "" });
    match (need.params, need.config) {
        (true, _) => {}
        (false, true) => line("config = \"config.json\"".into(), "N is counted from it: total, see param_count"),
        (false, false) if from_path => {}
        (false, false) => line("params = \"\"".into(), "N is not in the logs: fill in, or give a config"),
    }
    let per_step = "D is not in the logs: tokens of an optimizer step, or batch and context instead";
    match need.tokens {
        facts::Tokens::Stated => {}
        facts::Tokens::Sequences => line("context = \"\"".into(), "tokens of a sequence; the logs count sequences"),
        facts::Tokens::Unknown => line("tokens_per_step = \"\"".into(), per_step),
        facts::Tokens::NoSteps => {
            line("tokens_per_step = \"\"".into(), "the logs have no steps: D cannot be told from them")
        }
    }
    if let Some(loss) = &need.loss {
        line(format!("loss = {}", quoted(loss)), &first.series());
    }
    line(format!("policy = {}", quoted(&need.policy.to_string())), "the loss that counts");
    if let Some(steps) = group.files.iter().filter_map(|facts| facts.unplanned_end).max() {
        line(format!("# planned_steps = {steps}"), "the longest run; with it, shorter ones are named as unfinished");
    }
    let wide = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(40);
    let body: String = lines
        .iter()
        .map(|(line, remark)| match remark.as_str() {
            "" => format!("{line}\n"),
            remark => format!("{line:wide$}  # {remark}\n"),
        })
        .collect();
    format!("# {}\n{body}", heading(&group.files, need))
}

fn heading(files: &[&Facts], need: &Need) -> String {
    let runs: usize = files.iter().map(|facts| facts.runs).sum();
    let stated = match (need.params, need.tokens) {
        (true, facts::Tokens::Stated) => "; they state N and D",
        (true, _) => "; they state N",
        (false, facts::Tokens::Stated) => "; they state D",
        _ => "",
    };
    format!("{}, {}, of the kind {}{stated}", counted(files.len(), "file"), counted(runs, "run"), need.format)
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
