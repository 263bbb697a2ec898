//! Copies: of runs that are the same one is kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::join::{Candidate, Joined};
use super::same::{RowKey, Sketch, is_same_run, is_short, row_key};
use crate::runs::{LossKind, Series};

/// Leaves of each set of copies the one that is worth most. A copy is always one of a run that is kept: what resembles a
/// run that is itself left out is held against the kept ones alone.
pub(super) fn copies(all: &mut [Candidate]) {
    let worths: Vec<Worth> = all.iter().map(worth).collect();
    let alone = |index: &usize| all.get(*index).is_some_and(|candidate| candidate.joined == Joined::Alone);
    let mut order: Vec<usize> = (0..all.len()).filter(alone).collect();
    order.sort_by_key(|index| std::cmp::Reverse(worths.get(*index).copied()));
    let is_short = |index: &usize| all.get(*index).is_some_and(|run| is_short(&run.history));
    let (short, long): (Vec<usize>, Vec<usize>) = order.into_iter().partition(is_short);
    // Short runs are the same only to the last digit and under one name: nothing else need be compared.
    let mut rows: HashMap<(String, RowKey), Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for index in short {
        let Some(run) = all.get(index) else { continue };
        let kept = rows.entry((run.history.label().into(), row_key(&run.history))).or_default();
        let same = |other: &usize| all.get(*other).is_some_and(|other| is_same_run(&run.history, &other.history));
        match kept.iter().copied().find(same) {
            Some(other) => found.push((index, other)),
            None => kept.push(index),
        }
    }
    found.extend(long_copies(all, &long));
    for (index, kept) in found {
        let place = all.get(kept).map(Candidate::place).unwrap_or_default();
        if let Some(copy) = all.get_mut(index) {
            copy.joined = Joined::Copy(place);
        }
    }
}

/// What a run is worth among its copies: first whether it can be used, then whether it ended as it should, whether N and
/// D are known, how long it is and how much was logged.
type Worth = (bool, bool, bool, u64, usize);

fn worth(candidate: &Candidate) -> Worth {
    let history = &candidate.history;
    let outcome = candidate.settings.judge(history);
    let last = history.last_step().unwrap_or(0);
    let known = history.params().is_some() && history.tokens_at(last).is_some();
    let records = history.series().iter().map(Series::len).sum();
    (outcome.is_used(), !matches!(outcome, super::Outcome::Ended(_)), known, last, records)
}

/// Runs up to which each is compared with each.
const FEW_RUNS: usize = 300;

/// Pairs of a copy and the run that is kept, for runs in the order of their worth.
fn long_copies(all: &[Candidate], order: &[usize]) -> Vec<(usize, usize)> {
    let sketches: HashMap<usize, Sketch> =
        order.iter().filter_map(|index| Some((*index, Sketch::of(&all.get(*index)?.history)))).collect();
    let same = |a: usize, b: usize| match (sketches.get(&a), sketches.get(&b)) {
        (Some(a), Some(b)) => a.is_same_run(b),
        _ => false,
    };
    let (mut found, mut kept) = (Vec::new(), Vec::new());
    let mut index = (order.len() > FEW_RUNS).then(|| Index::new(order.iter().filter_map(|run| sketches.get(run))));
    for (place, run) in order.iter().copied().enumerate() {
        let Some(sketch) = sketches.get(&run) else { continue };
        let copied = match &index {
            Some(index) => index.near(sketch).into_iter().filter_map(|place| order.get(place)).find(|b| same(run, **b)),
            None => kept.iter().find(|other| same(run, **other)),
        };
        match copied {
            Some(other) => found.push((run, *other)),
            None => {
                kept.push(run);
                if let Some(index) = &mut index {
                    index.insert(place, sketch);
                }
            }
        }
    }
    found
}

/// Runs by their losses at a few steps, so that not each is compared with each.
struct Index {
    /// Steps at which some run is looked for.
    probes: HashSet<u64>,
    /// Runs by what was measured at a step and by the last digit of the log, in order of the value.
    runs: HashMap<(LossKind, u64), Vec<(f64, ByValue)>>,
}

/// Places in the order of worth, by the rank of a value.
type ByValue = BTreeMap<i64, Vec<usize>>;

