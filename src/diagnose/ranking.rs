use std::sync::atomic::{AtomicUsize, Ordering};

use super::contender::{Contender, Fitted};
use super::flips;
use super::information::{Information, information};
use super::levels::levels;
use super::roll_out::{Plan, RollOut, check, mean, optimum, rolled};
use crate::error::FitError;
use crate::math::order::sort_by_number;
use crate::math::parallel::map;
use crate::runs::Runs;
use crate::units::{Flops, Params};

/// p-value from which a contender counts as told apart from the best.
const LEVEL: f64 = 0.05;

/// Ways to fit the same runs, best first by what they predicted of larger runs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Ranking {
    /// The contenders, least roll-out error first.
    pub entries: Vec<Ranked>,
    /// Levels of compute that were predicted one step ahead: the pairs behind [`Ranked::p_value`].
    pub levels: usize,
    /// Groups of sizes that were left out in turn: the pairs behind [`Ranked::p_by_size`].
    pub sizes: usize,
    /// The budget that N_opt is asked at.
    pub budget: Flops,
    /// Contenders that could not be fitted, and why.
    pub failures: Vec<(String, String)>,
}

/// A contender with what speaks for it and against it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Ranked {
    /// Its name.
    pub name: String,
    /// Free coefficients.
    pub free: usize,
    /// Names and values from all runs.
    pub coefficients: Vec<(&'static str, f64)>,
    /// N_opt at the budget, where the law has one; it counts what the contender's table counts.
    pub params: Option<Params>,
    /// Mean |ln L̂ − ln L| of the roll-out.
    pub error: f64,
    /// The same one level of compute ahead.
    pub one_step_error: f64,
    /// Mean |ln L̂ − ln L| over sizes, each predicted from all the others; `None` where a size could not be left out.
    pub left_out_error: Option<f64>,
    /// Chance that another would seem better by as much, one level ahead, if all predicted equally well.
    /// `None` for one that could not be fitted at every level.
    pub p_value: Option<f64>,
    /// The same over the sizes left out.
    pub p_by_size: Option<f64>,
    /// AICc and BIC of ln L, where the loss is a likelihood and the weights are equal.
    pub information: Option<Information>,
    /// The roll-out itself.
    pub roll_out: RollOut,
}

impl Ranked {
    /// Whether another contender predicted better by more than noise, at the 5 % level over levels of compute.
    pub fn is_worse(&self) -> bool {
        self.p_value.is_some_and(|p| p <= LEVEL)
    }
}

