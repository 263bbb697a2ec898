use std::borrow::Cow;

use super::formula::finite;
use super::knob::{POSITIVE, check};
use super::{Bound, Formula, Knob, Knobs, Law, Quantity};
use crate::error::LawError;

const FORMULA: &str = "k prod_i x_i^p_i";

/// One factor of a [`PowerRule`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// The knob x.
    pub knob: Knob,
    /// The unit in which the rule takes it: x/unit is raised.
    pub unit: f64,
    /// p.
    pub exponent: f64,
}

impl Factor {
    pub(crate) const fn new(knob: Knob, exponent: f64) -> Self {
        Self { knob, unit: 1.0, exponent }
    }
}

/// A product of powers, the form of most rules for hyper-parameters and sizes:
///
/// ```text
/// y = k·Π_i (x_i/unit_i)^p_i
/// ```
///
/// ```
/// use scaling_laws::{laws::{Formula, Knobs, PowerRule}, published};
/// // Step Law: the peak learning rate from N and D.
/// let knobs = Knobs::new().with("params", 1e9).with("tokens", 1e11);
/// assert!((published::LI_2025_STEP_LAW.evaluate(&knobs)?[0] - 0.001632499402447079).abs() < 1e-15);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PowerRule {
    quantity: Quantity,
    coefficient: f64,
    factors: Cow<'static, [Factor]>,
}

impl PowerRule {
    /// A rule of one's own.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless the coefficient and the units are finite and above zero and the exponents finite.
    pub fn new(quantity: Quantity, coefficient: f64, factors: &[Factor]) -> Result<Self, LawError> {
        let positive = |coefficient, value: f64| {
            let allowed = POSITIVE;
            let good = value.is_finite() && value > 0.0;
            if good { Ok(()) } else { Err(LawError::Coefficient { law: FORMULA, coefficient, value, allowed }) }
        };
        positive("k", coefficient)?;
        for factor in factors {
            positive("the unit of a factor", factor.unit)?;
            let (value, allowed) = (factor.exponent, "finite");
            if !value.is_finite() {
                let coefficient = "the exponent of a factor";
                return Err(LawError::Coefficient { law: FORMULA, coefficient, value, allowed });
            }
        }
        Ok(Self { quantity, coefficient, factors: Cow::Owned(factors.to_vec()) })
    }

    /// For published constants.
    pub(crate) const fn known(quantity: Quantity, coefficient: f64, factors: &'static [Factor]) -> Self {
        Self { quantity, coefficient, factors: Cow::Borrowed(factors) }
    }

    /// What it gives.
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// k.
    pub fn coefficient(&self) -> f64 {
        self.coefficient
    }

    /// Its factors.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The value from knobs by name.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] and [`LawError::Knob`] for knobs that are missing or not above zero;
    /// [`LawError::Value`] where the value leaves the range of numbers.
    pub fn value(&self, knobs: &Knobs) -> Result<f64, LawError> {
        let mut value = self.coefficient;
        for factor in self.factors.iter() {
            value *= (knobs.positive(FORMULA, factor.knob)? / factor.unit).powf(factor.exponent);
        }
        finite(FORMULA, self.quantity.name, value)
    }

    /// By how much the value changes when one knob is multiplied by a factor and the others stay; one for a knob that
    /// the rule does not have.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless the factor is finite and above zero.
    pub fn change(&self, knob: &str, factor: f64) -> Result<f64, LawError> {
        check(FORMULA, "factor", factor, f64::MIN_POSITIVE, f64::MAX, POSITIVE)?;
        Ok(self.factors.iter().filter(|f| f.knob.name == knob).map(|f| factor.powf(f.exponent)).product())
    }
}

/// Several [`PowerRule`]s of one paper, such as learning rate and batch.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerRules {
    rules: &'static [PowerRule],
    knobs: &'static [Knob],
    quantities: &'static [Quantity],
}

impl PowerRules {
    pub(crate) const fn known(
        knobs: &'static [Knob],
        quantities: &'static [Quantity],
        rules: &'static [PowerRule],
    ) -> Self {
        Self { rules, knobs, quantities }
    }

