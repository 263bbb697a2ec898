//! From what a fit and its replicates say about a number to an interval: the same for every law.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use super::bootstrap::{basic, bca, percentile, studentized};
use super::drawing::Drawing;
use super::interval::Interval;
use super::level::Level;
use super::method::Method;
use crate::error::InferError;
use crate::fit::ProfileEnd;
use crate::math::quantile::quantile;
use crate::warning::{IntervalDoubt, Warning};

/// Share of replicates without an answer that is worth a warning.
const FAILED: f64 = 0.01;
/// Errors drawn beside each replicate for a new run, so that its tails rest on more than the replicates.
const ERRORS_EACH: usize = 8;

/// A number that follows from the coefficients; not a finite one where the law has none.
pub(super) type Measure<'m> = &'m (dyn Fn(&[f64]) -> f64 + Sync);

/// A covariance of the coefficients, by place.
pub(super) type Entry<'c> = &'c dyn Fn(usize, usize) -> f64;

/// What is asked.
pub(super) struct Asked<'q> {
    pub name: String,
    /// In the scale in which the interval is taken.
    pub measure: Measure<'q>,
    /// Whether that scale is logarithmic.
    pub is_log: bool,
    /// Whether the scatter of one run is added to it.
    pub is_new_run: bool,
}

impl Asked<'_> {
    fn unscaled(&self, value: f64) -> f64 {
        if self.is_log { value.exp() } else { value }
    }

    /// Its standard error by first order.
    fn spread(&self, c: &[f64], covariance: Entry<'_>) -> Option<f64> {
        let variance = self.variance(c, covariance);
        (variance.is_finite() && variance > 0.0).then(|| variance.sqrt())
    }

    fn variance(&self, c: &[f64], covariance: Entry<'_>) -> f64 {
        let at = |j: usize, step: f64| {
            let mut there = c.to_vec();
            there[j] += step;
            (self.measure)(&there)
        };
        // A coefficient that is held does not move the quantity, even where that has no value beside it.
        let moving: Vec<usize> = (0..c.len()).filter(|&j| covariance(j, j) != 0.0).collect();
        let slope = |&j: &usize| {
            let step = 1e-6 * c[j].abs().max(1e-6);
            (at(j, step) - at(j, -step)) / (2.0 * step)
        };
        let slopes: Vec<f64> = moving.iter().map(slope).collect();
        let row = |(j, slope): (&usize, &f64)| {
            slope * moving.iter().zip(&slopes).map(|(k, other)| covariance(*j, *k) * other).sum::<f64>()
        };
        moving.iter().zip(&slopes).map(row).sum()
    }
}

/// In the scale of the quantity.
struct Ends {
    low: f64,
    high: f64,
    replicates: usize,
    failed: usize,
}

