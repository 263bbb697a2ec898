use super::family::{Inputs, family};
use super::formula::finite;
use super::{Bound, Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::Params;

/// A fine-tuning run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FineTuning {
    /// N, parameters without embeddings.
    pub params: Params,
    /// D_F, size of the fine-tuning set; characters in Hernandez 2021.
    pub data: f64,
}

impl Inputs<2> for FineTuning {
    fn numbers(&self) -> [f64; 2] {
        [self.params.ln(), self.data.ln()]
    }
}

family! {
    /// Data transferred by pre-training (Hernandez 2021):
    ///
    /// ```text
    /// D_T = k·D_F^α·N^β
    /// ```
    ///
    /// D_T: the target data that pre-training is worth, over and above D_F, the fine-tuning set, in the same unit
    /// (characters in the paper, not tokens). N: parameters without embeddings. It holds in the low-data regime, D_F
    /// below a tenth of what the size needs from scratch.
    ///
    /// ```
    /// use scaling_laws::{laws::FineTuning, published, Params};
    /// let run = FineTuning { params: Params::billions(1.0)?, data: 1e8 };
    /// let worth = published::HERNANDEZ_2021_TEXT.data_transferred(run)?;
    /// assert!((worth / 1376428324.142481 - 1.0).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Transfer = "D_T = k D_F^alpha N^beta";
    /// The family of [`Transfer`] laws: coefficients k, alpha, beta; input [`FineTuning`].
    form TransferForm of FineTuning, 2 numbers;
    linear [0];
    coefficients 3 {
        "k": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::FREE, search Bound::between(0.01, 1.0);
        "beta": Bound::FREE, search Bound::between(0.01, 1.5);
    }
}

impl Transfer {
    fn formula<T: Real>(&[k, alpha, beta]: &[T; 3], &[n, d]: &[T; 2]) -> T {
        k * (alpha * d + beta * n).exp()
    }

    /// D_T, in the unit of D_F.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless D_F is finite and above zero; [`LawError::Value`] where D_T leaves the range of numbers.
    pub fn data_transferred(&self, run: FineTuning) -> Result<f64, LawError> {
        super::knob::check(
            Self::FORMULA,
            FINE_TUNING.name,
            run.data,
            f64::MIN_POSITIVE,
            f64::MAX,
            super::knob::POSITIVE,
        )?;
        finite(Self::FORMULA, TRANSFERRED.name, Self::formula(&self.c, &run.numbers()))
    }
}

pub(super) const FINE_TUNING: Knob =
    Knob::new("fine_tuning_data", "D_F", Some("characters"), "size of the fine-tuning set");
pub(super) const TRANSFERRED: Quantity = Quantity::new("data_transferred", Some("characters"));

impl Formula for Transfer {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::PARAMS, FINE_TUNING] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[TRANSFERRED] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let data = knobs.positive(Self::FORMULA, FINE_TUNING)?;
        Ok(vec![self.data_transferred(FineTuning { params: knobs.params(Self::FORMULA)?, data })?])
    }
}