    /// The rules, in the order of the quantities.
    pub fn rules(&self) -> &'static [PowerRule] {
        self.rules
    }

    /// The rule for a quantity.
    pub fn rule(&self, quantity: &str) -> Option<&'static PowerRule> {
        self.rules.iter().find(|rule| rule.quantity.name == quantity)
    }
}

impl Formula for PowerRules {
    fn knobs(&self) -> &[Knob] {
        self.knobs
    }
    fn quantities(&self) -> &[Quantity] {
        self.quantities
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        self.rules.iter().map(|rule| rule.value(knobs)).collect()
    }
}

/// The family of products of powers of so many inputs, as a fit sees it: coefficients k, p1, p2, …; input the x_i.
///
/// ```
/// use scaling_laws::{laws::PowerRuleForm, Fitter};
/// // Batch from compute: 0.3·C^0.33.
/// let budgets = [1e18f64, 1e19, 1e20, 1e21].map(|c| vec![c]);
/// let batches = budgets.clone().map(|c| 0.3 * c[0].powf(0.33));
/// let fit = Fitter::new(&PowerRuleForm::new(1)?).start(&[1.0, 0.3]).fit(&budgets, &batches)?;
/// assert!((fit.coefficient("p1")?.value - 0.33).abs() < 1e-6);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerRuleForm {
    inputs: usize,
}

/// Most inputs: coefficient names are fixed.
const MOST: usize = 4;
/// The inputs as knobs.
pub(in crate::laws) static FACTORS: [Knob; MOST] = [
    Knob::new("x_1", "x_1", None, "first factor, in the unit of the fit"),
    Knob::new("x_2", "x_2", None, "second factor"),
    Knob::new("x_3", "x_3", None, "third factor"),
    Knob::new("x_4", "x_4", None, "fourth factor"),
];
const NAMES: [&str; MOST + 1] = ["k", "p1", "p2", "p3", "p4"];

impl PowerRuleForm {
    /// Over 1 to 4 inputs, as the families that are fitted by name have them.
    pub(in crate::laws) const fn of(inputs: usize) -> Self {
        Self { inputs }
    }

    /// The family over this many inputs.
    ///
    /// # Errors
    /// [`LawError::Length`] for none or more than four.
    pub fn new(inputs: usize) -> Result<Self, LawError> {
        if (1..=MOST).contains(&inputs) {
            Ok(Self { inputs })
        } else {
            Err(LawError::Length { what: "the inputs of a product of powers", got: inputs, expected: MOST })
        }
    }
}

impl Law for PowerRuleForm {
    type Input = Vec<f64>;

    fn formula(&self) -> &str {
        FORMULA
    }

    fn coefficient_names(&self) -> &[&'static str] {
        NAMES.get(..=self.inputs).unwrap_or(&NAMES)
    }
    fn bounds(&self) -> Vec<Bound> {
        let mut bounds = vec![Bound::FREE; self.inputs + 1];
        bounds.iter_mut().take(1).for_each(|b| *b = Bound::NONNEGATIVE);
        bounds
    }
    fn linear(&self) -> &[usize] {
        &[0]
    }
    fn search_range(&self) -> Vec<Bound> {
        let mut range = vec![Bound::between(-2.0, 2.0); self.inputs + 1];
        range.iter_mut().take(1).for_each(|b| *b = Bound::NONNEGATIVE);
        range
    }
    fn predict(&self, coefficients: &[f64], x: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        let ([k, exponents @ ..], [dk, slopes @ ..]) = (coefficients, gradient) else { return f64::NAN };
        if exponents.len() != x.len() {
            return f64::NAN;
        }
        let product = exponents.iter().zip(x).map(|(p, x)| p * x.ln()).sum::<f64>().exp();
        *dk = product;
        slopes.iter_mut().zip(x).for_each(|(slope, x)| *slope = k * product * x.ln());
        k * product
    }
}
