use super::answer::{Binding, ConstrainedAllocation, Objective, extrapolation};
use super::certificate::certify;
use super::conflict::conflict;
use super::constraints::{Constraints, Limit};
use super::curve::{FLAT, ROUNDING, least};
use super::item::{Item, Shape, ln_cost};
use super::region::{FAR, Region};
use super::remembered::Remembered;
use super::tolerance::Tolerance;
use super::walk::Walk;
use super::window::turn;
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::units::{Flops, Params, Tokens};
use crate::warning::Warning;

/// The best N and D under limits: the least loss, the least cost of a loss, or the smallest model near the least loss.
///
/// In x = ln N each limit bounds y = ln D from above or below. Where loss falls with tokens y stands at its upper bound,
/// where more tokens come to hurt at the least loss over y; for the least cost at its lower bound. One search over x is left:
/// in closed form where the law has a formula and every limit is a line, else a scan and the zero of the slope.
///
/// # Errors
/// [`AllocateError::NoInteriorOptimum`] if the best is an end N = 1 or D = 1 that was not asked for, as for
/// [`allocate`](crate::allocate);
/// [`AllocateError::Conflict`] if nothing satisfies the limits, with the limits that conflict and what would do instead;
/// [`AllocateError::Unlimited`] if nothing keeps N or D finite; [`AllocateError::Unreachable`] for a loss that the law has
/// nowhere, at or below E or what a corpus allows;
/// [`AllocateError::Argument`] for a limit that is not a finite number above zero; [`AllocateError::Unit`] for a law that
/// does not count C as 6ND.
///
/// ```
/// use scaling_laws::{allocate_within, Chinchilla, Constraints, Nats, Tokens};
/// // Sardana 2023: the cheapest model of loss 1.947 over its life, if it serves 2e12 tokens.
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283)?;
/// let asked = Constraints::new().target_loss(Nats::new(1.947)?).inference_tokens(Tokens::trillions(2.0)?);
/// let best = allocate_within(&law, &asked)?;
/// assert!((best.params().get() / 2.418e10 - 1.0).abs() < 1e-3);
/// assert!((best.tokens().get() / 2.657e12 - 1.0).abs() < 1e-3);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_within<L: LossModel + ?Sized>(
    law: &L,
    constraints: &Constraints,
) -> Result<ConstrainedAllocation, AllocateError> {
    answer(&Remembered::new(law), constraints)
}

fn answer(law: &dyn LossModel, constraints: &Constraints) -> Result<ConstrainedAllocation, AllocateError> {
    let best = Solved::new(law, constraints)?;
    let (binding, kkt_residual) = best.binding(law)?;
    let (params, tokens) = best.split(law)?;
    let loss = law.loss(params, tokens)?;
    let (training, inference) = constraints.flops(law, params, tokens)?;
    let dollars = constraints.prices.map(|(train, serve)| {
        train.dollars_per_flop() * training.get() + serve.dollars_per_flop() * inference.map_or(0.0, Flops::get)
    });
    let budgets_only = constraints.budgets_only();
    let other;
    let free = if budgets_only == *constraints {
        // Without other limits the answer is its own measure.
        Some(&best)
    } else {
        other = Solved::new(law, &budgets_only).ok();
        other.as_ref()
    };
    let (mut excess_loss, mut excess_cost) = (None, None);
    if let Some(free) = free {
        if best.goal == Goal::Cost {
            excess_cost = Some((best.value - free.value).exp_m1().max(0.0));
        } else {
            excess_loss = Some((loss.get() - law.at(free.x, free.y).loss).max(0.0));
        }
    }
    let mut warnings = extrapolation(law.domain(), params, tokens, training);
    if best.goal == Goal::Loss && best.is_flat(law) {
        warnings.push(Warning::FlatLoss { loss: loss.get() });
    }
    if kkt_residual > 1e-6 {
        let reason = format!("the optimality conditions fail by {kkt_residual:.1e} of the slope");
        warnings.push(Warning::NotCertified { reason });
    }
    let epochs = constraints.data.map(|(unique, _)| tokens / unique);
    warnings.extend(doubt_about_repeats(law.unique_tokens(), constraints.data.map(|(unique, _)| unique), epochs));
    Ok(ConstrainedAllocation {
        params,
        tokens,
        loss,
        training,
        inference,
        dollars,
        epochs,
        binding,
        excess_loss,
        excess_cost,
        kkt_residual,
        conventions: law.conventions(),
        objective: match best.goal {
            Goal::Loss => Objective::Loss,
            Goal::Cost => Objective::LnCost,
            Goal::Params => Objective::LnParams,
        },
        warnings,
    })
}

