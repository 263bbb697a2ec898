//! Knobs beside N and D: number formats, experts, sparsity. Each setting has its own best N and D; the best setting is the
//! best of these.

mod bits;
mod experts;
mod granularity;

pub use bits::{choose_bits, choose_float_format};
pub use experts::{choose_experts, choose_sparsity};
pub use granularity::{GranularAllocation, choose_granularity};

use super::constrained::{ConstrainedAllocation, Constraints, Tolerance, allocate_within};
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::math::order::sort_by_number;
use crate::units::{Nats, Params};

/// A setting of a knob with the best N and D that it allows.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Choice<K> {
    /// The setting.
    pub setting: K,
    /// The best N and D with it.
    pub best: ConstrainedAllocation,
    /// All parameters, idle experts included: what must be held in memory.
    pub total_params: Params,
    /// How much worse it is than the best setting: nats of loss; for a loss to reach the share of the cost, and for the
    /// smallest model the share of N.
    pub excess: f64,
}

/// A setting made into a law, its own limits, and all parameters of a model of N.
struct Set<L> {
    law: L,
    constraints: Constraints,
    total: Box<dyn Fn(Params) -> Params>,
}

/// The loss up to which the smallest model is wanted: a tolerance is one on the least loss of all settings, and not on what
/// each of them has for its own.
fn loss_allowed<K, L: LossModel>(
    settings: &[K],
    asked: &Constraints,
    set: impl Fn(&K) -> Result<Set<L>, AllocateError>,
) -> Result<Option<Nats>, AllocateError> {
    let Some((_, tolerance)) = asked.least_loss() else { return Ok(None) };
    let mut least = f64::INFINITY;
    for setting in settings {
        let Set { law, constraints, .. } = set(setting)?;
        // One without an answer is refused, with its reason, when its size is asked for.
        if let Some(best) = constraints.least_loss().and_then(|(asked, _)| allocate_within(&law, &asked).ok()) {
            least = least.min(best.loss().get());
        }
    }
    if least.is_finite() { Ok(Some(Nats::new(tolerance.allowed(least))?)) } else { Ok(None) }
}

/// The settings that have an answer, the best first.
fn choose<K: Clone, L: LossModel>(
    settings: &[K],
    asked: &Constraints,
    set: impl Fn(&K) -> Result<Set<L>, AllocateError>,
) -> Result<Vec<Choice<K>>, AllocateError> {
    let mut found: Vec<(f64, Choice<K>)> = Vec::with_capacity(settings.len());
    let mut refused = None;
    let allowed = loss_allowed(settings, asked, &set)?;
    for setting in settings {
        let Set { law, mut constraints, total } = set(setting)?;
        if let Some(loss) = allowed {
            constraints = constraints.smallest_within(Tolerance::UpTo(loss));
        }
        match allocate_within(&law, &constraints) {
            Ok(best) => {
                let total_params = total(best.params());
                let choice = Choice { setting: setting.clone(), total_params, excess: 0.0, best };
                found.push((asked.objective(&choice.best, total_params), choice));
            }
            // Another setting may meet the limits, or have an optimum inside.
            Err(
                error @ (AllocateError::Conflict { .. }
                | AllocateError::Unreachable { .. }
                | AllocateError::NoInteriorOptimum { .. }),
            ) => {
                refused = refused.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    sort_by_number(&mut found, |a| a.0);
    let Some(least) = found.first().map(|(value, _)| *value) else {
        let none = AllocateError::Argument { what: "settings", value: 0.0, allowed: "at least one" };
        return Err(refused.unwrap_or(none));
    };
    Ok(found.into_iter().map(|(value, choice)| Choice { excess: asked.excess(value, least), ..choice }).collect())
}
