use super::item::{Item, Shape};
use super::region::Region;
use crate::error::{AllocateError, Conflict};
use crate::laws::LossModel;

/// Largest factor, in logarithm, by which a limit is loosened in search of an answer.
const LOOSEST: f64 = 200.0;

/// The refusal for limits that no N and D satisfy: a set of limits that conflict, none of which can be left out of it, and
/// for each the nearest value at which the whole question has an answer. A loss that the law has nowhere conflicts with
/// nothing: it is unreachable.
///
/// For convex limits in the plane three suffice (Helly 1923).
pub(super) fn conflict(law: &dyn LossModel, items: &[Item]) -> AllocateError {
    let feasible = |items: &[Item]| Region::new(law, items).feasible().is_some();
    let mut left = items.to_vec();
    let mut i = 0;
    while i < left.len() {
        let mut fewer = left.clone();
        fewer.remove(i);
        if feasible(&fewer) { i += 1 } else { left = fewer }
    }
    if let &[Item { shape: Shape::Loss(target), .. }] = left.as_slice()
        && let Some(limit) = left.first().and_then(|item| needed(&left, item, feasible))
    {
        return AllocateError::Unreachable { target, limit, what: "of any N and D under this law" };
    }
    let one =
        |item: &Item| Conflict { limit: item.limit.code(), value: item.value, needed: needed(items, item, feasible) };
    AllocateError::Conflict { conflicts: left.iter().map(one).collect() }
}

/// The nearest value of one of the limits at which all of them have an answer.
fn needed(items: &[Item], item: &Item, feasible: impl Fn(&[Item]) -> bool) -> Option<f64> {
    let with = |t: f64| {
        let all: Vec<Item> = items.iter().map(|i| if i == item { i.relaxed(t) } else { *i }).collect();
        feasible(&all)
    };
    let loosest = match item.shape {
        Shape::Loss(_) => 20.0,
        _ => LOOSEST,
    };
    with(loosest).then(|| {
        let (mut low, mut high) = (0.0, loosest);
        while high - low > 1e-12 * f64::max(high, 1e-3) {
            let middle = 0.5 * (low + high);
            if with(middle) {
                high = middle
            } else {
                low = middle
            }
            if middle == low && middle == high {
                break;
            }
        }
        item.relaxed(high).value
    })
}
