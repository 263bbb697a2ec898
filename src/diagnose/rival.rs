//! Other laws that fit the same runs as well.

use super::seeds;
use crate::allocate::optimal_split;
use crate::error::FitError;
use crate::fit::{Fit, Fitter, LawFit, LossFunction};
use crate::laws::{
    KaplanFloor, KaplanFloorForm, Law, LossModel, OuterExponent, OuterExponentForm, TiedExponents, TiedExponentsForm,
};
use crate::runs::Runs;
use crate::units::{Flops, Params, Tokens};

/// Standard errors of the difference within which two laws fit as well.
const WITHIN: f64 = 2.0;

/// Another law beside the Chinchilla form, fitted to the same runs with the same loss.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RivalLaw {
    /// Its formula.
    pub formula: String,
    /// Names and values of its coefficients.
    pub coefficients: Vec<(&'static str, f64)>,
    /// Its sum of Huber losses less the Chinchilla form's; below zero where it fits better.
    pub excess: f64,
    /// Standard error of that difference, √Σd² with d the runs' own differences (after Vuong 1989).
    pub excess_error: f64,
    /// Its N_opt at the budget, where it has one.
    pub params: Option<Params>,
    /// Whether it fits as well or better: the excess is below two of its standard errors.
    pub fits_as_well: bool,
}

impl RivalLaw {
    /// Whether it fits better by more than two standard errors. On the runs it was fitted to: a law with more
    /// coefficients fits no worse, whether or not they mean anything.
    pub fn fits_better(&self) -> bool {
        self.excess < -WITHIN * self.excess_error
    }
}

/// One exponent for both terms, Kaplan's joint law with a floor, and the form under a free outer exponent, each followed
/// from the Chinchilla optimum. A law that leaves no degrees of freedom is not among them, and none where this one leaves none.
pub(super) fn rivals(runs: &Runs, fit: &Fit, budget: Flops) -> Vec<RivalLaw> {
    if fit.degrees_of_freedom() == 0 {
        return Vec::new();
    }
    let here = fit.law().coefficients();
    let conventions = fit.law().conventions();
    let split = |law: &dyn LossModel| optimal_split(law, budget).ok().map(|(params, _)| params);
    let rival = |formula: &str, found: Result<LawFit, FitError>, law: &dyn Fn(&[f64]) -> Option<Params>| {
        // Through as many runs as it has coefficients any law passes.
        let found = found.ok().filter(|found| found.degrees_of_freedom() > 0)?;
        let (excess, excess_error) = difference(fit, &found)?;
        let coefficients = found.coefficients().iter().map(|c| (c.name, c.value)).collect();
        let fits_as_well = excess <= WITHIN * excess_error;
        let params = law(&found.values());
        Some(RivalLaw { formula: formula.into(), coefficients, excess, excess_error, params, fits_as_well })
    };
    let tied = followed(&TiedExponentsForm, runs, fit, &seeds::tied(here, runs));
    let kaplan = followed(&KaplanFloorForm, runs, fit, &seeds::kaplan(here, runs, &[1.0, 0.5]));
    let outer = followed(&OuterExponentForm, runs, fit, &seeds::outer(here));
    [
        rival(TiedExponents::FORMULA, tied, &|c| {
            split(&TiedExponents::new(c.try_into().ok()?).ok()?.with_conventions(conventions))
        }),
        rival(KaplanFloor::FORMULA, kaplan, &|c| {
            split(&KaplanFloor::new(c.try_into().ok()?).ok()?.with_conventions(conventions))
        }),
        rival(OuterExponent::FORMULA, outer, &|c| {
            split(&OuterExponent::new(c.try_into().ok()?).ok()?.with_conventions(conventions))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn followed<L: Law<Input = (Params, Tokens)>>(
    law: &L,
    runs: &Runs,
    fit: &Fit,
    starts: &[Vec<f64>],
) -> Result<LawFit, FitError> {
    let fitter = Fitter::new(law).loss(LossFunction::Huber(fit.delta()));
    starts.iter().fold(fitter, |fitter, start| fitter.start(start)).fit_runs(runs)
}

/// Difference of the objectives and its standard error.
fn difference(fit: &Fit, rival: &LawFit) -> Option<(f64, f64)> {
    let huber = |r: f64| {
        let size = r.abs().min(fit.delta());
        size * (r.abs() - 0.5 * size)
    };
    let terms = rival.residuals().iter().zip(fit.residuals()).map(|(there, here)| huber(*there) - huber(*here));
    let (sum, squares) = terms.fold((0.0, 0.0), |(sum, squares), d| (sum + d, squares + d * d));
    (sum.is_finite() && squares.is_finite()).then(|| (sum, squares.sqrt()))
}
