use super::{M4, X};
use crate::error::LawError;
use crate::laws::{Formula, Knob, Knobs, Quantity};

const BETA: Knob = Knob::new("beta", "beta", None, "coefficient, in the unit of the error at x = 1");
const C: Knob = Knob::new("c", "c", None, "exponent, below zero");
const E_INF: Knob = Knob::new("e_inf", "e_inf", None, "error that stays").or(0.0);
const E_0: Knob = Knob::new("e_0", "e_0", None, "error of chance").or(1.0);
const ALPHA: Knob =
    Knob::new("alpha", "alpha", None, "how slowly it leaves chance; 0 is M2, with e_inf = 0 M1").or(0.0);

/// [`M4`] with its coefficients as knobs: a form of which no set of coefficients holds everywhere, for the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct M4Shape;

impl Formula for M4Shape {
    fn family(&self) -> &'static str {
        "M4"
    }
    fn knobs(&self) -> &[Knob] {
        const { &[X, BETA, C, E_INF, E_0, ALPHA] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::ERROR_RATE] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let [e_inf, e_0, alpha, beta, c] = [E_INF, E_0, ALPHA, BETA, C].map(|knob| knobs.value(M4::FORMULA, knob));
        let law = M4::new([e_inf?, e_0?, alpha?, beta?, c?])?;
        Ok(vec![law.at(knobs.value(M4::FORMULA, X)?)?])
    }
}
