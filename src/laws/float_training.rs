use super::family::{Inputs, family, loss_point, term};
use super::{Bits, Bound, Knob, Knobs, LossPoint, Slice, SlicedLaw};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Params, Tokens};

/// A floating-point format of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatFormat {
    /// E, exponent bits.
    pub exponent_bits: f64,
    /// M, mantissa bits.
    pub mantissa_bits: f64,
    /// B, elements that share a scale, above one.
    pub block_size: f64,
}

impl FloatFormat {
    /// P = E + M + 1, the sign included.
    pub fn bits(&self) -> f64 {
        self.exponent_bits + self.mantissa_bits + 1.0
    }

    fn check(self) -> Result<Self, LawError> {
        let law = FloatTraining::FORMULA;
        super::knob::check(law, EXPONENT_BITS.name, self.exponent_bits, 0.0, 1e3, "bits from zero up")?;
        super::knob::check(law, MANTISSA_BITS.name, self.mantissa_bits, 0.0, 1e3, "bits from zero up")?;
        super::knob::check(law, BLOCK_SIZE.name, self.block_size, 1.0, 1e18, "one or more elements")?;
        Ok(self)
    }

    /// E + ½, M + ½ and log₂ B.
    fn numbers(&self) -> [f64; 3] {
        [self.exponent_bits + 0.5, self.mantissa_bits + 0.5, self.block_size.log2()]
    }
}

/// A run trained in a floating-point format.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatRun {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// Its format.
    pub format: FloatFormat,
}

impl Inputs<5> for FloatRun {
    fn numbers(&self) -> [f64; 5] {
        let [e, m, b] = self.format.numbers();
        [self.params.ln(), self.tokens.ln(), e, m, b]
    }
}

family! {
    /// Loss of training in floating-point formats (Sun 2025, the "Capybara" law):
    ///
    /// ```text
    /// L = n/N^α + d/D^β + ε + (D^β/N^α)·log₂B / (γ·(E + ½)^δ·(M + ½)^ν)
    /// ```
    ///
    /// E, M: exponent and mantissa bits. B: elements that share a scale (channel-wise scales behave like log₂ B = 13.16).
    /// n, d: nats; ε: nats per token. The last term grows with D, so that beyond
    /// [`critical_tokens`](Self::critical_tokens) more data makes the model worse.
    ///
    /// ```
    /// use scaling_laws::{laws::FloatFormat, published, LossModel, Params, Tokens};
    /// let e4m3 = FloatFormat { exponent_bits: 4.0, mantissa_bits: 3.0, block_size: 128.0 };
    /// let law = published::SUN_2025.with_format(e4m3)?;
    /// let loss = law.loss(Params::billions(1.0)?, Tokens::billions(100.0)?)?;
    /// assert!((loss.get() - 2.563069911088836).abs() < 1e-9);
    /// let critical = published::SUN_2025.critical_tokens(Params::billions(1.0)?, e4m3)?;
    /// assert!((critical.get() / 27e12 - 1.0).abs() < 0.02); // 27T in the paper
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law FloatTraining = "n/N^alpha + d/D^beta + eps + (D^beta/N^alpha) log2(B)/(gamma (E + 1/2)^delta (M + 1/2)^nu)";
    /// The family of [`FloatTraining`] laws: coefficients n, alpha, d, beta, eps, gamma, delta, nu; input [`FloatRun`].
    form FloatTrainingForm of FloatRun, 5 numbers;
    linear [0, 2, 4];
    coefficients 8 {
        "n": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "d": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "eps": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "gamma": Bound::NONNEGATIVE, search Bound::between(1e1, 1e7);
        "delta": Bound::NONNEGATIVE, search Bound::between(0.3, 6.0);
        "nu": Bound::NONNEGATIVE, search Bound::between(0.3, 6.0);
    }
}

impl FloatTraining {
    fn formula<T: Real>(c: &[T; 8], &[ln_n, ln_d, e, m, log2_b]: &[T; 5]) -> T {
        let &[n, alpha, d, beta, eps, gamma, delta, nu] = c;
        let ln_fineness = gamma.ln() + delta * e.ln() + nu * m.ln();
        let rounding = log2_b * (beta * ln_d - alpha * ln_n - ln_fineness).exp();
        term(n, alpha, ln_n) + term(d, beta, ln_d) + eps + rounding
    }

