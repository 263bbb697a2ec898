use std::fmt;

use super::law_fit_text::verdict;
use super::table::{Table, number, warnings, wrapped};
use crate::fit::Fit;

/// Coefficients with standard errors, the certificate in words, and the warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let law = self.law();
        let conventions = crate::laws::LossModel::conventions(law);
        writeln!(f, "L(N, D) = E + A/N^alpha + B/D^beta   (Approach 3: sum of Huber {:e} on log loss)", self.delta())?;
        writeln!(
            f,
            "{} runs, {} degrees of freedom; N: {} parameters; C: {}\n",
            self.n_observations(),
            self.degrees_of_freedom(),
            conventions.params,
            conventions.compute
        )?;
        let mut table = Table::new(&["", "estimate", "std. error"]);
        for c in self.coefficients().iter().chain([&self.exponent_a()]) {
            let name = if c.name == "a" { "a = beta/(alpha+beta)" } else { c.name };
            table.row(vec![name.into(), number(c.value, 6), c.standard_error.map_or("-".into(), |e| number(e, 2))]);
        }
        write!(f, "{table}")?;
        writeln!(
            f,
            "\n  objective {:.12e}, scatter {:.2} % of the loss",
            self.objective(),
            100.0 * self.residual_scale()
        )?;
        f.write_str(&wrapped("  ", &verdict(self.certificate(), self.termination())))?;
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}
