use super::bands::{FactorBand, bands, conformal};
use super::contender::{Contender, Fitted};
use super::levels::levels;
use crate::error::FitError;
use crate::runs::Runs;
use crate::units::{Flops, Params};

/// Runs that a first stage has at least.
const FEWEST: usize = 10;
/// Degrees of freedom that a first stage leaves at least.
const SPARE: usize = 4;

/// Fits below a budget, predictions above it, again and again with a growing budget: how one way to fit would have done.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RollOut {
    /// What was rolled out.
    pub contender: String,
    /// Level of the intervals.
    pub level: f64,
    /// Each fit.
    pub stages: Vec<Stage>,
    /// Each prediction.
    pub predictions: Vec<Prediction>,
    /// The predictions by how far beyond the fitted runs they lie.
    pub bands: Vec<FactorBand>,
}

/// A fit to the runs up to a budget.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stage {
    /// C = 6ND of its largest run.
    pub budget: Flops,
    /// Runs it was fitted to.
    pub runs: usize,
    /// Coefficients; empty where the fit failed.
    pub coefficients: Vec<f64>,
    /// Why the fit failed.
    pub failure: Option<String>,
}

/// One run, predicted from smaller ones.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Prediction {
    /// Row of the run, from zero.
    pub row: usize,
    /// Place of the stage in [`RollOut::stages`].
    pub stage: usize,
    /// Place of the run's level of compute, counted from the first.
    pub level: usize,
    /// C of the run over that of the largest run fitted.
    pub factor: f64,
    /// ln L̂ − ln L.
    pub error: f64,
    /// Half-width in ln L of the fit's own prediction interval: scatter and standard errors. `None` without those.
    pub half_width: Option<f64>,
    /// Half-width from the errors of earlier stages at like factors; `None` before there are enough of them.
    pub conformal: Option<f64>,
}

/// Rows in levels of compute C = 6ND, and the stages that are fitted.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub levels: Vec<Vec<usize>>,
    pub compute: Vec<f64>,
    /// The first stage is fitted to the levels below this one.
    pub first: usize,
}

impl Plan {
    /// `needed` are the runs that a first fit needs.
    pub fn new(runs: &Runs, contenders: &[Contender]) -> Result<Self, FitError> {
        let compute: Vec<f64> = runs.params().iter().zip(runs.tokens()).map(|(n, d)| 6.0 * n * d).collect();
        let levels = levels(&compute);
        let coefficients = contenders.iter().map(Contender::coefficients).max().unwrap_or(0);
        let needed = (coefficients + SPARE).max(FEWEST);
        let mut reason = "too few runs".to_owned();
        for first in 1..levels.len() {
            let rows = below(&levels, first);
            if rows.len() < needed {
                continue;
            }
            match contenders.iter().try_for_each(|contender| contender.fit(runs, &rows, None).map(|_| ())) {
                Ok(()) => return Ok(Self { levels, compute, first }),
                Err(error) => reason = error.to_string(),
            }
        }
        Err(FitError::TooFewLevels { levels: levels.len(), needed, reason })
    }
}

fn below(levels: &[Vec<usize>], level: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = levels.iter().take(level).flatten().copied().collect();
    rows.sort_unstable();
    rows
}

/// Rolls out one way to fit over growing compute.
///
/// The runs are put in levels of C = 6ND (budgets of a sweep as they are; a continuum is cut into at most twelve). The law
/// is fitted to the levels below each in turn, from the first that leaves ten runs and four degrees of freedom, and every
/// run above is predicted: its error ln L̂ − ln L by how far its compute is beyond the fitted runs. This is the question a
/// law is fitted for, asked where the answer is known.
///
/// Two intervals are held against the runs at `level`. The fit's own, t·√(s² + variance of the law there), s the robust
/// scale of its residuals. And a conformal one: the ⌈(m+1)·level⌉-th of the m absolute errors that earlier stages made on
/// runs already passed at a factor within two of this one's. It is right on average where errors of one stage are like those
/// of the next, which nothing guarantees: [`FactorBand`] says how often each held.
///
/// ```
/// use scaling_laws::{roll_out, Chinchilla, Contender, LossModel, Runs};
/// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..42 {
///     let (ln_c, ln_n) = (43.0 + 1.2 * f64::from(i / 7), 17.0 + 0.55 * f64::from(i / 7) + 0.5 * f64::from(i % 7));
///     let ln_d = ln_c - f64::ln(6.0) - ln_n;
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(law.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// let found = roll_out(&Runs::from_columns(&n, &d, &l)?, &Contender::named("chinchilla")?, 0.9)?;
/// assert!(found.mean_absolute_error() < 0.02);
/// println!("{found}");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::Option`] for a level outside (0, 1), [`FitError::ContenderTable`] for a table of other runs,
/// [`FitError::TooFewLevels`] where no stage leaves enough runs below and some above.
pub fn roll_out(runs: &Runs, contender: &Contender, level: f64) -> Result<RollOut, FitError> {
    check(runs, std::slice::from_ref(contender), level)?;
    let plan = Plan::new(runs, std::slice::from_ref(contender))?;
    Ok(rolled(runs, contender, &plan, level, &|| ()))
}

pub(super) fn check(runs: &Runs, contenders: &[Contender], level: f64) -> Result<(), FitError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(FitError::Option { option: "level", value: level, allowed: "above 0 and below 1" });
    }
    for contender in contenders {
        let table = contender.table(runs);
        let what = if table.len() != runs.len() {
            format!("it has {} rows and not {}", table.len(), runs.len())
        } else if let Some(row) = (0..runs.len()).find(|&row| table.losses()[row] != runs.losses()[row]) {
            format!("the loss in row {} is {} and not {}", row + 1, table.losses()[row], runs.losses()[row])
        } else {
            continue;
        };
        return Err(FitError::ContenderTable { name: contender.name().into(), what });
    }
    Ok(())
}

