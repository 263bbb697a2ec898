//! Standard errors and conditions: sums of J·Jᵀ over the points, in one pass each, and small dense algebra.

use nalgebra::Matrix5;
use pulp::{Simd, WithSimd};

use super::noise::Scatter;
use super::objective::Objective;
use super::points::{Points, Theta};
use crate::math::distribution::{normal_density, normal_upper_tail};
use crate::math::simd::{self, Lane};

/// The standardised residuals r/s at the optimum by point, and the design's own curvature Σ w·J·Jᵀ whatever they are.
pub(super) fn residuals_and_gram(objective: Objective<'_>, theta: &Theta) -> (Vec<f64>, [Theta; 5]) {
    let mut residuals = vec![0.0; objective.points.l.len()];
    let gram = simd::run(Residuals { objective, theta, out: &mut residuals });
    residuals.truncate(objective.points.len());
    (residuals, gram)
}

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
pub(super) fn covariance(
    objective: Objective<'_>,
    theta: &Theta,
    free: &[bool; 5],
    scatter: &Scatter,
    gram: &[Theta; 5],
) -> Option<[Theta; 5]> {
    let meaning = objective.points.meaning;
    let p = free.iter().filter(|f| **f).count();
    let (n, delta) = (meaning.observations, objective.delta);
    let freedom = n - p as f64;
    if p == 0 || !(freedom >= 0.5) {
        return None;
    }
    let result = if meaning.scale_known {
        let (squares, within) = of_normal(delta);
        inverse(&matrix(gram), free)? * (squares / (within * within))
    } else {
        let (bread, meat) = simd::run(Sandwich { objective, theta, h: scatter.smoothing });
        let inverse = inverse(&matrix(&bread), free)?;
        inverse * matrix(&meat) * inverse * (n / freedom)
    };
    let full: [Theta; 5] = std::array::from_fn(|j| std::array::from_fn(|k| result[(j, k)]));
    full.iter().flatten().all(|v| v.is_finite()).then_some(full)
}

/// E ψ² and E ψ' of Huber's ψ at a standard normal variable.
pub(super) fn of_normal(delta: f64) -> (f64, f64) {
    let tail = normal_upper_tail(delta);
    let within = 1.0 - 2.0 * tail;
    let squares =
        if delta > 40.0 { 1.0 } else { within - 2.0 * delta * normal_density(delta) + 2.0 * delta * delta * tail };
    (squares, within)
}

fn matrix(rows: &[Theta; 5]) -> Matrix5<f64> {
    Matrix5::from_fn(|j, k| rows[j][k])
}

/// The inverse over the free coordinates, zero elsewhere.
fn inverse(m: &Matrix5<f64>, free: &[bool; 5]) -> Option<Matrix5<f64>> {
    // Unit diagonal first: the coefficients differ by orders of magnitude and the inverse would lose digits.
    let scale: Theta = std::array::from_fn(|j| if free[j] { m[(j, j)].sqrt() } else { 1.0 });
    if scale.iter().any(|s| !(*s > 0.0)) {
        return None;
    }
    let scaled = Matrix5::from_fn(|j, k| match (j == k, free[j] && free[k]) {
        (_, true) => m[(j, k)] / (scale[j] * scale[k]),
        (held, _) => f64::from(u8::from(held)),
    });
    let inverse = scaled.cholesky()?.inverse();
    Some(Matrix5::from_fn(|j, k| if free[j] && free[k] { inverse[(j, k)] / (scale[j] * scale[k]) } else { 0.0 }))
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
    let scaled = Matrix5::from_fn(|j, k| match (j == k, free[j] && free[k]) {
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

#[inline(always)]
fn add<S: Simd>(sum: &mut Outer<S>, coefficient: Lane<S>, q: &[Lane<S>; 5]) {
    for j in 0..5 {
        let scaled = coefficient * q[j];
        for k in 0..=j {
            sum[j][k] = scaled.mul_add(q[k], sum[j][k]);
        }
    }
}

#[inline(always)]
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

#[inline(always)]
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

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let mut gram = [[Lane::splat(simd, 0.0); 5]; 5];
        let out = S::as_mut_simd_f64s(self.out).0;
        groups(simd, self.objective.points, self.theta, {
            #[inline(always)]
            |i, group: Group<S>| {
                out[i] = (group.residual / group.scale).values;
                add(&mut gram, group.weight, &group.q);
            }
        });
        total(&gram, self.theta)
    }
}

struct Sandwich<'a> {
    objective: Objective<'a>,
    theta: &'a Theta,
    h: f64,
}

impl WithSimd for Sandwich<'_> {
    /// Bread and meat.
    type Output = ([Theta; 5], [Theta; 5]);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let zero = Lane::splat(simd, 0.0);
        let (mut bread, mut meat) = ([[zero; 5]; 5], [[zero; 5]; 5]);
        let [delta, h, width] = Lane::splats(simd, [self.objective.delta, self.h, 0.5 / self.h]);
        let squared = Lane::splat(simd, if self.objective.points.meaning.counts { 0.0 } else { 1.0 });
        groups(simd, self.objective.points, self.theta, {
            #[inline(always)]
            |_, group: Group<S>| {
                let r = group.residual;
                let psi = r.min(delta).max(-delta);
                let slope = ((r + h).min(delta).max(-delta) - (r - h).min(delta).max(-delta)) * width;
                let weight = group.weight;
                // w for counts, w² for precisions.
                let observed = weight * squared.mul_add(weight - weight.all(1.0), weight.all(1.0));
                add(&mut bread, weight * slope, &group.q);
                add(&mut meat, observed * psi * psi, &group.q);
            }
        });
        (total(&bread, self.theta), total(&meat, self.theta))
    }
}
