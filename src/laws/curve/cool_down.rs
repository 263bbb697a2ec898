use super::Decay;
use crate::error::LawError;
use crate::laws::{Formula, Knob, Knobs, Quantity};

const FORMULA: &str = "lr/lr_max = 1 - sqrt((t - t_0)/(T - t_0))";
const PROGRESS: Knob =
    Knob::new("progress", "(t - t_0)/(T - t_0)", None, "share of the cool-down that is done, 0 to 1");

/// [`Decay::OneMinusSqrt`] to zero as a rule, for the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CoolDown;

impl Formula for CoolDown {
    fn knobs(&self) -> &[Knob] {
        const { &[PROGRESS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::new("learning_rate_share", None)] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let progress = knobs.within(FORMULA, PROGRESS, 0.0, 1.0, "between 0 and 1")?;
        Ok(vec![Decay::OneMinusSqrt.rate(1.0, 0.0, progress)])
    }
}
