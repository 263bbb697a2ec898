use super::certificate::{Basin, Certificate, Termination};
use super::covariance::{sandwich, scaled_spectrum, to_natural};
use super::doubt::Evidence;
use super::floor::floor_range;
use super::objective::Objective;
use super::points::{Points, Theta};
use super::polish::{Bounds, Polished, polish};
use super::result::{Coefficient, Fit};
use super::{design, search, solve};
use crate::error::FitError;
use crate::laws::{Chinchilla, ChinchillaForm};
use crate::runs::Runs;

/// Hoffmann's Approach 3: the Chinchilla form fitted to the losses of finished runs.
///
/// Minimises the **sum** over runs of Huber(δ) of ln L̂ − ln L (Hoffmann 2022, equation 3). The search is a map over the
/// exponents by robust variable projection; the best basins are polished by a damped Newton method on the exact
/// objective within E, A, B ≥ 0; the [`Certificate`] says how far the result can be trusted to be the optimum.
///
/// | Option | Default | Meaning | Range |
/// |---|---|---|---|
/// | [`delta`](Self::delta) | 1e-3 | Huber threshold δ in log-loss (the published value) | above 0 |
/// | [`start`](Self::start) | none | follow one start instead of searching; the certificate is then local | any law |
/// | [`exponents`](Self::exponents) | 0.001 to 8 | allowed α and β | 0 < least < greatest |
///
/// ```
/// use scaling_laws::{allocate, Approach3, Chinchilla, Flops, LossModel, Params, Run, Runs, Tokens};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let mut runs = Vec::new();
/// for n in [1e8, 3e8, 1e9, 3e9] {
///     for d in [2e9, 1e10, 5e10] {
///         let (params, tokens) = (Params::new(n)?, Tokens::new(d)?);
///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)? });
///     }
/// }
/// let fit = Approach3::new().fit(&runs.into_iter().collect::<Runs>())?;
/// assert!(fit.certificate().certified);
/// assert!((fit.coefficient("alpha")?.value - 0.35).abs() < 1e-9);
/// let split = allocate(fit.law(), Flops::new(1e22)?)?;
/// assert!(split.tokens_per_param() > 1.0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Approach3 {
    delta: f64,
    start: Option<Chinchilla>,
    exponents: (f64, f64),
    /// Newton iterations of one polish. Tests lower it to break the solver on purpose.
    iterations: usize,
    /// Whether the second solver may help a stalled polish.
    rescue: bool,
}

impl Default for Approach3 {
    fn default() -> Self {
        Self { delta: 1e-3, start: None, exponents: (1e-3, 8.0), iterations: 200, rescue: true }
    }
}

/// Ends within this relative distance of the best objective agree with it.
const AGREE: f64 = 1e-9;
/// Ends this much apart, relative, in every coefficient of the solver are distinct basins.
const DISTINCT: f64 = 1e-4;
/// Starts of the map that are polished: the first number over the points, within the others. Small sets have more local
/// minima; up to 60 runs get the most.
const STARTS: (usize, usize, usize) = (3_840, 8, 64);
/// Basins polished on all points when the map and first polish used a part of them.
const FINALISTS: usize = 4;

impl Approach3 {
    /// The published procedure's loss with a search of our own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Huber threshold in log-loss.
    pub fn delta(self, delta: f64) -> Self {
        Self { delta, ..self }
    }

    /// Follows one start instead of searching.
    pub fn start(self, law: Chinchilla) -> Self {
        Self { start: Some(law), ..self }
    }

    /// Allowed range of both exponents.
    pub fn exponents(self, least: f64, greatest: f64) -> Self {
        Self { exponents: (least, greatest), ..self }
    }

    /// Fits the form to runs.
    ///
    /// # Errors
    /// [`FitError::Option`] for options out of range; [`FitError::TooFewRuns`], [`FitError::TooFewDistinct`],
    /// [`FitError::ConstantLoss`] and [`FitError::Lockstep`] for runs that cannot determine the form;
    /// [`FitError::NoFiniteStart`] where the losses are beyond what numbers can hold.
    pub fn fit(&self, runs: &Runs) -> Result<Fit, FitError> {
        self.check_options()?;
        design::check(runs)?;
        let points = Points::new(runs);
        let objective = Objective { points: &points, delta: self.delta };
        let bounds = Bounds::new(self.exponents);
        let mut ends = match &self.start {
            Some(law) => vec![polish(objective, &bounds, &points.centred(&law.coefficients()), self.iterations)],
            None => self.polish_map(objective, &bounds),
        };
        ends.retain(|end| end.local.value.is_finite() && end.theta.iter().all(|v| v.is_finite()));
        ends.sort_by(|one, two| one.local.value.total_cmp(&two.local.value));
        let starts = ends.len();
        if let Some(rescued) = ends.first().and_then(|best| self.rescue(objective, &bounds, best)) {
            ends.insert(0, rescued);
        }
        let Some(best) = ends.first().copied() else {
            let (least, greatest) = runs.losses().iter().fold((f64::MAX, 0.0f64), |(a, b), l| (a.min(*l), b.max(*l)));
            return Err(FitError::NoFiniteStart { least, greatest });
        };
        self.conclude(runs, objective, &bounds, best, &ends, starts)
    }

