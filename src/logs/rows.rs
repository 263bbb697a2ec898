use super::cell;
use super::columns::{Column, Quantity};
use super::faults::{Faults, text_of};
use super::plan::Plan;
use super::record::Record;
use crate::error::RunsError;
use crate::math::quantile::median;
use crate::runs::{Runs, TextColumn};
use crate::units::{Conventions, ParamCount};
use crate::warning::Warning;

/// FLOP per parameter and token in C = 6ND.
const SIX: f64 = 6.0;

/// The rows of a file as they come in: values, kept text, faults.
pub(super) struct Rows<'a> {
    plan: &'a Plan,
    path: &'a str,
    decimal_commas: bool,
    seen: usize,
    kept: usize,
    params: Vec<f64>,
    tokens: Vec<f64>,
    losses: Vec<f64>,
    flops: Vec<f64>,
    extra: Vec<TextColumn>,
    /// For each rival of N, whether its cells have all been the same as those of N.
    same_as_params: Vec<bool>,
    faults: Faults,
    bad_flops: usize,
    first_bad_flops: Option<(u64, String)>,
}

impl<'a> Rows<'a> {
    pub fn new(plan: &'a Plan, path: &'a str, decimal_commas: bool) -> Self {
        Self {
            plan,
            path,
            decimal_commas,
            seen: 0,
            kept: 0,
            params: Vec::new(),
            tokens: Vec::new(),
            losses: Vec::new(),
            flops: Vec::new(),
            extra: plan.extra.iter().map(|(_, name)| TextColumn::new(name.as_str())).collect(),
            same_as_params: vec![true; plan.rivals.len()],
            faults: Faults::default(),
            bad_flops: 0,
            first_bad_flops: None,
        }
    }

