//! The same models without a start: what an author of a law knows of it, and nothing of the answer.

use scaling_laws::{Bound, Law};

use super::models::Model;

/// A model that says in which coefficients it is linear and where the others can be, from the span of its predictor.
pub struct Searched<'a> {
    pub model: &'a Model,
    /// Least and greatest predictor.
    pub span: (f64, f64),
}

impl Law for Searched<'_> {
    type Input = Vec<f64>;

    fn coefficient_names(&self) -> &[&'static str] {
        self.model.coefficient_names()
    }

    fn bounds(&self) -> Vec<Bound> {
        self.model.bounds()
    }

    fn linear(&self) -> &[usize] {
        match self.model.name {
            "Lanczos1" | "Lanczos2" | "Lanczos3" => &[0, 2, 4],
            "Gauss1" | "Gauss2" | "Gauss3" => &[0, 2, 5],
            "Kirby2" => &[0, 1, 2],
            "Hahn1" | "Thurber" => &[0, 1, 2, 3],
            "MGH17" => &[0, 1, 2],
            "Nelson" | "Roszman1" => &[0, 1],
            "ENSO" => &[0, 1, 2, 4, 5, 7, 8],
            "Chwirut1" | "Chwirut2" => &[],
            _ => &[0],
        }
    }

    fn search_range(&self) -> Vec<Bound> {
        let (least, greatest) = self.span;
        let width = greatest - least;
        // A rate at which something happens within the data, the place of a peak, its width, a period seen twice.
        let rate = Bound::between(0.01 / greatest, 100.0 / greatest);
        let place = Bound::between(least, greatest);
        let spread = Bound::between(0.01 * width, width);
        let period = Bound::between(0.03 * width, 0.5 * width);
        let mut range = self.bounds();
        let known: &[(usize, Bound)] = match self.model.name {
            "Lanczos1" | "Lanczos2" | "Lanczos3" => &[(1, rate), (3, rate), (5, rate)],
            "Gauss1" | "Gauss2" | "Gauss3" => &[(1, rate), (3, place), (4, spread), (6, place), (7, spread)],
            "MGH17" => &[(3, rate), (4, rate)],
            "Eckerle4" => &[(1, spread), (2, place)],
            "ENSO" => &[(3, period), (6, period)],
            _ => &[],
        };
        for &(j, bound) in known {
            range[j] = bound;
        }
        range
    }

    fn predict(&self, coefficients: &[f64], predictors: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        self.model.predict(coefficients, predictors, gradient)
    }
}
