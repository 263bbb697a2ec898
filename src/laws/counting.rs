use super::{Chinchilla, Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::math::root::brent;
use crate::units::{Flops, Params, Tokens};

const FORMULA: &str = "N_T = N + omega N^(1/3)";

/// Counting parameters with and without embeddings (Pearce & Song 2024):
///
/// ```text
/// N_T = N + ω·N^(1/3)
/// ```
///
/// N: parameters without embeddings. N_T: all of them. ω is 47 491 for a vocabulary of 32k and the aspect
/// ratio 39.2. With it a law in N_T can be read with N, and the exponents of Kaplan 2020 appear in the laws of
/// Hoffmann 2022 at small sizes.
///
/// ```
/// use scaling_laws::{laws::EmbeddingCount, published, Params};
/// let count = EmbeddingCount::PEARCE_2024;
/// let all = count.total(Params::millions(10.0)?)?;
/// assert!((count.without_embeddings(all)?.get() / 1e7 - 1.0).abs() < 1e-12);
/// // At 10M parameters Chinchilla looks like Kaplan, at 1T it does not.
/// let slope = |n: Params| count.local_exponent(&published::HOFFMANN_2022, n);
/// assert!(slope(Params::millions(10.0)?)? > 0.6 && slope(Params::trillions(1.0)?)? < 0.47);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmbeddingCount {
    omega: f64,
}

impl EmbeddingCount {
    /// ω = 47 491: vocabulary 32k, aspect ratio 39.2 (Pearce & Song 2024).
    pub const PEARCE_2024: Self = Self { omega: 47491.0 };

    /// With another ω.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless it is finite and not negative.
    pub fn new(omega: f64) -> Result<Self, LawError> {
        if omega.is_finite() && omega >= 0.0 {
            Ok(Self { omega })
        } else {
            let allowed = "finite and not negative";
            Err(LawError::Coefficient { law: FORMULA, coefficient: "omega", value: omega, allowed })
        }
    }

    /// ω.
    pub fn omega(&self) -> f64 {
        self.omega
    }

    /// N_T from N.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn total(&self, without: Params) -> Result<Params, LawError> {
        params(without.get() + self.omega * without.get().cbrt())
    }

    /// N from N_T: the real root of a cubic.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn without_embeddings(&self, total: Params) -> Result<Params, LawError> {
        // The root lies between 0 and N_T, and ln N between them spans what is left of a tiny N_T.
        let excess = |ln_n: f64| ln_n.exp() + self.omega * (ln_n / 3.0).exp() - total.get();
        params(brent(excess, total.ln().min(0.0) - 800.0, total.ln()).map_or(f64::NAN, f64::exp))
    }

    /// The D that makes N the least-loss size of its budget C = 6·N·D, when the law counts all parameters and the budget
    /// only those without embeddings:
    ///
    /// ```text
    /// D^β = βB/(αA)·N_T^(1+α)/(N + ω/3·N^(1/3))
    /// ```
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn optimal_tokens(&self, law: &Chinchilla, without: Params) -> Result<Tokens, LawError> {
        let (n, root) = (without.get(), self.omega * without.get().cbrt());
        let ln_ratio = (law.beta() * law.b()).ln() - (law.alpha() * law.a()).ln();
        let ln_power = ln_ratio + (1.0 + law.alpha()) * (n + root).ln() - (n + root / 3.0).ln();
        let value = (ln_power / law.beta()).exp();
        Tokens::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "optimal tokens", value })
    }

    /// C = 6·N·D at that optimum, without embeddings.
    ///
    /// # Errors
    /// As [`optimal_tokens`](Self::optimal_tokens).
    pub fn optimal_compute(&self, law: &Chinchilla, without: Params) -> Result<Flops, LawError> {
        let value = 6.0 * without.get() * self.optimal_tokens(law, without)?.get();
        Flops::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "compute", value })
    }

    /// d ln N/d ln C of that optimum, both without embeddings: what a fit over a short range would call the exponent.
    /// β/(α+β) for N → ∞.
    ///
    /// # Errors
    /// As [`optimal_tokens`](Self::optimal_tokens).
    pub fn local_exponent(&self, law: &Chinchilla, without: Params) -> Result<f64, LawError> {
        let (n, root) = (without.get(), self.omega * without.get().cbrt());
        let (total, weighted) = (n + root, n + root / 3.0);
        // ln D = (const + (1+α)·ln N_T − ln(N + ω/3·N^⅓))/β, and d N_T/d ln N = N + ω/3·N^⅓.
        let d_ln_tokens = ((1.0 + law.alpha()) * weighted / total - (n + root / 9.0) / weighted) / law.beta();
        super::formula::finite(FORMULA, "local exponent", 1.0 / (1.0 + d_ln_tokens))
    }
}

fn params(value: f64) -> Result<Params, LawError> {
    Params::new(value).map_err(|_| LawError::Value { law: FORMULA, quantity: "parameters", value })
}

const EXPONENT: Quantity = Quantity::new("local_exponent", None);
const TOTAL: Quantity = Quantity::new("total_params", Some("parameters"));
const COMPUTE: Quantity = Quantity::new("optimal_flops", Some("FLOP"));

/// A law that counts all parameters, read without embeddings: by name, for the catalogue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RecountedLaw {
    pub(crate) count: EmbeddingCount,
    pub(crate) law: Chinchilla,
}

impl Formula for RecountedLaw {
    fn knobs(&self) -> &[Knob] {
        const { &[Knob::PARAMS] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[TOTAL, COMPUTE, EXPONENT] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let params = knobs.params(FORMULA)?;
        let (total, compute) = (self.count.total(params)?, self.count.optimal_compute(&self.law, params)?);
        Ok(vec![total.get(), compute.get(), self.count.local_exponent(&self.law, params)?])
    }
}

const ALL: Knob = Knob::new("total_params", "N_T", Some("parameters"), "size of the model, embeddings counted");
const WITHOUT: Quantity = Quantity::new("params", Some("parameters"));
const SHARE: Quantity = Quantity::new("embedding_share", None);

/// N from N_T: by name, for the catalogue.
impl Formula for EmbeddingCount {
    fn knobs(&self) -> &[Knob] {
        const { &[ALL] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[WITHOUT, SHARE] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let total = params(knobs.positive(FORMULA, ALL)?)?;
        let without = self.without_embeddings(total)?;
        Ok(vec![without.get(), 1.0 - without / total])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_exponent_is_the_slope_of_the_optimum() {
        let law = Chinchilla::new(1.6934, 406.4, 410.7, 0.3392, 0.2849).unwrap();
        let count = EmbeddingCount::PEARCE_2024;
        for n in [1e3, 1e6, 1e9, 1e15] {
            let ln_c = |n: f64| count.optimal_compute(&law, Params::known(n)).unwrap().ln();
            let numeric = 2e-4 / (ln_c(n * 1e-4f64.exp()) - ln_c(n * (-1e-4f64).exp()));
            let exponent = count.local_exponent(&law, Params::known(n)).unwrap();
            assert!((exponent - numeric).abs() < 1e-6, "{n}: {exponent} {numeric}");
        }
        // Far above the embeddings it is the exponent of the law.
        let limit = count.local_exponent(&law, Params::known(1e18)).unwrap();
        assert!((limit - law.exponent_params()).abs() < 1e-4);
        assert_eq!(EmbeddingCount::new(0.0).unwrap().total(Params::known(5.0)).unwrap(), Params::known(5.0));
    }
}
