use super::constrained::turn;
use super::optimum::Optimum;
use crate::error::{AllocateError, LawError};
use crate::laws::{LossModel, LossPoint};
use crate::math::root::brent;
use crate::units::{Flops, Nats, Params, Tokens};

/// ln of the largest N, D or C that is considered: a little below the largest number.
const LN_LARGEST: f64 = 700.0;

/// The least budget whose compute-optimal model reaches a loss.
///
/// C such that L_opt(C) = `target`, for laws on which L_opt falls with C. Close to E the answer is only as sharp as the
/// target: d ln C = dL/(∂L/∂ln D), so 16 digits of loss give fewer of C.
///
/// # Errors
/// [`AllocateError::Unreachable`] at or below the irreducible loss, and where even 1e304 FLOP do not reach the target;
/// [`AllocateError::Argument`] for a loss that every budget with an optimum already reaches; else as
/// [`allocate`](crate::allocate).
///
/// ```
/// use scaling_laws::{flops_for_loss, Chinchilla, Nats};
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// let budget = flops_for_loss(&law, Nats::new(1.947)?)?;
/// assert_eq!(budget.to_string(), "3.702e23 FLOP");
/// assert!(flops_for_loss(&law, Nats::new(1.69)?).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn flops_for_loss<L: LossModel + ?Sized>(law: &L, target: Nats) -> Result<Flops, AllocateError> {
    above_irreducible(law, target)?;
    least_budget(law, target.get())
}

/// The tokens on which a model of N parameters reaches a loss: D such that L(N, D) = `target`. Where more tokens come to
/// raise the loss, as with quantisation after training, the fewer of the two.
///
/// # Errors
/// [`AllocateError::Unreachable`], naming the loss of this N at unlimited tokens (E + A/N^α for the Chinchilla form), or the
/// least over all numbers of tokens; [`AllocateError::Argument`] for a loss that one token already reaches; [`AllocateError::Law`] where the law is not
/// finite.
///
/// ```
/// use scaling_laws::{tokens_for_loss, AllocateError, Chinchilla, Nats, Params};
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// let n = Params::billions(70.0)?;
/// assert!((tokens_for_loss(&law, n, Nats::new(1.9472727897172717)?)?.get() / 1e12 - 1.0).abs() < 1e-9);
/// let Err(AllocateError::Unreachable { limit, .. }) = tokens_for_loss(&law, n, Nats::new(1.7)?) else { panic!() };
/// assert!((limit - (1.69 + 406.4 / 70e9f64.powf(0.336))).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn tokens_for_loss<L: LossModel + ?Sized>(law: &L, params: Params, target: Nats) -> Result<Tokens, AllocateError> {
    above_irreducible(law, target)?;
    let ln_params = params.ln();
    let axis = Axis {
        point: |y| (ln_params, y),
        slope: |point| point.d_ln_tokens,
        limit: "of this N with unlimited tokens",
        least: "of this N with any number of tokens",
        allowed: "below the loss of this N after one token",
    };
    Ok(Tokens::new(axis.solve(law, target)?.exp())?)
}

/// The size that reaches a loss on D tokens: N such that L(N, D) = `target`.
///
/// # Errors
/// [`AllocateError::Unreachable`], naming the loss of an unlimited model on these tokens (E + B/D^β for the Chinchilla
/// form); [`AllocateError::Argument`] for a loss that one parameter already reaches; [`AllocateError::Law`] where the
/// law is not finite.
///
/// ```
/// use scaling_laws::{params_for_loss, Chinchilla, Nats, Tokens};
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// let n = params_for_loss(&law, Tokens::trillions(1.0)?, Nats::new(1.9472727897172717)?)?;
/// assert!((n.get() / 70e9 - 1.0).abs() < 1e-9);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn params_for_loss<L: LossModel + ?Sized>(law: &L, tokens: Tokens, target: Nats) -> Result<Params, AllocateError> {
    above_irreducible(law, target)?;
    let ln_tokens = tokens.ln();
    let axis = Axis {
        point: |x| (x, ln_tokens),
        slope: |point| point.d_ln_params,
        limit: "of any N on these tokens",
        least: "of any N on these tokens",
        allowed: "below the loss of one parameter on these tokens",
    };
    Ok(Params::new(axis.solve(law, target)?.exp())?)
}

