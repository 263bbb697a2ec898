use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{budgets, usual};
use super::series::Series;
use crate::allocate::optimal_split;
use crate::error::{Error, FigureError};
use crate::laws::{AllocationLine, LossModel};
use crate::math::quantile::quantile;
use crate::published;
use crate::units::{ComputeRule, Flops, ParamCount, Params, Tokens};

/// Budgets at which curves are drawn.
pub(super) const STEPS: usize = 61;

/// The compute-optimal N and D against C, side by side: lines of one's own with bands, published lines, known models.
///
/// | Part | Drawn as |
/// |---|---|
/// | [`fit`](Self::fit) | the law's N_opt(C) and D_opt(C), with a band of ± one standard error where it is known |
/// | [`approach1`](Self::approach1), [`approach2`](Self::approach2) | the line with a band of ± one standard error, and the optima it goes through |
/// | [`law`](Self::law), [`line`](Self::line) | a line |
/// | [`cloud`](Self::cloud) | the band that holds a share of the laws at each budget |
/// | [`published`](Self::published) | Kaplan 2020 dashed, Hoffmann 2022 (Approaches 2 and 3) and Besiroglu 2024 |
/// | [`model`](Self::model) | a named point |
///
/// What N counts is said in the legend where it differs from most.
///
/// ```
/// use scaling_laws::{figures::Optima, Flops};
/// let figure = Optima::over(Flops::new(1e18)?, Flops::new(1e26)?)
///     .published()?
///     .model("Chinchilla", "5.76e23".parse()?, "70B".parse()?)
///     .figure()?;
/// assert!(figure.to_svg().contains("Kaplan 2020"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Optima {
    pub(super) range: (Flops, Flops),
    pub(super) parts: Vec<Part>,
    models: Vec<(String, Flops, Params)>,
}

/// Series of one entry of the legend for both panels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub name: String,
    pub count: Option<ParamCount>,
    pub params: Vec<Series>,
    pub tokens: Vec<Series>,
}

impl Optima {
    /// An empty figure from one budget to another.
    pub fn over(from: Flops, to: Flops) -> Self {
        Self { range: (from, to), parts: Vec::new(), models: Vec::new() }
    }

    /// The optimum of a law; budgets for which it has none are left out.
    ///
    /// # Errors
    /// [`FigureError::Range`] for a range of budgets that is none; the law's own error where it has no optimum at any.
    pub fn law(self, name: &str, law: &dyn LossModel) -> Result<Self, Error> {
        self.with_law(name, law, &|_| None)
    }

