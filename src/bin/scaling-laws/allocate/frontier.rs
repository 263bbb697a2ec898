//! The same question at several budgets, as one table.

use scaling_laws::{Allocation, Cluster, Constraints, Flops, LossModel, allocate, allocate_within};
use serde_json::{Value, json};

use crate::answer::{Failure, to_json};

/// One budget of the table.
struct Row {
    budget: Flops,
    cells: [String; 5],
    days: Option<f64>,
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
        cluster: Option<&Cluster>,
    ) -> Result<Self, Failure> {
        let row = |budget: &Flops| -> Result<Row, Failure> {
            let budget = *budget;
            let (params, tokens, loss, binding, json) = match limits {
                Some(limits) => {
                    let best = allocate_within(law, &limits.clone().budget(budget))?;
                    let binding: Vec<&str> = best.binding().iter().map(|b| b.limit.code()).collect();
                    (best.params(), best.tokens(), best.loss().to_string(), binding.join(" "), to_json(&best))
                }
                None => {
                    let best = allocate(law, budget)?;
                    let loss = best.loss().map_or("-".into(), |loss| loss.to_string());
                    (best.params(), best.tokens(), loss, String::new(), to_json(&best))
                }
            };
            let ratio = format!("{:.2}", tokens / params);
            let days = cluster.map(|cluster| cluster.bill(budget).days());
            Ok(Row { budget, cells: [params.to_string(), tokens.to_string(), ratio, loss, binding], days, json })
        };
        Ok(Self { rows: budgets.iter().map(row).collect::<Result<_, _>>()? })
    }

    /// Along an allocation line.
    pub fn of_line(splits: Vec<Allocation>, cluster: Option<&Cluster>) -> Self {
        let row = |best: Allocation| {
            let ratio = format!("{:.2}", best.tokens_per_param());
            let cells = [best.params().to_string(), best.tokens().to_string(), ratio, "-".into(), String::new()];
            let days = cluster.map(|cluster| cluster.bill(best.budget()).days());
            Row { budget: best.budget(), cells, days, json: to_json(&best) }
        };
        Self { rows: splits.into_iter().map(row).collect() }
    }

    pub fn json(&self, law: &str) -> Value {
        let days: Vec<Option<f64>> = self.rows.iter().map(|row| row.days).collect();
        let answers: Vec<&Value> = self.rows.iter().map(|row| &row.json).collect();
        let budgets: Vec<Flops> = self.rows.iter().map(|row| row.budget).collect();
        json!({"law": law, "budgets": budgets, "days": days, "answers": answers})
    }

    pub fn text(&self, law: &str) -> String {
        let mut text = format!("{law}\n  {:>10} {:>9} {:>9} {:>9} {:>8}", "C", "N", "D", "D/N", "loss");
        let with_days = self.rows.iter().any(|row| row.days.is_some());
        text.push_str(if with_days { "       days" } else { "" });
        text.push_str(if self.rows.iter().any(|row| !row.cells[4].is_empty()) { "  binding\n" } else { "\n" });
        for Row { budget, cells: [params, tokens, ratio, loss, binding], days, .. } in &self.rows {
            let mut line =
                format!("  {:>10} {params:>9} {tokens:>9} {ratio:>9} {loss:>8}", format!("{:.3e}", budget.get()));
            if let Some(days) = days {
                line.push_str(&format!(" {days:>10.3}"));
            }
            line.push_str(&format!("  {binding}"));
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
