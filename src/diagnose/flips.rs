//! A paired test of several contenders by flipping the signs of groups.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// Groups up to which every pattern of signs is tried.
const EXACT: usize = 12;
/// Patterns drawn beyond.
const DRAWN: usize = 4095;

/// For each contender, the chance that the best of the others would seem better than it by as much if all predicted
/// equally well. `errors[contender][group]`.
///
/// Under that hypothesis the differences between two contenders in one group are as likely the other way round, for all
/// pairs at once. The statistic of contender j is max over i of Σ_g d/√Σ_g d², d = error_j − error_i; the maximum pays for
/// having looked at all of them.
pub(super) fn p_values(errors: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let groups = errors.iter().map(Vec::len).min().unwrap_or(0);
    let patterns: Vec<u64> = if groups <= EXACT {
        (0..1u64 << groups).collect()
    } else {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // The data as they are count as one of the patterns.
        std::iter::once(0).chain((0..DRAWN).map(|_| random.next_u64())).collect()
    };
    (0..errors.len())
        .map(|j| {
            let rows: Vec<Vec<f64>> = (0..errors.len())
                .filter(|&i| i != j)
                .filter_map(|i| standardised(&errors[j], &errors[i], groups))
                .collect();
            let statistic = |pattern: u64| {
                let sign = |g: usize| if pattern >> (g % 64) & 1 == 1 { -1.0 } else { 1.0 };
                let sum = |row: &Vec<f64>| row.iter().enumerate().map(|(g, d)| sign(g) * d).sum::<f64>();
                rows.iter().map(sum).fold(f64::NEG_INFINITY, f64::max)
            };
            if rows.is_empty() {
                return 1.0;
            }
            let observed = statistic(0);
            let reached = patterns.iter().filter(|&&pattern| statistic(pattern) >= observed - 1e-12).count();
            reached as f64 / patterns.len() as f64
        })
        .collect()
}

/// Differences over their root sum of squares; `None` where there are none.
fn standardised(one: &[f64], two: &[f64], groups: usize) -> Option<Vec<f64>> {
    let differences: Vec<f64> = one.iter().zip(two).take(groups).map(|(a, b)| a - b).collect();
    let length = differences.iter().map(|d| d * d).sum::<f64>().sqrt();
    (length > 0.0).then(|| differences.iter().map(|d| d / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_worse_in_every_group_is_told_apart_and_equals_are_not() {
        let good: Vec<f64> = (0..8).map(|g| 1.0 + 0.1 * f64::from(g)).collect();
        let bad: Vec<f64> = good.iter().map(|e| e + 0.2).collect();
        let p = p_values(&[good.clone(), bad], 0);
        // Of 256 patterns only the one of the data reaches it.
        assert_eq!(p[1], 1.0 / 256.0);
        assert!(p[0] > 0.9);
        assert_eq!(p_values(&[good.clone(), good], 0), [1.0, 1.0]);
    }
}
