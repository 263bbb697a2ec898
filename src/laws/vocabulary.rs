use super::family::{Inputs, family};
use super::formula::finite;
use super::{Bound, Formula, Knob, Knobs, Quantity};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::math::root::brent;
use crate::units::{Flops, Params, Tokens};

/// A model with its vocabulary apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VocabularyRun {
    /// N_nv, parameters outside of the vocabulary.
    pub other_params: Params,
    /// N_v = V·d, parameters of the vocabulary.
    pub vocabulary_params: Params,
    /// D.
    pub tokens: Tokens,
}

impl Inputs<3> for VocabularyRun {
    fn numbers(&self) -> [f64; 3] {
        [
            (self.other_params.get() / MILLION).ln(),
            (self.vocabulary_params.get() / MILLION).ln(),
            (self.tokens.get() / BILLION).ln(),
        ]
    }
}

const MILLION: f64 = 1e6;
const BILLION: f64 = 1e9;

family! {
    /// Loss with the vocabulary as a size of its own (Tao 2024, approach 3):
    ///
    /// ```text
    /// L_u = −E + A₁/N_nv^α₁ + A₂/N_v^α₂ + B/D^β
    /// ```
    ///
    /// L_u: unigram-normalised loss, the loss less that of a unigram model with the same vocabulary, so that
    /// vocabularies compare; it is negative. N_nv, N_v: parameters outside of and in the vocabulary, in millions; D:
    /// tokens, in billions. It is no loss in nats per token, hence no `LossModel`.
    ///
    /// ```
    /// use scaling_laws::{laws::VocabularyRun, published, Params, Tokens};
    /// let run = VocabularyRun {
    ///     other_params: Params::billions(3.0)?,
    ///     vocabulary_params: Params::millions(200.0)?,
    ///     tokens: Tokens::billions(100.0)?,
    /// };
    /// assert!((published::TAO_2024.unigram_normalized_loss(run)? + 5.2042870829379515).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Vocabulary = "L_u = -E + A1/N_nv^alpha1 + A2/N_v^alpha2 + B/D^beta, N in millions, D in billions";
    /// The family of [`Vocabulary`] laws: coefficients E, A1, A2, B, alpha1, alpha2, beta; input [`VocabularyRun`]. Its values
    /// are negative: fit raw residuals.
    form VocabularyForm of VocabularyRun, 3 numbers;
    linear [0, 1, 2, 3];
    coefficients 7 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A1": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A2": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "B": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha1": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "alpha2": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
    }
}

impl Vocabulary {
    fn formula<T: Real>(&[e, a1, a2, b, alpha1, alpha2, beta]: &[T; 7], &[other, vocabulary, d]: &[T; 3]) -> T {
        a1 * (-alpha1 * other).exp() + a2 * (-alpha2 * vocabulary).exp() + b * (-beta * d).exp() - e
    }

    /// L_u of a run.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn unigram_normalized_loss(&self, run: VocabularyRun) -> Result<f64, LawError> {
        finite(Self::FORMULA, UNIGRAM_NORMALIZED_LOSS.name, Self::formula(&self.c, &run.numbers()))
    }

    /// The N_v of least L_u when N_nv and the budget C = 6·(N_nv + N_v)·D are given. V = N_v/d.
    ///
    /// # Errors
    /// [`LawError::Value`] where there is no least between one and N_nv·10⁶ parameters.
    pub fn optimal_vocabulary_params(&self, other: Params, compute: Flops) -> Result<Params, LawError> {
        let [_, _, a2, b, _, alpha2, beta] = self.c;
        // ∂L_u/∂ln N_v on the budget: the vocabulary's own term against the tokens it costs.
        let slope = |ln_vocabulary: f64| {
            let vocabulary = ln_vocabulary.exp();
            let all = other.get() + vocabulary;
            let d = compute.get() / (6.0 * all) / BILLION;
            let gain = alpha2 * a2 * (vocabulary / MILLION).powf(-alpha2);
            beta * b * d.powf(-beta) * vocabulary / all - gain
        };
        let value = brent(slope, 0.0, other.ln() + MILLION.ln()).map_or(f64::NAN, f64::exp);
        Params::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "optimal N_v", value })
    }
}

pub(super) const OTHER: Knob = Knob::new("params", "N_nv", Some("parameters"), "parameters outside of the vocabulary");
pub(super) const VOCABULARY: Knob =
    Knob::new("vocabulary_params", "N_v", Some("parameters"), "parameters of the vocabulary, V d");
pub(super) const UNIGRAM_NORMALIZED_LOSS: Quantity = Quantity::new("unigram_normalized_loss", Some("nats/token"));

impl Formula for Vocabulary {
    fn knobs(&self) -> &[Knob] {
        const { &[OTHER, Knob::TOKENS, VOCABULARY] }
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[UNIGRAM_NORMALIZED_LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let run = VocabularyRun {
            other_params: knobs.params(Self::FORMULA)?,
            vocabulary_params: Params::known(knobs.positive(Self::FORMULA, VOCABULARY)?),
            tokens: knobs.tokens(Self::FORMULA)?,
        };
        Ok(vec![self.unigram_normalized_loss(run)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_optimal_vocabulary_is_least_on_its_budget() {
        let law = Vocabulary::new([5.53278, 1.83139, 0.195842, 2.12411, 0.446606, 0.670737, 0.446606]).unwrap();
        let (other, compute) = (Params::known(3e9), Flops::known(1e21));
        let best = law.optimal_vocabulary_params(other, compute).unwrap();
        let at = |factor: f64| {
            let vocabulary_params = best.scaled(factor).unwrap();
            let tokens = Tokens::known(compute.get() / (6.0 * (other.get() + vocabulary_params.get())));
            law.unigram_normalized_loss(VocabularyRun { other_params: other, vocabulary_params, tokens }).unwrap()
        };
        assert!(at(1.0) < at(1.02) && at(1.0) < at(0.98), "{best:?}");
    }
}
