use super::sparsity::{SPARSITY, SparseRun, checked_sparsity};
use crate::error::LawError;
use crate::laws::family::{family, loss_point};
use crate::laws::{Bound, Knob, Knobs, LossPoint, Slice, SlicedLaw};
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Nats};

family! {
    /// Loss of models with weights that are zero (Frantar 2023):
    ///
    /// ```text
    /// L(S, N, D) = (a_S·(1−S)^b_S + c_S)·(1/N)^b_N + (a_D/D)^b_D + c
    /// ```
    ///
    /// N: parameters that are not zero. S: share of the weights that are zero. D: tokens or images. c: nats.
    ///
    /// ```
    /// use scaling_laws::{published, LossModel, Params, Tokens};
    /// let law = published::FRANTAR_2023_T5.with_sparsity(0.75)?;
    /// let loss = law.loss(Params::millions(80.0)?, Tokens::billions(100.0)?)?;
    /// assert!((loss.get() - 1.607806038039288).abs() < 1e-9);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law WeightSparsity = "(a_S (1-S)^b_S + c_S) (1/N)^b_N + (a_D/D)^b_D + c";
    /// The family of [`WeightSparsity`] laws: coefficients a_S, b_S, c_S, b_N, a_D, b_D, c; input [`SparseRun`].
    form WeightSparsityForm of SparseRun, 3 numbers;
    linear [0, 2, 6];
    coefficients 7 {
        "a_S": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "b_S": Bound::NONNEGATIVE, search Bound::between(0.05, 3.0);
        "c_S": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "b_N": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
        "a_D": Bound::NONNEGATIVE, search Bound::between(1e3, 1e13);
        "b_D": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
        "c": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
    }
}

impl WeightSparsity {
    fn formula<T: Real>(&[a_s, b_s, c_s, b_n, a_d, b_d, c]: &[T; 7], &[n, d, ln_dense]: &[T; 3]) -> T {
        (a_s * (b_s * ln_dense).exp() + c_s) * (-b_n * n).exp() + (b_d * (a_d.ln() - d)).exp() + c
    }

    /// The loss of N and D at this sparsity.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless S is at least zero and below one.
    pub fn with_sparsity(self, sparsity: f64) -> Result<Slice<Self>, LawError> {
        Ok(Slice::new(self, checked_sparsity(Self::FORMULA, sparsity)?))
    }
}

impl SlicedLaw for WeightSparsity {
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
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
    fn irreducible(&self, _: &f64) -> Option<Nats> {
        let [.., c] = self.c;
        Nats::new(c).ok()
    }
}
