use super::approach3::Approach3;
use super::bias::{Axis, BiasLaw, Displacement, GroupPoints, ParabolaBias};
use super::budgets::{self, Bucket, ComputeSource};
use super::isoflop_doubt;
use super::isoflop_fit::{Approach2Fit, IsoFlopGroup, IsoFlopMinimum, SkippedGroup};
use super::line::ScalingLine;
use super::loss_function::Residual;
use super::parabola::{Parabola, Vertex, parabola};
use crate::error::FrontierError;
use crate::laws::Chinchilla;
use crate::math::order::sort_by_number;
use crate::runs::Runs;
use crate::units::{ComputeRule, Flops, Nats, Params, Tokens};

/// Hoffmann's Approach 2: at each FLOP budget a parabola of the loss in ln N, and one in ln D, whose minima make lines
/// N_opt = k·C^a and D_opt = k′·C^b.
///
/// Runs are grouped by their own C: sorted, they part where the next C is larger by more than the tolerance. A budget
/// with too few sizes, without a minimum, or with its minimum outside the sizes trained is skipped with its reason.
///
/// A parabola is not the shape of an IsoFLOP curve, so that even exact losses give a biased optimum. The size of that is
/// reported for the shape of a Chinchilla law (fitted to the same runs by [`Approach3`], or [given](Self::law)) and
/// [taken off](Self::correct) on request; it depends on α and β, not on E, A and B, for parabolas of the loss itself. What
/// is left is the error of the exponents, of their difference above all, which the standard errors do not contain.
///
/// | Option | Default | Meaning | Range |
/// |---|---|---|---|
/// | [`tolerance`](Self::tolerance) | 1.05 | factor in C from one run to the next within a budget, or about a budget given | above 1 |
/// | [`budgets`](Self::budgets) | found | group by these budgets instead | any |
/// | [`compute`](Self::compute) | logged, else 6ND | whose FLOPs | |
/// | [`loss`](Self::loss) | raw | parabola of L or of ln L | |
/// | [`least_sizes`](Self::least_sizes) | 4 | different sizes a budget needs | 3 or more |
/// | [`best_of_size`](Self::best_of_size) | no | keep the least loss of each size in a budget (sweeps of other settings) | |
/// | [`weighted`](Self::weighted) | no | lines weigh minima by 1/s² | |
/// | [`correct`](Self::correct) | no | take the parabolas' bias off | |
/// | [`law`](Self::law) | Approach 3 | whose shape tells the bias | A, B above zero |
///
/// ```
/// use scaling_laws::{Approach2, Chinchilla, Flops, LossModel, Params, Run, Runs, Tokens, allocate_line};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let mut runs = Vec::new();
/// for budget in [1e19, 1e20, 1e21] {
///     for ratio in [5.0, 10.0, 20.0, 40.0, 80.0] {
///         let params = Params::new(f64::sqrt(budget / (6.0 * ratio)))?;
///         let tokens = Tokens::new(budget / (6.0 * params.get()))?;
///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)? });
///     }
/// }
/// let fit = Approach2::new().fit(&runs.into_iter().collect::<Runs>())?;
/// assert_eq!(fit.minima().count(), 3);
/// assert!((fit.params_line().exponent() - truth.exponent_params()).abs() < 0.01);
/// let split = allocate_line(&fit.allocation_line(), Flops::new(1e22)?)?;
/// assert!(split.tokens_per_param() > 5.0 && split.tokens_per_param() < 80.0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Approach2 {
    tolerance: f64,
    budgets: Option<Vec<Flops>>,
    compute: ComputeSource,
    loss: Residual,
    least_sizes: usize,
    best_of_size: bool,
    weighted: bool,
    correct: bool,
    law: Option<Chinchilla>,
}

impl Default for Approach2 {
    fn default() -> Self {
        Self {
            tolerance: 1.05,
            budgets: None,
            compute: ComputeSource::default(),
            loss: Residual::Raw,
            least_sizes: 4,
            best_of_size: false,
            weighted: false,
            correct: false,
            law: None,
        }
    }
}

/// Greatest factor in C within a group that was found, not given: neighbours can chain over a sweep that is none.
const WIDEST: f64 = 1.5;
/// Sizes that differ by less, relative, are one.
const SAME_SIZE: f64 = 1e-6;
/// Logged FLOPs within this factor of 6ND are 6ND, rounded.
const SIX_ND: f64 = 1.02;

