//! Any question, asked of every law of a cloud.

use super::constrained::{AllocationRange, check_level, range};
use crate::error::{AllocateError, Error};

/// A number under every law of a cloud.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CloudRange {
    /// Share of the answers between `low` and `high`.
    pub level: f64,
    /// Laws with an answer.
    pub answered: usize,
    /// All laws.
    pub laws: usize,
    /// Mean of the answers.
    pub mean: f64,
    /// Middle and ends.
    pub range: AllocationRange,
}

/// Asks every law of a cloud for a number: its range over the laws, which may be of any type.
///
/// Laws without an answer are counted out.
///
/// # Errors
/// [`AllocateError::Argument`] for an empty cloud or a level outside (0, 1); else that of the first law if none has a finite
/// answer.
///
/// ```
/// use scaling_laws::{ask_cloud, flops_for_loss, value_of_data, Chinchilla, Constraints, Flops, Nats, Tokens};
/// use scaling_laws::published::MUENNIGHOFF_2023;
/// let cloud = [Chinchilla::new(1.80, 450.0, 2000.0, 0.343, 0.364)?, Chinchilla::new(1.84, 520.0, 2200.0, 0.353, 0.368)?];
/// let target = Nats::new(2.1)?;
/// let budget = ask_cloud(&cloud, 0.9, |law| flops_for_loss(law, target).map(Flops::get))?;
/// assert!(budget.answered == 2 && budget.range.high > 1.2 * budget.range.low);
/// // The worth of a token under laws of repeated data.
/// let (asked, unique) = (Constraints::new().budget(Flops::new(1e22)?), Tokens::billions(25.0)?);
/// let worth = ask_cloud(&[MUENNIGHOFF_2023], 0.9, |law| {
///     value_of_data(law, unique, &asked).map(|value| value.flop_per_token.unwrap_or(0.0))
/// })?;
/// assert!((worth.mean / 4.364e11 - 1.0).abs() < 1e-3);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn ask_cloud<L, E: Into<Error>>(
    laws: &[L],
    level: f64,
    question: impl Fn(&L) -> Result<f64, E>,
) -> Result<CloudRange, Error> {
    check_level(level)?;
    let (mut answers, mut first) = (Vec::with_capacity(laws.len()), None);
    for law in laws {
        match question(law) {
            Ok(value) if value.is_finite() => answers.push(value),
            Ok(_) => {}
            Err(error) => first = first.or(Some(error.into())),
        }
    }
    if answers.is_empty() {
        return Err(first.unwrap_or_else(|| none("laws with a finite answer")));
    }
    let mean = answers.iter().sum::<f64>() / answers.len() as f64;
    Ok(CloudRange { level, answered: answers.len(), laws: laws.len(), mean, range: range(&mut answers, level) })
}

/// A decision, and what it gives away under each law against that law's own decision.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Regretted<D> {
    /// What is done.
    pub decision: D,
    /// Mean regret over the laws, in the unit of the loss.
    pub mean_regret: f64,
    /// Range of the regret.
    pub regret: AllocationRange,
}

/// What a cloud of laws decides.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CloudChoice<D> {
    /// Share of the laws within the ranges.
    pub level: f64,
    /// The decision of each law that has one, in the order of the laws.
    pub decisions: Vec<D>,
    /// Acting on the point estimate.
    pub on_point: Regretted<D>,
    /// The decision of least mean regret among those of the point estimate and of the laws.
    pub least_regret: Regretted<D>,
}

/// Most decisions that are weighed; of more, so many evenly over the laws.
const MOST: usize = 1000;

