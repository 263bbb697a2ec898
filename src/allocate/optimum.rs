use super::allocation::AllocationMethod;
use super::isoflop::Isoflop;
use super::search;
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::units::{Flops, Nats, Params, Tokens};

/// The optimum of one IsoFLOP line.
#[derive(Debug)]
pub(super) struct Optimum<'a, L: ?Sized> {
    pub(super) line: Isoflop<'a, L>,
    /// ln N_opt.
    pub(super) x: f64,
    pub(super) method: AllocationMethod,
    /// Whether the law's slopes agree with its losses.
    pub(super) by_slope: bool,
}

impl<'a, L: LossModel + ?Sized> Optimum<'a, L> {
    /// By the law's formula, or by a search if it has none.
    pub(super) fn new(law: &'a L, budget: Flops) -> Result<Self, AllocateError> {
        let line = Isoflop::new(law, budget)?;
        match line.closed_form() {
            Some(x) if line.holds(x) => Ok(Self { line, x, method: AllocationMethod::ClosedForm, by_slope: true }),
            Some(x) => Err(line.least_at_end(x)),
            None => Self::search(line),
        }
    }

    /// By a search even if the law has a formula.
    pub(super) fn by_search(law: &'a L, budget: Flops) -> Result<Self, AllocateError> {
        Self::search(Isoflop::new(law, budget)?)
    }

    fn search(line: Isoflop<'a, L>) -> Result<Self, AllocateError> {
        let minimum = search::global(&line)?;
        Ok(Self { line, x: minimum.x, method: AllocationMethod::Search, by_slope: minimum.by_slope })
    }

    /// N_opt, and the D that spends the budget to the last digit.
    pub(super) fn split(&self) -> Result<(Params, Tokens), AllocateError> {
        let params = Params::new(self.x.exp())?;
        Ok((params, self.line.law.conventions().compute.tokens(self.line.budget, params)?))
    }

    /// L_opt.
    pub(super) fn loss(&self) -> Result<Nats, AllocateError> {
        let (params, tokens) = self.split()?;
        Ok(self.line.law.loss(params, tokens)?)
    }

    /// The line of `shift` more e-folds of compute, and ln N at the same optimum there, followed from `guess`.
    pub(super) fn follow(&self, shift: f64, guess: f64) -> Option<(Isoflop<'a, L>, f64)> {
        let line = Isoflop { ln_product: self.line.ln_product + shift, ..self.line };
        let by_formula = if self.method == AllocationMethod::ClosedForm { line.closed_form() } else { None };
        let x = by_formula.or_else(|| search::near(&line, guess, self.by_slope))?;
        Some((line, x))
    }

    /// a = d ln N_opt/d ln C. Five points, for laws on which ln N_opt bends with ln C; fewer at the edge of a regime.
    pub(super) fn exponent(&self) -> Result<f64, AllocateError> {
        const STEP: f64 = 0.25;
        let at = |steps: f64| self.follow(steps * STEP, self.x + 0.5 * steps * STEP).map(|(_, x)| x);
        let slope = match (at(-2.0), at(-1.0), at(1.0), at(2.0)) {
            (Some(m2), Some(m1), Some(p1), Some(p2)) => (8.0 * (p1 - m1) - (p2 - m2)) / (12.0 * STEP),
            (_, Some(m1), Some(p1), _) => (p1 - m1) / (2.0 * STEP),
            (_, _, Some(p1), _) => (p1 - self.x) / STEP,
            (_, Some(m1), _, _) => (self.x - m1) / STEP,
            _ => f64::NAN,
        };
        if slope.is_finite() { Ok(slope) } else { Err(self.line.least_at_end(self.x)) }
    }
}