/// The tokens that a budget buys for a model of N parameters, D = C/(6N), as the law counts C.
///
/// # Errors
/// [`AllocateError::Argument`] if N is below one or the budget buys less than one token; [`AllocateError::Unit`] for a
/// law that does not count C as 6ND.
///
/// ```
/// use scaling_laws::{tokens_for_budget, Chinchilla, Flops, Params};
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// assert_eq!(tokens_for_budget(&law, Params::billions(70.0)?, Flops::new(5.88e23)?)?.to_string(), "1.4T");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn tokens_for_budget<L: LossModel + ?Sized>(
    law: &L,
    params: Params,
    budget: Flops,
) -> Result<Tokens, AllocateError> {
    if params.get() < 1.0 {
        return Err(AllocateError::Argument { what: "N", value: params.get(), allowed: "at least one parameter" });
    }
    match law.conventions().compute.tokens(budget, params) {
        Ok(tokens) if tokens.get() >= 1.0 => Ok(tokens),
        Err(error @ crate::error::UnitError::NeedsShape { .. }) => Err(error.into()),
        _ => Err(AllocateError::Argument {
            what: "N",
            value: params.get(),
            allowed: "small enough for the budget to buy at least one token",
        }),
    }
}

/// C such that L_opt(C) = `target`.
pub(super) fn least_budget<L: LossModel + ?Sized>(law: &L, target: f64) -> Result<Flops, AllocateError> {
    let excess = |ln_compute: f64| -> Result<f64, AllocateError> {
        Ok(Optimum::new(law, Flops::new(ln_compute.exp())?)?.loss()?.get() - target)
    };
    let (mut low, mut high) = bracket(&excess, target)?;
    narrow(&mut low, &mut high, &excess)?;
    let mut failure = None;
    let root = brent(|y| excess(y).unwrap_or_else(|error| keep(&mut failure, error)), low, high);
    match (root, failure) {
        (Some(ln_compute), _) => Ok(Flops::new(ln_compute.exp())?),
        (None, Some(error)) => Err(error),
        (None, None) => Err(argument(target, "a loss at which the optimal loss falls with the budget")),
    }
}

/// ln C between which the optimal loss falls through the target: not reached at the first, reached at the second.
fn bracket(excess: &dyn Fn(f64) -> Result<f64, AllocateError>, target: f64) -> Result<(f64, f64), AllocateError> {
    const STEP: f64 = 8.0;
    // Budgets of today first; a law may have no optimum at very small ones.
    let starts = [48.0, 40.0, 32.0, 24.0, 16.0, 8.0, 56.0, 64.0, 72.0];
    let mut first = (48.0, excess(48.0));
    for start in starts {
        if !matches!(first.1, Err(AllocateError::NoInteriorOptimum { .. })) {
            break;
        }
        let there = excess(start);
        if there.is_ok() {
            first = (start, there);
        }
    }
    let (mut here, at_start) = (first.0, first.1?);
    if at_start > 0.0 {
        loop {
            let next = here + STEP;
            if next > LN_LARGEST {
                let limit = target + excess(here)?;
                return Err(AllocateError::Unreachable { target, limit, what: "of the largest budgets" });
            }
            if excess(next)? <= 0.0 {
                return Ok((here, next));
            }
            here = next;
        }
    }
    // Downwards in steps that shrink where the optimum ends.
    let mut step = STEP;
    while step > 1e-3 {
        match excess(here - step) {
            Ok(above) if above > 0.0 => return Ok((here - step, here)),
            Ok(_) => here -= step,
            Err(AllocateError::NoInteriorOptimum { .. } | AllocateError::Argument { .. }) => step *= 0.5,
            Err(error) => return Err(error),
        }
    }
    Err(argument(target, "below the loss of the smallest budget that has an optimum"))
}

