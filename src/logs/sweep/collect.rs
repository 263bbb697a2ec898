//! From files and a manifest to a sweep.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::join::{Candidate, Joined, join};
use super::walk::{Findings, Found, find};
use super::watched::Watched;
use super::{LoggedRun, Outcome, ReadProgress, SkippedFile, Sweep, table};
use crate::compute::Shape;
use crate::error::LogError;
use crate::logs::manifest::{Manifest, Settings};
use crate::logs::opening::io;
use crate::logs::{LogReader, TrainingLog, words};
use crate::runs::{History, RunStatus};
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

impl Manifest {
    /// Reads all logs of a folder. A file that cannot be read is skipped and named, never an error.
    ///
    /// Runs that lie in several files are joined: a copy, to the digits printed, of another run is left out, and a log that
    /// begins within another one nearby, at its level of loss, is stitched onto it as what came after a restart.
    ///
    /// # Errors
    /// [`LogError::File`] for a folder that cannot be listed, [`LogError::TooLarge`] for one with a million files.
    pub fn read(&self, folder: impl AsRef<Path>) -> Result<Sweep, LogError> {
        self.read_paths(&[folder.as_ref().to_owned()], &mut |_| {})
    }

    /// The same for several folders and files; `watch` is told how far it has come.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_paths(&self, paths: &[PathBuf], watch: &mut dyn FnMut(ReadProgress<'_>)) -> Result<Sweep, LogError> {
        let Findings { files, mut skipped, side } = find(paths)?;
        skipped.extend(side.skipped());
        let total = files.iter().map(|file| file.bytes).sum();
        let (mut done, mut candidates, mut warnings) = (0, Vec::new(), Vec::new());
        let mut used = vec![false; self.entries.len()];
        for (at, file) in files.iter().enumerate() {
            let mut skip = |reason: String| skipped.push(SkippedFile { file: file.name.clone(), reason });
            let matching = self.entries.iter().enumerate().find_map(|(index, entry)| {
                let captures = entry.pattern.captures(&file.name)?;
                Some((index, entry.settings.with_captures(&captures), captures))
            });
            let Some((index, settings, named)) = matching else {
                skip(format!("no pattern of {} matches it", self.origin));
                continue;
            };
            if let Some(used) = used.get_mut(index) {
                *used = true;
            }
            if settings.skip {
                skip(format!("{} says so", self.origin));
                continue;
            }
            let own_label = settings.run.clone().unwrap_or_else(|| file.label());
            let log = match open(file, own_label, &mut done, total, watch) {
                Ok(log) => log,
                Err(error) => {
                    skip(error.to_string());
                    continue;
                }
            };
            warnings.extend(log.warnings);
            warnings.extend(settings.one_size_for_all(&log.histories, file));
            for mut history in log.histories {
                let (settings, named) = settings.of_run(history.label(), &named);
                settings.apply(&mut history, file, &mut warnings);
                let file = file.name.clone();
                let (format, joined) = (log.format, Joined::Alone);
                candidates.push(Candidate { at, file, format, history, named, settings, joined });
            }
        }
        for (entry, _) in self.entries.iter().zip(&used).filter(|(_, used)| !**used) {
            let what = format!("{}: the pattern {:?} matches no file", self.origin, entry.pattern.text());
            warnings.push(Warning::Ignored { what });
        }
        skipped.sort_by(|a, b| a.file.cmp(&b.file));
        join(&mut candidates, &mut warnings);
        Ok(finish(candidates, skipped, warnings))
    }
}

