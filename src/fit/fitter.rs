use nalgebra::{DMatrix, DVector};

use super::certificate::Termination;
use super::levenberg::{End, solve};
use super::loss_function::{LossFunction, Residual};
use super::noise::smoothing;
use super::result::Coefficient;
use super::system::{Prior, Role, System};
use crate::error::FitError;
use crate::laws::{Bound, Law};

/// Fits any [`Law`] to inputs and observed values.
///
/// | Option | Default | Meaning |
/// |---|---|---|
/// | [`residual`](Self::residual) | [`Residual::Log`] | log or raw differences |
/// | [`loss`](Self::loss) | Huber(1e-3) | what a residual costs |
/// | [`start`](Self::start) | required | a point to start from; give several, the best end counts |
/// | [`fix`](Self::fix) | none | holds a coefficient at a value |
/// | [`tie`](Self::tie) | none | makes one coefficient equal to another |
/// | [`prior`](Self::prior) | none | adds ½((θ−mean)/deviation)² to the objective |
///
/// # Example: a law that the crate does not know
/// ```
/// use scaling_laws::{Bound, Fitter, Law, LossFunction, Residual};
///
/// /// L(N) = E + A·N^(-alpha), N in millions
/// struct OneVariable;
/// impl Law for OneVariable {
///     type Input = f64;
///     fn coefficient_names(&self) -> &[&'static str] { &["E", "A", "alpha"] }
///     fn bounds(&self) -> Vec<Bound> { vec![Bound::NONNEGATIVE; 3] }
///     fn predict(&self, c: &[f64], n: &f64, gradient: &mut [f64]) -> f64 {
///         let power = n.powf(-c[2]);
///         gradient.copy_from_slice(&[1.0, power, -c[1] * power * n.ln()]);
///         c[0] + c[1] * power
///     }
/// }
///
/// let sizes = [10.0, 30.0, 100.0, 300.0, 1000.0];
/// let losses = sizes.map(|n: f64| 1.7 + 2.0 * n.powf(-0.3));
/// let fit = Fitter::new(&OneVariable).start(&[1.0, 1.0, 0.5]).fit(&sizes, &losses)?;
/// assert!((fit.coefficient("alpha")?.value - 0.3).abs() < 1e-8);
/// assert!(fit.termination().is_optimal());
///
/// let held = Fitter::new(&OneVariable).start(&[1.0, 1.0, 0.5]).fix("E", 1.7).fit(&sizes, &losses)?;
/// assert_eq!(held.coefficient("E")?.standard_error, None);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fitter<'a, L: Law> {
    law: &'a L,
    residual: Residual,
    loss: LossFunction,
    starts: Vec<Vec<f64>>,
    fixed: Vec<(String, f64)>,
    tied: Vec<(String, String)>,
    priors: Vec<(String, f64, f64)>,
}

/// Iterations of one solve.
const ITERATIONS: usize = 20_000;
/// Error of a gradient, relative, from which it is called wrong.
const WRONG_GRADIENT: f64 = 1e-4;

impl<'a, L: Law> Fitter<'a, L> {
    /// A fit of this family.
    pub fn new(law: &'a L) -> Self {
        Self {
            law,
            residual: Residual::default(),
            loss: LossFunction::Huber(1e-3),
            starts: Vec::new(),
            fixed: Vec::new(),
            tied: Vec::new(),
            priors: Vec::new(),
        }
    }

    /// Log or raw residuals.
    pub fn residual(self, residual: Residual) -> Self {
        Self { residual, ..self }
    }

    /// What a residual costs.
    pub fn loss(self, loss: LossFunction) -> Self {
        Self { loss, ..self }
    }

    /// Adds a start, in the order of the law's names.
    pub fn start(mut self, coefficients: &[f64]) -> Self {
        self.starts.push(coefficients.to_vec());
        self
    }

    /// Holds a coefficient at a value.
    pub fn fix(mut self, name: &str, value: f64) -> Self {
        self.fixed.push((name.into(), value));
        self
    }

    /// Makes one coefficient equal to another.
    pub fn tie(mut self, name: &str, to: &str) -> Self {
        self.tied.push((name.into(), to.into()));
        self
    }

    /// Adds a normal prior on a coefficient, in the unit of the objective: for least squares on residuals of known
    /// deviation 1 it is the posterior mode.
    pub fn prior(mut self, name: &str, mean: f64, deviation: f64) -> Self {
        self.priors.push((name.into(), mean, deviation));
        self
    }

