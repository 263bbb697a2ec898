use std::ops::Range;

use crate::logs::TrainingLog;
use crate::logs::sweep::{Found, config_near};
use crate::runs::{History, LossKind, LossPolicy, Series};
use crate::units::parse_number;

/// What is known of a file and its runs.
#[derive(Debug)]
pub(super) struct Facts {
    /// Its path in the folder.
    pub name: String,
    pub runs: usize,
    pub need: Need,
    /// Where a size stands in the path, such as "124M": the number of the segment and the place in it.
    pub size: Option<(usize, Range<usize>)>,
    /// The last step, where the log does not say how many there were to be.
    pub unplanned_end: Option<u64>,
    /// Names of the series with their points.
    points: Vec<(String, usize)>,
}

/// What is the same for all files of an entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Need {
    pub format: &'static str,
    /// Whether N stands in the log.
    pub params: bool,
    /// Whether a config.json lies near.
    pub config: bool,
    pub tokens: Tokens,
    /// The series that counts.
    pub loss: Option<String>,
    pub policy: LossPolicy,
}

/// What a log says of D.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tokens {
    Stated,
    /// Sequences are counted, their length is not said.
    Sequences,
    Unknown,
    /// The log has not even steps.
    NoSteps,
}

/// Points from which on a line through the last ones is proposed.
const ENOUGH: usize = 20;

impl Facts {
    pub fn of(file: &Found, log: &TrainingLog) -> Self {
        let all = |test: &dyn Fn(&History) -> bool| log.histories.iter().all(test);
        let last = |history: &History| history.last_step().unwrap_or(0);
        let params = all(&|history| history.params().is_some());
        let tokens = if all(&|history| history.tokens_at(last(history)).is_some()) {
            Tokens::Stated
        } else if all(&|history| history.counts_samples()) {
            Tokens::Sequences
        } else if all(&History::has_nominal_steps) {
            Tokens::NoSteps
        } else {
            Tokens::Unknown
        };
        let (policy, loss) = proposal(&log.histories);
        let config = config_near("config.json", file).is_some();
        let points = log.histories.first().map_or_else(Vec::new, |history| {
            history.series().iter().map(|series| (series.name().to_owned(), series.len())).collect()
        });
        let planned = all(&|history| history.planned_steps().is_some() || history.state().is_some());
        let single = all(&|history| history.main_series().is_none_or(|series| series.len() < 2));
        let need = Need { format: log.format.name(), params, config: config && !params, tokens, loss, policy };
        Self {
            size: size(&file.name).filter(|_| !params && !need.config),
            name: file.name.clone(),
            runs: log.histories.len(),
            need,
            unplanned_end: if planned || single || tokens == Tokens::NoSteps {
                None
            } else {
                log.histories.iter().map(last).max()
            },
            points,
        }
    }

    /// What files must have in common to be of one entry, in an order for reading.
    pub fn key(&self) -> impl Ord {
        let need = &self.need;
        let ending =
            self.name.rsplit('/').next().and_then(|file| file.split_once('.')).map(|(_, ending)| ending.to_owned());
        let size = self.size.as_ref().map(|(segment, _)| *segment);
        let (config, params) = (need.config, need.params);
        (
            need.format,
            self.name.matches('/').count(),
            ending,
            params,
            config,
            size,
            need.tokens,
            need.loss.clone(),
            need.policy.to_string(),
        )
    }

    /// The series in words.
    pub fn series(&self) -> String {
        const MOST: usize = 6;
        let mut words: Vec<String> = self
            .points
            .iter()
            .take(MOST)
            .map(|(name, points)| format!("{} ({points})", name.replace(char::is_control, "?")))
            .collect();
        if self.points.len() > MOST {
            words.push(format!("{} more", self.points.len() - MOST));
        }
        format!("series and points: {}", words.join(", "))
    }
}

/// A policy that all runs allow, and the series where it must be named or is the same in all.
fn proposal(histories: &[History]) -> (LossPolicy, Option<String>) {
    let of_kind = |history: &History, kind| -> Vec<(String, usize)> {
        let series = history.series().iter().filter(|series| series.kind() == kind && !series.is_empty());
        series.map(|series: &Series| (series.name().to_owned(), series.len())).collect()
    };
    let validation: Vec<_> = histories.iter().map(|history| of_kind(history, LossKind::Validation)).collect();
    if validation.iter().all(|found| found.len() == 1) {
        return (LossPolicy::LastValidation, same(&validation));
    }
    let train: Vec<_> = histories.iter().map(|history| of_kind(history, LossKind::Train)).collect();
    let chosen = if train.iter().all(Vec::is_empty) { &validation } else { &train };
    let fewest = chosen.iter().flatten().map(|(_, points)| *points).min().unwrap_or(0);
    let policy = if fewest >= ENOUGH { LossPolicy::Smoothed } else { LossPolicy::Last };
    if chosen.iter().all(Vec::is_empty) {
        // Values whose kind is not known, such as an exported scalar.
        let other = histories.iter().map(|history| of_kind(history, LossKind::Other)).collect::<Vec<_>>();
        return (policy, same(&other));
    }
    (policy, same(chosen))
}

/// The first series, if each run has one of its name.
fn same(series: &[Vec<(String, usize)>]) -> Option<String> {
    let (name, _) = series.first()?.first()?;
    series.iter().all(|found| found.iter().any(|(other, _)| other == name)).then(|| name.clone())
}

/// The first size in a path, the folders nearest to the file first.
fn size(name: &str) -> Option<(usize, Range<usize>)> {
    let segments: Vec<&str> = name.split('/').collect();
    segments.iter().enumerate().rev().find_map(|(index, segment)| Some((index, size_in(segment)?)))
}

/// A number with K, M or B behind it that no letter or digit follows. In front of it no digit may stand, and a letter
/// only before a capital: "n350M" is a size, "a5b" is part of a hash.
fn size_in(segment: &str) -> Option<Range<usize>> {
    let bytes = segment.as_bytes();
    let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let mut start = 0;
    while let Some(begin) = bytes.iter().skip(start).position(u8::is_ascii_digit).map(|at| start + at) {
        let digits = bytes.iter().skip(begin).take_while(|byte| is_number(byte)).count();
        let end = begin + digits;
        let unit = bytes.get(end).copied().unwrap_or(0);
        let free = bytes.get(end + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
        let letter_before = begin.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
        let is_unit = if letter_before { b"KMB".contains(&unit) } else { b"KMBkmb".contains(&unit) };
        let text = segment.get(begin..end + 1).unwrap_or("");
        if is_unit && free && parse_number(text).is_some_and(|value| value.is_finite() && value > 0.0) {
            return Some(begin..end + 1);
        }
        start = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_seen_in_names_and_hashes_are_not() {
        for (segment, expected) in [
            ("124M", Some("124M")),
            ("gpt2-124M_lr3e-4", Some("124M")),
            ("n350M.log", Some("350M")),
            ("1.5b.csv", Some("1.5b")),
            ("pythia-70m-seed1", Some("70m")),
            ("a5b", None),
            ("5b3f", None),
            ("run12", None),
            ("100T", None),
        ] {
            assert_eq!(size_in(segment).and_then(|at| segment.get(at)), expected, "{segment}");
        }
    }
}
