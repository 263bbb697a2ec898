use super::points::{Points, Theta};

/// The objective of Approach 3 (Hoffmann 2022, equation 3, summed and not averaged):
///
/// ```text
/// F = Σ_i ρ_δ(r_i),   r_i = ln(E + A/N_i^α + B/D_i^β) − ln L_i,   ρ_δ(r) = ½r² for |r| ≤ δ, else δ(|r| − ½δ)
/// ```
#[derive(Debug, Clone, Copy)]
pub(super) struct Objective<'a> {
    pub points: &'a Points,
    pub delta: f64,
}

/// The objective, its slopes and its exact second derivatives at one point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    pub value: f64,
    pub gradient: Theta,
    pub hessian: [Theta; 5],
    /// Diagonal of the re-weighted Gauss–Newton matrix Σ (ψ/r)·J_j²: the scale of each coordinate for damping.
    pub damping: Theta,
    /// Σ |ψ·J_j|: what the gradient would be if all runs pulled one way.
    pub pull: Theta,
}

impl Local {
    /// max_j |g_j| / Σ_i |ψ_i·J_ij| over the free coordinates: 1 where all runs pull one way, 0 at a stationary point,
    /// without unit and independent of how many runs there are or how they scatter.
    pub fn scaled_gradient(&self, free: &[bool; 5]) -> f64 {
        (0..5)
            .filter(|&j| free[j] && self.pull[j] > 0.0)
            .map(|j| self.gradient[j].abs() / self.pull[j])
            .fold(0.0, f64::max)
    }
}

impl Objective<'_> {
    /// ln L̂ − ln L of each point.
    pub fn residuals(&self, theta: &Theta) -> Vec<f64> {
        let [e, a, b, alpha, beta] = *theta;
        let Points { x, y, l, .. } = self.points;
        x.iter()
            .zip(y)
            .zip(l)
            .map(|((x, y), l)| (e + a * (-alpha * x).exp() + b * (-beta * y).exp()).ln() - l)
            .collect()
    }

    /// ∂r/∂θ of each point.
    pub fn jacobian(&self, theta: &Theta) -> Vec<Theta> {
        let [e, a, b, alpha, beta] = *theta;
        let Points { x, y, .. } = self.points;
        x.iter()
            .zip(y)
            .map(|(x, y)| {
                let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
                let inverse = 1.0 / (e + a * u + b * v);
                [inverse, u * inverse, v * inverse, -a * u * x * inverse, -b * v * y * inverse]
            })
            .collect()
    }

    /// Huber's ρ.
    pub fn rho(&self, r: f64) -> f64 {
        let clipped = r.abs().min(self.delta);
        clipped * (r.abs() - 0.5 * clipped)
    }

    /// Value, gradient, Hessian.
    pub fn local(&self, theta: &Theta) -> Local {
        let [e, a, b, alpha, beta] = *theta;
        let delta = self.delta;
        let Points { x, y, l, .. } = self.points;
        let mut sum =
            Local { value: 0.0, gradient: [0.0; 5], hessian: [[0.0; 5]; 5], damping: [0.0; 5], pull: [0.0; 5] };
        for ((&x, &y), &l) in x.iter().zip(y).zip(l) {
            let u = (-alpha * x).exp();
            let v = (-beta * y).exp();
            let s = e + a * u + b * v;
            let r = s.ln() - l;
            let inverse = 1.0 / s;
            let (u, v) = (u * inverse, v * inverse);
            let jacobian = [inverse, u, v, -a * u * x, -b * v * y];
            let size = r.abs();
            let (psi, curve) = if size <= delta { (r, 1.0) } else { (delta.copysign(r), 0.0) };
            let reweighted = if size <= delta { 1.0 } else { delta / size };
            sum.value += self.rho(r);
            // F'' = Σ ψ'·JJᵀ + ψ·∇²r with ∇²r = S''/S − JJᵀ.
            let outer = curve - psi;
            for j in 0..5 {
                sum.gradient[j] += psi * jacobian[j];
                sum.pull[j] += (psi * jacobian[j]).abs();
                sum.damping[j] += reweighted * jacobian[j] * jacobian[j];
                for k in 0..=j {
                    sum.hessian[j][k] += outer * jacobian[j] * jacobian[k];
                }
            }
            sum.hessian[3][1] -= psi * u * x;
            sum.hessian[3][3] += psi * a * u * x * x;
            sum.hessian[4][2] -= psi * v * y;
            sum.hessian[4][4] += psi * b * v * y * y;
        }
        for j in 0..5 {
            for k in j + 1..5 {
                sum.hessian[j][k] = sum.hessian[k][j];
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Runs;

    fn points() -> Points {
        let runs = Runs::from_columns(&[1e7, 1e8, 1e9, 3e8], &[1e9, 2e10, 5e9, 7e10], &[3.9, 3.0, 2.8, 2.4]).unwrap();
        Points::new(&runs)
    }

    #[test]
    fn gradient_and_hessian_equal_differences() {
        let points = points();
        // A wide threshold, so that the objective is smooth across the steps.
        for delta in [10.0, 0.02] {
            let objective = Objective { points: &points, delta };
            let theta = [1.6, 0.5, 0.6, 0.31, 0.37];
            let local = objective.local(&theta);
            for j in 0..5 {
                let step = 1e-6;
                let (mut above, mut below) = (theta, theta);
                above[j] += step;
                below[j] -= step;
                let (above, below) = (objective.local(&above), objective.local(&below));
                let slope = (above.value - below.value) / (2.0 * step);
                assert!((slope - local.gradient[j]).abs() < 1e-8, "gradient {j}: {slope} {}", local.gradient[j]);
                for k in 0..5 {
                    let curve = (above.gradient[k] - below.gradient[k]) / (2.0 * step);
                    assert!((curve - local.hessian[j][k]).abs() < 1e-7, "hessian {j},{k}");
                }
            }
        }
    }

    #[test]
    fn a_permuted_log_gives_the_same_bits() {
        let one = Runs::from_columns(&[1e7, 1e8, 1e9], &[1e9, 2e10, 5e9], &[3.9, 3.0, 2.8]).unwrap();
        let two = Runs::from_columns(&[1e9, 1e7, 1e8], &[5e9, 1e9, 2e10], &[2.8, 3.9, 3.0]).unwrap();
        let (one, two) = (Points::new(&one), Points::new(&two));
        assert_eq!((one.x, one.y, one.l, one.centre), (two.x, two.y, two.l, two.centre));
    }
}