    /// Minimises the sum of losses.
    ///
    /// # Errors
    /// [`FitError::UnknownCoefficient`], [`FitError::Option`] and [`FitError::Data`] for what cannot be fitted,
    /// [`FitError::TooFewRuns`] for fewer values than free coefficients, [`FitError::Gradient`] in debug builds where the
    /// law's gradient is not the derivative of its prediction, [`FitError::NoFiniteStart`] where no start gives a finite
    /// objective.
    pub fn fit(&self, inputs: &[L::Input], values: &[f64]) -> Result<LawFit, FitError> {
        let names = self.law.coefficient_names();
        let (roles, free_names) = self.roles(names)?;
        self.check(inputs, values, free_names.len())?;
        let priors = self.resolve_priors(names)?;
        let system = System {
            law: self.law,
            inputs,
            values,
            loss: self.loss,
            residual: self.residual,
            roles: &roles,
            priors: &priors,
            free: free_names.len(),
        };
        let all_bounds = self.law.bounds();
        let bounds: Vec<Bound> = free_names.iter().map(|&j| all_bounds[j]).collect();
        let mut best: Option<End> = None;
        for start in &self.starts {
            self.check_gradient(inputs, start)?;
            let free = DVector::from_iterator(free_names.len(), free_names.iter().map(|&j| start[j]));
            let end = from_start(&system, &bounds, &free);
            best = match (best, end) {
                (Some(best), Some(end)) if end.linear.value >= best.linear.value => Some(best),
                (best, end) => end.or(best),
            };
        }
        let Some(end) = best else {
            let (least, greatest) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
            return Err(FitError::NoFiniteStart { least, greatest });
        };
        Ok(self.conclude(&system, &end, names))
    }

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
        let free: Vec<usize> = (0..names.len()).filter(|&j| fixed[j].is_none() && tied[j].is_none()).collect();
        let role = |j: usize| match fixed[j] {
            Some(value) => Role::Fixed(value),
            None => Role::Free(free.iter().position(|&k| k == j).unwrap_or(0)),
        };
        Ok(((0..names.len()).map(|j| role(tied[j].unwrap_or(j))).collect(), free))
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

    fn check(&self, inputs: &[L::Input], values: &[f64], free: usize) -> Result<(), FitError> {
        if let Some(scale) = self.loss.scale().filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
            return Err(FitError::Option { option: "loss", value: scale, allowed: "of finite scale above zero" });
        }
        if inputs.len() != values.len() {
            return Err(FitError::Data { row: 0, value: values.len() as f64, expected: "as many values as inputs" });
        }
        let positive = self.residual == Residual::Log;
        if let Some(row) = values.iter().position(|v| !v.is_finite() || positive && *v <= 0.0) {
            let expected = if positive { "a finite value above zero, for log residuals" } else { "a finite value" };
            return Err(FitError::Data { row: row + 1, value: values[row], expected });
        }
        if values.len() < free {
            return Err(FitError::TooFewRuns { needed: free, got: values.len(), better: 3 * free });
        }
        let count = self.law.coefficient_names().len();
        if self.starts.is_empty() || self.starts.iter().any(|start| start.len() != count) {
            let value = self.starts.first().map_or(0, Vec::len) as f64;
            return Err(FitError::Option { option: "start", value, allowed: "one value for each coefficient" });
        }
        Ok(())
    }

    /// A wrong gradient makes every optimiser stop at the wrong place, so debug builds compare it with differences.
    fn check_gradient(&self, inputs: &[L::Input], start: &[f64]) -> Result<(), FitError> {
        if !cfg!(debug_assertions) {
            return Ok(());
        }
        let step = (inputs.len() / 3).max(1);
        for input in inputs.iter().step_by(step) {
            let error = self.law.gradient_error(start, input);
            if error > WRONG_GRADIENT {
                return Err(FitError::Gradient { error });
            }
        }
        Ok(())
    }

    fn conclude(&self, system: &System<'_, L>, end: &End, names: &[&'static str]) -> LawFit {
        let full = system.full(&end.free);
        let covariance = self.covariance(system, end);
        let coefficients = (0..names.len())
            .map(|j| {
                let error = match system.roles[j] {
                    Role::Free(k) if !end.held[k] => covariance.as_ref().map(|c| c[(k, k)].sqrt()),
                    _ => None,
                };
                Coefficient { name: names[j], value: full[j], standard_error: error.filter(|e| e.is_finite()) }
            })
            .collect();
        LawFit {
            coefficients,
            objective: end.linear.value,
            residuals: end.linear.residuals.iter().take(system.inputs.len()).copied().collect(),
            degrees_of_freedom: system.inputs.len().saturating_sub(end.held.iter().filter(|held| !**held).count()),
            termination: end.termination,
            scaled_gradient: end.linear.scaled_gradient(&end.held),
        }
    }

    /// Least squares: s²·(JᵀJ)⁻¹ with s² = Σr²/(n−p). Robust losses: the sandwich of Approach 3.
    fn covariance(&self, system: &System<'_, L>, end: &End) -> Option<DMatrix<f64>> {
        let index: Vec<usize> = (0..end.held.len()).filter(|&k| !end.held[k]).collect();
        let (n, p) = (system.inputs.len(), index.len());
        if n <= p || p == 0 {
            return None;
        }
        let residuals: Vec<f64> = end.linear.residuals.iter().copied().collect();
        let squares = self.loss == LossFunction::LeastSquares;
        let h = self.loss.scale().map_or(0.0, |scale| smoothing(&residuals[..n], scale));
        let psi = |row: usize, r: f64| system.cost(row, r).psi;
        let curvature = |row: usize| {
            let r = residuals[row];
            if squares || row >= n { 1.0 } else { ((psi(row, r + h) - psi(row, r - h)) / (2.0 * h)).max(0.0) }
        };
        let weighted =
            DMatrix::from_fn(residuals.len(), p, |row, k| curvature(row).sqrt() * end.linear.jacobian[(row, index[k])]);
        // R⁻¹ from the QR of J: never the inverse of JᵀJ.
        let norms: Vec<f64> = (0..p).map(|k| weighted.column(k).norm()).collect();
        if norms.iter().any(|norm| !(*norm > 0.0)) {
            return None;
        }
        let scaled = DMatrix::from_fn(weighted.nrows(), p, |row, k| weighted[(row, k)] / norms[k]);
        let inverse = scaled.qr().r().solve_upper_triangular(&DMatrix::identity(p, p))?;
        let bread = DMatrix::from_fn(p, p, |i, k| inverse.row(i).dot(&inverse.row(k)) / (norms[i] * norms[k]));
        let freedom = (n - p) as f64;
        let inner = if squares {
            let variance = residuals[..n].iter().map(|r| r * r).sum::<f64>() / freedom;
            bread * variance
        } else {
            let mut meat = DMatrix::zeros(p, p);
            for row in 0..n {
                let force = psi(row, residuals[row]);
                for i in 0..p {
                    for k in 0..p {
                        meat[(i, k)] +=
                            force * force * end.linear.jacobian[(row, index[i])] * end.linear.jacobian[(row, index[k])];
                    }
                }
            }
            &bread * meat * &bread * (n as f64 / freedom)
        };
        let mut full = DMatrix::zeros(end.held.len(), end.held.len());
        for (i, &j) in index.iter().enumerate() {
            for (k, &m) in index.iter().enumerate() {
                full[(j, m)] = inner[(i, k)];
            }
        }
        Some(full)
    }
}

