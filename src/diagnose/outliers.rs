use crate::error::FitError;
use crate::fit::{Approach3, Fit, Fitter, LossFunction, Termination};
use crate::laws::{ChinchillaForm, Law};
use crate::math::distribution::student_upper_tail;
use crate::runs::Runs;
use crate::units::{Params, Tokens};

/// Degrees of freedom of the noise that is granted: tails far heavier than the normal's.
const FREEDOM: f64 = 4.0;
/// Runs that such noise would throw as far, among all of them, below which a run is an outlier.
const EXPECTED: f64 = 0.1;
/// Runs from which a far one can be told from five coefficients that bend to the others.
const FEWEST: usize = 15;
/// Share of the runs that the concentrated start rests on.
const CORE: f64 = 0.75;
/// Rounds of concentration.
const ROUNDS: usize = 4;

/// Each run's distance from a law that outliers do not bend.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outliers {
    /// (ln L̂ − ln L)/s of each run about the Student-t fit, s its scale times √(n/(n−5)).
    pub z: Vec<f64>,
    /// The scale s, in ln L.
    pub scale: f64,
    /// |z| from which a run is an outlier; `None` where nothing can be told: fewer than 15 runs, or runs without scatter.
    pub limit: Option<f64>,
    /// The outliers' rows, from zero, farthest first.
    pub rows: Vec<usize>,
}

/// The runs that lie farther from the law than heavy-tailed noise throws them.
///
/// Residuals of the fit itself do not tell: Huber's loss limits a far run's pull, yet several bend the law towards
/// themselves and hide one another. So z is taken about a fit by the likelihood of Student's t with four degrees of freedom,
/// whose pull falls again with the distance, started from this fit and from one concentrated on the three quarters of the
/// runs nearest to it (after Rousseeuw and Van Driessen 2006). A run is an outlier where among n runs with noise as
/// heavy-tailed as that fewer than a tenth of a run would be expected as far out:
///
/// ```text
/// n·P(|T₄| > |z|) < 0.1
/// ```
///
/// With such noise one table in ten names a run; with normal noise practically none does. Fewer than 15 runs name none: five
/// coefficients bend too far to them. To name them drops nothing:
/// [`without_outliers`] fits without them beside the fit with them.
///
/// ```
/// use scaling_laws::{outliers, Approach3, Chinchilla, LossModel, Runs};
/// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..30 {
///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 6), 20.0 + 1.4 * f64::from(i / 6));
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(law.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// l[4] *= 1.1; // a run that diverged and recovered
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let fit = Approach3::new().fit(&runs)?;
/// assert_eq!(outliers(&runs, &fit)?.rows, [4]);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::Data`] for a fit of other runs; those of [`Fitter::fit_runs`].
pub fn outliers(runs: &Runs, fit: &Fit) -> Result<Outliers, FitError> {
    super::same_runs(runs, fit)?;
    let none = || Outliers { z: vec![0.0; runs.len()], scale: 0.0, limit: None, rows: Vec::new() };
    if fit.termination() == Termination::Exact || runs.len() < FEWEST {
        return Ok(none());
    }
    let starts = [Some(fit.law().coefficients()), concentrated(runs, fit)];
    let fitter = Fitter::new(&ChinchillaForm).loss(LossFunction::StudentT(FREEDOM));
    let fitter = starts.iter().flatten().fold(fitter, |fitter, start| fitter.start(start));
    let robust = fitter.fit_runs(runs)?;
    let (n, free) = (runs.len() as f64, 5.0);
    let scale = robust.scale().unwrap_or(0.0) * (n / (n - free).max(1.0)).sqrt();
    if !(scale > 0.0) {
        // More than half of the runs lie on one law to the last bits: there is no scatter to judge the others by.
        return Ok(none());
    }
    let z: Vec<f64> = robust.residuals().iter().map(|r| r / scale).collect();
    let expected = |z: f64| 2.0 * n * student_upper_tail(z.abs(), FREEDOM);
    let mut rows: Vec<usize> = (0..z.len()).filter(|&row| expected(z[row]) < EXPECTED).collect();
    rows.sort_by(|&one, &two| z[two].abs().total_cmp(&z[one].abs()));
    Ok(Outliers { scale, limit: Some(limit(n)), rows, z })
}

/// |z| that fewer than [`EXPECTED`] of n runs exceed.
fn limit(n: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if 2.0 * n * student_upper_tail(middle, FREEDOM) < EXPECTED { high = middle } else { low = middle }
    }
    high
}

/// Coefficients of a fit to the runs nearest to it, drawn anew about each such fit.
fn concentrated(runs: &Runs, fit: &Fit) -> Option<[f64; 5]> {
    let keep = ((CORE * runs.len() as f64).ceil() as usize).max(10).min(runs.len());
    let approach = Approach3::new().delta(fit.delta());
    let inputs: Vec<(Params, Tokens)> = runs.iter().map(|run| (run.params, run.tokens)).collect();
    let mut sizes: Vec<f64> = fit.residuals().iter().map(|r| r.abs()).collect();
    let mut law = None;
    for _ in 0..ROUNDS {
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by(|&one, &two| sizes[one].total_cmp(&sizes[two]));
        order.truncate(keep);
        order.sort_unstable();
        let coefficients = approach.fit(&runs.select(&order)).ok()?.law().coefficients();
        let mut gradient = [0.0; 5];
        for ((size, input), loss) in sizes.iter_mut().zip(&inputs).zip(runs.losses()) {
            *size = (ChinchillaForm.predict(&coefficients, input, &mut gradient) / loss).ln().abs();
        }
        law = Some(coefficients);
    }
    law
}

/// The fit without its outliers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithoutOutliers {
    /// Rows that were left out, farthest first.
    pub rows: Vec<usize>,
    /// The fit of the others.
    pub fit: Fit,
}

/// What the outliers do to a fit: the other runs, fitted afresh. `None` where there are none.
///
/// # Errors
/// As [`outliers`] and [`Approach3::fit`], for runs that say too little without them.
pub fn without_outliers(runs: &Runs, fit: &Fit) -> Result<Option<WithoutOutliers>, FitError> {
    let rows = outliers(runs, fit)?.rows;
    if rows.is_empty() {
        return Ok(None);
    }
    let fit = Approach3::new().delta(fit.delta()).fit(&runs.without(&rows))?;
    Ok(Some(WithoutOutliers { rows, fit }))
}
