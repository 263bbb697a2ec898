use crate::error::AllocateError;
use crate::units::Tokens;

/// What one useful FLOP costs, in dollars.
///
/// ```text
/// price = (dollars per device-hour / 3600) / (peak FLOP/s of the device · utilisation)
/// ```
///
/// Utilisation differs between training (MFU of 0.3 to 0.5), reading a prompt and writing an answer, so each has a price
/// of its own (Sardana 2023, section 4).
///
/// ```
/// use scaling_laws::FlopPrice;
/// // 2 dollars an hour, 989e12 FLOP/s, 40 %: 1.4e-18 dollars a FLOP.
/// let train = FlopPrice::rented(2.0, 989e12, 0.4)?;
/// assert!((train.dollars_per_flop() / 1.4043e-18 - 1.0).abs() < 1e-3);
/// assert!(FlopPrice::rented(2.0, 989e12, 1.4).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FlopPrice {
    dollars_per_flop: f64,
}

impl FlopPrice {
    /// A price per useful FLOP.
    ///
    /// # Errors
    /// [`AllocateError::Argument`] unless it is finite and above zero.
    pub fn new(dollars_per_flop: f64) -> Result<Self, AllocateError> {
        positive("price of a FLOP", dollars_per_flop)?;
        Ok(Self { dollars_per_flop })
    }

    /// The price on a rented device: dollars per device-hour, its peak FLOP/s, and the share of the peak that is used.
    ///
    /// # Errors
    /// [`AllocateError::Argument`] unless all are finite and above zero and the utilisation at most one.
    pub fn rented(dollars_per_hour: f64, peak_flops: f64, utilization: f64) -> Result<Self, AllocateError> {
        positive("dollars per device-hour", dollars_per_hour)?;
        positive("peak FLOP/s", peak_flops)?;
        if !(utilization > 0.0 && utilization <= 1.0) {
            let allowed = "above zero and at most one";
            return Err(AllocateError::Argument { what: "utilisation", value: utilization, allowed });
        }
        Self::new(dollars_per_hour / 3600.0 / (peak_flops * utilization))
    }

    /// The price of serving a mix, such as prompt tokens at one price and answer tokens at another: the mean weighted by
    /// tokens, which is exact since every served token takes 2N FLOP.
    ///
    /// # Errors
    /// [`AllocateError::Argument`] for an empty mix.
    pub fn blend(parts: &[(Tokens, Self)]) -> Result<Self, AllocateError> {
        let all: f64 = parts.iter().map(|(tokens, _)| tokens.get()).sum();
        Self::new(parts.iter().map(|(tokens, price)| tokens.get() / all * price.dollars_per_flop).sum())
    }

    /// Dollars per useful FLOP.
    pub fn dollars_per_flop(self) -> f64 {
        self.dollars_per_flop
    }
}

pub(super) fn positive(what: &'static str, value: f64) -> Result<(), AllocateError> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(AllocateError::Argument { what, value, allowed: "a finite number above zero" })
}