    /// Takes one record; `line` is where it starts.
    pub fn push(&mut self, record: &Record, line: impl FnOnce() -> u64) {
        // Spreadsheets leave rows of separators behind.
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return;
        }
        self.seen += 1;
        let refused =
            |(index, filter): &(usize, super::Filter)| record.get(*index).is_some_and(|cell| !filter.holds(cell));
        if self.plan.filters.iter().any(refused) {
            return;
        }
        self.kept += 1;
        let line = line();
        if record.len() != self.plan.names.len() {
            return self.wrong_width(record, line);
        }
        if let Some([params, tokens, loss]) = self.values(record, line) {
            self.params.push(params);
            self.tokens.push(tokens);
            self.losses.push(loss);
        }
        self.keep_text(record);
    }

    fn wrong_width(&mut self, record: &Record, line: u64) {
        let names = &self.plan.names;
        let open_quote = record.iter().any(|cell| cell.contains(&b'\n'));
        let hint = if open_quote { "; is a quote left open?" } else { "" };
        let first_missing = names.get(record.len()).map_or("(too many)", String::as_str);
        let found = format!("{} fields", record.len());
        let expected = format!("{} fields as in the header{hint}", names.len());
        self.faults.push(line, first_missing, found.as_bytes(), &expected);
    }

    /// N, D and L of a record; `None` after a fault.
    fn values(&mut self, record: &Record, line: u64) -> Option<[f64; 3]> {
        let plan = self.plan;
        let faults_before = self.faults.total();
        let (mut n, mut d, mut c, mut loss) = (0.0, 0.0, 0.0, 0.0);
        for column in plan.needed() {
            let text = record.get(column.index).unwrap_or_default();
            match cell::read(text, column, self.decimal_commas) {
                Ok(value) => match column.quantity {
                    Quantity::Params => n = value,
                    Quantity::Tokens => d = value,
                    Quantity::Flops => c = value,
                    Quantity::Loss => loss = value,
                },
                Err(expected) => self.faults.push(line, &column.name, text, expected),
            }
        }
        match plan.flops.as_ref() {
            Some(column) if !plan.needs_flops() => self.keep_flops(column, record, line),
            Some(_) => self.flops.push(c),
            None => {}
        }
        if self.faults.total() != faults_before {
            return None;
        }
        match (&plan.params, &plan.tokens) {
            (None, _) => n = c / (SIX * d),
            (_, None) => d = c / (SIX * n),
            _ => {}
        }
        let usable = |value: f64| value.is_finite() && value > 0.0;
        if [n, d, SIX * n * d].into_iter().all(usable) {
            return Some([n, d, loss]);
        }
        if let Some(column) = plan.flops.as_ref().filter(|_| plan.needs_flops()).or(plan.params.as_ref()) {
            let text = record.get(column.index).unwrap_or_default();
            self.faults.push(line, &column.name, text, "a value for which N, D and 6ND are finite numbers above zero");
        }
        None
    }

    /// C beside N and D: nothing depends on it, so a bad value is no fault.
    fn keep_flops(&mut self, column: &Column, record: &Record, line: u64) {
        let text = record.get(column.index).unwrap_or_default();
        match cell::read(text, column, self.decimal_commas) {
            Ok(value) => self.flops.push(value),
            Err(_) => {
                self.flops.push(0.0);
                self.bad_flops += 1;
                self.first_bad_flops.get_or_insert_with(|| (line, text_of(text)));
            }
        }
    }

    fn keep_text(&mut self, record: &Record) {
        let last = record.len().saturating_sub(1);
        for ((index, _), column) in self.plan.extra.iter().zip(&mut self.extra) {
            let cell = record.get(*index).unwrap_or_default();
            // Lines are split at LF, so a CR before it is still there.
            let cell = if *index == last { cell.strip_suffix(b"\r").unwrap_or(cell) } else { cell };
            column.push(&String::from_utf8_lossy(cell));
        }
        if let Some(params) = &self.plan.params {
            let params = record.get(params.index).map(<[u8]>::trim_ascii);
            for (rival, same) in self.plan.rivals.iter().zip(&mut self.same_as_params) {
                *same = *same && record.get(rival.index).map(<[u8]>::trim_ascii) == params;
            }
        }
    }

    /// # Errors
    /// [`RunsError::Faults`] of all rows together, [`RunsError::Empty`] when no row is left.
    pub fn finish(mut self) -> Result<Runs, RunsError> {
        std::mem::take(&mut self.faults).into_result(self.path)?;
        if self.kept == 0 {
            return Err(RunsError::Empty { path: self.path.into(), reason: self.why_empty() });
        }
        let mut warnings = self.derived();
        let params = self.param_count(&mut warnings);
        warnings.extend(self.flops_disagree());
        warnings.extend(self.ignored());
        let flops = (!self.flops.is_empty() && self.bad_flops == 0).then_some(self.flops);
        let conventions = Conventions { params, ..Conventions::default() };
        Ok(Runs::checked(self.params, self.tokens, self.losses)
            .with_conventions(conventions)
            .with_extras(flops, self.extra, warnings))
    }

    fn why_empty(&self) -> String {
        if self.seen == 0 {
            return "there is only a header".into();
        }
        let filters: Vec<_> = self.plan.filters.iter().map(|(_, filter)| filter.to_string()).collect();
        let rows = if self.seen == 1 {
            "its only row does not pass".into()
        } else {
            format!("none of its {} rows passes", self.seen)
        };
        format!("{rows} the filter {}", filters.join(" and "))
    }

    fn derived(&self) -> Vec<Warning> {
        let plan = self.plan;
        let Some(flops) = plan.flops.as_ref() else { return Vec::new() };
        let (symbol, from) = match (&plan.params, &plan.tokens) {
            (None, Some(tokens)) => ("N", tokens),
            (Some(params), None) => ("D", params),
            _ => return Vec::new(),
        };
        let other = if symbol == "N" { "D" } else { "N" };
        let how = format!(
            "{symbol} is not in the file and was derived as C/(6{other}) from columns {} and {}",
            flops.name, from.name
        );
        vec![Warning::Derived { how }]
    }

    /// What N counts. A column of another name with the same cells settles what the names leave open.
    fn param_count(&self, warnings: &mut Vec<Warning>) -> ParamCount {
        let plan = self.plan;
        let Some(column) = plan.params.as_ref() else { return plan.param_count.unwrap_or_default() };
        if let Some(count) = plan.param_count {
            return count;
        }
        if plan.rivals.is_empty() {
            return ParamCount::default();
        }
        let same: Vec<_> =
            plan.rivals.iter().zip(&self.same_as_params).filter(|(_, same)| **same).map(|(rival, _)| rival).collect();
        // Of several equal columns, the total count makes the least claim.
        let twin = same.iter().find(|rival| rival.count == ParamCount::Total).or(same.first());
        let count = twin.map_or_else(ParamCount::default, |rival| rival.count);
        let why = match twin {
            Some(twin) => format!(", because it equals {}", twin.name),
            None => ", because its name does not say".into(),
        };
        let others: Vec<_> = plan
            .rivals
            .iter()
            .filter(|rival| twin.is_none_or(|twin| twin.index != rival.index))
            .map(|rival| rival.name.as_str())
            .collect();
        if !others.is_empty() {
            let what = format!(
                "N is read from column {} and taken to count {count} parameters{why}; the file also has {} (choose with params_column, or state the count with param_count)",
                column.name,
                others.join(", ")
            );
            warnings.push(Warning::Assumed { what });
        }
        count
    }

    fn flops_disagree(&self) -> Option<Warning> {
        if self.plan.needs_flops() {
            return None;
        }
        let six_nd = self.params.iter().zip(&self.tokens).map(|(n, d)| SIX * n * d);
        let mut ratios: Vec<f64> =
            self.flops.iter().zip(six_nd).filter(|(c, _)| **c > 0.0).map(|(c, six_nd)| c / six_nd).collect();
        ratios.retain(|ratio| ratio.is_finite());
        let ratio = (!ratios.is_empty()).then(|| median(&mut ratios))?;
        (!(0.9..=1.1).contains(&ratio)).then_some(Warning::FlopsDisagree { ratio })
    }

    fn ignored(&self) -> Option<Warning> {
        let what = match (&self.first_bad_flops, &self.plan.flops, &self.plan.flops_unclear) {
            (Some((line, value)), Some(column), _) => {
                // 6ND as a 64-bit integer wraps around above 9.2e18.
                let overflow = if value.starts_with('-') { ", as a 64-bit overflow leaves" } else { "" };
                format!(
                    "column {} is not used: {} of {} values are no finite number above zero (the first on line {line}: {value:?}{overflow}); N and D do not need it",
                    column.name, self.bad_flops, self.kept
                )
            }
            (_, _, Some(unclear)) => format!("no FLOPs were read, N and D do not need them: {unclear}"),
            _ => return None,
        };
        Some(Warning::Ignored { what })
    }
}
