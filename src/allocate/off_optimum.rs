use super::allocation::{AllocationMethod, OffOptimum};
use super::integral::integral;
use super::inverse;
use super::isoflop::NOISE;
use super::optimum::Optimum;
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::units::{Flops, Params};

/// Factors of N_opt that every allocation shows.
const FACTORS: [f64; 6] = [0.25, 0.5, 0.8, 1.25, 2.0, 4.0];

/// What a model `factor` times the compute-optimal size costs at the same budget.
///
/// # Errors
/// [`AllocateError::Argument`] unless `factor` is finite and above zero and leaves at least one parameter and one
/// token; else as [`allocate`](crate::allocate).
///
/// ```
/// use scaling_laws::{off_optimum, Chinchilla, Flops};
/// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
/// let small = off_optimum(&law, Flops::new(5.76e23)?, 0.1)?;
/// assert_eq!(small.params.to_string(), "7.225B");
/// assert!((small.penalty - 0.0553).abs() < 1e-4); // nats
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn off_optimum<L: LossModel + ?Sized>(law: &L, budget: Flops, factor: f64) -> Result<OffOptimum, AllocateError> {
    let optimum = Optimum::new(law, budget)?;
    if !(factor.is_finite() && factor > 0.0) {
        return Err(AllocateError::Argument { what: "factor", value: factor, allowed: "a finite number above zero" });
    }
    if !optimum.line.holds(optimum.x + factor.ln()) {
        return Err(AllocateError::Argument {
            what: "factor",
            value: factor,
            allowed: "one that leaves at least one parameter and one token",
        });
    }
    entry(&optimum, factor)
}

/// The loss that a chosen size gives away: L(N, C/(6N)) − L_opt(C), nats per token; never negative.
///
/// # Errors
/// [`AllocateError::Argument`] if N is below one or the budget buys less than one token for it; else as
/// [`allocate`](crate::allocate).
///
/// ```
/// use scaling_laws::{loss_penalty, Chinchilla, Flops, Params};
/// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
/// // Gopher's size, 280B, on the budget of Chinchilla.
/// let penalty = loss_penalty(&law, Params::billions(280.0)?, Flops::new(5.76e23)?)?;
/// assert!((penalty - 0.0189).abs() < 1e-4); // nats
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn loss_penalty<L: LossModel + ?Sized>(law: &L, params: Params, budget: Flops) -> Result<f64, AllocateError> {
    let optimum = Optimum::new(law, budget)?;
    inverse::tokens_for_budget(law, params, budget)?;
    Ok(optimum.line.rise(optimum.x, params.ln())?.max(0.0))
}

/// One entry for each of [`FACTORS`] that leaves N and D above one.
pub(super) fn table<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>) -> Result<Vec<OffOptimum>, AllocateError> {
    let possible = FACTORS.iter().filter(|factor| optimum.line.holds(optimum.x + factor.ln()));
    possible.map(|&factor| entry(optimum, factor)).collect()
}

fn entry<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>, factor: f64) -> Result<OffOptimum, AllocateError> {
    let law = optimum.line.law;
    let (best, _) = optimum.split()?;
    let params = best.scaled(factor)?;
    let tokens = law.conventions().compute.tokens(optimum.line.budget, params)?;
    let loss = law.loss(params, tokens)?;
    let penalty = optimum.line.rise(optimum.x, optimum.x + factor.ln())?.max(0.0);
    Ok(OffOptimum { factor, params, tokens, loss, penalty, compute_factor: compute_factor(optimum, penalty) })
}

/// C′/C, where the optimum of C′ is `penalty` worse than that of C.
///
/// By the envelope theorem dL_opt/d ln C = ∂L/∂ln D at the optimum. Newton's method on the integral of that keeps its
/// digits where the losses themselves round to E.
fn compute_factor<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>, penalty: f64) -> Option<f64> {
    let (mut shift, mut risen, mut x) = (0.0, 0.0, optimum.x);
    let mut found = penalty == 0.0;
    for _ in 0..60 {
        if found {
            break;
        }
        let (line, here) = optimum.follow(shift, x)?;
        x = here;
        let slope = -line.at(x).d_ln_tokens;
        // At most two e-folds at once: far from the start the tangent says nothing.
        let step = ((penalty - risen) / slope).clamp(-2.0, 2.0);
        if slope <= 0.0 || step.is_nan() || optimum.line.ln_product + shift - step <= 0.0 {
            break;
        }
        let fall = |at: f64| optimum.follow(at, x).map(|(line, there)| -line.at(there).d_ln_tokens);
        risen += integral(fall, shift - step, shift)?;
        shift -= step;
        found = step.abs() <= 4.0 * f64::EPSILON * shift.abs().max(1e-3) || risen == penalty;
    }
    if found && confirmed(optimum, shift, penalty) { Some(shift.exp()) } else { by_losses(optimum, penalty) }
}

/// Whether the true optimum of the smaller budget has the loss that following one branch by its slopes gave.
fn confirmed<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>, shift: f64, penalty: f64) -> bool {
    let check = || -> Result<bool, AllocateError> {
        let smaller = Flops::new(optimum.line.budget.get() * shift.exp())?;
        let (loss, best) = (same_method(optimum, smaller)?.loss()?.get(), optimum.loss()?.get());
        Ok((loss - best - penalty).abs() <= 1e-6 * penalty + 4.0 * NOISE * loss)
    };
    check().unwrap_or(false)
}

fn same_method<'a, L: LossModel + ?Sized>(
    optimum: &Optimum<'a, L>,
    budget: Flops,
) -> Result<Optimum<'a, L>, AllocateError> {
    match optimum.method {
        AllocationMethod::Search => Optimum::by_search(optimum.line.law, budget),
        _ => Optimum::new(optimum.line.law, budget),
    }
}

/// By comparing losses, for laws with rough slopes or with several minima.
fn by_losses<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>, penalty: f64) -> Option<f64> {
    let target = optimum.loss().ok()?.get() + penalty;
    let smaller = inverse::least_budget(optimum.line.law, target).ok()?;
    Some((smaller.get() / optimum.line.budget.get()).min(1.0))
}