impl Approach2 {
    /// Raw losses, unweighted lines, no correction.
    pub fn new() -> Self {
        Self::default()
    }

    /// Factor in C within which runs are neighbours.
    pub fn tolerance(self, factor: f64) -> Self {
        Self { tolerance: factor, ..self }
    }

    /// Groups the runs about these budgets; those further than the tolerance from all are not used.
    pub fn budgets(self, budgets: &[Flops]) -> Self {
        Self { budgets: Some(budgets.to_vec()), ..self }
    }

    /// Whose FLOPs group the runs.
    pub fn compute(self, compute: ComputeSource) -> Self {
        Self { compute, ..self }
    }

    /// Parabolas of L or of ln L.
    pub fn loss(self, loss: Residual) -> Self {
        Self { loss, ..self }
    }

    /// Different sizes that a budget needs.
    pub fn least_sizes(self, sizes: usize) -> Self {
        Self { least_sizes: sizes, ..self }
    }

    /// Whether only the best run of each size counts in a budget.
    pub fn best_of_size(self, best: bool) -> Self {
        Self { best_of_size: best, ..self }
    }

    /// Whether the lines weigh minima by their standard errors.
    pub fn weighted(self, weighted: bool) -> Self {
        Self { weighted, ..self }
    }

    /// Whether the parabolas' bias is taken off.
    pub fn correct(self, correct: bool) -> Self {
        Self { correct, ..self }
    }

    /// The law whose shape tells the bias, instead of one fitted to the runs.
    pub fn law(self, law: Chinchilla) -> Self {
        Self { law: Some(law), ..self }
    }

    /// For a caller that has fitted the law already.
    pub(super) fn law_unless_given(self, law: Chinchilla) -> Self {
        Self { law: self.law.or(Some(law)), ..self }
    }