    fn check_options(&self) -> Result<(), FitError> {
        let refuse = |option, value, allowed| Err(FitError::Option { option, value, allowed });
        if !(self.delta.is_finite() && self.delta > 0.0) {
            return refuse("delta", self.delta, "finite and above zero");
        }
        let (least, greatest) = self.exponents;
        if !(least.is_finite() && least > 0.0) {
            return refuse("exponents (least)", least, "finite and above zero");
        }
        if !(greatest.is_finite() && greatest > least) {
            return refuse("exponents (greatest)", greatest, "finite and above the least");
        }
        Ok(())
    }

    /// Polishes the starts of the map; with very many runs on a part of them first.
    fn polish_map(&self, objective: Objective<'_>, bounds: &Bounds) -> Vec<Polished> {
        let (work, fewest, most) = STARTS;
        let thin = objective.points.thinned(search::MAP_POINTS);
        let on_thin = Objective { points: &thin, ..objective };
        let count = (work / thin.len().max(1)).clamp(fewest, most);
        let starts = search::starts(&thin, self.delta, count);
        let mut ends: Vec<Polished> =
            starts.iter().map(|start| polish(on_thin, bounds, start, self.iterations)).collect();
        if thin.len() < objective.points.len() {
            ends.sort_by(|one, two| one.local.value.total_cmp(&two.local.value));
            ends.truncate(FINALISTS);
            ends = ends.iter().map(|end| polish(objective, bounds, &end.theta, self.iterations)).collect();
        }
        ends
    }

    /// A second, different solver for a polish that did not reach a stationary point.
    fn rescue(&self, objective: Objective<'_>, bounds: &Bounds, best: &Polished) -> Option<Polished> {
        if !self.rescue || best.termination.is_optimal() {
            return None;
        }
        let found = solve::quasi_newton(objective, bounds, &best.theta)?;
        let again = polish(objective, bounds, &found, self.iterations);
        (again.local.value < best.local.value || again.termination.is_optimal()).then_some(again)
    }

    fn conclude(
        &self,
        runs: &Runs,
        objective: Objective<'_>,
        bounds: &Bounds,
        best: Polished,
        ends: &[Polished],
        starts: usize,
    ) -> Result<Fit, FitError> {
        let points = objective.points;
        let natural = points.natural(&best.theta);
        let [e, a, b, alpha, beta] = natural;
        let law =
            Chinchilla::new(e, a, b, alpha, beta)?.with_conventions(runs.conventions()).with_domain(runs.domain());

        // In the solver's order, as the sums below want them.
        let sorted_residuals = objective.residuals(&best.theta);
        let jacobian = objective.jacobian(&best.theta);
        let certificate = self.certify(points, &jacobian, bounds, &best, ends, starts);
        let inner = sandwich(&sorted_residuals, &jacobian, self.delta, &best.free);
        let covariance = inner.as_ref().map(|c| to_natural(c, &best.theta, &natural, points.centre));
        let error = |j: usize| covariance.as_ref().filter(|_| self.has_error(&best, j)).map(|c| c[j][j].sqrt());
        let mut coefficients: [Coefficient; 5] = std::array::from_fn(|j| Coefficient {
            name: ChinchillaForm::NAMES[j],
            value: natural[j],
            standard_error: error(j).filter(|e| e.is_finite()),
        });

        let mut exponent_a = exponent_a(&natural, covariance.as_ref(), &coefficients);
        let mut residuals = vec![0.0; points.len()];
        for (row, residual) in points.rows.iter().zip(sorted_residuals) {
            residuals[*row] = residual;
        }
        let design = design::warnings(runs);
        let bound_pairs = std::array::from_fn(|j| (bounds.least[j], bounds.greatest[j]));
        let mut warnings = Evidence {
            runs,
            residuals: &residuals,
            coefficients: &coefficients,
            exponent_a,
            covariance: inner.as_ref(),
            bounds: &bound_pairs,
            certificate: &certificate,
            termination: best.termination,
            objective: best.local.value,
            floor: floor_range(objective, bounds, &best, &residuals),
            delta: self.delta,
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
            law,
            exponent_a,
            coefficients,
            covariance,
            objective: best.local.value,
            delta: self.delta,
            residuals,
            termination: best.termination,
            certificate,
            warnings,
        })
    }

    /// A coefficient on a bound has no standard error, nor has the exponent of a term that is zero.
    fn has_error(&self, best: &Polished, j: usize) -> bool {
        let term = match j {
            1 | 3 => 1,
            2 | 4 => 2,
            _ => 0,
        };
        best.free[j] && best.free[term]
    }

    fn certify(
        &self,
        points: &Points,
        jacobian: &[Theta],
        bounds: &Bounds,
        best: &Polished,
        ends: &[Polished],
        starts: usize,
    ) -> Certificate {
        let value = best.local.value;
        let floor = 1e-24 * points.len() as f64;
        let agrees = |end: &&Polished| end.local.value <= value * (1.0 + AGREE) + floor;
        let (smallest_curvature, _) = scaled_spectrum(&best.local.hessian, &best.free);
        let gram = gauss_newton(jacobian);
        let (_, condition_number) = scaled_spectrum(&gram, &best.free);
        let mut certificate = Certificate {
            scaled_gradient: best.local.scaled_gradient(&best.free),
            smallest_curvature,
            condition_number,
            starts,
            starts_agreeing: ends.iter().filter(agrees).count().min(starts),
            global: self.start.is_none(),
            unseen_share: None,
            at_bound: (0..5)
                .filter(|&j| best.theta[j] <= bounds.least[j] || best.theta[j] >= bounds.greatest[j])
                .map(|j| ChinchillaForm::NAMES[j])
                .collect(),
            basins: basins(points, ends),
            certified: false,
        };
        certificate.certified = certificate.reason(best.termination).is_none();
        certificate
    }
}

