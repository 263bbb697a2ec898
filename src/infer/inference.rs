use std::sync::OnceLock;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::bootstrap::{basic, bca, percentile, studentized, widened};
use super::cloud::Cloud;
use super::clusters::{Clusters, by_size, count};
use super::interval::Interval;
use super::level::Level;
use super::method::Method;
use super::quantity::Quantity;
use super::scatter::unequal;
use crate::error::InferError;
use crate::fit::{Approach3, Fit, ProfileEnd, Resampling, Termination};
use crate::laws::{Chinchilla, LossModel};
use crate::math::distribution::f_upper_tail;
use crate::math::quantile::quantile;
use crate::math::student::student_quantile;
use crate::runs::Runs;
use crate::warning::{IntervalDoubt, Warning};

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
    clusters: Option<Vec<usize>>,
    plan: Option<Resampling>,
    replicates: usize,
    seed: u64,
    /// Without and with the covariance of each replicate.
    clouds: [OnceLock<Result<Cloud, InferError>>; 2],
    left_out: OnceLock<Result<Vec<Option<[f64; 5]>>, InferError>>,
    errors: OnceLock<Result<Vec<f64>, InferError>>,
}

/// Clusters, and degrees of freedom, from which the default was seen to cover; see docs/uncertainty.md.
const ENOUGH_CLUSTERS: usize = 6;
const ENOUGH_FREEDOM: usize = 8;
/// Share of replicates without an answer that is worth a warning.
const FAILED: f64 = 0.01;
/// Errors drawn beside each replicate for a new run, so that its tails rest on more than the replicates.
const ERRORS_EACH: usize = 8;
/// Level of the test for runs of one size that move together.
const DEPENDENT: f64 = 1e-3;

impl<'a> Inference<'a> {
    /// For a fit, with the runs and options it was made with.
    pub fn new(approach: &'a Approach3, runs: &'a Runs, fit: &'a Fit) -> Self {
        Self {
            approach,
            runs,
            fit,
            clusters: None,
            plan: None,
            replicates: 1000,
            seed: 0,
            clouds: Default::default(),
            left_out: OnceLock::new(),
            errors: OnceLock::new(),
        }
    }

    /// Which runs move together.
    ///
    /// # Errors
    /// [`InferError::UnknownColumn`], [`InferError::ClusterLength`], [`InferError::TooFewClusters`].
    pub fn clusters(self, clusters: &Clusters) -> Result<Self, InferError> {
        Ok(Self { clusters: Some(clusters.of(self.runs)?), ..self.afresh() })
    }

    /// How replicates are drawn, instead of by the default.
    pub fn resampling(self, plan: Resampling) -> Self {
        Self { plan: Some(plan), ..self.afresh() }
    }

