use super::conclusion::Ends;
use super::objective::Objective;
use super::points::Points;
use super::polish::{Bounds, Polished, polish};
use super::refit::each;
use super::result::Fit;
use super::weights::{RowWeights, Weights};
use super::{design, search};
use crate::error::FitError;
use crate::laws::Chinchilla;
use crate::math::order::sort_by_number;
use crate::runs::Runs;

/// Hoffmann's Approach 3: the Chinchilla form fitted to the losses of finished runs.
///
/// Minimises the **sum** over runs of Huber(δ) of ln L̂ − ln L (Hoffmann 2022, equation 3). The search is a map over the
/// exponents by robust variable projection; the best basins are polished by a damped Newton method on the exact
/// objective within E, A, B ≥ 0; the [`Certificate`](crate::Certificate) says how far the result can be trusted to be the
/// optimum.
///
/// | Option | Default | Meaning | Range |
/// |---|---|---|---|
/// | [`delta`](Self::delta) | 1e-3 | Huber threshold δ in log-loss (the published value); 1.345 σ where σ is given | above 0 |
/// | [`weights`](Self::weights) | equal | how much each run counts, and why | see [`Weights`] |
/// | [`start`](Self::start) | none | follow one start instead of searching; the certificate is then local | any law |
/// | [`exponents`](Self::exponents) | 0.001 to 8 | allowed α and β | 0 < least < greatest |
///
/// ```
/// use scaling_laws::{allocate, Approach3, Chinchilla, Flops, LossModel, Params, Run, Runs, Tokens};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let mut runs = Vec::new();
/// for n in [1e8, 3e8, 1e9, 3e9] {
///     for d in [2e9, 1e10, 5e10] {
///         let (params, tokens) = (Params::new(n)?, Tokens::new(d)?);
///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)? });
///     }
/// }
/// let fit = Approach3::new().fit(&runs.into_iter().collect::<Runs>())?;
/// assert!(fit.certificate().certified);
/// assert!((fit.coefficient("alpha")?.value - 0.35).abs() < 1e-9);
/// let split = allocate(fit.law(), Flops::new(1e22)?)?;
/// assert!(split.tokens_per_param() > 1.0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Approach3 {
    delta: Option<f64>,
    weights: Weights,
    start: Option<Chinchilla>,
    exponents: (f64, f64),
    /// Newton iterations of one polish. Tests lower it to break the solver on purpose.
    iterations: usize,
    /// Whether the second solver may help a stalled polish.
    rescue: bool,
}

impl Default for Approach3 {
    fn default() -> Self {
        Self {
            delta: None,
            weights: Weights::Equal,
            start: None,
            exponents: (1e-3, 8.0),
            iterations: 200,
            rescue: true,
        }
    }
}

/// Starts of the map that are polished: the first number over the points, within the others. Small sets have more local
/// minima; up to 60 runs get the most.
const STARTS: (usize, usize, usize) = (3_840, 8, 64);
/// Basins polished on all points when the map and first polish used a part of them.
const FINALISTS: usize = 4;

impl Approach3 {
    /// The published procedure's loss with a search of our own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Huber threshold in log-loss, or in units of σ under [`Weights::Sigma`].
    ///
    /// Without it δ is 1e-3, the published value, which is far inside the scatter of most runs: nearly least absolute
    /// deviations. In units of σ that number has no source, so with known σ the threshold is 1.345 σ, at which normal
    /// errors cost 5 % of the precision of least squares (Huber 1981).
    pub fn delta(self, delta: f64) -> Self {
        Self { delta: Some(delta), ..self }
    }

