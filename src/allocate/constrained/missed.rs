use std::cell::Cell;

use super::curve::{NEWTON_STEPS, zero, zero_from_outside};
use super::item::Item;
use super::region::Region;

/// How far around its last place the least of a limit is looked for first, in ln D.
const NEAR: f64 = 0.5;

/// Rise over the whole width, in units of the value, from which on an end counts as vertical.
const STEEP: f64 = 1e10;

/// By how much critical batches are missed at best, at each x that the other limits leave. Convex in x where ln L is convex,
/// so that the x of a batch that is kept are found from outside, where a gap between a floor and a ceiling, one of which may
/// be missing, tells nothing.
pub(super) struct Missed<'a> {
    others: &'a Region<'a>,
    batches: &'a [Item],
    /// Where a batch is furthest from its limit moves little with x.
    near: Cell<Option<f64>>,
}

impl<'a> Missed<'a> {
    pub fn new(others: &'a Region<'a>, batches: &'a [Item]) -> Self {
        Self { others, batches, near: Cell::new(None) }
    }

    /// The worst of the limits, each where along y it is furthest from being broken, and the slope of that in x.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let (bottom, floor) = self.others.bottom(x);
        let (top, ceiling) = self.others.top(x);
        let law = self.others.law;
        let mut worst = (f64::NEG_INFINITY, 0.0);
        for item in self.batches {
            let y = self.lowest(item, x, bottom, top.max(bottom));
            let (g, [by_x, by_y]) = item.at(law, x, y);
            // Inside nothing is left of the slope along y; at an end y moves with what holds it there.
            let bound = if by_y < 0.0 { ceiling.filter(|_| y == top) } else { floor.filter(|_| y == bottom) };
            let slope = by_x + by_y * bound.map_or(0.0, |bound| bound.along(law, x, y));
            if !(g <= worst.0) {
                worst = (g, slope);
            }
        }
        worst
    }

    fn lowest(&self, item: &Item, x: f64, low: f64, high: f64) -> f64 {
        let slope = |y: f64| item.at(self.others.law, x, y).1[1];
        let around = |y: f64| {
            let (low, high) = ((y - NEAR).max(low), (y + NEAR).min(high));
            if low < high && slope(low) < 0.0 && slope(high) > 0.0 { zero(slope, low, high) } else { None }
        };
        let found = self.near.get().and_then(around).unwrap_or_else(|| self.others.lowest(item, x, low, high));
        self.near.set(Some(found));
        found
    }

    /// The x between two at which every batch is kept, by Newton's method from the ends; `None` where that does not find
    /// them.
    pub fn kept(&self, low: f64, high: f64) -> Option<(f64, f64)> {
        let end = |from: f64, sign: f64| {
            let (value, slope) = self.at(from);
            if value <= 0.0 {
                return Some(from);
            }
            if sign * slope * (high - low) < STEEP * value {
                return zero_from_outside(|x| self.at(x), from, sign);
            }
            self.beside_a_cliff(from, sign, (high - low) / STEEP)
        };
        let (left, right) = (end(low, -1.0)?, end(high, 1.0)?);
        (low <= left && left <= right && right <= high).then_some((left, right))
    }

    /// The first x inside next to an end at which ln D falls without bound, as where serving takes the whole budget. There
    /// Newton's method has no step in x; in the logarithm of the distance the limit is straight.
    fn beside_a_cliff(&self, from: f64, sign: f64, start: f64) -> Option<f64> {
        let mut distance = start;
        let mut outside = None;
        for _ in 0..NEWTON_STEPS {
            let x = from - sign * distance;
            let (value, slope) = self.at(x);
            if value <= 0.0 {
                return outside.filter(|outside: &f64| (outside - x).abs() <= 4.0 * f64::EPSILON * x).map(|_| x);
            }
            let step = value / (sign * slope * distance);
            if !(step > 0.0) {
                return None;
            }
            outside = Some(x);
            // Rounded x may leave a step of nothing.
            distance = (distance * step.exp()).max(distance + f64::EPSILON * x);
        }
        None
    }
}
