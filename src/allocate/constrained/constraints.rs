use std::fmt;

use super::answer::ConstrainedAllocation;
use super::cost::{FlopPrice, positive};
use super::item::{Item, Shape};
use super::tolerance::Tolerance;
use crate::error::AllocateError;
use crate::laws::{CriticalBatch, LossModel};
use crate::units::{Flops, Nats, Params, Tokens};

/// A kind of limit, as it is named in answers and refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Limit {
    /// Training FLOP, 6ND.
    Budget,
    /// Training and serving FLOP, 6ND + 2N·D_inf.
    LifetimeBudget,
    /// Dollars for training and serving.
    Dollars,
    /// N is at least this; one if nothing else is asked.
    MinParams,
    /// N is at most this.
    MaxParams,
    /// D is at least this; one if nothing else is asked.
    MinTokens,
    /// D is at most this.
    MaxTokens,
    /// D/N is at least this.
    MinTokensPerParam,
    /// D/N is at most this.
    MaxTokensPerParam,
    /// Epochs over the unique tokens.
    Epochs,
    /// Optimiser steps.
    Steps,
    /// Loss to reach.
    TargetLoss,
}

impl Limit {
    /// A stable name in kebab case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::LifetimeBudget => "lifetime-budget",
            Self::Dollars => "dollars",
            Self::MinParams => "min-params",
            Self::MaxParams => "max-params",
            Self::MinTokens => "min-tokens",
            Self::MaxTokens => "max-tokens",
            Self::MinTokensPerParam => "min-tokens-per-param",
            Self::MaxTokensPerParam => "max-tokens-per-param",
            Self::Epochs => "epochs",
            Self::Steps => "steps",
            Self::TargetLoss => "target-loss",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Most tokens to an optimiser step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum BatchLimit {
    /// So many tokens.
    Fixed(Tokens),
    /// The critical batch at the loss that is reached (Kaplan 2020): beyond it more tokens a step buy little.
    Critical(CriticalBatch),
}

/// What is limited and what is wanted; any combination, for any law.
///
/// The wish follows from what is set: with a [`target_loss`](Self::target_loss) the least cost (dollars if prices are
/// given, else FLOP of training and serving); with [`smallest_within`](Self::smallest_within) the smallest N; else the
/// least loss.
///
/// | setter | allows |
/// |---|---|
/// | [`budget`](Self::budget) | 6·N·D ≤ C |
/// | [`lifetime_budget`](Self::lifetime_budget) | 6·N·D + 2·N·D_inf ≤ C |
/// | [`dollars`](Self::dollars) | p·6·N·D + q·2·N·D_inf ≤ money, p and q by [`prices`](Self::prices) |
/// | [`params`](Self::params), `min_params`, `max_params` | N |
/// | [`tokens`](Self::tokens), `min_tokens`, `max_tokens` | D |
/// | `tokens_per_param`, `min_tokens_per_param`, `max_tokens_per_param` | D/N |
/// | [`unique_tokens`](Self::unique_tokens) | D ≤ epochs·U |
/// | [`max_steps`](Self::max_steps) | D ≤ steps·B |
/// | [`target_loss`](Self::target_loss) | L(N, D) ≤ loss |
///
/// N and D are at least one. Setting a thing again replaces it.
///
/// ```
/// use scaling_laws::{allocate_within, Constraints, Flops, Limit, Params, published::BESIROGLU_2024};
/// let asked = Constraints::new().budget(Flops::new(1e24)?).max_params(Params::billions(8.0)?);
/// let answer = allocate_within(&BESIROGLU_2024, &asked)?;
/// assert_eq!((answer.params().to_string(), answer.tokens().to_string()), ("8B".into(), "20.83T".into()));
/// // Both bind; one e-fold more of N would gain 0.064 nats at the same budget.
/// let limits: Vec<Limit> = answer.binding().iter().map(|b| b.limit).collect();
/// assert_eq!(limits, [Limit::Budget, Limit::MaxParams]);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    pub(super) budget: Option<Flops>,
    pub(super) lifetime: Option<Flops>,
    pub(super) dollars: Option<f64>,
    pub(super) prices: Option<(FlopPrice, FlopPrice)>,
    pub(super) inference: Option<Tokens>,
    pub(super) target: Option<Nats>,
    pub(super) tolerance: Option<Tolerance>,
    params: [Option<Params>; 2],
    tokens: [Option<Tokens>; 2],
    ratio: [Option<f64>; 2],
    pub(super) data: Option<(Tokens, f64)>,
    steps: Option<(f64, BatchLimit)>,
    /// ln of what a FLOP of training and of serving costs, in full ones.
    ln_train: f64,
    ln_serve: f64,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) $body:expr;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $($arg: $type),*) -> Self {
            let change: fn(&mut Self, $($type),*) = $body;
            change(&mut self, $($arg),*);
            self
        })*
    };
}

