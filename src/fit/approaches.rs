use std::fmt;

use super::agreement::{Comparison, compare};
use super::approach3::Approach3;
use super::envelope::Approach1;
use super::envelope_fit::Approach1Fit;
use super::isoflop::Approach2;
use super::isoflop_fit::Approach2Fit;
use super::line::ScalingLine;
use super::result::{Coefficient, Fit};
use crate::error::{FitError, FrontierError};
use crate::laws::LossModel;
use crate::runs::{Curve, Runs};
use crate::units::{Flops, Params, Tokens};

/// Which of Hoffmann's three ways to N_opt(C).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ApproachKind {
    /// 1: the envelope of training curves.
    Envelope,
    /// 2: parabolas at each budget.
    IsoFlop,
    /// 2, with the parabolas' bias taken off by the shape of Approach 3's law.
    IsoFlopCorrected,
    /// 3: the fitted law.
    Parametric,
}

impl fmt::Display for ApproachKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Envelope => "1 envelope",
            Self::IsoFlop => "2 IsoFLOP",
            Self::IsoFlopCorrected => "2 corrected",
            Self::Parametric => "3 parametric",
        })
    }
}

/// What one approach says of the optimum.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct OptimumEstimate {
    /// Which approach.
    pub approach: ApproachKind,
    /// a: N_opt grows as C^a.
    pub exponent_a: Coefficient,
    /// b: D_opt grows as C^b.
    pub exponent_b: Coefficient,
    /// N_opt at the budget of the comparison.
    pub params: Params,
    /// Standard error of ln N_opt.
    pub ln_params_standard_error: Option<f64>,
    /// D_opt there.
    pub tokens: Tokens,
    /// Standard error of ln D_opt.
    pub ln_tokens_standard_error: Option<f64>,
    /// Degrees of freedom behind the standard errors.
    pub degrees_of_freedom: usize,
}

/// Approaches 1, 2 and 3 on the same runs, and whether they agree.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Agreement {
    /// Approach 1; `None` where no curves were given.
    pub approach1: Option<Result<Approach1Fit, FrontierError>>,
    /// Approach 2 as published.
    pub approach2: Result<Approach2Fit, FrontierError>,
    /// Approach 2 with its bias taken off by the law of Approach 3.
    pub approach2_corrected: Result<Approach2Fit, FrontierError>,
    /// Approach 3.
    pub approach3: Result<Fit, FitError>,
    /// The budget at which N_opt and D_opt are compared.
    pub budget: Flops,
    /// What each approach that has an answer says.
    pub estimates: Vec<OptimumEstimate>,
    /// Every pair of approaches on every quantity.
    pub comparisons: Vec<Comparison>,
    /// p-values below this are disagreement.
    pub level: f64,
}

impl Agreement {
    /// Whether no pair of approaches differs by more than their errors on any quantity; `None` where none differs but some
    /// pair cannot be judged or an approach has failed.
    pub fn agree(&self) -> Option<bool> {
        if self.comparisons.iter().any(|c| c.agrees == Some(false)) {
            return Some(false);
        }
        let failed = matches!(self.approach1, Some(Err(_)))
            || self.approach2.is_err()
            || self.approach2_corrected.is_err()
            || self.approach3.is_err();
        let judged = !failed && !self.comparisons.is_empty() && self.comparisons.iter().all(|c| c.agrees.is_some());
        judged.then_some(true)
    }
}

/// All three of Hoffmann's approaches on the same runs with default options: see [`Approaches`].
///
/// # Errors
/// As [`Approaches::run`].
pub fn all_approaches(runs: &Runs, curves: Option<&[Curve]>) -> Result<Agreement, FrontierError> {
    Approaches::new().run(runs, curves)
}

/// Runs Approaches 1 (where there are curves), 2 and 3 and compares a, b, N_opt and D_opt at a budget, pair by pair.
///
/// The difference of two estimates over √(s₁² + s₂²) is judged by Student's t with Welch's degrees of freedom. The
/// estimates share their runs, so their errors are mostly positively correlated, the true error of the difference is
/// smaller, and the test is conservative: it finds too little disagreement, not too much. Each pair is tested at the level
/// alone; of many pairs some may fall below it by chance.
///
/// | Option | Default | Meaning | Range |
/// |---|---|---|---|
/// | [`budget`](Self::budget) | greatest of the runs | where N_opt and D_opt are compared | any |
/// | [`level`](Self::level) | 0.05 | p-values below it are disagreement | 0 to 1, exclusive |
/// | [`approach1`](Self::approach1), [`approach2`](Self::approach2), [`approach3`](Self::approach3) | defaults | options of each | |
///
/// ```
/// use scaling_laws::{all_approaches, ApproachKind, Chinchilla, LossModel, Params, Run, Runs, Tokens};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let mut runs = Vec::new();
/// for (i, budget) in [1e19, 1e20, 1e21].into_iter().enumerate() {
///     for (j, ratio) in [5.0, 10.0, 20.0, 40.0, 80.0].into_iter().enumerate() {
///         let params = Params::new(f64::sqrt(budget / (6.0 * ratio)))?;
///         let tokens = Tokens::new(budget / (6.0 * params.get()))?;
///         let noise = 1.0 + 0.002 * f64::sin((7 * i + 3 * j) as f64);
///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)?.scaled(noise)? });
///     }
/// }
/// let all = all_approaches(&runs.into_iter().collect::<Runs>(), None)?;
/// assert_eq!(all.estimates.len(), 3); // 2, 2 corrected, 3
/// assert_eq!(all.estimates[0].approach, ApproachKind::IsoFlop);
/// assert_eq!(all.agree(), Some(true));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Approaches {
    budget: Option<Flops>,
    level: f64,
    approach1: Approach1,
    approach2: Approach2,
    approach3: Approach3,
}

