use super::accelerator::positive;
use super::{Accelerator, NumberFormat, accelerator};
use crate::error::ComputeError;
use crate::units::Flops;

/// Accelerators that train together at a utilisation: turns days, dollars or energy into FLOPs and back.
///
/// ```text
/// FLOP/s = devices · peak dense FLOP/s in the format · utilisation
/// C      = FLOP/s · 86 400 · days
/// device-hours = devices · 24 · days        dollars = device-hours · price        kWh = device-hours · watts / 1000 · PUE
/// ```
///
/// The utilisation is model FLOPs utilisation (MFU, Chowdhery 2022): the FLOPs that the model needs, without those spent
/// on recomputation, over the dense peak. Runs have reached 0.21 (GPT-3 on V100), 0.46 (PaLM on TPU v4), 0.38 to 0.43
/// (Llama 3 405B on H100). It must be counted by the same rule as C: with 6ND it is a few percent lower than with
/// attention counted.
///
/// Energy counts the power of the devices, that is their largest, times the power usage effectiveness (PUE) of the
/// building; hosts and network are in it only if [`Accelerator::with_power`] says so.
///
/// ```
/// use scaling_laws::{Cluster, Flops, NumberFormat};
/// let cluster = Cluster::parse("512xH100")?.format(NumberFormat::Bf16)?.utilisation(0.4)?;
/// let budget = cluster.flops_in_days(30.0)?;
/// assert!((budget.get() / 5.2521e23 - 1.0).abs() < 1e-4);
/// let bill = cluster.bill(budget).with_price(2.5)?.with_pue(1.1)?;
/// assert!((bill.days() - 30.0).abs() < 1e-9 && (bill.device_hours() - 368_640.0).abs() < 1e-6);
/// assert!((bill.dollars().unwrap() - 921_600.0).abs() < 1e-6);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[must_use]
pub struct Cluster {
    accelerator: Accelerator,
    devices: u64,
    format: NumberFormat,
    utilisation: f64,
}

/// Utilisation assumed where none is given: the middle of the 0.3 to 0.5 that large runs reach.
const UTILISATION: f64 = 0.4;
const SECONDS_A_DAY: f64 = 86_400.0;
const MOST_DEVICES: u64 = 1_000_000_000;

impl Cluster {
    /// This many devices, in BF16 (FP16 where there is no BF16) at a utilisation of 0.4.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless there are 1 to 1e9 devices; [`ComputeError::NoPeak`] for an accelerator with
    /// neither BF16 nor FP16, whose [`format`](Self::format) cannot be guessed: give it a peak first.
    pub fn new(accelerator: Accelerator, devices: u64) -> Result<Self, ComputeError> {
        if devices == 0 || devices > MOST_DEVICES {
            return Err(ComputeError::Argument { what: "devices", value: devices as f64, allowed: "from 1 to 1e9" });
        }
        let half = if accelerator.peak(NumberFormat::Bf16).is_ok() { NumberFormat::Bf16 } else { NumberFormat::Fp16 };
        accelerator.peak(half)?;
        Ok(Self { accelerator, devices, format: half, utilisation: UTILISATION })
    }

    /// "512xH100", "512 x H100", "512 H100" or "H100" for one.
    ///
    /// # Errors
    /// [`ComputeError::Parse`] for another form, [`ComputeError::Unknown`] for another accelerator, and as
    /// [`new`](Self::new).
    pub fn parse(text: &str) -> Result<Self, ComputeError> {
        let trimmed = text.trim();
        let digits =
            trimmed.len() - trimmed.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_' || c == ',').len();
        let (number, rest) = trimmed.split_at(digits);
        let rest = rest.trim_start();
        let name =
            if number.is_empty() { rest } else { rest.strip_prefix(['x', 'X', '*', '×']).unwrap_or(rest).trim() };
        let devices = if number.is_empty() { Ok(1) } else { number.replace(['_', ','], "").parse() };
        let devices =
            devices.ok().filter(|_| !name.is_empty() && !name.starts_with('.')).ok_or_else(|| ComputeError::Parse {
                what: "a number of accelerators",
                text: text.into(),
                expected: "a form such as 512xH100, a whole number of one kind",
            })?;
        Self::new(accelerator(name)?.clone(), devices)
    }