/// A fit with its data, and its replicates once they are drawn.
pub(super) trait Evidence {
    fn drawing(&self) -> &Drawing;
    /// Observations less free coefficients.
    fn freedom(&self) -> usize;
    /// The coefficients of the fit.
    fn fitted(&self) -> &[f64];
    /// Visits the covariance of the fit and, under clusters, H⁻¹ beside it; `None` where there is none, or not of the
    /// coefficients that the quantity may need.
    fn covariance(&self, visit: &mut dyn FnMut(Entry<'_>, Option<Entry<'_>>)) -> Result<(), InferError>;
    /// Visits every replicate with its own covariance, if that is asked for. Gives how many did not end at an optimum.
    fn replicates(
        &self,
        covariances: bool,
        visit: &mut dyn FnMut(&[f64], Option<Entry<'_>>),
    ) -> Result<usize, InferError>;
    /// Visits the coefficients without each datum, or cluster, in turn.
    fn left_out(&self, visit: &mut dyn FnMut(&[f64])) -> Result<(), InferError>;
    /// Errors of one datum.
    fn errors(&self) -> Result<&[f64], InferError>;
    /// The ends of the profile within t standard errors; about one of them is given, and what stands for τ.
    fn profile(
        &self,
        measure: Measure<'_>,
        reach: (f64, f64, Option<f64>),
    ) -> Result<Option<[ProfileEnd; 2]>, InferError>;
    /// What there is to doubt about every interval.
    fn warnings(&self) -> Vec<Warning>;
}

/// The one call behind every interval.
pub(super) fn interval(
    evidence: &impl Evidence,
    asked: &Asked<'_>,
    level: Level,
    method: Method,
) -> Result<Interval, InferError> {
    if asked.is_new_run && !matches!(method, Method::Percentile | Method::Delta) {
        let reason = "does not add the scatter of a new run";
        return Err(InferError::Unsuited { method: method.name(), reason });
    }
    if evidence.freedom() == 0 && !has_covariance(evidence)? {
        return Err(InferError::NoFreedom { quantity: asked.name.clone() });
    }
    let point = (asked.measure)(evidence.fitted());
    let mut warnings = evidence.warnings();
    let Ends { mut low, mut high, replicates, failed } = match method {
        Method::Delta => delta(evidence, asked, point, level)?,
        Method::Profile => profile(evidence, asked, point, level, &mut warnings)?,
        _ => by_replicates(evidence, asked, point, level, method)?,
    };
    // Mirrored or shifted ends may cross rounding, never each other.
    if high < low {
        std::mem::swap(&mut low, &mut high);
    }
    if failed as f64 > FAILED * (replicates + failed) as f64 {
        warnings.push(Warning::Interval(IntervalDoubt::FailedRefits { failed, of: replicates + failed }));
    }
    Ok(Interval {
        quantity: asked.name.clone(),
        point: asked.unscaled(point),
        low: asked.unscaled(low),
        high: asked.unscaled(high),
        level,
        method,
        resampling: if method.resamples() || asked.is_new_run { evidence.drawing().name() } else { "" },
        replicates,
        failed,
        warnings,
    })
}

/// Whether errors are known: without degrees of freedom where those of the data were given.
fn has_covariance(evidence: &impl Evidence) -> Result<bool, InferError> {
    let mut has = false;
    evidence.covariance(&mut |_, _| has = true)?;
    Ok(has)
}

fn by_replicates(
    evidence: &impl Evidence,
    asked: &Asked<'_>,
    point: f64,
    level: Level,
    method: Method,
) -> Result<Ends, InferError> {
    let tail = evidence.drawing().tail(level, evidence.freedom());
    let in_errors = method == Method::Studentized;
    let error = if in_errors { own_error(evidence, asked, method)?.0 } else { 0.0 };
    let mut all = Vec::new();
    let unfinished = evidence.replicates(in_errors, &mut |c, covariance| {
        let value = (asked.measure)(c);
        let own = covariance.and_then(|covariance| asked.spread(c, covariance)).unwrap_or(f64::NAN);
        all.push(if in_errors { (value - point) / own } else { value });
    })?;
    let asked_for = all.len();
    let values: Vec<f64> = all.into_iter().filter(|value| value.is_finite()).collect();
    let (replicates, failed) = (values.len(), asked_for - values.len());
    let needed = level.least_replicates();
    if replicates < needed {
        return Err(InferError::TooFewReplicates { replicates, level: level.get(), needed });
    }
    let (low, high) = match method {
        Method::Basic => basic(values, point, tail),
        Method::Bca => bca(values, point, &left_out(evidence, asked)?, tail),
        Method::Studentized => studentized(values, point, error, tail),
        _ if asked.is_new_run => percentile(with_errors(evidence, &values)?, tail),
        _ => percentile(values, tail),
    };
    Ok(Ends { low, high, replicates, failed: failed.max(unfinished) })
}

/// A new run under each replicate: the mean less an error drawn from those of the fit.
fn with_errors(evidence: &impl Evidence, means: &[f64]) -> Result<Vec<f64>, InferError> {
    let errors = evidence.errors()?;
    // A stream that no replicate draws from.
    let mut stream = ChaCha8Rng::seed_from_u64(evidence.drawing().seed);
    stream.set_stream(u64::MAX);
    let drawn = |mean: &f64| -> Vec<f64> {
        let mut one = || ((u128::from(stream.next_u64()) * errors.len() as u128) >> 64) as usize;
        (0..ERRORS_EACH).map(|_| mean - errors.get(one()).copied().unwrap_or(0.0)).collect()
    };
    Ok(means.iter().flat_map(drawn).collect())
}

fn left_out(evidence: &impl Evidence, asked: &Asked<'_>) -> Result<Vec<f64>, InferError> {
    let mut values = Vec::new();
    evidence.left_out(&mut |c| values.push((asked.measure)(c)))?;
    values.retain(|v: &f64| v.is_finite());
    Ok(values)
}

/// The standard error, and the ratio of its square to what H⁻¹ alone gives: the τ by which the profile of the objective has
/// the curvature of a likelihood with that variance.
fn own_error(evidence: &impl Evidence, asked: &Asked<'_>, method: Method) -> Result<(f64, Option<f64>), InferError> {
    let mut found = None;
    evidence.covariance(&mut |covariance, model| {
        let c = evidence.fitted();
        found = asked.spread(c, covariance).map(|error| {
            let of_model = model.map(|model| asked.variance(c, model));
            (error, of_model.map(|of_model| error * error / of_model).filter(|ratio| ratio.is_finite() && *ratio > 0.0))
        });
    })?;
    found.ok_or_else(|| InferError::NoStandardError { quantity: asked.name.clone(), method: method.name() })
}

fn delta(evidence: &impl Evidence, asked: &Asked<'_>, point: f64, level: Level) -> Result<Ends, InferError> {
    let (error, _) = own_error(evidence, asked, Method::Delta)?;
    let mut half = evidence.drawing().t(level, evidence.freedom()) * error;
    if asked.is_new_run {
        let mut sizes: Vec<f64> = evidence.errors()?.iter().map(|e| e.abs()).collect();
        half = half.hypot(quantile(&mut sizes, level.get()));
    }
    Ok(Ends { low: point - half, high: point + half, replicates: 0, failed: 0 })
}

fn profile(
    evidence: &impl Evidence,
    asked: &Asked<'_>,
    point: f64,
    level: Level,
    warnings: &mut Vec<Warning>,
) -> Result<Ends, InferError> {
    let t = evidence.drawing().t(level, evidence.freedom());
    let missing = || InferError::NoStandardError { quantity: asked.name.clone(), method: Method::Profile.name() };
    let (scale, ratio) = match own_error(evidence, asked, Method::Profile) {
        Ok((_, None)) if evidence.drawing().clusters.is_some() => return Err(missing()),
        Ok(found) => found,
        Err(error) if evidence.drawing().clusters.is_some() => return Err(error),
        // Only the first step is taken by it.
        Err(_) => (0.02 * point.abs().max(0.1), None),
    };
    let mut end = |found: ProfileEnd, side: &'static str, open: f64| match found {
        ProfileEnd::At(q) | ProfileEnd::Limit(q) => q,
        ProfileEnd::Open => {
            warnings.push(Warning::Interval(IntervalDoubt::Open { quantity: asked.name.clone(), side }));
            open
        }
    };
    let [low, high] = evidence.profile(asked.measure, (scale, t, ratio))?.ok_or_else(missing)?;
    let (low, high) = (end(low, "below", f64::NEG_INFINITY), end(high, "above", f64::INFINITY));
    Ok(Ends { low, high, replicates: 0, failed: 0 })
}
