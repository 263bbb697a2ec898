use super::curve::{ROUNDING, greatest, zero, zero_from_outside};
use super::item::{Item, Shape};
use super::missed::Missed;
use super::window::{Window, turn};
use crate::laws::LossModel;

/// ln of the largest N or D considered.
pub(super) const FAR: f64 = 690.0;

/// A gap that stands for "no y at all", finite so that it can be compared.
const NONE: f64 = -1e6;

/// The feasible set in the plane of ln N and ln D: at each x an interval of y.
///
/// Boxes and ratios are lines, a training budget too; costs with serving, a loss to reach and a critical batch are curves.
/// Where ln L is convex in (ln N, ln D), as for every sum of power laws, those that rise with N or D included, each of them
/// bounds a convex set: the feasible x are one interval, and at each of them so are the feasible y.
#[derive(Debug)]
pub(super) struct Region<'a> {
    pub law: &'a dyn LossModel,
    pub items: &'a [Item],
}

impl<'a> Region<'a> {
    pub fn new(law: &'a dyn LossModel, items: &'a [Item]) -> Self {
        Self { law, items }
    }

    /// The greatest y at x and the item that sets it.
    pub fn top(&self, x: f64) -> (f64, Option<&'a Item>) {
        let mut best = (FAR, None);
        for item in self.items {
            if let Some(y) = item.ceiling(x).filter(|y| *y < best.0) {
                best = (y, Some(item));
            }
        }
        for item in self.items {
            if let Shape::Loss(loss) = item.shape {
                let y = Window { law: self.law, loss }.top(x, best.0);
                if y < best.0 {
                    best = (y, Some(item));
                }
            }
            if matches!(item.shape, Shape::CriticalBatch { .. }) {
                let g = |y: f64| item.at(self.law, x, y).0;
                if best.0 > 0.0 && !(g(best.0) <= 0.0) {
                    let y = self.nearest(item, x, best.0, 1.0).filter(|y| *y >= 0.0).unwrap_or_else(|| {
                        let least = self.lowest(item, x, 0.0, best.0);
                        zero(g, least, best.0).unwrap_or(least)
                    });
                    best = (y, Some(item));
                }
            }
        }
        best
    }

    /// The y nearest to one that breaks a limit at which the limit is met. Along y the limit is convex where ln L is.
    fn nearest(&self, item: &Item, x: f64, from: f64, sign: f64) -> Option<f64> {
        let along = |y: f64| {
            let (g, [_, slope]) = item.at(self.law, x, y);
            (g, slope)
        };
        zero_from_outside(along, from, sign)
    }

    /// Where a critical batch is furthest from its limit along y: with few tokens the loss is high and the batch small, with
    /// many there are many of them.
    pub fn lowest(&self, item: &Item, x: f64, low: f64, high: f64) -> f64 {
        turn(|y| item.at(self.law, x, y).1[1], low, high)
    }

    /// The least y at x by the limits that are lines, and the item that sets it.
    pub fn floor(&self, x: f64) -> (f64, Option<&'a Item>) {
        let mut best = (0.0, None);
        for item in self.items {
            if let Some(y) = item.floor(x).filter(|y| *y >= best.0) {
                best = (y, Some(item));
            }
        }
        best
    }

    /// The least y at x and the item that sets it.
    pub fn bottom(&self, x: f64) -> (f64, Option<&'a Item>) {
        let mut best = self.floor(x);
        for item in self.items {
            if matches!(item.shape, Shape::CriticalBatch { .. }) {
                let g = |y: f64| item.at(self.law, x, y).0;
                if g(best.0) > 0.0 {
                    let y = self.nearest(item, x, best.0, -1.0).filter(|y| *y <= FAR).unwrap_or_else(|| {
                        let least = self.lowest(item, x, best.0, FAR);
                        zero(g, best.0, least).unwrap_or(least)
                    });
                    best = (y, Some(item));
                }
            }
            if let Shape::Loss(loss) = item.shape {
                let y = Window { law: self.law, loss }.bottom(x, best.0);
                if y > best.0 {
                    best = (y, Some(item));
                }
            }
        }
        best
    }

