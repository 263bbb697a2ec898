use super::levenberg::End;
use super::loss_function::Kernel;
use super::noise::smoothing;
use super::sandwich::{Bread, Clustering};
use super::system::System;
use crate::math::linear::Matrix;
use crate::math::order::sort_by_number;
use crate::math::quantile::robust_scale;

/// √ω·J = Q·R over the coefficients that are not on a bound, ω = ψ' smoothed.
pub(super) struct Whitened {
    /// The free coefficients that are not on a bound.
    pub index: Vec<usize>,
    pub bread: Bread,
    /// J of these coefficients.
    jacobian: Matrix,
    curvatures: Vec<f64>,
}

impl Whitened {
    /// `None` without coefficients or where the columns have no rank.
    pub fn new(system: &System<'_>, end: &End) -> Option<Self> {
        let index: Vec<usize> = (0..end.held.len()).filter(|&k| !end.held[k]).collect();
        let (n, rows) = (system.rows.len(), end.linear.residuals.len());
        let h = half_width(system.kernel, &end.linear.residuals.as_slice()[..n.min(rows)]);
        let psi = |row: usize, r: f64| system.cost(row, r).psi;
        let curvature = |row: usize| {
            let r = end.linear.residuals[row];
            match system.kernel {
                _ if row >= n => 1.0,
                Kernel::Squares => system.cost(row, r).slope,
                _ => ((psi(row, r + h) - psi(row, r - h)) / (2.0 * h)).max(0.0),
            }
        };
        let curvatures: Vec<f64> = (0..rows).map(curvature).collect();
        let jacobian = end.linear.jacobian.select_columns(index.iter());
        let bread = Bread::new(&jacobian, &|row| curvatures[row])?;
        Some(Self { index, bread, jacobian, curvatures })
    }

    /// Over all coefficients of the solver, zero where one is held.
    fn spread(&self, inner: &Matrix, count: usize) -> Matrix {
        let mut full = Matrix::zeros(count, count);
        for (i, &j) in self.index.iter().enumerate() {
            for (k, &m) in self.index.iter().enumerate() {
                full[(j, m)] = inner[(i, k)];
            }
        }
        full
    }

    /// (JᵀΩJ)⁻¹ of all coefficients of the solver, from which the objective's rise follows when a quantity is held elsewhere.
    pub fn model(&self, count: usize) -> Matrix {
        self.spread(&self.bread.model(), count)
    }
}

/// How far ψ' is smoothed; absolute deviations have none of their own (Powell 1991).
fn half_width(kernel: Kernel, residuals: &[f64]) -> f64 {
    smoothing(residuals, kernel.width()).max(1e-12 * robust_scale(residuals)).max(f64::MIN_POSITIVE)
}

/// Covariance of the free coefficients, zero on a bound. Least squares: s²·(JᵀWJ)⁻¹ with s² = Σw·r²/(n−p). Other losses:
/// the sandwich of Approach 3. Known deviations: (JᵀJ)⁻¹·Eψ²/(E Zψ)² with Z standard normal, since E ψ' = E Zψ.
pub(super) fn covariance(system: &System<'_>, end: &End, whitened: &Whitened) -> Option<Matrix> {
    let (n, residuals) = (system.rows.len(), &end.linear.residuals);
    let observations = system.weights.observations;
    let freedom = observations - whitened.index.len() as f64;
    let inner = if system.weights.scale_known() {
        let linear = Kernel::Squares;
        Whitened::new(&system.with(linear), end)?.bread.model() * spread_of_normal(system.kernel)
    } else if !(freedom > 0.0) {
        return None;
    } else if system.kernel == Kernel::Squares {
        let sum: f64 = (0..n).map(|row| 2.0 * system.cost(row, residuals[row]).rho).sum();
        whitened.bread.model() * (sum / freedom)
    } else {
        let score = |row: usize| {
            // A count stands for so many data, each with its own square; a precision for one. A prior is no datum.
            let (m, _) = system.weights.row(row);
            let m = if system.weights.are_counts() { m.sqrt() } else { m };
            if row < n { m * system.kernel.at(residuals[row]).psi } else { 0.0 }
        };
        let scores: Vec<f64> = (0..residuals.len()).map(score).collect();
        whitened.bread.independent(&whitened.jacobian, &scores) * (observations / freedom)
    };
    Some(whitened.spread(&inner, end.held.len()))
}

/// The same where data of one cluster move together, by [`Bread::clustered`].
pub(super) fn clustered(system: &System<'_>, end: &End, whitened: &Whitened, clusters: &Clustering<'_>) -> Matrix {
    let n = system.rows.len();
    let scores: Vec<f64> = (0..n).map(|row| system.cost(row, end.linear.residuals[row]).psi).collect();
    let inner = whitened.bread.clustered(&whitened.jacobian, &scores, &whitened.curvatures, clusters);
    whitened.spread(&inner, end.held.len())
}

/// Eψ(Z)²/(E Zψ(Z))², Z standard normal.
fn spread_of_normal(kernel: Kernel) -> f64 {
    let (squares, slopes) = of_normal(kernel);
    squares / (slopes * slopes)
}

/// Eψ(Z)² and E Zψ(Z) = Eψ'(Z), by the trapezium rule, which is exact to rounding for such integrands but at kinks, where it
/// errs by the square of its step.
fn of_normal(kernel: Kernel) -> (f64, f64) {
    const STEPS: i32 = 4000;
    let (mut squares, mut slopes, mut total) = (0.0, 0.0, 0.0);
    for step in -STEPS..STEPS {
        let z = 8.0 * (f64::from(step) + 0.5) / f64::from(STEPS);
        let density = (-0.5 * z * z).exp();
        let psi = kernel.at(z).psi;
        squares += psi * psi * density;
        slopes += z * psi * density;
        total += density;
    }
    (squares / total, slopes / total)
}

/// τ = Σ ψ²/Σ ψ' over all but the p smallest residuals; under known σ its expectation. See [`Approach3::profile`].
///
/// [`Approach3::profile`]: super::approach3::Approach3
pub(super) fn tau(system: &System<'_>, end: &End, whitened: &Whitened) -> f64 {
    if system.weights.scale_known() {
        let (squares, slopes) = of_normal(system.kernel);
        return squares / slopes;
    }
    let residuals = &end.linear.residuals;
    let mut order: Vec<usize> = (0..system.rows.len()).filter(|&row| system.weights.row(row).0 > 0.0).collect();
    sort_by_number(&mut order, |i| residuals[*i].abs());
    let skipped = whitened.index.len().min(order.len().saturating_sub(1));
    let (mut squares, mut slopes) = (0.0, 0.0);
    for &row in &order[skipped..] {
        let (m, _) = system.weights.row(row);
        let psi = system.kernel.at(residuals[row]).psi;
        squares += if system.weights.are_counts() { m } else { m * m } * psi * psi;
        slopes += whitened.curvatures[row];
    }
    squares / slopes.max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_cost_efficiency_on_normal_noise_as_the_textbooks_say() {
        assert!((spread_of_normal(Kernel::Squares) - 1.0).abs() < 1e-12);
        assert!((spread_of_normal(Kernel::Absolute) - std::f64::consts::FRAC_PI_2).abs() < 1e-5);
        // Huber (1981): δ = 1.345 has 95 % efficiency.
        assert!((1.0 / spread_of_normal(Kernel::Huber(1.345)) - 0.95).abs() < 1e-4);
    }
}
