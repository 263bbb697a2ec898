//! From the ends of the search to a fit: the certificate, standard errors, doubts.

use super::certificate::{AGREE, Basin, Certificate, DISTINCT, KEPT, Termination};
use super::covariance::{Optimum, residuals_and_gram, scaled_spectrum, to_natural};
use super::design::{self, Survey};
use super::doubt::Evidence;
use super::floor::floor_range;
use super::noise::Scatter;
use super::objective::Objective;
use super::outliers::{Outliers, outliers};
use super::points::{Points, Theta};
use super::polish::{Bounds, Polished, polish};
use super::result::{Coefficient, Fit};
use crate::error::FitError;
use crate::laws::{Chinchilla, ChinchillaForm, LossModel};
use crate::runs::Runs;
use crate::warning::MovedOptimum;

/// What a search found.
pub(super) struct Ends<'a> {
    pub runs: &'a Runs,
    pub objective: Objective<'a>,
    pub bounds: &'a Bounds,
    pub survey: &'a Survey,
    /// Best first.
    pub ends: &'a [Polished],
    /// Starts that were polished.
    pub starts: usize,
    /// Whether the exponents were mapped.
    pub global: bool,
}

impl Ends<'_> {
    pub fn conclude(&self) -> Result<Fit, FitError> {
        let (runs, objective, bounds) = (self.runs, self.objective, self.bounds);
        let Some(best) = self.ends.first() else {
            let (least, greatest) = runs.losses().iter().fold((f64::MAX, 0.0f64), |(a, b), l| (a.min(*l), b.max(*l)));
            return Err(FitError::NoFiniteStart { least, greatest });
        };
        let points = objective.points;
        let natural = points.natural(&best.theta);
        let [e, a, b, alpha, beta] = natural;
        let law =
            Chinchilla::new(e, a, b, alpha, beta)?.with_conventions(runs.conventions()).with_domain(runs.domain());

        let (standardised, gram) = residuals_and_gram(objective, &best.theta);
        let scatter = Scatter::new(points, &standardised, objective.delta);
        let certificate = self.certify(&gram, best);
        let (theta, free) = (&best.theta, &best.free);
        let inner = Optimum { objective, theta, free, residuals: &standardised, scatter: &scatter }.covariance();
        let covariance = inner.as_ref().map(|c| to_natural(c, &best.theta, &natural, points.centre));
        let error = |j: usize| covariance.as_ref().filter(|_| has_error(best, j)).map(|c| c[j][j].sqrt());
        let mut coefficients: [Coefficient; 5] = std::array::from_fn(|j| Coefficient {
            name: ChinchillaForm::NAMES[j],
            value: natural[j],
            standard_error: error(j).filter(|e| e.is_finite()),
        });

        let (outliers, robust) = if self.global && best.termination != Termination::Exact {
            outliers(objective, bounds, &best.theta, &standardised, runs.len())
        } else {
            (Outliers::none(runs.len()), None)
        };
        let mut exponent_a = exponent_a(&natural, covariance.as_ref(), &coefficients);
        let design = design::warnings(runs, points, self.survey);
        let bound_pairs = std::array::from_fn(|j| (bounds.least[j], bounds.greatest[j]));
        let mut warnings = Evidence {
            runs,
            points,
            residuals: &standardised,
            scatter: &scatter,
            coefficients: &coefficients,
            exponent_a,
            covariance: inner.as_ref(),
            bounds: &bound_pairs,
            certificate: &certificate,
            termination: best.termination,
            objective: best.local.value,
            floor: floor_range(objective, bounds, best, &standardised, &scatter),
            delta: objective.delta,
            outliers: &outliers,
            moved: robust.and_then(|robust| self.moved(&law, &outliers, [robust, best.theta])),
            design: &design,
        }
        .warnings();
        warnings.extend(design);
        // With E on its bound they are conditional on E = 0 and far too small.
        if best.theta[0] <= 0.0 && best.termination != Termination::Exact {
            coefficients.iter_mut().chain([&mut exponent_a]).for_each(|c| c.standard_error = None);
        }
        warnings.extend(runs.warnings().iter().cloned());

        Ok(Fit {
            residuals: self.residuals_by_row(&law, standardised),
            outliers,
            law,
            exponent_a,
            coefficients,
            covariance,
            objective: best.local.value,
            delta: objective.delta,
            observations: points.meaning.observations,
            termination: best.termination,
            certificate,
            warnings,
        })
    }

    /// What N_opt is with the outliers and without them, at ten times the largest run.
    fn moved(&self, law: &Chinchilla, outliers: &Outliers, starts: [Theta; 2]) -> Option<MovedOptimum> {
        let Objective { points, delta } = self.objective;
        if outliers.rows.is_empty() {
            return None;
        }
        let budget = self.runs.usual_budget().ok()?;
        let rest = points.keeping(|i| !outliers.rows.contains(&(points.rows[i] as usize)));
        let rest = Objective { points: &rest, delta };
        let ends = starts.iter().map(|start| polish(rest, self.bounds, start, 200));
        let end = ends.min_by(|one, two| one.local.value.total_cmp(&two.local.value))?;
        let [e, a, b, alpha, beta] = points.natural(&end.theta);
        let without = Chinchilla::new(e, a, b, alpha, beta).ok()?;
        let ln_product = law.conventions().compute.ln_product(budget).ok()?;
        let params =
            |law: &Chinchilla| law.ln_optimal_params(ln_product).map(f64::exp).filter(|params| params.is_finite());
        Some(MovedOptimum::new(budget.get(), params(law)?, params(&without)?))
    }

    /// ln L̂ − ln L by row; rows that the fit left out have one too.
    fn residuals_by_row(&self, law: &Chinchilla, standardised: Vec<f64>) -> Vec<f64> {
        let (runs, points) = (self.runs, self.objective.points);
        let mut residuals = vec![0.0; runs.len()];
        if points.len() < runs.len() {
            let rows = residuals.iter_mut().zip(runs.params()).zip(runs.tokens()).zip(runs.losses());
            for (((residual, n), d), l) in rows {
                *residual = law.at(n.ln(), d.ln()).loss.ln() - l.ln();
            }
        }
        for ((row, residual), scale) in points.rows.iter().zip(standardised).zip(&points.scale) {
            residuals[*row as usize] = residual * scale;
        }
        residuals
    }

    fn certify(&self, gram: &[Theta; 5], best: &Polished) -> Certificate {
        let (points, bounds, value) = (self.objective.points, self.bounds, best.local.value);
        let floor = 1e-24 * points.total_weight();
        let agrees = |end: &&Polished| end.local.value <= value * (1.0 + AGREE) + floor;
        let (smallest_curvature, _) = scaled_spectrum(&best.local.hessian, &best.free);
        let (_, condition_number) = scaled_spectrum(gram, &best.free);
        let mut certificate = Certificate {
            scaled_gradient: best.local.scaled_gradient(&best.free),
            smallest_curvature,
            condition_number,
            starts: self.starts,
            starts_agreeing: self.ends.iter().filter(agrees).count().min(self.starts),
            global: self.global,
            unseen_share: None,
            at_bound: (0..5)
                .filter(|&j| best.theta[j] <= bounds.least[j] || best.theta[j] >= bounds.greatest[j])
                .map(|j| ChinchillaForm::NAMES[j])
                .collect(),
            basins: basins(points, self.ends),
            certified: false,
        };
        certificate.certified = certificate.reason(best.termination).is_none();
        certificate
    }
}

