use super::certificate::Termination;
use super::law_rows::Rows;
use super::loss_function::{Cost, Kernel, Residual};
use super::weights::RowWeights;
use crate::math::linear::{Matrix, Vector};

/// How the coefficients of a law follow from the ones that are searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// The k-th searched coefficient.
    Free(usize),
    /// A given value.
    Fixed(f64),
}

/// A quadratic penalty ½((θ_j − mean)/deviation)²·(objective's unit), from a normal prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prior {
    pub coefficient: usize,
    pub mean: f64,
    pub deviation: f64,
}

/// A pull ½w·(q − target)² on a quantity of all coefficients, by which its profile is traced.
#[derive(Clone, Copy)]
pub(super) struct Pull<'a> {
    pub quantity: &'a (dyn Fn(&[f64]) -> f64 + Sync),
    pub target: f64,
    pub stiffness: f64,
}

/// A law, its data and a loss: what the solver minimises.
#[derive(Clone, Copy)]
pub(super) struct System<'a> {
    pub rows: &'a dyn Rows,
    pub values: &'a [f64],
    pub kernel: Kernel,
    pub residual: Residual,
    pub weights: &'a RowWeights,
    pub roles: &'a [Role],
    pub priors: &'a [Prior],
    pub free: usize,
    pub pull: Option<Pull<'a>>,
}

/// The objective and its linearisation at one point.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    pub value: f64,
    pub residuals: Vector,
    /// ∂r/∂free, one row a datum, then one a prior, then that of a pull.
    pub jacobian: Matrix,
    /// Σ ψ·J.
    pub gradient: Vector,
    /// Σ |ψ·J|.
    pub pull: Vector,
    /// What rounding of the predictions can make of the gradient: ε Σ |F·J|.
    pub noise: Vector,
    /// And of the value: ε Σ |ψ·F|.
    pub value_noise: f64,
}

