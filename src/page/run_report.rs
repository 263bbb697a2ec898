use super::style;
use crate::allocate::{Allocation, allocate};
use crate::diagnose::Contender;
use crate::error::Error;
use crate::figures::{self, Figure, dark_style};
use crate::fit::{Approach2, Approach3, Approaches, Fit};
use crate::infer::{Level, Method};
use crate::laws::LossModel;
use crate::report::html::{Table, escape, list_of_warnings};
use crate::runs::Runs;
use crate::units::{Flops, Nats, Params};
use crate::warning::Warning;

/// Rows of the table of runs; a longer log is a file to read, not a page.
const ROWS: usize = 500;

/// One self-contained HTML page on a set of runs: the data, the fitted law with its certificate and doubts, intervals, what the
/// fit rests on, figures, the approaches and laws compared, the budgets split, and how to make the page again.
///
/// The page loads nothing, runs no script and follows the reader's choice of light or dark. All that comes from the runs or
/// the caller is escaped. The same input gives the same bytes.
///
/// ```
/// use scaling_laws::{CsvReader, Flops, RunReport};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let page = RunReport::new(&runs)?.source("kernel-bytes.csv").budget(Flops::new(1e14)?)?.to_html();
/// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("kernel-bytes.csv"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RunReport {
    pub(super) approach: Approach3,
    pub(super) runs: Runs,
    pub(super) fit: Fit,
    pub(super) method: Method,
    pub(super) level: Level,
    pub(super) contenders: Vec<Contender>,
    source: String,
    command: String,
    pub(super) budgets: Vec<Allocation>,
}

impl RunReport {
    /// A report on the runs, fitted with the defaults of [`Approach3`].
    ///
    /// # Errors
    /// As [`Approach3::fit`].
    pub fn new(runs: &Runs) -> Result<Self, Error> {
        Self::with(Approach3::new(), runs)
    }

    /// A report on the runs, fitted with these options.
    ///
    /// # Errors
    /// As [`Approach3::fit`].
    pub fn with(options: Approach3, runs: &Runs) -> Result<Self, Error> {
        let fit = options.fit(runs)?;
        Ok(Self {
            approach: options,
            runs: runs.clone(),
            fit,
            method: Method::default(),
            level: Level::default(),
            contenders: Vec::new(),
            source: String::new(),
            command: String::new(),
            budgets: Vec::new(),
        })
    }

    /// Intervals by this method and at this level instead of percentiles at 90 %.
    pub fn intervals_by(self, method: Method, level: Level) -> Self {
        Self { method, level, ..self }
    }

    /// Ranks these laws too, by what they predicted of larger runs; see [`rank`](crate::rank).
    pub fn compared(self, contenders: impl IntoIterator<Item = Contender>) -> Self {
        Self { contenders: contenders.into_iter().collect(), ..self }
    }

    /// What to call the runs, such as the name of their file.
    pub fn source(self, name: impl Into<String>) -> Self {
        Self { source: name.into(), ..self }
    }

    /// The command that makes this page.
    pub fn command(self, command: impl Into<String>) -> Self {
        Self { command: command.into(), ..self }
    }

    /// Splits this budget too.
    ///
    /// # Errors
    /// As [`allocate`].
    pub fn budget(mut self, budget: Flops) -> Result<Self, Error> {
        self.budgets.push(allocate(self.fit.law(), budget)?);
        Ok(self)
    }

