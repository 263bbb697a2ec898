use nalgebra::DMatrix;

use super::levenberg::End;
use super::loss_function::Kernel;
use super::noise::smoothing;
use super::system::System;
use crate::laws::Law;
use crate::math::quantile::robust_scale;

/// The scaled triangle R of √ψ'·J = Q·R over the coefficients that are not on a bound, ψ' smoothed.
pub(super) struct Whitened {
    /// The free coefficients that are not on a bound.
    pub index: Vec<usize>,
    /// Column norms, divided out before the factorisation.
    norms: Vec<f64>,
    /// R⁻¹ of the unit columns.
    inverse: DMatrix<f64>,
    /// (σ_max/σ_min)² of the unit columns.
    pub condition: f64,
}

impl Whitened {
    /// `None` without coefficients or where the columns have no rank.
    pub fn new<L: Law + ?Sized>(system: &System<'_, L>, end: &End) -> Option<Self> {
        let index: Vec<usize> = (0..end.held.len()).filter(|&k| !end.held[k]).collect();
        let (n, p) = (system.inputs.len(), index.len());
        let h = half_width(system.kernel, &end.linear.residuals.as_slice()[..n.min(end.linear.residuals.len())]);
        let psi = |row: usize, r: f64| system.cost(row, r).psi;
        let curvature = |row: usize| {
            let r = end.linear.residuals[row];
            match system.kernel {
                _ if row >= n => 1.0,
                Kernel::Squares => system.cost(row, r).slope,
                _ => ((psi(row, r + h) - psi(row, r - h)) / (2.0 * h)).max(0.0),
            }
        };
        let roots: Vec<f64> = (0..end.linear.residuals.len()).map(|row| curvature(row).sqrt()).collect();
        let weighted = DMatrix::from_fn(roots.len(), p, |row, k| roots[row] * end.linear.jacobian[(row, index[k])]);
        let norms: Vec<f64> = (0..p).map(|k| weighted.column(k).norm()).collect();
        if p == 0 || roots.len() < p || norms.iter().any(|norm| !(*norm > 0.0 && norm.is_finite())) {
            return None;
        }
        let scaled = DMatrix::from_fn(roots.len(), p, |row, k| weighted[(row, k)] / norms[k]);
        // R⁻¹ from the QR of J: never the inverse of JᵀJ, which squares the condition number.
        let triangle = scaled.qr().r();
        let inverse = triangle.solve_upper_triangular(&DMatrix::identity(p, p))?;
        let singular = triangle.singular_values();
        let condition = (singular.max() / singular.min()).powi(2);
        inverse.iter().all(|v| v.is_finite()).then_some(Self { index, norms, inverse, condition })
    }

    /// The step of the free coefficients along whitened direction k: in these directions ψ'-weighted JᵀJ is the identity.
    pub fn direction(&self, k: usize) -> Vec<f64> {
        (0..self.index.len()).map(|i| self.inverse[(i, k)] / self.norms[i]).collect()
    }

    /// (JᵀWJ)⁻¹.
    fn bread(&self) -> DMatrix<f64> {
        let p = self.index.len();
        let product = &self.inverse * self.inverse.transpose();
        DMatrix::from_fn(p, p, |i, k| product[(i, k)] / (self.norms[i] * self.norms[k]))
    }
}

/// How far ψ' is smoothed; absolute deviations have none of their own (Powell 1991).
fn half_width(kernel: Kernel, residuals: &[f64]) -> f64 {
    smoothing(residuals, kernel.width()).max(1e-12 * robust_scale(residuals)).max(f64::MIN_POSITIVE)
}

/// Covariance of the free coefficients, zero on a bound. Least squares: s²·(JᵀWJ)⁻¹ with s² = Σw·r²/(n−p). Other losses:
/// the sandwich of Approach 3. Known deviations: (JᵀJ)⁻¹·Eψ²/(E Zψ)² with Z standard normal, since E ψ' = E Zψ.
pub(super) fn covariance<L: Law + ?Sized>(
    system: &System<'_, L>,
    end: &End,
    whitened: &Whitened,
) -> Option<DMatrix<f64>> {
    let index = &whitened.index;
    let (n, p) = (system.inputs.len(), index.len());
    let (observations, residuals) = (system.weights.observations, &end.linear.residuals);
    let freedom = observations - p as f64;
    let inner = if system.weights.scale_known() {
        let linear = Kernel::Squares;
        Whitened::new(&system.with(linear), end)?.bread() * spread_of_normal(system.kernel)
    } else if !(freedom > 0.0) {
        return None;
    } else if system.kernel == Kernel::Squares {
        let sum: f64 = (0..n).map(|row| 2.0 * system.cost(row, residuals[row]).rho).sum();
        whitened.bread() * (sum / freedom)
    } else {
        let bread = whitened.bread();
        let mut meat = DMatrix::zeros(p, p);
        for row in 0..n {
            let force = system.kernel.at(residuals[row]).psi;
            // A count stands for so many data, each with its own square; a precision for one.
            let (m, _) = system.weights.row(row);
            let square = force * force * if system.weights.are_counts() { m } else { m * m };
            for i in 0..p {
                for k in 0..p {
                    meat[(i, k)] +=
                        square * end.linear.jacobian[(row, index[i])] * end.linear.jacobian[(row, index[k])];
                }
            }
        }
        &bread * meat * &bread * (observations / freedom)
    };
    let mut full = DMatrix::zeros(end.held.len(), end.held.len());
    for (i, &j) in index.iter().enumerate() {
        for (k, &m) in index.iter().enumerate() {
            full[(j, m)] = inner[(i, k)];
        }
    }
    Some(full)
}

/// Eψ(Z)²/(E Zψ(Z))², Z standard normal, by the trapezium rule, which is exact to rounding for such integrands but at
/// kinks, where it errs by the square of its step.
fn spread_of_normal(kernel: Kernel) -> f64 {
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
    squares * total / (slopes * slopes)
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
