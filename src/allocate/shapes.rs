use super::constrained::{Constraints, Tolerance, allocate_within};
use crate::compute::{Shape, ShapeLattice};
use crate::error::{AllocateError, ComputeError, Error};
use crate::laws::LossModel;
use crate::math::order::sort_by_number;
use crate::units::{Nats, Params, Tokens};

/// A trainable shape near the best size, with what it gives away.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ShapePlan {
    /// The shape.
    pub shape: Shape,
    /// Its size as the law counts N.
    pub params: Params,
    /// The best D for it under the limits.
    pub tokens: Tokens,
    /// L(N, D), nats per token.
    pub loss: Nats,
    /// How much worse it is than the best N and D: nats of loss; for a loss to reach the share of the cost, and for the
    /// smallest model the share of N. Beside an N that was asked for exactly it may be below zero.
    pub excess: f64,
}

/// Trainable shapes near a size N that satisfy the limits, ranked by what they give away, each with its best D.
///
/// The loss is flat around the optimum, so the losses of good shapes differ by less than any law is good for: what the
/// ranking says is that each of them will do. Of equal ones the first has the more usual ratio of width to layers. What a
/// ratio far from the usual costs, no law of N and D knows; the lattice keeps it in its band.
///
/// Where N was asked for exactly no shape has it to the last parameter: the shapes are then the nearest, the nearest first.
///
/// # Errors
/// [`Error::Compute`] where the lattice has no shape near N that satisfies the limits; those of
/// [`allocate_within`](crate::allocate_within).
///
/// ```
/// use scaling_laws::{allocate_within, published::BESIROGLU_2024, shapes_for, Constraints, Flops, Params, Shape, ShapeLattice};
/// let asked = Constraints::new().budget(Flops::new(1e22)?).max_params(Params::billions(7.0)?);
/// let best = allocate_within(&BESIROGLU_2024, &asked)?;
/// let lattice = ShapeLattice::like(Shape::builder(32, 4096).kv_heads(8).gated(true).tied(false).build()?);
/// let plans = shapes_for(&BESIROGLU_2024, &asked, best.params(), &lattice, 5)?;
/// assert!(plans.len() == 5 && plans.iter().all(|plan| plan.params <= best.params() && plan.excess >= 0.0));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn shapes_for<L: LossModel + ?Sized>(
    law: &L,
    constraints: &Constraints,
    params: Params,
    lattice: &ShapeLattice,
    most: usize,
) -> Result<Vec<ShapePlan>, Error> {
    /// Shapes nearest in size, from which the best are taken: where a limit holds N, those beyond it fall out.
    const CANDIDATES: usize = 8;
    let fixed = constraints.fixed_params().is_some();
    let best = allocate_within(law, constraints)?;
    let least = constraints.objective(&best, best.params());
    // A tolerance is one on the least loss there is, not on that of each size.
    let given_away = match constraints.least_loss() {
        Some((asked, tolerance)) => Some(
            Nats::new(tolerance.allowed(allocate_within(law, &asked)?.loss().get())).map_err(AllocateError::from)?,
        ),
        None => None,
    };
    let near = lattice.near(params, law.conventions().params, most.saturating_mul(CANDIDATES))?;
    let mut plans = Vec::new();
    for near in &near {
        let asked =
            if fixed { Some(constraints.clone().params(near.params)) } else { constraints.of_params(near.params) };
        let Some(mut asked) = asked else { continue };
        if let Some(loss) = given_away {
            asked = asked.smallest_within(Tolerance::UpTo(loss));
        }
        match allocate_within(law, &asked) {
            Ok(found) => {
                let excess = constraints.excess(constraints.objective(&found, near.params), least);
                plans.push(ShapePlan {
                    shape: near.shape,
                    params: near.params,
                    tokens: found.tokens(),
                    loss: found.loss(),
                    // Nothing is better than the best but by rounding.
                    excess: if fixed { excess } else { excess.max(0.0) },
                });
            }
            Err(AllocateError::Conflict { .. } | AllocateError::Unreachable { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if let (true, Some(nearest)) = (plans.is_empty(), near.first()) {
        let (target, nearest) = (params.get(), nearest.params.get());
        return Err(ComputeError::NoAllowedShape { target, nearest }.into());
    }
    if !fixed {
        // Stable: of equals the nearer size and the more usual ratio stay first.
        sort_by_number(&mut plans, |a| a.excess);
    }
    plans.truncate(most);
    Ok(plans)
}