/// Ranks ways to fit the same runs: laws, losses, weights, counts of parameters.
///
/// Each is rolled out over the same levels of compute ([`roll_out`](crate::roll_out)) and refitted without each size in
/// turn (at most twelve groups of sizes). The order is that of the roll-out's mean absolute error, which measures all
/// contenders in ln L whatever loss they were fitted with.
///
/// Whether a difference is more than noise is judged on the predictions **one level ahead**, by flipping signs level by level
/// with the maximum over all contenders: runs of one level share the fit they are predicted from and mostly the batch and
/// the schedule, so that flips run by run would take a few dozen pairs for as many witnesses. Predictions farther ahead use
/// the same fits again and count for the order alone. With k levels no p-value is below 1/2^k: under five, nothing can be
/// told apart at 5 %. The same over sizes left out is reported beside it.
///
/// ```
/// use scaling_laws::{rank, Chinchilla, Contender, Flops, LossModel, Runs};
/// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..49 {
///     let (ln_c, ln_n) = (43.0 + 1.2 * f64::from(i / 7), 17.0 + 0.55 * f64::from(i / 7) + 0.5 * f64::from(i % 7));
///     let ln_d = ln_c - f64::ln(6.0) - ln_n;
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(law.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let contenders = [Contender::named("chinchilla")?, Contender::named("kaplan")?];
/// let found = rank(&runs, &contenders, Flops::new(1e23)?, 0.9, 0)?;
/// assert_eq!(found.entries[0].name, "chinchilla");
/// println!("{found}");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// As [`roll_out`](crate::roll_out). A contender that cannot be fitted to all the runs is reported in
/// [`Ranking::failures`], unless none can.
pub fn rank(runs: &Runs, contenders: &[Contender], budget: Flops, level: f64, seed: u64) -> Result<Ranking, FitError> {
    rank_watched(runs, contenders, budget, level, seed, &|_, _| ())
}

/// [`rank`], which may take a while, with the fits that are done and those that there will be told to `watch`, from any
/// thread.
///
/// # Errors
/// As [`rank`].
pub fn rank_watched(
    runs: &Runs,
    contenders: &[Contender],
    budget: Flops,
    level: f64,
    seed: u64,
    watch: &(dyn Fn(usize, usize) + Sync),
) -> Result<Ranking, FitError> {
    check(runs, contenders, level)?;
    let all: Vec<usize> = (0..runs.len()).collect();
    let (mut able, mut failures, mut last) = (Vec::<(Contender, Fitted)>::new(), Vec::new(), None);
    for (contender, fitted) in contenders.iter().zip(map(contenders, |contender| contender.fit(runs, &all, None))) {
        match fitted {
            Ok(fitted) => able.push((contender.clone(), fitted)),
            Err(error) => {
                failures.push((contender.name().to_owned(), error.to_string()));
                last = Some(error);
            }
        }
    }
    if let (true, Some(error)) = (able.is_empty(), last) {
        return Err(error);
    }
    let plan = Plan::new(runs, &able.iter().map(|(contender, _)| contender.clone()).collect::<Vec<_>>())?;
    let sizes = levels(runs.params());
    let levels = plan.levels.len() - plan.first;
    let (done, total) = (AtomicUsize::new(0), able.len() * (levels + sizes.len()));
    let step = || watch(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let rolls: Vec<RollOut> = map(&able, |(contender, _)| rolled(runs, contender, &plan, level, &step));
    // One that failed at some level is judged by no pair, and takes none from the others.
    let ahead: Vec<Option<Vec<f64>>> = rolls
        .iter()
        .map(|roll| {
            let errors: Vec<f64> = roll.one_step().into_iter().map(|(_, error)| error).collect();
            (errors.len() == levels).then_some(errors)
        })
        .collect();
    let by_size: Vec<Option<Vec<f64>>> =
        map(&able, |(contender, fitted)| left_out(runs, contender, fitted, &sizes, &step));
    let p_values = judged(&ahead, seed);
    let p_by_size = judged(&by_size, seed);
    let mut entries: Vec<Ranked> = able
        .iter()
        .zip(rolls)
        .zip(p_values.into_iter().zip(p_by_size.into_iter().zip(by_size)))
        .map(|(((contender, fitted), roll_out), (p_value, (p_by_size, left)))| Ranked {
            name: contender.name().into(),
            free: contender.coefficients(),
            coefficients: contender.names().into_iter().zip(fitted.values.iter().copied()).collect(),
            params: optimum(contender, fitted, contender.table(runs), budget),
            error: roll_out.mean_absolute_error(),
            one_step_error: roll_out.one_step_error(),
            left_out_error: left.as_deref().map(mean),
            p_value,
            p_by_size,
            information: information(contender, fitted, contender.table(runs)),
            roll_out,
        })
        .collect();
    // Those that failed somewhere last: their error is of the easier levels alone.
    sort_by_number(&mut entries, |entry| entry.error);
    sort_by_number(&mut entries, |entry| f64::from(u8::from(entry.p_value.is_none())));
    Ok(Ranking { entries, levels, sizes: sizes.len(), budget, failures })
}

/// p-values of those that have an error in every group.
fn judged(errors: &[Option<Vec<f64>>], seed: u64) -> Vec<Option<f64>> {
    let complete: Vec<Vec<f64>> = errors.iter().flatten().cloned().collect();
    let mut p_values = flips::p_values(&complete, seed).into_iter();
    errors.iter().map(|own| own.as_ref().and_then(|_| p_values.next())).collect()
}

/// Mean |error| of each size, predicted from all the others.
fn left_out(
    runs: &Runs,
    contender: &Contender,
    all: &Fitted,
    sizes: &[Vec<usize>],
    step: &(dyn Fn() + Sync),
) -> Option<Vec<f64>> {
    let table = contender.table(runs);
    sizes
        .iter()
        .map(|out| {
            let kept: Vec<usize> = (0..runs.len()).filter(|row| !out.contains(row)).collect();
            let fitted = contender.fit(runs, &kept, Some(&all.values)).ok();
            step();
            let fitted = fitted?;
            let errors: Vec<f64> = contender.residuals(&fitted, &table.select(out)).iter().map(|r| r.abs()).collect();
            Some(mean(&errors)).filter(|error| error.is_finite())
        })
        .collect()
}
