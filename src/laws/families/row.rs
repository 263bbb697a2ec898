//! Forms over inputs of their own as forms over rows of numbers.

use crate::laws::family::OfNumbers;
use crate::laws::{Bound, BrokenForm, Law};

/// A form over rows: another form, and how it predicts from a row.
pub(super) struct ByRow<F> {
    form: F,
    predict: fn(&F, &[f64], &[f64], &mut [f64]) -> f64,
}

impl<F> ByRow<F> {
    /// Of a form over K numbers.
    pub fn numbers<const K: usize>(form: F) -> Self
    where
        F: OfNumbers<K>,
    {
        // Rows come from `Family::row`; another length shows itself in a value that is not a number.
        let predict = |form: &F, c: &[f64], row: &[f64], gradient: &mut [f64]| match <&[f64; K]>::try_from(row) {
            Ok(numbers) => form.predict_numbers(c, numbers, gradient),
            Err(_) => f64::NAN,
        };
        Self { form, predict }
    }
}

impl ByRow<BrokenForm> {
    /// Of a broken law, whose number of coefficients is only known at run time.
    pub fn broken(form: BrokenForm) -> Self {
        Self { form, predict: |form, c, row, gradient| row.first().map_or(f64::NAN, |x| form.predict(c, x, gradient)) }
    }
}

impl<F: Law> Law for ByRow<F> {
    type Input = Vec<f64>;

    fn coefficient_names(&self) -> &[&'static str] {
        self.form.coefficient_names()
    }
    fn formula(&self) -> &str {
        self.form.formula()
    }
    fn bounds(&self) -> Vec<Bound> {
        self.form.bounds()
    }
    fn linear(&self) -> &[usize] {
        self.form.linear()
    }
    fn search_range(&self) -> Vec<Bound> {
        self.form.search_range()
    }
    fn predict(&self, c: &[f64], row: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        (self.predict)(&self.form, c, row, gradient)
    }
}
