use super::points::{Points, Theta};
use crate::math::simd::{self, Lane, Simd, WithSimd};

/// The objective of Approach 3 (Hoffmann 2022, equation 3, summed and not averaged):
///
/// ```text
/// F = Σ_i m_i·ρ_δ(r_i/s_i),   r_i = ln(E + A/N_i^α + B/D_i^β) − ln L_i,   ρ_δ(r) = ½r² for |r| ≤ δ, else δ(|r| − ½δ)
/// ```
///
/// with the weights' factors m and scales s, both 1 without weights. ρ_δ(r/s) is ρ_δs(r)/s².
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
    #[cfg(test)]
    pub fn residuals(&self, theta: &Theta) -> Vec<f64> {
        let [e, a, b, alpha, beta] = *theta;
        let Points { x, y, l, .. } = self.points;
        x.iter()
            .zip(y)
            .zip(l)
            .take(self.points.len())
            .map(|((x, y), l)| (e + a * (-alpha * x).exp() + b * (-beta * y).exp()).ln() - l)
            .collect()
    }

    /// ∂r/∂θ of each point.
    #[cfg(test)]
    pub fn jacobian(&self, theta: &Theta) -> Vec<Theta> {
        let [e, a, b, alpha, beta] = *theta;
        let Points { x, y, .. } = self.points;
        x.iter()
            .zip(y)
            .take(self.points.len())
            .map(|(x, y)| {
                let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
                let inverse = 1.0 / (e + a * u + b * v);
                [inverse, u * inverse, v * inverse, -a * u * x * inverse, -b * v * y * inverse]
            })
            .collect()
    }

    /// Value, gradient, Hessian.
    pub fn local(&self, theta: &Theta) -> Local {
        simd::run(Pass { objective: *self, theta })
    }
}

struct Pass<'a> {
    objective: Objective<'a>,
    theta: &'a Theta,
}

/// Sums over the points in terms of q = (1, u, v, u·x, v·y)/S with u = e^(−αx), v = e^(−βy): ∂r/∂θ_j is q_j but for the
/// factors −A and −B of the last two, which are put in at the end.
struct Sums<S: Simd> {
    value: Lane<S>,
    gradient: [Lane<S>; 5],
    pull: [Lane<S>; 5],
    damping: [Lane<S>; 5],
    outer: [[Lane<S>; 5]; 5],
    by_alpha: Lane<S>,
    by_beta: Lane<S>,
}

impl WithSimd for Pass<'_> {
    type Output = Local;

    #[cfg_attr(feature = "simd", inline(always))]
    fn with_simd<S: Simd>(self, simd: S) -> Local {
        let [e, a, b, alpha, beta] = Lane::splats(simd, *self.theta);
        let [zero, one, half, delta] = Lane::splats(simd, [0.0, 1.0, 0.5, self.objective.delta]);
        let Points { x, y, l, weight, scale, .. } = self.objective.points;
        let (xs, ys) = (S::as_simd_f64s(x).0, S::as_simd_f64s(y).0);
        let (ls, weights) = (S::as_simd_f64s(l).0, S::as_simd_f64s(weight).0);
        let scales = S::as_simd_f64s(scale).0;
        let mut sums = Sums {
            value: zero,
            gradient: [zero; 5],
            pull: [zero; 5],
            damping: [zero; 5],
            outer: [[zero; 5]; 5],
            by_alpha: zero,
            by_beta: zero,
        };
        for ((((&x, &y), &l), &weight), &scale) in xs.iter().zip(ys).zip(ls).zip(weights).zip(scales) {
            let [x, y, l, weight, scale] = Lane::news(simd, [x, y, l, weight, scale]);
            let delta = delta * scale;
            let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
            let s = b.mul_add(v, a.mul_add(u, e));
            let r = s.ln() - l;
            let inverse = one / s;
            let (u, v) = (u * inverse, v * inverse);
            let q = [inverse, u, v, u * x, v * y];
            let size = r.abs();
            let clipped = size.min(delta);
            sums.value = (weight * clipped).mul_add((-half).mul_add(clipped, size), sums.value);
            // ψ, ψ' and ψ/r of Huber's ρ.
            let psi = weight * r.min(delta).max(-delta);
            let curve = size.if_at_most(delta, weight, zero);
            let reweighted = weight * (delta / size.max(delta));
            // F'' = Σ ψ'·JJᵀ + ψ·∇²r with ∇²r = S''/S − JJᵀ.
            let outer = curve - psi;
            for j in 0..5 {
                let (scaled, damped) = (outer * q[j], reweighted * q[j]);
                sums.gradient[j] = psi.mul_add(q[j], sums.gradient[j]);
                sums.pull[j] = psi.abs().mul_add(q[j].abs(), sums.pull[j]);
                sums.damping[j] = damped.mul_add(q[j], sums.damping[j]);
                for k in 0..=j {
                    sums.outer[j][k] = scaled.mul_add(q[k], sums.outer[j][k]);
                }
            }
            sums.by_alpha = (psi * q[3]).mul_add(x, sums.by_alpha);
            sums.by_beta = (psi * q[4]).mul_add(y, sums.by_beta);
        }
        sums.local(self.theta)
    }
}

