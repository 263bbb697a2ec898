use std::sync::{Arc, OnceLock};

use super::clusters::Clusters;
use super::drawing::Drawing;
use super::evidence::{self, Asked, Entry, Evidence, Measure};
use super::interval::Interval;
use super::level::Level;
use super::method::Method;
use super::quantity::Quantity;
use super::scatter::{dependent, unequal};
use crate::error::InferError;
use crate::fit::{Fitter, LawData, LawFit, LawReplicate, LawWithCovariance, ProfileEnd, Resampling, Residual};
use crate::laws::{Bound, Family, Law, LossModel};
use crate::runs::Runs;
use crate::units::{Conventions, Domain, Params, Tokens};
use crate::warning::Warning;

/// Intervals for what follows from a fit of any law by a [`Fitter`]: what [`Inference`](crate::Inference) is for Approach 3,
/// with the same methods, plans, clusters and defaults.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`clusters`](Self::clusters) | every datum by itself | which data move together |
/// | [`resampling`](Self::resampling) | wild, or wild clusters | how replicates are drawn |
/// | [`replicates`](Self::replicates) | 1000 | of which the tail quantiles rest on a twentieth at 90 % |
/// | [`seed`](Self::seed) | 0 | the same numbers on one thread and on many |
/// | [`table`](Self::table) | none; the runs, with [`of_runs`](Self::of_runs) | columns for clusters, and N and D for doubts |
/// | [`loss_model`](Self::loss_model), [`family`](Self::family) | none | the law in (N, D), for N_opt and what follows from it |
///
/// A coefficient of a law of unknown magnitude, from zero up over more than four decades of
/// [`search_range`](Law::search_range), is taken in logarithms if its standard error is over a tenth of it, as A and B are.
///
/// ```
/// use scaling_laws::laws::M1Form;
/// use scaling_laws::{Fitter, LawInference, Level, LossFunction, Method, Quantity};
/// let sizes: Vec<f64> = (0..20).map(|i| 1e3 * 1.6f64.powi(i)).collect();
/// let losses: Vec<f64> = (0..20).map(|i| 2.0 * sizes[i].powf(-0.3) * (1.0 + 0.01 * (7.3 * i as f64).sin())).collect();
/// let fitter = Fitter::new(&M1Form).loss(LossFunction::LeastSquares);
/// let fit = fitter.fit(&sizes, &losses)?;
/// let inference = LawInference::new(&fitter, &sizes, &losses, &fit)?;
/// // The size at which the law says 0.05:
/// let size = Quantity::of_coefficients("N for 0.05", |c| (0.05 / c[0]).powf(1.0 / c[1]));
/// let interval = inference.interval(&size, Level::default(), Method::Profile)?;
/// assert!(interval.low < interval.point && interval.point < interval.high);
/// // The mean at a size, and the next value there:
/// let mean = inference.mean_at(&1e7, Level::default(), Method::Percentile)?;
/// let next = inference.new_at(&1e7, Level::default(), Method::Percentile)?;
/// assert!(next.low < mean.low && mean.high < next.high);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[must_use]
pub struct LawInference<'a, L: Law + ?Sized> {
    law: &'a L,
    data: LawData<'a>,
    table: Option<&'a Runs>,
    model: Option<Model>,
    coefficients: Vec<f64>,
    drawing: Drawing,
    /// Without and with the covariance of each replicate.
    draws: [OnceLock<Result<Vec<LawWithCovariance>, InferError>>; 2],
    left_out: OnceLock<Result<Vec<Option<Vec<f64>>>, InferError>>,
    errors: OnceLock<Result<Vec<f64>, InferError>>,
    /// Robust to clusters, and H⁻¹.
    clustered: OnceLock<Result<Option<[Covariance; 2]>, InferError>>,
}

/// Row by row in the law's order.
type Covariance = Vec<Vec<f64>>;

/// From coefficients to the law in N and D.
type Model = Arc<dyn Fn(&[f64]) -> Option<Box<dyn LossModel>> + Send + Sync>;

/// Decades of the search range from which a coefficient is one of unknown magnitude.
const MAGNITUDES: f64 = 4.0;

