//! Averages over the end of a curve, with standard errors that know that neighbouring losses go together.

/// Mean of values and its standard error s/√k · √((1 + ρ)/(1 − ρ)), ρ being the correlation of neighbours (first-order
/// autoregressive noise). No error from fewer than three values.
pub(super) fn mean(values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count.max(1.0);
    if values.len() < 3 {
        return (mean, None);
    }
    let residuals: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let variance = residuals.iter().map(|r| r * r).sum::<f64>() / (count - 1.0);
    (mean, finite((variance / count * inflation(&residuals)).sqrt()))
}

/// The value at the last step of the least-squares line through the points, and its standard error
/// s·√(1/k + (s_last − s̄)²/Σ(s − s̄)²) · √((1 + ρ)/(1 − ρ)).
pub(super) fn line_end(steps: &[u64], values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len() as f64;
    let (Some(last), Some(&last_value)) = (steps.last(), values.last()) else { return (0.0, None) };
    // Steps are counted back from the last one: the differences are exact.
    let back: Vec<f64> = steps.iter().map(|step| (last - step) as f64).collect();
    let mean_back = back.iter().sum::<f64>() / count;
    let mean_value = values.iter().sum::<f64>() / count;
    let spread: f64 = back.iter().map(|b| (b - mean_back).powi(2)).sum();
    if values.len() < 3 || spread <= 0.0 {
        return (last_value, None);
    }
    let slope = back.iter().zip(values).map(|(b, v)| (b - mean_back) * (v - mean_value)).sum::<f64>() / spread;
    let residuals: Vec<f64> = back.iter().zip(values).map(|(b, v)| v - mean_value - slope * (b - mean_back)).collect();
    let variance = residuals.iter().map(|r| r * r).sum::<f64>() / (count - 2.0);
    let leverage = 1.0 / count + mean_back * mean_back / spread;
    (mean_value - slope * mean_back, finite((variance * leverage * inflation(&residuals)).sqrt()))
}

/// (1 + ρ)/(1 − ρ) with ρ from the residuals, kept between 0 and 0.95.
fn inflation(residuals: &[f64]) -> f64 {
    let total: f64 = residuals.iter().map(|r| r * r).sum();
    let neighbours: f64 = residuals.windows(2).map(|pair| pair.iter().product::<f64>()).sum();
    let rho = if total > 0.0 { (neighbours / total).clamp(0.0, 0.95) } else { 0.0 };
    (1.0 + rho) / (1.0 - rho)
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_error_agree_with_numpy() {
        // numpy: b = lstsq([1, x], y), cov = inv(XᵀX)·rᵀr/(10 − 2), v = [1, 100]: v·b and √(vᵀ cov v).
        let steps = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
        let values = [3.2, 3.15, 3.18, 3.1, 3.12, 3.05, 3.08, 3.02, 3.01, 3.03];
        let (end, error) = line_end(&steps, &values);
        assert!((end - 3.000_181_818_181_817_4).abs() < 1e-12, "{end}");
        // The residuals' neighbours are anticorrelated here, so ρ is 0.
        assert!((error.unwrap() - 0.015_242_845_948_742_059).abs() < 1e-12, "{error:?}");
    }

    #[test]
    fn correlated_noise_widens_the_error() {
        let slow: Vec<f64> = (0..64).map(|i| 3.0 + f64::from(u32::from((i / 8) % 2 == 0)) * 0.1).collect();
        let fast: Vec<f64> = (0..64).map(|i| 3.0 + f64::from(i % 2) * 0.1).collect();
        assert!(mean(&slow).1.unwrap() > 2.0 * mean(&fast).1.unwrap());
        assert_eq!(mean(&[1.0, 3.0]), (2.0, None));
    }
}
