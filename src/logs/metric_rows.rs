use std::collections::HashMap;

use super::course::Course;
use super::faults::text_of;
use super::header::param_count;
use super::held::RowOf;
use super::words::are;
use crate::runs::{History, LossKind};
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

/// How the rows of a table belong to runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// All rows are one run.
    One,
    /// Rows of one name are one run.
    ByLabel,
    /// Each row is a run.
    EachRow,
}

/// One row of a table or one object of a JSON log, as far as it is understood.
#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    /// Where it stands in the file.
    pub line: u64,
    pub label: Option<&'a str>,
    pub step: Option<u64>,
    pub epoch: Option<f64>,
    pub tokens: Option<f64>,
    /// N and the name under which it stands.
    pub params: Option<(f64, &'a str)>,
    pub planned: Option<u64>,
    pub state: Option<&'a str>,
    /// Losses with the number their series have in `MetricRows`.
    pub losses: &'a [(usize, f64)],
    /// Whether a loss has its place in the row, and the place is blank.
    pub blank: bool,
}

/// Rows of metrics as they come in, sorted into runs.
pub(super) struct MetricRows {
    label: String,
    grouping: Grouping,
    series: Vec<(String, LossKind)>,
    runs: Vec<Course>,
    by_label: HashMap<String, usize>,
    /// The run of the row before, which is mostly that of the next one.
    last: usize,
    /// The name under which N stood last, and what it says that N counts.
    sized: (String, Option<ParamCount>),
    bad: BadCells,
    rows_without_loss: usize,
}

/// Cells that are no numbers, counted and the first one kept.
#[derive(Debug, Default)]
struct BadCells {
    count: usize,
    first: Option<(u64, String, String)>,
}

/// More runs than any sweep has; a file with more rows than that is read with `CsvReader`.
const MOST_RUNS: usize = 1 << 20;

impl MetricRows {
    pub fn new(label: &str, grouping: Grouping) -> Self {
        Self {
            label: label.into(),
            grouping,
            series: Vec::new(),
            runs: Vec::new(),
            by_label: HashMap::new(),
            last: 0,
            sized: (String::new(), None),
            bad: BadCells::default(),
            rows_without_loss: 0,
        }
    }

    /// The number of a series of losses, which is made if there is none of that name.
    pub fn series(&mut self, name: &str, kind: LossKind) -> usize {
        if let Some(index) = self.series.iter().position(|(known, _)| known == name) {
            return index;
        }
        self.series.push((name.into(), kind));
        self.series.len() - 1
    }

    /// A cell of a known column that is neither a number nor empty.
    pub fn bad_cell(&mut self, line: u64, column: &str, cell: &[u8]) {
        self.bad.count += 1;
        self.bad.first.get_or_insert_with(|| (line, column.into(), text_of(cell)));
    }

    /// Takes a row; gives its run where this row is the first of it.
    pub fn push(&mut self, row: &Row<'_>) -> Option<&mut History> {
        if row.losses.is_empty() {
            self.rows_without_loss += 1;
            self.push_blank(row);
            return None;
        }
        let (index, is_new) = self.group(row);
        let series = &self.series;
        let course = self.runs.get_mut(index)?;
        let params = row.params.map(|(value, name)| (value, count_of(&mut self.sized, name)));
        let (epoch, tokens, planned, losses) = (row.epoch, row.tokens, row.planned, row.losses);
        let begins = course.push(RowOf { step: 0, epoch, tokens, planned, params, losses }, row.step, series);
        if is_new && let Some((Ok(params), count)) = params.map(|(value, count)| (Params::new(value), count)) {
            course.history().set_params(params, count);
        }
        if let Some(state) = row.state.filter(|_| is_new || begins) {
            course.history().set_state(state);
        }
        (is_new || begins).then_some(course.history())
    }

    /// Tells the run of a row, where there is one, that its loss is blank.
    fn push_blank(&mut self, row: &Row<'_>) {
        let Some(step) = row.step.filter(|_| row.blank) else { return };
        let index = match (self.grouping, row.label) {
            (Grouping::One, _) => Some(self.last),
            (Grouping::ByLabel, Some(label)) => self.by_label.get(label).copied(),
            _ => None,
        };
        if let Some(course) = index.and_then(|index| self.runs.get_mut(index)) {
            course.push_blank(step);
        }
    }

    /// The run of a row, made if need be.
    fn group(&mut self, row: &Row<'_>) -> (usize, bool) {
        if self.grouping == Grouping::One && !self.runs.is_empty() {
            return (self.last, false);
        }
        let own_row = self.grouping == Grouping::EachRow && self.runs.len() < MOST_RUNS;
        let label = match (self.grouping, row.label) {
            (Grouping::One, _) => self.label.clone(),
            (_, Some(label)) if !own_row => {
                if self.runs.get(self.last).is_some_and(|course| course.label() == label) {
                    return (self.last, false);
                }
                label.to_owned()
            }
            (_, Some(label)) => label.to_owned(),
            (_, None) => format!("{} line {}", self.label, row.line),
        };
        let known = self.by_label.get(&label).copied();
        if let Some(index) = known.filter(|_| !own_row) {
            self.last = index;
            return (index, false);
        }
        let index = self.runs.len();
        let name = if known.is_some() { format!("{label} (line {})", row.line) } else { label.clone() };
        self.by_label.entry(label).or_insert(index);
        self.runs.push(Course::new(name));
        self.last = index;
        (index, true)
    }

    /// The runs, and what was passed over.
    pub fn finish(self) -> (Vec<History>, Vec<Warning>) {
        let mut warnings = Vec::new();
        if let Some((line, column, cell)) = self.bad.first {
            let what = format!(
                "{}: {} not numeric and passed over; the first is {cell:?} in column {column} on line {line}",
                self.label,
                are(self.bad.count, "cell")
            );
            warnings.push(Warning::Ignored { what });
        }
        if self.rows_without_loss > 0 && self.grouping != Grouping::One {
            let what = format!("{}: {} without a loss and passed over", self.label, are(self.rows_without_loss, "row"));
            warnings.push(Warning::Ignored { what });
        }
        let mut histories = Vec::with_capacity(self.runs.len());
        for (mut runs, doubts) in self.runs.into_iter().map(Course::finish) {
            histories.append(&mut runs);
            warnings.extend(doubts);
        }
        histories.iter_mut().for_each(History::mark_absent);
        histories.iter_mut().for_each(History::finish);
        histories.retain(|history| !history.is_empty());
        (histories, warnings)
    }
}

/// What a name of N says that it counts; the same one comes in every row.
fn count_of(known: &mut (String, Option<ParamCount>), name: &str) -> Option<ParamCount> {
    if known.0 != name {
        *known = (name.into(), param_count(name));
    }
    known.1
}
