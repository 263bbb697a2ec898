use nalgebra::{DMatrix, SymmetricEigen};

use super::noise::{smoothed_slope, smoothing};
use super::points::Theta;

/// Sandwich covariance of the solver's coefficients, over the free ones:
///
/// ```text
/// V = H⁻¹·M·H⁻¹ · n/(n−p),   H = Σ ω_i·J_i·J_iᵀ,   M = Σ ψ(r_i)²·J_i·J_iᵀ,   ω_i = (ψ(r_i+h) − ψ(r_i−h))/2h
/// ```
///
/// with the smoothing h of [`smoothing`] (Powell 1991 for absolute deviations).
/// `None` without degrees of freedom or where H is singular.
pub(super) fn sandwich(residuals: &[f64], jacobian: &[Theta], delta: f64, free: &[bool; 5]) -> Option<[Theta; 5]> {
    let index: Vec<usize> = (0..5).filter(|&j| free[j]).collect();
    let (n, p) = (residuals.len() as f64, index.len());
    let freedom = n - p as f64;
    if freedom < 0.5 || p == 0 {
        return None;
    }
    let h = smoothing(residuals, delta);
    let psi = |r: f64| r.clamp(-delta, delta);
    let (mut bread, mut meat) = (DMatrix::<f64>::zeros(p, p), DMatrix::<f64>::zeros(p, p));
    for (row, r) in jacobian.iter().zip(residuals) {
        let weight = smoothed_slope(*r, h, delta);
        for (i, &j) in index.iter().enumerate() {
            for (k, &m) in index.iter().enumerate() {
                let product = row[j] * row[m];
                bread[(i, k)] += weight * product;
                meat[(i, k)] += psi(*r) * psi(*r) * product;
            }
        }
    }
    // Unit diagonal first: the coefficients differ by orders of magnitude and the inverse would lose digits.
    let scale: Vec<f64> = (0..p).map(|i| bread[(i, i)].sqrt()).collect();
    if scale.iter().any(|s: &f64| !(*s > 0.0)) {
        return None;
    }
    let scaled = DMatrix::from_fn(p, p, |i, k| bread[(i, k)] / (scale[i] * scale[k]));
    let inverse = scaled.cholesky()?.inverse();
    let inverse = DMatrix::from_fn(p, p, |i, k| inverse[(i, k)] / (scale[i] * scale[k]));
    let covariance = &inverse * meat * &inverse * (n / freedom);
    let mut full = [[0.0_f64; 5]; 5];
    for (i, &j) in index.iter().enumerate() {
        for (k, &m) in index.iter().enumerate() {
            full[j][m] = covariance[(i, k)];
        }
    }
    full.iter().flatten().all(|v| v.is_finite()).then_some(full)
}

/// Smallest eigenvalue and condition number of a symmetric matrix scaled to unit diagonal, over the free coordinates.
pub(super) fn scaled_spectrum(matrix: &[Theta; 5], free: &[bool; 5]) -> (f64, f64) {
    let index: Vec<usize> = (0..5).filter(|&j| free[j]).collect();
    let scale = |j: usize| matrix[j][j].abs().sqrt();
    if index.is_empty() || index.iter().any(|&j| !(scale(j) > 0.0 && scale(j).is_finite())) {
        return (0.0, f64::MAX);
    }
    // An eigenvalue iteration on what is not a number need not end.
    if index.iter().any(|&j| index.iter().any(|&k| !matrix[j][k].is_finite())) {
        return (0.0, f64::MAX);
    }
    let scaled = DMatrix::from_fn(index.len(), index.len(), |i, k| {
        matrix[index[i]][index[k]] / (scale(index[i]) * scale(index[k]))
    });
    let values = SymmetricEigen::new(scaled).eigenvalues;
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
