//! Tables of metrics and of runs in CSV, TSV or Parquet: a column a metric, a row a step or a run.

use std::io::Read;

use ::csv::ByteRecord;

use super::LogFormat;
use super::cell;
use super::columns::{Column, Quantity, Scale};
use super::metric_rows::{Grouping, MetricRows, Row};
use super::names::{Role, loss_kind, params_rank, role};
use super::records::Records;
use crate::error::{LogError, RunsError};
use crate::runs::{History, LossKind};
use crate::units::parse_number;
use crate::warning::Warning;

/// Columns of text that are kept with a run.
const MOST_TEXT: usize = 200;

/// What a header says of its table.
#[derive(Debug)]
pub(super) struct Plan {
    pub format: LogFormat,
    grouping: Grouping,
    step: Option<usize>,
    planned: Option<usize>,
    label: Option<usize>,
    state: Option<usize>,
    tokens: Vec<Column>,
    params: Vec<Column>,
    losses: Vec<(usize, String, LossKind)>,
    text: Vec<(usize, String)>,
    /// Charts: the run of a column, by the number of its loss.
    chart: Vec<String>,
}

impl Plan {
    /// The plan for a table with these column names; `None` if no column is known to hold losses.
    pub fn new(names: &[String], tag: Option<&str>) -> Option<Self> {
        let lower: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut plan = Self::empty();
        if lower == ["wall time", "step", "value"] {
            plan.format = LogFormat::TensorBoardCsv;
            plan.step = Some(1);
            let name = tag.unwrap_or("Value");
            plan.losses.push((2, name.into(), loss_kind(name).unwrap_or(LossKind::Other)));
            return Some(plan);
        }
        if let Some(chart) = Self::chart(names) {
            return Some(chart);
        }
        for (index, name) in names.iter().enumerate() {
            let first = |slot: &mut Option<usize>| *slot = slot.or(Some(index));
            match role(name) {
                Role::Step => first(&mut plan.step),
                Role::Planned => first(&mut plan.planned),
                Role::Label => first(&mut plan.label),
                Role::State => first(&mut plan.state),
                Role::Tokens(scale) => plan.tokens.push(column(Quantity::Tokens, index, name, scale)),
                Role::Params(scale) => plan.params.push(column(Quantity::Params, index, name, scale)),
                Role::Loss(kind) => plan.losses.push((index, name.clone(), kind)),
                Role::Text => plan.text.push((index, name.clone())),
            }
        }
        plan.text.truncate(MOST_TEXT);
        plan.params.sort_by_key(|column| params_rank(&column.name));
        if plan.losses.is_empty() {
            return None;
        }
        let has = |wanted: &str| lower.iter().any(|name| name == wanted);
        if has("name") && has("state") && (has("created") || has("runtime")) {
            plan.format = LogFormat::WandbRuns;
            plan.grouping = Grouping::EachRow;
        } else if plan.label.is_some() && (plan.step.is_some() || !plan.tokens.is_empty()) {
            plan.grouping = Grouping::ByLabel;
        } else if plan.step.is_none() && !plan.params.is_empty() || plan.label.is_some() {
            plan.format = LogFormat::RunsCsv;
            plan.grouping = Grouping::EachRow;
        }
        Some(plan)
    }

    fn empty() -> Self {
        let (step, planned, label, state) = (None, None, None, None);
        let (tokens, params, losses, text, chart) = Default::default();
        let format = LogFormat::MetricsCsv;
        Self { format, grouping: Grouping::One, step, planned, label, state, tokens, params, losses, text, chart }
    }

    /// A chart: an axis, then "run - metric" for each run, with bounds beside it under "…__MIN" and "…__MAX".
    fn chart(names: &[String]) -> Option<Self> {
        let (_, columns) = names.split_first()?;
        if columns.is_empty() || !columns.iter().all(|name| name.contains(" - ")) {
            return None;
        }
        let mut plan = Self { format: LogFormat::WandbChart, step: Some(0), ..Self::empty() };
        for (index, name) in names.iter().enumerate().skip(1) {
            let (run, metric) = name.rsplit_once(" - ")?;
            if ["__MIN", "__MAX"].iter().any(|bound| metric.ends_with(bound)) || metric == "_step" {
                continue;
            }
            plan.losses.push((index, metric.into(), loss_kind(metric).unwrap_or(LossKind::Other)));
            plan.chart.push(run.strip_prefix("Group: ").unwrap_or(run).into());
        }
        (!plan.losses.is_empty()).then_some(plan)
    }
}

fn column(quantity: Quantity, index: usize, name: &str, scale: Scale) -> Column {
    Column { quantity, index, name: name.into(), scale }
}

