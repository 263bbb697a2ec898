use super::formula::finite;
use super::{Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::units::{Flops, Nats, Params};

const FORMULA: &str = "N(C_min), S(C_min), L(C_min) from L(N, S_min) and B_crit(L)";

/// The frontier that follows from L(N, S_min) and B_crit(L) (Kaplan 2020, appendix B), C being C_min:
///
/// ```text
/// N = N_c·(C/C_c)^(α_C/α_N)·(1 + α_N/α_S)^(1/α_N)      L = (C_c/C)^α_C      α_C = 1/(1/α_S + 1/α_B + 1/α_N)
/// S = C_c/(6·N_c·B_*)·(1 + α_N/α_S)^(−1/α_N)·(C/C_c)^(α_C/α_S)
/// C_c = 6·N_c·B_*·S_c·(1 + α_N/α_S)^(1/α_S + 1/α_N)·(α_S/α_N)^(1/α_S)
/// ```
///
/// N: parameters without embeddings. S: serial steps. C: FLOP at a batch far below critical; at the critical batch a run
/// costs twice as much. L: nats per token.
///
/// ```
/// use scaling_laws::{published, Flops};
/// let at = published::KAPLAN_2020_FRONTIER.at(Flops::from_pf_days(1.0)?)?;
/// assert_eq!(at.params.to_string(), "584.4M");
/// // The law itself at that size and those steps.
/// let loss = published::KAPLAN_2020_STEPS.loss(at.params, at.min_steps)?;
/// assert!((loss.get() - at.loss.get()).abs() < 1e-9);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanFrontier {
    pub(crate) n_c: f64,
    pub(crate) s_c: f64,
    pub(crate) b_star: f64,
    pub(crate) alpha_n: f64,
    pub(crate) alpha_s: f64,
    pub(crate) alpha_b: f64,
}

/// A point of [`KaplanFrontier`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FrontierPoint {
    /// N, without embeddings.
    pub params: Params,
    /// S_min.
    pub min_steps: f64,
    /// L.
    pub loss: Nats,
}

impl KaplanFrontier {
    /// α_C, the exponent of the loss.
    pub fn alpha_c(&self) -> f64 {
        1.0 / (1.0 / self.alpha_s + 1.0 / self.alpha_b + 1.0 / self.alpha_n)
    }

    /// α_C/α_N, the exponent of N.
    pub fn exponent_params(&self) -> f64 {
        self.alpha_c() / self.alpha_n
    }

    /// C_c, FLOP: the compute at which the loss would be one nat.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn scale(&self) -> Result<Flops, LawError> {
        let value = 6.0 * self.n_c * self.b_star * self.s_c * self.excess(1.0 / self.alpha_s + 1.0 / self.alpha_n);
        let value = value * (self.alpha_s / self.alpha_n).powf(1.0 / self.alpha_s);
        Flops::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "C_c", value })
    }

    /// (1 + α_N/α_S)^power.
    fn excess(&self, power: f64) -> f64 {
        (1.0 + self.alpha_n / self.alpha_s).powf(power)
    }

    /// The optimum at this C_min.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn at(&self, min_compute: Flops) -> Result<FrontierPoint, LawError> {
        let scale = self.scale()?.get();
        let ratio = min_compute.get() / scale;
        let params = self.n_c * ratio.powf(self.exponent_params()) * self.excess(1.0 / self.alpha_n);
        let steps = scale / (6.0 * self.n_c * self.b_star) * self.excess(-1.0 / self.alpha_n);
        let refuse = |quantity, value| LawError::Value { law: FORMULA, quantity, value };
        let loss = ratio.powf(-self.alpha_c());
        Ok(FrontierPoint {
            params: Params::new(params).map_err(|_| refuse("N", params))?,
            min_steps: finite(FORMULA, "S", steps * ratio.powf(self.alpha_c() / self.alpha_s))?,
            loss: Nats::new(loss).map_err(|_| refuse("L", loss))?,
        })
    }
}

impl Formula for KaplanFrontier {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::FLOPS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::OPTIMAL_PARAMS, Quantity::new("min_steps", Some("steps")), Quantity::LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let compute = Flops::known(knobs.positive(FORMULA, Knob::FLOPS)?);
        let point = self.at(compute)?;
        Ok(vec![point.params.get(), point.min_steps, point.loss.get()])
    }
}
