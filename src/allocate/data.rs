//! A corpus that runs out: how many epochs pay, and when more data is worth more than more compute.

use super::constrained::{ConstrainedAllocation, Constraints, Limit, Objective, allocate_within};
use crate::error::AllocateError;
use crate::laws::Repetition;
use crate::units::Tokens;
use crate::warning::Warning;

/// The best use of a corpus of U unique tokens, and what more of it would be worth.
///
/// ```text
/// worth of the next token seen     ∂D'/∂D = e^(−R_D/R_D*)
/// worth of one more unique token   (∂L/∂U)/(∂L/∂C)   FLOP, at the optimum
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DataValue {
    /// The best N and D for this corpus.
    pub best: ConstrainedAllocation,
    /// The limit on tokens that sets the epochs of `best`; `None` where no such limit does, and they are the number that pays.
    pub held_by: Option<Limit>,
    /// The epochs that pay: those of `best`, and where a limit holds them those without the limits on tokens. `None` where
    /// there is no such number, as where the corpus is used up and a loss that is flat does not tell one from the next.
    pub paying_epochs: Option<f64>,
    /// What the next token seen is worth in unique ones: 1 in the first epoch, then less.
    pub next_token: f64,
    /// ∂L/∂ln U at the optimum, nats: negative, or zero where the corpus is not used up. `None` unless the least loss is
    /// asked for.
    pub by_data: Option<f64>,
    /// ∂L/∂ln C at the optimum, nats. `None` where no compute budget binds.
    pub by_compute: Option<f64>,
    /// FLOP that one more unique token is worth: buy data while a token costs less than so many FLOP. `None` where no
    /// compute budget binds, and where the corpus is used up: no compute does what a token would.
    pub flop_per_token: Option<f64>,
    /// ∂L/∂ln $ at the optimum, nats. `None` where money is not the limit that binds.
    pub by_dollars: Option<f64>,
    /// Dollars that one more unique token is worth: buy data while it costs less. `None` where money is not the limit.
    pub dollars_per_token: Option<f64>,
    /// The best with as many unique tokens as it could use, and so its D is the corpus beyond which more gains nothing. It
    /// has no `epochs`: the corpus is without end.
    pub unlimited: ConstrainedAllocation,
}

impl DataValue {
    /// Loss that the size of the corpus costs, nats.
    pub fn shortage(&self) -> f64 {
        (self.best.loss().get() - self.unlimited.loss().get()).max(0.0)
    }

    /// How many times dearer the size of the corpus makes a loss to reach, in dollars where there are prices, else in FLOP;
    /// `None` where no loss was to be reached.
    pub fn shortage_cost(&self) -> Option<f64> {
        let cost = |of: &ConstrainedAllocation| of.dollars().unwrap_or(of.lifetime());
        (self.best.objective() == Objective::LnCost).then(|| cost(&self.best) / cost(&self.unlimited))
    }

    /// Whether the corpus is used up: the loss is flat, and neither more epochs nor more parameters change it.
    pub fn used_up(&self) -> bool {
        self.held_by.is_none() && is_flat(&self.best)
    }
}

fn is_flat(best: &ConstrainedAllocation) -> bool {
    best.warnings().iter().any(|doubt| matches!(doubt, Warning::FlatLoss { .. }))
}

/// The limit that keeps the number of tokens where it is, beside those on compute, money and size.
fn holding(best: &ConstrainedAllocation) -> Option<Limit> {
    let of_tokens = |limit| {
        matches!(
            limit,
            Limit::MinTokens
                | Limit::MaxTokens
                | Limit::MinTokensPerParam
                | Limit::MaxTokensPerParam
                | Limit::Epochs
                | Limit::Steps
        )
    };
    let mut held = best.binding().iter().filter(|b| of_tokens(b.limit) && b.shadow_price != 0.0);
    held.next().map(|binding| binding.limit)
}

/// Unique tokens that no training uses up.
const PLENTY: f64 = 1e40;

/// The best N and D for a corpus of U unique tokens under other limits, how many epochs pay, and what more data is worth
/// beside more compute.
///
/// The number of epochs is free unless `constraints` bound it; its unique tokens are set to `unique`.
///
/// # Errors
/// Those of [`allocate_within`](crate::allocate_within).
///
/// ```
/// use scaling_laws::{Constraints, Flops, Tokens, published::MUENNIGHOFF_2023, value_of_data};
/// let asked = Constraints::new().budget(Flops::new(1e22)?);
/// let scarce = value_of_data(&MUENNIGHOFF_2023, Tokens::billions(25.0)?, &asked)?;
/// assert!(scarce.paying_epochs.unwrap() > 4.0 && scarce.shortage() > 0.0);
/// let plenty = value_of_data(&MUENNIGHOFF_2023, Tokens::trillions(1.0)?, &asked)?;
/// assert_eq!((plenty.flop_per_token, plenty.next_token), (Some(0.0), 1.0));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn value_of_data(law: &Repetition, unique: Tokens, constraints: &Constraints) -> Result<DataValue, AllocateError> {
    let epochs = constraints.most_epochs().unwrap_or(f64::INFINITY);
    let best = allocate_within(&law.with_unique_tokens(unique), &constraints.clone().unique_tokens(unique, epochs))?;
    let plenty = Tokens::new(PLENTY)?;
    let unlimited = allocate_within(&law.with_unique_tokens(plenty), &constraints.without_corpus())?;
    let held_by = holding(&best);
    let paying = match held_by {
        None => Some(best.clone()),
        Some(_) => {
            let free = constraints.with_any_tokens().unique_tokens(unique, f64::INFINITY);
            allocate_within(&law.with_unique_tokens(unique), &free).ok()
        }
    };
    let paying_epochs = paying.filter(|paying| !is_flat(paying)).and_then(|paying| paying.epochs());
    let price =
        |wanted: Limit| -> f64 { best.binding().iter().filter(|b| b.limit == wanted).map(|b| b.shadow_price).sum() };
    let (mut by_data, mut by_compute, mut flop_per_token) = (None, None, None);
    let (mut by_dollars, mut dollars_per_token) = (None, None);
    if constraints.wants_least_loss() {
        // With more unique tokens a cap on epochs is looser too.
        let data = law.unique_slope(best.params(), best.tokens(), unique) + price(Limit::Epochs);
        by_data = Some(data + 0.0);
        let budgets = best.binding().iter().filter(|b| matches!(b.limit, Limit::Budget | Limit::LifetimeBudget));
        if let Some(budget) = budgets.min_by(|a, b| a.shadow_price.total_cmp(&b.shadow_price)) {
            by_compute = Some(budget.shadow_price + 0.0);
            let worth = (data / unique.get()) / (budget.shadow_price / budget.value);
            flop_per_token = Some(worth + 0.0).filter(|flop| flop.is_finite() && !is_flat(&best));
        }
        if let Some(money) = best.binding().iter().find(|b| b.limit == Limit::Dollars && b.shadow_price != 0.0) {
            by_dollars = Some(money.shadow_price + 0.0);
            let worth = (data / unique.get()) / (money.shadow_price / money.value);
            dollars_per_token = Some(worth + 0.0).filter(|dollars| dollars.is_finite() && !is_flat(&best));
        }
    }
    let next_token = law.next_token_worth(best.tokens(), unique);
    Ok(DataValue {
        best,
        held_by,
        paying_epochs,
        next_token,
        by_data,
        by_compute,
        flop_per_token,
        by_dollars,
        dollars_per_token,
        unlimited,
    })
}
