//! Devices by name, or of one's own.

use clap::Args;
use scaling_laws::{Accelerator, Cluster, ComputeError, NumberFormat, accelerator};

use crate::answer::Failure;

/// A device of one's own, and what is known of a published one better than by its data sheet.
#[derive(Debug, Args)]
pub struct Device {
    /// Dense peak FLOP/s of an accelerator of your own
    #[arg(long, value_name = "FLOP/S", group = "Machine")]
    pub peak: Option<f64>,
    /// How many accelerators of your own [default: 1]
    #[arg(long, value_name = "N")]
    devices: Option<u64>,
    /// Watts of one device, in place of the data sheet's
    #[arg(long, value_name = "W")]
    watts: Option<f64>,
}

/// Bytes of memory and bytes per second, in place of the data sheet's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Store {
    pub memory: Option<f64>,
    pub bandwidth: Option<f64>,
}

impl Device {
    /// The devices: those named, else those of one's own; `None` where neither is given.
    pub fn cluster(
        &self,
        name: Option<&str>,
        store: Store,
        format: Option<NumberFormat>,
        utilisation: f64,
    ) -> Result<Option<Cluster>, Failure> {
        if let (Some(devices), None) = (self.devices, self.peak) {
            let name = name.map_or("H100", |name| name.trim_start_matches(|c: char| c.is_ascii_digit()));
            let name = name.trim_start_matches('x');
            return Err(Failure::Usage(format!(
                "--devices counts accelerators of your own and goes with --peak; of named ones write {devices}x{name}"
            )));
        }
        if name.is_none() && self.peak.is_none() {
            return Ok(None);
        }
        self.read(name, store, format, utilisation).map(Some).map_err(told)
    }

    fn read(
        &self,
        name: Option<&str>,
        store: Store,
        format: Option<NumberFormat>,
        utilisation: f64,
    ) -> Result<Cluster, ComputeError> {
        let mut cluster = match (name, self.peak) {
            (Some(name), _) => Cluster::parse(name)?,
            (None, peak) => {
                // Where memory has a part it is asked for; elsewhere any does.
                let own = Accelerator::custom("accelerator of your own", store.memory.unwrap_or(1.0))?;
                let peak = peak.unwrap_or(f64::NAN);
                let own = own.with_peak(NumberFormat::Bf16, peak)?;
                let own = own.with_peak(format.unwrap_or(NumberFormat::Bf16), peak)?;
                Cluster::new(own, self.devices.unwrap_or(1))?
            }
        };
        let mut own = cluster.accelerator().clone();
        if let Some(memory) = store.memory {
            own = with_memory(&own, memory)?;
        }
        if let Some(bandwidth) = store.bandwidth {
            own = own.with_bandwidth(bandwidth)?;
        }
        if let Some(watts) = self.watts {
            own = own.with_power(watts)?;
        }
        cluster = Cluster::new(own, cluster.devices())?;
        if let Some(format) = format {
            cluster = cluster.format(format)?;
        }
        cluster.utilisation(utilisation)
    }
}

/// The same accelerator with another memory.
fn with_memory(known: &Accelerator, bytes: f64) -> Result<Accelerator, ComputeError> {
    let mut other = Accelerator::custom(known.name(), bytes)?;
    for (format, peak) in known.peaks() {
        other = other.with_peak(*format, *peak)?;
    }
    if let Some(bandwidth) = known.bandwidth() {
        other = other.with_bandwidth(bandwidth)?;
    }
    match known.power_watts() {
        Some(watts) => other.with_power(watts),
        None => Ok(other),
    }
}

/// A refusal in terms of the options; for a name of the catalogue, `accelerator` is the way to it.
pub fn told(error: ComputeError) -> Failure {
    match error {
        ComputeError::NotPublished { accelerator: name, what: "power", .. } => {
            Failure::Usage(format!("{name} has no published power: give the watts of one device by --watts"))
        }
        other => Failure::usage(other),
    }
}

/// An accelerator of the catalogue.
pub fn known(name: &str) -> Result<&'static Accelerator, Failure> {
    accelerator(name).map_err(Failure::usage)
}
