use super::family::{Inputs, family, loss_point, term};
use super::{Bound, Chinchilla, Knob, Knobs, LossModel, LossPoint, Slice, SlicedLaw};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::math::root::brent;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// Bits of the parts of a model; infinite for full precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bits {
    /// P_w: weights in training.
    pub weights: f64,
    /// P_a: activations in training.
    pub activations: f64,
    /// P_kv: keys and values in training.
    pub cache: f64,
    /// P_post: weights after training (post-training quantisation).
    pub post_training: f64,
}

impl Bits {
    /// Nothing quantised.
    pub const FULL: Self =
        Self { weights: f64::INFINITY, activations: f64::INFINITY, cache: f64::INFINITY, post_training: f64::INFINITY };

    /// Weights, activations and cache trained with the same number of bits.
    pub fn training(bits: f64) -> Self {
        Self { weights: bits, activations: bits, cache: bits, ..Self::FULL }
    }

    /// Bits from which on a FLOP counts in full.
    pub(crate) const FULL_COST: f64 = 16.0;

    /// P, the widest of weights, activations and cache in training, which sets what a FLOP costs.
    pub fn widest(&self) -> f64 {
        self.weights.max(self.activations).max(self.cache)
    }

    /// From here on e^(−P/γ) is zero for every γ of use; ∞/γ has no derivative.
    fn numbers(&self) -> [f64; 4] {
        [self.weights, self.activations, self.cache, self.post_training].map(|bits| bits.min(1e6))
    }

    fn check(self) -> Result<Self, LawError> {
        for (name, value) in [
            (WEIGHT_BITS.name, self.weights),
            (ACTIVATION_BITS.name, self.activations),
            (CACHE_BITS.name, self.cache),
            (POST_BITS.name, self.post_training),
        ] {
            super::knob::check(
                Precision::FORMULA,
                name,
                value,
                f64::MIN_POSITIVE,
                f64::INFINITY,
                "bits above zero, or infinite",
            )?;
        }
        Ok(self)
    }
}

/// A run with its number formats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantizedRun {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// Bits of its parts.
    pub bits: Bits,
}

impl Inputs<6> for QuantizedRun {
    fn numbers(&self) -> [f64; 6] {
        let [w, a, kv, post] = self.bits.numbers();
        [self.params.ln(), self.tokens.ln(), w, a, kv, post]
    }
}

family! {
    /// Loss under low precision in training and after it (Kumar 2024):
    ///
    /// ```text
    /// L = E + A/N_eff^α + B/D^β + δ_PTQ
    /// N_eff = N·(1 − e^(−P_w/γ_w))·(1 − e^(−P_a/γ_a))·(1 − e^(−P_kv/γ_kv))
    /// δ_PTQ = C_T·(D^γ_D/N^γ_N)·e^(−P_post/γ_post)
    /// ```
    ///
    /// P: bits of weights, activations, keys and values in training, and of the weights afterwards ([`Bits`]). γ in bits.
    /// δ_PTQ grows with D: a longer trained model loses more when it is quantised afterwards. Training compute is
    /// proportional to N·D·P ([`compute_factor`](Self::compute_factor)).
    ///
    /// ```
    /// use scaling_laws::{laws::Bits, published, LossModel, Params, Tokens};
    /// let (n, d) = (Params::millions(100.0)?, Tokens::billions(2.0)?);
    /// let full = published::KUMAR_2024.with_bits(Bits::FULL)?.loss(n, d)?;
    /// assert!((full.get() - 3.658597284878364).abs() < 1e-9);
    /// let four = published::KUMAR_2024.with_bits(Bits { weights: 4.0, ..Bits::FULL })?.loss(n, d)?;
    /// assert!(four > full);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Precision = "E + A/N_eff^alpha + B/D^beta + C_T (D^gamma_D/N^gamma_N) e^(-P_post/gamma_post), \
        N_eff = N (1 - e^(-P_w/gamma_w)) (1 - e^(-P_a/gamma_a)) (1 - e^(-P_kv/gamma_kv))";
    /// The family of [`Precision`] laws; input [`QuantizedRun`]. Fix what the runs do not vary: without runs quantised
    /// after training, C_T, gamma_D, gamma_N and gamma_post have no effect.
    form PrecisionForm of QuantizedRun, 6 numbers;
    linear [0, 2, 8];
    coefficients 12 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A": Bound::NONNEGATIVE, search Bound::between(1.0, 1e7);
        "B": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "gamma_w": Bound::NONNEGATIVE, search Bound::between(0.3, 8.0);
        "gamma_a": Bound::NONNEGATIVE, search Bound::between(0.3, 8.0);
        "gamma_kv": Bound::NONNEGATIVE, search Bound::between(0.3, 8.0);
        "C_T": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "gamma_D": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "gamma_N": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "gamma_post": Bound::NONNEGATIVE, search Bound::between(0.1, 4.0);
    }
}