    /// How many replicates.
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self.afresh() }
    }

    /// The seed of the replicates.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self.afresh() }
    }

    fn afresh(self) -> Self {
        Self { clouds: Default::default(), left_out: OnceLock::new(), errors: OnceLock::new(), ..self }
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
    /// [`InferError::NoStandardError`] and [`InferError::Unsuited`] for methods that cannot answer; [`InferError::Fit`] with
    /// those of [`Approach3::refits`].
    pub fn interval(&self, quantity: &Quantity, level: Level, method: Method) -> Result<Interval, InferError> {
        let point = quantity.check(&self.fit.law().coefficients(), self.runs.conventions())?;
        let is_new_run = matches!(quantity, Quantity::NewRun(..));
        let refuse = |reason| Err(InferError::Unsuited { method: method.name(), reason });
        if is_new_run && !matches!(method, Method::Percentile | Method::Delta) {
            return refuse("does not add the scatter of a new run");
        }
        if self.clusters.is_some() && matches!(method, Method::Delta | Method::Profile | Method::Studentized) {
            return refuse("takes runs as independent and knows no clusters");
        }
        let mut warnings = self.warnings();
        let mut interval = match method {
            Method::Delta => self.delta(quantity, point, level)?,
            Method::Profile => self.profile(quantity, level, &mut warnings)?,
            _ => self.by_replicates(quantity, point, level, method)?,
        };
        let Ends { low, high, .. } = &mut interval;
        // Mirrored or shifted ends may cross rounding, never each other.
        if *high < *low {
            std::mem::swap(low, high);
        }
        let Ends { low, high, replicates, failed } = interval;
        if failed as f64 > FAILED * (replicates + failed) as f64 {
            warnings.push(Warning::Interval(IntervalDoubt::FailedRefits { failed, of: replicates + failed }));
        }
        Ok(Interval {
            quantity: quantity.to_string(),
            point: quantity.unscaled(point),
            low: quantity.unscaled(low),
            high: quantity.unscaled(high),
            level,
            method,
            resampling: if method.resamples() || is_new_run { self.plan_name() } else { "" },
            replicates,
            failed,
            warnings,
        })
    }

    /// What there is to doubt about every interval of these runs.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut doubts = Vec::new();
        let freedom = self.fit.degrees_of_freedom();
        if freedom < ENOUGH_FREEDOM {
            doubts.push(IntervalDoubt::FewDegreesOfFreedom { freedom, enough: ENOUGH_FREEDOM });
        }
        match &self.clusters {
            Some(labels) if count(labels) < ENOUGH_CLUSTERS => {
                doubts.push(IntervalDoubt::FewClusters { clusters: count(labels), enough: ENOUGH_CLUSTERS });
            }
            Some(_) => {}
            None => {
                doubts.extend(self.dependence());
                if !matches!(self.plan(), Resampling::Pairs) {
                    doubts.extend(unequal(self.fit, self.runs));
                }
            }
        }
        doubts.into_iter().map(Warning::Interval).collect()
    }

    /// An analysis of variance of the residuals, clipped at four robust deviations, between the sizes.
    fn dependence(&self) -> Option<IntervalDoubt> {
        let labels = by_size(self.runs);
        let (groups, n) = (count(&labels), labels.len());
        let freedom = n.checked_sub(groups + 5).filter(|freedom| *freedom > 0 && groups > 1)?;
        let limit = 4.0 * self.fit.residual_scale();
        let (mut sums, mut sizes, mut squares) = (vec![0.0; groups], vec![0.0; groups], 0.0);
        for (residual, group) in self.fit.residuals().iter().zip(&labels) {
            let r = residual.clamp(-limit, limit);
            sums[*group] += r;
            sizes[*group] += 1.0;
            squares += r * r;
        }
        let between: f64 = sums.iter().zip(&sizes).map(|(sum, size)| sum * sum / size).sum();
        let within = squares - between;
        let f = between / groups as f64 / (within / freedom as f64);
        let p_value = f_upper_tail(f, groups as f64, freedom as f64);
        (within > 0.0 && p_value < DEPENDENT).then_some(IntervalDoubt::Dependent { groups, p_value })
    }

    fn cloud_with(&self, errors: bool) -> Result<&Cloud, InferError> {
        let slot = &self.clouds[usize::from(errors)];
        slot.get_or_init(|| self.draw(errors)).as_ref().map_err(Clone::clone)
    }

    fn draw(&self, with_errors: bool) -> Result<Cloud, InferError> {
        let (plan, b, seed) = (self.plan(), self.replicates, self.seed);
        let (replicates, covariances) = if with_errors {
            self.approach.refits_with_covariance(self.runs, self.fit, &plan, b, seed)?.into_iter().unzip()
        } else {
            (self.approach.refits(self.runs, self.fit, &plan, b, seed)?, Vec::new())
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
            resampling: self.plan_name(),
        })
    }

    fn plan(&self) -> Resampling {
        match (&self.plan, &self.clusters) {
            (Some(plan), None) => plan.clone(),
            (Some(Resampling::Pairs | Resampling::Clusters(_)), Some(labels)) => Resampling::Clusters(labels.clone()),
            (_, Some(labels)) => Resampling::WildClusters(labels.clone()),
            (None, None) => Resampling::Wild,
        }
    }

    fn plan_name(&self) -> &'static str {
        match self.plan() {
            Resampling::Pairs => "pairs",
            Resampling::Clusters(_) => "clusters",
            Resampling::Residuals => "residuals",
            Resampling::Wild => "wild",
            Resampling::WildClusters(_) => "wild clusters",
            Resampling::Parametric { .. } => "parametric",
        }
    }

    fn by_replicates(&self, quantity: &Quantity, point: f64, level: Level, method: Method) -> Result<Ends, InferError> {
        let mut tail = level.tail();
        // Plans that keep the design draw errors of the size that the fit leaves, with its degrees of freedom; a draw of pairs
        // has fewer different runs and is wide enough.
        match (&self.clusters, self.plan()) {
            (Some(labels), _) => tail = widened(tail, count(labels) as f64 - 1.0),
            (None, Resampling::Pairs | Resampling::Clusters(_)) => {}
            (None, _) => tail = widened(tail, self.fit.degrees_of_freedom() as f64),
        }
        let cloud = self.cloud_with(method == Method::Studentized)?;
        let conventions = self.runs.conventions();
        let measure = |law: &Chinchilla| quantity.measure(&law.coefficients(), conventions);
        let error = self.standard_error(quantity);
        let mut values: Vec<f64> = match (method, error) {
            (Method::Studentized, None) => {
                return Err(InferError::NoStandardError { quantity: quantity.to_string(), method: method.name() });
            }
            (Method::Studentized, _) => (cloud.laws.iter().zip(&cloud.covariances))
                .map(|(law, covariance)| {
                    let own = covariance.as_ref().and_then(|c| self.spread(quantity, &law.coefficients(), c));
                    own.map_or(f64::NAN, |own| (measure(law) - point) / own)
                })
                .collect(),
            _ => cloud.laws.iter().map(measure).collect(),
        };
        values.retain(|value| value.is_finite());
        let (replicates, failed) = (values.len(), cloud.laws.len() - values.len());
        let needed = level.least_replicates();
        if replicates < needed {
            return Err(InferError::TooFewReplicates { replicates, level: level.get(), needed });
        }
        let (low, high) = match method {
            Method::Basic => basic(values, point, tail),
            Method::Bca => bca(values, point, &self.left_out(quantity)?, tail),
            Method::Studentized => studentized(values, point, error.unwrap_or(0.0), tail),
            _ if matches!(quantity, Quantity::NewRun(..)) => percentile(self.with_errors(&values)?, tail),
            _ => percentile(values, tail),
        };
        Ok(Ends { low, high, replicates, failed: failed.max(cloud.unfinished) })
    }

    /// ln L of a new run under each replicate: the mean less an error drawn from those of the fit.
    fn with_errors(&self, means: &[f64]) -> Result<Vec<f64>, InferError> {
        let errors = self.errors()?;
        // A stream that no replicate draws from.
        let mut stream = ChaCha8Rng::seed_from_u64(self.seed);
        stream.set_stream(u64::MAX);
        let drawn = |mean: &f64, stream: &mut ChaCha8Rng| -> Vec<f64> {
            let mut one = || ((u128::from(stream.next_u64()) * errors.len() as u128) >> 64) as usize;
            (0..ERRORS_EACH).map(|_| mean - errors.get(one()).copied().unwrap_or(0.0)).collect()
        };
        Ok(means.iter().flat_map(|mean| drawn(mean, &mut stream)).collect())
    }

    fn errors(&self) -> Result<&Vec<f64>, InferError> {
        let errors = || self.approach.errors(self.runs, self.fit).map_err(InferError::from);
        self.errors.get_or_init(errors).as_ref().map_err(Clone::clone)
    }

    /// The quantity without each run, or cluster, in turn.
    fn left_out(&self, quantity: &Quantity) -> Result<Vec<f64>, InferError> {
        let all = || {
            let each_run = || (0..self.runs.len()).collect();
            let groups: Vec<usize> = self.clusters.clone().unwrap_or_else(each_run);
            self.approach.leave_out(self.runs, self.fit, &groups).map_err(InferError::from)
        };
        let left_out = self.left_out.get_or_init(all).as_ref().map_err(Clone::clone)?;
        let measure = |c: &[f64; 5]| quantity.measure(c, self.runs.conventions());
        Ok(left_out.iter().flatten().map(measure).filter(|v| v.is_finite()).collect())
    }

    fn delta(&self, quantity: &Quantity, point: f64, level: Level) -> Result<Ends, InferError> {
        let missing = || InferError::NoStandardError { quantity: quantity.to_string(), method: Method::Delta.name() };
        let error = self.standard_error(quantity).ok_or_else(missing)?;
        let t = student_quantile(1.0 - level.tail(), (self.fit.degrees_of_freedom() as f64).max(1.0));
        let mut half = t * error;
        if matches!(quantity, Quantity::NewRun(..)) {
            let mut sizes: Vec<f64> = self.errors()?.iter().map(|e| e.abs()).collect();
            half = half.hypot(quantile(&mut sizes, level.get()));
        }
        Ok(Ends { low: point - half, high: point + half, replicates: 0, failed: 0 })
    }

    /// By first order from the fit's covariance.
    fn standard_error(&self, quantity: &Quantity) -> Option<f64> {
        if self.fit.coefficients().iter().any(|c| c.standard_error.is_none()) {
            return None;
        }
        self.spread(quantity, &self.fit.law().coefficients(), self.fit.covariance()?)
    }

    fn spread(&self, quantity: &Quantity, c: &[f64; 5], covariance: &[[f64; 5]; 5]) -> Option<f64> {
        let at = |j: usize, step: f64| {
            let mut there = *c;
            there[j] += step;
            quantity.measure(&there, self.runs.conventions())
        };
        let slopes: [f64; 5] = std::array::from_fn(|j| {
            let step = 1e-6 * c[j].abs().max(1e-6);
            (at(j, step) - at(j, -step)) / (2.0 * step)
        });
        let variance: f64 = (0..5).map(|j| (0..5).map(|k| slopes[j] * covariance[j][k] * slopes[k]).sum::<f64>()).sum();
        (variance.is_finite() && variance > 0.0).then(|| variance.sqrt())
    }

    fn profile(&self, quantity: &Quantity, level: Level, warnings: &mut Vec<Warning>) -> Result<Ends, InferError> {
        let conventions = self.runs.conventions();
        let measure = |c: &[f64; 5]| quantity.measure(c, conventions);
        let point = measure(&self.fit.law().coefficients());
        let t = student_quantile(1.0 - level.tail(), (self.fit.degrees_of_freedom() as f64).max(1.0));
        // Only the first step is taken by it.
        let scale = self.standard_error(quantity).unwrap_or(0.02 * point.abs().max(0.1));
        let mut end = |found: ProfileEnd, side: &'static str, open: f64| match found {
            ProfileEnd::At(q) | ProfileEnd::Limit(q) => q,
            ProfileEnd::Open => {
                warnings.push(Warning::Interval(IntervalDoubt::Open { quantity: quantity.to_string(), side }));
                open
            }
        };
        let [low, high] = self.approach.profile(self.runs, self.fit, &measure, scale, t)?;
        let (low, high) = (end(low, "below", f64::NEG_INFINITY), end(high, "above", f64::INFINITY));
        Ok(Ends { low, high, replicates: 0, failed: 0 })
    }
}

/// In the scale of the quantity.
struct Ends {
    low: f64,
    high: f64,
    replicates: usize,
    failed: usize,
}