/// Σ J·Jᵀ over the runs: the design's own curvature, whatever the residuals.
fn gauss_newton(jacobian: &[Theta]) -> [Theta; 5] {
    let mut gram = [[0.0; 5]; 5];
    for row in jacobian {
        for j in 0..5 {
            for k in 0..5 {
                gram[j][k] += row[j] * row[k];
            }
        }
    }
    gram
}

/// Distinct stationary ends, best first.
fn basins(points: &Points, ends: &[Polished]) -> Vec<Basin> {
    const KEPT: usize = 8;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::LossModel;

    fn noisy_runs() -> Runs {
        let law = Chinchilla::known(1.8, 480.0, 2000.0, 0.35, 0.37, Default::default());
        let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
        for i in 0..6 {
            for j in 0..5 {
                let (ln_n, ln_d) = (16.0 + 1.3 * f64::from(i), 20.0 + 1.4 * f64::from(j));
                n.push(ln_n.exp());
                d.push(ln_d.exp());
                l.push(law.at(ln_n, ln_d).loss * (0.004 * (f64::from(7 * i + 3 * j)).sin()).exp());
            }
        }
        Runs::from_columns(&n, &d, &l).unwrap()
    }

    #[test]
    fn a_broken_solver_says_that_it_is_broken() {
        let broken = Approach3 { iterations: 1, rescue: false, ..Approach3::new() };
        let fit = broken.fit(&noisy_runs()).unwrap();
        assert_eq!(fit.termination(), Termination::IterationLimit);
        assert!(!fit.certificate().certified && fit.certificate().scaled_gradient > 1e-10);
        assert_eq!(fit.warnings()[0].code(), "not-certified");
    }

    #[test]
    fn the_second_solver_mends_a_polish_cut_short() {
        let runs = noisy_runs();
        let sound = Approach3::new().fit(&runs).unwrap();
        let lame = Approach3 { iterations: 3, ..Approach3::new() }.fit(&runs).unwrap();
        let alone = Approach3 { iterations: 3, rescue: false, ..Approach3::new() }.fit(&runs).unwrap();
        assert!(sound.certificate().certified);
        assert!(lame.objective() < sound.objective() * 1.0001, "{} {}", lame.objective(), sound.objective());
        assert!(lame.objective() <= alone.objective());
    }

    #[test]
    fn a_given_start_is_certified_as_local_only() {
        let runs = noisy_runs();
        let sound = Approach3::new().fit(&runs).unwrap();
        let start = Chinchilla::new(1.7, 400.0, 400.0, 0.34, 0.28).unwrap();
        let local = Approach3::new().start(start).fit(&runs).unwrap();
        assert!((local.objective() / sound.objective() - 1.0).abs() < 1e-9);
        assert!(!local.certificate().global && !local.certificate().certified);
    }
}
