//! Rows that wait until it is clear in which order they stand.

use std::collections::{HashMap, HashSet};

use super::course::Size;
use crate::runs::History;

/// What a row says of its run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowOf<'a> {
    pub step: u64,
    pub epoch: Option<f64>,
    pub tokens: Option<f64>,
    pub planned: Option<u64>,
    pub params: Option<Size>,
    /// Losses with the number of their series.
    pub losses: &'a [(usize, f64)],
}

type Losses = Box<[(usize, f64)]>;

/// Rows from the first on whose step goes back.
#[derive(Debug)]
pub(super) struct Held {
    /// The rows, and their losses.
    rows: Vec<(RowOf<'static>, Losses)>,
    /// Series and steps of these rows.
    seen: HashSet<(usize, u64)>,
    before: Option<u64>,
    rises: bool,
    /// The last step of each series, and how often it went back.
    last: HashMap<usize, (u64, usize)>,
}

impl Held {
    /// After a row of this step; whether the steps have risen so far.
    pub fn new(before: Option<u64>, rises: bool) -> Self {
        Self { rows: Vec::new(), seen: HashSet::new(), before, rises, last: HashMap::new() }
    }

    /// Takes a row, and says whether a series has a record of this step from further above. Of rows that follow each
    /// other two may have the same step.
    pub fn push(&mut self, row: &RowOf<'_>, index: impl Fn(usize) -> Option<usize>, earlier: &History) -> bool {
        let before = self.before.replace(row.step);
        self.rises |= before.is_some_and(|before| row.step > before);
        let mut repeats = false;
        for index in row.losses.iter().filter_map(|(number, _)| index(*number)) {
            let is_new = self.seen.insert((index, row.step));
            let steps = earlier.series().get(index).map(|series| series.steps()).unwrap_or_default();
            repeats |= before != Some(row.step) && !(is_new && steps.binary_search(&row.step).is_err());
            let first = steps.last().copied().unwrap_or(row.step);
            let (last, backs) = self.last.entry(index).or_insert((first, 0));
            *backs += usize::from(row.step < *last);
            *last = row.step;
        }
        self.rows.push((RowOf { losses: &[], ..*row }, row.losses.into()));
        repeats
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether steps rise from any row to the next.
    pub fn rises(&self) -> bool {
        self.rises
    }

    /// Whether rows without a repeated step are in no order: newest first, or back and forth. One that goes back once is a
    /// restart or another run.
    pub fn is_out_of_order(&self) -> bool {
        !self.rises || self.last.values().any(|(_, backs)| *backs > 1)
    }

    /// All of them in the order of the file.
    pub fn rows(self, mut take: impl FnMut(RowOf<'_>)) {
        self.rows.iter().for_each(|(row, losses)| take(RowOf { losses, ..*row }));
    }
}