/// # Errors
/// Those of the file.
pub(in crate::logs) fn open(
    file: &Found,
    label: String,
    done: &mut u64,
    total: u64,
    watch: &mut dyn FnMut(ReadProgress<'_>),
) -> Result<TrainingLog, LogError> {
    let reader = LogReader::new().label(label);
    if file.path.is_dir() {
        return reader.read_path(&file.path);
    }
    let input = File::open(&file.path).map_err(|error| io(&file.name, &error))?;
    let end = done.saturating_add(file.bytes);
    let log = reader.read(Watched { input, file: &file.name, done, total, watch }, &file.name);
    *done = end;
    log
}

fn finish(candidates: Vec<Candidate>, skipped: Vec<SkippedFile>, mut warnings: Vec<Warning>) -> Sweep {
    let mut logged: Vec<LoggedRun> = candidates
        .into_iter()
        .map(|candidate| {
            let outcome = match &candidate.joined {
                Joined::Copy(of) => Outcome::Duplicate { of: of.clone() },
                Joined::Part(onto) => Outcome::Stitched { onto: onto.clone() },
                Joined::Alone => candidate.settings.judge(&candidate.history),
            };
            let Candidate { file, format, history, named, .. } = candidate;
            LoggedRun { file, format, history, named, outcome }
        })
        .collect();
    table::tell_apart(&mut logged);
    table::refuse_mixed_counts(&mut logged);
    for run in logged.iter().filter(|run| run.outcome.is_used()) {
        warnings.extend(run.history.warnings().iter().cloned());
    }
    let runs = table::runs(&logged, &mut warnings);
    Sweep { runs, logged, skipped, warnings }
}

impl Settings {
    /// Says that one N is given to several runs of a file that do not state it themselves.
    fn one_size_for_all(&self, runs: &[History], file: &Found) -> Option<Warning> {
        let params = self.stated(file).filter(|_| runs.len() > 1)?.ok()?;
        let named = |run: &History| self.runs.as_ref().is_some_and(|runs| runs.captures(run.label()).is_some());
        let is_own =
            |run: &&History| run.params().is_some_and(|(own, _)| !differs(params.get(), own.get())) || named(run);
        if runs.iter().all(|run| is_own(&run)) {
            return None;
        }
        let (name, runs) = (&file.name, words::counted(runs.len(), "run"));
        Some(Warning::Assumed { what: format!("{name}: one N, {params}, is given to all of its {runs}") })
    }

    /// The N that the manifest gives, counted from a configuration or written out; why it cannot be counted.
    fn stated(&self, file: &Found) -> Option<Result<Params, String>> {
        match &self.config {
            Some(config) => Some(counted(config, file, self.param_count.unwrap_or_default())),
            None => self.params.and_then(|params| Params::new(params).ok()).map(Ok),
        }
    }

    /// The settings with what the name of a run says, and the named parts of the path and the name.
    fn of_run(&self, label: &str, named: &[(String, String)]) -> (Self, Vec<(String, String)>) {
        let captures = self.runs.as_ref().and_then(|runs| runs.captures(label)).unwrap_or_default();
        let settings = self.with_captures(&captures);
        let kept = named.iter().filter(|(name, _)| captures.iter().all(|(other, _)| other != name)).cloned();
        (settings, kept.chain(captures.iter().cloned()).collect())
    }

    /// What the manifest says, over what the log says.
    fn apply(&self, history: &mut History, file: &Found, warnings: &mut Vec<Warning>) {
        let logged = history.params();
        let stated = match self.stated(file).transpose() {
            Ok(stated) => stated,
            Err(reason) => {
                warnings.push(Warning::Ignored { what: format!("{}: {reason}", file.name) });
                None
            }
        };
        let of_config = self.config.as_ref().map(|_| ParamCount::default());
        if let Some(params) = stated {
            history.set_params(params, self.param_count.or(of_config));
        } else if let (Some((params, count)), Some(given)) = (logged, self.param_count) {
            history.set_params(params, Some(given));
            if count.is_some_and(|count| count != given) {
                let what = format!("{}: N counts {given}, as given, and not as the log says", history.label());
                warnings.push(Warning::Ignored { what });
            }
        }
        let differs = |a: f64, b: f64| (a / b - 1.0).abs() > 0.01;
        if let (Some((logged, _)), Some(stated)) = (logged, stated)
            && differs(stated.get(), logged.get())
        {
            let what = format!("{}: the log says N = {logged}; {stated} counts, as given", history.label());
            warnings.push(Warning::Ignored { what });
        }
        if let Some(steps) = self.planned_steps {
            history.set_planned_steps(steps);
        }
        if let Some(tokens) = self.tokens {
            warnings.extend(all_tokens(tokens, history));
        } else if let Some(tokens) = self.per_step() {
            self.apply_tokens(tokens, history, &file.name, warnings);
        } else if let Some(context) = self.context {
            history.set_tokens_per_sample(context);
        }
    }

    /// D by the tokens of a step, where there are steps; else the log's own D stays.
    fn apply_tokens(&self, tokens: f64, history: &mut History, file: &str, warnings: &mut Vec<Warning>) {
        let last = history.last_step().unwrap_or(0);
        let before = history.tokens_at(last);
        let what = if history.has_nominal_steps() {
            let rest = if before.is_some() { "; its own D counts" } else { "" };
            format!("{file}: the log has no steps, so tokens of a step say nothing{rest}")
        } else {
            history.overrule_tokens_per_step(tokens);
            let both = before.zip(history.tokens_at(last));
            let Some((before, after)) = both.filter(|(a, b)| differs(a.get(), b.get())) else { return };
            let label = history.label();
            format!(
                "{label}: the log says D = {before} at step {last}; {after} counts, by the tokens of a step as given"
            )
        };
        let warning = Warning::Ignored { what };
        // Of a table without steps it is said once, and not of each row.
        if warnings.last() != Some(&warning) {
            warnings.push(warning);
        }
    }

    pub(super) fn judge(&self, history: &History) -> Outcome {
        let status = history.status();
        let kept = match status {
            RunStatus::Diverged { .. } | RunStatus::NotFinite { .. } => self.keep_diverged,
            RunStatus::Unfinished { .. } | RunStatus::Stopped { .. } => self.keep_unfinished,
            RunStatus::Complete | RunStatus::Unstated => true,
        };
        if !kept {
            return Outcome::Ended(status);
        }
        let Some(policy) = self.policy else {
            let reason = "say which loss counts, with policy (--policy)".into();
            return Outcome::Refused(LogError::Policy { policy: String::new(), reason });
        };
        match history.run(None, policy, self.loss.as_deref()) {
            Ok((run, loss)) => Outcome::Used { params: run.params, loss },
            Err(error) => Outcome::Refused(error),
        }
    }
}

/// Whether two statements of one figure are more than 1 % apart.
fn differs(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() > 0.01
}

/// D as a path says it: that of the planned step, or else of the last one.
fn all_tokens(tokens: f64, history: &mut History) -> Option<Warning> {
    let last = history.last_step()?;
    let before = history.tokens_at(last);
    history.overrule_tokens(history.planned_steps().unwrap_or(last), tokens);
    let (before, after) = before.zip(history.tokens_at(last)).filter(|(a, b)| differs(a.get(), b.get()))?;
    let label = history.label();
    let what = format!("{label}: the log says D = {before} at step {last}; {after} counts, as its name says");
    Some(Warning::Ignored { what })
}

/// N of the config beside a log, or in the nearest folder above it up to the one that is read.
fn counted(config: &str, file: &Found, count: ParamCount) -> Result<Params, String> {
    let path =
        config_near(config, file).ok_or_else(|| format!("no {config} lies beside it or in a folder above it"))?;
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
    let shape = Shape::from_config(&text, &name).map_err(|error| error.to_string())?;
    shape.params(count).map_err(|error| error.to_string())
}

pub(in crate::logs) fn config_near(config: &str, file: &Found) -> Option<PathBuf> {
    let mut folder = if file.path.is_dir() { Some(file.path.as_path()) } else { file.path.parent() };
    while let Some(at) = folder {
        let path = at.join(config);
        if path.is_file() {
            return Some(path);
        }
        if file.root.as_deref().is_none_or(|root| root == at) {
            return None;
        }
        folder = at.parent();
    }
    None
}
