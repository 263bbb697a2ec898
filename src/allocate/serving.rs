use crate::compute::{Accelerator, NumberFormat};
use crate::error::{ComputeError, Error};
use crate::units::Params;

/// What a model must be served on: turns memory and latency into the largest N.
///
/// ```text
/// N ≤ devices·memory·share/bytes           the weights fit, and leave the rest of the memory to keys and values
/// N ≤ devices·bandwidth·seconds/bytes      writing a token reads every weight once
/// ```
///
/// The second is the bound that memory traffic sets for one sequence at a time with the weights split over the devices;
/// communication between them makes a token slower, never faster. For a mixture of experts the first is a limit on all
/// parameters and the second on the active ones.
///
/// ```
/// use scaling_laws::{accelerator, NumberFormat, Serving};
/// // One H100 in FP8, four fifths of its memory for weights: 64B parameters; at 10 ms a token 33.5B.
/// let one = Serving::new(accelerator("H100")?, 1, NumberFormat::Fp8E4M3)?;
/// assert_eq!(one.most_params()?.to_string(), "64B");
/// assert_eq!(one.seconds_per_token(0.010)?.most_params()?.to_string(), "33.5B");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Serving {
    accelerator: Accelerator,
    devices: u64,
    format: NumberFormat,
    share: f64,
    seconds: Option<f64>,
}

/// Share of the memory that weights may take where none is given.
const SHARE: f64 = 0.8;

impl Serving {
    /// On so many devices with the weights in this format; weights may take four fifths of the memory.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] for no devices.
    pub fn new(accelerator: &Accelerator, devices: u64, format: NumberFormat) -> Result<Self, ComputeError> {
        if devices == 0 {
            return Err(ComputeError::Argument { what: "devices", value: 0.0, allowed: "at least 1" });
        }
        Ok(Self { accelerator: accelerator.clone(), devices, format, share: SHARE, seconds: None })
    }

    /// With another share of the memory for weights.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is above zero and at most one.
    pub fn memory_share(self, share: f64) -> Result<Self, ComputeError> {
        if share > 0.0 && share <= 1.0 {
            return Ok(Self { share, ..self });
        }
        Err(ComputeError::Argument { what: "share of memory", value: share, allowed: "above zero and at most one" })
    }

    /// With the most seconds that writing a token may take.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless they are finite and above zero.
    pub fn seconds_per_token(self, seconds: f64) -> Result<Self, ComputeError> {
        if seconds.is_finite() && seconds > 0.0 {
            return Ok(Self { seconds: Some(seconds), ..self });
        }
        let allowed = "a finite number above zero";
        Err(ComputeError::Argument { what: "seconds per token", value: seconds, allowed })
    }

    /// The largest N that is within memory and latency.
    ///
    /// # Errors
    /// [`ComputeError::NotPublished`] where a latency is asked for and the bandwidth is not known.
    pub fn most_params(&self) -> Result<Params, Error> {
        let devices = self.devices as f64;
        let mut bytes = devices * self.accelerator.memory_bytes() * self.share;
        if let Some(seconds) = self.seconds {
            let bandwidth = self.accelerator.bandwidth().ok_or_else(|| ComputeError::NotPublished {
                accelerator: self.accelerator.name().to_owned(),
                what: "memory bandwidth",
                remedy: "give the bytes per second of one device",
            })?;
            bytes = bytes.min(devices * bandwidth * seconds);
        }
        Ok(Params::new(bytes / self.format.bytes())?)
    }
}