    pub(super) fn with_law(
        mut self,
        name: &str,
        law: &dyn LossModel,
        error: &dyn Fn(Flops) -> Option<f64>,
    ) -> Result<Self, Error> {
        let mut first = None;
        let mut at = Vec::new();
        for budget in budgets(self.range.0, self.range.1, STEPS)? {
            match optimal_split(law, budget) {
                Ok((n, d)) => at.push((budget.get(), n.get(), d.get(), error(budget).unwrap_or(0.0))),
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        if let (true, Some(reason)) = (at.is_empty(), first) {
            return Err(reason.into());
        }
        self.parts.push(Part::curves(name, Some(law.conventions().params), &at));
        Ok(self)
    }

    /// An allocation line.
    ///
    /// # Errors
    /// [`FigureError::Range`] for a range of budgets that is none; [`Error::Unit`] where the line leaves the range of numbers.
    pub fn line(mut self, name: &str, line: &AllocationLine) -> Result<Self, Error> {
        let mut at = Vec::new();
        for budget in budgets(self.range.0, self.range.1, STEPS)? {
            let (n, d) = line.split(budget)?;
            at.push((budget.get(), n.get(), d.get(), 0.0));
        }
        self.parts.push(Part::curves(name, Some(line.conventions().params), &at));
        Ok(self)
    }

    /// The band that holds this share of the laws at each budget, such as refits of a bootstrap; laws without an optimum at a
    /// budget do not count there.
    ///
    /// # Errors
    /// [`FigureError::Empty`] where no law has an optimum at any budget; [`FigureError::Range`] for a level outside (0, 1) or
    /// a range of budgets that is none.
    pub fn cloud<L: LossModel>(mut self, name: &str, laws: &[L], level: f64) -> Result<Self, Error> {
        if !(level > 0.0 && level < 1.0) {
            return Err(FigureError::Range { what: "a level within 0 and 1, not", from: level, to: level }.into());
        }
        let (mut n, mut d) = (Vec::new(), Vec::new());
        for c in budgets(self.range.0, self.range.1, STEPS)? {
            let splits = laws.iter().filter_map(|law| optimal_split(law, c).ok());
            let (params, tokens): (Vec<f64>, Vec<f64>) = splits.map(|(n, d)| (n.get(), d.get())).unzip();
            if params.is_empty() {
                continue;
            }
            let ends = |mut values: Vec<f64>| {
                let low = quantile(&mut values, 0.5 - 0.5 * level);
                (c.get(), low, quantile(&mut values, 0.5 + 0.5 * level))
            };
            n.push(ends(params));
            d.push(ends(tokens));
        }
        if n.is_empty() {
            return Err(FigureError::Empty { figure: "a cloud of optima", what: "law with an optimum" }.into());
        }
        let part = Part {
            name: name.into(),
            count: None,
            params: vec![Series::band(name, n)],
            tokens: vec![Series::band(name, d)],
        };
        self.parts.push(part);
        Ok(self)
    }

    /// The published lines: Kaplan 2020 dashed, for parameters without embeddings, and those of Hoffmann 2022 and
    /// Besiroglu 2024.
    ///
    /// # Errors
    /// As [`law`](Self::law) and [`line`](Self::line).
    pub fn published(mut self) -> Result<Self, Error> {
        let mut at = Vec::new();
        for c in budgets(self.range.0, self.range.1, STEPS)? {
            let (n, d) = published::KAPLAN_2020_ALLOCATION.split(c)?;
            at.push((c.get(), n.get(), d.get(), 0.0));
        }
        let mut kaplan = Part::curves("Kaplan 2020", Some(ParamCount::NonEmbedding), &at);
        for series in kaplan.params.iter_mut().chain(&mut kaplan.tokens) {
            *series = series.clone().black().dashed(0);
        }
        self.parts.push(kaplan);
        self = self.law("Besiroglu 2024", &published::BESIROGLU_2024)?;
        self = self.line("Hoffmann 2022, Approach 2", &published::HOFFMANN_2022_APPROACH_2)?;
        self.law("Hoffmann 2022, Approach 3", &published::HOFFMANN_2022)
    }

    /// A model of known compute and size, on both panels.
    pub fn model(mut self, name: &str, compute: Flops, params: Params) -> Self {
        self.models.push((name.into(), compute, params));
        self
    }

    /// The figure.
    ///
    /// # Errors
    /// [`FigureError::Empty`] without any line.
    pub fn figure(self) -> Result<Figure, Error> {
        if self.parts.is_empty() {
            return Err(FigureError::Empty { figure: "a figure of optima", what: "line" }.into());
        }
        let (from, to) = (self.range.0.get(), self.range.1.get());
        let count = usual(self.parts.iter().filter_map(|part| part.count));
        let compute = || Axis::flops("training compute C, FLOP").range(from, to);
        let mut n = Panel::new(compute(), Axis::params(format!("N_{{opt}}, parameters ({count})")));
        let mut d = Panel::new(compute(), Axis::tokens("D_{opt}, tokens"));
        for part in self.parts {
            let name = match part.count {
                Some(own) if own != count => format!("{} (N {own})", part.name),
                _ => part.name,
            };
            let named = |series: Series| Series { name: name.clone(), ..series };
            n = n.with_all(part.params.into_iter().map(named));
            d = d.with_all(part.tokens.into_iter().map(named));
        }
        if !self.models.is_empty() {
            let names = || self.models.iter().map(|(name, ..)| name.clone());
            let sizes = self.models.iter().map(|(_, c, n)| (c.get(), n.get()));
            n = n.with(Series::points("", sizes).black().labelled(names()));
            let tokens = |(_, c, n): &(String, Flops, Params)| {
                (c.get(), ComputeRule::SixNd.tokens(*c, *n).map_or(f64::NAN, Tokens::get))
            };
            d = d.with(Series::points("", self.models.iter().map(tokens)).black().labelled(names()));
        }
        Ok(Figure::new("Compute-optimal size and tokens").columns(2).size(940.0, 400.0).panel(n).panel(d))
    }
}

impl Part {
    /// From (C, N, D, standard error of the logarithms).
    fn curves(name: &str, count: Option<ParamCount>, at: &[(f64, f64, f64, f64)]) -> Self {
        let n: Vec<(f64, f64, f64)> = at.iter().map(|(c, n, _, e)| (*c, *n, *e)).collect();
        let d: Vec<(f64, f64, f64)> = at.iter().map(|(c, _, d, e)| (*c, *d, *e)).collect();
        Self { name: name.into(), count, params: Self::with_band(name, &n), tokens: Self::with_band(name, &d) }
    }

    /// A line, and a band where there are errors.
    pub(super) fn with_band(name: &str, at: &[(f64, f64, f64)]) -> Vec<Series> {
        let mut series = vec![Series::line(name, at.iter().map(|(c, y, _)| (*c, *y)))];
        if at.iter().any(|(.., e)| *e > 0.0) {
            series.push(Series::band(name, at.iter().map(|(c, y, e)| (*c, y * (-e).exp(), y * e.exp()))));
        }
        series
    }
}
