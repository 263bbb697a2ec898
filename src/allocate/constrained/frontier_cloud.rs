use super::cloud::{AllocationRange, check_level, range};
use super::constraints::Constraints;
use super::remembered::Remembered;
use super::solve::Solved;
use crate::error::AllocateError;
use crate::laws::LossModel;
use crate::units::Flops;

/// What a cloud of laws says at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FrontierRange {
    /// C.
    pub budget: Flops,
    /// Laws with an answer.
    pub answered: usize,
    /// N.
    pub params: AllocationRange,
    /// D.
    pub tokens: AllocationRange,
    /// Loss, nats per token.
    pub loss: AllocationRange,
}

/// Asks every law of a cloud the same question at several budgets: ranges of N, D and loss at each.
///
/// The budget takes the place that it has in [`allocate_frontier`](crate::allocate_frontier). Laws without an answer are
/// counted out. With the feature `parallel` the budgets are spread over rayon's current thread pool; the result is the same
/// without.
///
/// # Errors
/// [`AllocateError::Argument`] for an empty cloud or a level outside (0, 1); else that of the first law at the first budget
/// at which no law has an answer.
///
/// ```
/// use scaling_laws::{frontier_cloud, Chinchilla, Constraints, Flops};
/// let cloud = [Chinchilla::new(1.80, 450.0, 2000.0, 0.343, 0.364)?, Chinchilla::new(1.84, 520.0, 2200.0, 0.353, 0.368)?];
/// let budgets = [Flops::new(1e22)?, Flops::new(1e24)?];
/// let line = frontier_cloud(&cloud, &Constraints::new(), &budgets, 0.9)?;
/// // The laws agree less, the farther they are asked.
/// let width = |i: usize| line[i].params.high / line[i].params.low;
/// assert!(width(1) > 1.0 && line[1].params.low > line[0].params.high);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn frontier_cloud<L: LossModel + Sync>(
    laws: &[L],
    constraints: &Constraints,
    budgets: &[Flops],
    level: f64,
) -> Result<Vec<FrontierRange>, AllocateError> {
    check_level(level)?;
    if laws.is_empty() {
        return Err(AllocateError::Argument { what: "laws", value: 0.0, allowed: "at least one" });
    }
    each(budgets, Space::default, |space, budget| space.ask(laws, constraints, budget, level))
}

/// What a thread reuses from budget to budget.
#[derive(Default)]
struct Space {
    params: Vec<f64>,
    tokens: Vec<f64>,
    loss: Vec<f64>,
}

impl Space {
    fn ask<L: LossModel>(
        &mut self,
        laws: &[L],
        constraints: &Constraints,
        budget: Flops,
        level: f64,
    ) -> Result<FrontierRange, AllocateError> {
        self.params.clear();
        self.tokens.clear();
        self.loss.clear();
        // Without another limit the law's own formula is the answer, and nothing need be solved.
        let free = *constraints == Constraints::new();
        let limits = constraints.at_budget(budget);
        let mut first = None;
        for law in laws {
            match closed_form(law, budget).filter(|_| free).map_or_else(|| solved(law, &limits), Ok) {
                Ok([x, y, loss]) => {
                    self.params.push(x.exp());
                    self.tokens.push(y.exp());
                    self.loss.push(loss);
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        if let Some(error) = first.filter(|_| self.params.is_empty()) {
            return Err(error);
        }
        Ok(FrontierRange {
            budget,
            answered: self.params.len(),
            params: range(&mut self.params, level),
            tokens: range(&mut self.tokens, level),
            loss: range(&mut self.loss, level),
        })
    }
}

/// ln N, ln D and the loss where the law has a formula for them and both are at least one.
fn closed_form<L: LossModel>(law: &L, budget: Flops) -> Option<[f64; 3]> {
    let sum = law.conventions().compute.ln_product(budget).ok()?;
    let x = law.ln_optimal_params(sum).filter(|x| *x >= 0.0 && *x <= sum)?;
    let loss = law.at(x, sum - x).loss;
    loss.is_finite().then_some([x, sum - x, loss])
}

fn solved<L: LossModel>(law: &L, limits: &Constraints) -> Result<[f64; 3], AllocateError> {
    let best = Solved::new(&Remembered::new(law), limits)?;
    Ok([best.x, best.y, law.at(best.x, best.y).loss])
}

/// `work` for each budget, in order, with a workspace for each thread.
#[cfg(feature = "parallel")]
fn each<W: Send>(
    budgets: &[Flops],
    workspace: impl Fn() -> W + Sync + Send,
    work: impl Fn(&mut W, Flops) -> Result<FrontierRange, AllocateError> + Sync + Send,
) -> Result<Vec<FrontierRange>, AllocateError> {
    use rayon::prelude::*;
    budgets.par_iter().map_init(workspace, |space, budget| work(space, *budget)).collect()
}

/// `work` for each budget, in order.
#[cfg(not(feature = "parallel"))]
fn each<W>(
    budgets: &[Flops],
    workspace: impl Fn() -> W,
    work: impl Fn(&mut W, Flops) -> Result<FrontierRange, AllocateError>,
) -> Result<Vec<FrontierRange>, AllocateError> {
    let mut space = workspace();
    budgets.iter().map(|budget| work(&mut space, *budget)).collect()
}