impl<'a, L: Law + ?Sized> LawInference<'a, L> {
    /// For a fit, with the data and options it was made with.
    ///
    /// # Errors
    /// [`InferError::Fit`] for weights that do not suit the data.
    pub fn new(
        fitter: &'a Fitter<'a, L>,
        inputs: &'a [L::Input],
        values: &'a [f64],
        fit: &'a LawFit,
    ) -> Result<Self, InferError> {
        Ok(Self::of(fitter.law(), LawData::new(fitter, inputs, values, fit)?))
    }

    fn of(law: &'a L, data: LawData<'a>) -> Self {
        let coefficients = data.fit().values();
        Self {
            law,
            data,
            table: None,
            model: None,
            coefficients,
            drawing: Drawing::default(),
            draws: Default::default(),
            left_out: OnceLock::new(),
            errors: OnceLock::new(),
            clustered: OnceLock::new(),
        }
    }

    /// The table that inputs and values are from, row by row.
    pub fn table(self, runs: &'a Runs) -> Self {
        Self { table: Some(runs), ..self }
    }

    /// The fitted law as a loss of N and D, given coefficients in the law's order; further knobs are set here.
    pub fn loss_model(self, model: impl Fn(&[f64]) -> Option<Box<dyn LossModel>> + Send + Sync + 'static) -> Self {
        Self { model: Some(Arc::new(model)), ..self }
    }

    /// The fitted law as a loss of N and D, of a family that is one.
    pub fn family(self, family: &'static Family, conventions: Conventions, domain: Domain) -> Self {
        if !family.is_loss_of_params_and_tokens() {
            return self;
        }
        self.loss_model(move |c| {
            let law = family.law(c, conventions, domain).ok()?;
            Some(Box::new(law) as Box<dyn LossModel>)
        })
    }

    /// Which data move together. A column and sizes are those of the [`table`](Self::table).
    ///
    /// # Errors
    /// [`InferError::NoTable`], [`InferError::UnknownColumn`], [`InferError::ClusterLength`],
    /// [`InferError::TooFewClusters`].
    pub fn clusters(self, clusters: &Clusters) -> Result<Self, InferError> {
        let clusters = Some(clusters.of(self.data.len(), self.table)?);
        Ok(self.drawn(|drawing| drawing.clusters = clusters))
    }

    /// How replicates are drawn, instead of by the default.
    pub fn resampling(self, plan: Resampling) -> Self {
        self.drawn(|drawing| drawing.asked = Some(plan))
    }

    /// How many replicates.
    pub fn replicates(self, replicates: usize) -> Self {
        self.drawn(|drawing| drawing.replicates = replicates)
    }

    /// The seed of the replicates.
    pub fn seed(self, seed: u64) -> Self {
        self.drawn(|drawing| drawing.seed = seed)
    }

    /// With another drawing, and nothing drawn yet.
    fn drawn(self, change: impl FnOnce(&mut Drawing)) -> Self {
        let mut drawing = self.drawing;
        change(&mut drawing);
        Self { drawing, table: self.table, model: self.model, ..Self::of(self.law, self.data) }
    }

    /// What there is to doubt about every interval of these data.
    pub fn warnings(&self) -> Vec<Warning> {
        let fit = self.data.fit();
        let mut doubts = self.drawing.doubts(fit.degrees_of_freedom());
        if let Some(runs) = self.table.filter(|runs| self.drawing.clusters.is_none() && runs.len() == self.data.len()) {
            let free = fit.coefficients().iter().filter(|c| c.standard_error.is_some()).count();
            doubts.extend(dependent(fit.residuals(), free, runs));
            if !matches!(self.drawing.plan(), Resampling::Pairs) {
                doubts.extend(unequal(fit.residuals(), runs));
            }
        }
        doubts.into_iter().map(Warning::Interval).collect()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.data.fit().coefficients().iter().position(|c| c.name == name)
    }

    /// Whether a quantity is above zero and taken in logarithms.
    fn is_log(&self, quantity: &Quantity) -> bool {
        let Quantity::Coefficient(name) = quantity else { return quantity.is_log() };
        let Some(j) = self.place(name) else { return false };
        let range = self.law.search_range().get(j).copied().unwrap_or(Bound::FREE);
        let least = self.law.bounds().get(j).map_or(f64::NEG_INFINITY, |bound| bound.least);
        let wide = range.greatest.is_infinite() || (range.greatest / range.least).log10() > MAGNITUDES;
        let c = &self.data.fit().coefficients()[j];
        let uncertain = c.standard_error.is_some_and(|error| error > 0.1 * c.value);
        least >= 0.0 && wide && uncertain && c.value > 0.0
    }

