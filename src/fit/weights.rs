//! Weights with a meaning: what a number beside a run says decides the objective, the degrees of freedom and the
//! standard errors.

use crate::error::FitError;

/// How much each run counts, and why. Values are in the order of the rows.
///
/// Every kind comes to a factor m and a residual scale s for each row, and the fit minimises
///
/// ```text
/// F = Σ_i m_i·ρ(r_i/s_i)
/// ```
///
/// with ρ the loss function and r the residual. With J_i = ∂r_i/∂θ, ψ = ρ', ψ' smoothed as for equal weights, n the
/// number of observations and p of free coefficients:
///
/// | Kind | m | s | n | Covariance of the coefficients |
/// |---|---|---|---|---|
/// | [`Equal`](Self::Equal) | 1 | 1 | rows | H⁻¹·M·H⁻¹·n/(n−p), H = Σ ψ'·JJᵀ, M = Σ ψ²·JJᵀ |
/// | [`Counts`](Self::Counts) k | k | 1 | Σ k | the same over the rows written out k times: H = Σ k·ψ'·JJᵀ, M = Σ k·ψ²·JJᵀ |
/// | [`Precision`](Self::Precision) w | w/mean w | 1 | rows with w > 0 | sandwich with H = Σ m·ψ'·JJᵀ, M = Σ m²·ψ²·JJᵀ |
/// | [`Sigma`](Self::Sigma) σ | 1 | σ | rows | H⁻¹·M·H⁻¹ from normal errors of known σ: H = E ψ'(Z)·Σ JJᵀ/σ², M = E ψ²(Z)·Σ JJᵀ/σ² |
/// | [`Flops`](Self::Flops) | C/mean C | 1 | rows | as for `Precision` |
///
/// Two rows that say the same and one row with count 2 give the same fit and the same standard errors; precision 2 gives
/// the same coefficients and different standard errors. Multiplying all precisions by one number changes nothing;
/// multiplying all σ by one number changes the standard errors by it, if the loss's threshold is far away or moves along.
/// A threshold δ of the loss is in units of σ where σ is given.
///
/// ```
/// use scaling_laws::Weights;
/// // Three seeds behind the first loss, one behind each of the others:
/// let by_seeds = Weights::Precision(vec![3.0, 1.0, 1.0]);
/// // The same losses logged three times over are not more runs:
/// assert_ne!(by_seeds, Weights::Counts(vec![3.0, 1.0, 1.0]));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Weights {
    /// Every run counts once.
    #[default]
    Equal,
    /// How many equal observations a row stands for: whole numbers, 0 leaves a row out.
    Counts(Vec<f64>),
    /// Relative precision, 1/variance up to a common factor that the residuals tell: ≥ 0, 0 leaves a row out.
    Precision(Vec<f64>),
    /// The known standard deviation of each residual (of ln L for residuals in ln L): above 0, on an absolute scale.
    Sigma(Vec<f64>),
    /// Precision in proportion to the run's compute C = 6ND: the large runs, nearest to where the law will be used,
    /// count most. The weight of a sweep over many decades of C rests on a few runs; see how many by (Σ C)²/Σ C².
    Flops,
}

/// What weights come to, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowWeights {
    multiplier: Option<Vec<f64>>,
    scale: Option<Vec<f64>>,
    /// Observations, from which the coefficients are taken for the degrees of freedom.
    pub observations: f64,
    counts: bool,
}

impl RowWeights {
    /// Every row once.
    pub fn equal(n: usize) -> Self {
        Self { multiplier: None, scale: None, observations: n as f64, counts: true }
    }

    /// (m, s): the factor of ρ and the divisor of the residual.
    pub fn row(&self, row: usize) -> (f64, f64) {
        let of = |column: &Option<Vec<f64>>| column.as_ref().and_then(|c| c.get(row)).copied().unwrap_or(1.0);
        (of(&self.multiplier), of(&self.scale))
    }

    /// The same with every row counted so many times more.
    pub fn times(&self, counts: &[f64]) -> Self {
        let multiplier = counts.iter().enumerate().map(|(row, count)| self.row(row).0 * count).collect();
        Self { multiplier: Some(multiplier), ..self.clone() }
    }

    /// How many of the first `n` rows count at all.
    pub fn counting(&self, n: usize) -> usize {
        (0..n).filter(|&row| self.row(row).0 > 0.0).count()
    }

    /// Whether a weight stands for so many observations, each with its own share in the scatter of the scores, or for one
    /// of that precision: ψ²·JJᵀ counts m times in the sandwich, or m² times.
    pub fn are_counts(&self) -> bool {
        self.counts
    }

    /// Whether all rows count once.
    pub fn are_equal(&self) -> bool {
        self.multiplier.is_none() && self.scale.is_none()
    }

    /// Whether the size of the errors is known and not for the residuals to say.
    pub fn scale_known(&self) -> bool {
        self.scale.is_some()
    }
}

