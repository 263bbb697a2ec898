use std::fmt;

use super::table::{Table, number, warnings};
use crate::allocate::Allocation;
use crate::units::{ComputeRule, Flops};

/// The split, its exponents, what it costs to be off, and the warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Allocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.conventions().compute;
        let counted = if rule == ComputeRule::SixNd { String::new() } else { format!(", counted as {rule}") };
        writeln!(f, "  C     {}{counted}", compute(self.budget()))?;
        writeln!(f, "  N     {} parameters ({})", self.params(), self.conventions().params)?;
        writeln!(f, "  D     {} tokens", self.tokens())?;
        writeln!(f, "  D/N   {} tokens per parameter", number(self.tokens_per_param(), 4))?;
        match self.loss() {
            Some(loss) => writeln!(f, "  loss  {loss} {}", self.conventions().loss)?,
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
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}

/// FLOP, and PF-days where that is a number people use.
fn compute(flops: Flops) -> String {
    if flops.pf_days() < 0.01 {
        flops.to_string()
    } else {
        format!("{flops}  ({} PF-days)", number(flops.pf_days(), 4))
    }
}