    fn measure(&self, quantity: &Quantity, c: &[f64]) -> f64 {
        match quantity {
            Quantity::Coefficient(name) => self.place(name).and_then(|j| c.get(j).copied()).unwrap_or(f64::NAN),
            Quantity::OfCoefficients { value, .. } => value(c),
            _ => self.model.as_ref().and_then(|model| model(c)).map_or(f64::NAN, |law| quantity.of_model(law.as_ref())),
        }
    }

    /// Refuses what the fitted law does not have.
    fn check(&self, quantity: &Quantity, value: f64) -> Result<(), InferError> {
        if let Quantity::Coefficient(name) = quantity
            && self.place(name).is_none()
        {
            let names: Vec<&str> = self.data.fit().coefficients().iter().map(|c| c.name).collect();
            let near = names.iter().find(|known| known.eq_ignore_ascii_case(name));
            let near = near.map_or(String::new(), |near| format!(", did you mean {near:?}?"));
            return Err(InferError::UnknownCoefficient { name: name.clone(), near, known: names.join(", ") });
        }
        if value.is_finite() {
            return Ok(());
        }
        let reason = match quantity {
            Quantity::Coefficient(_) | Quantity::OfCoefficients { .. } => "it is no finite number",
            Quantity::Custom { .. } => "it is one of the Chinchilla law: write it by Quantity::of_coefficients",
            _ if self.model.is_none() => "nothing says how the fitted law is a loss of N and D: see loss_model",
            Quantity::ExponentParams | Quantity::ExponentTokens => "its optimum is no known power of compute",
            Quantity::FlopsForLoss(_) => "no compute is known to reach that loss under it",
            _ => "it has no optimum there",
        };
        Err(InferError::NoValue { quantity: quantity.to_string(), reason: reason.into() })
    }
}

impl<'a, L: Law<Input = (Params, Tokens)> + ?Sized> LawInference<'a, L> {
    /// For a fit by [`Fitter::fit_runs`].
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_runs(fitter: &'a Fitter<'a, L>, runs: &'a Runs, fit: &'a LawFit) -> Result<Self, InferError> {
        Ok(Self::of(fitter.law(), LawData::of_runs(fitter, runs, fit)?).table(runs))
    }
}

impl<L: Law + ?Sized> LawInference<'_, L> {
    /// The replicates, drawn at the first call.
    ///
    /// # Errors
    /// [`InferError::Fit`] with those of [`Fitter::refits`].
    pub fn cloud(&self) -> Result<impl Iterator<Item = &LawReplicate>, InferError> {
        Ok(self.drawn_once(false)?.iter().map(|(replicate, _)| replicate))
    }

    /// An interval for a quantity: a coefficient by name, a number of the coefficients
    /// ([`Quantity::of_coefficients`]), or, with a [`loss_model`](Self::loss_model), any question about N and D.
    ///
    /// # Errors
    /// As [`Inference::interval`](crate::Inference::interval).
    pub fn interval(&self, quantity: &Quantity, level: Level, method: Method) -> Result<Interval, InferError> {
        let is_log = self.is_log(quantity);
        // Quantities of N and D come in their own scale.
        let takes_log = is_log && matches!(quantity, Quantity::Coefficient(_));
        let measure = |c: &[f64]| {
            let value = self.measure(quantity, c);
            if takes_log { value.ln() } else { value }
        };
        self.check(quantity, measure(&self.coefficients))?;
        let is_new_run = matches!(quantity, Quantity::NewRun(..));
        if is_new_run && self.data.residual() != Residual::Log {
            let reason = "of N and D adds errors of ln L, and this fit has raw ones: ask new_at".into();
            return Err(InferError::NoValue { quantity: quantity.to_string(), reason });
        }
        evidence::interval(
            self,
            &Asked { name: quantity.to_string(), measure: &measure, is_log, is_new_run },
            level,
            method,
        )
    }

    /// An interval for the value at an input: the mean of many data there.
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    pub fn mean_at(&self, input: &L::Input, level: Level, method: Method) -> Result<Interval, InferError> {
        self.at(input, (level, method), false)
    }

    /// An interval for one new datum at an input, with its scatter: by [`Method::Percentile`] or [`Method::Delta`].
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    pub fn new_at(&self, input: &L::Input, level: Level, method: Method) -> Result<Interval, InferError> {
        self.at(input, (level, method), true)
    }

    fn at(&self, input: &L::Input, (level, method): (Level, Method), new: bool) -> Result<Interval, InferError> {
        let is_log = new && self.data.residual() == Residual::Log;
        let count = self.coefficients.len();
        let measure = |c: &[f64]| {
            let value = self.law.predict(c, input, &mut vec![0.0; count]);
            if is_log { value.ln() } else { value }
        };
        let name = if new { "a new value" } else { "mean" };
        if !measure(&self.coefficients).is_finite() {
            let reason = "the law gives no finite number at this input".into();
            return Err(InferError::NoValue { quantity: name.into(), reason });
        }
        evidence::interval(
            self,
            &Asked { name: name.into(), measure: &measure, is_log, is_new_run: new },
            level,
            method,
        )
    }

    fn drawn_once(&self, covariances: bool) -> Result<&[LawWithCovariance], InferError> {
        let Drawing { clusters, replicates, seed, .. } = &self.drawing;
        let plan = self.drawing.plan();
        let draw = || Ok(self.data.refits(&plan, (*replicates, *seed), covariances, clusters.as_deref())?);
        self.draws[usize::from(covariances)].get_or_init(draw).as_deref().map_err(Clone::clone)
    }
}

