use std::fmt;

use super::table::{Table, number, warnings, wrapped};
use crate::fit::{Agreement, Approach1Fit, Approach2Fit, ApproachKind, ScalingLine};

/// A value with its standard error, or a dash.
fn error(error: Option<f64>) -> String {
    error.map_or("-".into(), |e| number(e, 2))
}

/// A relative error in percent.
fn percent(error: Option<f64>) -> String {
    error.map_or("-".into(), |e| format!("{:.1} %", 100.0 * e))
}

/// Exponents of both lines with their errors.
fn exponents(f: &mut fmt::Formatter<'_>, params: &ScalingLine, tokens: &ScalingLine) -> fmt::Result {
    let mut table = Table::new(&["", "exponent", "std. error", "ln k", "scatter"]);
    for (name, line) in [("N_opt = k C^a", params), ("D_opt = k C^b", tokens)] {
        table.row(vec![
            name.into(),
            number(line.exponent(), 4),
            error(line.exponent_standard_error()),
            number(line.ln_k(), 5),
            percent(Some(line.residual_scale())),
        ]);
    }
    write!(f, "{table}")?;
    writeln!(f, "  {} points, {} degrees of freedom", params.points(), params.degrees_of_freedom())
}

/// Each budget's minimum, the lines, the size of the bias, and the warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Approach2Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantity = if self.is_log_loss() { "ln L" } else { "the loss" };
        writeln!(f, "Approach 2: parabolas of {quantity} in ln N and in ln D at each budget")?;
        writeln!(
            f,
            "C: {}, neighbours within x{}; N: {} parameters; lines {}\n",
            if self.by_logged_flops() { "logged FLOPs" } else { "6ND" },
            self.tolerance(),
            self.conventions().params,
            if self.is_weighted() { "weighted by the minima's errors" } else { "unweighted" }
        )?;
        let mut table = Table::new(&["C", "runs", "N_opt", "+-", "D_opt", "+-", "loss", "+-", "R2", "bias of N"]);
        for group in self.groups() {
            let Ok(minimum) = &group.minimum else { continue };
            table.row(vec![
                group.budget.to_string(),
                group.rows.len().to_string(),
                minimum.params.to_string(),
                percent(minimum.ln_params_standard_error),
                minimum.tokens.to_string(),
                percent(minimum.ln_tokens_standard_error),
                minimum.loss.to_string(),
                error(minimum.loss_standard_error),
                format!("{:.3}", minimum.r_squared),
                minimum.bias.map_or("-".into(), |bias| format!("{:+.2} %", 100.0 * bias.ln_params.exp_m1())),
            ]);
        }
        writeln!(f, "{table}")?;
        exponents(f, self.params_line(), self.tokens_line())?;
        f.write_str(&wrapped("  ", &self.bias_sentence()))?;
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}

impl Approach2Fit {
    /// The size of the bias at the greatest budget, whether it was taken off or not.
    fn bias_sentence(&self) -> String {
        let Some(greatest) = self.minima().map(|(budget, _)| budget).max() else { return String::new() };
        match self.bias_at(greatest) {
            Some((n, d)) => format!(
                "the parabolas' bias, {:+.2} % of N_opt and {:+.2} % of D_opt at {greatest}, is {}",
                100.0 * n,
                100.0 * d,
                if self.is_corrected() { "taken off" } else { "not taken off" }
            ),
            None => "the parabolas' bias is not known".into(),
        }
    }
}

/// What the envelope is made of, the lines, and the warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Approach1Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Approach 1: the least loss among {} training curves at each budget", self.curves())?;
        let smoothing = self.smoothing().map_or("none".into(), |factor| format!("local lines within x{factor} of C"));
        writeln!(f, "C: 6ND; N: {} parameters; smoothing: {smoothing}\n", self.conventions().params)?;
        writeln!(
            f,
            "  {} budgets: {} on the envelope, {} won by the smallest and {} by the largest size there, {} not covered",
            self.budgets(),
            self.envelope().len(),
            self.won_by_smallest(),
            self.won_by_largest(),
            self.uncovered()
        )?;
        if let (Some(first), Some(last)) = (self.envelope().first(), self.envelope().last()) {
            writeln!(f, "  {} winning sizes from {} to {}\n", self.winning_sizes(), first.budget, last.budget)?;
        }
        exponents(f, self.params_line(), self.tokens_line())?;
        writeln!(f, "  standard errors: jackknife over the winning sizes")?;
        if f.alternate() { Ok(()) } else { warnings(f, self.warnings()) }
    }
}