    /// top − bottom, not negative where x is feasible. A ratio asked for exactly leaves a strip without width, so rounding
    /// is allowed everywhere.
    fn gap(&self, x: f64) -> f64 {
        let gap = self.top(x).0 - self.bottom(x).0 + ROUNDING;
        if gap.is_finite() { gap.max(NONE) } else { NONE }
    }

    /// The box of x by what bounds it in closed form, before floors and ceilings of y are compared.
    fn box_of_x(&self) -> (f64, f64) {
        let (mut low, mut high) = (0f64, FAR);
        let top = self.items.iter().filter_map(|item| match item.shape {
            Shape::MostY(v) => Some(v),
            _ => None,
        });
        let most_y = top.fold(FAR, f64::min);
        let bottom = self.items.iter().filter_map(|item| match item.shape {
            Shape::LeastY(v) => Some(v),
            _ => None,
        });
        let least_y = bottom.fold(0f64, f64::max);
        for item in self.items {
            match item.shape {
                Shape::LeastX(v) => low = low.max(v),
                Shape::MostX(v) => high = high.min(v),
                Shape::MostSum(v) => high = high.min(v - least_y),
                Shape::Cost { train, serve, most } => {
                    high = high.min(most - super::item::ln_cost(train, serve, 0.0, least_y).0);
                }
                Shape::LeastRatio(v) => high = high.min(most_y - v),
                Shape::MostRatio(v) => low = low.max(least_y - v),
                _ => {}
            }
        }
        // N too small for the loss with any number of tokens.
        for item in self.items {
            if let Shape::Loss(loss) = item.shape {
                (low, high) = Window { law: self.law, loss }.widths(low, high);
            }
        }
        (low, high)
    }

    /// The feasible x; `None` if there are none. A critical batch is asked last, within what the other limits leave.
    pub fn feasible(&self) -> Option<(f64, f64)> {
        let (batches, others): (Vec<Item>, Vec<Item>) =
            self.items.iter().partition(|item| matches!(item.shape, Shape::CriticalBatch { .. }));
        if batches.is_empty() {
            let (low, high) = self.box_of_x();
            return within(low, high, |x| self.gap(x));
        }
        let without = Region::new(self.law, &others);
        let (low, high) = without.feasible()?;
        let missed = Missed::new(&without, &batches);
        missed.kept(low, high).or_else(|| within(low, high, |x| -missed.at(x).0))
    }
}

/// The feasible x in an interval; `room` is above zero inside and has one peak.
fn within(low: f64, high: f64, room: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    if low > high {
        let middle = 0.5 * (low + high);
        return (low - high <= ROUNDING && room(middle) >= -ROUNDING).then_some((middle, middle));
    }
    let (at_low, at_high) = (room(low), room(high));
    if at_low >= 0.0 && at_high >= 0.0 {
        return Some((low, high));
    }
    let inside = if at_low >= 0.0 {
        low
    } else if at_high >= 0.0 {
        high
    } else {
        let (x, most) = greatest(&room, low, high, 0.0);
        if most < -ROUNDING {
            return None;
        }
        if most <= 0.0 {
            return Some((x, x));
        }
        x
    };
    let left = if at_low >= 0.0 { low } else { edge(&room, inside, low) };
    let right = if at_high >= 0.0 { high } else { edge(&room, inside, high) };
    Some((left, right))
}

/// The end of the feasible x between a feasible and an infeasible one, on the feasible side.
fn edge(room: impl Fn(f64) -> f64, mut inside: f64, mut outside: f64) -> f64 {
    if let Some(x) = zero(&room, inside, outside).filter(|x| room(*x) >= -ROUNDING) {
        return x;
    }
    for _ in 0..200 {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            break;
        }
        if room(middle) >= 0.0 { inside = middle } else { outside = middle }
    }
    inside
}
