//! From replicates to the ends of an interval.

use crate::math::quantile::quantile;
use crate::math::student::{normal_below, normal_quantile};

/// (low, high) at the quantiles α and 1 − α.
pub(super) fn percentile(mut values: Vec<f64>, tail: f64) -> (f64, f64) {
    (quantile(&mut values, tail), quantile(&mut values, 1.0 - tail))
}

/// The same mirrored at the estimate.
pub(super) fn basic(values: Vec<f64>, point: f64, tail: f64) -> (f64, f64) {
    let (low, high) = percentile(values, tail);
    (2.0 * point - high, 2.0 * point - low)
}

/// Efron's bias-corrected and accelerated ends; `left_out` are the estimates without each run or cluster in turn. The median
/// bias counts ties with the estimate half, as SciPy does.
pub(super) fn bca(mut values: Vec<f64>, point: f64, left_out: &[f64], tail: f64) -> (f64, f64) {
    let count = values.len() as f64;
    let below = values.iter().filter(|v| **v < point).count() as f64;
    let equal = values.iter().filter(|v| **v == point).count() as f64;
    // All replicates on one side are a share of half a replicate at most.
    let share = ((below + 0.5 * equal) / count).clamp(0.5 / count, 1.0 - 0.5 / count);
    let bias = normal_quantile(share);
    let mean = left_out.iter().sum::<f64>() / left_out.len().max(1) as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in left_out {
        squares += (mean - value).powi(2);
        cubes += (mean - value).powi(3);
    }
    let acceleration = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    let at = |p: f64| {
        let z = bias + normal_quantile(p);
        normal_below(bias + z / (1.0 - acceleration * z))
    };
    let (low, high) = (at(tail), at(1.0 - tail));
    (quantile(&mut values, low.min(high)), quantile(&mut values, low.max(high)))
}

/// θ̂ − s·q of the replicates in their own standard errors.
pub(super) fn studentized(values: Vec<f64>, point: f64, error: f64, tail: f64) -> (f64, f64) {
    let (low, high) = percentile(values, tail);
    (point - error * high, point - error * low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: [f64; 20] = [
        0.448, 0.266, 0.78, 1.523, 3.114, 1.116, 0.575, 0.456, 2.114, 5.128, 1.314, 0.291, 0.384, 4.953, 1.225, 0.177,
        0.92, 0.312, 0.533, 0.614,
    ];

    /// Means of 400 resamples by a generator that is one line in any language.
    fn replicates() -> Vec<f64> {
        let mut state = 12345u64;
        let mut next = || {
            state = (state * 1_103_515_245 + 12345) % (1 << 31);
            DATA[(state >> 16) as usize % 20]
        };
        (0..400).map(|_| (0..20).map(|_| next()).sum::<f64>() / 20.0).collect()
    }

    fn close(ours: (f64, f64), theirs: (f64, f64)) {
        assert!((ours.0 - theirs.0).abs() < 1e-9 && (ours.1 - theirs.1).abs() < 1e-9, "{ours:?} {theirs:?}");
    }

    /// scipy.stats.bootstrap((x,), np.mean, n_resamples=0, bootstrap_result=…) of scipy 1.17 on these replicates.
    #[test]
    fn the_ends_are_those_of_scipy_on_the_same_replicates() {
        let point = DATA.iter().sum::<f64>() / 20.0;
        let left_out: Vec<f64> = DATA.iter().map(|x| (20.0 * point - x) / 19.0).collect();
        close(bca(replicates(), point, &left_out, 0.05), (0.8911500000000001, 2.103804871480892));
        close(bca(replicates(), point, &left_out, 0.025), (0.8137137210476688, 2.195315239260609));
        close(percentile(replicates(), 0.05), (0.7900149999999998, 1.8881100000000006));
        close(basic(replicates(), point, 0.05), (0.7361900000000001, 1.8342850000000008));
    }

    #[test]
    fn without_bias_or_skewness_bca_is_the_percentile() {
        let values: Vec<f64> = (0..1001).map(|i| f64::from(i) / 1000.0).collect();
        let by_percentile = percentile(values.clone(), 0.05);
        let by_bca = bca(values, 0.5, &[1.0, 2.0, 3.0], 0.05);
        assert!((by_bca.0 - by_percentile.0).abs() < 1e-9 && (by_bca.1 - by_percentile.1).abs() < 1e-9);
    }
}
