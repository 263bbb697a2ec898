//! Loops over many points at once.

/// out_i = constant + Σ_k exp(ln_scale_k − exponent_k·ln x_ki).
pub(crate) fn sum_of_two_powers(constant: f64, terms: [(f64, f64, &[f64]); 2], out: &mut [f64]) {
    let [(ln_a, alpha, x), (ln_b, beta, y)] = terms;
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = constant + (ln_a - alpha * x).exp() + (ln_b - beta * y).exp();
    }
}