/// What a law does not know about the corpus that the limits speak of.
fn doubt_about_repeats(known: Option<Tokens>, unique: Option<Tokens>, epochs: Option<f64>) -> Option<Warning> {
    let (unique, epochs) = (unique?, epochs?);
    let what = match known {
        Some(known) if (known / unique - 1.0).abs() <= 1e-9 => return None,
        Some(known) => format!("the law takes the corpus to have {known} unique tokens, the limits say {unique}"),
        None if epochs <= 1.0 + 1e-9 => return None,
        None => format!(
            "the corpus is seen {epochs:.3} times: unless the law is one of repeated data, it counts a repeated token as new \
             and promises too much"
        ),
    };
    Some(Warning::Assumed { what })
}

/// The same question at several budgets: the training budget is replaced, or the lifetime budget where only that is set.
///
/// # Errors
/// Of the first budget without an answer; see [`allocate_within`].
///
/// ```
/// use scaling_laws::{allocate_frontier, published::BESIROGLU_2024, Constraints, Flops, Params};
/// let budgets = [Flops::new(1e22)?, Flops::new(1e24)?];
/// let asked = Constraints::new().max_params(Params::billions(20.0)?);
/// let line = allocate_frontier(&BESIROGLU_2024, &asked, &budgets)?;
/// assert!(line[1].loss() < line[0].loss() && line[1].params() == Params::billions(20.0)?);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_frontier<L: LossModel + ?Sized>(
    law: &L,
    constraints: &Constraints,
    budgets: &[Flops],
) -> Result<Vec<ConstrainedAllocation>, AllocateError> {
    budgets.iter().map(|c| allocate_within(law, &constraints.at_budget(*c))).collect()
}

/// What is made least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Loss,
    Cost,
    Params,
}

/// The point, and what is needed to price its limits.
#[derive(Debug)]
pub(super) struct Solved {
    pub goal: Goal,
    pub x: f64,
    pub y: f64,
    /// L, ln of the cost, or ln N.
    pub value: f64,
    items: Vec<Item>,
    cost: (f64, f64),
    training_factor: f64,
    /// The least loss that a tolerance refers to, and d ln(target)/d L_opt.
    reference: Option<(Box<Solved>, f64)>,
}

impl Solved {
    pub fn new(law: &dyn LossModel, constraints: &Constraints) -> Result<Self, AllocateError> {
        let items = constraints.items(law)?;
        let (cost, factor) = (constraints.cost(), constraints.training_share());
        if let Some(target) = constraints.target {
            above_irreducible(law, target.get())?;
        }
        let Some(tolerance) = constraints.tolerance else {
            let goal = if constraints.target.is_some() { Goal::Cost } else { Goal::Loss };
            return Self::solve(law, items, cost, factor, goal)?.inside(law, constraints);
        };
        let given = match tolerance {
            Tolerance::Absolute(given) | Tolerance::Relative(given) => given,
            Tolerance::UpTo(loss) => loss.get(),
        };
        if constraints.target.is_some() {
            let allowed = "usable without a loss to reach: that asks for the least cost, not for the smallest model";
            return Err(AllocateError::Argument { what: "tolerance", value: given, allowed });
        }
        super::cost::positive("tolerance", given)?;
        let reference = match tolerance {
            Tolerance::UpTo(_) => None,
            _ => Some(Self::solve(law, items.clone(), cost, factor, Goal::Loss)?.inside(law, constraints)?),
        };
        let loss = tolerance.allowed(reference.as_ref().map_or(f64::NAN, |best| best.value));
        above_irreducible(law, loss)?;
        let by_best = if let Tolerance::Relative(share) = tolerance { 1.0 + share } else { 1.0 };
        let mut within = items;
        within.push(Item { limit: Limit::TargetLoss, shape: Shape::Loss(loss), value: loss });
        let mut solved = Self::solve(law, within, cost, factor, Goal::Params)?.inside(law, constraints)?;
        solved.reference = reference.map(|best| (Box::new(best), by_best / loss));
        Ok(solved)
    }

