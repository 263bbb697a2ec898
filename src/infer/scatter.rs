use super::clusters::{by_size, count};
use crate::math::distribution::f_upper_tail;
use crate::math::order::sort_by_number;
use crate::math::quantile::robust_scale;
use crate::runs::Runs;
use crate::warning::IntervalDoubt;

/// p-value below which scatter is called unequal; of two tests, so half of it for each.
const UNEQUAL: f64 = 0.01;

/// Level of the test for runs of one size that move together.
const DEPENDENT: f64 = 1e-3;

/// Whether runs of one size move together: an analysis of variance of the residuals, clipped at four robust deviations,
/// between the sizes. The fit has spent so many coefficients.
pub(super) fn dependent(residuals: &[f64], coefficients: usize, runs: &Runs) -> Option<IntervalDoubt> {
    let labels = by_size(runs);
    let (groups, n) = (count(&labels), labels.len());
    let freedom = n.checked_sub(groups + coefficients).filter(|freedom| *freedom > 0 && groups > 1)?;
    let limit = 4.0 * robust_scale(residuals);
    let (mut sums, mut sizes, mut squares) = (vec![0.0; groups], vec![0.0; groups], 0.0);
    for (residual, group) in residuals.iter().zip(&labels) {
        let r = residual.clamp(-limit, limit);
        sums[*group] += r;
        sizes[*group] += 1.0;
        squares += r * r;
    }
    let between: f64 = sums.iter().zip(&sizes).map(|(sum, size)| sum * sum / size).sum();
    let within = squares - between;
    let f = between / groups as f64 / (within / freedom as f64);
    let p_value = f_upper_tail(f, groups as f64, freedom as f64);
    (within > 0.0 && p_value < DEPENDENT).then_some(IntervalDoubt::Dependent { groups, p_value })
}

/// Whether the size of the residuals follows N or D: Spearman's correlation of |r| with each, by Student's t.
pub(super) fn unequal(residuals: &[f64], runs: &Runs) -> Option<IntervalDoubt> {
    let sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    let rank_of_size = ranks(&sizes);
    let test = |axis: &'static str, column: &[f64]| {
        let correlation = correlation(&rank_of_size, &ranks(column))?;
        let freedom = sizes.len().checked_sub(2).filter(|freedom| *freedom > 0)? as f64;
        let square = freedom * correlation.powi(2) / (1.0 - correlation.powi(2));
        let p_value = f_upper_tail(square, 1.0, freedom);
        (p_value < 0.5 * UNEQUAL).then(|| (p_value, axis, ratio(residuals, column)))
    };
    let found = [test("N", runs.params()), test("D", runs.tokens())];
    let (p_value, axis, ratio) = found.into_iter().flatten().min_by(|one, two| one.0.total_cmp(&two.0))?;
    Some(IntervalDoubt::UnequalScatter { axis, ratio, p_value })
}

/// Scatter of the greater half of a column over that of the smaller half.
fn ratio(residuals: &[f64], column: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..residuals.len().min(column.len())).collect();
    sort_by_number(&mut order, |one| column[*one]);
    let (small, great) = order.split_at(order.len() / 2);
    let scale = |rows: &[usize]| robust_scale(&rows.iter().map(|row| residuals[*row]).collect::<Vec<_>>());
    scale(great) / scale(small)
}

/// Ranks from 0, ties at their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    sort_by_number(&mut order, |one| values[*one]);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|one, two| values[*one] == values[*two]) {
        let mean = before as f64 + 0.5 * (ties.len() - 1) as f64;
        ties.iter().for_each(|place| ranks[*place] = mean);
        before += ties.len();
    }
    ranks
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let middle = 0.5 * (x.len() as f64 - 1.0);
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let found = sum(x, y) / (sum(x, x) * sum(y, y)).sqrt();
    found.is_finite().then(|| found.clamp(-1.0 + 1e-12, 1.0 - 1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_ties_and_correlate_as_scipy_says() {
        let (x, y) = ([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0], [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0]);
        assert_eq!(ranks(&x), [3.0, 0.5, 4.0, 0.5, 5.0, 7.0, 2.0, 6.0]);
        // scipy.stats.spearmanr
        let found = correlation(&ranks(&x), &ranks(&y)).unwrap();
        assert!((found - (0.19885368120992467)).abs() < 1e-12, "{found}");
        assert_eq!(correlation(&ranks(&[1.0, 1.0]), &ranks(&[1.0, 2.0])), None);
    }
}
