use super::stated::{EPOCHS, Fact, Stated};
use super::words::are;
use crate::runs::{History, LossKind};
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
    /// What the log says since its last record.
    stated: Option<Box<Stated>>,
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
            stated: None,
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
        let stated = self.stated.take();
        if self.begins_anew(index, step, stated.as_deref()) && self.earlier.len() < MOST_RUNS {
            let label = format!("{} ({})", self.label, self.earlier.len() + 2);
            let next = if stated.as_ref().is_some_and(|stated| stated.is_head()) {
                self.current.without_facts(label)
            } else {
                self.current.without_records(label)
            };
            self.earlier.push(std::mem::replace(&mut self.current, next));
        }
        self.current.record(index, step, value);
        if let Some(stated) = stated {
            stated.tell(&mut self.current, step);
        }
    }

    /// Whether a record is the first of another run: it goes back to the beginning, or it does not go on and what stands
    /// above it is of another model, or of another batch from the beginning.
    fn begins_anew(&self, index: usize, step: u64, stated: Option<&Stated>) -> bool {
        let run = &self.current;
        let Some(stated) = stated.filter(|stated| stated.is_head()) else { return run.begins_anew(index, step) };
        let (Some(first), Some(last)) = (run.first_step(), run.last_step()) else { return false };
        run.begins_anew(index, step)
            || step <= last && stated.has_other_params(run)
            || step <= first && (step < last || stated.has_other_tokens(run))
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

    /// Takes what a line says of the run whose records follow.
    pub fn state(&mut self, fact: Fact<'_>) {
        self.stated.get_or_insert_default().push(fact);
    }

    /// Tokens seen by the end of a step, whose loss may stand above or below.
    pub fn tokens(&mut self, step: u64, tokens: f64) {
        if self.current.last_step().is_none_or(|last| step >= last) {
            self.current.push_tokens(step, tokens);
        } else {
            self.state(Fact::Tokens(step, tokens));
        }
    }

    /// The number of steps of the run whose records follow, as far as it is stated.
    pub fn planned_steps(&self) -> Option<u64> {
        let stated = self.stated.as_ref();
        stated.and_then(|stated| stated.planned()).or_else(|| self.current.planned_steps())
    }

    /// The number of epochs of that run.
    pub fn epochs(&self) -> Option<f64> {
        let known = || self.current.metadata().iter().find(|(name, _)| name == EPOCHS)?.1.parse().ok();
        self.stated.as_ref().and_then(|stated| stated.epochs()).map(|epochs| epochs as f64).or_else(known)
    }

    /// What the log says of the run beside its losses, below a record of it.
    pub fn facts(&mut self) -> &mut History {
        &mut self.current
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
