//! Starts for other laws from coefficients E, A, B, α, β of the Chinchilla form, by matching limits or slopes.

use crate::runs::Runs;

fn middle(column: &[f64]) -> f64 {
    column.iter().map(|v| v.ln()).sum::<f64>() / column.len().max(1) as f64
}

/// E, A, B, alpha: both exponents in their middle, the terms kept where the runs are.
pub(super) fn tied([e, a, b, alpha, beta]: [f64; 5], runs: &Runs) -> Vec<Vec<f64>> {
    let (x, y) = (middle(runs.params()), middle(runs.tokens()));
    let at = |exponent: f64| vec![e, a * ((exponent - alpha) * x).exp(), b * ((exponent - beta) * y).exp(), exponent];
    [0.5 * (alpha + beta), alpha, beta].map(at).into()
}

/// E, N_c, D_c, alpha_N, alpha_D for some floors E: the same loss and slopes as the form has in the middle of the runs, with
/// the term of N in a share p of the bracket. ∂ln(L−E)/∂ln N = −p·α_N, ∂ln(L−E)/∂ln D = −(1−p)·α_D.
pub(super) fn kaplan([e, a, b, alpha, beta]: [f64; 5], runs: &Runs, floors: &[f64]) -> Vec<Vec<f64>> {
    let (x, y) = (middle(runs.params()), middle(runs.tokens()));
    let (u, v) = (a * (-alpha * x).exp(), b * (-beta * y).exp());
    let mut starts = Vec::new();
    for share in floors {
        for p in [0.25, 0.5, 0.75] {
            let above = e * (1.0 - share) + u + v;
            let (alpha_n, alpha_d) = (alpha * u / above / p, beta * v / above / (1.0 - p));
            let ln_sum = above.ln() / alpha_d;
            let ln_n_c = x + alpha_d / alpha_n * (ln_sum + f64::ln(p));
            let ln_d_c = y + ln_sum + f64::ln(1.0 - p);
            let start = vec![e * share, ln_n_c.exp(), ln_d_c.exp(), alpha_n, alpha_d];
            if start.iter().all(|v| v.is_finite()) && start[1..].iter().all(|v| *v > 0.0) {
                starts.push(start);
            }
        }
    }
    starts
}

/// E, A, B, alpha, beta, k: the limits are A^k/N^(kα) and B^k/D^(kβ).
pub(super) fn outer([e, a, b, alpha, beta]: [f64; 5]) -> Vec<Vec<f64>> {
    let at = |k: f64| vec![e, a.powf(1.0 / k), b.powf(1.0 / k), alpha / k, beta / k, k];
    [1.0, 0.6, 1.6].map(at).into_iter().filter(|start| start.iter().all(|v| v.is_finite())).collect()
}
