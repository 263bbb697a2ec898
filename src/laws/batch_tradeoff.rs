use super::knob::{POSITIVE, check};
use super::{Formula, Knob, Knobs, Quantity};
use crate::error::LawError;

const FORMULA: &str = "(S/S_min - 1)(E/E_min - 1) = 1, B_crit = E_min/S_min";

/// The trade between steps and examples (McCandlish 2018):
///
/// ```text
/// (S/S_min − 1)·(E/E_min − 1) = 1,   S = S_min·(1 + B_crit/B),   E = E_min·(1 + B/B_crit)
/// ```
///
/// S: optimiser steps. E: examples or tokens, E = B·S. S_min: steps at a very large batch. E_min: examples at a very
/// small one. B_crit = E_min/S_min: at this batch both are twice their least.
///
/// ```
/// use scaling_laws::laws::BatchTradeoff;
/// let at_critical = BatchTradeoff::at(1e6, 1e6)?;
/// assert_eq!((at_critical.steps_factor, at_critical.examples_factor), (2.0, 2.0));
/// let large = BatchTradeoff::at(3e6, 1e6)?;
/// assert!(((large.steps_factor - 1.0) * (large.examples_factor - 1.0) - 1.0).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchTradeoff {
    /// S/S_min.
    pub steps_factor: f64,
    /// E/E_min, which is also the compute over its least.
    pub examples_factor: f64,
}

impl BatchTradeoff {
    /// At a batch, given the critical one, in the same unit.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless both are finite and above zero.
    pub fn at(batch: f64, critical_batch: f64) -> Result<Self, LawError> {
        let ratio = check(FORMULA, BATCH.name, batch, f64::MIN_POSITIVE, f64::MAX, POSITIVE)?
            / check(FORMULA, CRITICAL.name, critical_batch, f64::MIN_POSITIVE, f64::MAX, POSITIVE)?;
        Ok(Self { steps_factor: 1.0 + 1.0 / ratio, examples_factor: 1.0 + ratio })
    }
}

const BATCH: Knob = Knob::new("batch", "B", None, "batch, in the unit of the critical batch");
const CRITICAL: Knob = Knob::new("critical_batch", "B_crit", None, "critical batch");

/// [`BatchTradeoff`] by name, for the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchTradeoffFormula;

impl Formula for BatchTradeoffFormula {
    fn knobs(&self) -> &[Knob] {
        const { &[BATCH, CRITICAL] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::new("steps_factor", None), Quantity::new("examples_factor", None)] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let trade = BatchTradeoff::at(knobs.value(FORMULA, BATCH)?, knobs.value(FORMULA, CRITICAL)?)?;
        Ok(vec![trade.steps_factor, trade.examples_factor])
    }
}
