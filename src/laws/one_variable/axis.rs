use super::{FlooredPower, Saturating};
use crate::error::LawError;
use crate::laws::{Formula, Knob, Knobs, Quantity};

/// A law of one variable with the name and unit of its variable: what a published curve is.
///
/// ```
/// use scaling_laws::{laws::{AxisLoss, FlooredPower, Formula, Knob, Knobs, Quantity}};
/// let images = FlooredPower::new([2.20, 63.0, 0.13])?;
/// let law = AxisLoss::floored(images, Knob::PARAMS, 1.0, Quantity::LOSS);
/// assert!((law.evaluate(&Knobs::new().with("params", 1e8))?[0] - 2.356283911192293).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisLoss {
    curve: Curve,
    knob: [Knob; 1],
    unit: f64,
    quantity: [Quantity; 1],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Curve {
    Floored(FlooredPower),
    Saturating(Saturating),
}

impl AxisLoss {
    /// A power law with a floor; the knob is divided by `unit` to give x.
    pub const fn floored(law: FlooredPower, knob: Knob, unit: f64, quantity: Quantity) -> Self {
        Self { curve: Curve::Floored(law), knob: [knob], unit, quantity: [quantity] }
    }

    /// A saturating law; the knob is divided by `unit` to give x.
    pub const fn saturating(law: Saturating, knob: Knob, unit: f64, quantity: Quantity) -> Self {
        Self { curve: Curve::Saturating(law), knob: [knob], unit, quantity: [quantity] }
    }
}

impl Formula for AxisLoss {
    /// That of the curve.
    fn family(&self) -> &'static str {
        match &self.curve {
            Curve::Floored(law) => law.family(),
            Curve::Saturating(law) => law.family(),
        }
    }
    fn knobs(&self) -> &[Knob] {
        &self.knob
    }
    fn quantities(&self) -> &[Quantity] {
        &self.quantity
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let [knob] = self.knob;
        Ok(vec![match &self.curve {
            Curve::Floored(law) => law.at(knobs.positive(FlooredPower::FORMULA, knob)? / self.unit)?,
            Curve::Saturating(law) => law.at(knobs.positive(Saturating::FORMULA, knob)? / self.unit)?,
        }])
    }
}
