use std::sync::OnceLock;

use super::cloud::Cloud;
use super::clusters::Clusters;
use super::drawing::Drawing;
use super::evidence::{self, Asked, Entry, Evidence, Measure};
use super::interval::Interval;
use super::level::Level;
use super::method::Method;
use super::quantity::Quantity;
use super::scatter::{dependent, unequal};
use crate::error::InferError;
use crate::fit::{Approach3, Fit, ProfileEnd, Resampling, Termination};
use crate::laws::{Chinchilla, LossModel};
use crate::runs::Runs;
use crate::warning::Warning;

/// Intervals for what follows from a fit of [`Approach3`]: one bootstrap, any number of questions.
///
/// The default draws 1000 replicates by the wild bootstrap, [`Resampling::Wild`], and takes their quantiles; with
/// [`clusters`](Self::clusters), by [`Resampling::WildClusters`], with quantiles further out, as far as Student's t with
/// one degree of freedom less than there are clusters is wider than the normal distribution. Which methods cover on which
/// sweeps is in [the guide](crate::documentation::uncertainty).
///
/// | Option | Default | |
/// |---|---|---|
/// | [`clusters`](Self::clusters) | every run by itself | which runs move together |
/// | [`resampling`](Self::resampling) | wild, or wild clusters | how replicates are drawn |
/// | [`replicates`](Self::replicates) | 1000 | of which the tail quantiles rest on a twentieth at 90 % |
/// | [`seed`](Self::seed) | 0 | the same numbers on one thread and on many |
///
/// ```
/// use scaling_laws::{Approach3, Chinchilla, Flops, Inference, Level, LossModel, Method, Quantity, Runs};
/// # let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// # let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// # for i in 0..30 {
/// #     let (ln_n, ln_d) = (17.0 + f64::from(i % 5), 21.0 + f64::from(i / 5) + 0.2 * f64::from(i % 3));
/// #     n.push(ln_n.exp());
/// #     d.push(ln_d.exp());
/// #     l.push(law.at(ln_n, ln_d).loss * (0.004 * (7.0 * f64::from(i)).sin()).exp());
/// # }
/// # let runs = Runs::from_columns(&n, &d, &l)?;
/// let approach = Approach3::new();
/// let fit = approach.fit(&runs)?;
/// let inference = Inference::new(&approach, &runs, &fit).seed(1);
/// let size = inference.interval(&Quantity::OptimalParams(Flops::new(1e23)?), Level::default(), Method::default())?;
/// assert!(size.low < size.point && size.point < size.high);
/// // The bootstrap is not run again:
/// let alpha = inference.interval(&Quantity::coefficient("alpha"), Level::new(0.95)?, Method::Bca)?;
/// assert!(alpha.contains(0.35));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Inference<'a> {
    approach: &'a Approach3,
    runs: &'a Runs,
    fit: &'a Fit,
    coefficients: [f64; 5],
    drawing: Drawing,
    /// Without and with the covariance of each replicate.
    clouds: [OnceLock<Result<Cloud, InferError>>; 2],
    left_out: OnceLock<Result<Vec<Option<[f64; 5]>>, InferError>>,
    errors: OnceLock<Result<Vec<f64>, InferError>>,
    /// Robust to clusters, and H⁻¹.
    clustered: OnceLock<Result<Option<[Covariance; 2]>, InferError>>,
}

type Covariance = [[f64; 5]; 5];

impl<'a> Inference<'a> {
    /// For a fit, with the runs and options it was made with.
    pub fn new(approach: &'a Approach3, runs: &'a Runs, fit: &'a Fit) -> Self {
        Self {
            approach,
            runs,
            fit,
            coefficients: fit.law().coefficients(),
            drawing: Drawing::default(),
            clouds: Default::default(),
            left_out: OnceLock::new(),
            errors: OnceLock::new(),
            clustered: OnceLock::new(),
        }
    }

    /// Which runs move together.
    ///
    /// # Errors
    /// [`InferError::UnknownColumn`], [`InferError::ClusterLength`], [`InferError::TooFewClusters`].
    pub fn clusters(self, clusters: &Clusters) -> Result<Self, InferError> {
        let clusters = Some(clusters.of(self.runs.len(), Some(self.runs))?);
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
        Self { drawing, ..Self::new(self.approach, self.runs, self.fit) }
    }

    /// The replicates, drawn at the first call.
    ///
    /// # Errors
    /// [`InferError::Fit`] with those of [`Approach3::refits`].
    pub fn cloud(&self) -> Result<&Cloud, InferError> {
        self.cloud_with(false)
    }

    /// An interval for a quantity.
    ///
    /// # Errors
    /// [`InferError::UnknownCoefficient`] and [`InferError::NoValue`] for what the fitted law does not have;
    /// [`InferError::TooFewReplicates`] for tails that hold fewer than two of the replicates;
    /// [`InferError::NoFreedom`] for a fit through its runs; [`InferError::NoStandardError`] and [`InferError::Unsuited`] for
    /// methods that cannot answer; [`InferError::Fit`] with
    /// those of [`Approach3::refits`].
    pub fn interval(&self, quantity: &Quantity, level: Level, method: Method) -> Result<Interval, InferError> {
        let conventions = self.runs.conventions();
        quantity.check(&self.coefficients, conventions)?;
        let measure = |c: &[f64]| <&[f64; 5]>::try_from(c).map_or(f64::NAN, |c| quantity.measure(c, conventions));
        let asked = Asked {
            name: quantity.to_string(),
            measure: &measure,
            is_log: quantity.is_log(),
            is_new_run: matches!(quantity, Quantity::NewRun(..)),
        };
        evidence::interval(self, &asked, level, method)
    }

