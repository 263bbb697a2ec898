use super::routed::EXPERTS;
use super::saturation::ln_saturated;
use crate::error::LawError;
use crate::laws::family::{Inputs, family, loss_point};
use crate::laws::knob::check;
use crate::laws::{Bound, Chinchilla, Knob, Knobs, LossPoint, SlicedLaw};
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// A mixture of experts with its active parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpertRun {
    /// N_act, parameters used for each token, embeddings included.
    pub active_params: Params,
    /// D.
    pub tokens: Tokens,
    /// E, experts; one for a dense model.
    pub experts: f64,
}

impl Inputs<3> for ExpertRun {
    fn numbers(&self) -> [f64; 3] {
        [self.active_params.ln(), self.tokens.ln(), self.experts]
    }
}

family! {
    /// Mixtures of experts over active parameters, tokens and experts (Ludziejewski 2025):
    ///
    /// ```text
    /// L(N_act, D, E) = a·Ê^δ·N_act^(α + γ·ln Ê) + b·Ê^ω·D^(β + ζ·ln Ê) + c
    /// ```
    ///
    /// Ê as in Clark 2022, between E_start and E_max. The exponents of N and D carry their sign: α, β < 0. With the
    /// number of experts set it is exactly a [`Chinchilla`] law of (N_act, D), on C = 6·N_act·D
    /// ([`with_experts`](Self::with_experts)).
    ///
    /// ```
    /// use scaling_laws::{allocate, published, Flops};
    /// let eight = published::LUDZIEJEWSKI_2025.with_experts(8.0)?;
    /// let split = allocate(&eight, Flops::new(1e20)?)?;
    /// assert!((split.tokens().get() / 17.0e9 - 1.0).abs() < 0.012); // Table 1
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law JointExperts = "a Ehat^delta N_act^(alpha + gamma ln Ehat) + b Ehat^omega D^(beta + zeta ln Ehat) + c, \
        1/Ehat = 1/(E - 1 + (1/E_start - 1/E_max)^-1) + 1/E_max";
    /// The family of [`JointExperts`] laws: coefficients a, alpha, delta, gamma, b, beta, omega, zeta, E_start, E_max, c;
    /// input [`ExpertRun`].
    form JointExpertsForm of ExpertRun, 3 numbers;
    linear [0, 4, 10];
    coefficients 11 {
        "a": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::FREE, search Bound::between(-1.0, -0.02);
        "delta": Bound::FREE, search Bound::between(-1.0, 1.0);
        "gamma": Bound::FREE, search Bound::between(-0.1, 0.1);
        "b": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "beta": Bound::FREE, search Bound::between(-1.0, -0.02);
        "omega": Bound::FREE, search Bound::between(-1.0, 1.0);
        "zeta": Bound::FREE, search Bound::between(-0.1, 0.1);
        "E_start": Bound::NONNEGATIVE, search Bound::between(1.0, 8.0);
        "E_max": Bound::NONNEGATIVE, search Bound::between(20.0, 2000.0);
        "c": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
    }
}

impl JointExperts {
    fn formula<T: Real>(k: &[T; 11], &[n, d, experts]: &[T; 3]) -> T {
        let &[a, alpha, delta, gamma, b, beta, omega, zeta, start, most, c] = k;
        let e = ln_saturated(experts, start, most);
        a * (delta * e + (alpha + gamma * e) * n).exp() + b * (omega * e + (beta + zeta * e) * d).exp() + c
    }

    /// The law of (N_act, D) with this many experts: A = a·Ê^δ, exponent −(α + γ ln Ê), B = b·Ê^ω, exponent −(β + ζ ln Ê).
    ///
    /// # Errors
    /// [`LawError::Knob`] for fewer than one expert; [`LawError::Coefficient`] where an exponent changes its sign.
    pub fn with_experts(&self, experts: f64) -> Result<Chinchilla, LawError> {
        check(Self::FORMULA, EXPERTS.name, experts, 1.0, 1e9, "one or more")?;
        let [a, alpha, delta, gamma, b, beta, omega, zeta, start, most, c] = self.c;
        let e = ln_saturated(experts, start, most);
        let (by_size, by_data) = (a * (delta * e).exp(), b * (omega * e).exp());
        let law = Chinchilla::new(c, by_size, by_data, -(alpha + gamma * e), -(beta + zeta * e))?;
        Ok(law.with_conventions(self.conventions).with_domain(self.domain))
    }
}

impl SlicedLaw for JointExperts {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = f64;

    fn point(&self, experts: &f64, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, Real::of(*experts)]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, EXPERTS] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<f64, LawError> {
        knobs.within(Self::FORMULA, EXPERTS, 1.0, 1e9, "one or more")
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

/// The slice of [`SlicedLaw`] and the exact Chinchilla law are one.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{LossModel, Slice};

    #[test]
    fn with_the_experts_set_it_is_a_chinchilla_law() {
        let law = JointExperts::new([
            35.91, -0.1889, -0.2285, 0.0098, 35.98, -0.1775, 0.5529, -0.0259, 2.0732, 290.4521, 1.3637,
        ])
        .unwrap();
        for experts in [1.0, 8.0, 32.0] {
            let (slice, exact) = (Slice::new(law, experts), law.with_experts(experts).unwrap());
            let (here, there) = (slice.at(21.0, 24.0), exact.at(21.0, 24.0));
            assert!((here.loss - there.loss).abs() < 1e-12, "{here:?} {there:?}");
            assert!((here.d_ln_params - there.d_ln_params).abs() < 1e-12);
            assert!((here.d_ln_tokens - there.d_ln_tokens).abs() < 1e-12);
        }
        assert!(law.with_experts(0.5).is_err());
    }
}
