use std::fmt;

use super::table::{Table, number, warnings};
use crate::allocate::{ConstrainedAllocation, Objective};

/// The split, what it costs, which limits bind and what they are worth; `{:#}` leaves the warnings to the caller.
impl fmt::Display for ConstrainedAllocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  N     {} parameters ({})", self.params(), self.conventions().params)?;
        writeln!(f, "  D     {} tokens", self.tokens())?;
        writeln!(f, "  D/N   {} tokens per parameter", number(self.tokens_per_param(), 4))?;
        if let Some(epochs) = self.epochs() {
            writeln!(f, "        {} epochs", number(epochs, 4))?;
        }
        write!(f, "  loss  {} {}", self.loss(), self.conventions().loss)?;
        match (self.excess_loss(), self.excess_cost()) {
            (Some(excess), _) => writeln!(f, ", {excess:+.4} over the budgets alone")?,
            (_, Some(excess)) => writeln!(f, ", at {:+.2} % of the cost without the other limits", 100.0 * excess)?,
            _ => writeln!(f)?,
        }
        writeln!(f, "  C     {} in training", self.training())?;
        if let Some(inference) = self.inference() {
            writeln!(f, "        {inference} in serving, {} FLOP in all", number(self.lifetime(), 4))?;
        }
        if let Some(dollars) = self.dollars() {
            writeln!(f, "        {} dollars", number(dollars, 4))?;
        }
        if !self.binding().is_empty() {
            writeln!(f, "\nBinding limits, with the change of {} per e-fold of the limit", changed(self))?;
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

/// What a shadow price is a change of: what was made least.
pub(super) fn changed(best: &ConstrainedAllocation) -> String {
    match best.objective() {
        Objective::Loss => format!("the loss ({})", best.conventions().loss),
        Objective::LnCost => "ln(cost)".into(),
        Objective::LnParams => "ln N".into(),
    }
}