impl Weights {
    /// A word for messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Counts(_) => "counts",
            Self::Precision(_) => "precision",
            Self::Sigma(_) => "sigma",
            Self::Flops => "flops",
        }
    }

    /// The weights of `n` rows. `compute` gives the C of each row, up to a common factor, where there is one.
    pub(super) fn rows(&self, n: usize, compute: &dyn Fn() -> Option<Vec<f64>>) -> Result<RowWeights, FitError> {
        let given = match self {
            Self::Equal => return Ok(RowWeights::equal(n)),
            Self::Counts(values) | Self::Precision(values) | Self::Sigma(values) => values.clone(),
            Self::Flops => compute().ok_or(FitError::WeightsWithoutCompute)?,
        };
        if given.len() != n {
            return Err(FitError::WeightsLength { kind: self.name(), given: given.len(), rows: n });
        }
        let (allowed, is_allowed): (_, fn(f64) -> bool) = match self {
            Self::Counts(_) => ("a whole number, zero or above", |v| v >= 0.0 && v.fract() == 0.0),
            Self::Sigma(_) | Self::Flops => ("above zero", |v| v > 0.0),
            _ => ("zero or above", |v| v >= 0.0),
        };
        if let Some((row, &value)) = given.iter().enumerate().find(|(_, v)| !(v.is_finite() && is_allowed(**v))) {
            return Err(FitError::Weight { kind: self.name(), row: row + 1, value, allowed });
        }
        let rows = given.iter().filter(|v| **v > 0.0).count();
        if rows == 0 {
            return Err(FitError::Weight { kind: self.name(), row: 0, value: 0.0, allowed: "above zero in some row" });
        }
        Ok(match self {
            Self::Sigma(_) => {
                RowWeights { multiplier: None, scale: Some(given), observations: n as f64, counts: false }
            }
            Self::Counts(_) => {
                RowWeights { observations: given.iter().sum(), multiplier: Some(given), scale: None, counts: true }
            }
            _ => {
                RowWeights { multiplier: Some(mean_one(given)), scale: None, observations: rows as f64, counts: false }
            }
        })
    }
}

/// Divided by the mean, without overflow on the way.
fn mean_one(mut values: Vec<f64>) -> Vec<f64> {
    let greatest = values.iter().fold(0.0f64, |a, &b| a.max(b));
    values.iter_mut().for_each(|v| *v /= greatest);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|v| *v /= mean);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(weights: Weights, n: usize) -> Result<RowWeights, FitError> {
        weights.rows(n, &|| Some(vec![1e300, 3e300, 2e300]))
    }

    #[test]
    fn precision_is_relative_and_counts_and_sigma_are_not() {
        let precision = rows(Weights::Precision(vec![1.0, 3.0, 0.0]), 3).unwrap();
        assert_eq!([precision.row(0), precision.row(1)], [(0.75, 1.0), (2.25, 1.0)]);
        assert_eq!((precision.observations, precision.are_counts()), (2.0, false));
        let counts = rows(Weights::Counts(vec![1.0, 3.0, 0.0]), 3).unwrap();
        assert_eq!((counts.row(1), counts.observations, counts.are_counts()), ((3.0, 1.0), 4.0, true));
        let sigma = rows(Weights::Sigma(vec![1.0, 3.0, 0.5]), 3).unwrap();
        assert_eq!((sigma.row(1), sigma.observations, sigma.scale_known()), ((1.0, 3.0), 3.0, true));
        let equal = rows(Weights::Equal, 3).unwrap();
        assert!(equal.are_equal() && equal.row(2) == (1.0, 1.0));
        // Near the end of the numbers, where a plain sum would overflow.
        let flops = rows(Weights::Flops, 3).unwrap();
        assert_eq!([flops.row(0).0, flops.row(1).0, flops.row(2).0], [0.5, 1.5, 1.0]);
    }

    #[test]
    fn what_is_no_weight_is_refused_by_row() {
        let refused = |weights: Weights| rows(weights, 2).unwrap_err().to_string();
        assert!(refused(Weights::Counts(vec![1.0, 2.5])).contains("counts: 2.5 in row 2"));
        assert!(refused(Weights::Precision(vec![-1.0, 2.0])).contains("precision: -1 in row 1"));
        assert!(refused(Weights::Sigma(vec![0.1, 0.0])).contains("sigma: 0 in row 2"));
        assert!(refused(Weights::Sigma(vec![f64::NAN, 1.0])).contains("sigma: NaN in row 1"));
        assert!(refused(Weights::Counts(vec![0.0, 0.0])).contains("above zero in some row"));
        assert!(refused(Weights::Sigma(vec![0.1])).contains("1 weights for 2 rows"));
        assert_eq!(Weights::Flops.rows(2, &|| None), Err(FitError::WeightsWithoutCompute));
    }
}