    fn solve(
        law: &dyn LossModel,
        items: Vec<Item>,
        cost: (f64, f64),
        training_factor: f64,
        goal: Goal,
    ) -> Result<Self, AllocateError> {
        let found = |x: f64, y: f64, value: f64, items| {
            Ok(Self { goal, x, y, value, items, cost, training_factor, reference: None })
        };
        if goal == Goal::Loss
            && let Some((x, y)) = on_the_budget_line(law, &items)
        {
            return found(x, y, law.at(x, y).loss, items);
        }
        let region = Region::new(law, &items);
        let Some((low, high)) = region.feasible() else { return Err(conflict(law, &items)) };
        if goal == Goal::Params {
            let bottom = region.bottom(low).0;
            let y = turn(|y| law.at(low, y).d_ln_tokens, bottom, region.top(low).0.max(bottom));
            return found(low, y, low, items);
        }
        let walk = Walk { region, cost, goal };
        if goal == Goal::Loss {
            if high >= FAR {
                return Err(AllocateError::Unlimited { what: "N" });
            }
            let limited = walk.region.top(high).1.is_some() || law.at(high, FAR).d_ln_tokens > 0.0;
            if !limited {
                return Err(AllocateError::Unlimited { what: "D" });
            }
        }
        let not_finite =
            |x: f64, y: f64, loss| crate::error::LawError::NotFinite { params: x.exp(), tokens: y.exp(), loss };
        let x = least(
            |x| {
                let (v, s, _) = walk.at(x);
                (v, s)
            },
            low,
            high,
        )
        .ok_or_else(|| not_finite(low, walk.at(low).2, f64::NAN))?;
        // The slope may be infinite, where a curved limit turns back.
        let (value, _, y) = walk.at(x);
        if !value.is_finite() {
            return Err(not_finite(x, y, value).into());
        }
        found(x, y, value, items)
    }

    /// Refuses an optimum that only the least N or D there can be holds, which was not asked for: the law does not balance
    /// the one against the other there, and its end is no answer.
    fn inside(self, law: &dyn LossModel, constraints: &Constraints) -> Result<Self, AllocateError> {
        if self.x > ROUNDING && self.y > ROUNDING {
            return Ok(self);
        }
        let certificate = certify(law, &self.items, (self.x, self.y), self.gradient(law));
        if !certificate.binding.iter().any(|(item, weight)| *weight > 0.0 && constraints.implies(item.limit)) {
            return Ok(self);
        }
        let spent =
            certificate.binding.iter().find(|(item, _)| item.limit == Limit::Budget).map(|(item, _)| item.value);
        let budget = spent.unwrap_or_else(|| (constraints.compute().0 + self.x + self.y).exp());
        Err(AllocateError::NoInteriorOptimum { budget, params: self.x.exp(), tokens: self.y.exp() })
    }

    /// Whether more N changes the loss by no more than its rounding, as where a corpus is used up: the point is one of many.
    /// More D may do something that a limit forbids, or be level at the least loss of a law under which it comes to hurt.
    fn is_flat(&self, law: &dyn LossModel) -> bool {
        let point = law.at(self.x, self.y);
        point.d_ln_params.abs() <= FLAT * point.loss
    }

    /// The gradient of the objective.
    fn gradient(&self, law: &dyn LossModel) -> [f64; 2] {
        match self.goal {
            Goal::Params => [1.0, 0.0],
            Goal::Cost => {
                let (_, by_x, by_y) = ln_cost(self.cost.0, self.cost.1, self.x, self.y);
                [by_x, by_y]
            }
            Goal::Loss => {
                let point = law.at(self.x, self.y);
                [point.d_ln_params, point.d_ln_tokens]
            }
        }
    }

