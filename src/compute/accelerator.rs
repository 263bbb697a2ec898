use std::borrow::Cow;

use super::NumberFormat;
use crate::error::ComputeError;

/// An accelerator: peak dense FLOP/s by format, memory, bandwidth and power of one device.
///
/// Peaks are dense. Makers also print peaks with 2:4 structured sparsity that are twice as high (for an H100 1979 instead
/// of 989 TFLOP/s in BF16); no training of a dense model reaches them, and a utilisation computed with them is half of
/// what others report.
///
/// Known ones are in [`accelerators`](crate::accelerators); [`Accelerator::custom`] makes another.
///
/// ```
/// use scaling_laws::{Accelerator, NumberFormat, accelerator};
/// assert_eq!(accelerator("H100")?.peak(NumberFormat::Bf16)?, 989.4e12);
/// let mine = Accelerator::custom("prototype", 64e9)?
///     .with_peak(NumberFormat::Bf16, 400e12)?
///     .with_power(500.0)?;
/// assert_eq!(mine.power_watts(), Some(500.0));
/// assert!(mine.peak(NumberFormat::Fp8E4M3).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Accelerator {
    pub(super) name: Cow<'static, str>,
    pub(super) aliases: &'static [&'static str],
    pub(super) peaks: Cow<'static, [(NumberFormat, f64)]>,
    pub(super) memory_bytes: f64,
    pub(super) bandwidth: Option<f64>,
    pub(super) power: Option<f64>,
    pub(super) source: &'static str,
    pub(super) note: &'static str,
}

impl Accelerator {
    /// An accelerator of one's own with this much memory in bytes, without peaks as yet.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the memory is finite and above zero.
    pub fn custom(name: impl Into<String>, memory_bytes: f64) -> Result<Self, ComputeError> {
        Ok(Self {
            name: Cow::Owned(name.into()),
            aliases: &[],
            peaks: Cow::Borrowed(&[]),
            memory_bytes: positive("memory in bytes", memory_bytes)?,
            bandwidth: None,
            power: None,
            source: "given by the user",
            note: "",
        })
    }

    /// With a dense peak in FLOP/s for a format, which replaces an earlier one.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the peak is finite and above zero.
    pub fn with_peak(mut self, format: NumberFormat, flop_per_second: f64) -> Result<Self, ComputeError> {
        let peak = positive("peak FLOP/s", flop_per_second)?;
        let peaks = self.peaks.to_mut();
        peaks.retain(|(known, _)| *known != format);
        peaks.push((format, peak));
        Ok(self)
    }

    /// With a memory bandwidth in bytes per second.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is finite and above zero.
    pub fn with_bandwidth(self, bytes_per_second: f64) -> Result<Self, ComputeError> {
        Ok(Self { bandwidth: Some(positive("bandwidth in bytes per second", bytes_per_second)?), ..self })
    }

    /// With a power in watts: of the device alone, or of a server shared out among its devices, as energy shall be
    /// counted.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is finite and above zero.
    pub fn with_power(self, watts: f64) -> Result<Self, ComputeError> {
        Ok(Self { power: Some(positive("power in watts", watts)?), ..self })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Other names that [`accelerator`](crate::accelerator) knows it by.
    pub fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }
    /// Dense peaks in FLOP/s (operations for integers), in the order of the data sheet.
    pub fn peaks(&self) -> &[(NumberFormat, f64)] {
        &self.peaks
    }
    /// Memory in bytes, decimal gigabytes as the data sheet counts.
    pub fn memory_bytes(&self) -> f64 {
        self.memory_bytes
    }
    /// Memory bandwidth in bytes per second.
    pub fn bandwidth(&self) -> Option<f64> {
        self.bandwidth
    }
    /// Power of the device in watts: the largest it may draw (TDP), unless the note says otherwise.
    pub fn power_watts(&self) -> Option<f64> {
        self.power
    }
    /// Where the numbers come from.
    pub fn source(&self) -> &'static str {
        self.source
    }
    /// What else to know, or an empty text.
    pub fn note(&self) -> &'static str {
        self.note
    }

    /// Dense peak in FLOP/s for a format. Both FP8 formats run at one speed, and so do both FP6 formats.
    ///
    /// # Errors
    /// [`ComputeError::NoPeak`] with the formats there are.
    pub fn peak(&self, format: NumberFormat) -> Result<f64, ComputeError> {
        let same = match format {
            NumberFormat::Fp8E5M2 => NumberFormat::Fp8E4M3,
            NumberFormat::Fp6E2M3 => NumberFormat::Fp6E3M2,
            other => other,
        };
        let of = |wanted| self.peaks.iter().find(|(known, _)| *known == wanted).map(|(_, peak)| *peak);
        of(format).or_else(|| of(same)).ok_or_else(|| ComputeError::NoPeak {
            accelerator: self.name.to_string(),
            format: format.name(),
            has: self.peaks.iter().map(|(format, _)| format.name()).collect::<Vec<_>>().join(", "),
        })
    }

    /// FLOP that a byte of memory traffic must be used for to keep the device busy: peak over bandwidth. `None` without
    /// a bandwidth.
    ///
    /// # Errors
    /// As [`peak`](Self::peak).
    pub fn flop_per_byte(&self, format: NumberFormat) -> Result<Option<f64>, ComputeError> {
        let peak = self.peak(format)?;
        Ok(self.bandwidth.map(|bandwidth| peak / bandwidth))
    }
}

/// A finite number above zero.
pub(super) fn positive(what: &'static str, value: f64) -> Result<f64, ComputeError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(ComputeError::Argument { what, value, allowed: "a finite number above zero" })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Accelerator {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let peaks: std::collections::BTreeMap<&str, f64> = self.peaks.iter().map(|(f, p)| (f.name(), *p)).collect();
        let mut object = serializer.serialize_struct("Accelerator", 8)?;
        object.serialize_field("name", &self.name)?;
        object.serialize_field("aliases", self.aliases)?;
        object.serialize_field("peak_dense_flop_per_s", &peaks)?;
        object.serialize_field("memory_bytes", &self.memory_bytes)?;
        object.serialize_field("bandwidth_bytes_per_s", &self.bandwidth)?;
        object.serialize_field("power_watts", &self.power)?;
        object.serialize_field("source", self.source)?;
        object.serialize_field("note", self.note)?;
        object.end()
    }
}
