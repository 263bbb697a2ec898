//! Tables of metrics and of runs in CSV, TSV or Parquet: a column a metric, a row a step or a run.

use std::io::Read;
use std::str::from_utf8;

use super::LogFormat;
use super::cell;
use super::chart::Axis;
use super::columns::{Column, Quantity, Scale};
use super::last_cells::LastCells;
use super::loss_cells::{LossCells, decimal_comma};
use super::metric_rows::{Grouping, MetricRows, Row};
use super::names::{Role, loss_kind, params_rank, role};
use super::record::Record;
use super::records::Records;
use super::row_widths::RowWidths;
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
    epoch: Option<usize>,
    planned: Option<usize>,
    label: Option<usize>,
    state: Option<usize>,
    tokens: Vec<Column>,
    params: Vec<Column>,
    losses: Vec<(usize, String, LossKind)>,
    text: Vec<(usize, String)>,
    /// Charts: the run of a column, by the number of its loss, and what stands on the axis.
    chart: Vec<String>,
    axis: Axis,
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
                Role::Epoch => {
                    first(&mut plan.epoch);
                    plan.text.push((index, name.clone()));
                }
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

    /// Whether a column is read as a number.
    fn is_number(&self, index: usize) -> bool {
        let columns = self.tokens.iter().chain(&self.params).map(|column| column.index);
        let columns = columns.chain(self.losses.iter().map(|(index, ..)| *index)).chain(self.step).chain(self.planned);
        columns.into_iter().any(|column| column == index)
    }

    fn empty() -> Self {
        let (step, epoch, planned, label, state) = (None, None, None, None, None);
        let (tokens, params, losses, text, chart) = Default::default();
        let format = LogFormat::MetricsCsv;
        Self {
            format,
            grouping: Grouping::One,
            step,
            epoch,
            planned,
            label,
            state,
            tokens,
            params,
            losses,
            text,
            chart,
            axis: Axis::Step,
        }
    }

    /// A chart: an axis, then "run - metric" for each run, with bounds beside it under "…__MIN" and "…__MAX".
    fn chart(names: &[String]) -> Option<Self> {
        let (first, columns) = names.split_first()?;
        if columns.is_empty() || !columns.iter().all(|name| name.contains(" - ")) {
            return None;
        }
        let axis = Axis::of(first);
        let mut plan = Self { format: LogFormat::WandbChart, axis, ..Self::empty() };
        plan.step = (axis == Axis::Step).then_some(0);
        plan.tokens.extend(axis.tokens(first));
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
/// Those of the file; [`LogError::UnknownFormat`] if its header has no plan after all; [`LogError::Malformed`] for
/// losses with commas and with points, and where rows have more cells than the header.
pub(super) fn read(
    mut table: Records<'_, impl Read>,
    path: &str,
    label: &str,
    tag: Option<&str>,
) -> Result<(LogFormat, Vec<History>, Vec<Warning>), LogError> {
    let names = table.names()?;
    let plan = Plan::new(&names, tag).ok_or_else(|| LogError::UnknownFormat {
        path: path.into(),
        reason: format!("no column of its table is named as a loss; it has {}", names.join(", ")),
    })?;
    let axis = names.first().map_or("", String::as_str);
    if plan.axis == Axis::Time {
        let reason = format!(
            "{axis} is on the x axis of this chart, and a time is neither a step nor D: export it with Step on the x axis, or with a \
             metric that counts tokens"
        );
        return Err(LogError::Malformed { path: path.into(), reason });
    }
    let mut rows = MetricRows::new(label, if plan.chart.is_empty() { plan.grouping } else { Grouping::ByLabel });
    let mut reading = Reading::new(&plan, &table, &mut rows);
    let (mut record, mut last) = (Record::new(), LastCells::new(names.len()));
    let (mut widths, mut cut) = (RowWidths::new(names.len()), None);
    while table.next(&mut record)? {
        if let Some(line) = table.open_quote(&record) {
            cut = Some(format!("a quote opened on line {line} is never closed; the rest of the file is passed over"));
        } else if table.is_cut() {
            let is_number = names.len().checked_sub(1).is_some_and(|index| plan.is_number(index));
            cut = last.half_written(&record, is_number).map(|what| format!("{what}; it is passed over"));
        }
        if cut.is_none() && widths.admits(&record, || table.line(&record)) {
            last.push(&record);
            reading.push(&record, || table.line(&record), &mut rows);
        }
    }
    let wide = widths.finish(path, !table.apart_without_commas())?;
    reading.finish(path)?;
    let (histories, mut warnings) = rows.finish();
    warnings.extend(wide);
    cut = cut.or_else(|| last.short());
    if plan.axis == Axis::Other {
        let what = format!("{path}: {axis} is on the x axis of this chart and is no step; D is not taken from it");
        warnings.push(Warning::Ignored { what });
    }
    if histories.is_empty() {
        let doubts = warnings.iter().map(|warning| warning.to_string()).chain(cut);
        let reason = std::iter::once("no row has a number in a column of losses".into()).chain(doubts);
        let reason = reason.collect::<Vec<String>>().join("; ");
        return Err(RunsError::Empty { path: path.into(), reason }.into());
    }
    warnings.extend(cut.map(|what| Warning::Ignored { what: format!("{path}: {what}") }));
    #[cfg(feature = "parquet")]
    if matches!(table, Records::Parquet(_)) {
        return Ok((LogFormat::Parquet, histories, warnings));
    }
    Ok((plan.format, histories, warnings))
}

struct Reading<'a> {
    plan: &'a Plan,
    numbers: Vec<usize>,
    cells: Vec<LossCells>,
    decimal_commas: bool,
    /// Commas in cells that are apart by something else.
    free_commas: bool,
    losses: Vec<(usize, f64)>,
    buffer: String,
}

