//! Scales of noise estimated from residuals.

use super::system::Linear;
use crate::math::quantile::robust_scale;
use crate::math::root::brent;

/// σ̂ = 1.4826·median|r|·√(n/(n−p)): the last factor because p coefficients have been spent on making the residuals small.
pub(super) fn robust(residuals: &[f64], coefficients: usize) -> f64 {
    let n = residuals.len() as f64;
    robust_scale(residuals) * (n / (n - coefficients as f64).max(1.0)).sqrt()
}

/// The scale s of Student's t that is most likely, given residuals: Σ m·(ν+1)·r²/(νs² + r²) = Σ m, which falls in s and so
/// has one root. `None` where so many residuals are zero that the likelihood grows without limit as s → 0.
pub(super) fn student(residuals: &[f64], multipliers: &[f64], freedom: f64) -> Option<f64> {
    let total: f64 = multipliers.iter().sum();
    let excess = |square: f64| {
        let of = |(r, m): (&f64, &f64)| m * (freedom + 1.0) * r * r / (freedom * square + r * r);
        residuals.iter().zip(multipliers).map(of).sum::<f64>() - total
    };
    let greatest = residuals.iter().fold(0.0f64, |a, r| a.max(r * r));
    let least = 1e-24 * greatest;
    if !(greatest > 0.0) || excess(least) <= 0.0 {
        return None;
    }
    // At s² = max r²·(ν+1)/ν the sum is below the total: (ν+1)·r²/(νs²) ≤ 1.
    let ceiling = (greatest * (freedom + 1.0) / freedom).ln();
    let ln_square = brent(|ln_square| excess(ln_square.exp()), least.ln(), ceiling)?;
    Some((0.5 * ln_square).exp()).filter(|s| s.is_finite() && *s > 0.0)
}

/// The residuals of the data alone, without the priors' rows.
pub(super) fn of_data(linear: &Linear, count: usize) -> Vec<f64> {
    linear.residuals.iter().take(count).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_of_t_solves_its_equation() {
        let residuals = [0.3, -0.1, 0.05, 2.0, -0.4, 0.2, -0.15];
        let scale = student(&residuals, &[1.0; 7], 4.0).unwrap();
        let sum: f64 = residuals.iter().map(|r| 5.0 * r * r / (4.0 * scale * scale + r * r)).sum();
        assert!((sum - 7.0).abs() < 1e-12);
        // scipy.optimize.minimize_scalar of -scipy.stats.t.logpdf(r / s, 4).sum() + 7 * log(s)
        assert!((scale - 0.362_020_141).abs() < 1e-8, "{scale}");
    }

    #[test]
    fn residuals_that_are_nearly_all_zero_have_no_scale_of_t() {
        assert_eq!(student(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], &[1.0; 6], 4.0), None);
        assert_eq!(student(&[0.0; 3], &[1.0; 3], 4.0), None);
    }
}
