//! What all families written as one formula share: the macro that makes a law, its fit form and its exact gradient of it.

use super::{Bound, Law, LossPoint};
use crate::error::LawError;
use crate::math::dual::{Dual, Real};
use crate::units::{Params, Tokens};

/// An input as the K numbers that a formula is written in, logarithms for what is positive and wide.
pub(crate) trait Inputs<const K: usize> {
    fn numbers(&self) -> [f64; K];
}

impl Inputs<2> for (Params, Tokens) {
    fn numbers(&self) -> [f64; 2] {
        [self.0.ln(), self.1.ln()]
    }
}

impl Inputs<1> for f64 {
    fn numbers(&self) -> [f64; 1] {
        [*self]
    }
}

/// A form whose input comes to K numbers, which is all that it needs of it.
pub(crate) trait OfNumbers<const K: usize>: Law {
    /// [`Law::predict`] from the numbers of the input.
    fn predict_numbers(&self, coefficients: &[f64], numbers: &[f64; K], gradient: &mut [f64]) -> f64;
}

/// Loss and slopes of a formula of (ln N, ln D).
pub(crate) fn loss_point(ln_params: f64, ln_tokens: f64, formula: impl Fn(Dual<2>, Dual<2>) -> Dual<2>) -> LossPoint {
    let [n, d] = Dual::variables([ln_params, ln_tokens]);
    let Dual { value: loss, slopes: [d_ln_params, d_ln_tokens] } = formula(n, d);
    LossPoint { loss, d_ln_params, d_ln_tokens }
}

/// coefficient·e^(−exponent·ln x), the term A/N^α.
pub(crate) fn term<T: Real>(coefficient: T, exponent: T, ln_x: T) -> T {
    coefficient * (-exponent * ln_x).exp()
}

/// Refuses coefficients outside the bounds of their family.
pub(crate) fn check_coefficients(
    law: &'static str,
    names: &[&'static str],
    values: &[f64],
    bounds: &[Bound],
) -> Result<(), LawError> {
    for ((&coefficient, &value), bound) in names.iter().zip(values).zip(bounds) {
        if !(value.is_finite() && value >= bound.least && value <= bound.greatest) {
            let allowed = match (bound.least, bound.greatest) {
                (f64::NEG_INFINITY, f64::INFINITY) => "finite",
                (0.0, f64::INFINITY) => "finite and not negative",
                (f64::NEG_INFINITY, 0.0) => "finite and not above zero",
                _ => "finite and within the bounds of its form",
            };
            return Err(LawError::Coefficient { law, coefficient, value, allowed });
        }
    }
    Ok(())
}

/// Declares a family: `law`, a set of coefficients that can be evaluated, and `form`, what a fit needs. The file adds
/// `fn formula<T: Real>(c: &[T; P], x: &[T; K]) -> T` to the law, and `Inputs<K>` for an input of its own.
macro_rules! family {
    (
        $(#[$law_doc:meta])*
        law $law:ident = $formula:literal;
        $(#[$form_doc:meta])*
        form $form:ident of $input:ty, $inputs:literal numbers;
        linear $linear:expr;
        coefficients $count:literal { $($name:literal: $bound:expr, search $search:expr;)+ }
    ) => {
        $(#[$law_doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $law {
            c: [f64; $count],
            conventions: crate::units::Conventions,
            domain: crate::units::Domain,
        }

        #[allow(dead_code)]
        impl $law {
            /// The formula, in the names of the coefficients.
            pub const FORMULA: &'static str = $formula;

            #[doc = concat!("The law with these coefficients, in the order of [`", stringify!($form), "::NAMES`].")]
            ///
            /// # Errors
            /// [`LawError::Coefficient`](crate::LawError::Coefficient) for one that is not finite or outside its bounds.
            pub fn new(coefficients: [f64; $count]) -> Result<Self, crate::error::LawError> {
                use crate::laws::Law;
                crate::laws::family::check_coefficients($formula, &$form::NAMES, &coefficients, &$form.bounds())?;
                Ok(Self { c: coefficients, conventions: Default::default(), domain: Default::default() })
            }

            /// For published constants.
            pub(crate) const fn known(
                c: [f64; $count],
                conventions: crate::units::Conventions,
                domain: crate::units::Domain,
            ) -> Self {
                Self { c, conventions, domain }
            }

            #[doc = concat!("The coefficients, in the order of [`", stringify!($form), "::NAMES`].")]
            pub fn coefficients(&self) -> [f64; $count] {
                self.c
            }

            /// The same law with N and C counted otherwise.
            #[must_use]
            pub fn with_conventions(self, conventions: crate::units::Conventions) -> Self {
                Self { conventions, ..self }
            }

            /// The same law with the range of N, D and C it holds on.
            #[must_use]
            pub fn with_domain(self, domain: crate::units::Domain) -> Self {
                Self { domain, ..self }
            }
        }

        $(#[$form_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $form;

        impl $form {
            /// Coefficient names in covariance order.
            pub const NAMES: [&'static str; $count] = [$($name),+];
        }

        impl crate::laws::Law for $form {
            type Input = $input;

            fn coefficient_names(&self) -> &[&'static str] {
                &Self::NAMES
            }

            fn bounds(&self) -> Vec<crate::laws::Bound> {
                vec![$($bound),+]
            }

            fn linear(&self) -> &[usize] {
                const { &$linear }
            }

            fn search_range(&self) -> Vec<crate::laws::Bound> {
                vec![$($search),+]
            }

            fn formula(&self) -> &str {
                $formula
            }

            fn predict(&self, c: &[f64], input: &Self::Input, gradient: &mut [f64]) -> f64 {
                let numbers = crate::laws::family::Inputs::numbers(input);
                crate::laws::family::OfNumbers::predict_numbers(self, c, &numbers, gradient)
            }
        }

        impl crate::laws::family::OfNumbers<$inputs> for $form {
            fn predict_numbers(&self, c: &[f64], numbers: &[f64; $inputs], gradient: &mut [f64]) -> f64 {
                // Slices of another length are a mistake of the caller, who sees it at once in a value that is not a number.
                let Ok(c) = <[f64; $count]>::try_from(c) else { return f64::NAN };
                let result = $law::formula(
                    &crate::math::dual::Dual::variables(c),
                    &numbers.map(crate::math::dual::Real::of),
                );
                gradient.iter_mut().zip(result.slopes).for_each(|(to, slope)| *to = slope);
                result.value
            }
        }
    };
}
pub(crate) use family;

/// Makes a family of (N, D) alone a `LossModel` and a `Formula`; `$floor` is its irreducible loss.
macro_rules! loss_of_params_and_tokens {
    ($law:ident, floor |$it:ident| $floor:expr $(, optimum |$that:ident, $ln_product:ident| $optimum:expr)?) => {
        impl crate::laws::LossModel for $law {
            fn at(&self, ln_params: f64, ln_tokens: f64) -> crate::laws::LossPoint {
                let c = self.c.map(crate::math::dual::Real::of);
                crate::laws::family::loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d]))
            }
            fn conventions(&self) -> crate::units::Conventions {
                self.conventions
            }
            fn domain(&self) -> crate::units::Domain {
                self.domain
            }
            fn irreducible(&self) -> Option<crate::units::Nats> {
                let $it = self;
                crate::units::Nats::new($floor).ok()
            }
            $(fn ln_optimal_params(&self, $ln_product: f64) -> Option<f64> {
                let $that = self;
                $optimum
            })?
        }
        crate::laws::formula::loss_formula!($law);
    };
}
pub(crate) use loss_of_params_and_tokens;