    /// What there is to doubt about every interval of these runs.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut doubts = self.drawing.doubts(self.fit.degrees_of_freedom());
        if self.drawing.clusters.is_none() {
            doubts.extend(dependent(self.fit.residuals(), 5, self.runs));
            if !matches!(self.drawing.plan(), Resampling::Pairs) {
                doubts.extend(unequal(self.fit.residuals(), self.runs));
            }
        }
        doubts.into_iter().map(Warning::Interval).collect()
    }

    fn cloud_with(&self, errors: bool) -> Result<&Cloud, InferError> {
        let slot = &self.clouds[usize::from(errors)];
        slot.get_or_init(|| self.draw(errors)).as_ref().map_err(Clone::clone)
    }

    fn draw(&self, with_errors: bool) -> Result<Cloud, InferError> {
        let Drawing { clusters, replicates: b, seed, .. } = &self.drawing;
        let plan = self.drawing.plan();
        let (replicates, covariances) = if with_errors {
            let groups = clusters.as_deref();
            let refits = self.approach.refits_with_covariance(self.runs, self.fit, &plan, (*b, *seed), groups)?;
            refits.into_iter().unzip()
        } else {
            (self.approach.refits(self.runs, self.fit, &plan, *b, *seed)?, Vec::new())
        };
        let (conventions, domain) = (self.fit.law().conventions(), self.fit.law().domain());
        let law = |[e, a, b, alpha, beta]: [f64; 5]| {
            Chinchilla::known(e, a, b, alpha, beta, domain).with_conventions(conventions)
        };
        let ended = |end: Termination| end.is_optimal();
        Ok(Cloud {
            unfinished: replicates.iter().filter(|r| !ended(r.termination)).count(),
            laws: replicates.iter().map(|r| law(r.coefficients)).collect(),
            covariances,
            drawing: self.drawing.clone(),
            freedom: self.fit.degrees_of_freedom(),
        })
    }
}

impl Evidence for Inference<'_> {
    fn drawing(&self) -> &Drawing {
        &self.drawing
    }

    fn freedom(&self) -> usize {
        self.fit.degrees_of_freedom()
    }

    fn fitted(&self) -> &[f64] {
        &self.coefficients
    }

    fn covariance(&self, visit: &mut dyn FnMut(Entry<'_>, Option<Entry<'_>>)) -> Result<(), InferError> {
        if self.fit.coefficients().iter().any(|c| c.standard_error.is_none()) {
            return Ok(());
        }
        if let Some(groups) = &self.drawing.clusters {
            let both = || self.approach.clustered_covariance(self.runs, self.fit, groups).map_err(InferError::from);
            if let Some([robust, model]) = self.clustered.get_or_init(both).as_ref().map_err(Clone::clone)? {
                visit(&|j, k| robust[j][k], Some(&|j, k| model[j][k]));
            }
        } else if let Some(covariance) = self.fit.covariance() {
            visit(&|j, k| covariance[j][k], None);
        }
        Ok(())
    }

    fn replicates(
        &self,
        covariances: bool,
        visit: &mut dyn FnMut(&[f64], Option<Entry<'_>>),
    ) -> Result<usize, InferError> {
        let cloud = self.cloud_with(covariances)?;
        for (place, law) in cloud.laws.iter().enumerate() {
            match cloud.covariances.get(place) {
                Some(Some(covariance)) => visit(&law.coefficients(), Some(&|j, k| covariance[j][k])),
                _ => visit(&law.coefficients(), None),
            }
        }
        Ok(cloud.unfinished)
    }

    fn left_out(&self, visit: &mut dyn FnMut(&[f64])) -> Result<(), InferError> {
        let all = || {
            let groups = self.drawing.groups(self.runs.len());
            self.approach.leave_out(self.runs, self.fit, &groups).map_err(InferError::from)
        };
        let left_out = self.left_out.get_or_init(all).as_ref().map_err(Clone::clone)?;
        left_out.iter().flatten().for_each(|c| visit(c));
        Ok(())
    }

    fn errors(&self) -> Result<&[f64], InferError> {
        let errors = || self.approach.errors(self.runs, self.fit).map_err(InferError::from);
        self.errors.get_or_init(errors).as_deref().map_err(Clone::clone)
    }

    fn profile(
        &self,
        measure: Measure<'_>,
        reach: (f64, f64, Option<f64>),
    ) -> Result<Option<[ProfileEnd; 2]>, InferError> {
        Ok(Some(self.approach.profile(self.runs, self.fit, measure, reach)?))
    }

    fn warnings(&self) -> Vec<Warning> {
        self.warnings()
    }
}
