use std::fmt::Debug;

use super::{Knob, Knobs, LossModel, Quantity};
use crate::error::LawError;

/// A law with its coefficients, evaluated from knobs by name: what the catalogue and the command line need of any law,
/// whatever it is a function of.
///
/// Each law also has methods of its own, with typed arguments; this trait is for questions that are only known at run
/// time.
///
/// ```
/// use scaling_laws::{laws::{Formula, Knobs}, published};
/// let law = published::MUENNIGHOFF_2023;
/// let knobs = Knobs::new().with("params", 6.34e9).with("tokens", 242e9).with("unique_tokens", 25e9);
/// assert_eq!(law.quantities()[0].name, "loss");
/// assert!((law.evaluate(&knobs)?[0] - 2.2256440889984477).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub trait Formula: Debug + Send + Sync {
    /// The name of the functional form: that of its type.
    fn family(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// What it is evaluated from. N and D come first where it has them.
    fn knobs(&self) -> &[Knob];

    /// What it gives, in the order of [`evaluate`](Self::evaluate).
    fn quantities(&self) -> &[Quantity];

    /// The values of its quantities.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] for a knob without value and default, [`LawError::Knob`] for a value that is not
    /// allowed, [`LawError::NotFinite`] where the law leaves the range of numbers.
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError>;

    /// Whether training with these knobs costs 6ND: not so for few bits, idle experts or routing.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] and [`LawError::Knob`].
    fn costs_six_nd(&self, knobs: &Knobs) -> Result<bool, LawError> {
        let _ = knobs;
        Ok(true)
    }

    /// C over 6ND with these knobs; `None` where that is not known.
    ///
    /// # Errors
    /// As [`costs_six_nd`](Self::costs_six_nd).
    fn cost_factor(&self, knobs: &Knobs) -> Result<Option<f64>, LawError> {
        Ok(self.costs_six_nd(knobs)?.then_some(1.0))
    }

    /// The loss of N and D that it is once every other knob is set; `None` where it is no such loss.
    fn slice(&self, knobs: &Knobs) -> Option<Result<Box<dyn LossModel>, LawError>> {
        let _ = knobs;
        None
    }
}

/// A finite result, or an error that names the law.
pub(crate) fn finite(law: &'static str, quantity: &'static str, value: f64) -> Result<f64, LawError> {
    if value.is_finite() { Ok(value) } else { Err(LawError::Value { law, quantity, value }) }
}

/// A `LossModel` that needs nothing but N and D, as a `Formula`.
macro_rules! loss_formula {
    ($law:ident) => {
        impl crate::laws::Formula for $law {
            fn knobs(&self) -> &[crate::laws::Knob] {
                const { &[crate::laws::Knob::PARAMS, crate::laws::Knob::TOKENS] }
            }
            fn quantities(&self) -> &[crate::laws::Quantity] {
                const { &[crate::laws::Quantity::LOSS] }
            }
            fn evaluate(&self, knobs: &crate::laws::Knobs) -> Result<Vec<f64>, crate::error::LawError> {
                let (params, tokens) = (knobs.params(Self::FORMULA)?, knobs.tokens(Self::FORMULA)?);
                Ok(vec![crate::laws::LossModel::loss(self, params, tokens)?.get()])
            }
            fn slice(
                &self,
                _: &crate::laws::Knobs,
            ) -> Option<Result<Box<dyn crate::laws::LossModel>, crate::error::LawError>> {
                Some(Ok(Box::new(*self)))
            }
        }
    };
}
pub(crate) use loss_formula;
