/// The p-quantile with linear interpolation between order statistics (R type 7). Reorders `values`. NaN-free input.
pub(crate) fn quantile(values: &mut [f64], p: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let position = p.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let (_, &mut low, greater) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = greater.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + (position - below as f64) * (high - low)
}

/// The median; zero for an empty slice.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// 1.4826 × the median absolute value: the standard deviation of normal residuals about zero.
pub(crate) fn robust_scale(residuals: &[f64]) -> f64 {
    1.482_602_218_505_602 * median(&mut residuals.iter().map(|r| r.abs()).collect::<Vec<_>>())
}

/// The median of values that stand for so many equal ones each: [`median`] of the values written out.
pub(crate) fn counted_median(mut values: Vec<(f64, f64)>) -> f64 {
    values.sort_unstable_by(|one, two| one.0.total_cmp(&two.0));
    let total: f64 = values.iter().map(|(_, count)| count).sum();
    let at = |place: f64| {
        let mut before = 0.0;
        let found = values.iter().find(|(_, count)| {
            before += count;
            before > place
        });
        found.or(values.last()).map_or(0.0, |(value, _)| *value)
    };
    let middle = 0.5 * (total - 1.0).max(0.0);
    0.5 * (at(middle.floor()) + at(middle.ceil()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_as_r_and_numpy_do() {
        let mut values = [3.0, 1.0, 2.0, 10.0];
        assert_eq!(quantile(&mut values, 0.5), 2.5);
        assert_eq!(quantile(&mut values, 0.25), 1.75);
        assert_eq!(quantile(&mut values, 1.0), 10.0);
    }

    #[test]
    fn counts_stand_for_values_written_out() {
        assert_eq!(counted_median(vec![(3.0, 1.0), (1.0, 2.0), (2.0, 0.0), (10.0, 1.0)]), 2.0);
        assert_eq!(counted_median(vec![(5.0, 1.0), (1.0, 4.0)]), median(&mut [1.0, 1.0, 1.0, 1.0, 5.0]));
        assert_eq!(counted_median(vec![]), 0.0);
    }
}