impl Constraints {
    /// No limit yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Training compute, 6ND ≤ C.
        budget(compute: Flops) |c, v| c.budget = Some(v);
        /// Training and serving compute, 6ND + 2N·D_inf ≤ C.
        lifetime_budget(compute: Flops) |c, v| c.lifetime = Some(v);
        /// Money for training and serving; needs [`prices`](Self::prices).
        dollars(dollars: f64) |c, v| c.dollars = Some(v);
        /// Prices of a FLOP in training and in serving. With a target loss, dollars and not FLOP are then least.
        prices(train: FlopPrice, serve: FlopPrice) |c, p, q| c.prices = Some((p, q));
        /// Tokens that will be served over the model's life, D_inf; each takes 2N FLOP.
        inference_tokens(tokens: Tokens) |c, v| c.inference = Some(v);
        /// N exactly.
        params(params: Params) |c, v| c.params = [Some(v); 2];
        /// N at least.
        min_params(params: Params) |c, v| c.params[0] = Some(v);
        /// N at most.
        max_params(params: Params) |c, v| c.params[1] = Some(v);
        /// D exactly.
        tokens(tokens: Tokens) |c, v| c.tokens = [Some(v); 2];
        /// D at least.
        min_tokens(tokens: Tokens) |c, v| c.tokens[0] = Some(v);
        /// D at most.
        max_tokens(tokens: Tokens) |c, v| c.tokens[1] = Some(v);
        /// D/N exactly.
        tokens_per_param(ratio: f64) |c, v| c.ratio = [Some(v); 2];
        /// D/N at least.
        min_tokens_per_param(ratio: f64) |c, v| c.ratio[0] = Some(v);
        /// D/N at most.
        max_tokens_per_param(ratio: f64) |c, v| c.ratio[1] = Some(v);
        /// A corpus of U tokens, seen at most so many times: D ≤ epochs·U. What a repeated token is worth is the law's
        /// business; a law of N and D alone counts it as new. Infinite epochs leave the number to the law.
        unique_tokens(unique: Tokens, epochs: f64) |c, u, e| c.data = Some((u, e));
        /// Optimiser steps (steps per second times the time there is) of limited batch: D ≤ steps·B.
        max_steps(steps: f64, batch: BatchLimit) |c, s, b| c.steps = Some((s, b));
        /// What training costs of the full 6ND, above zero: half with numbers half as wide (C = 6NDP/16, Kumar 2024), the
        /// active share of a sparse model where N counts all parameters. Budgets and answers are in full FLOP.
        training_factor(factor: f64) |c, v| c.ln_train = v.ln();
        /// What serving costs of the full 2N a token, above zero.
        serving_factor(factor: f64) |c, v| c.ln_serve = v.ln();
        /// Loss to reach; the cost is then least.
        target_loss(loss: Nats) |c, v| c.target = Some(v);
        /// The smallest model whose loss is within this of the least loss under the other limits: over-training.
        smallest_within(tolerance: Tolerance) |c, v| c.tolerance = Some(v);
    }

    /// With another budget for training, lifetime or money: whichever of them is set, the first if several.
    pub(super) fn at_budget(&self, compute: Flops) -> Self {
        if self.lifetime.is_some() && self.budget.is_none() {
            self.clone().lifetime_budget(compute)
        } else {
            self.clone().budget(compute)
        }
    }

    /// The budgets and the demand alone: what there would be without the other limits.
    pub(super) fn budgets_only(&self) -> Self {
        Self {
            params: [None; 2],
            tokens: [None; 2],
            ratio: [None; 2],
            data: None,
            steps: None,
            tolerance: None,
            ..self.clone()
        }
    }

    /// ln of what training and serving cost at N = D = 1: dollars with prices, else FLOP.
    pub(super) fn cost(&self) -> (f64, f64) {
        let (train, serve) = self.prices.map_or((1.0, 1.0), |(p, q)| (p.dollars_per_flop(), q.dollars_per_flop()));
        let (training, serving) = self.compute();
        (training + train.ln(), serving + serve.ln())
    }

    /// ln of the FLOP of training and serving at N = D = 1.
    pub(super) fn compute(&self) -> (f64, f64) {
        let serving = self.inference.map_or(f64::NEG_INFINITY, |t| 2f64.ln() + t.ln() + self.ln_serve);
        (6f64.ln() + self.ln_train, serving)
    }

    /// Epochs allowed, where they are bounded.
    pub(in crate::allocate) fn most_epochs(&self) -> Option<f64> {
        self.data.map(|(_, epochs)| epochs)
    }

    /// The same with a corpus that nothing uses up.
    pub(in crate::allocate) fn without_corpus(&self) -> Self {
        Self { data: None, ..self.clone() }
    }

    /// The same with any number of tokens: what the budgets and the size alone would make of the corpus.
    pub(in crate::allocate) fn with_any_tokens(&self) -> Self {
        let data = self.data.map(|(unique, _)| (unique, f64::INFINITY));
        Self { tokens: [None; 2], ratio: [None; 2], steps: None, data, ..self.clone() }
    }

    /// Whether the loss is to be made least, and not a cost or a size.
    pub(in crate::allocate) fn wants_least_loss(&self) -> bool {
        self.target.is_none() && self.tolerance.is_none()
    }

    /// Whether the size is to be made least.
    pub(in crate::allocate) fn wants_least_size(&self) -> bool {
        self.tolerance.is_some()
    }

    /// N at most this, and at most what it is already.
    pub(in crate::allocate) fn at_most_params(self, params: Params) -> Self {
        match self.params[1] {
            Some(most) if most <= params => self,
            _ => self.max_params(params),
        }
    }

    /// N where it was asked for exactly.
    pub(in crate::allocate) fn fixed_params(&self) -> Option<Params> {
        self.params[0].filter(|least| self.params[1] == Some(*least))
    }

    /// The same for models of this N; `None` where it is not allowed.
    pub(in crate::allocate) fn of_params(&self, params: Params) -> Option<Self> {
        let [least, most] = self.params;
        let allowed = least.is_none_or(|least| least <= params) && most.is_none_or(|most| params <= most);
        allowed.then(|| self.clone().params(params))
    }

    /// The same question for the least loss, and how much of it may be given away, where the smallest model is wanted.
    pub(in crate::allocate) fn least_loss(&self) -> Option<(Self, Tolerance)> {
        self.tolerance.map(|tolerance| (Self { tolerance: None, ..self.clone() }, tolerance))
    }

    /// What is made least: the loss, the cost of a loss, or the size, which is N unless more must be held in memory.
    pub(in crate::allocate) fn objective(&self, best: &ConstrainedAllocation, size: Params) -> f64 {
        match (self.wants_least_loss(), self.wants_least_size()) {
            (true, _) => best.loss().get(),
            (_, true) => size.get(),
            _ => best.dollars().unwrap_or(best.lifetime()),
        }
    }

    /// How much worse one objective is than another: nats of loss, or the share of the cost or size.
    pub(in crate::allocate) fn excess(&self, value: f64, least: f64) -> f64 {
        if self.wants_least_loss() { value - least } else { value / least - 1.0 }
    }

    /// What training costs of 6ND.
    pub(super) fn training_share(&self) -> f64 {
        self.ln_train.exp()
    }

    /// Whether this limit is only the least N or D there can be, and was not asked for.
    pub(super) fn implies(&self, limit: Limit) -> bool {
        match limit {
            Limit::MinParams => self.params[0].is_none(),
            Limit::MinTokens => self.tokens[0].is_none(),
            _ => false,
        }
    }

    /// FLOP of training, and of serving where a demand is given.
    pub(super) fn flops(
        &self,
        law: &dyn LossModel,
        params: Params,
        tokens: Tokens,
    ) -> Result<(Flops, Option<Flops>), AllocateError> {
        let training = Flops::new(law.conventions().compute.flops(params, tokens)?.get() * self.ln_train.exp())?;
        let serving = self.inference.map(|t| Flops::new(2.0 * params.get() * t.get() * self.ln_serve.exp()));
        Ok((training, serving.transpose()?))
    }

    /// Every limit as an inequality in ln N and ln D.
    pub(super) fn items(&self, law: &dyn LossModel) -> Result<Vec<Item>, AllocateError> {
        let mut items = Vec::with_capacity(10);
        let mut add = |limit, shape, value: f64| items.push(Item { limit, shape, value });
        positive("training factor", self.ln_train.exp())?;
        positive("serving factor", self.ln_serve.exp())?;
        if let Some(c) = self.budget {
            let sum = law.conventions().compute.ln_product(c)? - self.ln_train;
            add(Limit::Budget, Shape::MostSum(sum), c.get());
        }
        // Costs are counted as 6ND too.
        law.conventions().compute.ln_product(Flops::known(6.0))?;
        if let Some(c) = self.lifetime {
            let (train, serve) = self.compute();
            add(Limit::LifetimeBudget, Shape::Cost { train, serve, most: c.ln() }, c.get());
        }
        if let Some(money) = self.dollars {
            positive("dollars", money)?;
            if self.prices.is_none() {
                let allowed = "usable only with prices of a FLOP in training and in serving";
                return Err(AllocateError::Argument { what: "dollars", value: money, allowed });
            }
            let (train, serve) = self.cost();
            add(Limit::Dollars, Shape::Cost { train, serve, most: money.ln() }, money);
        }
        add(
            Limit::MinParams,
            Shape::LeastX(self.params[0].map_or(0.0, Params::ln)),
            self.params[0].map_or(1.0, Params::get),
        );
        if let Some(n) = self.params[1] {
            add(Limit::MaxParams, Shape::MostX(n.ln()), n.get());
        }
        add(
            Limit::MinTokens,
            Shape::LeastY(self.tokens[0].map_or(0.0, Tokens::ln)),
            self.tokens[0].map_or(1.0, Tokens::get),
        );
        if let Some(d) = self.tokens[1] {
            add(Limit::MaxTokens, Shape::MostY(d.ln()), d.get());
        }
        for ratio in self.ratio.into_iter().flatten() {
            positive("tokens per parameter", ratio)?;
        }
        if let Some(ratio) = self.ratio[0] {
            add(Limit::MinTokensPerParam, Shape::LeastRatio(ratio.ln()), ratio);
        }
        if let Some(ratio) = self.ratio[1] {
            add(Limit::MaxTokensPerParam, Shape::MostRatio(ratio.ln()), ratio);
        }
        if let Some((unique, epochs)) = self.data.filter(|(_, epochs)| *epochs != f64::INFINITY) {
            positive("epochs", epochs)?;
            add(Limit::Epochs, Shape::MostY(unique.ln() + epochs.ln()), epochs);
        }
        if let Some((steps, batch)) = self.steps {
            positive("steps", steps)?;
            let shape = match batch {
                BatchLimit::Fixed(b) => Shape::MostY(steps.ln() + b.ln()),
                BatchLimit::Critical(law) => {
                    Shape::CriticalBatch { most: steps.ln() + law.b_star.ln(), power: law.alpha_b.recip() }
                }
            };
            add(Limit::Steps, shape, steps);
        }
        if let Some(loss) = self.target {
            add(Limit::TargetLoss, Shape::Loss(loss.get()), loss.get());
        }
        Ok(items)
    }
}
