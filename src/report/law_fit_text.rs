use std::fmt;

use super::table::{Table, number, warnings, wrapped};
use crate::fit::{Certificate, LawFit, Residual, Termination};

/// Coefficients with standard errors, the certificate in words, and the warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for LawFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.formula().is_empty() {
            writeln!(f, "{}", self.formula())?;
        }
        writeln!(f, "loss {} on {} residuals", self.loss(), self.residual())?;
        writeln!(f, "{} data, {} degrees of freedom\n", self.n_observations(), self.degrees_of_freedom())?;
        let mut table = Table::new(&["", "estimate", "std. error"]);
        for c in self.coefficients() {
            table.row(vec![c.name.into(), number(c.value, 6), c.standard_error.map_or("-".into(), |e| number(e, 2))]);
        }
        write!(f, "{table}")?;
        write!(f, "\n  objective {:.12e}, scatter {}", self.objective(), scatter(self))?;
        match self.scale() {
            Some(scale) => writeln!(f, ", estimated scale {}", number(scale, 4))?,
            None => writeln!(f)?,
        }
        f.write_str(&wrapped("  ", &verdict(self.certificate(), self.termination())))?;
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}

/// A share of the value, a number of its unit, or a number of the known deviations.
pub(super) fn scatter(fit: &LawFit) -> String {
    let scale = fit.residual_scale();
    match fit.residual() {
        _ if fit.in_sigma() => format!("{scale:.2} of the known deviations"),
        Residual::Log => format!("{:.2} % of the value", 100.0 * scale),
        Residual::Raw => number(scale, 3),
    }
}

/// What the certificate says, in one sentence.
pub(super) fn verdict(certificate: &Certificate, termination: Termination) -> String {
    let starts = format!("{} of {} starts agree", certificate.starts_agreeing, certificate.starts);
    match certificate.reason(termination) {
        Some(reason) => format!("optimum of the objective NOT certified: {reason}"),
        None if termination == Termination::Vertex => {
            format!("optimum of the objective certified: it is a vertex, better than its neighbours, {starts}")
        }
        None => format!(
            "optimum of the objective certified: scaled gradient {:.0e}, curvature positive, {starts}",
            certificate.scaled_gradient
        ),
    }
}
