//! A smooth curve through residuals along one variable.

use crate::math::order::sort_by_number;
use crate::math::quantile::robust_scale;

/// Degree of the polynomial.
const DEGREE: usize = 4;
/// Robust standard deviations at which residuals are clipped.
const CLIP: f64 = 3.0;

/// An orthonormal basis of polynomials in the ranks of a variable, without the constant.
#[derive(Debug)]
pub(super) struct Smooth {
    basis: Vec<Vec<f64>>,
    /// Rows by thirds of the ranks.
    third: Vec<usize>,
}

impl Smooth {
    /// `None` where the variable takes fewer than three values.
    pub fn new(values: &[f64]) -> Option<Self> {
        let (ranks, distinct) = mid_ranks(values);
        let n = values.len() as f64;
        let degree = DEGREE.min(distinct.saturating_sub(1));
        if degree < 2 {
            return None;
        }
        let place: Vec<f64> = ranks.iter().map(|rank| 2.0 * (rank + 0.5) / n - 1.0).collect();
        let mut all: Vec<Vec<f64>> = vec![vec![1.0 / n.sqrt(); values.len()]];
        for power in 1..=degree {
            let mut column: Vec<f64> = place.iter().map(|x| x.powi(power as i32)).collect();
            // Twice, for orthogonality to the last bits.
            for _ in 0..2 {
                for known in &all {
                    let along = dot(known, &column);
                    column.iter_mut().zip(known).for_each(|(c, k)| *c -= along * k);
                }
            }
            let length = dot(&column, &column).sqrt();
            if length > 1e-8 {
                column.iter_mut().for_each(|c| *c /= length);
                all.push(column);
            }
        }
        all.remove(0);
        let third = ranks.iter().map(|rank| ((3.0 * (rank + 0.5) / n) as usize).min(2)).collect();
        Some(Self { basis: all, third })
    }

    /// Share of the variance that the curve takes up.
    pub fn share(&self, values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let total: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let taken: f64 = self.basis.iter().map(|column| dot(column, values).powi(2)).sum();
        if total > 0.0 { (taken / total).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Means over the lowest, middle and highest third.
    pub fn thirds(&self, values: &[f64]) -> [f64; 3] {
        let (mut sums, mut counts) = ([0.0; 3], [0.0f64; 3]);
        for (&third, value) in self.third.iter().zip(values) {
            sums[third] += value;
            counts[third] += 1.0;
        }
        std::array::from_fn(|k| sums[k] / counts[k].max(1.0))
    }
}

/// Residuals with the far ones brought to three robust standard deviations.
pub(super) fn clipped(residuals: &[f64]) -> Vec<f64> {
    let limit = CLIP * robust_scale(residuals);
    if limit > 0.0 { residuals.iter().map(|r| r.clamp(-limit, limit)).collect() } else { residuals.to_vec() }
}

/// Ranks from zero, ties with their mean, and the number of distinct values.
fn mid_ranks(values: &[f64]) -> (Vec<f64>, usize) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    sort_by_number(&mut order, |&one| values[one]);
    let (mut ranks, mut distinct, mut first) = (vec![0.0; values.len()], 0, 0);
    while first < order.len() {
        let value = values[order[first]];
        let last = first + order[first..].iter().take_while(|&&row| values[row] - value < 1e-9).count();
        for &row in &order[first..last] {
            ranks[row] = 0.5 * (first + last - 1) as f64;
        }
        distinct += 1;
        first = last;
    }
    (ranks, distinct)
}

fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_takes_up_what_is_smooth_and_little_else() {
        let x: Vec<f64> = (0..60).map(f64::from).collect();
        let smooth = Smooth::new(&x).unwrap();
        let bow: Vec<f64> = x.iter().map(|x| (x / 60.0 - 0.5).powi(2)).collect();
        assert!((smooth.share(&bow) - 1.0).abs() < 1e-10);
        let zigzag: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(smooth.share(&zigzag) < 0.02);
        let [low, middle, high] = smooth.thirds(&bow);
        assert!(low > middle && high > middle);
        assert!(Smooth::new(&[1.0, 1.0, 2.0, 2.0]).is_none());
    }

    #[test]
    fn ties_share_a_rank() {
        assert_eq!(mid_ranks(&[5.0, 1.0, 5.0, 0.0]), (vec![2.5, 1.0, 2.5, 0.0], 3));
    }
}
