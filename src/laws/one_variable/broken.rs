use std::borrow::Cow;

use super::X;
use crate::error::LawError;
use crate::laws::family::check_coefficients;
use crate::laws::formula::finite;
use crate::laws::knob::{POSITIVE, check};
use crate::laws::{Bound, Formula, Knob, Knobs, Law, Quantity};

const FORMULA: &str = "a + b x^-c0 prod_i (1 + (x/d_i)^(1/f_i))^(-c_i f_i)";
/// Most breaks: coefficient names are fixed.
const MOST: usize = 6;
/// Least width of a break, in e-folds of x: a sharper one is a kink to any data.
const SHARPEST: f64 = 1e-6;

/// One break of a [`Broken`] law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// c_i, by how much the exponent changes; may be negative.
    pub change: f64,
    /// d_i, where it changes, in the unit of x.
    pub at: f64,
    /// f_i, over how many e-folds of x: small is sharp; at least 1e-6.
    pub width: f64,
}

/// A smoothly broken power law (Caballero 2022):
///
/// ```text
/// y = a + b·x^(−c₀)·Π_i (1 + (x/d_i)^(1/f_i))^(−c_i·f_i)
/// ```
///
/// a: limit, in the unit of y. Between the breaks k and k+1 the slope of ln(y − a) in ln x is −(c₀ + c₁ + … + c_k). With no
/// breaks it is a power law with an irreducible term. Data before a break say little of what follows: an extrapolation
/// past the last break that is seen rests on there being no other.
///
/// ```
/// use scaling_laws::{laws::Broken, published};
/// let law = &published::CABALLERO_2022_ADDITION; // one sharp break at 613 examples
/// assert!((law.at(100.0)? - 2.180981023004034).abs() < 1e-12);
/// assert!((law.at(1000.0)? - 0.5109096060259902).abs() < 1e-12);
/// assert!((Broken::new(0.001, 4660.0, 0.05, &[])?.at(1.0)? - 4660.001).abs() < 1e-9);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    a: f64,
    b: f64,
    c0: f64,
    breaks: Cow<'static, [Break]>,
}

impl Broken {
    /// From the limit, the coefficient, the first exponent and the breaks.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless a and b are finite and not negative, the places of the breaks above zero, their
    /// widths at least 1e-6 and the exponents finite; [`LawError::Length`] for more than six breaks.
    pub fn new(a: f64, b: f64, c0: f64, breaks: &[Break]) -> Result<Self, LawError> {
        let form = BrokenForm::new(breaks.len())?;
        let mut all = vec![a, b, c0];
        all.extend(breaks.iter().flat_map(|b| [b.change, b.at, b.width]));
        check_coefficients(FORMULA, form.coefficient_names(), &all, &form.bounds())?;
        Ok(Self { a, b, c0, breaks: Cow::Owned(breaks.to_vec()) })
    }

    /// From coefficients in the order of a fit: a, b, c0, then c, d, f of each break.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`LawError::Length`] unless there are three and three for each break.
    pub fn from_coefficients(coefficients: &[f64]) -> Result<Self, LawError> {
        let (&[a, b, c0, ref rest @ ..], 0) = (coefficients, coefficients.len() % 3) else {
            let expected = 3 + 3 * (coefficients.len() / 3).saturating_sub(1);
            return Err(LawError::Length { what: "the coefficients", got: coefficients.len(), expected });
        };
        let breaks: Vec<Break> =
            rest.as_chunks::<3>().0.iter().map(|&[change, at, width]| Break { change, at, width }).collect();
        Self::new(a, b, c0, &breaks)
    }

    /// For published constants.
    pub(crate) const fn known(a: f64, b: f64, c0: f64, breaks: &'static [Break]) -> Self {
        Self { a, b, c0, breaks: Cow::Borrowed(breaks) }
    }

    /// a, b, c0, then c, d, f of each break.
    pub fn coefficients(&self) -> Vec<f64> {
        let mut all = vec![self.a, self.b, self.c0];
        all.extend(self.breaks.iter().flat_map(|b| [b.change, b.at, b.width]));
        all
    }

    /// The breaks.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// The value at x.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless x is finite and above zero; [`LawError::Value`] where the value leaves the range of
    /// numbers.
    pub fn at(&self, x: f64) -> Result<f64, LawError> {
        let ln_x = check(FORMULA, X.name, x, f64::MIN_POSITIVE, f64::MAX, POSITIVE)?.ln();
        let ln_power = self.b.ln() - self.c0 * ln_x - self.breaks.iter().map(|b| b.bend(ln_x)).sum::<f64>();
        finite(FORMULA, "value", self.a + ln_power.exp())
    }

    /// −d ln(y − a)/d ln x at x: the local exponent.
    pub fn local_exponent(&self, x: f64) -> f64 {
        let past = |b: &Break| 1.0 / (1.0 + (-(x.ln() - b.at.ln()) / b.width).exp());
        self.c0 + self.breaks.iter().map(|b| b.change * past(b)).sum::<f64>()
    }
}

impl Break {
    /// c·f·ln(1 + (x/d)^(1/f)).
    fn bend(&self, ln_x: f64) -> f64 {
        let beyond = ln_x - self.at.ln();
        self.change * (beyond.max(0.0) + self.width * (-beyond.abs() / self.width).exp().ln_1p())
    }
}

/// The family of [`Broken`] laws with so many breaks: coefficients a, b, c0, then c1, d1, f1 and so on; input x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenForm {
    breaks: usize,
}

