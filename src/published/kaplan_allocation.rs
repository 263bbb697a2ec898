use super::kaplan_2020::CONVENTIONS;
use crate::error::UnitError;
use crate::laws::AllocationLine;
use crate::units::{Flops, Params, Tokens};

/// Kaplan's compute-optimal training, each quantity a power of C_min in PF-days (Kaplan 2020, table 6):
///
/// ```text
/// N_opt = 1.3e9·C_min^0.73   B = 2.0e6·C_min^0.24   S_min = 5.4e3·C_min^0.03   D_opt = 2e10·C_min^0.27
/// ```
///
/// N: parameters without embeddings. B: batch in tokens. S_min: serial steps. D_opt: tokens of one epoch.
///
/// # Which compute
/// C_min is the compute a run would take at a batch far below critical, where it needs unboundedly many steps. At
/// B = B_crit a run spends 2·C_min in 2·S_min steps. So the same 1e21 FLOP means two sizes: read as C_min it gives
/// 7.77B ([`at_min_compute`](Self::at_min_compute)), spent at B_crit it gives 4.68B
/// ([`at_critical_batch`](Self::at_critical_batch)), the size that Hoffmann 2022 (appendix D.4) quotes for Kaplan.
///
/// # Which data
/// The table's D_opt is its own fit. With its N_opt, C_min/(6·N_opt) is 1.1e10 tokens at 1 PF-day, and the tokens
/// really read at B_crit, 2·C_min/(6·N_opt), are 2.2e10: the table's 2e10 is the latter. Equation 6.7 prints
/// 4e10·C_min^0.26 for the same quantity. [`KAPLAN_2020_ALLOCATION`](super::KAPLAN_2020_ALLOCATION) is the line N_opt
/// alone with D = C/(6N), which splits the budget exactly.
///
/// ```
/// use scaling_laws::{published, Flops};
/// let table = published::KAPLAN_2020_TABLE_6;
/// let budget = Flops::new(1e21)?;
/// assert_eq!(table.at_min_compute(budget)?.params.to_string(), "7.768B");
/// assert_eq!(table.at_critical_batch(budget)?.params.to_string(), "4.683B");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanAllocation {
    pub(super) params: Power,
    pub(super) batch: Power,
    pub(super) min_steps: Power,
    pub(super) tokens: Power,
}

/// y = at_one·C^exponent, C in PF-days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Power {
    pub(super) at_one: f64,
    pub(super) exponent: f64,
}

/// What Kaplan's table prescribes for a budget.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct KaplanOptimum {
    /// C_min.
    pub min_compute: Flops,
    /// N_opt, without embeddings.
    pub params: Params,
    /// Batch in tokens, B_crit at the loss reached.
    pub batch: Tokens,
    /// S_min; training at B_crit takes twice as many steps.
    pub min_steps: f64,
    /// D_opt as the table's own fit gives it.
    pub tokens: Tokens,
}

impl KaplanAllocation {
    /// The optimum when the budget is C_min, compute at a batch far below critical.
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] where a quantity leaves the range of numbers.
    pub fn at_min_compute(&self, min_compute: Flops) -> Result<KaplanOptimum, UnitError> {
        let at = |power: Power| power.at_one * min_compute.pf_days().powf(power.exponent);
        Ok(KaplanOptimum {
            min_compute,
            params: Params::new(at(self.params))?,
            batch: Tokens::new(at(self.batch))?,
            min_steps: at(self.min_steps),
            tokens: Tokens::new(at(self.tokens))?,
        })
    }

    /// The optimum when the budget is spent at the critical batch, so that C_min is half of it.
    ///
    /// # Errors
    /// As [`at_min_compute`](Self::at_min_compute).
    pub fn at_critical_batch(&self, spent: Flops) -> Result<KaplanOptimum, UnitError> {
        self.at_min_compute(spent.scaled(0.5)?)
    }

    /// N_opt(C_min) alone, with D = C_min/(6N).
    pub fn line(&self) -> AllocationLine {
        let ln_pf_days = Flops::known(1.0).pf_days().ln();
        let ln_k = self.params.at_one.ln() + self.params.exponent * ln_pf_days;
        AllocationLine::known(ln_k, self.params.exponent, CONVENTIONS)
    }
}
