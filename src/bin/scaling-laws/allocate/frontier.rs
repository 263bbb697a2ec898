//! The same question at several budgets, as one table.

use scaling_laws::{Allocation, Constraints, Flops, LossModel, Warning, allocate, allocate_within};
use serde_json::{Value, json};

use super::caps::Caps;
use super::plan::{Account, Paid, digits};
use crate::answer::{Failure, to_json};

/// What training and serving take on the devices, where there are any.
type Billed<'a> = &'a dyn Fn(&Paid) -> Result<Option<Account>, Failure>;

/// One budget of the table.
struct Row {
    budget: Flops,
    cells: [String; 5],
    account: Option<Account>,
    /// Whether serving is paid for.
    serves: bool,
    warnings: Vec<Warning>,
    json: Value,
}

/// The answers in the order of the budgets.
pub struct Frontier {
    rows: Vec<Row>,
}

impl Frontier {
    /// Under a law, within limits if there are any.
    pub fn of_law(
        law: &dyn LossModel,
        limits: Option<&Constraints>,
        budgets: &[Flops],
        said: &Caps,
        bill: Billed<'_>,
    ) -> Result<Self, Failure> {
        let row = |budget: &Flops| -> Result<Row, Failure> {
            let Some(limits) = limits else { return Row::of(&allocate(law, *budget)?, bill) };
            let best = allocate_within(law, &limits.clone().budget(*budget)).map_err(|error| said.told(error))?;
            let bound = said.bound(best.binding());
            let binding: Vec<&str> = bound.iter().map(|one| one.limit).collect();
            let ratio = format!("{:.2}", best.tokens_per_param());
            let (params, tokens, loss) =
                (best.params().to_string(), best.tokens().to_string(), best.loss().to_string());
            let mut json = to_json(&best);
            json["binding"] = to_json(&bound);
            Ok(Row {
                budget: *budget,
                cells: [params, tokens, ratio, loss, binding.join(" ")],
                // Other limits than the budget may leave some of it unspent.
                account: bill(&Paid {
                    training: best.training(),
                    serving: best.inference(),
                    tokens: best.tokens(),
                    loss: Some(best.loss()),
                })?,
                serves: best.inference().is_some(),
                warnings: best.warnings().to_vec(),
                json,
            })
        };
        Ok(Self { rows: budgets.iter().map(row).collect::<Result<_, _>>()? })
    }

    /// Along an allocation line.
    pub fn of_line(splits: &[Allocation], bill: Billed<'_>) -> Result<Self, Failure> {
        Ok(Self { rows: splits.iter().map(|best| Row::of(best, bill)).collect::<Result<_, _>>()? })
    }

    /// The doubts of all budgets, of one kind the greatest.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all: Vec<Warning> = Vec::new();
        for warning in self.rows.iter().flat_map(|row| &row.warnings) {
            match all.iter_mut().find(|old| same(old, warning)) {
                Some(old) if beyond(old) < beyond(warning) => *old = warning.clone(),
                Some(_) => {}
                None => all.push(warning.clone()),
            }
        }
        all
    }

    pub fn json(&self, law: &str) -> Value {
        let of = |part: fn(&Account) -> Option<f64>| -> Vec<Option<f64>> {
            self.rows.iter().map(|row| row.account.as_ref().and_then(part)).collect()
        };
        let days = of(|account| Some(account.training().0));
        let mut answers: Vec<Value> = self.rows.iter().map(|row| row.json.clone()).collect();
        for (answer, dollars) in answers.iter_mut().zip(of(Account::dollars)) {
            if answer["dollars"].is_null() {
                answer["dollars"] = to_json(&dollars);
            }
        }
        let hardware: Vec<Value> = self.rows.iter().filter_map(|row| row.account.as_ref()).map(Account::json).collect();
        let budgets: Vec<Flops> = self.rows.iter().map(|row| row.budget).collect();
        json!({"law": law, "budgets": budgets, "days": days, "hardware": hardware, "answers": answers})
    }

    pub fn text(&self, law: &str) -> String {
        let mut rows: Vec<Vec<String>> =
            vec![["C", "N", "D", "D/N", "loss", "days", "dollars", "MWh", "binding"].map(String::from).to_vec()];
        let or_none = |value: Option<f64>| value.map_or(String::new(), digits);
        for Row { budget, cells: [params, tokens, ratio, loss, binding], account, .. } in &self.rows {
            let (days, dollars, energy) = account.as_ref().map_or((None, None, None), |account| {
                let (days, _, energy) = account.training();
                (Some(days), account.dollars(), energy)
            });
            rows.push(vec![
                format!("{:.3e}", budget.get()),
                params.clone(),
                tokens.clone(),
                ratio.clone(),
                loss.clone(),
                days.map_or(String::new(), |days| format!("{days:.3}")),
                or_none(dollars),
                or_none(energy.map(|energy| energy / 1e3)),
                binding.clone(),
            ]);
        }
        let mut text = format!("{law}\n");
        const WIDTHS: [usize; 9] = [10, 9, 9, 9, 8, 10, 10, 9, 0];
        // A column of which nothing is known is left out.
        let known = |column: usize| rows.iter().skip(1).any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
        for row in &rows {
            let mut line = String::from(" ");
            for (column, (cell, width)) in row.iter().zip(WIDTHS).enumerate().filter(|(column, _)| known(*column)) {
                let gap = if column + 1 == row.len() { "  " } else { " " };
                line.push_str(&format!("{gap}{cell:>width$}"));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        let costs = |row: &Row| row.serves && row.account.as_ref().is_some_and(|account| account.dollars().is_some());
        if self.rows.iter().any(costs) {
            text.push_str("  Days and MWh are those of training; dollars are those of training and serving.\n");
        }
        text
    }
}

impl Row {
    /// N and D of a budget alone.
    fn of(best: &Allocation, bill: Billed<'_>) -> Result<Self, Failure> {
        let loss = best.loss().map_or("-".into(), |loss| loss.to_string());
        let (params, tokens) = (best.params().to_string(), best.tokens().to_string());
        Ok(Self {
            budget: best.budget(),
            cells: [params, tokens, format!("{:.2}", best.tokens_per_param()), loss, String::new()],
            account: bill(&Paid { training: best.budget(), serving: None, tokens: best.tokens(), loss: best.loss() })?,
            serves: false,
            warnings: best.warnings().to_vec(),
            json: to_json(best),
        })
    }
}

/// Doubts of one kind about one thing.
fn same(a: &Warning, b: &Warning) -> bool {
    match (a, b) {
        (Warning::Extrapolation { axis: a, .. }, Warning::Extrapolation { axis: b, .. }) => a == b,
        _ => a == b,
    }
}

fn beyond(warning: &Warning) -> f64 {
    match warning {
        Warning::Extrapolation { factor, .. } => *factor,
        _ => 0.0,
    }
}