    /// In another number format.
    ///
    /// # Errors
    /// [`ComputeError::NoPeak`] where the accelerator has no peak in it.
    pub fn format(self, format: NumberFormat) -> Result<Self, ComputeError> {
        self.accelerator.peak(format)?;
        Ok(Self { format, ..self })
    }

    /// At another utilisation.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is above 0 and at most 1.
    pub fn utilisation(self, utilisation: f64) -> Result<Self, ComputeError> {
        if !(utilisation > 0.0 && utilisation <= 1.0) {
            let allowed = "above 0 and at most 1, such as 0.4 for 40 %";
            return Err(ComputeError::Argument { what: "utilisation", value: utilisation, allowed });
        }
        Ok(Self { utilisation, ..self })
    }

    /// The accelerator.
    pub fn accelerator(&self) -> &Accelerator {
        &self.accelerator
    }
    /// How many there are.
    pub fn devices(&self) -> u64 {
        self.devices
    }
    /// The number format.
    pub fn number_format(&self) -> NumberFormat {
        self.format
    }
    /// Model FLOPs utilisation.
    pub fn mfu(&self) -> f64 {
        self.utilisation
    }

    /// Peak dense FLOP/s of one device in the format.
    pub fn peak_per_device(&self) -> f64 {
        // `new` and `format` have seen the peak.
        self.accelerator.peak(self.format).unwrap_or(f64::MIN_POSITIVE)
    }

    /// FLOP/s that reach the model.
    pub fn flop_per_second(&self) -> f64 {
        self.peak_per_device() * self.devices as f64 * self.utilisation
    }

    /// FLOPs in so many days.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the days are finite and above zero.
    pub fn flops_in_days(&self, days: f64) -> Result<Flops, ComputeError> {
        Ok(Flops::new(self.flop_per_second() * SECONDS_A_DAY * positive("days", days)?)?)
    }

    /// FLOPs for so many dollars at a price for one device for one hour.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless both are finite and above zero.
    pub fn flops_for_dollars(&self, dollars: f64, price_per_hour: f64) -> Result<Flops, ComputeError> {
        let hours = positive("dollars", dollars)? / positive("price per device-hour", price_per_hour)?;
        self.flops_in_days(hours / 24.0 / self.devices as f64)
    }

    /// FLOPs for so much energy.
    ///
    /// # Errors
    /// [`ComputeError::NotPublished`] where the power is not known; [`ComputeError::Argument`] for an energy that is not
    /// above zero or a PUE below 1.
    pub fn flops_for_energy(&self, kilowatt_hours: f64, pue: f64) -> Result<Flops, ComputeError> {
        let energy = positive("energy in kWh", kilowatt_hours)?;
        let hours = energy * 1000.0 / (self.watts()? * check_pue(pue)?);
        self.flops_in_days(hours / 24.0 / self.devices as f64)
    }

    /// What training of so many FLOPs takes.
    pub fn bill(&self, flops: Flops) -> Bill {
        let days = flops.get() / (self.flop_per_second() * SECONDS_A_DAY);
        Bill {
            flops,
            days,
            device_hours: days * 24.0 * self.devices as f64,
            power_watts: self.accelerator.power,
            price: None,
            pue: 1.0,
        }
    }

    fn watts(&self) -> Result<f64, ComputeError> {
        self.accelerator.power.ok_or_else(|| ComputeError::NotPublished {
            accelerator: self.accelerator.name.to_string(),
            what: "power",
            remedy: "give the watts of one device",
        })
    }
}

fn check_pue(pue: f64) -> Result<f64, ComputeError> {
    if pue.is_finite() && pue >= 1.0 {
        Ok(pue)
    } else {
        Err(ComputeError::Argument { what: "PUE", value: pue, allowed: "at least 1, such as 1.1" })
    }
}

/// Days, device-hours, dollars and energy of an amount of training on a [`Cluster`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Bill {
    flops: Flops,
    days: f64,
    device_hours: f64,
    power_watts: Option<f64>,
    price: Option<f64>,
    pue: f64,
}

impl Bill {
    /// With a price in dollars for one device for one hour.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is finite and above zero.
    pub fn with_price(self, per_hour: f64) -> Result<Self, ComputeError> {
        Ok(Self { price: Some(positive("price per device-hour", per_hour)?), ..self })
    }

