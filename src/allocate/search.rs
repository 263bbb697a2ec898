use super::isoflop::{Isoflop, NOISE};
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::math::root::brent;

/// A least loss on an IsoFLOP line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minimum {
    /// ln N.
    pub(super) x: f64,
    /// Whether the law's slopes agree with its losses here. If not, x is only good to about 1e-7.
    pub(super) by_slope: bool,
}

/// Points of the scan to an e-fold of N. Two minima closer than that are seen as one.
const PER_E_FOLD: f64 = 8.0;
const FEWEST: usize = 256;

/// The global minimum with N and D above one: a scan brackets it, Brent's method on the slope refines it.
///
/// The losses alone would give N to half the digits, and near E not at all: there they all round to one number. They
/// serve to choose between several minima, and as the fallback if the slopes contradict them.
pub(super) fn global<L: LossModel + ?Sized>(line: &Isoflop<'_, L>) -> Result<Minimum, AllocateError> {
    let scan = Scan::new(line)?;
    let best = scan.least();
    let tolerance = NOISE * best.loss.abs();
    if let Some(x) = scan.least_zero_of_slope(line, best.loss + tolerance)? {
        return Ok(Minimum { x, by_slope: true });
    }
    match (best.before, best.after) {
        (Some(before), Some(after)) => Ok(Minimum { x: golden_section(line, before, after)?, by_slope: false }),
        _ => Err(line.least_at_end(best.x)),
    }
}

/// The minimum nearest to a guess, for following an optimum as the budget changes. It may leave the region of N and D
/// above one by a little, where a derivative at its edge is wanted.
pub(super) fn near<L: LossModel + ?Sized>(line: &Isoflop<'_, L>, guess: f64, by_slope: bool) -> Option<f64> {
    if !by_slope {
        let (low, high) = (guess - 1.0, guess + 1.0);
        return golden_section(line, low, high).ok().filter(|x| x - low > 1e-3 && high - x > 1e-3);
    }
    let mut reach = 0.25;
    while reach <= 8.0 {
        if line.slope(guess - reach) <= 0.0 && line.slope(guess + reach) >= 0.0 {
            return brent(|x| line.slope(x), guess - reach, guess + reach);
        }
        reach *= 2.0;
    }
    None
}

/// Losses and slopes at equal steps over the whole line.
struct Scan {
    points: Vec<(f64, f64, f64)>,
}

/// The least loss of a scan and its neighbours.
struct Least {
    x: f64,
    loss: f64,
    before: Option<f64>,
    after: Option<f64>,
}

impl Scan {
    fn new<L: LossModel + ?Sized>(line: &Isoflop<'_, L>) -> Result<Self, AllocateError> {
        let cells = ((line.ln_product * PER_E_FOLD) as usize).max(FEWEST);
        let step = line.ln_product / cells as f64;
        let points = (0..=cells).map(|i| {
            let x = step * i as f64;
            line.checked(x).map(|(loss, slope)| (x, loss, slope))
        });
        Ok(Self { points: points.collect::<Result<_, _>>()? })
    }

    fn least(&self) -> Least {
        let mut best = 0;
        for (i, point) in self.points.iter().enumerate() {
            if self.points.get(best).is_some_and(|least| point.1 < least.1) {
                best = i;
            }
        }
        let x_at = |i: usize| self.points.get(i).map(|point| point.0);
        let (x, loss, _) = self.points.get(best).copied().unwrap_or_default();
        Least { x, loss, before: best.checked_sub(1).and_then(x_at), after: x_at(best + 1) }
    }

    /// The least of the minima that the slopes show, if it is no worse than `allowed` and the slopes can be trusted.
    fn least_zero_of_slope<L: LossModel + ?Sized>(
        &self,
        line: &Isoflop<'_, L>,
        allowed: f64,
    ) -> Result<Option<f64>, AllocateError> {
        let mut least: Option<(f64, f64)> = None;
        for pair in self.points.windows(2) {
            let &[left, right] = pair else { continue };
            if !(left.2 < 0.0 && right.2 >= 0.0) {
                continue;
            }
            let Some(x) = brent(|x| line.slope(x), left.0, right.0) else { continue };
            let (loss, _) = line.checked(x)?;
            let better = least.is_none_or(|(_, other)| loss < other);
            if better && loss <= allowed && slopes_agree(line, left, right)? {
                least = Some((x, loss));
            }
        }
        Ok(least.map(|(x, _)| x))
    }
}

/// Whether the slopes integrate to the difference of the losses over one cell, by Simpson's rule.
fn slopes_agree<L: LossModel + ?Sized>(
    line: &Isoflop<'_, L>,
    left: (f64, f64, f64),
    right: (f64, f64, f64),
) -> Result<bool, AllocateError> {
    let width = right.0 - left.0;
    let (_, middle) = line.checked(left.0 + 0.5 * width)?;
    let integral = width / 6.0 * (left.2 + 4.0 * middle + right.2);
    let scale = 1e-2 * width * (left.2.abs() + right.2.abs());
    Ok((right.1 - left.1 - integral).abs() <= scale + NOISE * (left.1.abs() + right.1.abs()))
}

/// A minimum of the loss between two points by comparing losses alone.
fn golden_section<L: LossModel + ?Sized>(
    line: &Isoflop<'_, L>,
    mut low: f64,
    mut high: f64,
) -> Result<f64, AllocateError> {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let loss = |x: f64| line.checked(x).map(|(loss, _)| loss);
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (loss(left)?, loss(right)?);
    // Below 1e-9 the losses differ by less than their rounding.
    while high - low > 1e-9 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = loss(left)?;
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = loss(right)?;
        }
    }
    Ok(0.5 * (low + high))
}
