use super::element::{Table, block, escape, list_of_warnings, paragraph};
use crate::fit::{Agreement, Approach1Fit, Approach2Fit, ScalingLine};
use crate::report::table::number;
use crate::warning::Warning;

fn error(error: Option<f64>) -> String {
    error.map_or("-".into(), |e| number(e, 2))
}

fn percent(error: Option<f64>) -> String {
    error.map_or("-".into(), |e| format!("{:.1} %", 100.0 * e))
}

fn lines(params: &ScalingLine, tokens: &ScalingLine) -> String {
    let mut table = Table::new(&["", "exponent", "std. error", "ln k", "scatter", "points"]);
    for (name, line) in [("N_opt = k C^a", params), ("D_opt = k C^b", tokens)] {
        table.row(&[
            name.to_owned(),
            number(line.exponent(), 4),
            error(line.exponent_standard_error()),
            number(line.ln_k(), 5),
            percent(Some(line.residual_scale())),
            line.points().to_string(),
        ]);
    }
    table.finish()
}

impl Approach1Fit {
    /// What the envelope is made of, the lines and the warnings as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = paragraph(&format!(
            "Approach 1: the least loss among {} training curves at each of {} budgets; {} on the envelope, won by {} sizes; \
             {} won by the smallest and {} by the largest size there, {} not covered",
            self.curves(),
            self.budgets(),
            self.envelope().len(),
            self.winning_sizes(),
            self.won_by_smallest(),
            self.won_by_largest(),
            self.uncovered()
        ));
        html += &lines(self.params_line(), self.tokens_line());
        block(&(html + &list_of_warnings(self.warnings())))
    }
}

impl Approach2Fit {
    /// Each budget's minimum, the lines and the warnings as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let quantity = if self.is_log_loss() { "ln L" } else { "the loss" };
        let mut html = paragraph(&format!("Approach 2: parabolas of {quantity} in ln N and in ln D at each budget"));
        let mut table = Table::new(&["C", "runs", "N_opt", "±", "D_opt", "±", "loss", "±", "R²"]);
        for group in self.groups() {
            let Ok(minimum) = &group.minimum else { continue };
            table.row(&[
                group.budget.to_string(),
                group.rows.len().to_string(),
                minimum.params.to_string(),
                percent(minimum.ln_params_standard_error),
                minimum.tokens.to_string(),
                percent(minimum.ln_tokens_standard_error),
                minimum.loss.to_string(),
                error(minimum.loss_standard_error),
                format!("{:.3}", minimum.r_squared),
            ]);
        }
        html += &table.finish();
        let skipped = self.groups().iter().filter_map(|group| Some((group.budget, group.minimum.as_ref().err()?)));
        let skipped: String =
            skipped.map(|(budget, why)| format!("<li>{budget}: {}</li>\n", escape(&why.to_string()))).collect();
        if !skipped.is_empty() {
            html += &format!("<p>Budgets without a minimum</p>\n<ul>\n{skipped}</ul>\n");
        }
        html += &lines(self.params_line(), self.tokens_line());
        block(&(html + &list_of_warnings(self.warnings())))
    }
}

impl Agreement {
    /// What each approach says, pair by pair whether they agree, and every warning as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let approach3 = self.approach3.as_ref().map_or(&[][..], |fit| fit.warnings());
        block(&(self.html_of_others() + &section("Approach 3", approach3)))
    }

    /// For a page that shows the fit of Approach 3 and its warnings elsewhere.
    pub(crate) fn html_of_others(&self) -> String {
        let mut html = paragraph(&format!("The approaches on the same runs; N_opt and D_opt at {}", self.budget));
        let mut table = Table::new(&["approach", "a", "±", "b", "±", "N_opt", "±", "D_opt", "±", "dof"]);
        for e in &self.estimates {
            table.row(&[
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
        html += &table.finish();
        for (approach, failure) in self.failures() {
            html += &paragraph(&format!("{approach}: no answer: {failure}"));
        }
        if !self.comparisons.is_empty() {
            let mut table = Table::new(&["pair", "quantity", "difference", "±", "z", "p", ""]);
            for c in &self.comparisons {
                let value = |value: Option<f64>| value.map_or("-".into(), |v| number(v, 2));
                let verdict = c.agrees.map_or("not known", |agrees| if agrees { "agree" } else { "DIFFER" });
                table.row(&[
                    format!("{} - {}", c.one, c.other),
                    c.quantity.to_owned(),
                    number(c.difference, 3),
                    value(c.standard_error),
                    value(c.z),
                    value(c.p_value),
                    verdict.to_owned(),
                ]);
            }
            html += &table.finish();
        }
        html += &paragraph(&self.verdict());
        if let Some(Ok(fit)) = &self.approach1 {
            html += &section("Approach 1", fit.warnings());
        }
        if let Ok(fit) = &self.approach2 {
            html += &section("Approach 2", fit.warnings());
        }
        html
    }
}

fn section(name: &str, warnings: &[Warning]) -> String {
    if warnings.is_empty() { String::new() } else { format!("<h4>{name}</h4>\n{}", list_of_warnings(warnings)) }
}