    /// Binding limits with shadow prices, and the residual of the optimality conditions.
    fn binding(&self, law: &dyn LossModel) -> Result<(Vec<Binding>, f64), AllocateError> {
        let certificate = certify(law, &self.items, (self.x, self.y), self.gradient(law));
        let mut list: Vec<Binding> = Vec::new();
        let mut by_target = 0.0;
        for (item, weight) in &certificate.binding {
            // Not −0 for a limit without weight.
            let shadow_price = item.sense() * weight + 0.0;
            if self.reference.is_some() && item.limit == Limit::TargetLoss {
                by_target = shadow_price;
            }
            list.push(Binding { limit: item.limit, value: item.value, shadow_price });
        }
        if let Some((best, by_best)) = &self.reference {
            // The loss allowed moves with the least loss, and that with its own limits.
            for inner in best.binding(law)?.0 {
                let more = by_target * by_best * inner.shadow_price;
                match list.iter_mut().find(|b| b.limit == inner.limit && b.value == inner.value) {
                    Some(known) => known.shadow_price += more,
                    None => list.push(Binding { shadow_price: more, ..inner }),
                }
            }
        }
        // A number asked for exactly is two limits, of which one carries the weight.
        let weighty: Vec<Binding> = list.iter().filter(|b| b.shadow_price != 0.0).copied().collect();
        let kind = |b: &Binding| b.limit.code().trim_start_matches("min-").trim_start_matches("max-");
        list.retain(|b| b.shadow_price != 0.0 || !weighty.iter().any(|w| kind(w) == kind(b) && w.value == b.value));
        Ok((list, certificate.residual))
    }

    /// N and D, with limits met to the last digit.
    pub fn split(&self, law: &dyn LossModel) -> Result<(Params, Tokens), AllocateError> {
        let near = |limits: [Limit; 2]| {
            let binds = |item: &&Item| limits.contains(&item.limit) && item.at(law, self.x, self.y).0.abs() < ROUNDING;
            self.items.iter().find(binds).map(|item| item.value)
        };
        let params = Params::new(near([Limit::MinParams, Limit::MaxParams]).unwrap_or(self.x.exp()))?;
        if let Some(tokens) = near([Limit::MinTokens, Limit::MaxTokens]) {
            return Ok((params, Tokens::new(tokens)?));
        }
        match near([Limit::Budget, Limit::Budget]) {
            Some(budget) => {
                let full = Flops::new(budget / self.training_factor)?;
                Ok((params, law.conventions().compute.tokens(full, params)?))
            }
            None => Ok((params, Tokens::new(self.y.exp())?)),
        }
    }
}

fn above_irreducible(law: &dyn LossModel, target: f64) -> Result<(), AllocateError> {
    let what = "of any N and D (the irreducible loss E)";
    match law.irreducible().filter(|limit| target <= limit.get()) {
        Some(limit) => Err(AllocateError::Unreachable { target, limit: limit.get(), what }),
        None => Ok(()),
    }
}

/// The optimum by the law's formula where every limit is a line and the budget can be spent.
///
/// Boxes and ratios have a corner that is greatest in both N and D, so if any of the budget line is allowed the optimum is on
/// it, at the allowed point nearest to the free optimum.
fn on_the_budget_line(law: &dyn LossModel, items: &[Item]) -> Option<(f64, f64)> {
    let sum = items.iter().find_map(|item| if let Shape::MostSum(v) = item.shape { Some(v) } else { None })?;
    let (mut low, mut high) = (0f64, sum);
    for item in items {
        match item.shape {
            Shape::LeastX(v) => low = low.max(v),
            Shape::MostX(v) => high = high.min(v),
            Shape::LeastY(v) => high = high.min(sum - v),
            Shape::MostY(v) => low = low.max(sum - v),
            Shape::LeastRatio(v) => high = high.min(0.5 * (sum - v)),
            Shape::MostRatio(v) => low = low.max(0.5 * (sum - v)),
            Shape::MostSum(_) => {}
            _ => return None,
        }
    }
    let x = law.ln_optimal_params(sum).filter(|x| x.is_finite() && low <= high)?.clamp(low, high);
    Some((x, sum - x))
}
