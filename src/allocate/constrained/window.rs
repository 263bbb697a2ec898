use super::curve::{FLAT, ROUNDING, zero, zero_from_outside};
use super::region::FAR;
use crate::laws::{LossModel, LossPoint};

/// Where a function that falls and then may rise is least, by its slope. A slope that is no number counts as rising, as far
/// out where a loss overflows.
pub(in crate::allocate) fn turn(slope: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    if slope(high) <= 0.0 {
        return high;
    }
    if slope(low) >= 0.0 {
        return low;
    }
    zero(&slope, low, high).unwrap_or_else(|| edge(|x| slope(x) < 0.0, low, high).0)
}

/// Where a function that falls, and then may be flat, is first not above zero: a zero anywhere on the flat part would do,
/// but N and D there may be too large by any factor.
fn first(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    edge(|x| f(x) > 0.0, low, high).1
}

/// The last number of which something holds and the first of which it does not, by halving.
fn edge(holds: impl Fn(f64) -> bool, mut low: f64, mut high: f64) -> (f64, f64) {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    (low, high)
}

/// The points at which a law reaches a loss. At each x = ln N they are one interval of y = ln D: with few tokens the loss is
/// not yet reached, and under some laws (quantisation after training, coarse number formats) with too many no longer.
pub(super) struct Window<'a> {
    pub law: &'a dyn LossModel,
    pub loss: f64,
}

