use super::integral::integral;
use crate::error::{AllocateError, LawError};
use crate::laws::{LossModel, LossPoint};
use crate::units::Flops;

/// All splits of one budget: the line ln N + ln D = ln(C/6) under a law, with x = ln N along it.
#[derive(Debug)]
pub(super) struct Isoflop<'a, L: ?Sized> {
    pub(super) law: &'a L,
    pub(super) budget: Flops,
    /// ln(N·D).
    pub(super) ln_product: f64,
}

/// Relative rounding of a computed loss.
pub(super) const NOISE: f64 = 16.0 * f64::EPSILON;

impl<L: ?Sized> Clone for Isoflop<'_, L> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<L: ?Sized> Copy for Isoflop<'_, L> {}

impl<'a, L: LossModel + ?Sized> Isoflop<'a, L> {
    /// The line of a budget, which must leave room for N and D above one.
    pub(super) fn new(law: &'a L, budget: Flops) -> Result<Self, AllocateError> {
        let ln_product = law.conventions().compute.ln_product(budget)?;
        if ln_product <= 0.0 {
            return Err(AllocateError::Argument {
                what: "budget",
                value: budget.get(),
                allowed: "above 6 FLOP, what one parameter and one token take",
            });
        }
        Ok(Self { law, budget, ln_product })
    }

    /// Loss and slopes at x.
    pub(super) fn at(&self, x: f64) -> LossPoint {
        self.law.at(x, self.ln_product - x)
    }

    /// dL/dx along the line: what a larger model gains less what its fewer tokens lose. Unlike a difference of losses
    /// it loses no digits to E.
    pub(super) fn slope(&self, x: f64) -> f64 {
        let point = self.at(x);
        point.d_ln_params - point.d_ln_tokens
    }

    /// Loss and slope at x, both finite.
    pub(super) fn checked(&self, x: f64) -> Result<(f64, f64), LawError> {
        let LossPoint { loss, d_ln_params, d_ln_tokens } = self.at(x);
        let slope = d_ln_params - d_ln_tokens;
        if loss.is_finite() && slope.is_finite() {
            return Ok((loss, slope));
        }
        let loss = if loss.is_finite() { slope } else { loss };
        Err(LawError::NotFinite { params: x.exp(), tokens: (self.ln_product - x).exp(), loss })
    }

    /// Whether x leaves at least one parameter and one token.
    pub(super) fn holds(&self, x: f64) -> bool {
        (0.0..=self.ln_product).contains(&x)
    }

    /// The optimum as the law's formula has it; `None` where it has none or the formula overflows.
    pub(super) fn closed_form(&self) -> Option<f64> {
        self.law.ln_optimal_params(self.ln_product).filter(|x| x.is_finite())
    }

    /// The refusal for a loss that is least at one end of the line.
    pub(super) fn least_at_end(&self, x: f64) -> AllocateError {
        let x = x.clamp(0.0, self.ln_product);
        AllocateError::NoInteriorOptimum {
            budget: self.budget.get(),
            params: x.exp(),
            tokens: (self.ln_product - x).exp(),
        }
    }

    /// L(to) − L(from). The integral of the slope keeps its digits where both losses round to E; the difference of the
    /// losses stands where the two disagree, as with slopes that are rough.
    pub(super) fn rise(&self, from: f64, to: f64) -> Result<f64, LawError> {
        let (start, end) = (self.checked(from)?.0, self.checked(to)?.0);
        let difference = end - start;
        let noise = 2.0 * NOISE * (start.abs() + end.abs());
        let by_slope = integral(|x| Some(self.slope(x)).filter(|slope| slope.is_finite()), from, to);
        Ok(by_slope.filter(|rise| (rise - difference).abs() <= 1e-6 * difference.abs() + noise).unwrap_or(difference))
    }
}
