//! Points at which a curve is drawn.

use crate::error::FigureError;
use crate::units::{Flops, ParamCount};

/// `count` numbers evenly spaced in their logarithm from one end to the other.
pub(super) fn log_spaced(from: f64, to: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    let (a, b) = (from.ln(), to.ln());
    (0..count).map(|k| (a + (b - a) * k as f64 / last).exp()).collect()
}

/// Least and greatest of what is finite and above zero.
pub(super) fn span(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let held = values.into_iter().filter(|value| value.is_finite() && *value > 0.0);
    let (least, most) = held.fold((f64::INFINITY, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
    (least <= most).then_some((least, most))
}

/// A range of budgets with its ends in order.
pub(super) fn budgets(from: Flops, to: Flops, count: usize) -> Result<Vec<Flops>, FigureError> {
    if from >= to {
        return Err(FigureError::Range { what: "budgets", from: from.get(), to: to.get() });
    }
    Ok(log_spaced(from.get(), to.get(), count).into_iter().filter_map(|c| Flops::new(c).ok()).collect())
}

/// Of more things than these a legend is longer than the picture.
pub(super) const MOST_NAMED: usize = 40;

/// Which of `count` ordered things are named in a legend: all of a few, else the ends and some between.
pub(super) fn is_named(index: usize, count: usize) -> bool {
    if count <= MOST_NAMED {
        return true;
    }
    let steps = 6;
    (0..=steps).any(|k| (k * (count - 1) + steps / 2) / steps == index)
}

/// Place on the scale of shades of the index-th of `count` ordered things.
pub(super) fn shade(index: usize, count: usize) -> f64 {
    index as f64 / count.saturating_sub(1).max(1) as f64
}

/// What N counts in most of what is drawn; of equals the first.
pub(super) fn usual(counts: impl Iterator<Item = ParamCount>) -> ParamCount {
    let all: Vec<ParamCount> = counts.collect();
    let times = |count: &ParamCount| all.iter().filter(|other| *other == count).count();
    all.iter().rev().max_by_key(|count| times(count)).copied().unwrap_or_default()
}