impl System<'_> {
    /// All coefficients of the law.
    pub fn full(&self, free: &Vector) -> Vec<f64> {
        let value = |role: &Role| match *role {
            Role::Free(k) => free[k],
            Role::Fixed(value) => value,
        };
        self.roles.iter().map(value).collect()
    }

    /// `None` where a prediction leaves the range that the residual is defined on.
    pub fn linearise(&self, free: &Vector) -> Option<Linear> {
        let n = self.rows.len();
        let rows = n + self.priors.len() + usize::from(self.pull.is_some());
        let coefficients = self.full(free);
        let mut slopes = vec![0.0; coefficients.len()];
        let mut linear = Linear {
            value: 0.0,
            residuals: Vector::zeros(rows),
            jacobian: Matrix::zeros(rows, self.free),
            gradient: Vector::zeros(self.free),
            pull: Vector::zeros(self.free),
            noise: Vector::zeros(self.free),
            value_noise: 0.0,
        };
        for row in 0..n {
            let predicted = self.rows.predict(&coefficients, row, &mut slopes);
            let (residual, unit) = self.residual_at(row, predicted)?;
            linear.residuals[row] = residual;
            for (role, slope) in self.roles.iter().zip(&slopes) {
                if let Role::Free(k) = role {
                    linear.jacobian[(row, *k)] += slope * unit;
                }
            }
        }
        for (row, prior) in self.priors.iter().enumerate() {
            linear.residuals[n + row] = (coefficients[prior.coefficient] - prior.mean) / prior.deviation;
            if let Some(Role::Free(k)) = self.roles.get(prior.coefficient) {
                linear.jacobian[(n + row, *k)] = 1.0 / prior.deviation;
            }
        }
        if let Some(pull) = self.pull {
            let (gap, slopes) = self.pulled(&pull, free)?;
            linear.residuals[rows - 1] = gap;
            linear.jacobian.set_row(rows - 1, &slopes.transpose());
        }
        for row in 0..rows {
            let size = match (self.residual, self.values.get(row)) {
                (Residual::Raw, Some(observed)) => {
                    let sigma = self.weights.row(row).1;
                    (linear.residuals[row] * sigma + observed).abs() / sigma
                }
                _ => 1.0,
            } * f64::EPSILON;
            let cost = self.cost(row, linear.residuals[row]);
            linear.value += cost.rho;
            linear.value_noise += cost.psi.abs() * size;
            for k in 0..self.free {
                let force = cost.psi * linear.jacobian[(row, k)];
                linear.gradient[k] += force;
                linear.pull[k] += force.abs();
                linear.noise[k] += size * linear.jacobian[(row, k)].abs();
            }
        }
        (linear.value.is_finite() && linear.jacobian.iter().all(|v| v.is_finite())).then_some(linear)
    }

    /// √w·(q − target) and its slopes, by central differences.
    fn pulled(&self, pull: &Pull<'_>, free: &Vector) -> Option<(f64, Vector)> {
        let root = pull.stiffness.sqrt();
        let at = |there: &Vector| (pull.quantity)(&self.full(there));
        let slopes = Vector::from_fn(self.free, |k, _| {
            let step = 1e-5 * free[k].abs().max(1e-2);
            let (mut above, mut below) = (free.clone(), free.clone());
            above[k] += step;
            below[k] -= step;
            let slope = root * (at(&above) - at(&below)) / (2.0 * step);
            if slope.is_finite() { slope } else { 0.0 }
        });
        let gap = root * (at(free) - pull.target);
        gap.is_finite().then_some((gap, slopes))
    }

    /// A covariance of the free coefficients over all of the law's; zero for one that is fixed.
    pub fn over_all(&self, inner: &Matrix) -> Vec<Vec<f64>> {
        let between = |one: &Role, other: &Role| match (one, other) {
            (Role::Free(j), Role::Free(k)) => inner[(*j, *k)],
            _ => 0.0,
        };
        self.roles.iter().map(|one| self.roles.iter().map(|other| between(one, other)).collect()).collect()
    }

    /// A residual in its σ, and its slope in the prediction. `None` where it is not defined.
    pub fn residual_at(&self, row: usize, predicted: f64) -> Option<(f64, f64)> {
        let observed = self.values[row];
        let (residual, slope) = match self.residual {
            Residual::Raw => (predicted - observed, 1.0),
            Residual::Log if predicted > 0.0 => ((predicted / observed).ln(), 1.0 / predicted),
            Residual::Log => return None,
        };
        let per_sigma = 1.0 / self.weights.row(row).1;
        Some((residual * per_sigma, slope * per_sigma))
    }

    /// The loss of a datum, as often as it counts; priors and a pull are always squared.
    pub fn cost(&self, row: usize, residual: f64) -> Cost {
        if row >= self.rows.len() {
            return Kernel::Squares.at(residual);
        }
        let (m, _) = self.weights.row(row);
        let Cost { rho, psi, slope, weight } = self.kernel.at(residual);
        Cost { rho: m * rho, psi: m * psi, slope: m * slope, weight: m * weight }
    }

    /// The same with another loss.
    pub fn with(self, kernel: Kernel) -> Self {
        Self { kernel, ..self }
    }
}

impl Linear {
    /// Whether the gradient is no more than rounding of the predictions leaves of it, where that is little.
    pub fn is_rounding(&self, held: &[bool]) -> bool {
        (0..self.gradient.len()).filter(|&k| !held[k]).all(|k| {
            self.pull[k] > 0.0
                && self.noise[k] <= 1e-6 * self.pull[k]
                && self.gradient[k].abs() <= Termination::GRADIENT_TOLERANCE * self.pull[k] + self.noise[k]
        })
    }

    /// max_k |g_k|/Σ|ψ·J_k| over the coordinates not held by a bound.
    pub fn scaled_gradient(&self, held: &[bool]) -> f64 {
        (0..self.gradient.len())
            .filter(|&k| !held[k])
            .map(|k| match self.pull[k] {
                pull if pull > 0.0 => self.gradient[k].abs() / pull,
                // No prediction feels this coefficient any more: a plateau, not an optimum.
                _ if self.jacobian.column(k).iter().all(|slope| *slope == 0.0) => 1.0,
                _ => 0.0,
            })
            .fold(0.0, f64::max)
    }
}
