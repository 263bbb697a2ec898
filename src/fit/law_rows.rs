use crate::laws::{Bound, Law};

/// A law at the inputs of a table, a prediction a row: one type for all laws, so that what solves them is compiled once.
pub(super) trait Rows: Send + Sync {
    fn len(&self) -> usize;
    fn names(&self) -> &[&'static str];
    fn formula(&self) -> &str;
    fn bounds(&self) -> Vec<Bound>;
    fn linear(&self) -> &[usize];
    fn search_range(&self) -> Vec<Bound>;
    /// NaN where there is no such row.
    fn predict(&self, coefficients: &[f64], row: usize, gradient: &mut [f64]) -> f64;
    fn gradient_error(&self, coefficients: &[f64], row: usize) -> f64;
}

/// Inputs as they were given, or made of runs.
pub(super) enum Inputs<'a, T> {
    Given(&'a [T]),
    Made(Vec<T>),
}

pub(super) struct LawRows<'a, L: Law + ?Sized> {
    pub law: &'a L,
    pub inputs: Inputs<'a, L::Input>,
}

impl<L: Law + ?Sized> LawRows<'_, L> {
    fn inputs(&self) -> &[L::Input] {
        match &self.inputs {
            Inputs::Given(inputs) => inputs,
            Inputs::Made(inputs) => inputs,
        }
    }
}

impl<L: Law + ?Sized> Rows for LawRows<'_, L> {
    fn len(&self) -> usize {
        self.inputs().len()
    }
    fn names(&self) -> &[&'static str] {
        self.law.coefficient_names()
    }
    fn formula(&self) -> &str {
        self.law.formula()
    }
    fn bounds(&self) -> Vec<Bound> {
        self.law.bounds()
    }
    fn linear(&self) -> &[usize] {
        self.law.linear()
    }
    fn search_range(&self) -> Vec<Bound> {
        self.law.search_range()
    }
    fn predict(&self, coefficients: &[f64], row: usize, gradient: &mut [f64]) -> f64 {
        self.inputs().get(row).map_or(f64::NAN, |input| self.law.predict(coefficients, input, gradient))
    }
    fn gradient_error(&self, coefficients: &[f64], row: usize) -> f64 {
        self.inputs().get(row).map_or(f64::NAN, |input| self.law.gradient_error(coefficients, input))
    }
}
