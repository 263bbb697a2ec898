//! Doubts that need the fit: what is not identified and why, outliers, groups, second basins.

use super::certificate::{Certificate, Termination};
use super::floor::FloorRange;
use super::noise::{self, Scatter};
use super::outliers::Outliers;
use super::points::{Points, Theta};
use super::result::Coefficient;
use crate::laws::ChinchillaForm;
use crate::math::distribution::f_upper_tail;
use crate::math::quantile::robust_scale;
use crate::runs::{Runs, TextColumn};
use crate::warning::{MovedOptimum, Warning};

/// E within this many standard errors of zero is not identified. This and the next two are set between sweeps that are sound
/// and such as say nothing: standard errors scatter themselves, and a threshold at what is bad would let half of it pass.
const FLOOR: f64 = 3.0;
/// An exponent within this many standard errors of zero, known to a third at best, is not identified.
const EXPONENT: f64 = 6.0;
/// A standard error of a = β/(α+β) from which the split of a large budget is anybody's guess: ten times the compute then
/// moves N by 1.3 times more or less.
const EXPONENT_A: f64 = 0.06;
/// A coefficient that changes by more than this share of itself between equally good values of E is not identified.
const MOVED: f64 = 0.5;
/// Correlation of two estimates from which they count as traded against each other.
const TRADED: f64 = 0.95;
/// Robust scales at which residuals are clipped before groups are compared.
const CLIP: f64 = 8.0;
/// Condition number of the unit-diagonal curvature in centred coordinates: sound sweeps stay below.
const CONDITION: f64 = 1e5;
/// Level of the test for differences between groups.
const GROUP_LEVEL: f64 = 1e-3;
/// Exponents a that differ by less are the same answer.
const SAME_EXPONENT: f64 = 0.02;

/// What the doubts are judged by.
pub(super) struct Evidence<'a> {
    pub runs: &'a Runs,
    pub points: &'a Points,
    /// (ln L̂ − ln L)/s in the order of the points.
    pub residuals: &'a [f64],
    pub scatter: &'a Scatter,
    pub coefficients: &'a [Coefficient; 5],
    pub exponent_a: Coefficient,
    /// Covariance in the solver's scale; correlations there are those of the paper's, without the trivial A–α one.
    pub covariance: Option<&'a [Theta; 5]>,
    pub bounds: &'a [(f64, f64); 5],
    pub certificate: &'a Certificate,
    pub termination: Termination,
    pub objective: f64,
    /// How high E can be, where it sits at zero.
    pub floor: Option<FloorRange>,
    pub delta: f64,
    pub outliers: &'a Outliers,
    /// What those do to the optimum.
    pub moved: Option<MovedOptimum>,
    /// Warnings about the design, the reasons for what is not identified.
    pub design: &'a [Warning],
}

