//! One fit of one problem, compared with the certified answer.

use std::fmt;

use scaling_laws::{FitError, Fitter, LossFunction, Residual, Termination};

use super::models::Model;
use super::problem::Problem;

/// NIST prints 11 digits: agreement beyond them is not known.
const PRINTED: f64 = 11.0;
/// Correct digits asked of every coefficient.
const COEFFICIENT_DIGITS: f64 = 8.0;
/// Correct digits asked of every standard deviation.
const DEVIATION_DIGITS: f64 = 6.0;

/// What came of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The certified digits, and said to be optimal.
    Certified,
    /// Not the certified answer, and said so by an error or a termination that is not optimal.
    SaidSo,
    /// The certified digits, but not said to be optimal.
    Timid,
    /// Said to be optimal, and it is not the certified answer.
    Wrong,
}

pub struct Attempt {
    pub name: String,
    /// 1 or 2.
    pub start: usize,
    pub coefficient_digits: f64,
    pub deviation_digits: f64,
    pub sum_digits: f64,
    pub scaled_gradient: f64,
    pub ended: Result<Termination, FitError>,
}

impl Attempt {
    pub fn new(model: &Model, problem: &Problem, start: usize) -> Self {
        let values: Vec<f64> = problem.responses.iter().map(|y| if model.log_response { y.ln() } else { *y }).collect();
        let fit = Fitter::new(model)
            .residual(Residual::Raw)
            .loss(LossFunction::LeastSquares)
            .start(&problem.starts[start - 1])
            .fit(&problem.inputs, &values);
        let mut attempt = Self {
            name: problem.name.clone(),
            start,
            coefficient_digits: 0.0,
            deviation_digits: 0.0,
            sum_digits: 0.0,
            scaled_gradient: f64::NAN,
            ended: fit.as_ref().map(|fit| fit.termination()).map_err(Clone::clone),
        };
        if let Ok(fit) = fit {
            let worst = |found: Vec<f64>, certified: &[f64]| {
                assert_eq!(found.len(), certified.len());
                found.iter().zip(certified).map(|(b, c)| digits(*b, *c)).fold(PRINTED, f64::min)
            };
            let coefficients = fit.coefficients();
            attempt.coefficient_digits = worst(coefficients.iter().map(|c| c.value).collect(), &problem.certified);
            let deviations = coefficients.iter().map(|c| c.standard_error.unwrap_or(0.0)).collect();
            attempt.deviation_digits = worst(deviations, &problem.deviations);
            attempt.sum_digits = digits(2.0 * fit.objective(), problem.residual_sum_of_squares);
            attempt.scaled_gradient = fit.scaled_gradient();
        }
        attempt
    }

    /// Whether every coefficient has the digits asked.
    pub fn has_coefficients(&self) -> bool {
        self.coefficient_digits >= COEFFICIENT_DIGITS
    }

    pub fn verdict(&self) -> Verdict {
        let right = self.has_coefficients() && self.deviation_digits >= DEVIATION_DIGITS;
        let optimal = self.ended.as_ref().is_ok_and(|termination| termination.is_optimal());
        match (right, optimal) {
            (true, true) => Verdict::Certified,
            (true, false) => Verdict::Timid,
            (false, true) => Verdict::Wrong,
            (false, false) => Verdict::SaidSo,
        }
    }
}

/// Correct digits: −log10(|found − certified|/|certified|), from 0 to [`PRINTED`].
pub fn digits(found: f64, certified: f64) -> f64 {
    let error = ((found - certified) / certified).abs();
    if error.is_finite() { (-error.log10()).clamp(0.0, PRINTED) + 0.0 } else { 0.0 }
}

pub const HEADER: &str = "data set  start  digits: coefficients  deviations  sum  scaled gradient  verdict    ended";

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = match &self.ended {
            Ok(termination) => termination.to_string(),
            Err(error) => error.to_string(),
        };
        let verdict = format!("{:?}", self.verdict());
        write!(
            f,
            "{:<9} {:>5} {:>21.1} {:>11.1} {:>4.1} {:>16.1e}  {verdict:<9}  {ended}",
            self.name,
            self.start,
            self.coefficient_digits,
            self.deviation_digits,
            self.sum_digits,
            self.scaled_gradient
        )
    }
}
