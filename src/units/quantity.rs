use std::fmt;
use std::ops::Div;
use std::str::FromStr;

use super::parse::parse_quantity;
use crate::digits;
use crate::error::UnitError;

/// FLOP in one petaFLOP/s-day: 1e15 · 86 400 (Kaplan 2020, section 1.3).
const PF_DAY: f64 = 8.64e19;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $word:literal, $words:expr, $suffixes:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
        pub struct $name(f64);

        impl $name {
            /// The quantity of this size.
            ///
            /// # Errors
            /// [`UnitError::OutOfRange`] unless `value` is finite and above zero.
            pub fn new(value: f64) -> Result<Self, UnitError> {
                if value.is_finite() && value > 0.0 {
                    Ok(Self(value))
                } else {
                    Err(UnitError::OutOfRange { quantity: $word, value })
                }
            }

            /// For published constants, checked by a test of the catalogue.
            #[allow(dead_code)]
            pub(crate) const fn known(value: f64) -> Self {
                Self(value)
            }

            /// The plain number.
            pub const fn get(self) -> f64 {
                self.0
            }

            /// Natural logarithm of the number.
            pub fn ln(self) -> f64 {
                self.0.ln()
            }

            /// This quantity times a plain factor.
            ///
            /// # Errors
            /// [`UnitError::OutOfRange`] if the product is not finite and above zero.
            pub fn scaled(self, factor: f64) -> Result<Self, UnitError> {
                Self::new(self.0 * factor)
            }
        }

        impl Eq for $name {}

        // Every value is finite, so the partial order is total.
        #[allow(clippy::derive_ord_xor_partial_ord)]
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.0.total_cmp(&other.0)
            }
        }

        /// The factor between two quantities of one kind.
        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl FromStr for $name {
            type Err = UnitError;
            fn from_str(text: &str) -> Result<Self, UnitError> {
                parse_quantity(text, $words, $suffixes)
                    .and_then(|value| Self::new(value).ok())
                    .ok_or_else(|| UnitError::Parse { quantity: $word, text: text.into(), expected: $expected })
            }
        }

        impl TryFrom<f64> for $name {
            type Error = UnitError;
            fn try_from(value: f64) -> Result<Self, UnitError> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> f64 {
                quantity.0
            }
        }
    };
}

/// Letters that people put behind a count of parameters or tokens, as powers of ten.
const COUNT: &[(&str, f64)] = &[("k", 1e3), ("m", 1e6), ("b", 1e9), ("g", 1e9), ("t", 1e12), ("q", 1e15)];
const FLOP: &[(&str, f64)] = &[
    ("k", 1e3),
    ("m", 1e6),
    ("g", 1e9),
    ("b", 1e9),
    ("t", 1e12),
    ("p", 1e15),
    ("e", 1e18),
    ("z", 1e21),
    ("y", 1e24),
    ("tf-day", 8.64e16),
    ("pf-day", PF_DAY),
    ("ef-day", 8.64e22),
];