/// Lets the point estimate and every law of a cloud decide, and weighs each decision under all of the laws.
///
/// A decision is anything: a size, a shape, a number format or a number of experts with its N and D. `decide` makes it under
/// one law, `loss` says what it costs under another. The regret of a decision under a law is its loss less that of the law's
/// own decision. [`allocate_cloud`](crate::allocate_cloud) is the same question for N and D alone, where the
/// best is known exactly and need not be one of the laws' own.
///
/// # Errors
/// [`AllocateError::Argument`] for an empty cloud or a level outside (0, 1); that of the point estimate; else that of the first
/// law if none decides.
///
/// ```
/// use scaling_laws::laws::{Bits, Precision};
/// use scaling_laws::{choose_bits, decide_cloud, published::KUMAR_2024, Constraints, Error, Flops, LossModel};
/// // Two refits of one's own would stand here: weights that suffer more from few bits, and less.
/// let with_gamma = |gamma_w: f64| -> Result<Precision, Error> {
///     let mut c = KUMAR_2024.coefficients();
///     c[5] = gamma_w;
///     Ok(Precision::new(c)?)
/// };
/// let cloud = [with_gamma(1.2)?, with_gamma(2.6)?, with_gamma(6.0)?];
/// let asked = Constraints::new().budget(Flops::new(1e21)?);
/// let settings: Vec<Bits> = (2..=16).map(|bits| Bits::training(f64::from(bits))).collect();
/// let answer = decide_cloud(&KUMAR_2024, &cloud, 0.9, |law| -> Result<_, Error> {
///     let best = choose_bits(law, &asked, &settings)?.swap_remove(0);
///     Ok((best.setting, best.best.params(), best.best.tokens()))
/// }, |law, (bits, n, d)| -> Result<f64, Error> { Ok(law.with_bits(*bits)?.loss(*n, *d)?.get()) })?;
/// let bits: Vec<f64> = answer.decisions.iter().map(|(bits, ..)| bits.weights).collect();
/// assert!(bits[0] < bits[2] && answer.least_regret.mean_regret <= answer.on_point.mean_regret);
/// # Ok::<(), Error>(())
/// ```
pub fn decide_cloud<L, D: Clone, E: Into<Error>, F: Into<Error>>(
    point: &L,
    laws: &[L],
    level: f64,
    decide: impl Fn(&L) -> Result<D, E>,
    loss: impl Fn(&L, &D) -> Result<f64, F>,
) -> Result<CloudChoice<D>, Error> {
    check_level(level)?;
    let (mut able, mut decisions, mut least, mut first) = (Vec::new(), Vec::new(), Vec::new(), None);
    for law in laws {
        let own = decide(law).map_err(Into::into).and_then(|own| Ok((loss(law, &own).map_err(Into::into)?, own)));
        match own {
            Ok((at_own, own)) => {
                able.push(law);
                least.push(at_own);
                decisions.push(own);
            }
            Err(error) => first = first.or(Some(error)),
        }
    }
    if decisions.is_empty() {
        return Err(first.unwrap_or_else(|| none("laws that decide")));
    }
    let weigh = |decision: &D| -> Result<(f64, Vec<f64>), Error> {
        let mut regret = Vec::with_capacity(able.len());
        for (law, least) in able.iter().zip(&least) {
            regret.push((loss(law, decision).map_err(Into::into)? - least).max(0.0));
        }
        Ok((regret.iter().sum::<f64>() / regret.len() as f64, regret))
    };
    let told = |decision: D, (mean_regret, mut regret): (f64, Vec<f64>)| Regretted {
        decision,
        mean_regret,
        regret: range(&mut regret, level),
    };
    let acted = decide(point).map_err(Into::into)?;
    let on_point = weigh(&acted)?;
    let mut best = (acted.clone(), on_point.clone());
    for decision in decisions.iter().step_by(decisions.len().div_ceil(MOST)) {
        // A decision that some law has no loss for is none for this cloud.
        if let Ok(weighed) = weigh(decision)
            && weighed.0 < best.1.0
        {
            best = (decision.clone(), weighed);
        }
    }
    let least_regret = told(best.0, best.1);
    Ok(CloudChoice { level, decisions, on_point: told(acted, on_point), least_regret })
}

fn none(allowed: &'static str) -> Error {
    AllocateError::Argument { what: "laws", value: 0.0, allowed }.into()
}