/// Reads a table whose beginning is known to have a plan.
///
/// # Errors
/// Those of the file; [`LogError::UnknownFormat`] if its header has no plan after all.
pub(super) fn read(
    mut table: Records<'_, impl Read>,
    path: &str,
    label: &str,
    tag: Option<&str>,
) -> Result<(LogFormat, Vec<History>, Vec<Warning>), LogError> {
    let names = table.names()?;
    let decimal_commas = table.decimal_commas();
    let plan = Plan::new(&names, tag).ok_or_else(|| LogError::UnknownFormat {
        path: path.into(),
        reason: format!("no column of its table is named as a loss; it has {}", names.join(", ")),
    })?;
    let mut rows = MetricRows::new(label, if plan.chart.is_empty() { plan.grouping } else { Grouping::ByLabel });
    let numbers: Vec<usize> = plan.losses.iter().map(|(_, name, kind)| rows.series(name, *kind)).collect();
    let mut reading = Reading { plan: &plan, numbers, decimal_commas, losses: Vec::new(), buffer: String::new() };
    let mut record = ByteRecord::new();
    let mut last_width = names.len();
    while table.next(&mut record)? {
        last_width = record.len();
        reading.push(&record, || table.line(&record), &mut rows);
    }
    let (histories, mut warnings) = rows.finish();
    if last_width < names.len() {
        let what = format!("{path}: the last row has {last_width} of {} fields: it is half written", names.len());
        warnings.push(Warning::Ignored { what });
    }
    if histories.is_empty() {
        let reason = "no row has a number in a column of losses".into();
        return Err(RunsError::Empty { path: path.into(), reason }.into());
    }
    #[cfg(feature = "parquet")]
    if matches!(table, Records::Parquet(_)) {
        return Ok((LogFormat::Parquet, histories, warnings));
    }
    Ok((plan.format, histories, warnings))
}

struct Reading<'a> {
    plan: &'a Plan,
    numbers: Vec<usize>,
    decimal_commas: bool,
    losses: Vec<(usize, f64)>,
    buffer: String,
}

impl Reading<'_> {
    fn push(&mut self, record: &ByteRecord, line: impl Fn() -> u64, rows: &mut MetricRows) {
        let plan = self.plan;
        let cell = |index: Option<usize>| index.and_then(|index| record.get(index)).unwrap_or_default().trim_ascii();
        let mut row = Row::default();
        // Lines are counted only where they are needed: for runs by row, and for messages.
        if plan.grouping == Grouping::EachRow {
            row.line = line();
        }
        row.step = value(cell(plan.step)).and_then(whole);
        if row.step.is_none() && !cell(plan.step).is_empty() {
            rows.bad_cell(line(), "step", cell(plan.step));
            return;
        }
        row.planned = value(cell(plan.planned)).and_then(whole);
        self.losses.clear();
        for ((index, name, _), number) in plan.losses.iter().zip(&self.numbers) {
            let text = cell(Some(*index));
            match value(text) {
                Some(value) => self.losses.push((*number, value)),
                None if is_blank(text) => {}
                None => rows.bad_cell(line(), name, text),
            }
        }
        let number = |column: &Column| cell::read(cell(Some(column.index)), column, self.decimal_commas).ok();
        row.tokens = plan.tokens.iter().find_map(number);
        if !plan.chart.is_empty() {
            return self.chart_row(row, record, rows);
        }
        row.params = plan.params.iter().find_map(|column| Some((number(column)?, column.name.as_str())));
        self.buffer.clear();
        self.buffer.push_str(&String::from_utf8_lossy(cell(plan.label)));
        let state = String::from_utf8_lossy(cell(plan.state)).into_owned();
        row.label = Some(self.buffer.as_str()).filter(|label| !label.is_empty());
        row.state = Some(state.as_str()).filter(|state| !state.is_empty());
        row.losses = &self.losses;
        if let Some(history) = rows.push(&row).filter(|_| plan.grouping != Grouping::One) {
            for (index, name) in &plan.text {
                let text = cell(Some(*index));
                if !text.is_empty() {
                    history.set_metadata(name.as_str(), String::from_utf8_lossy(text));
                }
            }
        }
    }

    /// A row of a chart holds one value for each of many runs.
    fn chart_row(&self, row: Row<'_>, record: &ByteRecord, rows: &mut MetricRows) {
        for (((index, _, _), number), run) in self.plan.losses.iter().zip(&self.numbers).zip(&self.plan.chart) {
            if let Some(value) = record.get(*index).and_then(value) {
                rows.push(&Row { label: Some(run), step: row.step, losses: &[(*number, value)], ..Row::default() });
            }
        }
    }
}

/// A number of a cell, NaN and infinity included.
fn value(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    if text.is_empty() { None } else { parse_number(text) }
}

fn whole(value: f64) -> Option<u64> {
    (0.0..9e15).contains(&value).then_some(value.round() as u64)
}

fn is_blank(cell: &[u8]) -> bool {
    ["", "-", "--", "na", "n/a", "null", "none", "#n/a"].iter().any(|blank| cell.eq_ignore_ascii_case(blank.as_bytes()))
}
