use std::fmt;

use super::table::{Table, number, warnings};
use crate::allocate::{ConstrainedAllocation, Objective};

/// The split, what it costs, which limits bind and what they are worth; `{:#}` leaves the warnings to the caller.
impl fmt::Display for ConstrainedAllocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.split(f)?;
        if !self.binding().is_empty() {
            writeln!(f, "\nBinding limits, with the change of {} per e-fold of the limit", self.priced_in())?;
            let mut table = Table::new(&["limit", "value", "shadow price"]);
            for binding in self.binding() {
                table.row(vec![
                    binding.limit.to_string(),
                    number(binding.value, 4),
                    // No sign on a zero.
                    format!("{:+.4}", binding.shadow_price + 0.0),
                ]);
            }
            write!(f, "{table}")?;
        }
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}

impl ConstrainedAllocation {
    /// Writes the split and what it costs, the beginning of what `Display` prints.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn split(&self, out: &mut impl fmt::Write) -> fmt::Result {
        writeln!(out, "  N     {} parameters ({})", self.params(), self.conventions().params)?;
        writeln!(out, "  D     {} tokens", self.tokens())?;
        writeln!(out, "  D/N   {} tokens per parameter", number(self.tokens_per_param(), 4))?;
        if let Some(epochs) = self.epochs() {
            writeln!(out, "        {} epochs", number(epochs, 4))?;
        }
        write!(out, "  loss  {} {}", self.loss(), self.conventions().loss)?;
        match (self.excess_loss(), self.excess_cost()) {
            (Some(excess), _) => writeln!(out, ", {excess:+.4} over the budgets alone")?,
            (_, Some(excess)) => writeln!(out, ", at {:+.2} % of the cost without the other limits", 100.0 * excess)?,
            _ => writeln!(out)?,
        }
        let share = self.training().get() / (6.0 * self.params().get() * self.tokens().get());
        let of = if (share - 1.0).abs() > 1e-9 { format!(", {} of 6ND", number(share, 4)) } else { String::new() };
        writeln!(out, "  C     {} in training{of}", self.training())?;
        if let Some(inference) = self.inference() {
            writeln!(out, "        {inference} in serving, {} FLOP in all", number(self.lifetime(), 4))?;
        }
        if let Some(dollars) = self.dollars() {
            writeln!(out, "        {} dollars", number(dollars, 4))?;
        }
        Ok(())
    }

    /// What its shadow prices are changes of, in words: "the loss (nats per token)", "ln(cost)" or "ln N".
    pub fn priced_in(&self) -> String {
        match self.objective() {
            Objective::Loss => format!("the loss ({})", self.conventions().loss),
            Objective::LnCost => "ln(cost)".into(),
            Objective::LnParams => "ln N".into(),
        }
    }
}