    /// The fit of the report.
    #[must_use]
    pub fn fit(&self) -> &Fit {
        &self.fit
    }

    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let name = if self.source.is_empty() { "runs" } else { &self.source };
        let title = escape(&format!("Scaling law of {name}"));
        let mut body = format!("<h1>{title}</h1>\n");
        body += &format!(
            "<p class=\"soft\">L(N, D) = E + A/N<sup>α</sup> + B/D<sup>β</sup>, fitted to {} runs.</p>\n",
            self.runs.len()
        );
        body += &self.facts();
        for (heading, content) in [
            ("Budgets", self.allocations()),
            ("Warnings", self.warnings()),
            ("The fit", self.fit.html_without_warnings()),
            ("Intervals", self.intervals()),
            ("Figures", self.figures()),
            ("What the fit rests on", self.diagnosis()),
            ("The approaches compared", self.approaches()),
            ("Laws compared", self.contest()),
            ("The runs", self.data()),
            ("How this page was made", self.origin()),
        ] {
            if !content.is_empty() {
                body += &format!("<h2>{heading}</h2>\n<div class=\"scroll\">\n{content}</div>\n");
            }
        }
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{}\n@media (prefers-color-scheme:dark){{{}}}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
            style::PAGE,
            dark_style()
        )
    }

    /// What a hurried reader takes away.
    fn facts(&self) -> String {
        let a = self.fit.exponent_a();
        let error = a.standard_error.map_or("no standard error".into(), |e| format!("± {e:.3} (one standard error)"));
        let mut facts = vec![
            (format!("{:.3}", a.value), format!("exponent a of N_opt, {error}")),
            (format!("{:.4}", self.fit.law().coefficients()[0]), "irreducible loss E, nats per token".into()),
            (format!("{:.2} %", 100.0 * self.fit.residual_scale()), "scatter of the runs about the law".into()),
        ];
        if let Some(split) = self.budgets.first() {
            let size = format!("{} on {}", split.params(), split.tokens());
            facts.insert(0, (size, format!("parameters and tokens for {}", split.budget())));
        }
        let doubts = self.all_warnings().len();
        let certified = if self.fit.certificate().certified { "optimum certified" } else { "optimum NOT certified" };
        facts.push((doubts.to_string(), format!("{}; {certified}", if doubts == 1 { "warning" } else { "warnings" })));
        let fact = |(value, what): &(String, String)| {
            let what = escape(what).replace("_opt", "<sub>opt</sub>");
            format!("<div class=\"fact\"><b>{}</b><span>{what}</span></div>\n", escape(value))
        };
        format!("<div class=\"facts\">\n{}</div>\n", facts.iter().map(fact).collect::<String>())
    }

    fn allocations(&self) -> String {
        if self.budgets.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&["C", "N_opt", "D_opt", "known within", "D/N", "loss", "beyond the runs"]);
        let domain = self.fit.law().domain();
        for split in &self.budgets {
            let factor = self.fit.ln_optimal_params_standard_error(split.budget());
            let beyond = domain.flops.map_or("-".into(), |(_, most)| match split.budget() / most {
                factor if factor > 100.0 => format!("×{factor:.0}"),
                // The greatest C of the runs may itself be a rounded budget.
                factor if factor > 1.0005 => format!("×{factor:.2}"),
                _ => "within".into(),
            });
            table.row(&[
                split.budget().to_string(),
                split.params().to_string(),
                split.tokens().to_string(),
                factor.map_or("not known".into(), |e| format!("×{:.2}", e.exp())),
                format!("{:.2}", split.tokens_per_param()),
                split.loss().map_or("-".into(), |loss| loss.to_string()),
                beyond,
            ]);
        }
        table.finish()
            + "<p class=\"soft\">Known within: one standard error of ln N<sub>opt</sub> as a factor, by the delta method; it \
               holds the scatter of the runs and not that the law may be another one beyond them.</p>\n"
            + &self.drawn(self.over_training())
    }

    fn over_training(&self) -> Result<Figure, Error> {
        let budgets: Vec<Flops> = self.budgets.iter().map(Allocation::budget).collect();
        figures::over_training(self.fit.law(), &budgets)
    }

    /// The warnings of the fit and of the splits, each once.
    fn all_warnings(&self) -> Vec<Warning> {
        let mut all: Vec<Warning> = Vec::new();
        for warning in self.fit.warnings().iter().chain(self.budgets.iter().flat_map(Allocation::warnings)) {
            if !all.contains(warning) {
                all.push(warning.clone());
            }
        }
        all
    }

    fn warnings(&self) -> String {
        match self.all_warnings() {
            none if none.is_empty() => "<p>None.</p>\n".into(),
            all => list_of_warnings(&all),
        }
    }

    fn figures(&self) -> String {
        let profiles = Approach2::new().law(*self.fit.law()).fit(&self.runs);
        let budgets: Vec<Flops> = self.budgets.iter().map(Allocation::budget).collect();
        self.drawn(figures::goodness(&self.fit, &self.runs).map_err(Error::from))
            + &self.drawn(profiles.map_err(Error::from).and_then(|fit| Ok(figures::isoflop(&fit, &self.runs)?)))
            + &self.drawn(figures::contours(self.fit.law(), Some(&self.runs), &budgets))
            + &self.drawn(figures::optima(&self.fit, &self.runs, &budgets))
    }

    /// The figure, or why there is none.
    pub(super) fn drawn(&self, figure: Result<Figure, Error>) -> String {
        match figure {
            Ok(figure) => format!("<figure>\n{}</figure>\n", figure.to_svg()),
            Err(error) => format!("<p class=\"soft\">No figure here: {}</p>\n", escape(&error.to_string())),
        }
    }

    fn approaches(&self) -> String {
        match Approaches::new().run(&self.runs, None) {
            Ok(all) => all.html_of_others(),
            Err(error) => format!("<p class=\"soft\">{}</p>\n", escape(&error.to_string())),
        }
    }

    fn data(&self) -> String {
        let domain = self.runs.domain();
        let conventions = self.runs.conventions();
        let mut table = Table::new(&["", "least", "greatest"]);
        let mut range = |name: &str, ends: Option<(String, String)>| {
            if let Some((least, most)) = ends {
                table.row(&[name.to_owned(), least, most]);
            }
        };
        let text = |(a, b): (Params, Params)| (a.to_string(), b.to_string());
        range(&format!("N, {} parameters", conventions.params), domain.params.map(text));
        range("D, tokens", domain.tokens.map(|(a, b)| (a.to_string(), b.to_string())));
        range("C", domain.flops.map(|(a, b)| (a.to_string(), b.to_string())));
        let losses = self.runs.losses().iter().filter_map(|loss| Nats::new(*loss).ok());
        let ends = losses.clone().min().zip(losses.max());
        range("loss, nats per token", ends.map(|(a, b)| (a.to_string(), b.to_string())));
        let residuals = self.fit.residuals();
        let shown = self.runs.len().min(ROWS);
        let mut list = Table::new(&["run", "N", "D", "loss", "predicted", "ln(predicted/observed)"]);
        for (row, label) in self.runs.labels(0..shown).into_iter().enumerate() {
            let Some(run) = self.runs.get(row) else { continue };
            let residual = residuals.get(row).copied().unwrap_or(f64::NAN);
            let predicted = run.loss.scaled(residual.exp()).map_or("-".into(), |loss| loss.to_string());
            let residual = if residual.is_finite() { format!("{:+.2} %", 100.0 * residual) } else { "-".into() };
            list.row(&[
                label,
                run.params.to_string(),
                run.tokens.to_string(),
                run.loss.to_string(),
                predicted,
                residual,
            ]);
        }
        let rest = match self.runs.len() - shown {
            0 => String::new(),
            more => format!("<p class=\"soft\">{more} more runs are fitted and not listed.</p>\n"),
        };
        table.finish()
            + &format!(
                "<details>\n<summary>All runs with their residuals</summary>\n{}{rest}</details>\n",
                list.finish()
            )
    }

    fn origin(&self) -> String {
        let (version, compiler) = (env!("CARGO_PKG_VERSION"), escape(env!("SCALING_LAWS_RUSTC")));
        let machine = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
        let command = match self.command.as_str() {
            "" => String::new(),
            command => format!("<pre>{}</pre>\n", escape(command)),
        };
        let delta = self.fit.delta();
        format!(
            "{command}<p class=\"soft\">scaling-laws {version}, built by {compiler} for {machine}; Approach 3 with the sum of Huber {delta:e} on log loss. The page \
             is one file: it loads nothing and runs no script. The same runs and command give the same bytes.</p>\n"
        )
    }
}
