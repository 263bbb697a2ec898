use super::saturation::ln_saturated;
use crate::error::LawError;
use crate::laws::family::{Inputs, family};
use crate::laws::formula::finite;
use crate::laws::knob::{POSITIVE, check};
use crate::laws::{Bound, Formula, Knob, Knobs, Quantity};
use crate::math::dual::Real;
use crate::units::{Nats, Params};

/// A routed model, trained on the family's fixed number of tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoutedRun {
    /// N, parameters of the dense model with the same FLOP per token.
    pub params: Params,
    /// E, experts; one for a dense model.
    pub experts: f64,
}

impl Inputs<2> for RoutedRun {
    fn numbers(&self) -> [f64; 2] {
        [self.params.ln(), self.experts]
    }
}

family! {
    /// Routed language models at a fixed number of tokens (Clark 2022):
    ///
    /// ```text
    /// log₁₀ L = a·log₁₀N + b·log₁₀Ê + c·log₁₀N·log₁₀Ê + d
    /// 1/Ê = 1/(E − 1 + (1/E_start − 1/E_max)⁻¹) + 1/E_max
    /// ```
    ///
    /// N: parameters of the dense model with the same FLOP per token. E: experts. Ê: the expansion that they are worth,
    /// between E_start and E_max. It has no D: all runs read the same number of tokens (130B in the paper), and it fails
    /// elsewhere. With c > 0 the gain of routing ends at [`cutoff`](Self::cutoff).
    ///
    /// ```
    /// use scaling_laws::{laws::RoutedRun, published, Params};
    /// let run = RoutedRun { params: Params::millions(5.0)?, experts: 128.0 };
    /// let dense = published::CLARK_2022_S_BASE.effective_params(run)?; // about 55M in the paper
    /// assert!((dense.get() / 55e6 - 1.0).abs() < 0.08);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Routed = "log10 L = a log10 N + b log10 Ehat + c log10 N log10 Ehat + d, \
        1/Ehat = 1/(E - 1 + (1/E_start - 1/E_max)^-1) + 1/E_max";
    /// The family of [`Routed`] laws: coefficients a, b, c, d, E_start, E_max; input [`RoutedRun`]. With log residuals it is
    /// linear in a, b, c and d.
    form RoutedForm of RoutedRun, 2 numbers;
    linear [];
    coefficients 6 {
        "a": Bound::FREE, search Bound::between(-0.3, 0.0);
        "b": Bound::FREE, search Bound::between(-0.5, 0.0);
        "c": Bound::FREE, search Bound::between(-0.02, 0.05);
        "d": Bound::FREE, search Bound::between(0.0, 3.0);
        "E_start": Bound::NONNEGATIVE, search Bound::between(1.0, 8.0);
        "E_max": Bound::NONNEGATIVE, search Bound::between(50.0, 2000.0);
    }
}

impl Routed {
    fn formula<T: Real>(&[a, b, c, d, start, most]: &[T; 6], &[ln_n, experts]: &[T; 2]) -> T {
        let ten = T::of(10f64.ln());
        let (n, e) = (ln_n / ten, ln_saturated(experts, start, most) / ten);
        (ten * (a * n + b * e + c * n * e + d)).exp()
    }

    /// Loss of a routed model.
    ///
    /// # Errors
    /// [`LawError::Knob`] for fewer than one expert; [`LawError::Value`] where the law leaves the range of numbers.
    pub fn loss(&self, run: RoutedRun) -> Result<Nats, LawError> {
        check(Self::FORMULA, EXPERTS.name, run.experts, 1.0, 1e9, "one or more")?;
        let value = finite(Self::FORMULA, "loss", Self::formula(&self.c, &run.numbers()))?;
        Nats::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "loss", value })
    }

    /// The dense size of equal loss ("effective parameter count"). Above [`cutoff`](Self::cutoff) it is less than N.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub fn effective_params(&self, run: RoutedRun) -> Result<Params, LawError> {
        check(Self::FORMULA, EXPERTS.name, run.experts, 1.0, 1e9, "one or more")?;
        let [a, b, c, _, start, most] = self.c;
        let log10 = |experts: f64| ln_saturated(experts, start, most) / 10f64.ln();
        let (one, many) = (log10(1.0), log10(run.experts));
        let exponent = (run.params.get().log10() * (a + c * many) + b * (many - one)) / (a + c * one);
        let value = 10f64.powf(exponent);
        Params::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "effective parameters", value })
    }

    /// N_cutoff = 10^(−b/c), the size from which on experts no longer help; `None` where c is not above zero.
    ///
    /// Very sensitive to c, which is printed with one or two digits.
    pub fn cutoff(&self) -> Option<Params> {
        let [_, b, c, ..] = self.c;
        if c > 0.0 { Params::new(10f64.powf(-b / c)).ok() } else { None }
    }
}

pub(in crate::laws) const EXPERTS: Knob = Knob::new("experts", "E", None, "experts per layer; one for a dense model");

impl Formula for Routed {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::PARAMS, EXPERTS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let experts = knobs.within(Self::FORMULA, EXPERTS, 1.0, f64::MAX, POSITIVE)?;
        Ok(vec![self.loss(RoutedRun { params: knobs.params(Self::FORMULA)?, experts })?.get()])
    }
}
