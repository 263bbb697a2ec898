use super::family::{Inputs, OfNumbers};
use super::{Bound, KaplanFloorForm, Law, LossModel, LossPoint};
use crate::error::{LawError, UnitError};
use crate::units::{ComputeRule, Conventions, Domain, Flops, Nats, ParamCount, Params, Tokens};

/// N without embeddings, C = 6ND, as everywhere in Kaplan 2020.
const KAPLAN: Conventions = Conventions::new(ParamCount::NonEmbedding, ComputeRule::SixNd);

fn positive(law: &'static str, coefficients: &[(&'static str, f64)]) -> Result<(), LawError> {
    match coefficients.iter().find(|(_, value)| !(value.is_finite() && *value > 0.0)) {
        Some(&(coefficient, value)) => {
            Err(LawError::Coefficient { law, coefficient, value, allowed: "finite and above zero" })
        }
        None => Ok(()),
    }
}

/// Kaplan's joint law of size and data (Kaplan 2020, equation 1.5, early-stopped loss):
///
/// ```text
/// L(N, D) = [ (N_c/N)^(α_N/α_D) + D_c/D ]^α_D
/// ```
///
/// N: parameters without embeddings. D: tokens of the training set. L: nats per token; there is no irreducible term.
///
/// On C = 6ND the optimum is closed: with p = α_N/α_D, N_opt^(1+p) = p·N_c^p·(C/6)/D_c, so a = α_D/(α_N+α_D). This is
/// the optimum of the joint law, not the paper's own N_opt(C) = 1.3e9·C^0.73, which was fitted to learning curves.
///
/// ```
/// use scaling_laws::{KaplanJoint, LossModel, Params, Tokens};
/// let law = KaplanJoint::new(6.4e13, 1.8e13, 0.076, 0.103)?;
/// let loss = law.loss(Params::billions(1.0)?, Tokens::billions(20.0)?)?;
/// assert!((loss.get() - 2.373882448217487).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanJoint {
    pub(crate) n_c: f64,
    pub(crate) d_c: f64,
    pub(crate) alpha_n: f64,
    pub(crate) alpha_d: f64,
    pub(crate) domain: Domain,
}

impl KaplanJoint {
    /// The formula, in the names of the coefficients.
    pub const FORMULA: &'static str = "[(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D";

    /// The law with these constants.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless all four are finite and above zero.
    pub fn new(n_c: f64, d_c: f64, alpha_n: f64, alpha_d: f64) -> Result<Self, LawError> {
        positive(Self::FORMULA, &[("N_c", n_c), ("D_c", d_c), ("alpha_N", alpha_n), ("alpha_D", alpha_d)])?;
        Ok(Self { n_c, d_c, alpha_n, alpha_d, domain: Domain::default() })
    }

    /// N_c, D_c, α_N, α_D.
    pub fn coefficients(&self) -> [f64; 4] {
        [self.n_c, self.d_c, self.alpha_n, self.alpha_d]
    }

    /// The data from which over-fitting adds less than a share of the loss: L(N, D) = (1 + share)·L(N, ∞), so
    ///
    /// ```text
    /// D = D_c·(N/N_c)^(α_N/α_D)/((1 + share)^(1/α_D) − 1)
    /// ```
    ///
    /// The paper's D ≥ 5e3·N^0.74 is this for a share of 2 %, the noise of its runs, rounded: its constants give
    /// 5.5e3·N^0.738.
    ///
    /// ```
    /// use scaling_laws::{published, Params};
    /// let needed = published::KAPLAN_2020_JOINT.tokens_for_overfitting(Params::billions(1.0)?, 0.02)?;
    /// assert!((needed.get() / 24.14e9 - 1.0).abs() < 1e-3); // the paper: 22B tokens do for less than 1B parameters
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`LawError::Value`] where D leaves the range of numbers, as for a share that is not above zero.
    pub fn tokens_for_overfitting(&self, params: Params, share: f64) -> Result<Tokens, LawError> {
        let ln_size = self.alpha_n / self.alpha_d * (params.ln() - self.n_c.ln());
        let value = self.d_c * ln_size.exp() / (share.ln_1p() / self.alpha_d).exp_m1();
        Tokens::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "tokens", value })
    }
}

impl LossModel for KaplanJoint {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let p = self.alpha_n / self.alpha_d;
        let ln_size = p * (self.n_c.ln() - ln_params);
        let ln_data = self.d_c.ln() - ln_tokens;
        // In logarithms: (N_c/N)^p alone passes 1e300 for tiny N.
        let greater = ln_size.max(ln_data);
        let (size, data) = ((ln_size - greater).exp(), (ln_data - greater).exp());
        let loss = (self.alpha_d * (greater + (size + data).ln())).exp();
        let slope = -self.alpha_d * loss / (size + data);
        LossPoint { loss, d_ln_params: slope * p * size, d_ln_tokens: slope * data }
    }

    fn conventions(&self) -> Conventions {
        KAPLAN
    }

    fn domain(&self) -> Domain {
        self.domain
    }

    fn ln_optimal_params(&self, ln_product: f64) -> Option<f64> {
        let p = self.alpha_n / self.alpha_d;
        Some((p.ln() + p * self.n_c.ln() + ln_product - self.d_c.ln()) / (1.0 + p))
    }
}

super::formula::loss_formula!(KaplanJoint);