impl Default for Approaches {
    fn default() -> Self {
        Self {
            budget: None,
            level: 0.05,
            approach1: Approach1::new(),
            approach2: Approach2::new(),
            approach3: Approach3::new(),
        }
    }
}

impl Approaches {
    /// Default options of all three.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where N_opt and D_opt are compared.
    pub fn budget(self, budget: Flops) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// p-values below this are disagreement.
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Options of Approach 1. Its conventions are those of the runs.
    pub fn approach1(self, options: Approach1) -> Self {
        Self { approach1: options, ..self }
    }

    /// Options of Approach 2. Its law is that of Approach 3 unless one was given.
    pub fn approach2(self, options: Approach2) -> Self {
        Self { approach2: options, ..self }
    }

    /// Options of Approach 3.
    pub fn approach3(self, options: Approach3) -> Self {
        Self { approach3: options, ..self }
    }

    /// Runs and compares the approaches. One that fails is kept with its error; the others are compared.
    ///
    /// # Errors
    /// [`FrontierError::Option`] for a level out of range; the error of Approach 2 where not one approach has an answer.
    pub fn run(&self, runs: &Runs, curves: Option<&[Curve]>) -> Result<Agreement, FrontierError> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(FrontierError::Option { option: "level", value: self.level, allowed: "above 0 and below 1" });
        }
        let approach1 = curves.map(|curves| self.approach1.conventions(runs.conventions()).fit(curves));
        let approach3 = self.approach3.fit(runs);
        let options = match &approach3 {
            Ok(fit) => self.approach2.clone().law_unless_given(*fit.law()),
            Err(_) => self.approach2.clone(),
        };
        let approach2 = options.clone().correct(false).fit(runs);
        let approach2_corrected = options.correct(true).fit(runs);

        if let (false, Err(error), Err(_)) = (matches!(approach1, Some(Ok(_))), &approach2, &approach3) {
            return Err(error.clone());
        }
        let budget = match self.budget {
            Some(budget) => budget,
            None => {
                greatest_budget(runs, approach2.as_ref().ok(), approach1.as_ref().and_then(|fit| fit.as_ref().ok()))?
            }
        };
        let mut estimates = Vec::new();
        if let Some(Ok(fit)) = &approach1 {
            estimates.push(by_lines(ApproachKind::Envelope, fit.params_line(), fit.tokens_line(), budget)?);
        }
        for (approach, fit) in
            [(ApproachKind::IsoFlop, &approach2), (ApproachKind::IsoFlopCorrected, &approach2_corrected)]
        {
            if let Ok(fit) = fit {
                estimates.push(by_lines(approach, fit.params_line(), fit.tokens_line(), budget)?);
            }
        }
        if let Ok(fit) = &approach3 {
            estimates.extend(by_law(fit, budget)?);
        }
        let comparisons = compare(&estimates, self.level);
        let level = self.level;
        Ok(Agreement { approach1, approach2, approach2_corrected, approach3, budget, estimates, comparisons, level })
    }
}

/// The greatest budget that has an optimum, else the greatest C of the runs.
fn greatest_budget(
    runs: &Runs,
    approach2: Option<&Approach2Fit>,
    approach1: Option<&Approach1Fit>,
) -> Result<Flops, FrontierError> {
    let by_groups = approach2.and_then(|fit| fit.minima().map(|(budget, _)| budget).max());
    let by_envelope = approach1.and_then(|fit| fit.envelope().last().map(|point| point.budget));
    let by_runs = || super::budgets::six_nd(runs).fold(f64::MIN, f64::max).exp();
    by_groups.or(by_envelope).map_or_else(|| Ok(Flops::new(by_runs())?), Ok)
}

fn by_lines(
    approach: ApproachKind,
    params: &ScalingLine,
    tokens: &ScalingLine,
    budget: Flops,
) -> Result<OptimumEstimate, FrontierError> {
    let exponent = |name, line: &ScalingLine| Coefficient {
        name,
        value: line.exponent(),
        standard_error: line.exponent_standard_error(),
    };
    Ok(OptimumEstimate {
        approach,
        exponent_a: exponent("a", params),
        exponent_b: exponent("b", tokens),
        params: Params::new(params.at(budget)?)?,
        ln_params_standard_error: params.ln_standard_error(budget),
        tokens: Tokens::new(tokens.at(budget)?)?,
        ln_tokens_standard_error: tokens.ln_standard_error(budget),
        degrees_of_freedom: params.degrees_of_freedom(),
    })
}

/// `None` where the law has no optimum.
fn by_law(fit: &Fit, budget: Flops) -> Result<Option<OptimumEstimate>, FrontierError> {
    // The law's C is 6ND whatever the log's is.
    let ln_product = budget.ln() - 6f64.ln();
    let Some(ln_params) = fit.law().ln_optimal_params(ln_product) else { return Ok(None) };
    let exponent_a = fit.exponent_a();
    let error = fit.ln_optimal_params_standard_error(budget);
    Ok(Some(OptimumEstimate {
        approach: ApproachKind::Parametric,
        exponent_a,
        exponent_b: Coefficient { name: "b", value: 1.0 - exponent_a.value, ..exponent_a },
        params: Params::new(ln_params.exp())?,
        ln_params_standard_error: error,
        tokens: Tokens::new((ln_product - ln_params).exp())?,
        ln_tokens_standard_error: error,
        degrees_of_freedom: fit.degrees_of_freedom(),
    }))
}
