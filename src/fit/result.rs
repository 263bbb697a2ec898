use super::certificate::{Certificate, Termination};
use super::outliers::Outliers;
use crate::error::FitError;
use crate::laws::{Chinchilla, LossModel};
use crate::units::Flops;
use crate::warning::Warning;

/// One fitted coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coefficient {
    /// Its name as in the paper.
    pub name: &'static str,
    /// The estimate.
    pub value: f64,
    /// Its standard error (sandwich); `None` on a bound or where the runs give none.
    pub standard_error: Option<f64>,
}

/// A fitted law with the evidence for it and the doubts about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    pub(super) law: Chinchilla,
    pub(super) coefficients: [Coefficient; 5],
    pub(super) covariance: Option<[[f64; 5]; 5]>,
    pub(super) exponent_a: Coefficient,
    pub(super) objective: f64,
    pub(super) delta: f64,
    pub(super) residuals: Vec<f64>,
    pub(super) outliers: Outliers,
    /// Observations by the meaning of the weights: not always the rows.
    pub(super) observations: f64,
    pub(super) termination: Termination,
    pub(super) certificate: Certificate,
    pub(super) warnings: Vec<Warning>,
}

impl Fit {
    /// The fitted law, with the conventions of the runs and the range they cover as its domain.
    pub fn law(&self) -> &Chinchilla {
        &self.law
    }

    /// E, A, B, alpha, beta with their standard errors.
    pub fn coefficients(&self) -> &[Coefficient; 5] {
        &self.coefficients
    }

    /// One coefficient by name.
    ///
    /// # Errors
    /// [`FitError::UnknownCoefficient`] unless the name is E, A, B, alpha or beta.
    pub fn coefficient(&self, name: &str) -> Result<Coefficient, FitError> {
        self.coefficients.iter().copied().find(|c| c.name == name).ok_or_else(|| FitError::UnknownCoefficient {
            name: name.into(),
            known: self.coefficients.map(|c| c.name).join(", "),
        })
    }

    /// Sandwich covariance in the order of [`coefficients`](Self::coefficients), row by row; rows of coefficients on a
    /// bound are zero. `None` where the runs give none.
    pub fn covariance(&self) -> Option<&[[f64; 5]; 5]> {
        self.covariance.as_ref()
    }

    /// a = β/(α+β), the exponent of N_opt(C), with its delta-method standard error.
    pub fn exponent_a(&self) -> Coefficient {
        self.exponent_a
    }

    /// Standard error of ln N_opt at a budget, by the delta method on the closed form; e to its power is the factor
    /// within which N_opt is known. D = C/(6N) has the same one. `None` where a coefficient involved has no standard error.
    pub fn ln_optimal_params_standard_error(&self, budget: Flops) -> Option<f64> {
        let c = self.covariance.as_ref()?;
        if self.coefficients[1..].iter().any(|c| c.standard_error.is_none()) {
            return None;
        }
        let [_, a, b, alpha, beta] = self.law.coefficients();
        let ln_product = self.law.conventions().compute.ln_product(budget).ok()?;
        // ln N = (ln αA − ln βB)/(α+β) + β/(α+β)·ln(ND)
        let sum = alpha + beta;
        let gap = (alpha * a).ln() - (beta * b).ln();
        let slopes = [
            0.0,
            1.0 / (a * sum),
            -1.0 / (b * sum),
            1.0 / (alpha * sum) - (gap + beta * ln_product) / (sum * sum),
            -1.0 / (beta * sum) - (gap - alpha * ln_product) / (sum * sum),
        ];
        let variance: f64 = (0..5).map(|j| (0..5).map(|k| slopes[j] * c[j][k] * slopes[k]).sum::<f64>()).sum();
        (variance.is_finite() && variance >= 0.0).then(|| variance.sqrt())
    }

    /// The sum of Huber losses at the optimum, weighted as the [`Weights`](crate::Weights) say.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// The Huber threshold δ in log-loss; in units of σ where [`Weights::Sigma`](crate::Weights::Sigma) gave it.
    pub fn delta(&self) -> f64 {
        self.delta
    }

    /// Number of runs; under [`Weights`](crate::Weights), the observations that these stand for.
    pub fn n_observations(&self) -> usize {
        self.observations as usize
    }

    /// Observations less coefficients that are not on a bound.
    pub fn degrees_of_freedom(&self) -> usize {
        self.n_observations().saturating_sub(5 - self.certificate.at_bound.len())
    }

    /// ln L̂ − ln L, in the order of the runs, those of weight zero among them.
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// The runs that lie farther from the law than heavy-tailed noise throws them.
    ///
    /// Residuals of the fit itself do not tell: Huber's loss limits a far run's pull, yet several bend the law towards
    /// themselves and hide one another. So where some run is far from the fit, z is taken about a fit by the likelihood of
    /// Student's t with four degrees of freedom, whose pull falls again with the distance, started from this fit and from one
    /// concentrated on the three quarters of the runs nearest to it (after Rousseeuw and Van Driessen 2006). Among n runs
    /// with noise as heavy-tailed as that, runs are outliers where
    ///
    /// ```text
    /// n·P(|T₄| > |z|) < 0.01 for the farthest,   then < 0.1 for each
    /// ```
    ///
    /// so that with such noise one table in a hundred names a run, and with normal noise practically none does. Fewer than 15
    /// runs name none: five coefficients bend too far to them. A fit that followed a given start looks for none. To name
    /// them drops nothing: [`without_outliers`](crate::without_outliers) fits without them beside the fit with them.
    ///
    /// ```
    /// use scaling_laws::{Approach3, Chinchilla, LossModel, Runs};
    /// let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
    /// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    /// for i in 0..30 {
    ///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 6), 20.0 + 1.4 * f64::from(i / 6));
    ///     n.push(ln_n.exp());
    ///     d.push(ln_d.exp());
    ///     l.push(law.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
    /// }
    /// l[4] *= 1.1; // a run that diverged and recovered
    /// let runs = Runs::from_columns(&n, &d, &l)?;
    /// let fit = Approach3::new().fit(&runs)?;
    /// assert_eq!(fit.outliers().rows, [4]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn outliers(&self) -> &Outliers {
        &self.outliers
    }

    /// Robust standard deviation of the residuals, 1.4826 times their median absolute value.
    pub fn residual_scale(&self) -> f64 {
        crate::math::quantile::robust_scale(&self.residuals)
    }

    /// How the solver ended.
    pub fn termination(&self) -> Termination {
        self.termination
    }

    /// The evidence that this is the optimum.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The doubts, most serious first.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