    /// Fits parabolas and lines to runs.
    ///
    /// # Errors
    /// [`FrontierError::Option`]; [`FrontierError::NoLoggedFlops`]; [`FrontierError::TooFewBudgets`] with the reason of
    /// each budget without a minimum; [`FrontierError::NoWeight`] for weighted lines through budgets of three runs;
    /// [`FrontierError::NoLaw`] and [`FrontierError::NoOptimum`] where the correction was asked and no law tells it.
    pub fn fit(&self, runs: &Runs) -> Result<Approach2Fit, FrontierError> {
        self.check_options()?;
        let (ln_compute, logged) = budgets::ln_compute(runs, self.compute)?;
        let buckets = match &self.budgets {
            Some(budgets) => budgets::assign(&ln_compute, budgets, self.tolerance.ln()),
            None => budgets::cluster(&ln_compute, self.tolerance.ln()),
        };
        let (bias_law, no_law) = match self.bias_law(runs) {
            Ok(law) => (Some(law), None),
            Err(error) if self.correct => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let ratio = logged
            .then(|| ratio_to_six_nd(runs, &ln_compute, &buckets))
            .filter(|(least, greatest)| *greatest > SIX_ND || *least < 1.0 / SIX_ND);
        let curved = ratio.is_some();
        let groups: Vec<IsoFlopGroup> = buckets
            .iter()
            .map(|bucket| self.group(runs, bucket, curved, bias_law.as_ref()))
            .collect::<Result<_, _>>()?;
        let (params_line, tokens_line) = self.lines(&groups)?;
        let bias_lines = self.bias_lines(&groups);

        let mut conventions = runs.conventions();
        if ratio.is_some() {
            conventions.compute = ComputeRule::AsLogged;
        }
        let mut warnings = isoflop_doubt::warnings(&groups, runs.len(), self.budgets.is_some(), self.correct);
        warnings.extend(isoflop_doubt::conventions(ratio, no_law));
        warnings.extend(runs.warnings().iter().cloned());
        Ok(Approach2Fit {
            groups,
            params_line,
            tokens_line,
            bias_lines,
            bias_law: bias_law.map(|bias| bias.law),
            corrected: self.correct,
            weighted: self.weighted,
            log_loss: self.loss == Residual::Log,
            logged,
            tolerance: self.tolerance,
            conventions,
            warnings,
        })
    }

    fn check_options(&self) -> Result<(), FrontierError> {
        let refuse = |option, value, allowed| Err(FrontierError::Option { option, value, allowed });
        if !(self.tolerance.is_finite() && self.tolerance > 1.0) {
            return refuse("tolerance", self.tolerance, "a finite factor above 1");
        }
        if self.least_sizes < 3 {
            return refuse("least_sizes", self.least_sizes as f64, "3 or more: a parabola has three coefficients");
        }
        if self.budgets.as_ref().is_some_and(|budgets| budgets.len() < 2) {
            return refuse("budgets", self.budgets.as_ref().map_or(0, Vec::len) as f64, "two or more in number");
        }
        Ok(())
    }

    /// The law given, or that of Approach 3 on the same runs.
    fn bias_law(&self, runs: &Runs) -> Result<BiasLaw, FrontierError> {
        match self.law {
            Some(law) => BiasLaw::new(law),
            None => BiasLaw::new(*Approach3::new().fit(runs).map_err(FrontierError::NoLaw)?.law()),
        }
    }

    fn group(
        &self,
        runs: &Runs,
        bucket: &Bucket,
        curved: bool,
        law: Option<&BiasLaw>,
    ) -> Result<IsoFlopGroup, FrontierError> {
        let (n, d, l) = (runs.params(), runs.tokens(), runs.losses());
        let at = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
        let mut rows = bucket.rows.clone();
        // By value, so that sums do not depend on the order of the rows.
        for column in [d, l, n] {
            sort_by_number(&mut rows, |row| at(column, *row));
        }
        let same = |a: &usize, b: &usize| at(n, *b) <= at(n, *a) * (1.0 + SAME_SIZE);
        if self.best_of_size {
            let best = |same: &[usize]| same.iter().copied().min_by(|a, b| at(l, *a).total_cmp(&at(l, *b)));
            rows = rows.chunk_by(same).filter_map(best).collect();
        }
        let sizes = rows.chunk_by(same).count();
        let points = GroupPoints {
            ln_params: rows.iter().map(|row| at(n, *row).ln()).collect(),
            ln_tokens: rows.iter().map(|row| at(d, *row).ln()).collect(),
            ln_budget: bucket.ln_budget,
            log_loss: self.loss == Residual::Log,
            curved,
        };
        let losses: Vec<f64> =
            rows.iter().map(|row| if points.log_loss { at(l, *row).ln() } else { at(l, *row) }).collect();
        let width = bucket.width.exp();
        let minimum = if sizes < self.least_sizes {
            Err(SkippedGroup::TooFewSizes { sizes, needed: self.least_sizes })
        } else if self.budgets.is_none() && width > WIDEST {
            Err(SkippedGroup::TooWide { factor: width, allowed: WIDEST })
        } else {
            match self.minimum(&points, &losses, law) {
                Ok(minimum) => Ok(minimum?),
                Err(skipped) => Err(skipped),
            }
        };
        Ok(IsoFlopGroup { budget: Flops::new(bucket.ln_budget.exp())?, rows, sizes, width, minimum })
    }

    fn minimum(
        &self,
        points: &GroupPoints,
        losses: &[f64],
        law: Option<&BiasLaw>,
    ) -> Result<Result<IsoFlopMinimum, FrontierError>, SkippedGroup> {
        let (by_size, n) = inside("N", &points.ln_params, losses)?;
        let (_, d) = inside("D", &points.ln_tokens, losses)?;
        let displaced = law.and_then(|law| {
            let of = |axis, vertex: &Vertex| law.displacement(points, axis, vertex.x);
            Some((of(Axis::Params, &n)?, of(Axis::Tokens, &d)?))
        });
        let none = Displacement { along: 0.0, slope: 1.0, loss: 0.0 };
        let (off_n, off_d) = match (&displaced, self.correct) {
            (Some((n, d)), true) => (n, d),
            (None, true) => return Err(SkippedGroup::NotCorrectable),
            (_, false) => (&none, &none),
        };
        let (loss, unit) = if points.log_loss { (n.y.exp(), n.y.exp()) } else { (n.y, 1.0) };
        let made = || {
            Ok(IsoFlopMinimum {
                params: Params::new((n.x - off_n.along).exp())?,
                // The optimum moves by 1/slope of what the vertex does.
                ln_params_standard_error: n.x_error.map(|e| e / off_n.slope),
                tokens: Tokens::new((d.x - off_d.along).exp())?,
                ln_tokens_standard_error: d.x_error.map(|e| e / off_d.slope),
                loss: Nats::new(loss - off_n.loss)?,
                loss_standard_error: n.y_error.map(|e| e * unit),
                curvature: by_size.curvature,
                curvature_standard_error: by_size.curvature_error,
                r_squared: by_size.r_squared,
                residual_scale: by_size.scale,
                degrees_of_freedom: by_size.degrees_of_freedom,
                bias: displaced.as_ref().map(|(n, d)| ParabolaBias {
                    ln_params: n.along,
                    ln_tokens: d.along,
                    loss: n.loss,
                }),
            })
        };
        Ok(made())
    }

    fn lines(&self, groups: &[IsoFlopGroup]) -> Result<(ScalingLine, ScalingLine), FrontierError> {
        let used: Vec<(Flops, &IsoFlopMinimum)> =
            groups.iter().filter_map(|g| Some((g.budget, g.minimum.as_ref().ok()?))).collect();
        if used.len() < 2 {
            return Err(FrontierError::TooFewBudgets {
                usable: used.len(),
                groups: groups.len(),
                needed: 2,
                reasons: isoflop_doubt::reasons(groups),
            });
        }
        let n: Vec<f64> = used.iter().map(|(_, m)| m.params.get()).collect();
        let d: Vec<f64> = used.iter().map(|(_, m)| m.tokens.get()).collect();
        let line = |values: &[f64], error: fn(&IsoFlopMinimum) -> Option<f64>| self.line(&used, values, error);
        Ok((line(&n, |m| m.ln_params_standard_error)?, line(&d, |m| m.ln_tokens_standard_error)?))
    }

    fn line(
        &self,
        used: &[(Flops, &IsoFlopMinimum)],
        values: &[f64],
        error: fn(&IsoFlopMinimum) -> Option<f64>,
    ) -> Result<ScalingLine, FrontierError> {
        let budgets: Vec<Flops> = used.iter().map(|(budget, _)| *budget).collect();
        if !self.weighted {
            return ScalingLine::fit(&budgets, values);
        }
        let errors = used
            .iter()
            .map(|(budget, m)| error(m).filter(|e| *e > 0.0).ok_or(FrontierError::NoWeight { budget: budget.get() }));
        ScalingLine::fit_weighted(&budgets, values, &errors.collect::<Result<Vec<f64>, _>>()?)
    }

    /// The lines are linear in the vertices, so the bias of a line is the line through the biases.
    fn bias_lines(&self, groups: &[IsoFlopGroup]) -> Option<(ScalingLine, ScalingLine)> {
        let used: Vec<(Flops, &IsoFlopMinimum)> =
            groups.iter().filter_map(|g| Some((g.budget, g.minimum.as_ref().ok()?))).collect();
        let biases = used.iter().map(|(_, m)| m.bias).collect::<Option<Vec<ParabolaBias>>>()?;
        let n: Vec<f64> = biases.iter().map(|b| b.ln_params.exp()).collect();
        let d: Vec<f64> = biases.iter().map(|b| b.ln_tokens.exp()).collect();
        let params = self.line(&used, &n, |m| m.ln_params_standard_error).ok()?;
        Some((params, self.line(&used, &d, |m| m.ln_tokens_standard_error).ok()?))
    }
}

/// A parabola whose minimum lies within the values.
fn inside(axis: &'static str, x: &[f64], losses: &[f64]) -> Result<(Parabola, Vertex), SkippedGroup> {
    let fit = parabola(x, losses).ok_or(SkippedGroup::NotConvex { axis, curvature: 0.0 })?;
    let vertex = fit.vertex.ok_or(SkippedGroup::NotConvex { axis, curvature: fit.curvature })?;
    let (least, greatest) = x.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    if vertex.x < least || vertex.x > greatest {
        let [at, least, greatest] = [vertex.x, least, greatest].map(f64::exp);
        return Err(SkippedGroup::MinimumOutside { axis, at, least, greatest });
    }
    Ok((fit, vertex))
}

/// Least and greatest of C over 6ND among the runs of groups that can have a minimum.
fn ratio_to_six_nd(runs: &Runs, ln_compute: &[f64], buckets: &[Bucket]) -> (f64, f64) {
    let six_nd: Vec<f64> = budgets::six_nd(runs).collect();
    let ratio = |row: &usize| Some((ln_compute.get(*row)? - six_nd.get(*row)?).exp());
    let rows = buckets.iter().filter(|b| b.rows.len() >= 3).flat_map(|b| b.rows.iter().filter_map(ratio));
    rows.fold((1.0, 1.0), |(a, b): (f64, f64), r| (a.min(r), b.max(r)))
}
