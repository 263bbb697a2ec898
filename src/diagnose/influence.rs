use super::sway::{Sway, fewest};
use crate::allocate::optimal_split;
use crate::error::{Error, FitError};
use crate::fit::{Approach3, Fit, Replicate};
use crate::laws::{Chinchilla, LossModel};
use crate::runs::Runs;
use crate::units::{Conventions, Flops, Params};

/// What each run does to a fit and to N_opt at a budget.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Influence {
    /// The budget that N_opt is asked at.
    pub budget: Flops,
    /// N_opt there with all runs.
    pub params: Params,
    /// One entry a run, in the order of the runs.
    pub runs: Vec<RunInfluence>,
    /// The factor that [`sway`](Self::sway) was to exceed.
    pub factor: f64,
    /// Most runs that were tried together.
    pub most: usize,
    /// The fewest runs that were found whose removal moves N_opt by more than the factor. `None`: none were found among
    /// `most` runs. The search is greedy, so another set of as many or fewer may exist; that this one does it is a true refit,
    /// from no start, and so is that none of its runs can be spared.
    pub sway: Option<Sway>,
}

/// One run's pull.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RunInfluence {
    /// Row of the run, from zero.
    pub row: usize,
    /// Distance from a law that outliers do not bend, in its scale of noise: see [`Fit::outliers`].
    pub robust_z: f64,
    /// What leaving the run out adds to E, A, B, α, β; `None` where the others cannot determine the law.
    pub change: Option<[f64; 5]>,
    /// What leaving it out adds to ln N_opt; `None` also where the law without it has no optimum.
    pub change_ln_params: Option<f64>,
    /// (Δ ln N_opt)²/Var(ln N_opt), after Cook (1977); `None` without a standard error.
    pub distance: Option<f64>,
}

/// The influence of each run on a fit of Approach 3 and on N_opt at a budget, by true refits without it.
///
/// `factor` is how far N_opt must move, up or down, for a set of at most `most` runs to be named.
///
/// ```
/// use scaling_laws::{influence, Approach3, Chinchilla, Flops, LossModel, Runs};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..30 {
///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 6), 20.0 + 1.4 * f64::from(i / 6));
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(truth.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let fit = Approach3::new().fit(&runs)?;
/// let found = influence(&runs, &fit, Flops::new(1e23)?, 3.0, 2)?;
/// assert_eq!(found.runs.len(), 30);
/// assert!(found.sway.is_none()); // no two of these runs move N_opt threefold
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::Data`] for a fit of other runs, [`FitError::OtherRuns`] for one with weights,
/// [`FitError::Option`] unless the factor is above 1, and the errors of [`optimal_split`].
pub fn influence(runs: &Runs, fit: &Fit, budget: Flops, factor: f64, most: usize) -> Result<Influence, Error> {
    super::same_runs(runs, fit)?;
    if !(factor.is_finite() && factor > 1.0) {
        return Err(FitError::Option { option: "factor", value: factor, allowed: "finite and above 1" }.into());
    }
    let (params, _) = optimal_split(fit.law(), budget)?;
    let z = &fit.outliers().z;
    let here = fit.law().coefficients();
    let error = fit.ln_optimal_params_standard_error(budget).filter(|error| *error > 0.0);
    let found: Vec<RunInfluence> = without_each(runs, fit)?
        .into_iter()
        .enumerate()
        .map(|(row, refit)| {
            let coefficients = refit.map(|refit| refit.coefficients);
            let change_ln_params = coefficients
                .and_then(|c| optimum(c, fit.law().conventions(), budget))
                .map(|moved| (moved / params).ln());
            RunInfluence {
                row,
                robust_z: z.get(row).copied().unwrap_or(0.0),
                change: coefficients.map(|c| std::array::from_fn(|j| c[j] - here[j])),
                change_ln_params,
                distance: change_ln_params.zip(error).map(|(change, error)| (change / error).powi(2)),
            }
        })
        .collect();
    let pulls: Vec<Option<f64>> = found.iter().map(|run| run.change_ln_params).collect();
    let sway = fewest(runs, fit, budget, params, &pulls, (factor, most));
    Ok(Influence { budget, params, runs: found, factor, most, sway })
}

/// The refit without each run.
fn without_each(runs: &Runs, fit: &Fit) -> Result<Vec<Option<Replicate>>, FitError> {
    let sets: Vec<Vec<usize>> = (0..runs.len()).map(|row| vec![row]).collect();
    Approach3::new().delta(fit.delta()).refits_without(runs, fit, &sets)
}

/// N_opt of coefficients; `None` where they are no law or have no optimum.
pub(super) fn optimum([e, a, b, alpha, beta]: [f64; 5], conventions: Conventions, budget: Flops) -> Option<Params> {
    let law = Chinchilla::new(e, a, b, alpha, beta).ok()?.with_conventions(conventions);
    optimal_split(&law, budget).ok().map(|(params, _)| params)
}
