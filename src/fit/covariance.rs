//! Standard errors and conditions at the optimum.

use super::noise::{Scatter, smoothed_slope};
use super::objective::Objective;
use super::points::{Points, Theta};
use super::sandwich::{Bread, Clustering};
use crate::math::distribution::{normal_density, normal_upper_tail};
use crate::math::linear::Matrix;
use crate::math::simd::{self, Lane, Simd, WithSimd};

/// The standardised residuals r/s at the optimum by point, and the design's own curvature Σ w·J·Jᵀ whatever they are.
pub(super) fn residuals_and_gram(objective: Objective<'_>, theta: &Theta) -> (Vec<f64>, [Theta; 5]) {
    let mut residuals = vec![0.0; objective.points.l.len()];
    let gram = simd::run(Residuals { objective, theta, out: &mut residuals });
    residuals.truncate(objective.points.len());
    (residuals, gram)
}

/// √w·∂r/∂θ of the free coefficients, one row a point.
pub(super) fn jacobian(points: &Points, theta: &Theta, free: &[bool; 5]) -> Matrix {
    let [e, a, b, alpha, beta] = *theta;
    let index: Vec<usize> = (0..5).filter(|&j| free[j]).collect();
    let mut jacobian = Matrix::zeros(points.len(), index.len());
    for i in 0..points.len() {
        let (x, y) = (points.x[i], points.y[i]);
        let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
        let slopes = [1.0, u, v, -a * u * x, -b * v * y];
        let unit = points.weight[i].sqrt() / (e + a * u + b * v);
        index.iter().enumerate().for_each(|(k, j)| jacobian[(i, k)] = unit * slopes[*j]);
    }
    jacobian
}

/// The optimum with its residuals r/s by point.
pub(super) struct Optimum<'a> {
    pub objective: Objective<'a>,
    pub theta: &'a Theta,
    pub free: &'a [bool; 5],
    pub residuals: &'a [f64],
    pub scatter: &'a Scatter,
}

impl Optimum<'_> {
    /// Covariance of the solver's coefficients, over the free ones. Where the residuals tell the size of the errors:
    ///
    /// ```text
    /// V = H⁻¹·M·H⁻¹ · n/(n−p),   H = Σ w_i·ω_i·J_i·J_iᵀ,   M = Σ m_i·ψ(r_i)²·J_i·J_iᵀ,   ω_i = (ψ(r_i+h) − ψ(r_i−h))/2h
    /// ```
    ///
    /// with the smoothing h of [`Scatter`] (Powell 1991 for absolute deviations), m = w for counts and w² for precisions.
    /// Where σ is given, H and M are their expectations under normal errors of that size, without the factor n/(n−p):
    ///
    /// ```text
    /// V = E ψ²(Z)/(E ψ'(Z))² · (Σ J_i·J_iᵀ/σ_i²)⁻¹,   E ψ' = 1 − 2Q(δ),   E ψ² = 1 − 2Q(δ) − 2δφ(δ) + 2δ²Q(δ)
    /// ```
    ///
    /// `None` without degrees of freedom or where H is singular.
    pub fn covariance(&self) -> Option<[Theta; 5]> {
        let Self { objective, residuals, .. } = self;
        let (delta, meaning) = (objective.delta, objective.points.meaning);
        let freedom = self.freedom()?;
        let rows = self.jacobian();
        if meaning.scale_known {
            let (squares, within) = of_normal(delta);
            return self.spread(Bread::new(&rows, &|_| 1.0)?.model() * (squares / (within * within)));
        }
        let score = |(r, weight): (&f64, &f64)| {
            let psi = r.clamp(-delta, delta);
            // The rows hold √w: w·ψ² in all for counts, w²·ψ² for precisions.
            if meaning.counts { psi } else { psi * weight.sqrt() }
        };
        let scores: Vec<f64> = residuals.iter().zip(&objective.points.weight).map(score).collect();
        let bread = Bread::new(&rows, &|row| self.curvature(row))?;
        self.spread(bread.independent(&rows, &scores) * (meaning.observations / freedom))
    }

    /// The same where the points of a cluster move together, by [`Bread::clustered`]; the residuals tell all.
    pub fn clustered(&self, clusters: &Clustering<'_>) -> Option<[Theta; 5]> {
        self.freedom()?;
        let (points, delta) = (self.objective.points, self.objective.delta);
        let score = |(i, r): (usize, &f64)| (points.weight[i].sqrt() * points.scale[i]) * r.clamp(-delta, delta);
        let scores: Vec<f64> = self.residuals.iter().enumerate().map(score).collect();
        let rows = self.jacobian();
        let curvatures: Vec<f64> = (0..rows.nrows()).map(|row| self.curvature(row)).collect();
        let bread = Bread::new(&rows, &|row| curvatures[row])?;
        self.spread(bread.clustered(&rows, &scores, &curvatures, clusters))
    }

    /// H⁻¹, from which the objective's rise follows when a quantity is held elsewhere.
    pub fn model(&self) -> Option<[Theta; 5]> {
        self.spread(Bread::new(&self.jacobian(), &|row| self.curvature(row))?.model())
    }

    fn freedom(&self) -> Option<f64> {
        let p = self.free.iter().filter(|f| **f).count();
        let freedom = self.objective.points.meaning.observations - p as f64;
        (p > 0 && freedom >= 0.5).then_some(freedom)
    }

    fn jacobian(&self) -> Matrix {
        jacobian(self.objective.points, self.theta, self.free)
    }

    fn curvature(&self, row: usize) -> f64 {
        smoothed_slope(self.residuals[row], self.scatter.smoothing, self.objective.delta)
    }

    /// Over all coefficients, zero where one is held.
    fn spread(&self, inner: Matrix) -> Option<[Theta; 5]> {
        let index: Vec<usize> = (0..5).filter(|&j| self.free[j]).collect();
        let mut full = [[0.0; 5]; 5];
        for (i, &j) in index.iter().enumerate() {
            for (k, &m) in index.iter().enumerate() {
                full[j][m] = inner[(i, k)];
            }
        }
        full.iter().flatten().all(|v| v.is_finite()).then_some(full)
    }
}

