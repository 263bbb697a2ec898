use super::certainty::{Known, certainty};
use super::influence::{Influence, influence};
use super::lack_of_fit::{LackOfFit, lack_of_fit};
use super::outliers::{WithoutOutliers, without_outliers};
use super::rival::{RivalLaw, rivals};
use crate::allocate::optimal_split;
use crate::error::{Error, FitError};
use crate::fit::{Approach3, Fit};
use crate::infer::Level;
use crate::math::parallel::both;
use crate::runs::Runs;
use crate::units::{Flops, Params};
use crate::warning::Warning;

/// Everything that can be held against a fit of Approach 3, in one report.
///
/// | Option | Default | Meaning |
/// |---|---|---|
/// | [`delta`](Self::delta) | 1e-3 | Huber threshold of the fit |
/// | [`budget`](Self::budget) | ten times the largest run | where N_opt is asked |
/// | [`factor`](Self::factor) | 1.5 | how far N_opt must move for a set of runs to be named |
/// | [`most`](Self::most) | 10 | largest such set that is looked for |
/// | [`groups`](Self::groups) | none | runs whose errors move together |
/// | [`level`](Self::level) | 90 % | level of the intervals |
/// | [`refits`](Self::refits) | 999 | refits behind the p-values, and one more behind the bootstrap intervals |
/// | [`drop_outliers`](Self::drop_outliers) | no | leave the outliers out, and say which |
///
/// ```
/// use scaling_laws::{Chinchilla, Diagnose, LossModel, Runs};
/// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..30 {
///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 6), 20.0 + 1.4 * f64::from(i / 6));
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(law.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// l[29] *= 1.1;
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let found = Diagnose::new().refits(199).run(&runs)?;
/// assert_eq!(found.fit.outliers().rows, [29]);
/// println!("{found}");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Diagnose {
    delta: f64,
    budget: Option<Flops>,
    factor: f64,
    most: usize,
    groups: Option<Vec<usize>>,
    level: Level,
    refits: usize,
    seed: u64,
    drop_outliers: bool,
}

impl Default for Diagnose {
    fn default() -> Self {
        Self {
            delta: 1e-3,
            budget: None,
            factor: 1.5,
            most: 10,
            groups: None,
            level: Level::default(),
            refits: 999,
            seed: 0,
            drop_outliers: false,
        }
    }
}

impl Diagnose {
    /// The default report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Huber threshold of the fit.
    pub fn delta(self, delta: f64) -> Self {
        Self { delta, ..self }
    }

    /// Where N_opt is asked.
    pub fn budget(self, budget: Flops) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// How far N_opt must move, up or down, for a set of runs to be named.
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Largest set of runs that is looked for.
    pub fn most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Runs whose errors move together: the group of each row.
    pub fn groups(self, groups: &[usize]) -> Self {
        Self { groups: Some(groups.to_vec()), ..self }
    }

    /// Level of the intervals.
    pub fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// Refits behind the p-values of [`lack_of_fit`]; the bootstrap draws one more.
    pub fn refits(self, refits: usize) -> Self {
        Self { refits, ..self }
    }

    /// Seed of those refits.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Leaves the outliers out of the fit and of all that is said about it; [`Diagnosis::dropped`] names them.
    pub fn drop_outliers(self, drop_outliers: bool) -> Self {
        Self { drop_outliers, ..self }
    }

    /// Fits the runs and looks at the fit from all sides.
    ///
    /// # Errors
    /// Those of [`Approach3::fit`], [`influence`] and [`lack_of_fit`].
    pub fn run(&self, runs: &Runs) -> Result<Diagnosis, Error> {
        if let Some(groups) = self.groups.as_ref().filter(|groups| groups.len() != runs.len()) {
            let plan = "groups";
            return Err(FitError::ResamplingGroups { plan, given: groups.len(), expected: runs.len() }.into());
        }
        let approach = Approach3::new().delta(self.delta);
        let fit = approach.fit(runs)?;
        let rows = &fit.outliers().rows;
        if !self.drop_outliers || rows.is_empty() {
            return self.about(runs, fit, self.groups.as_deref());
        }
        let kept: Vec<usize> = (0..runs.len()).filter(|row| !rows.contains(row)).collect();
        let dropped = runs.labels(rows.iter().copied());
        let groups: Option<Vec<usize>> =
            self.groups.as_ref().map(|groups| kept.iter().filter_map(|&row| groups.get(row).copied()).collect());
        let rest = runs.select(&kept);
        Ok(Diagnosis { dropped, ..self.about(&rest, approach.fit(&rest)?, groups.as_deref())? })
    }

    fn about(&self, runs: &Runs, fit: Fit, groups: Option<&[usize]>) -> Result<Diagnosis, Error> {
        let budget = self.budget.map_or_else(|| runs.usual_budget(), Ok)?;
        let ((influence, known), (rivals, (lack_of_fit, without))) = both(
            || {
                let known = certainty(runs, &fit, budget, (self.level, self.refits + 1, self.seed), groups);
                (influence(runs, &fit, budget, self.factor, self.most), known)
            },
            || {
                let rest = || {
                    let lack_of_fit = lack_of_fit(runs, &fit, groups, self.refits, self.seed);
                    // Too few runs may be left without the outliers.
                    (lack_of_fit, without_outliers(runs, &fit).ok().flatten())
                };
                both(|| rivals(runs, &fit, budget), rest)
            },
        );
        // A law without an optimum is still looked at from the other sides.
        let (influence, no_optimum) = match influence {
            Ok(influence) => (Some(influence), None),
            Err(Error::Allocate(error)) => (None, Some(error.to_string())),
            Err(error) => return Err(error),
        };
        let split = |without: &WithoutOutliers| optimal_split(without.fit.law(), budget).ok();
        Ok(Diagnosis {
            lack_of_fit: lack_of_fit?,
            rivals,
            known,
            labels: runs.labels(0..runs.len()),
            budget,
            influence,
            no_optimum,
            params_without: without.as_ref().and_then(split).map(|(params, _)| params),
            without,
            fit,
            dropped: Vec::new(),
        })
    }
}

/// What [`Diagnose`] found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The fit of all runs; without the [`dropped`](Self::dropped) ones.
    pub fit: Fit,
    /// What to call each run, in the order of the fit's runs.
    pub labels: Vec<String>,
    /// Where N_opt is asked.
    pub budget: Flops,
    /// How well the fit knows its coefficients, the split of the budget and the loss there.
    pub known: Vec<Known>,
    /// The pull of each run; `None` where the law has no optimum at the budget.
    pub influence: Option<Influence>,
    /// Why it has none.
    pub no_optimum: Option<String>,
    /// What becomes of the fit without the outliers; `None` where there are none, or too few runs are left.
    pub without: Option<WithoutOutliers>,
    /// Its N_opt at the budget, where it has one.
    pub params_without: Option<Params>,
    /// Trends in the residuals and the word of replicates.
    pub lack_of_fit: LackOfFit,
    /// Other laws fitted to the same runs; none where the fit, and not those that themselves, leave no degrees of freedom.
    pub rivals: Vec<RivalLaw>,
    /// Runs that were left out on request.
    pub dropped: Vec<String>,
}

impl Diagnosis {
    /// The doubts of the fit and those of the intervals, each once.
    pub fn warnings(&self) -> Vec<Warning> {
        let intervals = self.known.iter().flat_map(|known| known.bootstrap.iter().chain(&known.profile));
        let mut all = self.fit.warnings().to_vec();
        for warning in intervals.flat_map(|interval| &interval.warnings) {
            if !all.contains(warning) {
                all.push(warning.clone());
            }
        }
        all
    }
}