    /// How much each run counts, and why.
    ///
    /// ```
    /// use scaling_laws::{Approach3, Chinchilla, Runs, Weights};
    /// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
    /// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    /// for i in 0..20 {
    ///     let (ln_n, ln_d) = (17.0 + f64::from(i % 5), 21.0 + f64::from(i / 5) + 0.2 * f64::from(i % 3));
    ///     n.push(ln_n.exp());
    ///     d.push(ln_d.exp());
    ///     l.push(law.at(ln_n, ln_d).loss + 0.01 * f64::from(i).sin());
    /// }
    /// let runs = Runs::from_columns(&n, &d, &l)?;
    /// // Ten seeds of each run scatter by 0.4 % of the loss:
    /// let fit = Approach3::new().weights(Weights::Sigma(vec![0.004; 20])).fit(&runs)?;
    /// assert_eq!(fit.delta(), 1.345);
    /// # use scaling_laws::LossModel;
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn weights(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// Follows one start instead of searching.
    pub fn start(self, law: Chinchilla) -> Self {
        Self { start: Some(law), ..self }
    }

    /// Allowed range of both exponents.
    pub fn exponents(self, least: f64, greatest: f64) -> Self {
        Self { exponents: (least, greatest), ..self }
    }

    /// Fits the form to runs.
    ///
    /// # Errors
    /// [`FitError::Option`] for options out of range; [`FitError::Weight`] and [`FitError::WeightsLength`] for weights that
    /// are none; [`FitError::TooFewRuns`], [`FitError::TooFewDistinct`],
    /// [`FitError::ConstantLoss`] and [`FitError::Lockstep`] for runs that cannot determine the form;
    /// [`FitError::NoFiniteStart`] where the losses are beyond what numbers can hold.
    pub fn fit(&self, runs: &Runs) -> Result<Fit, FitError> {
        let weights = self.row_weights(runs)?;
        let points = Points::weighted(runs, &weights);
        self.fit_points(runs, &points)
    }

    /// Checks the options, and gives the weights of the rows.
    pub(super) fn row_weights(&self, runs: &Runs) -> Result<RowWeights, FitError> {
        self.check_options()?;
        let (params, tokens) = (runs.params(), runs.tokens());
        let greatest = |column: &[f64]| column.iter().fold(0.0f64, |a, &b| a.max(b));
        // Shares of the greatest, since only ratios matter and the product may be beyond numbers.
        self.weights.rows(runs.len(), &|| {
            let (n, d) = (greatest(params), greatest(tokens));
            Some(params.iter().zip(tokens).map(|(params, tokens)| (params / n) * (tokens / d)).collect())
        })
    }

    fn fit_points(&self, runs: &Runs, points: &Points) -> Result<Fit, FitError> {
        let survey = design::check(runs, points)?;
        let objective = self.objective(points);
        let bounds = self.bounds();
        let mut ends = match &self.start {
            Some(law) => vec![polish(objective, &bounds, &points.centred(&law.coefficients()), self.iterations)],
            None => self.polish_map(objective, &bounds)?,
        };
        ends.retain(|end| end.local.value.is_finite() && end.theta.iter().all(|v| v.is_finite()));
        sort_by_number(&mut ends, |one| one.local.value);
        let starts = ends.len();
        if let Some(rescued) = ends.first().and_then(|best| self.rescue(objective, &bounds, best)) {
            ends.insert(0, rescued);
        }
        Ends { runs, objective, bounds: &bounds, survey: &survey, ends: &ends, starts, global: self.start.is_none() }
            .conclude()
    }

    pub(super) fn objective<'a>(&self, points: &'a Points) -> Objective<'a> {
        let default = if points.meaning.scale_known { 1.345 } else { 1e-3 };
        Objective { points, delta: self.delta.unwrap_or(default) }
    }

    pub(super) fn iterations(&self) -> usize {
        self.iterations
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds::new(self.exponents)
    }

    fn check_options(&self) -> Result<(), FitError> {
        let refuse = |option, value, allowed| Err(FitError::Option { option, value, allowed });
        if let Some(delta) = self.delta.filter(|delta| !(delta.is_finite() && *delta > 0.0)) {
            return refuse("delta", delta, "finite and above zero");
        }
        let (least, greatest) = self.exponents;
        if !(least.is_finite() && least > 0.0) {
            return refuse("exponents (least)", least, "finite and above zero");
        }
        if !(greatest.is_finite() && greatest > least) {
            return refuse("exponents (greatest)", greatest, "finite and above the least");
        }
        Ok(())
    }

    /// Polishes the starts of the map; with very many runs on a part of them first.
    fn polish_map(&self, objective: Objective<'_>, bounds: &Bounds) -> Result<Vec<Polished>, FitError> {
        let (work, fewest, most) = STARTS;
        let thin = objective.points.thinned(search::MAP_POINTS);
        let on_thin = Objective { points: &thin, ..objective };
        let count = (work / thin.len().max(1)).clamp(fewest, most);
        let starts = search::starts(&thin, objective.delta, count);
        let from = |(): &mut (), i: usize| Ok(polish(on_thin, bounds, &starts[i], self.iterations));
        let mut ends = each(starts.len(), || (), from)?;
        if thin.len() < objective.points.len() {
            sort_by_number(&mut ends, |one| one.local.value);
            ends.truncate(FINALISTS);
            ends = ends.iter().map(|end| polish(objective, bounds, &end.theta, self.iterations)).collect();
        }
        Ok(ends)
    }

    /// A second, different solver for a polish that did not reach a stationary point.
    fn rescue(&self, objective: Objective<'_>, bounds: &Bounds, best: &Polished) -> Option<Polished> {
        if !self.rescue || best.termination.is_optimal() {
            return None;
        }
        #[cfg(feature = "argmin")]
        let found = super::solve::quasi_newton(objective, bounds, &best.theta)?;
        #[cfg(not(feature = "argmin"))]
        let found = best.theta;
        let again = polish(objective, bounds, &found, self.iterations);
        (again.local.value < best.local.value || again.termination.is_optimal()).then_some(again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Termination;
    use crate::laws::LossModel;

    fn noisy_runs() -> Runs {
        let law = Chinchilla::known(1.8, 480.0, 2000.0, 0.35, 0.37, Default::default());
        let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
        for i in 0..6 {
            for j in 0..5 {
                let (ln_n, ln_d) = (16.0 + 1.3 * f64::from(i), 20.0 + 1.4 * f64::from(j));
                n.push(ln_n.exp());
                d.push(ln_d.exp());
                l.push(law.at(ln_n, ln_d).loss * (0.004 * (f64::from(7 * i + 3 * j)).sin()).exp());
            }
        }
        Runs::from_columns(&n, &d, &l).unwrap()
    }

    #[test]
    fn a_broken_solver_says_that_it_is_broken() {
        let broken = Approach3 { iterations: 1, rescue: false, ..Approach3::new() };
        let fit = broken.fit(&noisy_runs()).unwrap();
        assert_eq!(fit.termination(), Termination::IterationLimit);
        assert!(!fit.certificate().certified && fit.certificate().scaled_gradient > 1e-10);
        assert_eq!(fit.warnings()[0].code(), "not-certified");
    }

    #[test]
    fn the_second_solver_mends_a_polish_cut_short() {
        let runs = noisy_runs();
        let sound = Approach3::new().fit(&runs).unwrap();
        let lame = Approach3 { iterations: 3, ..Approach3::new() }.fit(&runs).unwrap();
        let alone = Approach3 { iterations: 3, rescue: false, ..Approach3::new() }.fit(&runs).unwrap();
        assert!(sound.certificate().certified);
        assert!(lame.objective() < sound.objective() * 1.0001, "{} {}", lame.objective(), sound.objective());
        assert!(lame.objective() <= alone.objective());
    }

    #[test]
    fn a_given_start_is_certified_as_local_only() {
        let runs = noisy_runs();
        let sound = Approach3::new().fit(&runs).unwrap();
        let start = Chinchilla::new(1.7, 400.0, 400.0, 0.34, 0.28).unwrap();
        let local = Approach3::new().start(start).fit(&runs).unwrap();
        assert!((local.objective() / sound.objective() - 1.0).abs() < 1e-9);
        assert!(!local.certificate().global && !local.certificate().certified);
    }

    #[test]
    fn plain_code_without_vector_instructions_ends_at_the_same_optimum() {
        let runs = noisy_runs();
        let start = Chinchilla::new(1.7, 400.0, 400.0, 0.34, 0.28).unwrap();
        for approach in [Approach3::new(), Approach3::new().start(start), Approach3::new().delta(1.0)] {
            let fit = approach.fit(&runs).unwrap();
            let plain = crate::math::simd::portable::only(|| approach.fit(&runs)).unwrap();
            assert!((fit.objective() / plain.objective() - 1.0).abs() < 1e-12);
            let pairs = fit.coefficients().iter().zip(plain.coefficients());
            for (one, two) in pairs {
                assert!((one.value / two.value - 1.0).abs() < 1e-10, "{one:?} {two:?}");
                let (one, two) = (one.standard_error.unwrap(), two.standard_error.unwrap());
                assert!((one / two - 1.0).abs() < 1e-7);
            }
        }
    }
}
