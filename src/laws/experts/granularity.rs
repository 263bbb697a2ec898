use crate::error::LawError;
use crate::laws::family::{Inputs, family, loss_point};
use crate::laws::knob::{POSITIVE, check};
use crate::laws::{Bound, Chinchilla, Knob, Knobs, LossPoint, Slice, SlicedLaw};
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Flops, Nats, Params, Tokens};

/// A mixture of fine-grained experts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GranularRun {
    /// N, all parameters without embeddings, idle experts included.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// G, how many times smaller an expert is than the dense feed-forward layer.
    pub granularity: f64,
}

impl Inputs<3> for GranularRun {
    fn numbers(&self) -> [f64; 3] {
        [self.params.ln(), self.tokens.ln(), self.granularity.ln()]
    }
}

family! {
    /// Fine-grained mixtures of experts (Krajewski 2024):
    ///
    /// ```text
    /// L(N, D, G) = c + (g/G^γ + a)/N^α + b/D^β
    /// ```
    ///
    /// N: all parameters without embeddings, idle experts included. G: granularity, the size of the dense feed-forward
    /// layer over that of one expert. c: nats per token; a, b, g: nats. At a fixed G it is a Chinchilla law in N and D
    /// ([`with_granularity`](Self::with_granularity)), but its compute is not 6ND:
    /// [`training_flops`](Self::training_flops).
    ///
    /// ```
    /// use scaling_laws::{published, LossModel, Params, Tokens};
    /// let law = published::KRAJEWSKI_2024.with_granularity(16.0)?;
    /// let loss = law.loss(Params::billions(43.0)?, Tokens::billions(28.94)?)?;
    /// assert!((loss.get() / 2.491 - 1.0).abs() < 0.011); // Table 2, 64 x 1B
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Granularity = "c + (g/G^gamma + a)/N^alpha + b/D^beta";
    /// The family of [`Granularity`] laws: coefficients c, a, alpha, b, beta, g, gamma; input [`GranularRun`].
    form GranularityForm of GranularRun, 3 numbers;
    linear [0, 1, 3, 5];
    coefficients 7 {
        "c": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "a": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
        "b": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "beta": Bound::NONNEGATIVE, search Bound::between(0.02, 1.5);
        "g": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "gamma": Bound::NONNEGATIVE, search Bound::between(0.05, 3.0);
    }
}

impl Granularity {
    fn formula<T: Real>(&[c, a, alpha, b, beta, g, gamma]: &[T; 7], &[n, d, ln_g]: &[T; 3]) -> T {
        let size = g * (-gamma * ln_g - alpha * n).exp() + a * (-alpha * n).exp();
        c + size + b * (-beta * d).exp()
    }

    /// The loss of N and D at this granularity.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless G is above zero.
    pub fn with_granularity(self, granularity: f64) -> Result<Slice<Self>, LawError> {
        check(Self::FORMULA, GRANULARITY.name, granularity, f64::MIN_POSITIVE, f64::MAX, POSITIVE)?;
        Ok(Slice::new(self, granularity))
    }

    /// The same law at this granularity as a [`Chinchilla`], with A = a + g/G^γ.
    ///
    /// # Errors
    /// As [`with_granularity`](Self::with_granularity); [`LawError::Coefficient`] where an exponent is zero.
    pub fn chinchilla(&self, granularity: f64) -> Result<Chinchilla, LawError> {
        self.with_granularity(granularity)?;
        let [c, a, alpha, b, beta, g, gamma] = self.c;
        let law = Chinchilla::new(c, a + g * granularity.powf(-gamma), b, alpha, beta)?;
        Ok(law.with_conventions(self.conventions).with_domain(self.domain))
    }

    /// Training compute of the paper's models (its appendix on FLOPs, c_f = 6, c_r = 14):
    ///
    /// ```text
    /// F = (12·d²·c_f + d·E·G·c_r)·D·n_blocks,   d = 64·n_blocks, N_active = 12·d²·n_blocks
    /// ```
    ///
    /// The second term is routing: it grows with the experts and their granularity. E is the expansion rate, 64 in the paper.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn training_flops(active: Params, tokens: Tokens, granularity: f64, expansion: f64) -> Result<Flops, LawError> {
        const WIDTH_PER_BLOCK: f64 = 64.0;
        const FEED_FORWARD: f64 = 6.0;
        const ROUTING: f64 = 14.0;
        let blocks = (active.get() / (12.0 * WIDTH_PER_BLOCK * WIDTH_PER_BLOCK)).cbrt();
        let width = WIDTH_PER_BLOCK * blocks;
        let a_token = 12.0 * width * width * FEED_FORWARD + width * expansion * granularity * ROUTING;
        let value = a_token * tokens.get() * blocks;
        Flops::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "training compute", value })
    }
}

pub(in crate::laws) const GRANULARITY: Knob =
    Knob::new("granularity", "G", None, "size of the dense feed-forward layer over that of one expert");

impl SlicedLaw for Granularity {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = f64;

    fn point(&self, granularity: &f64, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, Real::of(granularity.ln())]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, GRANULARITY] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<f64, LawError> {
        knobs.positive(Self::FORMULA, GRANULARITY)
    }
    fn costs_six_nd(&self, _: &f64) -> bool {
        false
    }
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
    fn irreducible(&self, _: &f64) -> Option<Nats> {
        Nats::new(self.c[0]).ok()
    }
}
