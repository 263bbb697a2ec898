use super::constraints::Constraints;
use super::remembered::Remembered;
use super::solve::{Goal, Solved};
use crate::error::AllocateError;
use crate::laws::{LossModel, LossPoint};
use crate::math::quantile::quantile;
use crate::units::{Conventions, Domain, Params, Tokens};

/// The middle and the ends of a share of the laws.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AllocationRange {
    /// Quantile (1 − level)/2.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// Quantile (1 + level)/2.
    pub high: f64,
}

/// A split, and the loss that it gives away under each law against that law's own best.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Decision {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// Mean regret over the laws, nats.
    pub mean_regret: f64,
    /// Range of the regret, nats.
    pub regret: AllocationRange,
}

/// One question answered by many laws, such as the refits of a bootstrap.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CloudAllocation {
    /// Share of the laws between `low` and `high`.
    pub level: f64,
    /// Laws with an answer.
    pub answered: usize,
    /// All laws.
    pub laws: usize,
    /// N.
    pub params: AllocationRange,
    /// D.
    pub tokens: AllocationRange,
    /// Loss, nats per token.
    pub loss: AllocationRange,
    /// Training compute, FLOP: of interest where a loss is to be reached.
    pub training: AllocationRange,
    /// Acting on the point estimate; `None` where a loss is to be reached.
    pub on_point: Option<Decision>,
    /// The decision of least mean regret; `None` where a loss is to be reached.
    pub least_regret: Option<Decision>,
}

/// Asks every law of a cloud the same question: ranges of N, D and loss, the regret of acting on the `point` estimate, and
/// the decision of least expected regret.
///
/// Ranges are plain quantiles of the laws. For those of a bootstrap that are to be intervals of a level,
/// [`Cloud::share`](crate::Cloud::share) says which share of the laws to ask for.
///
/// Mean regret is the mean loss less a constant, so its least is the optimum of the mean law, found by the same solver.
///
/// # Errors
/// [`AllocateError::Argument`] for an empty cloud or a level outside (0, 1); else that of the point estimate, or of the first
/// law if none has an answer. Laws without an answer are counted.
///
/// ```
/// use scaling_laws::{allocate_cloud, Chinchilla, Constraints, Flops};
/// let point = Chinchilla::new(1.82, 482.0, 2085.0, 0.348, 0.366)?;
/// let cloud = [Chinchilla::new(1.80, 450.0, 2000.0, 0.343, 0.364)?, point, Chinchilla::new(1.84, 520.0, 2200.0, 0.353, 0.368)?];
/// let answer = allocate_cloud(&point, &cloud, &Constraints::new().budget(Flops::new(1e24)?), 0.9)?;
/// let (acted, best) = (answer.on_point.unwrap(), answer.least_regret.unwrap());
/// assert!(best.mean_regret <= acted.mean_regret && best.mean_regret >= 0.0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_cloud<L: LossModel>(
    point: &L,
    laws: &[L],
    constraints: &Constraints,
    level: f64,
) -> Result<CloudAllocation, AllocateError> {
    check_level(level)?;
    let (mut n, mut d, mut loss, mut training) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut able = Vec::new();
    let mut first = None;
    for law in laws {
        match Solved::new(&Remembered::new(law), constraints) {
            Ok(best) => {
                n.push(best.x.exp());
                d.push(best.y.exp());
                training.push((constraints.compute().0 + best.x + best.y).exp());
                loss.push(law.at(best.x, best.y).loss);
                able.push(law);
            }
            Err(error) => first = first.or(Some(error)),
        }
    }
    if able.is_empty() {
        let empty = AllocateError::Argument { what: "laws", value: 0.0, allowed: "at least one" };
        return Err(first.unwrap_or(empty));
    }
    let acted = Solved::new(&Remembered::new(point), constraints)?;
    let decide = |(params, tokens): (Params, Tokens)| -> Result<Decision, AllocateError> {
        let mut regret = Vec::with_capacity(able.len());
        for (law, best) in able.iter().zip(&loss) {
            regret.push((law.loss(params, tokens).map_err(AllocateError::from)?.get() - best).max(0.0));
        }
        let mean_regret = regret.iter().sum::<f64>() / regret.len() as f64;
        Ok(Decision { params, tokens, mean_regret, regret: range(&mut regret, level) })
    };
    let (mut on_point, mut least_regret) = (None, None);
    if acted.goal == Goal::Loss {
        on_point = Some(decide(acted.split(point)?)?);
        let mean = Mean { laws: &able };
        least_regret = Some(decide(Solved::new(&Remembered::new(&mean), constraints)?.split(&mean)?)?);
    }
    Ok(CloudAllocation {
        level,
        answered: able.len(),
        laws: laws.len(),
        params: range(&mut n, level),
        tokens: range(&mut d, level),
        loss: range(&mut loss.clone(), level),
        training: range(&mut training, level),
        on_point,
        least_regret,
    })
}

/// A share of the laws.
pub(in crate::allocate) fn check_level(level: f64) -> Result<(), AllocateError> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(AllocateError::Argument { what: "level", value: level, allowed: "between zero and one" })
}

pub(in crate::allocate) fn range(values: &mut [f64], level: f64) -> AllocationRange {
    AllocationRange {
        low: quantile(values, 0.5 * (1.0 - level)),
        median: quantile(values, 0.5),
        high: quantile(values, 0.5 * (1.0 + level)),
    }
}

/// The mean of laws, itself a law.
#[derive(Debug)]
struct Mean<'a, L> {
    laws: &'a [&'a L],
}

impl<L: LossModel> LossModel for Mean<'_, L> {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let mut sum = LossPoint { loss: 0.0, d_ln_params: 0.0, d_ln_tokens: 0.0 };
        for law in self.laws {
            let point = law.at(ln_params, ln_tokens);
            sum.loss += point.loss;
            sum.d_ln_params += point.d_ln_params;
            sum.d_ln_tokens += point.d_ln_tokens;
        }
        let share = 1.0 / self.laws.len() as f64;
        let LossPoint { loss, d_ln_params, d_ln_tokens } = sum;
        LossPoint { loss: loss * share, d_ln_params: d_ln_params * share, d_ln_tokens: d_ln_tokens * share }
    }
    fn conventions(&self) -> Conventions {
        self.laws.first().map_or_else(Conventions::default, |law| law.conventions())
    }
    fn unique_tokens(&self) -> Option<Tokens> {
        self.laws.first().and_then(|law| law.unique_tokens())
    }
    fn domain(&self) -> Domain {
        self.laws.first().map_or_else(Domain::default, |law| law.domain())
    }
}