quantity!(
    /// A number of model parameters, N. What it counts is said by [`ParamCount`](crate::ParamCount).
    ///
    /// ```
    /// use scaling_laws::Params;
    /// let n: Params = "70B".parse()?;
    /// assert_eq!(n, Params::billions(70.0)?);
    /// assert_eq!(n.to_string(), "70B");
    /// assert!(Params::new(-1.0).is_err());
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    Params, "parameters", &["parameters", "params"], COUNT, "a number above zero such as 7e10, 70B or 124M"
);
quantity!(
    /// A number of training tokens seen, D (repeats counted).
    ///
    /// ```
    /// use scaling_laws::{Params, Tokens};
    /// let d: Tokens = "1.4T".parse()?;
    /// assert_eq!(d / Params::billions(70.0)?, 20.0); // tokens per parameter
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    Tokens, "tokens", &["tokens"], COUNT, "a number above zero such as 1.4e12, 1.4T or 300B"
);
quantity!(
    /// An amount of training compute, C, in FLOP (never FLOP/s).
    ///
    /// ```
    /// use scaling_laws::Flops;
    /// let c: Flops = "1 PF-day".parse()?;
    /// assert_eq!(c.get(), 8.64e19);
    /// assert_eq!("5.76e23".parse::<Flops>()?.to_string(), "5.76e23 FLOP");
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    Flops, "FLOPs", &["flops", "flop"], FLOP, "a number above zero such as 5.76e23, 576 ZFLOP or 3640 PF-days"
);
quantity!(
    /// A cross-entropy loss L in nats per token.
    ///
    /// ```
    /// use scaling_laws::Nats;
    /// assert!((Nats::from_bits(2.0)?.get() - 2.0 * 2f64.ln()).abs() < 1e-15);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    Nats, "loss in nats", &["nats per token", "nats/token", "nats"], &[], "a number above zero such as 2.17"
);

macro_rules! counts {
    ($name:ident) => {
        impl $name {
            /// Thousands (1e3).
            ///
            /// # Errors
            /// As [`new`](Self::new).
            pub fn thousands(value: f64) -> Result<Self, UnitError> {
                Self::new(value * 1e3)
            }
            /// Millions (1e6).
            ///
            /// # Errors
            /// As [`new`](Self::new).
            pub fn millions(value: f64) -> Result<Self, UnitError> {
                Self::new(value * 1e6)
            }
            /// Billions (1e9).
            ///
            /// # Errors
            /// As [`new`](Self::new).
            pub fn billions(value: f64) -> Result<Self, UnitError> {
                Self::new(value * 1e9)
            }
            /// Trillions (1e12).
            ///
            /// # Errors
            /// As [`new`](Self::new).
            pub fn trillions(value: f64) -> Result<Self, UnitError> {
                Self::new(value * 1e12)
            }
        }
        /// Four significant digits with K, M, B or T; `{:#}` prints the exact number.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if f.alternate() { f.pad(&exact(self.0)) } else { f.pad(&digits::lettered(self.0)) }
            }
        }
    };
}
counts!(Params);
counts!(Tokens);

/// Digits that read back to the same number.
fn exact(value: f64) -> String {
    if (1e-4..1e15).contains(&value) { format!("{value}") } else { format!("{value:e}") }
}

/// At most four significant digits with a power of ten; `{:#}` prints the exact number.
impl fmt::Display for Flops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f.pad(&format!("{:e} FLOP", self.0));
        }
        f.pad(&format!("{} FLOP", digits::scientific(self.0)))
    }
}

/// Four decimals, more for what is smaller than 0.01; `{:#}` prints the exact number.
impl fmt::Display for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.pad(&exact(self.0))
        } else if (0.01..1e6).contains(&self.0) {
            f.pad(&format!("{:.4}", self.0))
        } else {
            f.pad(&format!("{:.4e}", self.0))
        }
    }
}

impl Flops {
    /// Compute given in petaFLOP/s-days of 8.64e19 FLOP.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_pf_days(days: f64) -> Result<Self, UnitError> {
        Self::new(days * PF_DAY)
    }

    /// This compute in petaFLOP/s-days.
    pub fn pf_days(self) -> f64 {
        self.0 / PF_DAY
    }
}

impl Nats {
    /// A loss given in bits per token.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_bits(bits: f64) -> Result<Self, UnitError> {
        Self::new(bits * std::f64::consts::LN_2)
    }

    /// This loss in bits per token.
    pub fn bits(self) -> f64 {
        self.0 / std::f64::consts::LN_2
    }

    /// Perplexity per token, e^L.
    pub fn perplexity(self) -> f64 {
        self.0.exp()
    }
}

/// Tokens per parameter, D/N.
impl Div<Params> for Tokens {
    type Output = f64;
    fn div(self, params: Params) -> f64 {
        self.0 / params.0
    }
}