    /// With the power usage effectiveness of the building, which is 1 unless given.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] below 1.
    pub fn with_pue(self, pue: f64) -> Result<Self, ComputeError> {
        Ok(Self { pue: check_pue(pue)?, ..self })
    }

    /// Over at least so many days, as where the optimiser's steps take longer than their FLOPs: the devices are then paid
    /// for waiting.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless they are finite and above zero.
    pub fn over_days(self, days: f64) -> Result<Self, ComputeError> {
        let days = positive("days", days)?.max(self.days);
        Ok(Self { days, device_hours: self.device_hours * (days / self.days), ..self })
    }

    /// The FLOPs.
    pub fn flops(&self) -> Flops {
        self.flops
    }
    /// Days on the whole cluster.
    pub fn days(&self) -> f64 {
        self.days
    }
    /// Devices times hours.
    pub fn device_hours(&self) -> f64 {
        self.device_hours
    }
    /// Dollars, where a price was given.
    pub fn dollars(&self) -> Option<f64> {
        self.price.map(|price| price * self.device_hours)
    }
    /// Energy in kWh, where the power is known.
    pub fn kilowatt_hours(&self) -> Option<f64> {
        self.power_watts.map(|watts| watts / 1000.0 * self.device_hours * self.pue)
    }
    /// The power usage effectiveness.
    pub fn pue(&self) -> f64 {
        self.pue
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Bill {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Bill", 6)?;
        object.serialize_field("flops", &self.flops)?;
        object.serialize_field("days", &self.days)?;
        object.serialize_field("device_hours", &self.device_hours)?;
        object.serialize_field("dollars", &self.dollars())?;
        object.serialize_field("kilowatt_hours", &self.kilowatt_hours())?;
        object.serialize_field("pue", &self.pue)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for (text, devices) in
            [("512xH100", 512), ("512 x H100", 512), ("1,024 H100", 1024), ("H100", 1), ("2_048×h100-sxm", 2048)]
        {
            let cluster = Cluster::parse(text).unwrap();
            assert_eq!((cluster.devices(), cluster.accelerator().name()), (devices, "H100-SXM"), "{text}");
        }
        for text in ["", "512", "512x", "0xH100", "-5xH100", "99999999999999999999xH100", "512xH1000", "x"] {
            assert!(Cluster::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_days_dollars_and_energy_buy_is_billed_as_days_dollars_and_energy() {
        let cluster = Cluster::parse("64xA100").unwrap().utilisation(0.37).unwrap();
        let days = cluster.bill(cluster.flops_in_days(12.5).unwrap()).days();
        assert!((days / 12.5 - 1.0).abs() < 1e-14);
        let bill = cluster.bill(cluster.flops_for_dollars(1e5, 1.8).unwrap()).with_price(1.8).unwrap();
        assert!((bill.dollars().unwrap() / 1e5 - 1.0).abs() < 1e-14);
        let bill = cluster.bill(cluster.flops_for_energy(5e4, 1.2).unwrap()).with_pue(1.2).unwrap();
        assert!((bill.kilowatt_hours().unwrap() / 5e4 - 1.0).abs() < 1e-14);
    }

    #[test]
    fn numbers_that_cannot_be_are_refused() {
        let cluster = || Cluster::parse("8xH100").unwrap();
        for mfu in [0.0, -0.1, 1.0001, 40.0, f64::NAN, f64::INFINITY] {
            assert!(cluster().utilisation(mfu).is_err(), "{mfu}");
        }
        assert!(cluster().utilisation(1.0).is_ok());
        assert!(cluster().flops_in_days(0.0).is_err() && cluster().flops_in_days(f64::NAN).is_err());
        assert!(cluster().flops_for_dollars(1e3, 0.0).is_err());
        assert!(cluster().flops_for_energy(1e3, 0.9).is_err());
        assert!(cluster().format(NumberFormat::Fp4E2M1).unwrap_err().to_string().contains("FP8-E4M3"));
        assert!(Cluster::parse("8xTPU-v5p").unwrap().flops_for_energy(1e3, 1.0).is_err());
        assert!(Cluster::new(Accelerator::custom("bare", 1e9).unwrap(), 4).is_err());
        assert_eq!(Cluster::parse("V100").unwrap().number_format(), NumberFormat::Fp16);
    }
}
