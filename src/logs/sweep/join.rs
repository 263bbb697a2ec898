//! Runs that lie in several files: copies are found, and parts are stitched.

use std::collections::HashMap;

use super::copies::copies;
use super::same::{FEW, Span, begins_within, continues};
use crate::logs::LogFormat;
use crate::logs::manifest::Settings;
use crate::logs::words::counted;
use crate::runs::{History, Series};
use crate::warning::Warning;

/// A run on its way into the table.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The number of its file, and its name.
    pub at: usize,
    pub file: String,
    pub format: LogFormat,
    pub history: History,
    pub named: Vec<(String, String)>,
    pub settings: Settings,
    pub joined: Joined,
}

/// What a candidate is to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Joined {
    Alone,
    /// The file and run of which it is a copy.
    Copy(String),
    /// The file and run that it continues.
    Part(String),
}

impl Candidate {
    /// The file, and the run where its name does not say it.
    pub fn place(&self) -> String {
        let label = self.history.label();
        if self.file.starts_with(label) { self.file.clone() } else { format!("{label} in {}", self.file) }
    }

    fn folder(&self) -> &str {
        self.file.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Finds copies and parts among all candidates, and says so.
pub(super) fn join(all: &mut [Candidate], warnings: &mut Vec<Warning>) {
    by_name(all, warnings);
    copies(all);
    parts(all, warnings);
}

/// Files to which the manifest gives one name.
fn by_name(all: &mut [Candidate], warnings: &mut Vec<Warning>) {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, candidate) in all.iter().enumerate() {
        if let Some(run) = &candidate.settings.run {
            groups.entry(run.clone()).or_default().push(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort();
    for mut group in groups {
        group.sort_by_key(|index| all.get(*index).and_then(|candidate| candidate.history.first_step()));
        if let Some((first, rest)) = group.split_first() {
            rest.iter().for_each(|next| stitch(all, *first, *next, warnings));
        }
    }
}

/// Logs that begin within another one nearby, in the order of their beginnings.
fn parts(all: &mut [Candidate], warnings: &mut Vec<Warning>) {
    let alone = |candidate: &Candidate| {
        candidate.joined == Joined::Alone && candidate.settings.run.is_none() && may_be_part(candidate)
    };
    let mut order: Vec<usize> = (0..all.len()).filter(|index| all.get(*index).is_some_and(alone)).collect();
    order.sort_by_key(|index| all.get(*index).map(|candidate| (candidate.history.first_step(), candidate.at)));
    let mut near: HashMap<Nearness, Vec<usize>> = HashMap::new();
    for (place, index) in order.iter().enumerate() {
        let keys = all.get(*index).map(Candidate::near).into_iter().flatten();
        keys.for_each(|key| near.entry(key).or_default().push(place));
    }
    // The parts of a run lie in several files.
    near.retain(|_, places| {
        let mut files = places.iter().filter_map(|place| Some(all.get(*order.get(*place)?)?.at));
        let first = files.next();
        files.any(|file| Some(file) != first)
    });
    let mut spans: Vec<Option<Span>> =
        order.iter().map(|index| Span::of(all.get(*index)?.history.main_series()?)).collect();
    let begins: HashMap<Nearness, u64> = near
        .iter()
        .filter_map(|(key, places)| {
            let seconds = places.iter().filter_map(|place| Some(spans.get(*place)?.as_ref()?.second()));
            Some((key.clone(), seconds.min()?))
        })
        .collect();
    for (place, &next) in order.iter().enumerate() {
        let (Some(late), Some(Some(span))) = (all.get(next), spans.get(place).copied()) else { continue };
        let may_precede = |index: &usize| {
            let Some(early) = all.get(*index).filter(|_| *index != next) else { return false };
            early.joined == Joined::Alone && precedes(early, late)
        };
        // Of many runs that begin at one step none is looked at.
        let keys = late.near().into_iter().filter(|key| begins.get(key).is_some_and(|second| span.first() > *second));
        let begun = |place: &usize| {
            spans.get(*place).is_some_and(|early| early.is_some_and(|early| span.begins_within(&early)))
        };
        let mut places: Vec<usize> = Vec::new();
        keys.for_each(|key| places.extend(near.get(&key).into_iter().flatten().copied().filter(begun)));
        places.sort_unstable();
        places.dedup();
        let before: Vec<usize> =
            places.iter().filter_map(|place| order.get(*place)).copied().filter(may_precede).collect();
        match before.as_slice() {
            [] => {}
            [one] => {
                let one = *one;
                stitch(all, one, next, warnings);
                if let (Some(place), Some(early)) = (order.iter().position(|index| *index == one), all.get(one))
                    && let Some(span) = spans.get_mut(place)
                {
                    *span = early.history.main_series().and_then(Span::of);
                }
            }
            several => {
                const NAMED: usize = 5;
                let named = several.iter().take(NAMED).filter_map(|index| all.get(*index));
                let mut places: Vec<String> = named.map(Candidate::place).collect();
                if let Some(more) = several.len().checked_sub(NAMED).filter(|more| *more > 0) {
                    places.push(format!("{more} more"));
                }
                let what = format!(
                    "{} begins at step {} and may continue any of {}: it is left as a run of its own; give the parts of one \
                     run the same `run` in the manifest",
                    late.place(),
                    late.history.first_step().unwrap_or(0),
                    places.join(", ")
                );
                warnings.push(Warning::Ignored { what });
            }
        }
    }
}

/// Whether there is enough of a run to be set beside another.
fn may_be_part(candidate: &Candidate) -> bool {
    let points = candidate.history.main_series().map_or(0, Series::len);
    points >= FEW || candidate.format == LogFormat::TensorBoardEvents
}

/// What runs have in common that can be parts of one: the kind of log in folders of one family, or the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Nearness {
    Folder(LogFormat, String),
    Name(String),
}

impl Candidate {
    fn near(&self) -> [Nearness; 2] {
        let folder = Nearness::Folder(self.format, without_digits(self.folder()));
        [folder, Nearness::Name(self.history.label().into())]
    }
}

/// Whether one of two runs that are near each other precedes the other.
fn precedes(early: &Candidate, late: &Candidate) -> bool {
    if early.at == late.at {
        return false;
    }
    let is_events = |candidate: &Candidate| candidate.format == LogFormat::TensorBoardEvents;
    if is_events(early) && is_events(late) && early.folder() == late.folder() {
        // By TensorBoard's convention the event files of one folder are one run.
        let main = early.history.main_series().zip(late.history.main_series());
        return main.is_some_and(|(a, b)| begins_within(b, a));
    }
    continues(&late.history, &early.history)
}

/// "version_0" and "version_1" are folders of one family.
fn without_digits(folder: &str) -> String {
    folder.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn stitch(all: &mut [Candidate], first: usize, next: usize, warnings: &mut Vec<Warning>) {
    let Some(onto) = all.get(first).map(Candidate::place) else { return };
    let Some(later) = all.get_mut(next) else { return };
    let (place, step) = (later.place(), later.history.first_step().unwrap_or(0));
    let history = later.history.clone();
    later.joined = Joined::Part(onto.clone());
    if let Some(early) = all.get_mut(first) {
        let dropped = early.history.append(history);
        let (dropped, are) = (counted(dropped, "record"), if dropped == 1 { "is" } else { "are" });
        let what = format!(
            "{place} goes on from step {step} where {onto} was and is stitched onto it; {dropped} of the latter {are} replaced"
        );
        warnings.push(Warning::Assumed { what });
    }
}
