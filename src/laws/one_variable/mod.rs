//! Laws of one variable: size, data or compute, in any unit.

mod axis;
mod broken;
mod floored_power;
mod m1;
mod m2;
mod m3;
mod m4;
mod saturating;
mod shape;

pub use axis::AxisLoss;
pub use broken::{Break, Broken, BrokenForm};
pub use floored_power::{FlooredPower, FlooredPowerForm};
pub use m1::{M1, M1Form};
pub use m2::{M2, M2Form};
pub use m3::{M3, M3Form};
pub use m4::{M4, M4Form};
pub use saturating::{Saturating, SaturatingForm};
pub(crate) use shape::M4Shape;

use crate::laws::Knob;

/// The variable of a law of one variable.
pub(crate) const X: Knob = Knob::new("x", "x", None, "size, data or compute, in the unit of the fit");

/// Gives a family over one number its value and makes it a `Formula`.
macro_rules! of_one_variable {
    ($law:ident) => {
        impl $law {
            /// The value at x.
            ///
            /// # Errors
            /// [`LawError::Knob`](crate::LawError::Knob) unless x is finite and above zero;
            /// [`LawError::Value`](crate::LawError::Value) where the value leaves the range of numbers.
            pub fn at(&self, x: f64) -> Result<f64, crate::error::LawError> {
                let x = crate::laws::knob::check(
                    Self::FORMULA,
                    "x",
                    x,
                    f64::MIN_POSITIVE,
                    f64::MAX,
                    crate::laws::knob::POSITIVE,
                )?;
                crate::laws::formula::finite(Self::FORMULA, "value", Self::formula(&self.c, &[x]))
            }
        }

        impl crate::laws::Formula for $law {
            fn knobs(&self) -> &[crate::laws::Knob] {
                const { &[crate::laws::one_variable::X] }
            }
            fn quantities(&self) -> &[crate::laws::Quantity] {
                const { &[crate::laws::Quantity::new("value", None)] }
            }
            fn evaluate(&self, knobs: &crate::laws::Knobs) -> Result<Vec<f64>, crate::error::LawError> {
                Ok(vec![self.at(knobs.value(Self::FORMULA, crate::laws::one_variable::X)?)?])
            }
        }
    };
}
pub(crate) use of_one_variable;
