use super::bootstrap::{basic, percentile};
use super::interval::Interval;
use super::level::Level;
use super::method::Method;
use crate::error::InferError;
use crate::fit::{LawFit, LawReplicate};
use crate::math::student::student_quantile;
use crate::warning::{IntervalDoubt, Warning};

/// An interval for any number that follows from the coefficients of any fitted law.
///
/// `value` is the number, given the coefficients in the law's order; take the logarithm in it of what is above zero and wide,
/// unless the method is percentile, which is the same in any scale. Methods: percentile and basic of `replicates`, as
/// [`Fitter::refits`](crate::Fitter::refits) makes them, and delta, which needs none.
///
/// ```
/// use scaling_laws::laws::M1Form;
/// use scaling_laws::{Fitter, Level, LossFunction, Method, Resampling, law_interval};
/// let sizes: Vec<f64> = (0..20).map(|i| 1e3 * 1.6f64.powi(i)).collect();
/// let errors: Vec<f64> = (0..20).map(|i| 0.01 * (7.3 * f64::from(i)).sin() * sizes[i as usize].powf(-0.3)).collect();
/// let losses: Vec<f64> = sizes.iter().zip(&errors).map(|(n, e)| 2.0 * n.powf(-0.3) + e).collect();
/// let fitter = Fitter::new(&M1Form).loss(LossFunction::LeastSquares);
/// let fit = fitter.fit(&sizes, &losses)?;
/// let replicates = fitter.refits(&sizes, &losses, &fit, &Resampling::Wild, 400, 1)?;
/// // The size at which the law says 0.05:
/// let size = |c: &[f64]| (0.05 / c[0]).powf(1.0 / c[1]);
/// let interval = law_interval(&fit, &replicates, "N for 0.05", Level::default(), Method::Percentile, size)?;
/// assert!(interval.low < interval.point && interval.point < interval.high);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`InferError::NoValue`] where the fitted law has no such number, [`InferError::TooFewReplicates`] for tails that hold fewer
/// than two replicates, [`InferError::NoStandardError`] for delta where the fit gives no covariance,
/// [`InferError::Unsuited`] for another method.
pub fn law_interval(
    fit: &LawFit,
    replicates: &[LawReplicate],
    quantity: &str,
    level: Level,
    method: Method,
    value: impl Fn(&[f64]) -> f64,
) -> Result<Interval, InferError> {
    let fitted = fit.values();
    let point = value(&fitted);
    if !point.is_finite() {
        let reason = "the function gives no finite number".into();
        return Err(InferError::NoValue { quantity: quantity.into(), reason });
    }
    let mut warnings = Vec::new();
    let (low, high, used, failed) = match method {
        Method::Delta => {
            let error = standard_error(fit, &fitted, &value)
                .ok_or(InferError::NoStandardError { quantity: quantity.into(), method: method.name() })?;
            let half = student_quantile(1.0 - level.tail(), (fit.degrees_of_freedom() as f64).max(1.0)) * error;
            (point - half, point + half, 0, 0)
        }
        Method::Percentile | Method::Basic => {
            let values: Vec<f64> =
                replicates.iter().map(|r| value(&r.coefficients)).filter(|v| v.is_finite()).collect();
            let needed = level.least_replicates();
            if values.len() < needed {
                return Err(InferError::TooFewReplicates { replicates: values.len(), level: level.get(), needed });
            }
            let unfinished = replicates.iter().filter(|r| !r.termination.is_optimal()).count();
            let (used, failed) = (values.len(), (replicates.len() - values.len()).max(unfinished));
            if failed * 100 > replicates.len() {
                warnings.push(Warning::Interval(IntervalDoubt::FailedRefits { failed, of: replicates.len() }));
            }
            let (low, high) = match method {
                Method::Basic => basic(values, point, level.tail()),
                _ => percentile(values, level.tail()),
            };
            (low, high, used, failed)
        }
        _ => {
            return Err(InferError::Unsuited { method: method.name(), reason: "is made for fits of Approach3" });
        }
    };
    Ok(Interval {
        quantity: quantity.into(),
        point,
        low,
        high,
        level,
        method,
        resampling: if method.resamples() { "given" } else { "" },
        replicates: used,
        failed,
        warnings,
    })
}

fn standard_error(fit: &LawFit, fitted: &[f64], value: &impl Fn(&[f64]) -> f64) -> Option<f64> {
    let covariance = fit.covariance()?;
    let at = |j: usize, step: f64| {
        let mut there = fitted.to_vec();
        there[j] += step;
        value(&there)
    };
    let slopes: Vec<f64> = (0..fitted.len())
        .map(|j| {
            let step = 1e-6 * fitted[j].abs().max(1e-6);
            (at(j, step) - at(j, -step)) / (2.0 * step)
        })
        .collect();
    let variance: f64 = covariance
        .iter()
        .zip(&slopes)
        .map(|(row, slope)| slope * row.iter().zip(&slopes).map(|(c, other)| c * other).sum::<f64>())
        .sum();
    (variance.is_finite() && variance > 0.0).then(|| variance.sqrt())
}
