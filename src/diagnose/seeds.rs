//! Starts for other laws from coefficients E, A, B, α, β of the Chinchilla form, by matching the limits of large N and D.

use crate::runs::Runs;

/// E, A, B, alpha: both exponents in their middle, the terms kept where the runs are.
pub(super) fn tied([e, a, b, alpha, beta]: [f64; 5], runs: &Runs) -> Vec<Vec<f64>> {
    let middle = |column: &[f64]| column.iter().map(|v| v.ln()).sum::<f64>() / column.len().max(1) as f64;
    let (x, y) = (middle(runs.params()), middle(runs.tokens()));
    let at = |exponent: f64| vec![e, a * ((exponent - alpha) * x).exp(), b * ((exponent - beta) * y).exp(), exponent];
    [0.5 * (alpha + beta), alpha, beta].map(at).into()
}

/// E, N_c, D_c, alpha_N, alpha_D: D → ∞ leaves (N_c/N)^α_N, N → ∞ leaves (D_c/D)^α_D.
pub(super) fn kaplan([e, a, b, alpha, beta]: [f64; 5]) -> Vec<Vec<f64>> {
    let base = |factor: f64, exponent: f64| (factor.max(f64::MIN_POSITIVE).ln() / exponent).exp().min(1e290);
    vec![vec![e, base(a, alpha), base(b, beta), alpha, beta], vec![0.5 * e, base(a, alpha), base(b, beta), alpha, beta]]
}

/// E, A, B, alpha, beta, k: the limits are A^k/N^(kα) and B^k/D^(kβ).
pub(super) fn outer([e, a, b, alpha, beta]: [f64; 5]) -> Vec<Vec<f64>> {
    let at = |k: f64| vec![e, a.powf(1.0 / k), b.powf(1.0 / k), alpha / k, beta / k, k];
    [1.0, 0.6, 1.6].map(at).into_iter().filter(|start| start.iter().all(|v| v.is_finite())).collect()
}
