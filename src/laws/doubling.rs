use super::formula::finite;
use super::{Formula, Knob, Knobs, Quantity};
use crate::error::LawError;

const FORMULA: &str = "2^(t/T_d)";

/// Growth by doubling, such as of effective compute through better algorithms (Ho 2024): 2^(t/T_d).
///
/// ```
/// use scaling_laws::published;
/// assert!((published::HO_2024.factor(12.0)? - 2.68).abs() < 0.01); // a year
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubling {
    pub(crate) months: f64,
}

impl Doubling {
    /// With a doubling time in months.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless it is finite and above zero.
    pub fn new(months: f64) -> Result<Self, LawError> {
        if months.is_finite() && months > 0.0 {
            Ok(Self { months })
        } else {
            let allowed = "finite and above zero";
            Err(LawError::Coefficient { law: FORMULA, coefficient: "T_d", value: months, allowed })
        }
    }

    /// T_d in months.
    pub fn months(&self) -> f64 {
        self.months
    }

    /// The factor after so many months.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn factor(&self, months: f64) -> Result<f64, LawError> {
        finite(FORMULA, "factor", (months / self.months).exp2())
    }
}

const MONTHS: Knob = Knob::new("months", "t", Some("months"), "time that has passed");

impl Formula for Doubling {
    fn knobs(&self) -> &[Knob] {
        const { &[MONTHS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::new("effective_compute_factor", None)] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        Ok(vec![self.factor(knobs.value(FORMULA, MONTHS)?)?])
    }
}
