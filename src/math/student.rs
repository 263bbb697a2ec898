//! Quantiles of the normal distribution and of Student's t.

use super::distribution::{f_upper_tail, normal_upper_tail};
use super::root::brent;

/// Φ(z).
pub(crate) fn normal_below(z: f64) -> f64 {
    if z < 0.0 { normal_upper_tail(-z) } else { 1.0 - normal_upper_tail(z) }
}

/// The z below which a share p of a standard normal variable lies; ±∞ at 0 and 1.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    upper_quantile(p, normal_upper_tail)
}

/// The t below which a share p of Student's t with so many degrees of freedom lies; ±∞ at 0 and 1. P(T > t) is half of
/// P(F > t²) with (1, ν) degrees of freedom.
pub(crate) fn student_quantile(p: f64, freedom: f64) -> f64 {
    upper_quantile(p, |t| 0.5 * f_upper_tail(t * t, 1.0, freedom))
}

/// By the tail above a number that is not negative, of a variable that is symmetric about zero.
fn upper_quantile(p: f64, tail: impl Fn(f64) -> f64) -> f64 {
    if p < 0.5 {
        return -upper_quantile(1.0 - p, tail);
    }
    let above = 1.0 - p;
    if !(above > 0.0) {
        return f64::INFINITY;
    }
    // In ln t: the quantiles of few degrees of freedom are far out.
    let excess = |ln_t: f64| tail(ln_t.exp()).max(f64::MIN_POSITIVE).ln() - above.ln();
    if p == 0.5 { 0.0 } else { brent(excess, -40.0, 40.0).map_or(0.0, f64::exp) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.norm.ppf and scipy.stats.t.ppf of scipy 1.17.
    #[test]
    fn quantiles_agree_with_scipy() {
        for (p, z) in [(0.95, 1.6448536269514722), (0.3, -0.5244005127080409), (0.9999, 3.719016485455709)] {
            assert!((normal_quantile(p) / z - 1.0).abs() < 1e-12, "{p} {}", normal_quantile(p));
        }
        for (p, freedom, t) in [
            (0.95, 10.0, 1.8124611228116756),
            (0.95, 3.0, 2.3533634348018233),
            (0.025, 235.0, -1.9701100622681036),
            (0.99, 1.0, 31.820515953773935),
        ] {
            let ours = student_quantile(p, freedom);
            assert!((ours / t - 1.0).abs() < 1e-10, "{p} {freedom} {ours}");
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn the_quantile_undoes_the_distribution() {
        for z in [-3.0, -0.2, 0.7, 2.5] {
            assert!((normal_quantile(normal_below(z)) - z).abs() < 1e-11);
        }
    }
}
