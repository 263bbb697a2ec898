use crate::error::UnitError;
use crate::units::{ComputeRule, Conventions, Flops, Params, Tokens};

/// A pure power law y = (x_c/x)^α, the one-variable form of Kaplan 2020 (equations 1.1 to 1.3).
///
/// ```
/// use scaling_laws::PowerLaw;
/// let by_size = PowerLaw { scale: 8.8e13, exponent: 0.076 }; // L(N) = (N_c/N)^0.076
/// assert!((by_size.at(1.5e9) - 2.3035505519976587).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// x_c, in the unit of x.
    pub scale: f64,
    /// α.
    pub exponent: f64,
}

impl PowerLaw {
    /// The value at x.
    pub fn at(&self, x: f64) -> f64 {
        (self.scale / x).powf(self.exponent)
    }
}

/// An allocation without a loss: N_opt(C) = k·C^a on C = 6ND (Kaplan 2020 table 6; Hoffmann 2022 Approaches 1 and 2).
///
/// D follows from the budget, D = C/(6N).
///
/// ```
/// use scaling_laws::{published, Flops};
/// let line = published::HOFFMANN_2022_APPROACH_2;
/// let (n, d) = line.split(Flops::new(5.76e23)?)?;
/// assert_eq!((n.to_string(), d.to_string()), ("61.45B".into(), "1.562T".into()));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllocationLine {
    pub(crate) ln_k: f64,
    pub(crate) exponent: f64,
    pub(crate) conventions: Conventions,
}

impl AllocationLine {
    /// The line N_opt = k·C^a, from the size at one FLOP and the exponent.
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] unless both are finite and k is above zero.
    pub fn new(k: Params, exponent: f64) -> Result<Self, UnitError> {
        if !exponent.is_finite() {
            return Err(UnitError::OutOfRange { quantity: "exponent", value: exponent });
        }
        Ok(Self { ln_k: k.ln(), exponent, conventions: Conventions::default() })
    }

    /// The line through one published point (N₁, D₁) on which D grows as N^s; a = 1/(1+s).
    pub(crate) fn through(ln_params: f64, ln_tokens: f64, slope: f64) -> Self {
        let exponent = 1.0 / (1.0 + slope);
        let ln_compute = 6f64.ln() + ln_params + ln_tokens;
        Self { ln_k: ln_params - exponent * ln_compute, exponent, conventions: Conventions::default() }
    }

    /// a: N_opt grows as C^a.
    pub fn exponent_params(&self) -> f64 {
        self.exponent
    }

    /// b = 1 − a: D_opt grows as C^b.
    pub fn exponent_tokens(&self) -> f64 {
        1.0 - self.exponent
    }

    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// N_opt and D = C/(6·N_opt).
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] where either leaves the range of numbers.
    pub fn split(&self, compute: Flops) -> Result<(Params, Tokens), UnitError> {
        let params = Params::new((self.ln_k + self.exponent * compute.ln()).exp())?;
        Ok((params, ComputeRule::SixNd.tokens(compute, params)?))
    }

    /// The tokens that this line gives a model of N parameters.
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] where they leave the range of numbers.
    pub fn tokens_for(&self, params: Params) -> Result<Tokens, UnitError> {
        let ln_compute = (params.ln() - self.ln_k) / self.exponent;
        Tokens::new((ln_compute - 6f64.ln() - params.ln()).exp())
    }
}
