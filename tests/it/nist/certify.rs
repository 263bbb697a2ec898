//! One fit of one problem, compared with the certified answer.

use std::fmt;

use scaling_laws::{FitError, Fitter, LawFit, LossFunction, Residual, Termination};

use super::models::Model;
use super::problem::Problem;
use super::search::Searched;

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
    /// 1 or 2; 0 where none was given.
    pub start: usize,
    pub coefficient_digits: f64,
    pub deviation_digits: f64,
    pub sum_digits: f64,
    pub scaled_gradient: f64,
    pub ended: Result<Termination, FitError>,
    /// Whether the certificate was given.
    pub trusted: bool,
}

impl Attempt {
    pub fn new(model: &Model, problem: &Problem, start: usize) -> Self {
        let fitter = Fitter::new(model).residual(Residual::Raw).loss(LossFunction::LeastSquares);
        let fit = fitter.start(&problem.starts[start - 1]).fit(&problem.inputs, &values(model, problem));
        Self::judge(problem, start, fit)
    }

    /// Without a start.
    pub fn searched(model: &Model, problem: &Problem) -> Self {
        let first = |extreme: fn(f64, f64) -> f64, from| problem.inputs.iter().map(|x| x[0]).fold(from, extreme);
        let law = Searched { model, span: (first(f64::min, f64::MAX), first(f64::max, f64::MIN)) };
        let fitter = Fitter::new(&law).residual(Residual::Raw).loss(LossFunction::LeastSquares);
        Self::judge(problem, 0, fitter.fit(&problem.inputs, &values(model, problem)))
    }

    fn judge(problem: &Problem, start: usize, fit: Result<LawFit, FitError>) -> Self {
        let mut attempt = Self {
            name: problem.name.clone(),
            start,
            coefficient_digits: 0.0,
            deviation_digits: 0.0,
            sum_digits: 0.0,
            scaled_gradient: f64::NAN,
            trusted: false,
            ended: fit.as_ref().map(|fit| fit.termination()).map_err(Clone::clone),
        };
        if let Ok(fit) = fit {
            let worst = |found: Vec<f64>, certified: &[f64]| {
                assert_eq!(found.len(), certified.len());
                found.iter().zip(certified).map(|(b, c)| digits(*b, *c)).fold(PRINTED, f64::min)
            };
            let mut coefficients = fit.values();
            let mut deviations: Vec<f64> = fit.coefficients().iter().map(|c| c.standard_error.unwrap_or(0.0)).collect();
            if start == 0 {
                exchange(&problem.name, &mut coefficients, &mut deviations, &problem.certified);
            }
            attempt.coefficient_digits = worst(coefficients, &problem.certified);
            attempt.deviation_digits = worst(deviations, &problem.deviations);
            attempt.sum_digits = digits(2.0 * fit.objective(), problem.residual_sum_of_squares);
            attempt.scaled_gradient = fit.scaled_gradient();
            attempt.trusted = fit.certificate().certified;
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

/// Sums of like terms know no order, and a search may find any: puts the terms into the order of the certified ones.
fn exchange(name: &str, coefficients: &mut [f64], deviations: &mut [f64], certified: &[f64]) {
    let terms: &[&[usize]] = match name {
        "Lanczos1" | "Lanczos2" | "Lanczos3" => &[&[1, 0], &[3, 2], &[5, 4]],
        "Gauss1" | "Gauss2" | "Gauss3" => &[&[3, 2, 4], &[6, 5, 7]],
        "MGH17" => &[&[3, 1], &[4, 2]],
        "ENSO" => &[&[3, 4, 5], &[6, 7, 8]],
        _ => return,
    };
    let by_first = |values: &[f64]| {
        let mut order: Vec<usize> = (0..terms.len()).collect();
        order.sort_by(|one, two| values[terms[*one][0]].total_cmp(&values[terms[*two][0]]));
        order
    };
    let (found, wanted) = (by_first(coefficients), by_first(certified));
    let (old, old_deviations) = (coefficients.to_vec(), deviations.to_vec());
    for (from, to) in found.into_iter().zip(wanted) {
        for (&from, &to) in terms[from].iter().zip(terms[to]) {
            (coefficients[to], deviations[to]) = (old[from], old_deviations[from]);
        }
    }
}

fn values(model: &Model, problem: &Problem) -> Vec<f64> {
    problem.responses.iter().map(|y| if model.log_response { y.ln() } else { *y }).collect()
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