impl Precision {
    fn formula<T: Real>(c: &[T; 12], &[n, d, w, act, kv, post]: &[T; 6]) -> T {
        let &[e, a, b, alpha, beta, gamma_w, gamma_a, gamma_kv, c_t, gamma_d, gamma_n, gamma_post] = c;
        // ln(1 − e^(−P/γ))
        let kept = |bits: T, gamma: T| (-(-(bits / gamma)).exp_m1()).ln();
        let ln_effective = n + kept(w, gamma_w) + kept(act, gamma_a) + kept(kv, gamma_kv);
        let after = c_t * (gamma_d * d - gamma_n * n - post / gamma_post).exp();
        e + term(a, alpha, ln_effective) + term(b, beta, d) + after
    }

    /// The loss of N and D with these bits.
    ///
    /// # Errors
    /// [`LawError::Knob`] unless all bits are above zero.
    pub fn with_bits(self, bits: Bits) -> Result<Slice<Self>, LawError> {
        Ok(Slice::new(self, bits.check()?))
    }

    /// What number formats do by this law, over another law of N and D: the E, A, B, α and β of that one with the γ and C_T of
    /// this one.
    ///
    /// N_eff/N is a ratio and may be carried over; δ_PTQ is in nats of this law's data and is carried over with more doubt.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] as for a new law.
    ///
    /// ```
    /// use scaling_laws::{choose_bits, laws::Bits, published::{BESIROGLU_2024, KUMAR_2024}, Constraints, Flops, LossModel};
    /// let law = KUMAR_2024.over(&BESIROGLU_2024)?;
    /// let budget = Flops::new(1e21)?;
    /// let best = choose_bits(&law, &Constraints::new().budget(budget), &[3.0, 4.0, 8.0, 16.0].map(Bits::training))?;
    /// assert_eq!(best[0].setting.weights, 4.0);
    /// // In full precision it is the other law.
    /// let full = law.with_bits(Bits::FULL)?.loss("1B".parse()?, "20B".parse()?)?;
    /// assert!((full.get() - BESIROGLU_2024.loss("1B".parse()?, "20B".parse()?)?.get()).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn over(&self, law: &Chinchilla) -> Result<Self, LawError> {
        let mut c = self.c;
        for (own, other) in c.iter_mut().zip(law.coefficients()) {
            *own = other;
        }
        Ok(Self::new(c)?.with_conventions(law.conventions()).with_domain(law.domain()))
    }

    /// N_eff/N: the share of the parameters that is left with these bits in training.
    pub fn effective_share(&self, bits: Bits) -> f64 {
        let [w, a, kv, _] = bits.numbers();
        let [_, _, _, _, _, gamma_w, gamma_a, gamma_kv, ..] = self.c;
        [w / gamma_w, a / gamma_a, kv / gamma_kv].iter().map(|ratio| -(-ratio).exp_m1()).product()
    }

    /// δ_PTQ: nats lost by quantising to so many bits after training.
    pub fn post_training_loss(&self, params: Params, tokens: Tokens, bits: f64) -> f64 {
        let [.., c_t, gamma_d, gamma_n, gamma_post] = self.c;
        c_t * (gamma_d * tokens.ln() - gamma_n * params.ln() - bits / gamma_post).exp()
    }

    /// D from which on more tokens make the model worse once it is quantised to so many bits, where ∂L/∂D = 0:
    ///
    /// ```text
    /// D* = [β·B·N^γ_N·e^(P_post/γ_post)/(γ_D·C_T)]^(1/(β + γ_D))
    /// ```
    ///
    /// # Errors
    /// [`LawError::Knob`] for bits that are not above zero; [`LawError::Value`] where there are no such tokens.
    pub fn critical_tokens(&self, params: Params, post_bits: f64) -> Result<Tokens, LawError> {
        Bits { post_training: post_bits, ..Bits::FULL }.check()?;
        let [_, _, b, _, beta, _, _, _, c_t, gamma_d, gamma_n, gamma_post] = self.c;
        let ln_ratio = (beta * b / (gamma_d * c_t)).ln() + gamma_n * params.ln() + post_bits / gamma_post;
        let value = (ln_ratio / (beta + gamma_d)).exp();
        Tokens::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "critical tokens", value })
    }

    /// The fewest bits after training at which quantising costs no more than so many nats:
    /// P = γ_post·ln(C_T·D^γ_D/(N^γ_N·δ)), or zero where none cost so much.
    ///
    /// # Errors
    /// [`LawError::Value`] unless the loss is finite and above zero.
    pub fn post_bits_for(&self, params: Params, tokens: Tokens, most_loss: f64) -> Result<f64, LawError> {
        let [.., c_t, gamma_d, gamma_n, gamma_post] = self.c;
        let value = gamma_post * ((c_t / most_loss).ln() + gamma_d * tokens.ln() - gamma_n * params.ln());
        if value.is_finite() {
            return Ok(value.max(0.0));
        }
        Err(LawError::Value { law: Self::FORMULA, quantity: "bits after training", value })
    }

    /// Training compute relative to 16 bits, P/16: C = 6·N·D·P/16.
    pub fn compute_factor(bits: f64) -> f64 {
        bits / 16.0
    }

    /// The bits P* that make the best of a training budget when weights, activations and cache share one format: N_eff/P
    /// is greatest, Σ u/(e^u − 1) = 1 with u = P*/γ. Independent of the budget.
    ///
    /// With Table 2 of Kumar 2024 this is 3.5 bits, and 5.1 if γ_w stood for all three; the paper states 7 to 8, which its
    /// own constants do not give.
    pub fn optimal_training_bits(&self) -> Option<f64> {
        let [_, _, _, _, _, gamma_w, gamma_a, gamma_kv, ..] = self.c;
        let gain = |bits: f64| [gamma_w, gamma_a, gamma_kv].iter().map(|g| bits / g / (bits / g).exp_m1()).sum::<f64>();
        brent(|ln_bits| gain(ln_bits.exp()) - 1.0, -20.0, 20.0).map(f64::exp)
    }
}

