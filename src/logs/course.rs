//! The rows of one name as they come in: mostly a run in order of its steps, at times several, or one out of order.

use super::doubts::{Blanks, Epochs, TokenCount};
use super::held::{Held, RowOf};
use super::words::counted;
use crate::runs::{History, LossKind};
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

/// The run of a name, and those that came before it in the same file.
///
/// A step that goes back is a restart, another run, the next epoch, or a sign that the rows stand in no order. Which of
/// them only the rows that follow can tell, so they are held until a step repeats, which it does not where rows are merely
/// out of order.
#[derive(Debug)]
pub(super) struct Course {
    label: String,
    earlier: Vec<History>,
    history: History,
    /// The numbers of the series within this history.
    indices: Vec<Option<usize>>,
    /// The step of a row without one.
    next_step: u64,
    tokens: TokenCount,
    epochs: Epochs,
    blanks: Blanks,
    /// What is said whether or not a run is used.
    doubts: Vec<Warning>,
    held: Option<Box<Held>>,
    /// That the order of the rows is that of the log is known.
    settled: bool,
    /// The step of the row before, and whether steps have risen from a row to the next.
    before: Option<u64>,
    rises: bool,
}

/// Runs of one name that are kept apart; beyond, going back to the beginning is a restart like any other.
const MOST_RUNS: usize = 1000;

/// Rows that are held until their order is clear; of more they are taken as they come.
const MOST_HELD: usize = 1 << 19;

impl Course {
    pub fn new(label: String) -> Self {
        Self {
            history: History::new(label.as_str()),
            label,
            earlier: Vec::new(),
            indices: Vec::new(),
            next_step: 0,
            tokens: TokenCount::default(),
            epochs: Epochs::default(),
            blanks: Blanks::default(),
            doubts: Vec::new(),
            held: None,
            settled: false,
            before: None,
            rises: false,
        }
    }

    /// The name of its rows.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The run of the row that was taken last.
    pub fn history(&mut self) -> &mut History {
        &mut self.history
    }

    /// Takes a row, and says whether a run begins with it beside the first.
    pub fn push(&mut self, mut row: RowOf<'_>, step: Option<u64>, series: &[(String, LossKind)]) -> bool {
        self.indices.resize(series.len(), None);
        for (number, _) in row.losses {
            if let (Some(index), Some((name, kind))) = (self.indices.get_mut(*number), series.get(*number)) {
                index.get_or_insert_with(|| self.history.index_of(name, *kind));
            }
        }
        row.step = step.unwrap_or_else(|| {
            self.history.set_nominal_steps(true);
            self.next_step += 1;
            self.next_step
        });
        self.blanks.end();
        if let Some(held) = &mut self.held {
            let repeats = held.push(&row, |number| index(&self.indices, number), &self.history);
            return (repeats || held.len() > MOST_HELD) && self.settle();
        }
        let at = self.epochs.through(row.step);
        let back = |(number, _): &(usize, f64)| {
            self.indices.get(*number).copied().flatten().is_some_and(|index| self.history.goes_back(index, at))
        };
        // Steps that count through do not go back where the epoch rises.
        if !self.settled && row.losses.iter().any(back) && !self.epochs.rises(row.epoch) {
            let mut held = Box::new(Held::new(self.before, self.rises));
            let repeats = held.push(&row, |number| index(&self.indices, number), &self.history);
            self.held = Some(held);
            return repeats && self.settle();
        }
        self.enter(&row)
    }

    /// Takes a row whose losses are blank.
    pub fn push_blank(&mut self, step: u64) {
        self.blanks.push(self.epochs.through(step));
    }

    /// Takes the rows that were held in the order of the log.
    fn settle(&mut self) -> bool {
        self.settled = true;
        let Some(held) = self.held.take() else { return false };
        let mut begun = false;
        held.rows(|row| begun = self.enter(&row));
        begun
    }

