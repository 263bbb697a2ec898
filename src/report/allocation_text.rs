use std::fmt;

use super::table::{Table, warnings};
use crate::allocate::Allocation;

/// The split, its exponents, and what it costs to be off.
impl fmt::Display for Allocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  C     {}  ({:.4} PF-days)", self.budget(), self.budget().pf_days())?;
        writeln!(f, "  N     {} parameters ({})", self.params(), self.conventions().params)?;
        writeln!(f, "  D     {} tokens", self.tokens())?;
        writeln!(f, "  D/N   {:.4}", self.tokens_per_param())?;
        match self.loss() {
            Some(loss) => writeln!(f, "  loss  {loss} nats per token")?,
            None => writeln!(f, "  loss  not given by this line")?,
        }
        writeln!(
            f,
            "  N grows as C^{:.4}, D as C^{:.4} around this budget",
            self.exponent_params(),
            self.exponent_tokens()
        )?;
        if !self.off_optimum().is_empty() {
            writeln!(f, "\nThe same budget at another size")?;
            let mut table = Table::new(&["N x", "N", "D", "loss", "excess", "as if C x"]);
            for off in self.off_optimum() {
                table.row(vec![
                    format!("{}", off.factor),
                    off.params.to_string(),
                    off.tokens.to_string(),
                    off.loss.to_string(),
                    format!("{:+.4}", off.penalty),
                    off.compute_factor.map_or("-".into(), |c| format!("{c:.3}")),
                ]);
            }
            write!(f, "{table}")?;
        }
        warnings(f, self.warnings())
    }
}
