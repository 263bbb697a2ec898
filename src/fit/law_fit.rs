use super::certificate::{Certificate, Termination};
use super::design;
use super::loss_function::{LossFunction, Residual};
use super::result::Coefficient;
use crate::error::FitError;
use crate::runs::Runs;
use crate::warning::Warning;

/// A fitted law of any family, with the evidence for it and the doubts about it.
#[derive(Debug, Clone, PartialEq)]
pub struct LawFit {
    pub(super) formula: String,
    pub(super) coefficients: Vec<Coefficient>,
    pub(super) covariance: Option<Vec<Vec<f64>>>,
    pub(super) loss: LossFunction,
    pub(super) residual: Residual,
    pub(super) scale: Option<f64>,
    pub(super) objective: f64,
    pub(super) residuals: Vec<f64>,
    /// Whether they are in units of known deviations.
    pub(super) in_sigma: bool,
    pub(super) degrees_of_freedom: usize,
    pub(super) termination: Termination,
    pub(super) certificate: Certificate,
    pub(super) warnings: Vec<Warning>,
}

impl LawFit {
    /// The law's formula, where it has one to print.
    pub fn formula(&self) -> &str {
        &self.formula
    }

    /// The coefficients in the law's order; no standard error for one that is fixed or on a bound.
    pub fn coefficients(&self) -> &[Coefficient] {
        &self.coefficients
    }

    /// One coefficient by name.
    ///
    /// # Errors
    /// [`FitError::UnknownCoefficient`] for a name that the law does not have.
    pub fn coefficient(&self, name: &str) -> Result<Coefficient, FitError> {
        self.coefficients.iter().copied().find(|c| c.name == name).ok_or_else(|| FitError::UnknownCoefficient {
            name: name.into(),
            known: self.coefficients.iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The estimates alone, in the order that [`Law::predict`](crate::Law::predict) takes.
    pub fn values(&self) -> Vec<f64> {
        self.coefficients.iter().map(|c| c.value).collect()
    }

    /// Covariance of the coefficients, row by row in the law's order; zero for one that is fixed or on a bound. `None`
    /// where the data give none.
    pub fn covariance(&self) -> Option<&[Vec<f64>]> {
        self.covariance.as_deref()
    }

    /// With the doubts about the table of runs, and where the law is one of N and D about their design.
    #[must_use]
    pub fn with_doubts_of(mut self, runs: &Runs, of_params_and_tokens: bool) -> Self {
        self.warnings.extend(runs.warnings().iter().cloned());
        if of_params_and_tokens && self.termination != Termination::Exact {
            self.warnings.extend(design::doubts(runs));
        }
        self
    }

    /// The loss that was minimised. Of [`LossFunction::HuberOfScale`] it is Huber's with the δ that was chosen.
    pub fn loss(&self) -> LossFunction {
        self.loss
    }

    /// Log or raw residuals.
    pub fn residual(&self) -> Residual {
        self.residual
    }

    /// The scale of noise that the loss estimated: s of Student's t, σ̂ of Huber's δ = k·σ̂.
    pub fn scale(&self) -> Option<f64> {
        self.scale
    }

    /// Σ ρ(r) and the priors; with Student's t n·ln s is in it.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Residuals in the order of the data, ln ŷ − ln y or ŷ − y; divided by σ where deviations were given.
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// Robust standard deviation of the residuals, 1.4826 times their median absolute value.
    pub fn residual_scale(&self) -> f64 {
        crate::math::quantile::robust_scale(&self.residuals)
    }

    /// Whether residuals, and their scale, are in units of the known deviations that were given as weights.
    pub fn in_sigma(&self) -> bool {
        self.in_sigma
    }

    /// Number of data.
    pub fn n_observations(&self) -> usize {
        self.residuals.len()
    }

    /// Data less free coefficients that are not on a bound.
    pub fn degrees_of_freedom(&self) -> usize {
        self.degrees_of_freedom
    }

    /// How the solver ended.
    pub fn termination(&self) -> Termination {
        self.termination
    }

    /// The evidence that this is the optimum. With given starts it is local as far as is known.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// max_j |∂F/∂θ_j| / Σ_i |∂F_i/∂θ_j|.
    pub fn scaled_gradient(&self) -> f64 {
        self.certificate.scaled_gradient
    }

    /// The doubts, most serious first.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
