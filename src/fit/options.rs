//! What a fitter was asked, checked and resolved.

use super::law_rows::Rows;
use super::loss_function::{Kernel, LossFunction, Residual};
use super::system::{Prior, Role, System};
use super::weights::{RowWeights, Weights};
use crate::error::FitError;
use crate::laws::Bound;

/// What a fitter was asked.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub residual: Residual,
    pub loss: LossFunction,
    pub weights: Weights,
    pub starts: Vec<Vec<f64>>,
    pub fixed: Vec<(String, f64)>,
    pub tied: Vec<(String, String)>,
    pub priors: Vec<(String, f64, f64)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            residual: Residual::default(),
            loss: LossFunction::Huber(1e-3),
            weights: Weights::Equal,
            starts: Vec::new(),
            fixed: Vec::new(),
            tied: Vec::new(),
            priors: Vec::new(),
        }
    }
}

/// What a fitter was asked, in terms of the law's coefficients.
pub(super) struct Resolved {
    pub roles: Vec<Role>,
    /// The coefficients that are searched, and their bounds.
    pub free: Vec<usize>,
    pub bounds: Vec<Bound>,
    pub priors: Vec<Prior>,
}

/// Error of a gradient, relative, from which it is called wrong.
const WRONG_GRADIENT: f64 = 1e-4;

impl Options {
    /// The role of each coefficient, and the coefficients that are searched.
    fn roles(&self, names: &[&'static str]) -> Result<(Vec<Role>, Vec<usize>), FitError> {
        let mut fixed: Vec<Option<f64>> = vec![None; names.len()];
        for (name, value) in &self.fixed {
            if !value.is_finite() {
                return Err(FitError::Option { option: "fix", value: *value, allowed: "finite" });
            }
            fixed[position(names, name)?] = Some(*value);
        }
        let mut tied: Vec<Option<usize>> = vec![None; names.len()];
        for (name, to) in &self.tied {
            let (from, to) = (position(names, name)?, position(names, to)?);
            if from == to || tied[to].is_some() || tied.contains(&Some(from)) {
                return Err(FitError::Option {
                    option: "tie",
                    value: from as f64,
                    allowed: "to a coefficient that is not tied itself",
                });
            }
            tied[from] = Some(to);
        }
        if let Some((name, value)) = self.fixed.iter().find(|(name, _)| self.tied.iter().any(|(tied, _)| tied == name))
        {
            let reason = format!("{name} = {value} is held and follows another coefficient");
            return Err(FitError::HeldAndTied { reason });
        }
        let free: Vec<usize> = (0..names.len()).filter(|&j| fixed[j].is_none() && tied[j].is_none()).collect();
        let role = |j: usize| match fixed[j] {
            Some(value) => Role::Fixed(value),
            None => Role::Free(free.iter().position(|&k| k == j).unwrap_or(0)),
        };
        Ok(((0..names.len()).map(|j| role(tied[j].unwrap_or(j))).collect(), free))
    }

    /// Checks what was asked and resolves it.
    pub(super) fn resolve(&self, rows: &dyn Rows, values: &[f64], weights: &RowWeights) -> Result<Resolved, FitError> {
        let names = rows.names();
        let (roles, free) = self.roles(names)?;
        self.check(rows, values, free.len(), weights)?;
        let all = rows.bounds();
        let bounds = free.iter().map(|&j| all.get(j).copied().unwrap_or(Bound::FREE)).collect();
        Ok(Resolved { roles, free, priors: self.resolve_priors(names)?, bounds })
    }

    /// The residuals and their slopes, of squares until a loss is known.
    pub(super) fn system<'s>(
        &'s self,
        rows: &'s dyn Rows,
        values: &'s [f64],
        weights: &'s RowWeights,
        resolved: &'s Resolved,
    ) -> System<'s> {
        System {
            rows,
            values,
            kernel: Kernel::Squares,
            residual: self.residual,
            weights,
            roles: &resolved.roles,
            priors: &resolved.priors,
            free: resolved.free.len(),
            pull: None,
        }
    }

    fn resolve_priors(&self, names: &[&'static str]) -> Result<Vec<Prior>, FitError> {
        self.priors
            .iter()
            .map(|(name, mean, deviation)| {
                if !(mean.is_finite() && deviation.is_finite() && *deviation > 0.0) {
                    let allowed = "a finite mean and a deviation above zero";
                    return Err(FitError::Option { option: "prior", value: *deviation, allowed });
                }
                Ok(Prior { coefficient: position(names, name)?, mean: *mean, deviation: *deviation })
            })
            .collect()
    }

    fn check(&self, rows: &dyn Rows, values: &[f64], free: usize, weights: &RowWeights) -> Result<(), FitError> {
        if let Some(scale) = self.loss.parameter().filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
            return Err(FitError::Option { option: "loss", value: scale, allowed: "of finite scale above zero" });
        }
        if rows.len() != values.len() {
            return Err(FitError::Data { row: 0, value: values.len() as f64, expected: "as many values as inputs" });
        }
        let positive = self.residual == Residual::Log;
        if let Some(row) = values.iter().position(|v| !v.is_finite() || positive && *v <= 0.0) {
            let expected = if positive { "a finite value above zero, for log residuals" } else { "a finite value" };
            return Err(FitError::Data { row: row + 1, value: values[row], expected });
        }
        let counting = weights.counting(values.len());
        if counting < free {
            return Err(FitError::TooFewRuns { needed: free, got: counting, better: 3 * free });
        }
        let count = rows.names().len();
        if let Some(start) = self.starts.iter().find(|start| start.len() != count) {
            let value = start.len() as f64;
            return Err(FitError::Option { option: "start (values)", value, allowed: "one for each coefficient" });
        }
        Ok(())
    }

    /// A wrong gradient makes every optimiser stop at the wrong place, so debug builds compare it with differences.
    pub(super) fn check_gradient(&self, rows: &dyn Rows, start: &[f64]) -> Result<(), FitError> {
        // Held coefficients may stand where the law has no slope in them, such as an exponent of zero.
        if !cfg!(debug_assertions) || !self.fixed.is_empty() {
            return Ok(());
        }
        let step = (rows.len() / 3).max(1);
        for row in (0..rows.len()).step_by(step) {
            let error = rows.gradient_error(start, row);
            if error > WRONG_GRADIENT {
                return Err(FitError::Gradient { error });
            }
        }
        Ok(())
    }
}

fn position(names: &[&'static str], name: &str) -> Result<usize, FitError> {
    names
        .iter()
        .position(|known| *known == name)
        .ok_or_else(|| FitError::UnknownCoefficient { name: name.into(), known: names.join(", ") })
}
