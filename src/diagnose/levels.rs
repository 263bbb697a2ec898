//! Rows in order of compute or size, in levels of about equal value.

use crate::math::order::sort_by_number;

/// Values within this factor are one level.
const SAME: f64 = 1.25;
/// Most levels: wider ones are made of a sweep without budgets.
const MOST: usize = 12;
/// What the factor grows by until there are few enough.
const WIDEN: f64 = 1.15;

/// The rows of each level, in rising order of value.
pub(super) fn levels(values: &[f64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    sort_by_number(&mut order, |&one| values[one]);
    let mut same = SAME;
    loop {
        let levels = within(&order, values, same);
        if levels.len() <= MOST {
            return levels;
        }
        same *= WIDEN;
    }
}

fn within(order: &[usize], values: &[f64], same: f64) -> Vec<Vec<usize>> {
    let mut levels: Vec<Vec<usize>> = Vec::new();
    let mut first = f64::NEG_INFINITY;
    for &row in order {
        match levels.last_mut() {
            Some(level) if values[row] <= first * same => level.push(row),
            _ => {
                first = values[row];
                levels.push(vec![row]);
            }
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_levels_and_a_continuum_is_cut() {
        assert_eq!(levels(&[1e19, 1.02e18, 1e18, 0.99e19]), [vec![2, 1], vec![3, 0]]);
        let continuum: Vec<f64> = (0..300).map(|i| 1.03f64.powi(i)).collect();
        let cut = levels(&continuum);
        assert!((8..=12).contains(&cut.len()));
        assert_eq!(cut.iter().map(Vec::len).sum::<usize>(), 300);
    }
}
