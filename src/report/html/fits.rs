use super::element::{Table, block, escape, list_of_warnings, paragraph};
use crate::fit::{Coefficient, Fit, LawFit};
use crate::laws::LossModel;
use crate::report::law_fit_text::{scatter, verdict};
use crate::report::table::number;

impl Fit {
    /// The coefficients with their standard errors, the certificate and the warnings as an HTML fragment; everything that
    /// comes from the runs is escaped.
    ///
    /// ```
    /// use scaling_laws::{Approach3, CsvReader};
    /// let fit = Approach3::new().fit(&CsvReader::new().read_path("docs/data/kernel-bytes.csv")?)?;
    /// assert!(fit.to_html().contains("std. error"));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        block(&(self.html_without_warnings() + &list_of_warnings(self.warnings())))
    }

    /// For a page that lists the warnings of everything on it.
    pub(crate) fn html_without_warnings(&self) -> String {
        let conventions = self.law().conventions();
        let mut html = String::from(
            "<p><em>L</em>(<em>N</em>, <em>D</em>) = E + A/<em>N</em><sup>α</sup> + B/<em>D</em><sup>β</sup></p>\n",
        );
        html += &paragraph(&format!(
            "Approach 3, the sum of Huber {:e} on log loss; {} runs, {} degrees of freedom; N: {} parameters; C: {}",
            self.delta(),
            self.n_observations(),
            self.degrees_of_freedom(),
            conventions.params,
            conventions.compute
        ));
        html += &coefficients(self.coefficients().iter().chain([&self.exponent_a()]));
        html += &paragraph(&format!(
            "Objective {:.12e}, scatter {:.2} % of the loss; {}",
            self.objective(),
            100.0 * self.residual_scale(),
            verdict(self.certificate(), self.termination())
        ));
        html
    }
}

impl LawFit {
    /// The coefficients with their standard errors, the certificate and the warnings as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        if !self.formula().is_empty() {
            html += &format!("<p><code>{}</code></p>\n", escape(self.formula()));
        }
        html += &paragraph(&format!(
            "Loss {} on {} residuals; {} data, {} degrees of freedom",
            self.loss(),
            self.residual(),
            self.n_observations(),
            self.degrees_of_freedom()
        ));
        html += &coefficients(self.coefficients().iter());
        html += &paragraph(&format!(
            "Objective {:.12e}, scatter {}; {}",
            self.objective(),
            scatter(self),
            verdict(self.certificate(), self.termination())
        ));
        block(&(html + &list_of_warnings(self.warnings())))
    }
}

fn coefficients<'a>(list: impl Iterator<Item = &'a Coefficient>) -> String {
    let mut table = Table::new(&["", "estimate", "std. error"]);
    for c in list {
        let name = match c.name {
            "a" => "a = β/(α+β)",
            "alpha" => "α",
            "beta" => "β",
            name => name,
        };
        table.row(&[name.to_owned(), number(c.value, 6), c.standard_error.map_or("-".into(), |e| number(e, 2))]);
    }
    table.finish()
}