impl<S: Simd> Sums<S> {
    #[cfg_attr(feature = "simd", inline(always))]
    fn local(&self, theta: &Theta) -> Local {
        let factor = [1.0, 1.0, 1.0, -theta[1], -theta[2]];
        let slopes = Lane::sums(&self.gradient);
        let (damping, pull) = (Lane::sums(&self.damping), Lane::sums(&self.pull));
        let mut hessian = [[0.0; 5]; 5];
        for j in 0..5 {
            for k in 0..=j {
                hessian[j][k] = factor[j] * factor[k] * self.outer[j][k].sum();
            }
        }
        hessian[3][1] -= slopes[3];
        hessian[3][3] += theta[1] * self.by_alpha.sum();
        hessian[4][2] -= slopes[4];
        hessian[4][4] += theta[2] * self.by_beta.sum();
        for j in 0..5 {
            for k in j + 1..5 {
                hessian[j][k] = hessian[k][j];
            }
        }
        Local {
            value: self.value.sum(),
            gradient: std::array::from_fn(|j| factor[j] * slopes[j]),
            hessian,
            damping: std::array::from_fn(|j| factor[j] * factor[j] * damping[j]),
            pull: std::array::from_fn(|j| factor[j].abs() * pull[j]),
        }
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

    /// The same sums one point at a time, as the formulas read.
    fn plain(objective: Objective<'_>, theta: &Theta) -> Local {
        let [_, a, b, ..] = *theta;
        let delta = objective.delta;
        let mut sum =
            Local { value: 0.0, gradient: [0.0; 5], hessian: [[0.0; 5]; 5], damping: [0.0; 5], pull: [0.0; 5] };
        let rows = objective.residuals(theta).into_iter().zip(objective.jacobian(theta));
        for (i, (r, jacobian)) in rows.enumerate() {
            let (x, y) = (objective.points.x[i], objective.points.y[i]);
            let inside = r.abs() <= delta;
            let (psi, curve) = if inside { (r, 1.0) } else { (delta.copysign(r), 0.0) };
            sum.value += if inside { 0.5 * r * r } else { delta * (r.abs() - 0.5 * delta) };
            for j in 0..5 {
                sum.gradient[j] += psi * jacobian[j];
                sum.pull[j] += (psi * jacobian[j]).abs();
                sum.damping[j] += (psi / r) * jacobian[j] * jacobian[j];
                for k in 0..5 {
                    sum.hessian[j][k] += (curve - psi) * jacobian[j] * jacobian[k];
                }
            }
            for (term, exponent, scale, axis) in [(1, 3, a, x), (2, 4, b, y)] {
                let slope = psi * jacobian[term] * axis;
                sum.hessian[exponent][term] -= slope;
                sum.hessian[term][exponent] -= slope;
                sum.hessian[exponent][exponent] += scale * slope * axis;
            }
        }
        sum
    }

    #[test]
    fn the_vectorised_sums_equal_the_plain_ones() {
        for n in 5..40 {
            let column = |f: &dyn Fn(f64) -> f64| (0..n).map(|i| f(f64::from(i))).collect::<Vec<f64>>();
            let (params, tokens) = (column(&|i| 1e7 * 1.3f64.powf(i)), column(&|i| 1e9 * (2.0 + (3.0 * i).sin())));
            let losses = column(&|i| 2.5 + 1.2 * (0.7 * i).cos());
            let points = Points::new(&Runs::from_columns(&params, &tokens, &losses).unwrap());
            for delta in [1e-3, 0.3, 10.0] {
                for theta in [[1.6, 0.5, 0.6, 0.31, 0.37], [0.0, 1.5, 1.1, 1e-3, 2.0], [2.0, 0.0, 0.3, 0.4, 0.1]] {
                    let objective = Objective { points: &points, delta };
                    let plain = plain(objective, &theta);
                    let close = |a: f64, b: f64, scale: f64| (a - b).abs() <= 1e-12 * scale.max(1e-300);
                    let narrow = simd::portable::only(|| objective.local(&theta));
                    for ours in [objective.local(&theta), narrow] {
                        assert!(close(ours.value, plain.value, plain.value));
                        for j in 0..5 {
                            assert!(close(ours.gradient[j], plain.gradient[j], plain.pull[j]), "gradient {j}");
                            assert!(close(ours.pull[j], plain.pull[j], plain.pull[j]), "pull {j}");
                            assert!(close(ours.damping[j], plain.damping[j], plain.damping[j]), "damping {j}");
                            for k in 0..5 {
                                let largest = plain.hessian.iter().flatten().fold(0.0f64, |a, h| a.max(h.abs()));
                                assert!(close(ours.hessian[j][k], plain.hessian[j][k], largest), "hessian {j},{k}");
                            }
                        }
                    }
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