/// E ψ² and E ψ' of Huber's ψ at a standard normal variable.
pub(super) fn of_normal(delta: f64) -> (f64, f64) {
    let tail = normal_upper_tail(delta);
    let within = 1.0 - 2.0 * tail;
    let squares =
        if delta > 40.0 { 1.0 } else { within - 2.0 * delta * normal_density(delta) + 2.0 * delta * delta * tail };
    (squares, within)
}

/// Smallest eigenvalue and condition number of a symmetric matrix scaled to unit diagonal, over the free coordinates.
pub(super) fn scaled_spectrum(matrix: &[Theta; 5], free: &[bool; 5]) -> (f64, f64) {
    let scale: Theta = std::array::from_fn(|j| matrix[j][j].abs().sqrt());
    let held = |j: usize| !free[j];
    if (0..5).all(held) || (0..5).any(|j| free[j] && !(scale[j] > 0.0 && scale[j].is_finite())) {
        return (0.0, f64::MAX);
    }
    // An eigenvalue iteration on what is not a number need not end.
    if (0..5).any(|j| (0..5).any(|k| free[j] && free[k] && !matrix[j][k].is_finite())) {
        return (0.0, f64::MAX);
    }
    // Held coordinates get a row of the unit matrix: its eigenvalue 1 lies between the least and the greatest, since the
    // mean of the others is 1.
    let scaled = Matrix::from_fn(5, 5, |j, k| match (j == k, free[j] && free[k]) {
        (_, true) => matrix[j][k] / (scale[j] * scale[k]),
        (diagonal, _) => f64::from(u8::from(diagonal)),
    });
    let values = scaled.symmetric_eigenvalues();
    let (least, greatest) = (values.min(), values.max());
    (least, if least > 0.0 { greatest / least } else { f64::MAX })
}

