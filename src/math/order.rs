//! Order by a number: one sort for all kinds of values, since every sort of a kind of its own is compiled anew.

/// The places of numbers from the least to the greatest; equal ones stay in their order.
pub(crate) fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let key = |place: &usize| keys.get(*place).copied().unwrap_or(f64::NAN);
    order.sort_by(|one, two| key(one).total_cmp(&key(two)));
    order
}

/// Sorts values by a number that each of them has, the least first; equal ones stay in their order.
pub(crate) fn sort_by_number<T>(values: &mut Vec<T>, key: impl FnMut(&T) -> f64) {
    let keys: Vec<f64> = values.iter().map(key).collect();
    arrange(values, &ascending(&keys));
}

fn arrange<T>(values: &mut Vec<T>, order: &[usize]) {
    let mut old: Vec<Option<T>> = std::mem::take(values).into_iter().map(Some).collect();
    values.extend(order.iter().filter_map(|place| old.get_mut(*place)?.take()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_order_and_equal_ones_keep_theirs() {
        let mut values = vec![("b", 2.0), ("c", f64::NAN), ("a", -1.0), ("d", 2.0), ("e", f64::NEG_INFINITY)];
        sort_by_number(&mut values, |value| value.1);
        assert_eq!(values.map_names(), ["e", "a", "b", "d", "c"]);
        sort_by_number(&mut values, |value| -value.1);
        assert_eq!(values.map_names(), ["c", "b", "d", "a", "e"]);
        assert!(ascending(&[]).is_empty());
    }

    trait Names {
        fn map_names(&self) -> Vec<&'static str>;
    }

    impl Names for Vec<(&'static str, f64)> {
        fn map_names(&self) -> Vec<&'static str> {
            self.iter().map(|value| value.0).collect()
        }
    }
}
