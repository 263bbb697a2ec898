use crate::error::UnitError;
use crate::units::{ComputeRule, Conventions, Flops, Params, Tokens};

/// A pure power law y = (x_c/x)^α, the one-variable form of Kaplan 2020 (equations 1.1 to 1.3).
///
/// ```
/// use scaling_laws::PowerLaw;
/// let by_size = PowerLaw { scale: 8.8e13, exponent: 0.076 }; // L(N) = (N_c/N)^0.076
/// assert!((by_size.at(1.5e9)? - 2.3035505519976587).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
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
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] unless x is above zero and the value finite and above zero.
    pub fn at(&self, x: f64) -> Result<f64, UnitError> {
        let refuse = |quantity, value| Err(UnitError::OutOfRange { quantity, value });
        if !(x.is_finite() && x > 0.0) {
            return refuse("the argument of a power law", x);
        }
        let value = (self.scale / x).powf(self.exponent);
        if value.is_finite() && value > 0.0 { Ok(value) } else { refuse("the value of a power law", value) }
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
/// assert_eq!((n.to_string(), d.to_string()), ("63.62B".into(), "1.509T".into()));
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

    /// The line through one point (N₁, D₁) of a table, on which D grows as N^s; a = 1/(1+s).
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] unless s is finite and above −1: a budget would not grow with N.
    ///
    /// ```
    /// use scaling_laws::{AllocationLine, Flops, Params, Tokens};
    /// // Twenty tokens per parameter at every size.
    /// let line = AllocationLine::through(Params::billions(1.0)?, Tokens::billions(20.0)?, 1.0)?;
    /// let (n, d) = line.split(Flops::new(5.88e23)?)?;
    /// assert_eq!((n.to_string(), d.to_string()), ("70B".into(), "1.4T".into()));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn through(params: Params, tokens: Tokens, slope: f64) -> Result<Self, UnitError> {
        if !(slope.is_finite() && slope > -1.0) {
            return Err(UnitError::OutOfRange { quantity: "1 + slope of ln D in ln N", value: 1.0 + slope });
        }
        let exponent = 1.0 / (1.0 + slope);
        let ln_compute = 6f64.ln() + params.ln() + tokens.ln();
        Ok(Self::known(params.ln() - exponent * ln_compute, exponent, Conventions::default()))
    }

    /// For published constants.
    pub(crate) const fn known(ln_k: f64, exponent: f64, conventions: Conventions) -> Self {
        Self { ln_k, exponent, conventions }
    }

    /// The same line with N and C counted otherwise.
    #[must_use]
    pub fn with_conventions(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
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