impl<'a> Reading<'a> {
    fn new(plan: &'a Plan, table: &Records<'_, impl Read>, rows: &mut MetricRows) -> Self {
        let (decimal_commas, free_commas) = (table.decimal_commas(), table.apart_without_commas());
        let numbers = plan.losses.iter().map(|(_, name, kind)| rows.series(name, *kind)).collect();
        let cells = plan.losses.iter().map(|_| LossCells::new(free_commas)).collect();
        Self { plan, numbers, cells, decimal_commas, free_commas, losses: Vec::new(), buffer: String::new() }
    }

    /// # Errors
    /// [`LogError::Malformed`] for losses with commas and with points.
    fn finish(&self, path: &str) -> Result<(), LogError> {
        let mut columns = self.plan.losses.iter().zip(&self.cells);
        columns.try_for_each(|((_, name, _), cells)| cells.finish(name, path))
    }

    fn push(&mut self, record: &Record, line: impl Fn() -> u64, rows: &mut MetricRows) {
        let plan = self.plan;
        let cell = |index: Option<usize>| index.and_then(|index| record.get(index)).unwrap_or_default().trim_ascii();
        let mut row = Row::default();
        // Lines are counted only where they are needed: for runs by row, and for messages.
        if plan.grouping == Grouping::EachRow {
            row.line = line();
        }
        self.losses.clear();
        let read = self.cells.iter_mut().zip(&self.numbers).enumerate();
        for ((index, name, _), (column, (cells, number))) in plan.losses.iter().zip(read) {
            let text = cell(Some(*index));
            match cells.read(text, &line) {
                // Columns of a chart are told apart by their runs.
                Some(value) => self.losses.push((if plan.chart.is_empty() { *number } else { column }, value)),
                None if is_blank(text) => row.blank = true,
                None => rows.bad_cell(line(), name, text),
            }
        }
        // A table writes its commas in one way.
        let decimal = self.cells.iter().any(LossCells::has_comma);
        row.step = self.steps(cell(plan.step), decimal);
        if row.step.is_none() && !cell(plan.step).is_empty() {
            rows.bad_cell(line(), "step", cell(plan.step));
            return;
        }
        row.planned = self.steps(cell(plan.planned), decimal);
        row.epoch = from_utf8(cell(plan.epoch)).ok().and_then(|epoch| epoch.parse().ok());
        let decimal_commas = self.decimal_commas || decimal;
        let number = |column: &Column| cell::read(cell(Some(column.index)), column, decimal_commas).ok();
        row.tokens = plan.tokens.iter().find_map(number);
        row.params = plan.params.iter().find_map(|column| Some((number(column)?, column.name.as_str())));
        for (columns, known) in [(&plan.tokens, row.tokens.is_some()), (&plan.params, row.params.is_some())] {
            let comma = columns.iter().find(|column| !known && cell(Some(column.index)).contains(&b','));
            comma.inspect(|column| rows.bad_cell(line(), &column.name, cell(Some(column.index))));
        }
        if !plan.chart.is_empty() {
            return self.chart_row(row, rows);
        }
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
    fn chart_row(&self, row: Row<'_>, rows: &mut MetricRows) {
        for (column, value) in &self.losses {
            if let (Some(number), Some(run)) = (self.numbers.get(*column), self.plan.chart.get(*column)) {
                let losses = &[(*number, *value)];
                rows.push(&Row { label: Some(run), step: row.step, tokens: row.tokens, losses, ..Row::default() });
            }
        }
    }

    /// A number of steps. "1,000" could be one step where other commas of the table are decimal, and is none then.
    fn steps(&self, cell: &[u8], decimal: bool) -> Option<u64> {
        let text = from_utf8(cell).ok()?;
        let value = match text.parse::<f64>() {
            Ok(value) => Some(value),
            Err(_) if text.is_empty() => None,
            Err(_) if !text.contains(',') => parse_number(text),
            Err(_) => {
                let thousands = parse_number(text).filter(|_| !decimal);
                let exact = |text: &&str| self.free_commas && parse_number(text).is_none();
                thousands.or_else(|| Some(text).filter(exact).and_then(decimal_comma))
            }
        };
        value.filter(|value| (0.0..9e15).contains(value)).map(|value| value.round() as u64)
    }
}

fn is_blank(cell: &[u8]) -> bool {
    ["", "-", "--", "na", "n/a", "null", "none", "#n/a"].iter().any(|blank| cell.eq_ignore_ascii_case(blank.as_bytes()))
}