/// What each approach says, pair by pair whether they agree, and every warning; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Approaches 1, 2 and 3 on the same runs; N_opt and D_opt at {}\n", self.budget)?;
        let mut table = Table::new(&["approach", "a", "+-", "b", "+-", "N_opt", "+-", "D_opt", "+-", "dof"]);
        for e in &self.estimates {
            table.row(vec![
                e.approach.to_string(),
                number(e.exponent_a.value, 4),
                error(e.exponent_a.standard_error),
                number(e.exponent_b.value, 4),
                error(e.exponent_b.standard_error),
                e.params.to_string(),
                percent(e.ln_params_standard_error),
                e.tokens.to_string(),
                percent(e.ln_tokens_standard_error),
                e.degrees_of_freedom.to_string(),
            ]);
        }
        write!(f, "{table}")?;
        for (approach, failure) in self.failures() {
            f.write_str(&wrapped("  ", &format!("{approach}: no answer: {failure}")))?;
        }
        self.write_pairs(f)?;
        if f.alternate() {
            return Ok(());
        }
        if let Some(Ok(fit)) = &self.approach1 {
            section(f, "Approach 1", fit.warnings())?;
        }
        if let Ok(fit) = &self.approach2 {
            section(f, "Approach 2", fit.warnings())?;
        }
        if let Ok(fit) = &self.approach3 {
            section(f, "Approach 3", fit.warnings())?;
        }
        Ok(())
    }
}

fn section(f: &mut fmt::Formatter<'_>, name: &str, list: &[crate::warning::Warning]) -> fmt::Result {
    if list.is_empty() {
        return Ok(());
    }
    write!(f, "\n{name}")?;
    warnings(f, list)
}

impl Agreement {
    /// Approaches that gave no answer, with their errors in words.
    pub(super) fn failures(&self) -> Vec<(ApproachKind, String)> {
        let of = |kind, failure: Option<String>| failure.map(|text| (kind, text));
        let text = |error: &crate::error::FrontierError| error.to_string();
        [
            of(ApproachKind::Envelope, self.approach1.as_ref().and_then(|fit| fit.as_ref().err()).map(text)),
            of(ApproachKind::IsoFlop, self.approach2.as_ref().err().map(text)),
            of(ApproachKind::IsoFlopCorrected, self.approach2_corrected.as_ref().err().map(text)),
            of(ApproachKind::Parametric, self.approach3.as_ref().err().map(ToString::to_string)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn write_pairs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.comparisons.is_empty() {
            return writeln!(f, "\n  {}", self.verdict());
        }
        writeln!(f, "\nDifferences, with z and p")?;
        let mut table = Table::new(&["pair", "quantity", "difference", "+-", "z", "p", ""]);
        for c in &self.comparisons {
            let opt = |value: Option<f64>, digits| value.map_or("-".into(), |v| number(v, digits));
            let verdict = c.agrees.map_or("not known", |agrees| if agrees { "agree" } else { "DIFFER" });
            table.row(vec![
                format!("{} - {}", c.one, c.other),
                c.quantity.into(),
                number(c.difference, 3),
                opt(c.standard_error, 2),
                opt(c.z, 2),
                opt(c.p_value, 2),
                verdict.into(),
            ]);
        }
        write!(f, "{table}")?;
        f.write_str(&wrapped("  ", &self.verdict()))
    }

    /// Whether they agree, and how far the judgement goes.
    pub(super) fn verdict(&self) -> String {
        if self.comparisons.is_empty() {
            return "one approach alone: nothing to compare".into();
        }
        let verdict = match self.agree() {
            Some(true) => "the approaches agree within their errors",
            Some(false) => "the approaches do NOT agree within their errors",
            None => "not every pair can be judged",
        };
        format!(
            "{verdict} (each pair at level {}). The estimates share their runs: errors of differences are rather too large \
             and disagreement is found too seldom, not too often.",
            self.level
        )
    }
}
