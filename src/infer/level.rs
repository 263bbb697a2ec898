use std::fmt;
use std::str::FromStr;

use crate::error::InferError;

/// The share of samples whose interval is to hold the truth, above 0 and below 1.
///
/// ```
/// use scaling_laws::Level;
/// let level: Level = "90%".parse()?;
/// assert_eq!(level, Level::new(0.9)?);
/// assert!(Level::new(90.0).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Level(f64);

impl Level {
    /// A level.
    ///
    /// # Errors
    /// [`InferError::Level`] unless it lies between zero and one.
    pub fn new(value: f64) -> Result<Self, InferError> {
        if value > 0.0 && value < 1.0 { Ok(Self(value)) } else { Err(InferError::Level { value }) }
    }

    /// The share.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Two replicates beyond each end at least, or the end is a matter of luck.
    pub(crate) fn least_replicates(self) -> usize {
        // 1 − 0.9 is not 0.1 in binary.
        (2.0 / self.tail() - 1e-9).ceil() as usize
    }

    /// The share left out on each side.
    pub(crate) fn tail(self) -> f64 {
        0.5 * (1.0 - self.0)
    }
}

/// 90 %, which bootstraps of a thousand replicates give without noise in the ends.
impl Default for Level {
    fn default() -> Self {
        Self(0.9)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0.95·100 is not 95 in binary.
        write!(f, "{} %", (self.0 * 1e8).round() / 1e6)
    }
}

impl FromStr for Level {
    type Err = InferError;

    fn from_str(text: &str) -> Result<Self, InferError> {
        let (digits, unit) = match text.trim().strip_suffix('%') {
            Some(percent) => (percent, 100.0),
            None => (text, 1.0),
        };
        let value: f64 = digits.trim().parse().map_err(|_| InferError::LevelText { text: text.into() })?;
        Self::new(value / unit)
    }
}