impl Window<'_> {
    fn excess(&self, x: f64, y: f64) -> f64 {
        self.law.at(x, y).loss - self.loss
    }

    /// The y of least loss between two, and the law there.
    fn least(&self, x: f64, low: f64, high: f64) -> (f64, LossPoint) {
        let end = self.law.at(x, high);
        if end.d_ln_tokens <= 0.0 {
            return (high, end);
        }
        let y = turn(|y| self.law.at(x, y).d_ln_tokens, low, high);
        (y, self.law.at(x, y))
    }

    /// The least y from `floor` up at which the loss is reached; infinite where it is not, and `floor` where it was reached
    /// below and more tokens only raise it.
    pub fn bottom(&self, x: f64, floor: f64) -> f64 {
        if self.excess(x, floor) <= 0.0 {
            return floor;
        }
        let (turn, least) = self.least(x, floor, FAR);
        if turn <= floor {
            return floor;
        }
        if least.loss > self.loss {
            // The window closes in a point at its least x, which rounding may miss.
            let closed = turn < FAR && least.loss <= self.loss * (1.0 + ROUNDING);
            return if closed { turn } else { f64::INFINITY };
        }
        // Outwards in growing steps: nearer zeros are found with fewer evaluations.
        let (mut low, mut step) = (floor.max(16.0).min(turn), 4.0);
        if self.excess(x, low) <= 0.0 {
            low = floor;
        }
        let missed = |y: f64| {
            let point = self.law.at(x, y);
            ((point.loss / self.loss).ln(), point.d_ln_tokens / point.loss)
        };
        if let Some(y) = zero_from_outside(missed, low, -1.0).filter(|y| *y <= turn) {
            return y;
        }
        while low + step < turn && self.excess(x, low + step) > 0.0 {
            low += step;
            step *= 2.0;
        }
        let high = (low + step).min(turn);
        let reached = zero(|y| self.excess(x, y), low, high).map(|y| {
            let point = self.law.at(x, y);
            let steep = turn < FAR || point.d_ln_tokens.abs() > FLAT * point.loss;
            if steep { y } else { first(|y| self.excess(x, y), low, high) }
        });
        reached.unwrap_or(f64::INFINITY)
    }

    /// The greatest y up to `ceiling` at which the loss is still reached, where more tokens raise it; `ceiling` where they do
    /// not.
    pub fn top(&self, x: f64, ceiling: f64) -> f64 {
        if ceiling <= 0.0 {
            return ceiling;
        }
        let end = self.law.at(x, ceiling);
        if end.loss <= self.loss || end.d_ln_tokens <= 0.0 {
            return ceiling;
        }
        let (turn, least) = self.least(x, 0.0, ceiling);
        if least.loss >= self.loss {
            let closed = least.loss <= self.loss * (1.0 + ROUNDING);
            return if closed { turn } else { f64::NEG_INFINITY };
        }
        let (mut low, mut step) = (turn, 4.0);
        while low + step < ceiling && self.excess(x, low + step) <= 0.0 {
            low += step;
            step *= 2.0;
        }
        zero(|y| self.excess(x, y), low, (low + step).min(ceiling)).unwrap_or(low)
    }

    /// The x, of those between two, at which the loss is reached with some number of tokens: an interval, as the least loss
    /// over y falls with x and then may rise. An end stands for none.
    pub fn widths(&self, low: f64, high: f64) -> (f64, f64) {
        let least = |x: f64| self.least(x, 0.0, FAR).1;
        let excess = |x: f64| least(x).loss - self.loss;
        if low >= high {
            return (low, high);
        }
        let (mut left, mut right) = (low, high);
        let mut inside = high;
        let below = excess(low) <= 0.0;
        if excess(high) > 0.0 {
            inside = if below { low } else { turn(|x| least(x).d_ln_params, low, high) };
            if excess(inside) > 0.0 {
                return (high, high);
            }
            right = zero(excess, inside, high).unwrap_or(inside);
        }
        if !below {
            left = zero(excess, low, inside).map_or(inside, |x| {
                let point = least(x);
                if point.d_ln_params.abs() > FLAT * point.loss { x } else { first(excess, low, inside) }
            });
        }
        (left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L = 1 + e^(−x) + e^(−y) + c·e^(y − x)
    #[derive(Debug)]
    struct Turning(f64);

    impl LossModel for Turning {
        fn at(&self, x: f64, y: f64) -> LossPoint {
            let (size, data, worn) = ((-x).exp(), (-y).exp(), self.0 * (y - x).exp());
            LossPoint { loss: 1.0 + size + data + worn, d_ln_params: -size - worn, d_ln_tokens: worn - data }
        }
    }

    #[test]
    fn a_window_of_tokens_has_two_ends_and_closes_in_a_point() {
        let law = Turning(1.0);
        let window = Window { law: &law, loss: 1.5 };
        let (bottom, top) = (window.bottom(6.0, 0.0), window.top(6.0, FAR));
        for y in [bottom, top] {
            assert!((law.at(6.0, y).loss - 1.5).abs() < 1e-14, "{y}");
        }
        assert!(bottom < 3.0 && top > 3.0, "the least loss at x is at y = x/2");
        // A floor above the window, a ceiling below.
        assert_eq!((window.bottom(6.0, 9.0), window.top(6.0, 9.0)), (9.0, top));
        assert_eq!((window.bottom(6.0, 0.0), window.top(6.0, 0.5)), (bottom, 0.5));
        // e^(−x) + 2·e^(−x/2) = 1/2 at the least x.
        let (left, right) = window.widths(0.0, FAR);
        let root = (1.5f64.sqrt() - 1.0).ln() * -2.0;
        assert!((left - root).abs() < 1e-13 && right == FAR, "{left} {root}");
        assert!((window.top(left, FAR) - window.bottom(left, 0.0)).abs() < 1e-6);
        assert!(window.bottom(left - 1e-3, 0.0) == f64::INFINITY && window.top(left - 1e-3, FAR) == f64::NEG_INFINITY);
        // Without the term that rises there is no upper end.
        let falling = Turning(0.0);
        let window = Window { law: &falling, loss: 1.5 };
        assert_eq!(window.top(6.0, FAR), FAR);
        assert!((window.widths(0.0, FAR).0 - 2f64.ln()).abs() < 1e-13);
    }

    #[test]
    fn a_turn_is_found_inside_at_the_ends_and_below_an_overflow() {
        assert!((turn(|y: f64| y - 3.0, 0.0, FAR) - 3.0).abs() < 1e-12);
        assert_eq!((turn(|_| -1.0, 0.0, 5.0), turn(|_| 1.0, 0.0, 5.0)), (5.0, 0.0));
        let overflowing = |y: f64| if y > 100.0 { f64::NAN } else { y - 3.0 };
        assert!((turn(overflowing, 0.0, FAR) - 3.0).abs() < 1e-12);
    }
}
