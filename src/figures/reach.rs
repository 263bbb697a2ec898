//! How far an axis goes, so that a few far points do not flatten all others.

/// Robust scales about the median that an axis always has room for.
const SCALES: f64 = 8.0;
/// An axis is cut only where that makes it so much shorter.
const GAIN: f64 = 1.5;

/// Ends of an axis that leave out at most a twentieth of the values, and one of a few, each farther from the median than eight
/// robust scales. The values of `include` lie within. `None` where nothing need be left out.
pub(super) fn reach(values: impl IntoIterator<Item = f64>, include: &[f64]) -> Option<(f64, f64)> {
    let mut held: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    held.sort_by(f64::total_cmp);
    let median = *held.get(held.len() / 2)?;
    let mut off: Vec<f64> = held.iter().map(|value| (value - median).abs()).collect();
    off.sort_by(f64::total_cmp);
    let scale = 1.4826 * off.get(off.len() / 2)?;
    let spared = off.len().checked_sub(1 + (off.len() / 20).max(1))?;
    let far = off.get(spared)?.max(SCALES * scale);
    if held.len() < 8 || far == 0.0 || *off.last()? <= GAIN * far {
        return None;
    }
    let (first, last) = (*held.first()?, *held.last()?);
    let ends = (first.max(median - far), last.min(median + far));
    let (low, high) = include.iter().fold(ends, |(low, high), value| (low.min(*value), high.max(*value)));
    let margin = 0.04 * (high - low);
    Some((low - margin, high + margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_value_is_left_out_and_a_long_tail_is_not() {
        let near = || (0..49).map(|k| 0.01 * f64::from(k % 7) - 0.03);
        let (low, high) = reach(near().chain([5.0]), &[0.0, -0.05]).unwrap();
        assert!(low < -0.05 && low > -0.2 && high > 0.03 && high < 0.5, "{low} to {high}");
        assert_eq!(reach(near(), &[]), None);
        // A quarter of the values far off is no outlier but the picture.
        let quarter = near().chain((0..16).map(|k| 1.0 + 0.1 * f64::from(k)));
        assert!(reach(quarter, &[]).is_none_or(|(_, high)| high > 2.0));
        assert_eq!(reach([1.0, 1.0, 100.0], &[]), None);
        assert_eq!(reach([], &[]), None);
        assert_eq!(reach([f64::NAN; 20], &[]), None);
    }
}