/// A coefficient on a bound has no standard error, nor has the exponent of a term that is zero.
fn has_error(best: &Polished, j: usize) -> bool {
    let term = match j {
        1 | 3 => 1,
        2 | 4 => 2,
        _ => 0,
    };
    best.free[j] && best.free[term]
}

/// Distinct stationary ends, best first.
fn basins(points: &Points, ends: &[Polished]) -> Vec<Basin> {
    let mut found: Vec<(Theta, Basin)> = Vec::new();
    for end in ends.iter().filter(|end| end.termination.is_optimal()) {
        let same =
            |theta: &Theta| (0..5).all(|j| (theta[j] - end.theta[j]).abs() <= DISTINCT * theta[j].abs().max(1e-3));
        if let Some((_, basin)) = found.iter_mut().find(|(theta, _)| same(theta)) {
            basin.starts += 1;
        } else if found.len() < KEPT {
            let coefficients = points.natural(&end.theta).to_vec();
            found.push((end.theta, Basin { objective: end.local.value, coefficients, starts: 1 }));
        }
    }
    found.into_iter().map(|(_, basin)| basin).collect()
}

/// a = β/(α+β) and its delta-method standard error.
fn exponent_a(natural: &Theta, covariance: Option<&[Theta; 5]>, coefficients: &[Coefficient; 5]) -> Coefficient {
    let [.., alpha, beta] = *natural;
    let sum = alpha + beta;
    let (by_alpha, by_beta) = (-beta / (sum * sum), alpha / (sum * sum));
    let known = coefficients[3].standard_error.is_some() && coefficients[4].standard_error.is_some();
    let standard_error = covariance.filter(|_| known).map(|c| {
        (by_alpha * by_alpha * c[3][3] + 2.0 * by_alpha * by_beta * c[3][4] + by_beta * by_beta * c[4][4])
            .max(0.0)
            .sqrt()
    });
    Coefficient { name: "a", value: beta / sum, standard_error }
}