impl BrokenForm {
    pub(in crate::laws) const ONE: Self = Self { breaks: 1 };
    pub(in crate::laws) const TWO: Self = Self { breaks: 2 };
    pub(in crate::laws) const THREE: Self = Self { breaks: 3 };

    /// The family with this many breaks.
    ///
    /// # Errors
    /// [`LawError::Length`] for more than six.
    pub fn new(breaks: usize) -> Result<Self, LawError> {
        if breaks <= MOST {
            Ok(Self { breaks })
        } else {
            Err(LawError::Length { what: "the list of breaks", got: breaks, expected: MOST })
        }
    }
}

const NAMES: [&str; 3 + 3 * MOST] = [
    "a", "b", "c0", "c1", "d1", "f1", "c2", "d2", "f2", "c3", "d3", "f3", "c4", "d4", "f4", "c5", "d5", "f5", "c6",
    "d6", "f6",
];

impl Law for BrokenForm {
    type Input = f64;

    fn coefficient_names(&self) -> &[&'static str] {
        NAMES.get(..3 + 3 * self.breaks).unwrap_or(&NAMES)
    }
    fn formula(&self) -> &str {
        FORMULA
    }
    fn bounds(&self) -> Vec<Bound> {
        let mut bounds = vec![Bound::NONNEGATIVE, Bound::NONNEGATIVE, Bound::FREE];
        let from = |least: f64| Bound::between(least, f64::INFINITY);
        (0..self.breaks).for_each(|_| bounds.extend([Bound::FREE, from(f64::MIN_POSITIVE), from(SHARPEST)]));
        bounds
    }
    fn linear(&self) -> &[usize] {
        &[0, 1]
    }
    fn search_range(&self) -> Vec<Bound> {
        let mut range = vec![Bound::NONNEGATIVE, Bound::NONNEGATIVE, Bound::between(0.0, 2.0)];
        let break_ = [Bound::between(-1.0, 6.0), Bound::between(1e-3, 1e20), Bound::between(0.02, 4.0)];
        (0..self.breaks).for_each(|_| range.extend(break_));
        range
    }
    fn predict(&self, coefficients: &[f64], x: &f64, gradient: &mut [f64]) -> f64 {
        let (&[a, b, c0, ref breaks @ ..], [da, db, dc0, d_breaks @ ..]) = (coefficients, gradient) else {
            return f64::NAN;
        };
        let ln_x = x.ln();
        let breaks = breaks.as_chunks::<3>().0;
        let parts = breaks.iter().map(|&[change, at, width]| Break { change, at, width });
        // Without b, so that its slope stays finite at b = 0.
        let unit = (-c0 * ln_x - parts.clone().map(|b| b.bend(ln_x)).sum::<f64>()).exp();
        let power = b * unit;
        (*da, *db, *dc0) = (1.0, unit, -power * ln_x);
        for (slopes, b) in d_breaks.as_chunks_mut::<3>().0.iter_mut().zip(parts) {
            let z = (ln_x - b.at.ln()) / b.width;
            let past = 1.0 / (1.0 + (-z).exp());
            let left = (-z.abs()).exp();
            // d/df of f·ln(1 + e^z): nothing of it is left far from a sharp break.
            let of_width = left.ln_1p() + z.abs() * left / (1.0 + left);
            let one = Break { change: 1.0, ..b };
            *slopes = [-power * one.bend(ln_x), power * b.change * past / b.at, -power * b.change * of_width];
        }
        a + power
    }
}

impl Formula for Broken {
    fn knobs(&self) -> &[Knob] {
        const { &[X] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::new("value", None)] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        Ok(vec![self.at(knobs.value(FORMULA, X)?)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_exponent_steps_by_the_change_of_each_break() {
        let law = Broken::new(
            0.0,
            10.0,
            0.2,
            &[Break { change: 0.5, at: 1e3, width: 0.1 }, Break { change: -0.3, at: 1e6, width: 0.2 }],
        )
        .unwrap();
        for (x, exponent) in [(1.0, 0.2), (3e4, 0.7), (1e9, 0.4)] {
            assert!((law.local_exponent(x) - exponent).abs() < 1e-6, "{x}");
            let slope = (law.at(x * 1.001).unwrap() / law.at(x).unwrap()).ln() / 1.001f64.ln();
            assert!((slope + exponent).abs() < 1e-5, "{x}: {slope}");
        }
        assert_eq!(Broken::from_coefficients(&law.coefficients()), Ok(law));
        assert!(Broken::from_coefficients(&[1.0, 2.0]).is_err());
        assert!(Broken::from_coefficients(&[1.0, 2.0, 0.1, 0.5]).is_err());
        assert!(BrokenForm::new(7).is_err());
    }

    #[test]
    fn the_sharpest_break_is_a_kink_however_far_beyond_it_one_looks() {
        let one = |width: f64| Broken::new(0.3, 2.0, 0.2, &[Break { change: 0.3, at: 10.0, width }]);
        let law = one(SHARPEST).unwrap();
        for (x, kink) in [(1.0, 2.3f64), (1e3, 0.3 + 2.0 * 10f64.powf(-0.2 - 2.0 * 0.5)), (1e300, 0.3)] {
            assert!((law.at(x).unwrap() - kink).abs() < 1e-9, "{x}: {:?}", law.at(x));
            let form = BrokenForm::ONE;
            assert!(form.gradient_error(&law.coefficients(), &x) < 1e-6, "{x}");
        }
        assert!(one(SHARPEST / 2.0).is_err());
    }
}
