use crate::error::LawError;
use crate::laws::family::{Inputs, family, loss_point, term};
use crate::laws::{Bound, Knob, Knobs, LossPoint, Slice, SlicedLaw, knob};
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Params, Tokens};

/// A sparse run: a share of experts, or of weights, that is idle or zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseRun {
    /// N, as the law counts it.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// S, from zero to below one.
    pub sparsity: f64,
}

impl Inputs<3> for SparseRun {
    fn numbers(&self) -> [f64; 3] {
        [self.params.ln(), self.tokens.ln(), (-self.sparsity).ln_1p()]
    }
}

family! {
    /// Optimal sparsity of mixtures of experts (Abnar 2025):
    ///
    /// ```text
    /// L(N, D, S) = a/N^α + b/D^β + c/(1−S)^λ + d/((1−S)^δ·N^γ) + e
    /// ```
    ///
    /// N: all parameters. S = (E − K)/E: share of the E experts that are idle when K are used for a token. λ < 0, so that
    /// the third term falls with S and the fourth grows. e: nats per token.
    ///
    /// ```
    /// use scaling_laws::{published, LossModel, Params, Tokens};
    /// let dense = published::ABNAR_2025.with_sparsity(0.0)?;
    /// let loss = dense.loss(Params::billions(1.0)?, Tokens::billions(20.0)?)?;
    /// assert!((loss.get() - 2.5656813083550216).abs() < 1e-9);
    /// assert!(published::ABNAR_2025.with_sparsity(1.0).is_err());
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Sparsity = "a/N^alpha + b/D^beta + c/(1-S)^lambda + d/((1-S)^delta N^gamma) + e";
    /// The family of [`Sparsity`] laws: coefficients a, b, c, d, e, alpha, beta, lambda, delta, gamma; input [`SparseRun`].
    form SparsityForm of SparseRun, 3 numbers;
    linear [0, 1, 2, 3, 4];
    coefficients 10 {
        "a": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "b": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "c": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "d": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "e": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "lambda": Bound::FREE, search Bound::between(-1.0, 1.0);
        "delta": Bound::FREE, search Bound::between(-1.0, 1.0);
        "gamma": Bound::NONNEGATIVE, search Bound::between(0.02, 1.0);
    }
}

impl Sparsity {
    fn formula<T: Real>(k: &[T; 10], &[n, d, ln_dense]: &[T; 3]) -> T {
        let &[a, b, c, cross, e, alpha, beta, lambda, delta, gamma] = k;
        term(a, alpha, n)
            + term(b, beta, d)
            + term(c, lambda, ln_dense)
            + cross * (-delta * ln_dense - gamma * n).exp()
            + e
    }

    /// N_act/N = 3·(1 − S)/(3 − S), the active share of the parameters in blocks of the usual proportions: a third of the
    /// active parameters attention, two thirds experts in use. C is this share of 6ND.
    pub fn active_share(sparsity: f64) -> f64 {
        3.0 * (1.0 - sparsity) / (3.0 - sparsity)
    }

    /// The loss of N and D at this sparsity.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless S is at least zero and below one.
    pub fn with_sparsity(self, sparsity: f64) -> Result<Slice<Self>, LawError> {
        Ok(Slice::new(self, checked_sparsity(Self::FORMULA, sparsity)?))
    }
}

pub(in crate::laws) const SPARSITY: Knob =
    Knob::new("sparsity", "S", None, "share that is idle or zero, at least 0 and below 1");

pub(in crate::laws) fn checked_sparsity(law: &'static str, sparsity: f64) -> Result<f64, LawError> {
    knob::check(law, SPARSITY.name, sparsity, 0.0, 1.0 - f64::EPSILON, "at least 0 and below 1")
}

impl SlicedLaw for Sparsity {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = f64;

    fn point(&self, sparsity: &f64, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, Real::of((-sparsity).ln_1p())]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, SPARSITY] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<f64, LawError> {
        checked_sparsity(Self::FORMULA, knobs.value(Self::FORMULA, SPARSITY)?)
    }
    fn costs_six_nd(&self, sparsity: &f64) -> bool {
        *sparsity == 0.0
    }
    fn cost_factor(&self, sparsity: &f64) -> Option<f64> {
        Some(Self::active_share(*sparsity))
    }
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
}
