use crate::compute::{Shape, ShapeLattice};
use crate::error::{AllocateError, Error};
use crate::laws::LossModel;
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
    /// D of the same 6ND.
    pub tokens: Tokens,
    /// L(N, D), nats per token.
    pub loss: Nats,
    /// Loss over that of the size asked for, nats; below zero where the shape is nearer to the free optimum than the size
    /// asked for.
    pub excess: f64,
}

/// Trainable shapes near a size N on D tokens, ranked by the loss that the law expects of them at the same 6ND.
///
/// The loss is flat around the optimum, so the losses of good shapes differ by less than any law is good for: what the
/// ranking says is that each of them will do. Of equal ones the first has the more usual ratio of width to layers. What a
/// ratio far from the usual costs, no law of N and D knows; the lattice keeps it in its band.
///
/// # Errors
/// [`Error::Compute`] where the lattice has no shape near N; [`Error::Law`] where the law leaves the range of numbers.
///
/// ```
/// use scaling_laws::{allocate, published::BESIROGLU_2024, shapes_for, Flops, Shape, ShapeLattice};
/// let best = allocate(&BESIROGLU_2024, Flops::new(1e22)?)?;
/// let lattice = ShapeLattice::like(Shape::builder(32, 4096).kv_heads(8).gated(true).tied(false).build()?);
/// let plans = shapes_for(&BESIROGLU_2024, best.params(), best.tokens(), &lattice, 5)?;
/// assert!(plans.len() == 5 && plans.iter().all(|plan| plan.excess.abs() < 1e-3));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn shapes_for<L: LossModel + ?Sized>(
    law: &L,
    params: Params,
    tokens: Tokens,
    lattice: &ShapeLattice,
    most: usize,
) -> Result<Vec<ShapePlan>, Error> {
    /// Shapes nearest in size, from which the best by loss are taken: on one side of a size that is not the optimum the
    /// loss falls.
    const CANDIDATES: usize = 4;
    let count = law.conventions().params;
    let compute = law.conventions().compute;
    let budget = compute.flops(params, tokens).map_err(AllocateError::from)?;
    let asked = law.loss(params, tokens)?.get();
    let mut plans = Vec::new();
    for near in lattice.near(params, count, most.saturating_mul(CANDIDATES))? {
        let tokens = compute.tokens(budget, near.params).map_err(AllocateError::from)?;
        let loss = law.loss(near.params, tokens)?;
        plans.push(ShapePlan { shape: near.shape, params: near.params, tokens, loss, excess: loss.get() - asked });
    }
    // Stable: of equal losses the nearer size and the more usual ratio stay first.
    plans.sort_by(|a, b| a.loss.get().total_cmp(&b.loss.get()));
    plans.truncate(most);
    Ok(plans)
}
