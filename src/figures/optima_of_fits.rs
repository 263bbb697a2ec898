use super::figure::Figure;
use super::optimum::{Optima, Part, STEPS};
use super::sample::{budgets, span};
use super::series::Series;
use crate::error::{Error, FigureError};
use crate::fit::{Agreement, Approach1Fit, Approach2, Approach2Fit, Fit, ScalingLine};
use crate::runs::Runs;
use crate::units::{Flops, ParamCount, Params, Tokens};

/// N_opt(C) and D_opt(C) of a fit, of Approach 2 where the same runs lie on budgets, and the published lines from 1e17 FLOP on, a decade
/// beyond the runs and the budgets named: [`Optima`] with the usual parts.
///
/// # Errors
/// [`FigureError::Empty`] without runs; else as [`Optima::law`].
///
/// ```
/// use scaling_laws::{figures, Approach3, CsvReader, Flops};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let fit = Approach3::new().fit(&runs)?;
/// assert!(figures::optima(&fit, &runs, &[Flops::new(1e14)?])?.to_svg().contains("this fit"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn optima(fit: &Fit, runs: &Runs, more: &[Flops]) -> Result<Figure, Error> {
    let computes = runs.params().iter().zip(runs.tokens()).map(|(n, d)| 6.0 * n * d);
    let all = computes.chain(more.iter().map(|budget| budget.get()));
    let (least, most) = span(all).ok_or(FigureError::Empty { figure: "a figure of optima", what: "run" })?;
    let mut figure = Optima::over(Flops::new(least / 10.0)?, Flops::new(most * 10.0)?).fit("this fit", fit)?;
    if let Ok(profiles) = Approach2::new().law(*fit.law()).fit(runs) {
        figure = figure.approach2("these runs, Approach 2", &profiles)?;
    }
    // Far below the runs of the papers their lines say nothing.
    if most * 10.0 > 1e17 {
        figure = figure.published()?;
    }
    Ok(figure.figure()?.note("Bands and bars: one standard error either way."))
}

/// C, N, D, and the standard errors of ln N and ln D where they are known.
type Optimum = (Flops, Params, Tokens, Option<f64>, Option<f64>);

impl Optima {
    /// The optimum of a fitted law.
    ///
    /// # Errors
    /// As [`law`](Self::law).
    pub fn fit(self, name: &str, fit: &Fit) -> Result<Self, Error> {
        let error = |c: Flops| fit.ln_optimal_params_standard_error(c);
        self.with_law(name, fit.law(), &error)
    }

    /// The lines of Approach 1 and the envelope's points.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn approach1(self, name: &str, fit: &Approach1Fit) -> Result<Self, Error> {
        let points = fit.envelope().iter().map(|p| (p.budget, p.params, p.tokens, None, None));
        let count = fit.conventions().params;
        self.with_lines(name, count, (fit.params_line(), fit.tokens_line()), &points.collect::<Vec<_>>(), 0.55)
    }

    /// The lines of Approach 2 and the minima they go through, with bars of ± one standard error.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn approach2(self, name: &str, fit: &Approach2Fit) -> Result<Self, Error> {
        let points =
            fit.minima().map(|(c, m)| (c, m.params, m.tokens, m.ln_params_standard_error, m.ln_tokens_standard_error));
        let count = fit.conventions().params;
        self.with_lines(name, count, (fit.params_line(), fit.tokens_line()), &points.collect::<Vec<_>>(), 1.0)
    }

    /// Every approach that has an answer.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn approaches(mut self, all: &Agreement) -> Result<Self, Error> {
        if let Some(Ok(fit)) = &all.approach1 {
            self = self.approach1("Approach 1", fit)?;
        }
        if let Ok(fit) = &all.approach2 {
            self = self.approach2("Approach 2", fit)?;
        }
        if let Ok(fit) = &all.approach3 {
            self = self.fit("Approach 3", fit)?;
        }
        Ok(self)
    }

    fn with_lines(
        mut self,
        name: &str,
        count: ParamCount,
        (params, tokens): (&ScalingLine, &ScalingLine),
        points: &[Optimum],
        weight: f64,
    ) -> Result<Self, Error> {
        let (mut n, mut d) = (Vec::new(), Vec::new());
        for c in budgets(self.range.0, self.range.1, STEPS)? {
            n.push((c.get(), params.at(c)?, params.ln_standard_error(c).unwrap_or(0.0)));
            d.push((c.get(), tokens.at(c)?, tokens.ln_standard_error(c).unwrap_or(0.0)));
        }
        let marks = |value: &dyn Fn(usize) -> Option<(f64, f64, f64)>| {
            let bar = |(c, y, e): (f64, f64, f64)| (c, y, y * (-e).exp(), y * e.exp());
            Series::intervals(name, (0..points.len()).filter_map(value).map(bar)).weight(weight)
        };
        let of_params = |i: usize| points.get(i).map(|p| (p.0.get(), p.1.get(), p.3.unwrap_or(0.0)));
        let of_tokens = |i: usize| points.get(i).map(|p| (p.0.get(), p.2.get(), p.4.unwrap_or(0.0)));
        let mut part = Part { name: name.into(), count: Some(count), params: Vec::new(), tokens: Vec::new() };
        part.params = Part::with_band(name, &n);
        part.tokens = Part::with_band(name, &d);
        part.params.push(marks(&of_params));
        part.tokens.push(marks(&of_tokens));
        self.parts.push(part);
        Ok(self)
    }
}