/// The family of [`KaplanJoint`] laws: coefficients N_c, D_c, alpha_N, alpha_D; input (N, D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KaplanJointForm;

impl KaplanJointForm {
    /// Coefficient names in covariance order.
    pub const NAMES: [&'static str; 4] = ["N_c", "D_c", "alpha_N", "alpha_D"];
}

impl Law for KaplanJointForm {
    type Input = (Params, Tokens);

    fn coefficient_names(&self) -> &[&'static str] {
        &Self::NAMES
    }
    fn formula(&self) -> &str {
        KaplanJoint::FORMULA
    }
    fn bounds(&self) -> Vec<Bound> {
        KaplanFloorForm.bounds().split_off(1)
    }
    fn search_range(&self) -> Vec<Bound> {
        KaplanFloorForm.search_range().split_off(1)
    }
    fn predict(&self, c: &[f64], input: &Self::Input, gradient: &mut [f64]) -> f64 {
        self.predict_numbers(c, &input.numbers(), gradient)
    }
}

/// The law with an irreducible loss at E = 0.
impl OfNumbers<2> for KaplanJointForm {
    fn predict_numbers(&self, c: &[f64], numbers: &[f64; 2], gradient: &mut [f64]) -> f64 {
        let &[n_c, d_c, alpha_n, alpha_d] = c else { return f64::NAN };
        let mut slopes = [0.0; 5];
        let loss = KaplanFloorForm.predict_numbers(&[0.0, n_c, d_c, alpha_n, alpha_d], numbers, &mut slopes);
        gradient.iter_mut().zip(&slopes[1..]).for_each(|(to, slope)| *to = *slope);
        loss
    }
}

/// Kaplan's law of size and training steps (Kaplan 2020, equation 1.6, infinite-data limit):
///
/// ```text
/// L(N, S_min) = (N_c/N)^α_N + (S_c/S_min)^α_S,   S_min = S/(1 + B_crit(L)/B)
/// ```
///
/// S_min: steps it would take at a batch far above critical. See [`CriticalBatch`] for the conversion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanSteps {
    pub(crate) n_c: f64,
    pub(crate) s_c: f64,
    pub(crate) alpha_n: f64,
    pub(crate) alpha_s: f64,
}

impl KaplanSteps {
    /// The law with these constants.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless all four are finite and above zero.
    pub fn new(n_c: f64, s_c: f64, alpha_n: f64, alpha_s: f64) -> Result<Self, LawError> {
        positive(
            super::kaplan_steps::FORMULA,
            &[("N_c", n_c), ("S_c", s_c), ("alpha_N", alpha_n), ("alpha_S", alpha_s)],
        )?;
        Ok(Self { n_c, s_c, alpha_n, alpha_s })
    }

    /// Loss of N parameters after S_min steps.
    ///
    /// # Errors
    /// [`LawError::NotFinite`] unless `min_steps` is above zero and the loss within range.
    pub fn loss(&self, params: Params, min_steps: f64) -> Result<Nats, LawError> {
        let loss = (self.n_c / params.get()).powf(self.alpha_n) + (self.s_c / min_steps).powf(self.alpha_s);
        Nats::new(if min_steps > 0.0 { loss } else { f64::NAN }).map_err(|_| LawError::NotFinite {
            params: params.get(),
            tokens: min_steps,
            loss,
        })
    }

    /// How far the compute-efficient loss stands above the converged one, f = α_N/α_S (appendix B.3: about 10 %).
    pub fn excess_at_optimum(&self) -> f64 {
        self.alpha_n / self.alpha_s
    }
}

/// The critical batch size (Kaplan 2020, equations 1.4 and 5.3 to 5.5, after McCandlish 2018):
///
/// ```text
/// B_crit(L) = B_*/L^(1/α_B),   S_min = S/(1 + B_crit/B),   C_min = C/(1 + B/B_crit)
/// ```
///
/// B in tokens. Training at B = B_crit takes 2·S_min steps and 2·C_min compute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalBatch {
    pub(crate) b_star: f64,
    pub(crate) alpha_b: f64,
}

impl CriticalBatch {
    /// The law with these constants.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless both are finite and above zero.
    pub fn new(b_star: f64, alpha_b: f64) -> Result<Self, LawError> {
        positive("B_*/L^(1/alpha_B)", &[("B_star", b_star), ("alpha_B", alpha_b)])?;
        Ok(Self { b_star, alpha_b })
    }

    /// B_crit in tokens at a loss.
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] where it leaves the range of numbers.
    pub fn at(&self, loss: Nats) -> Result<Tokens, UnitError> {
        Tokens::new(self.b_star / loss.get().powf(1.0 / self.alpha_b))
    }

    /// S_min of a run of `steps` at batch B that ends at a loss.
    ///
    /// # Errors
    /// As [`at`](Self::at), and unless `steps` is finite and above zero.
    pub fn min_steps(&self, steps: f64, batch: Tokens, loss: Nats) -> Result<f64, UnitError> {
        if !(steps.is_finite() && steps > 0.0) {
            return Err(UnitError::OutOfRange { quantity: "steps", value: steps });
        }
        Ok(steps / (1.0 + self.at(loss)? / batch))
    }

    /// C_min of a run that spent C at batch B and ends at a loss.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn min_compute(&self, compute: Flops, batch: Tokens, loss: Nats) -> Result<Flops, UnitError> {
        Flops::new(compute.get() / (1.0 + batch / self.at(loss)?))
    }
}