/// One start: a bold first step, then more careful ones where it did not end at a stationary point. A first step that is
/// too long can land on a plateau from which no step leads back.
fn from_start<L: Law>(system: &System<'_, L>, bounds: &[Bound], free: &DVector<f64>) -> Option<End> {
    let mut best: Option<End> = None;
    for damping in [1e-3, 1.0, 1e3] {
        let end = solve(system, bounds, free, damping, ITERATIONS);
        best = match (best, end) {
            (Some(best), Some(end)) if !better(&end, &best) => Some(best),
            (best, end) => end.or(best),
        };
        if best.as_ref().is_some_and(|end| end.termination.is_optimal()) {
            break;
        }
    }
    best
}

/// Lower by more than rounding, or stationary where the other is not.
fn better(end: &End, best: &End) -> bool {
    let (value, least) = (end.linear.value, best.linear.value);
    value < least * (1.0 - 1e-9) || end.termination.is_optimal() && value <= least * (1.0 + 1e-9)
}

fn position(names: &[&'static str], name: &str) -> Result<usize, FitError> {
    names
        .iter()
        .position(|known| *known == name)
        .ok_or_else(|| FitError::UnknownCoefficient { name: name.into(), known: names.join(", ") })
}

/// A fitted law of any family.
#[derive(Debug, Clone, PartialEq)]
pub struct LawFit {
    coefficients: Vec<Coefficient>,
    objective: f64,
    residuals: Vec<f64>,
    degrees_of_freedom: usize,
    termination: Termination,
    scaled_gradient: f64,
}

impl LawFit {
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

    /// Σ ρ(r) and the priors.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Residuals in the order of the data.
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// Data less free coefficients.
    pub fn degrees_of_freedom(&self) -> usize {
        self.degrees_of_freedom
    }

    /// How the solver ended. A stationary point is a local optimum: starts are the caller's.
    pub fn termination(&self) -> Termination {
        self.termination
    }

    /// max_j |∂F/∂θ_j| / Σ_i |∂F_i/∂θ_j|.
    pub fn scaled_gradient(&self) -> f64 {
        self.scaled_gradient
    }
}