    fn enter(&mut self, row: &RowOf<'_>) -> bool {
        self.rises |= self.before.is_some_and(|before| row.step > before);
        self.before = Some(row.step);
        let indices: Vec<usize> = row.losses.iter().filter_map(|(number, _)| index(&self.indices, *number)).collect();
        self.epochs.fall(row.epoch);
        let mut step = self.epochs.through(row.step);
        if self.epochs.rises(row.epoch) && indices.iter().any(|index| self.history.goes_back(*index, step)) {
            self.epochs.begin(row.epoch, row.step, &self.history);
            (step, self.settled) = (self.epochs.through(row.step), true);
        }
        let anew = indices.iter().any(|index| self.history.begins_anew(*index, step));
        let begins = anew && self.earlier.len() < MOST_RUNS;
        if begins {
            let label = format!("{} ({})", self.label, self.earlier.len() + 2);
            let mut next = self.history.without_facts(label.clone());
            let last = self.history.last_step().unwrap_or(0);
            let what =
                format!("{label}: begins where the step goes back from {last} to {}, and is another run", row.step);
            next.push_warning(Warning::Assumed { what });
            self.close();
            self.earlier.push(std::mem::replace(&mut self.history, next));
            (self.epochs, self.tokens) = Default::default();
            step = row.step;
        }
        self.epochs.see(row.epoch);
        for (number, value) in row.losses {
            if let Some(index) = index(&self.indices, *number) {
                self.history.record(index, step, *value);
            }
        }
        if let Some(tokens) = row.tokens {
            // Rows without a step are only numbered.
            if !self.history.has_nominal_steps() {
                self.tokens.push(step, tokens);
            }
            self.history.push_tokens(step, tokens);
        }
        if let Some(planned) = row.planned {
            self.history.set_planned_steps(planned);
        }
        if let Some((params, count)) = row.params.filter(|_| begins)
            && let Ok(params) = Params::new(params)
        {
            self.history.set_params(params, count);
        }
        begins
    }

    /// Says what the rows of a run leave in doubt.
    fn close(&mut self) {
        if let Some(what) = self.tokens.doubt() {
            self.history.forget_tokens();
            self.doubts.push(Warning::Ignored { what: format!("{}: {what}", self.history.label()) });
        }
        self.epochs.tell(&mut self.history);
    }

    /// Sorts the rows that were held, and those before them, by their steps.
    fn sort(&mut self, held: Held) {
        let mut records: Vec<(u64, usize, f64)> = Vec::new();
        for (index, series) in self.history.series().iter().enumerate() {
            records.extend(series.points().map(|(step, value)| (step, index, value)));
            let bad = series.not_finite().map(|bad| [bad.first_step, bad.last_step]);
            records.extend(bad.into_iter().flatten().map(|step| (step, index, f64::NAN)));
        }
        let mut tokens = self.history.stated_tokens().to_vec();
        let rows = held.len() + self.history.series().iter().map(|series| series.len()).max().unwrap_or(0);
        let order = if held.rises() { "are out of order" } else { "stand with the newest first" };
        self.history = self.history.without_records(self.history.label().to_owned());
        held.rows(|row| {
            let known = |(number, value): &(usize, f64)| Some((row.step, index(&self.indices, *number)?, *value));
            records.extend(row.losses.iter().filter_map(known));
            tokens.extend(row.tokens.map(|tokens| (row.step, tokens)));
            row.planned.into_iter().for_each(|planned| self.history.set_planned_steps(planned));
        });
        records.sort_by_key(|(step, ..)| *step);
        tokens.sort_by_key(|(step, _)| *step);
        records.iter().for_each(|(step, index, value)| self.history.record(*index, *step, *value));
        self.tokens = TokenCount::default();
        for (step, tokens) in tokens {
            self.tokens.push(step, tokens);
            self.history.push_tokens(step, tokens);
        }
        let what = format!("{}: its {} {order} and are sorted by step", self.label, counted(rows, "record"));
        self.history.push_warning(Warning::Assumed { what });
    }

    /// The runs, and what is said of their tokens and of rows without a loss.
    pub fn finish(mut self) -> (Vec<History>, Vec<Warning>) {
        match self.held.take() {
            Some(held) if held.is_out_of_order() => self.sort(*held),
            held => {
                self.held = held;
                self.settle();
            }
        }
        self.close();
        let blank = self.blanks.tell(&mut self.history);
        self.doubts.extend(blank.map(|what| Warning::Ignored { what: format!("{}: {what}", self.history.label()) }));
        let mut all = self.earlier;
        all.push(self.history);
        (all, self.doubts)
    }
}

fn index(indices: &[Option<usize>], number: usize) -> Option<usize> {
    indices.get(number).copied().flatten()
}