/// Steps that a series is looked for at.
const ROUND: usize = 6;
const LAST: usize = 3;
const SCATTERED: usize = 3;

impl Index {
    fn new<'a>(sketches: impl Iterator<Item = &'a Sketch<'a>>) -> Self {
        let probes = sketches.flat_map(Sketch::telling).flat_map(|(series, _)| probes(series.steps())).collect();
        Self { probes, runs: HashMap::new() }
    }

    /// All points of a run that may be looked for.
    fn points<'a>(&'a self, sketch: &'a Sketch<'a>) -> impl Iterator<Item = (LossKind, u64, f64, f64)> + 'a {
        sketch.telling().flat_map(move |(series, digit)| {
            let wanted = series.points().filter(|(step, _)| self.probes.contains(step));
            wanted.map(move |(step, value)| (series.kind(), step, value, digit))
        })
    }

    fn insert(&mut self, place: usize, sketch: &Sketch<'_>) {
        let points: Vec<_> = self.points(sketch).collect();
        for (kind, step, value, digit) in points {
            let by_digit = self.runs.entry((kind, step)).or_default();
            let at = by_digit.iter().position(|(known, _)| *known == digit).unwrap_or_else(|| {
                by_digit.push((digit, BTreeMap::new()));
                by_digit.len() - 1
            });
            if let Some((_, values)) = by_digit.get_mut(at) {
                values.entry(rank(value)).or_default().push(place);
            }
        }
    }

    /// The runs that have a loss in common with this one, in the order they came in.
    fn near(&self, sketch: &Sketch<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        for (kind, step, value, digit) in self.points(sketch) {
            for (other, values) in self.runs.get(&(kind, step)).into_iter().flatten() {
                let reach = Sketch::tolerance(digit, *other, value);
                let range = rank(value - reach)..=rank(value + reach);
                found.extend(values.range(range).flat_map(|(_, places)| places));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The steps of a series that another log of the run is likely to have too: round ones, the last ones, and some that
/// are chosen alike in all logs. From the second half: at the beginning all runs are alike.
fn probes(steps: &[u64]) -> Vec<u64> {
    let late = steps.get(steps.len() / 2..).unwrap_or(steps);
    let mut chosen: Vec<u64> = late.iter().rev().take(LAST).copied().collect();
    chosen.extend(least(late, ROUND, |step| std::cmp::Reverse(roundness(step))));
    chosen.extend(least(late, SCATTERED, |step| step.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    chosen
}

/// The few elements with the least keys.
fn least<K: Ord>(steps: &[u64], count: usize, key: impl Fn(u64) -> K) -> Vec<u64> {
    let mut best: Vec<(K, u64)> = Vec::with_capacity(count + 1);
    for step in steps {
        let entry = (key(*step), *step);
        if best.len() < count || best.last().is_some_and(|last| entry < *last) {
            let at = best.partition_point(|other| *other < entry);
            best.insert(at, entry);
            best.truncate(count);
        }
    }
    best.into_iter().map(|(_, step)| step).collect()
}

/// How often ten divides a number, then how often two.
fn roundness(step: u64) -> (u32, u32) {
    let mut tens = 0;
    let mut rest = step;
    while rest > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        tens += 1;
    }
    (tens, rest.trailing_zeros())
}

/// Whole numbers in the order of the values.
fn rank(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_in_the_order_of_the_values() {
        let values = [f64::NEG_INFINITY, -2.5, -1e-300, 0.0, 1e-300, 3.5, f64::INFINITY];
        assert!(values.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])));
        assert_eq!(rank(-0.0), rank(0.0));
    }

    #[test]
    fn two_logs_of_one_run_have_a_probe_in_common() {
        for (a, b) in [(1, 10), (3, 10), (7, 50), (1, 1000), (100, 250)] {
            let steps = |every: usize| (0..=20_000u64).step_by(every).collect::<Vec<u64>>();
            let (a, b) = (steps(a), steps(b));
            let meets = |of: &[u64], among: &[u64]| probes(of).iter().any(|step| among.binary_search(step).is_ok());
            assert!(meets(&a, &b) || meets(&b, &a));
            let cut = &a[..a.len() / 3];
            assert!(meets(cut, &b) || meets(&b, cut));
        }
    }
}