    /// The loss of N and D in this format.
    ///
    /// # Errors
    /// [`LawError::Knob`] for bits below zero or a block of less than one element.
    pub fn with_format(self, format: FloatFormat) -> Result<Slice<Self>, LawError> {
        Ok(Slice::new(self, format.check()?))
    }

    /// D_crit = [d·γ·N^α·(E+½)^δ·(M+½)^ν/log₂B]^(1/(2β)): tokens from which on more of them raise the loss.
    ///
    /// # Errors
    /// [`LawError::Knob`] as [`with_format`](Self::with_format); [`LawError::Value`] where there are no such tokens,
    /// as with blocks of one element.
    pub fn critical_tokens(&self, params: Params, format: FloatFormat) -> Result<Tokens, LawError> {
        let [_, alpha, d, beta, _, gamma, delta, nu] = self.c;
        let [e, m, log2_b] = format.check()?.numbers();
        let ln_square = (d * gamma).ln() + alpha * params.ln() + delta * e.ln() + nu * m.ln() - log2_b.ln();
        let value = (ln_square / (2.0 * beta)).exp();
        Tokens::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "critical tokens", value })
    }

    /// The best format of so many bits, one of them the sign, among whole numbers of exponent and mantissa bits.
    ///
    /// # Errors
    /// [`LawError::Knob`] for fewer than two bits, more than 64, or a block of less than one element.
    ///
    /// ```
    /// use scaling_laws::published::SUN_2025;
    /// // E2M1, E4M3 and E8M7, as in the paper.
    /// for (bits, exponent, mantissa) in [(4, 2.0, 1.0), (8, 4.0, 3.0), (16, 8.0, 7.0)] {
    ///     let best = SUN_2025.best_format(bits, 128.0)?;
    ///     assert_eq!((best.exponent_bits, best.mantissa_bits), (exponent, mantissa));
    /// }
    /// # Ok::<(), scaling_laws::LawError>(())
    /// ```
    pub fn best_format(&self, bits: u32, block_size: f64) -> Result<FloatFormat, LawError> {
        super::knob::check(Self::FORMULA, "bits", f64::from(bits), 2.0, 64.0, "from 2 to 64")?;
        let [.., delta, nu] = self.c;
        let fineness = |e: u32| {
            let (exponent, mantissa) = (f64::from(e), f64::from(bits - 1 - e));
            delta * (exponent + 0.5).ln() + nu * (mantissa + 0.5).ln()
        };
        let exponent = (0..bits).max_by(|a, b| fineness(*a).total_cmp(&fineness(*b))).unwrap_or(0);
        let (exponent_bits, mantissa_bits) = (f64::from(exponent), f64::from(bits - 1 - exponent));
        FloatFormat { exponent_bits, mantissa_bits, block_size }.check()
    }

    /// M_opt = ν·P/(δ+ν) − ½: the best number of mantissa bits among P bits of which one is the sign. Round it.
    pub fn optimal_mantissa_bits(&self, bits: f64) -> f64 {
        let [.., delta, nu] = self.c;
        nu * bits / (delta + nu) - 0.5
    }
}

pub(super) const EXPONENT_BITS: Knob = Knob::new("exponent_bits", "E", Some("bits"), "exponent bits of the format");
pub(super) const MANTISSA_BITS: Knob = Knob::new("mantissa_bits", "M", Some("bits"), "mantissa bits of the format");
pub(super) const BLOCK_SIZE: Knob =
    Knob::new("block_size", "B", Some("elements"), "elements that share one scale").or(128.0);

impl FloatTraining {
    pub(super) fn read_format(knobs: &Knobs) -> Result<FloatFormat, LawError> {
        let value = |knob| knobs.value(Self::FORMULA, knob);
        FloatFormat {
            exponent_bits: value(EXPONENT_BITS)?,
            mantissa_bits: value(MANTISSA_BITS)?,
            block_size: value(BLOCK_SIZE)?,
        }
        .check()
    }
}

impl SlicedLaw for FloatTraining {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = FloatFormat;

    fn point(&self, format: &FloatFormat, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        let [e, m, b] = format.numbers().map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, e, m, b]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, EXPONENT_BITS, MANTISSA_BITS, BLOCK_SIZE] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<FloatFormat, LawError> {
        Self::read_format(knobs)
    }
    fn costs_six_nd(&self, format: &FloatFormat) -> bool {
        format.bits() >= Bits::FULL_COST
    }
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
}