/// Carries a covariance of (E, A', B', α, β) to the paper's (E, A, B, α, β): A = A'·e^(α·centre), and so for B.
pub(super) fn to_natural(covariance: &[Theta; 5], theta: &Theta, natural: &Theta, centre: [f64; 2]) -> [Theta; 5] {
    let ratio = |j: usize| if theta[j] > 0.0 { natural[j] / theta[j] } else { 0.0 };
    let mut t = [[0.0; 5]; 5];
    t[0][0] = 1.0;
    (t[1][1], t[1][3]) = (ratio(1), natural[1] * centre[0]);
    (t[2][2], t[2][4]) = (ratio(2), natural[2] * centre[1]);
    (t[3][3], t[4][4]) = (1.0, 1.0);
    let product = |i: usize, k: usize| (0..5).map(|m| t[i][m] * covariance[m][k]).sum::<f64>();
    let half: [Theta; 5] = std::array::from_fn(|i| std::array::from_fn(|k| product(i, k)));
    std::array::from_fn(|i| std::array::from_fn(|k| (0..5).map(|m| half[i][m] * t[k][m]).sum()))
}

/// Lower triangle of Σ c·q·qᵀ.
type Outer<S> = [[Lane<S>; 5]; 5];

#[cfg_attr(feature = "simd", inline(always))]
fn add<S: Simd>(sum: &mut Outer<S>, coefficient: Lane<S>, q: &[Lane<S>; 5]) {
    for j in 0..5 {
        let scaled = coefficient * q[j];
        for k in 0..=j {
            sum[j][k] = scaled.mul_add(q[k], sum[j][k]);
        }
    }
}

#[cfg_attr(feature = "simd", inline(always))]
fn total<S: Simd>(sum: &Outer<S>, theta: &Theta) -> [Theta; 5] {
    let factor = [1.0, 1.0, 1.0, -theta[1], -theta[2]];
    let mut full = [[0.0; 5]; 5];
    for j in 0..5 {
        for k in 0..=j {
            full[j][k] = factor[j] * factor[k] * sum[j][k].sum();
            full[k][j] = full[j][k];
        }
    }
    full
}

/// One group of points at θ: r, q = J but for the factors −A and −B of the last two, weight and scale.
struct Group<S: Simd> {
    residual: Lane<S>,
    q: [Lane<S>; 5],
    weight: Lane<S>,
    scale: Lane<S>,
}

#[cfg_attr(feature = "simd", inline(always))]
fn groups<S: Simd>(simd: S, points: &Points, theta: &Theta, mut each: impl FnMut(usize, Group<S>)) {
    let [e, a, b, alpha, beta] = Lane::splats(simd, *theta);
    let one = Lane::splat(simd, 1.0);
    let (xs, ys, ls) = (S::as_simd_f64s(&points.x).0, S::as_simd_f64s(&points.y).0, S::as_simd_f64s(&points.l).0);
    let (weights, scales) = (S::as_simd_f64s(&points.weight).0, S::as_simd_f64s(&points.scale).0);
    for (i, ((((&x, &y), &l), &weight), &scale)) in xs.iter().zip(ys).zip(ls).zip(weights).zip(scales).enumerate() {
        let [x, y, l, weight, scale] = Lane::news(simd, [x, y, l, weight, scale]);
        let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
        let s = b.mul_add(v, a.mul_add(u, e));
        let inverse = one / s;
        let (u, v) = (u * inverse, v * inverse);
        each(i, Group { residual: s.ln() - l, q: [inverse, u, v, u * x, v * y], weight, scale });
    }
}

struct Residuals<'a> {
    objective: Objective<'a>,
    theta: &'a Theta,
    out: &'a mut [f64],
}

impl WithSimd for Residuals<'_> {
    type Output = [Theta; 5];

    #[cfg_attr(feature = "simd", inline(always))]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let mut gram = [[Lane::splat(simd, 0.0); 5]; 5];
        let out = S::as_mut_simd_f64s(self.out).0;
        groups(simd, self.objective.points, self.theta, {
            #[cfg_attr(feature = "simd", inline(always))]
            |i, group: Group<S>| {
                out[i] = (group.residual / group.scale).values;
                add(&mut gram, group.weight, &group.q);
            }
        });
        total(&gram, self.theta)
    }
}
