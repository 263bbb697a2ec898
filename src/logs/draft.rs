use super::words::are;
use crate::runs::{History, LossKind};
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

/// The histories of a log while it is read.
#[derive(Debug)]
pub(super) struct Draft {
    label: String,
    current: History,
    /// Runs that came before in the same log.
    earlier: Vec<History>,
    train: Option<usize>,
    validation: Option<usize>,
    records: usize,
    /// The step that the following lines belong to, in formats that print a record over several lines.
    pub cursor: Option<u64>,
    /// Parameters summed over the lines that state parts of them.
    parts: (f64, f64),
    /// How many steps have no loss, and the first of them.
    steps_without_loss: Option<(usize, u64)>,
}

/// Runs of one log that are kept apart; in a longer one going back to the beginning is a restart like any other.
const MOST_RUNS: usize = 1000;

impl Draft {
    pub fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            current: History::new(label),
            earlier: Vec::new(),
            train: None,
            validation: None,
            records: 0,
            cursor: None,
            parts: (0.0, 0.0),
            steps_without_loss: None,
        }
    }

    /// Records so far.
    pub fn records(&self) -> usize {
        self.records
    }

    /// A training loss.
    pub fn train(&mut self, step: u64, loss: f64) {
        let index = *self.train.get_or_insert_with(|| self.current.index_of("train", LossKind::Train));
        self.record(index, step, loss);
    }

    /// A validation loss.
    pub fn validation(&mut self, step: u64, loss: f64) {
        let index = *self.validation.get_or_insert_with(|| self.current.index_of("val", LossKind::Validation));
        self.record(index, step, loss);
    }

    /// A value of a series with a name of its own.
    pub fn named(&mut self, name: &str, kind: LossKind, step: u64, value: f64) {
        let index = self.current.index_of(name, kind);
        self.record(index, step, value);
    }

    fn record(&mut self, index: usize, step: u64, value: f64) {
        self.records += 1;
        if self.current.begins_anew(index, step) && self.earlier.len() < MOST_RUNS {
            let label = format!("{} ({})", self.label, self.earlier.len() + 2);
            let next = self.current.without_records(label);
            self.earlier.push(std::mem::replace(&mut self.current, next));
        }
        self.current.record(index, step, value);
    }

    /// The last step of the training losses.
    pub fn last_train_step(&self) -> Option<u64> {
        self.current.series().get(self.train?)?.last().map(|(step, _)| step)
    }

    /// A step that is logged without a loss.
    pub fn skipped(&mut self, step: u64) {
        self.records += 1;
        self.steps_without_loss.get_or_insert((0, step)).0 += 1;
    }

    /// What the log says of the run beside its losses.
    pub fn facts(&mut self) -> &mut History {
        &mut self.current
    }

    /// N, where a line states all of it.
    pub fn params(&mut self, params: f64, count: Option<ParamCount>) {
        if let Ok(params) = Params::new(params) {
            self.current.set_params(params, count);
        }
    }

    /// N, where a line states a part of it: a group of tensors or a rank. The second figure leaves out embeddings.
    ///
    /// Only before the first record: a restart prints the parts again.
    pub fn params_part(&mut self, part: f64, without_embedding: f64) {
        if self.records > 0 {
            return;
        }
        self.parts.0 += part;
        self.parts.1 += without_embedding;
        self.params(self.parts.0, Some(ParamCount::Total));
        if self.parts.1 > 0.0 {
            self.current.set_metadata("params_non_embedding", self.parts.1.to_string());
        }
    }

    pub fn finish(self) -> Vec<History> {
        let mut all = self.earlier;
        let mut last = self.current;
        if let Some((count, first)) = self.steps_without_loss {
            let what = format!("{}: {} logged without a loss, the first is {first}", self.label, are(count, "step"));
            last.push_warning(Warning::Ignored { what });
        }
        all.push(last);
        all.iter_mut().for_each(History::finish);
        // A history that holds only a doubt tells why there is nothing in it.
        all.retain(|history| !history.is_empty() || !history.warnings().is_empty());
        all
    }
}
