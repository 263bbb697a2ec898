//! Forms over inputs of their own as forms over rows of numbers.

use crate::laws::family::OfNumbers;
use crate::laws::{Bound, BrokenForm, Law};

/// A form over its K numbers as a form over rows.
pub(super) struct ByRow<F, const K: usize>(pub F);

impl<const K: usize, F: OfNumbers<K>> Law for ByRow<F, K> {
    type Input = Vec<f64>;

    fn coefficient_names(&self) -> &[&'static str] {
        self.0.coefficient_names()
    }
    fn formula(&self) -> &str {
        self.0.formula()
    }
    fn bounds(&self) -> Vec<Bound> {
        self.0.bounds()
    }
    fn linear(&self) -> &[usize] {
        self.0.linear()
    }
    fn search_range(&self) -> Vec<Bound> {
        self.0.search_range()
    }
    fn predict(&self, c: &[f64], row: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        // Rows come from `Family::row`; another length shows itself in a value that is not a number.
        let Ok(numbers) = <&[f64; K]>::try_from(row.as_slice()) else { return f64::NAN };
        self.0.predict_numbers(c, numbers, gradient)
    }
}

/// A broken law, whose number of coefficients is only known at run time.
pub(super) struct BrokenRow(pub BrokenForm);

impl Law for BrokenRow {
    type Input = Vec<f64>;

    fn coefficient_names(&self) -> &[&'static str] {
        self.0.coefficient_names()
    }
    fn formula(&self) -> &str {
        self.0.formula()
    }
    fn bounds(&self) -> Vec<Bound> {
        self.0.bounds()
    }
    fn linear(&self) -> &[usize] {
        self.0.linear()
    }
    fn search_range(&self) -> Vec<Bound> {
        self.0.search_range()
    }
    fn predict(&self, c: &[f64], row: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        row.first().map_or(f64::NAN, |x| self.0.predict(c, x, gradient))
    }
}