impl Precision {
    pub(super) fn read_bits(knobs: &Knobs) -> Result<Bits, LawError> {
        let bits = |knob| knobs.value(Self::FORMULA, knob);
        Bits {
            weights: bits(WEIGHT_BITS)?,
            activations: bits(ACTIVATION_BITS)?,
            cache: bits(CACHE_BITS)?,
            post_training: bits(POST_BITS)?,
        }
        .check()
    }
}

const UNLIMITED: f64 = f64::INFINITY;
const BITS: Option<&str> = Some("bits");
pub(super) const WEIGHT_BITS: Knob =
    Knob::new("weight_bits", "P_w", BITS, "bits of the weights in training; full precision if not given").or(UNLIMITED);
pub(super) const ACTIVATION_BITS: Knob =
    Knob::new("activation_bits", "P_a", BITS, "bits of the activations in training; full precision if not given")
        .or(UNLIMITED);
pub(super) const CACHE_BITS: Knob =
    Knob::new("cache_bits", "P_kv", BITS, "bits of keys and values in training; full precision if not given")
        .or(UNLIMITED);
pub(super) const POST_BITS: Knob =
    Knob::new("post_bits", "P_post", BITS, "bits of the weights after training; full precision if not given")
        .or(UNLIMITED);

impl SlicedLaw for Precision {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = Bits;

    fn point(&self, bits: &Bits, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        let [w, a, kv, post] = bits.numbers().map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, w, a, kv, post]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, WEIGHT_BITS, ACTIVATION_BITS, CACHE_BITS, POST_BITS] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<Bits, LawError> {
        Self::read_bits(knobs)
    }
    fn costs_six_nd(&self, bits: &Bits) -> bool {
        bits.widest() >= Bits::FULL_COST
    }
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
    /// None with quantisation after training, whose loss grows with D.
    fn irreducible(&self, bits: &Bits) -> Option<Nats> {
        if bits.post_training.is_infinite() { Nats::new(self.c[0]).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_one_gamma_the_best_bits_solve_the_closed_form_of_the_paper() {
        let law = |gammas: [f64; 3]| {
            let [w, a, kv] = gammas;
            Precision::new([2.76, 4299.0, 18060.0, 0.5, 0.5, w, a, kv, 0.06, 0.5, 0.34, 0.59]).unwrap()
        };
        let bits = law([2.6745; 3]).optimal_training_bits().unwrap();
        let u = bits / 2.6745;
        assert!((3.0 * u * (-u).exp() - (1.0 - (-u).exp())).abs() < 1e-12, "{bits}");
        // The best of a fixed N·P.
        let unequal = law([2.6745, 2.2102, 0.9578]);
        let best = unequal.optimal_training_bits().unwrap();
        let worth = |bits: f64| unequal.effective_share(Bits::training(bits)) / bits;
        assert!(worth(best) > worth(1.01 * best) && worth(best) > worth(0.99 * best));
    }
}