impl Evidence<'_> {
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = Vec::new();
        warnings.extend(self.certificate.reason(self.termination).map(|reason| Warning::NotCertified { reason }));
        warnings.extend(self.at_bounds());
        let groups = self.mixed_groups();
        warnings.extend(self.not_identified(groups.as_ref()));
        warnings.extend(self.vague_allocation());
        if self.certificate.condition_number > CONDITION {
            warnings.push(Warning::IllConditioned { condition: self.certificate.condition_number });
        }
        warnings.extend(self.second_basin());
        warnings.extend(groups);
        warnings.extend(self.outliers());
        warnings.extend(self.below_irreducible());
        warnings
    }

    fn at_bounds(&self) -> Vec<Warning> {
        let meaning = |name: &str, at_least: bool| match (name, at_least) {
            ("E", _) => {
                "the runs do not tell a floor from a slowly falling term; standard errors would hold for E = 0 only and are \
                 not given"
            }
            ("A", _) => "the runs show no dependence on N",
            ("B", _) => "the runs show no dependence on D",
            (_, true) => "the term hardly changes over the runs",
            (_, false) => "only the smallest value of its variable differs from the others",
        };
        (0..5)
            .filter(|&j| self.certificate.at_bound.contains(&ChinchillaForm::NAMES[j]))
            .map(|j| {
                let Coefficient { name, value, .. } = self.coefficients[j];
                let at_least = value <= self.bounds[j].0;
                let bound = if at_least { self.bounds[j].0 } else { self.bounds[j].1 };
                Warning::AtBound { coefficient: name, bound, meaning: meaning(name, at_least) }
            })
            .collect()
    }

    fn not_identified(&self, groups: Option<&Warning>) -> Vec<Warning> {
        // Runs that lie on the law to the last bits have no scatter to judge by.
        if self.termination == Termination::Exact {
            return Vec::new();
        }
        let mut because = self.reason(groups);
        (0..5)
            .filter_map(|j| {
                let Coefficient { name, value, mut standard_error } = self.coefficients[j];
                // A and B are values at one parameter and one token, far outside any runs: how vague they look is a matter
                // of coordinates, and their exponents tell.
                let vague = match (name, standard_error) {
                    (_, None) => true,
                    ("E", Some(error)) => value < FLOOR * error,
                    ("A" | "B", Some(_)) => false,
                    (_, Some(error)) => value < EXPONENT * error,
                };
                let moved = self.moved_with_floor(j);
                let mut confounded_with = self.traded_against(j);
                let reason = match moved {
                    Some(text) => {
                        standard_error = None;
                        if j > 0 {
                            confounded_with.insert(0, "E");
                        }
                        format!("{text}; {because}")
                    }
                    None if vague => because.clone(),
                    None => return None,
                };
                because = "for the same reason".into();
                Some(Warning::NotIdentified {
                    coefficient: name,
                    estimate: value,
                    standard_error,
                    confounded_with,
                    reason,
                })
            })
            .collect()
    }

    /// The exponent that splits a budget, judged by itself.
    fn vague_allocation(&self) -> Option<Warning> {
        let Coefficient { name, value, standard_error } = self.exponent_a;
        let reason = match (standard_error, self.floor) {
            (_, Some(FloorRange { greatest, coefficients: [.., alpha, beta] })) => {
                let there = beta / (alpha + beta);
                if (there - value).abs() < EXPONENT_A {
                    return None;
                }
                format!("it is {value:.2} at E = 0 and {there:.2} at E = {greatest:.3}, which fits about as well; ")
            }
            (Some(error), None) if error > EXPONENT_A => String::new(),
            _ => return None,
        };
        let reason = format!(
            "{reason}the split of a budget far from these runs hangs on it: widen the range of N, or add seeds"
        );
        let standard_error = standard_error.filter(|_| self.floor.is_none());
        Some(Warning::NotIdentified {
            coefficient: name,
            estimate: value,
            standard_error,
            confounded_with: vec![],
            reason,
        })
    }

    /// With E at zero, what the coefficient becomes at the highest E that fits about as well, if that is another answer.
    fn moved_with_floor(&self, j: usize) -> Option<String> {
        let FloorRange { greatest, coefficients } = self.floor?;
        let (here, there) = (self.coefficients[j].value, coefficients[j]);
        if j == 0 {
            return Some(format!("any E from 0 to {greatest:.3} fits about as well"));
        }
        ((there - here).abs() > MOVED * here).then(|| {
            let name = ChinchillaForm::NAMES[j];
            format!("{name} is {here:.4} at E = 0 and {there:.4} at E = {greatest:.3}, which fits about as well")
        })
    }

    fn traded_against(&self, j: usize) -> Vec<&'static str> {
        let Some(c) = self.covariance else { return Vec::new() };
        (0..5)
            .filter(|&k| k != j && (c[j][k] / (c[j][j] * c[k][k]).sqrt()).abs() > TRADED)
            .map(|k| ChinchillaForm::NAMES[k])
            .collect()
    }

    /// The doubts about the design in one clause.
    fn reason(&self, groups: Option<&Warning>) -> String {
        let causes: Vec<String> = self
            .design
            .iter()
            .filter(|w| {
                matches!(
                    w,
                    Warning::DesignTied { .. }
                        | Warning::Collinear { .. }
                        | Warning::NarrowRange { .. }
                        | Warning::FewRuns { .. }
                )
            })
            .chain(groups)
            .map(ToString::to_string)
            .collect();
        if !causes.is_empty() {
            return causes.join("; ");
        }
        if self.covariance.is_none() {
            return "there are no degrees of freedom left, or the curvature is singular, so no standard error exists"
                .into();
        }
        let plain: Vec<f64> = self.residuals.iter().zip(&self.points.scale).map(|(r, scale)| r * scale).collect();
        format!(
            "the scatter of the {} runs, {:.2} % of the loss, is too large for the range they cover",
            self.points.len(),
            100.0 * robust_scale(&plain)
        )
    }

    fn second_basin(&self) -> Option<Warning> {
        let (first, others) = self.certificate.basins.split_first().filter(|(_, others)| !others.is_empty())?;
        let reach = noise::reach(self.points, self.residuals, self.scatter, self.delta);
        let exponent = |c: &[f64]| if let [.., alpha, beta] = c { beta / (alpha + beta) } else { f64::NAN };
        let best = exponent(&first.coefficients);
        others
            .iter()
            .find(|basin| {
                basin.objective - self.objective <= reach
                    && (exponent(&basin.coefficients) - best).abs() > SAME_EXPONENT
            })
            .map(|basin| Warning::SecondBasin {
                excess: basin.objective / self.objective.max(f64::MIN_POSITIVE) - 1.0,
                exponent_a: exponent(&basin.coefficients),
                best_exponent_a: best,
            })
    }

    /// The column of text whose groups differ most in their residuals, by a one-way analysis of variance on residuals
    /// clipped at eight robust scales.
    fn mixed_groups(&self) -> Option<Warning> {
        if self.termination == Termination::Exact || self.runs.extra_columns().is_empty() {
            return None;
        }
        let limit = CLIP * self.scatter.scale;
        let clipped: Vec<f64> = self.residuals.iter().map(|r| r.clamp(-limit, limit)).collect();
        self.runs
            .extra_columns()
            .iter()
            .filter_map(|column| {
                let (groups, share, p_value) = self.between_groups(column, &clipped)?;
                (p_value < GROUP_LEVEL).then(|| Warning::MixedGroups {
                    column: column.name().into(),
                    groups,
                    share,
                    p_value,
                })
            })
            .min_by(|one, two| p_of(one).total_cmp(&p_of(two)))
    }

    /// Number of groups, share of the variance between them, and its F-test p-value. `None` for columns that are numbers,
    /// that name the rows, or whose groups are just the model sizes (then a difference is lack of fit in N, not a recipe).
    fn between_groups(&self, column: &TextColumn, values: &[f64]) -> Option<(usize, f64, f64)> {
        let mut groups: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
        for (point, row) in self.points.rows.iter().enumerate() {
            groups.entry(column.get(*row as usize).unwrap_or("")).or_default().push(point);
        }
        let (n, k, size) = (values.len(), groups.len(), &self.points.x);
        let numeric = groups.keys().all(|cell| cell.parse::<f64>().is_ok());
        let one_size = |points: &Vec<usize>| points.iter().all(|&point| size[point] == size[points[0]]);
        if k < 2 || 3 * k > n || numeric || groups.values().all(one_size) {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let total: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let between: f64 = groups
            .values()
            .map(|points| {
                let own = points.iter().map(|&point| values[point]).sum::<f64>() / points.len() as f64;
                points.len() as f64 * (own - mean).powi(2)
            })
            .sum();
        let (d1, d2) = ((k - 1) as f64, (n - k) as f64);
        let f = (between / d1) / ((total - between) / d2);
        (total > 0.0 && f.is_finite()).then(|| (k, between / total, f_upper_tail(f, d1, d2)))
    }

    fn outliers(&self) -> Option<Warning> {
        let Outliers { rows, z, .. } = self.outliers;
        let worst = z.get(*rows.first()?)?.abs();
        Some(Warning::Outliers { runs: self.runs.labels(rows.iter().copied()), worst, moved: self.moved })
    }

    fn below_irreducible(&self) -> Option<Warning> {
        let irreducible = self.coefficients[0].value;
        let losses = self.runs.losses();
        let runs = self.runs.labels((0..losses.len()).filter(|&i| losses[i] < irreducible));
        (!runs.is_empty()).then_some(Warning::BelowIrreducible { runs, irreducible })
    }
}

fn p_of(warning: &Warning) -> f64 {
    if let Warning::MixedGroups { p_value, .. } = warning { *p_value } else { 1.0 }
}