/// A law along one axis, the other held.
struct Axis<F> {
    point: F,
    slope: fn(&LossPoint) -> f64,
    /// What the loss far out is the limit of, and what the least loss where it rises again.
    limit: &'static str,
    least: &'static str,
    allowed: &'static str,
}

impl<F: Fn(f64) -> (f64, f64)> Axis<F> {
    fn solve<L: LossModel + ?Sized>(&self, law: &L, target: Nats) -> Result<f64, AllocateError> {
        let target = target.get();
        let excess = |y: f64| -> Result<f64, AllocateError> {
            let (ln_params, ln_tokens) = (self.point)(y);
            let loss = law.at(ln_params, ln_tokens).loss;
            if loss.is_finite() {
                return Ok(loss - target);
            }
            Err(LawError::NotFinite { params: ln_params.exp(), tokens: ln_tokens.exp(), loss }.into())
        };
        let at = |y: f64| {
            let (ln_params, ln_tokens) = (self.point)(y);
            law.at(ln_params, ln_tokens)
        };
        let (mut low, mut high) = (0.0, turn(|y| (self.slope)(&at(y)), 0.0, LN_LARGEST));
        if excess(low)? <= 0.0 {
            return Err(argument(target, self.allowed));
        }
        let (limit, what) =
            if high < LN_LARGEST { (at(high).loss, self.least) } else { (self.limit_of(law, LN_LARGEST), self.limit) };
        if excess(high)? > 0.0 {
            return Err(AllocateError::Unreachable { target, limit, what });
        }
        narrow(&mut low, &mut high, &excess)?;
        let root = brent(|y| excess(y).unwrap_or(f64::NAN), low, high);
        // Rounded losses that equal the limit are reached nowhere: the zero is where rounding begins.
        match root {
            Some(y) if target > limit => Ok(y),
            Some(_) => Err(AllocateError::Unreachable { target, limit, what }),
            None => Err(argument(target, "a loss at which the law is finite and falls")),
        }
    }

    /// The loss far out, where small exponents have died away too; the largest number where the law gives none there.
    fn limit_of<L: LossModel + ?Sized>(&self, law: &L, largest: f64) -> f64 {
        let at = |y: f64| {
            let (ln_params, ln_tokens) = (self.point)(y);
            law.at(ln_params, ln_tokens).loss
        };
        let (far, near) = (at(1e9), at(largest));
        if far.is_finite() && far > 0.0 && far <= near { far } else { near }
    }
}

/// Halves a bracket of a falling function down to a few e-folds, where Brent's interpolation works at once.
fn narrow(
    low: &mut f64,
    high: &mut f64,
    excess: &dyn Fn(f64) -> Result<f64, AllocateError>,
) -> Result<(), AllocateError> {
    while *high - *low > 4.0 {
        let middle = 0.5 * (*low + *high);
        if excess(middle)? > 0.0 {
            *low = middle;
        } else {
            *high = middle;
        }
    }
    Ok(())
}

fn above_irreducible<L: LossModel + ?Sized>(law: &L, target: Nats) -> Result<(), AllocateError> {
    match law.irreducible() {
        Some(limit) if target <= limit => Err(AllocateError::Unreachable {
            target: target.get(),
            limit: limit.get(),
            what: "of any N and D (the irreducible loss E)",
        }),
        _ => Ok(()),
    }
}

fn argument(target: f64, allowed: &'static str) -> AllocateError {
    AllocateError::Argument { what: "target loss", value: target, allowed }
}

fn keep(failure: &mut Option<AllocateError>, error: AllocateError) -> f64 {
    *failure = Some(error);
    f64::NAN
}
