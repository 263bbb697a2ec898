//! Functions of one variable: a zero, a maximum, a minimum.

use crate::math::root::brent;

/// A zero between two points, exact to the last bits, for functions that may jump.
pub(super) fn zero(f: impl FnMut(f64) -> f64, a: f64, b: f64) -> Option<f64> {
    brent(f, a, b)
}

/// Slope below which a rounded value no longer tells one point from the next, as where a corpus is used up.
pub(super) const FLAT: f64 = 1e-12;

/// Rounding that a limit may be missed by, in its logarithm.
pub(super) const ROUNDING: f64 = 1e-12;

/// Steps after which Newton's method is given up; from a point ten magnitudes off it takes six.
pub(super) const NEWTON_STEPS: usize = 12;

/// The zero of a convex function next to a point where it is above zero, by Newton's method; `sign` is that of its slope
/// there, and `f` gives value and slope. From outside the steps never pass the zero. `None` where they find none: far out
/// a loss may overflow, the limit may be met nowhere, and not every law is convex.
pub(super) fn zero_from_outside(mut f: impl FnMut(f64) -> (f64, f64), from: f64, sign: f64) -> Option<f64> {
    let mut x = from;
    for _ in 0..NEWTON_STEPS {
        let (value, slope) = f(x);
        if !(value.is_finite() && sign * slope > FLAT) {
            return None;
        }
        let next = x - value / slope;
        // The steps go one way until rounding turns them.
        if sign * (next - x) >= 0.0 || (next - x).abs() <= 2.0 * f64::EPSILON * x.abs() {
            return (value.abs() <= ROUNDING).then_some(x);
        }
        x = next;
    }
    None
}

/// The greatest value of a function with one peak, and where; stops at the first value above `enough`.
pub(super) fn greatest(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64, enough: f64) -> (f64, f64) {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..100 {
        if at_left > enough {
            return (left, at_left);
        }
        if at_right > enough {
            return (right, at_right);
        }
        if high - low <= 4.0 * f64::EPSILON * high.abs().max(1.0) {
            break;
        }
        if at_left >= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = f(right);
        }
    }
    if at_left >= at_right { (left, at_left) } else { (right, at_right) }
}

/// Cells of the scan that chooses between several minima.
const CELLS: usize = 48;

/// Shares of a cell by which points stand next to an end.
const NEXT: [f64; 3] = [1e-9, 1e-6, 1e-3];

/// Where a function with the given slopes is least in [a, b]: a scan of values brackets it, the zero of the slope, which may
/// be a jump at a kink, refines it. `f` gives value and slope.
pub(super) fn least(f: impl Fn(f64) -> (f64, f64), a: f64, b: f64) -> Option<f64> {
    if b - a <= 4.0 * f64::EPSILON * b.abs().max(1.0) {
        return Some(0.5 * (a + b)).filter(|x| f(*x).0.is_finite());
    }
    let x_at = |i: usize| if i == CELLS { b } else { a + (b - a) * i as f64 / CELLS as f64 };
    let mut best: Option<(usize, f64)> = None;
    for i in 0..=CELLS {
        let value = f(x_at(i)).0;
        if value.is_finite() && best.is_none_or(|(_, least)| value < least) {
            best = Some((i, value));
        }
    }
    let (i, value) = best?;
    let (mut low, mut high) = (x_at(i.saturating_sub(1)), x_at((i + 1).min(CELLS)));
    let here = x_at(i);
    // At an end where a curved limit turns back its slope has no bound and, rounded, either sign: values next to the end
    // decide.
    let less_next_to =
        |end: f64, other: f64| NEXT.iter().map(|share| end + share * (other - end)).find(|x| f(*x).0 < value);
    if i == 0 && f(low).1 >= 0.0 {
        let Some(inside) = less_next_to(low, high) else { return Some(low) };
        low = inside;
    }
    if i == CELLS && f(high).1 <= 0.0 {
        let Some(inside) = less_next_to(high, low) else { return Some(high) };
        high = inside;
    }
    let found = zero(|x| f(x).1, low, high).filter(|x| f(*x).0 <= value + 64.0 * f64::EPSILON * value.abs());
    found.or_else(|| {
        let (x, _) = greatest(|x| -f(x).0, low, high, f64::INFINITY);
        Some(if f(x).0 <= value { x } else { here })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_inside_at_a_kink_and_at_the_ends_are_found() {
        let inside = least(|x| ((x - 1.3).powi(2), 2.0 * (x - 1.3)), -4.0, 9.0).unwrap();
        assert!((inside - 1.3).abs() < 1e-14);
        let kink = least(|x: f64| ((x - 0.7).abs(), (x - 0.7).signum()), -4.0, 9.0).unwrap();
        assert!((kink - 0.7).abs() < 1e-14);
        assert_eq!(least(|x| (x, 1.0), -4.0, 9.0), Some(-4.0));
        assert_eq!(least(|x| (-x, -1.0), -4.0, 9.0), Some(9.0));
        // Vertical at the end, with a slope of the wrong sign there: least at 1/4.
        let steep = |x: f64| (x - x.sqrt(), if x > 0.0 { 1.0 - 0.5 / x.sqrt() } else { 1.0 });
        assert!((least(steep, 0.0, 72.0).unwrap() - 0.25).abs() < 1e-9);
        // The deeper of two.
        let two = |x: f64| (x.powi(4) - 2.0 * x * x - 0.1 * x, 4.0 * x.powi(3) - 4.0 * x - 0.1);
        assert!((least(two, -2.0, 2.0).unwrap() - 1.0124).abs() < 1e-3);
    }
}
