use super::constraints::Limit;
use crate::units::{Conventions, Domain, Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// What is made least, and so what a shadow price is a change of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Objective {
    /// The loss, nats per token or what else the law counts it in.
    Loss,
    /// ln of the cost, FLOP or dollars, of a loss to reach.
    LnCost,
    /// ln N, for the smallest model.
    LnParams,
}

/// A limit that holds the answer where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Binding {
    /// Which.
    pub limit: Limit,
    /// Its value as it was set: FLOP, dollars, parameters, tokens, epochs, steps, tokens per parameter or nats.
    pub value: f64,
    /// The shadow price, d(objective)/d ln(limit), of [`objective`](ConstrainedAllocation::objective): the loss, or where a
    /// loss was to be reached ln(cost), or ln N for the smallest model. Zero for a limit that is touched and carries no weight.
    pub shadow_price: f64,
}

/// The best N and D under [`Constraints`](crate::Constraints).
#[derive(Debug, Clone, PartialEq)]
pub struct ConstrainedAllocation {
    pub(super) params: Params,
    pub(super) tokens: Tokens,
    pub(super) loss: Nats,
    pub(super) training: Flops,
    pub(super) inference: Option<Flops>,
    pub(super) dollars: Option<f64>,
    pub(super) epochs: Option<f64>,
    pub(super) binding: Vec<Binding>,
    pub(super) excess_loss: Option<f64>,
    pub(super) excess_cost: Option<f64>,
    pub(super) kkt_residual: f64,
    pub(super) objective: Objective,
    pub(super) conventions: Conventions,
    pub(super) warnings: Vec<Warning>,
}

impl ConstrainedAllocation {
    /// N.
    pub fn params(&self) -> Params {
        self.params
    }
    /// D.
    pub fn tokens(&self) -> Tokens {
        self.tokens
    }
    /// L(N, D), nats per token.
    pub fn loss(&self) -> Nats {
        self.loss
    }
    /// D/N.
    pub fn tokens_per_param(&self) -> f64 {
        self.tokens / self.params
    }
    /// 6·N·D.
    pub fn training(&self) -> Flops {
        self.training
    }
    /// 2·N·D_inf, where a demand was given.
    pub fn inference(&self) -> Option<Flops> {
        self.inference
    }
    /// Training and serving together, FLOP.
    pub fn lifetime(&self) -> f64 {
        self.training.get() + self.inference.map_or(0.0, Flops::get)
    }
    /// What training and serving cost, where prices were given.
    pub fn dollars(&self) -> Option<f64> {
        self.dollars
    }
    /// D/U, where the unique tokens were given.
    pub fn epochs(&self) -> Option<f64> {
        self.epochs
    }
    /// The limits that bind, with their shadow prices.
    pub fn binding(&self) -> &[Binding] {
        &self.binding
    }
    /// What was made least, whose changes the shadow prices are.
    pub fn objective(&self) -> Objective {
        self.objective
    }
    /// L − the least loss under the budgets alone, nats; `None` without a budget, where a loss was to be reached, and where the
    /// budgets alone have no optimum inside.
    pub fn excess_loss(&self) -> Option<f64> {
        self.excess_loss
    }
    /// Cost over the least cost of the same loss without the other limits, minus 1; `None` unless a loss was to be reached.
    pub fn excess_cost(&self) -> Option<f64> {
        self.excess_cost
    }
    /// ‖∇f + Σ λ·∇g‖/‖∇f‖: how exactly the conditions of Karush, Kuhn and Tucker hold.
    pub fn kkt_residual(&self) -> f64 {
        self.kkt_residual
    }
    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }
    /// Doubts: extrapolation, a loss that nothing changes any more, a residual too large to certify the optimum, repeated tokens counted as new.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// Where N, D and C leave the range of a law, which holds C as 6ND; where training costs otherwise both are told as they are
/// paid.
pub(super) fn extrapolation(domain: Domain, params: Params, tokens: Tokens, training: Flops) -> Vec<Warning> {
    let paid = training.get() / (6.0 * params.get() * tokens.get());
    let mut warnings = domain.warnings(params, tokens);
    for doubt in &mut warnings {
        if let Warning::Extrapolation { axis: "C", value, limit, .. } = doubt {
            (*value, *limit) = (*value * paid, *limit * paid);
        }
    }
    warnings
}