/// What a row says of N, as far as it is a number.
pub(super) type Size = (f64, Option<ParamCount>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{LogReader, TrainingLog};

    /// The same rows as a table and as objects.
    fn read(names: &str, rows: &[String]) -> [TrainingLog; 2] {
        let table = format!("{names}\n{}\n", rows.join("\n"));
        let object = |row: &String| {
            let cells = names.split(',').zip(row.split(',')).map(|(name, cell)| {
                let cell = if cell.is_empty() { "null" } else { cell };
                format!("\"{name}\": {cell}")
            });
            format!("{{{}}}\n", cells.collect::<Vec<_>>().join(", "))
        };
        let lines: String = rows.iter().map(object).collect();
        [table, lines].map(|text| LogReader::new().read(text.as_bytes(), "a").unwrap())
    }

    fn loss(step: u64) -> String {
        format!("{step},{}", 3.0 + 1.0 / (step + 1) as f64)
    }

    fn said(log: &TrainingLog) -> Vec<String> {
        let all = log.histories.iter().flat_map(History::warnings).chain(&log.warnings);
        all.map(|warning| format!("[{}] {warning}", warning.code())).collect()
    }

    #[test]
    fn rows_out_of_order_are_sorted_and_it_is_said_once() {
        let falling: Vec<u64> = (1..=20).rev().map(|i| 10 * i).collect();
        let shuffled: Vec<u64> = (0..20).map(|i| 10 * ((i * 7 + 3) % 20 + 1)).collect();
        for (steps, order) in [(falling, "stand with the newest first"), (shuffled, "are out of order")] {
            let rows: Vec<String> = steps.iter().map(|step| format!("{},{}e3", loss(*step), step)).collect();
            for log in read("step,loss,tokens", &rows) {
                let [run] = &log.histories[..] else { panic!("{order}: {} runs", log.histories.len()) };
                let series = run.get("loss").unwrap();
                assert_eq!((series.len(), series.last().unwrap().0), (20, 200), "{order}");
                assert_eq!(run.tokens_at(200).map(|tokens| tokens.get()), Some(200e3));
                assert_eq!(said(&log), [format!("[assumed] a: its 20 records {order} and are sorted by step")]);
            }
        }
    }

    #[test]
    fn one_step_back_to_where_nothing_was_logged_is_a_restart() {
        let rows: Vec<String> = [10, 20, 30, 40, 25, 35, 45].map(loss).into();
        for log in read("step,loss", &rows) {
            assert_eq!(log.histories[0].get("loss").unwrap().steps(), [10, 20, 25, 35, 45]);
            assert_eq!(said(&log).len(), 1);
            assert!(said(&log)[0].starts_with("[restarted]"), "{:?}", said(&log));
        }
        // Validations that stand a step behind are no steps that go back.
        let [train, val] = [|step: u64| format!("{step},3.5,"), |step: u64| format!("{step},,3.5")];
        let pairs = [10, 20, 30, 40, 25, 35, 45].map(|step| [train(step), val(step - 1)]);
        for log in read("step,train_loss,val_loss", &pairs.concat()) {
            assert_eq!(log.histories[0].get("train_loss").unwrap().steps(), [10, 20, 25, 35, 45]);
        }
        let twice: Vec<String> = [1, 2, 3, 4, 3, 4, 5, 4, 5, 6].map(loss).into();
        for log in read("step,loss", &twice) {
            assert_eq!((log.histories.len(), log.histories[0].last_step()), (1, Some(6)));
            assert!(said(&log).iter().all(|said| said.starts_with("[restarted]")), "{:?}", said(&log));
        }
    }

    #[test]
    fn a_step_that_begins_again_is_another_run_with_its_own_n() {
        let run = |length: u64, size: &str| (1..=length).map(|i| format!("{},{size}", loss(i))).collect::<Vec<_>>();
        let rows = [run(20, "1e8"), run(40, "2e8"), run(30, "3e8")].concat();
        for log in read("step,loss,params", &rows) {
            let found: Vec<_> = log
                .histories
                .iter()
                .map(|run| (run.label(), run.last_step().unwrap(), run.params().unwrap().0.get()))
                .collect();
            assert_eq!(found, [("a", 20, 1e8), ("a (2)", 40, 2e8), ("a (3)", 30, 3e8)]);
            let begins = "[assumed] a (2): begins where the step goes back from 20 to 1, and is another run";
            assert_eq!((said(&log).len(), said(&log)[0].as_str()), (2, begins));
        }
    }

    #[test]
    fn steps_that_begin_anew_in_each_epoch_are_counted_through() {
        // From one on every tenth, from zero every one, and the ends of ten steps.
        for (first, interval, last, steps_made) in [(10, 10, 300, 300.0), (0, 1, 299, 300.0), (9, 10, 299, 300.0)] {
            let epoch =
                |epoch: u64| (0..100 / interval).map(move |i| format!("{},{epoch}", loss(first + interval * i)));
            let rows: Vec<String> = (0..3).flat_map(epoch).collect();
            for mut log in read("step,loss,epoch", &rows) {
                assert_eq!(
                    said(&log),
                    ["[assumed] a: its steps begin anew in each of 3 epochs; they are counted through"]
                );
                let [run] = &mut log.histories[..] else { panic!("{} runs", log.histories.len()) };
                assert_eq!((run.last_step(), run.get("loss").unwrap().len()), (Some(last), rows.len()));
                run.set_tokens_per_step(1.0);
                assert_eq!(run.tokens_at(last).map(|tokens| tokens.get()), Some(steps_made), "{first} {interval}");
            }
        }
        // A restart in the second epoch, and another run after the third.
        let rows = [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 1), (1, 2), (2, 2), (1, 0), (2, 0), (1, 1)];
        let rows: Vec<String> = rows.map(|(step, epoch)| format!("{},{epoch}", loss(step))).into();
        for log in read("step,loss,epoch", &rows) {
            let found: Vec<_> = log.histories.iter().map(|run| (run.label(), run.last_step().unwrap())).collect();
            assert_eq!(found, [("a", 6), ("a (2)", 3)]);
        }
        // Without an epoch beside them these are steps like any other.
        let rows: Vec<String> = [9, 19, 29].map(loss).into();
        for mut log in read("step,loss", &rows) {
            log.histories[0].set_tokens_per_step(1.0);
            assert_eq!(log.histories[0].tokens_at(29).map(|tokens| tokens.get()), Some(29.0));
        }
        // The epoch begins again too: another run.
        let rows: Vec<String> =
            [(1, 0), (2, 1), (1, 0), (2, 1)].map(|(i, epoch)| format!("{},{epoch}", loss(i))).into();
        read("step,loss,epoch", &rows).iter().for_each(|log| assert_eq!(log.histories.len(), 2));
    }

    #[test]
    fn tokens_that_fall_are_not_taken_for_d() {
        let row = |i: u64| format!("{},{}", loss(i), 10 * (i % 10 + 1));
        let rows: Vec<String> = (1..=19).map(row).collect();
        for log in read("step,loss,tokens", &rows) {
            assert_eq!(log.histories[0].tokens_at(19), None);
            let said = said(&log).concat();
            assert!(said.contains("its tokens fall from 100 at step 9 to 10 at step 10"), "{said}");
        }
    }

    #[test]
    fn rows_without_a_loss_to_the_end_are_no_end() {
        let row = |i: u64, end: u64| if i <= end { loss(10 * i) } else { format!("{},", 10 * i) };
        let read = |end: u64| read("step,loss", &(1..=30).map(|i| row(i, end)).collect::<Vec<_>>());
        for log in read(20) {
            assert_eq!(log.histories[0].status().to_string(), "unfinished at step 200 of 300");
            assert_eq!(said(&log), ["[ignored] a: 10 rows are without a loss after step 200, to the end at step 300"]);
        }
        for log in read(29) {
            assert!(log.histories[0].status().is_usable());
            assert!(said(&log).is_empty(), "a row may be cut short");
        }
        read(30).iter().for_each(|log| assert!(said(log).is_empty()));
        // Losses that are logged at each fifth row are not missed between.
        let rare = |i: u64| if i.is_multiple_of(5) { loss(i) } else { format!("{i},") };
        let rows: Vec<String> = (1..=29).map(rare).collect();
        self::read("step,loss", &rows).iter().for_each(|log| assert!(said(log).is_empty(), "{:?}", said(log)));
    }
}