impl<L: Law + ?Sized> Evidence for LawInference<'_, L> {
    fn drawing(&self) -> &Drawing {
        &self.drawing
    }

    fn freedom(&self) -> usize {
        self.data.fit().degrees_of_freedom()
    }

    fn fitted(&self) -> &[f64] {
        &self.coefficients
    }

    fn covariance(&self, visit: &mut dyn FnMut(Entry<'_>, Option<Entry<'_>>)) -> Result<(), InferError> {
        if let Some(groups) = &self.drawing.clusters {
            let both = || self.data.clustered_covariance(groups).map_err(InferError::from);
            if let Some([robust, model]) = self.clustered.get_or_init(both).as_ref().map_err(Clone::clone)? {
                visit(&|j, k| robust[j][k], Some(&|j, k| model[j][k]));
            }
        } else if let Some(covariance) = self.data.fit().covariance() {
            visit(&|j, k| covariance[j][k], None);
        }
        Ok(())
    }

    fn replicates(
        &self,
        covariances: bool,
        visit: &mut dyn FnMut(&[f64], Option<Entry<'_>>),
    ) -> Result<usize, InferError> {
        let draws = self.drawn_once(covariances)?;
        for (replicate, covariance) in draws {
            match covariance {
                Some(covariance) => visit(&replicate.coefficients, Some(&|j, k| covariance[j][k])),
                None => visit(&replicate.coefficients, None),
            }
        }
        Ok(draws.iter().filter(|(replicate, _)| !replicate.termination.is_optimal()).count())
    }

    fn left_out(&self, visit: &mut dyn FnMut(&[f64])) -> Result<(), InferError> {
        let all = || {
            let groups = self.drawing.groups(self.data.len());
            self.data.leave_out(&groups).map_err(InferError::from)
        };
        let left_out = self.left_out.get_or_init(all).as_ref().map_err(Clone::clone)?;
        left_out.iter().flatten().for_each(|c| visit(c));
        Ok(())
    }

    fn errors(&self) -> Result<&[f64], InferError> {
        let errors = || self.data.errors().map_err(InferError::from);
        self.errors.get_or_init(errors).as_deref().map_err(Clone::clone)
    }

    fn profile(
        &self,
        measure: Measure<'_>,
        reach: (f64, f64, Option<f64>),
    ) -> Result<Option<[ProfileEnd; 2]>, InferError> {
        Ok(self.data.profile(measure, reach)?)
    }

    fn warnings(&self) -> Vec<Warning> {
        self.warnings()
    }
}

impl<L: Law + ?Sized> std::fmt::Debug for LawInference<'_, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LawInference").field("fit", self.data.fit()).field("drawing", &self.drawing).finish()
    }
}