pub(super) fn rolled(runs: &Runs, contender: &Contender, plan: &Plan, level: f64, step: &(dyn Fn() + Sync)) -> RollOut {
    let table = contender.table(runs);
    let (mut stages, mut predictions) = (Vec::new(), Vec::<Prediction>::new());
    let mut before: Option<Fitted> = None;
    for first in plan.first..plan.levels.len() {
        let rows = below(&plan.levels, first);
        let largest = rows.iter().map(|&row| plan.compute[row]).fold(0.0, f64::max);
        let Ok(budget) = Flops::new(largest) else { continue };
        let found = contender.fit(runs, &rows, before.as_ref().map(|fitted| fitted.values.as_slice()));
        step();
        let mut stage = Stage { budget, runs: rows.len(), coefficients: Vec::new(), failure: None };
        match found {
            Err(error) => stage.failure = Some(error.to_string()),
            Ok(fitted) => {
                // Earlier errors on runs that this stage has passed: what it could have known.
                let known: Vec<(f64, f64)> = predictions
                    .iter()
                    .filter(|prediction| prediction.level < first)
                    .map(|prediction| (prediction.factor, prediction.error.abs()))
                    .collect();
                for (place, rows) in plan.levels.iter().enumerate().skip(first) {
                    for (&row, foretold) in rows.iter().zip(contender.foretell(&fitted, &table.select(rows))) {
                        let error = foretold.ln_loss - table.losses()[row].ln();
                        if !error.is_finite() {
                            continue;
                        }
                        let factor = plan.compute[row] / largest;
                        predictions.push(Prediction {
                            row,
                            stage: stages.len(),
                            level: place,
                            factor,
                            error,
                            half_width: fitted.half_width(&foretold, level),
                            conformal: conformal(&known, factor, level),
                        });
                    }
                }
                stage.coefficients = fitted.values.clone();
                before = Some(fitted);
            }
        }
        stages.push(stage);
    }
    let bands = bands(&predictions, level);
    RollOut { contender: contender.name().into(), level, stages, predictions, bands }
}

impl RollOut {
    /// Mean |ln L̂ − ln L| over levels of compute, of each the mean over the stages that predict it, of each the mean over
    /// runs: every level counts once, however many runs it has.
    pub fn mean_absolute_error(&self) -> f64 {
        mean(&errors(&self.by_level(|_| true)))
    }

    /// The same for the stage right below each level alone.
    pub fn one_step_error(&self) -> f64 {
        mean(&errors(&self.one_step()))
    }

    /// Half-width in ln L that a prediction at this factor beyond all the runs deserves by the errors seen here; `None`
    /// where the roll-out did not reach as far often enough.
    ///
    /// Split-conformal as in [`roll_out`], over all stages. Its errors share stages and runs, so that the level is a
    /// nominal one.
    pub fn recalibrated(&self, factor: f64) -> Option<f64> {
        let known: Vec<(f64, f64)> =
            self.predictions.iter().map(|prediction| (prediction.factor, prediction.error.abs())).collect();
        conformal(&known, factor, self.level)
    }

    /// Mean |error| of each level by the stage right below it, with the level.
    pub(super) fn one_step(&self) -> Vec<(usize, f64)> {
        // Stage s is fitted to all below the s-th of the levels that are predicted.
        let first = self.predictions.iter().map(|prediction| prediction.level).min().unwrap_or(0);
        self.by_level(|prediction| prediction.level == first + prediction.stage)
    }

    fn by_level(&self, counts: impl Fn(&Prediction) -> bool) -> Vec<(usize, f64)> {
        let most = self.predictions.iter().map(|prediction| prediction.level).max().unwrap_or(0);
        (0..=most)
            .filter_map(|level| {
                let stages: Vec<f64> = (0..self.stages.len())
                    .filter_map(|stage| {
                        let errors: Vec<f64> = self
                            .predictions
                            .iter()
                            .filter(|p| p.level == level && p.stage == stage && counts(p))
                            .map(|p| p.error.abs())
                            .collect();
                        (!errors.is_empty()).then(|| mean(&errors))
                    })
                    .collect();
                (!stages.is_empty()).then(|| (level, mean(&stages)))
            })
            .collect()
    }
}

fn errors(levels: &[(usize, f64)]) -> Vec<f64> {
    levels.iter().map(|(_, error)| *error).collect()
}

pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { f64::INFINITY } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// N_opt at a budget of a contender's fit to all runs, where its law has a closed form.
pub(super) fn optimum(contender: &Contender, fitted: &Fitted, table: &Runs, budget: Flops) -> Option<Params> {
    let law = contender.model(fitted, table)?;
    crate::allocate::optimal_split(&*law, budget).ok().map(|(params, _)| params)
}
