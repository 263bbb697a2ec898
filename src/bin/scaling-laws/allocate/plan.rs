//! Budgets as people have them, devices for some days, money or energy, and answers turned back into them.

use clap::Args;
use scaling_laws::{Bill, Cluster, ComputeError, FlopPrice, Flops, Limit, Nats, NumberFormat, Tokens, Warning};
use serde_json::{Value, json};

use super::caps::{Cap, Through};
use crate::answer::Failure;
use crate::device::{self, Device, Store};

#[derive(Debug, Args)]
#[command(next_help_heading = "Hardware, time and money")]
pub struct Plan {
    /// Accelerators, as in 512xH100
    #[arg(long, value_name = "KxNAME", group = "Machine")]
    gpus: Option<String>,
    #[command(flatten)]
    device: Device,
    /// GB of memory of one device, in place of the data sheet's
    #[arg(long, value_name = "GB", requires = "Machine")]
    memory: Option<f64>,
    /// GB/s between a device and its memory, in place of the data sheet's
    #[arg(long, value_name = "GB/S", requires = "Machine")]
    bandwidth: Option<f64>,
    /// Days there are for training
    #[arg(long, value_name = "DAYS", requires = "Machine")]
    pub days: Option<f64>,
    /// Dollars there are; with --inference-tokens for training and serving together
    #[arg(long, value_name = "USD", requires_all = ["Machine", "gpu_hour_price"])]
    dollars: Option<f64>,
    /// Energy there is for training, in kWh; serving is paid from elsewhere
    #[arg(long, value_name = "KWH", requires = "Machine")]
    kwh: Option<f64>,
    /// Dollars for one device for one hour
    #[arg(long, value_name = "USD", requires = "Machine")]
    gpu_hour_price: Option<f64>,
    /// Model FLOPs utilisation in training
    #[arg(long, value_name = "MFU", requires = "Machine", default_value_t = 0.4)]
    mfu: f64,
    /// Utilisation in serving [default: that of training]
    #[arg(long, value_name = "MFU", requires_all = ["Machine", "inference_tokens"])]
    serve_mfu: Option<f64>,
    /// Power usage effectiveness of the building
    #[arg(long, value_name = "PUE", requires = "Machine", default_value_t = 1.0)]
    pue: f64,
}

impl Plan {
    /// The devices, where they were named or described.
    pub fn cluster(&self, format: Option<NumberFormat>) -> Result<Option<Cluster>, Failure> {
        let store = Store {
            memory: self.memory.map(|gigabytes| gigabytes * 1e9),
            bandwidth: self.bandwidth.map(|gigabytes| gigabytes * 1e9),
        };
        self.device.cluster(self.gpus.as_deref(), store, format, self.mfu)
    }

    /// Whether the memory of a device is known.
    pub fn knows_memory(&self) -> bool {
        self.gpus.is_some() || self.memory.is_some()
    }

    /// Whether it says how much there is.
    pub fn has_budget(&self) -> bool {
        self.days.is_some() || self.dollars.is_some() || self.kwh.is_some()
    }

    /// The training budgets: those given, none above what the hardware computes in its time. Those above are one, and a
    /// doubt says so.
    pub fn budgets(&self, caps: &[Cap], given: Vec<Flops>) -> Result<(Vec<Flops>, Option<Warning>), Failure> {
        let Some(cap) = caps.iter().min_by(|a, b| a.at.total_cmp(&b.at)) else { return Ok((given, None)) };
        let bought = Flops::new(cap.at).map_err(Failure::usage)?;
        if given.is_empty() {
            return Ok((vec![bought], None));
        }
        let above: Vec<String> = given.iter().filter(|c| **c > bought).map(ToString::to_string).collect();
        let mut all: Vec<Flops> = Vec::with_capacity(given.len());
        for budget in given.iter().map(|c| if *c < bought { *c } else { bought }) {
            if !all.contains(&budget) {
                all.push(budget);
            }
        }
        let doubt = above.first().zip(above.last()).map(|(first, last)| {
            let asked = match above.len() {
                1 => format!("{first} is"),
                many => format!("{many} of the budgets, from {first} to {last}, are"),
            };
            let what = format!("{asked} more than --{} {} buys, {bought}: the answer is for that", cap.name, cap.value);
            Warning::Ignored { what }
        });
        Ok((all, doubt))
    }

    /// What the days, the energy and, unless serving is paid from them, the dollars buy.
    pub fn caps(&self, cluster: Option<&Cluster>, serves: bool) -> Result<Vec<Cap>, Failure> {
        let Some(cluster) = cluster else { return Ok(Vec::new()) };
        let days = self.days.map(|days| ("days", days, cluster.flops_in_days(days)));
        let energy = self.kwh.map(|energy| ("kwh", energy, cluster.flops_for_energy(energy, self.pue)));
        let money = self.dollars.zip(self.gpu_hour_price).filter(|_| !serves);
        let money = money.map(|(dollars, price)| ("dollars", dollars, cluster.flops_for_dollars(dollars, price)));
        let cap = |(name, value, bought): (_, _, Result<Flops, ComputeError>)| {
            let at = bought.map_err(device::told)?.get();
            Ok(Cap { limit: Limit::Budget, name, value, at, through: Through::Proportion })
        };
        days.into_iter().chain(energy).chain(money).map(cap).collect()
    }

    /// Money for training and serving together.
    pub fn dollars(&self) -> Option<f64> {
        self.dollars
    }

    /// What a FLOP costs in training and in serving, where a price is given.
    pub fn prices(&self, cluster: &Cluster) -> Result<Option<(FlopPrice, FlopPrice)>, Failure> {
        let Some(price) = self.gpu_hour_price else { return Ok(None) };
        let at = |mfu| FlopPrice::rented(price, cluster.peak_per_device(), mfu).map_err(Failure::usage);
        Ok(Some((at(self.mfu)?, at(self.serve_mfu.unwrap_or(self.mfu))?)))
    }

    /// What training and serving take on these devices; the steps of training take so many days if they are known.
    pub fn bill(&self, cluster: Cluster, paid: &Paid, step_days: Option<f64>) -> Result<Account, Failure> {
        let of = |cluster: &Cluster, flops| -> Result<Bill, ComputeError> {
            let bill = cluster.bill(flops).with_pue(self.pue)?;
            self.gpu_hour_price.map_or(Ok(bill), |price| bill.with_price(price))
        };
        let serve = cluster.clone().utilisation(self.serve_mfu.unwrap_or(self.mfu)).map_err(Failure::usage)?;
        let serving = paid.serving.map(|flops| of(&serve, flops)).transpose().map_err(Failure::usage)?;
        let energy_is_limited = self.kwh.is_some();
        let computing = of(&cluster, paid.training).map_err(Failure::usage)?;
        let training = step_days.map_or(Ok(computing), |days| computing.over_days(days)).map_err(Failure::usage)?;
        Ok(Account { training, computing_days: computing.days(), serving, cluster, energy_is_limited })
    }
}

/// What is paid for.
pub struct Paid {
    pub training: Flops,
    pub serving: Option<Flops>,
    pub tokens: Tokens,
    pub loss: Option<Nats>,
}

/// Days, device-hours, dollars and energy of an answer.
pub struct Account {
    cluster: Cluster,
    training: Bill,
    /// Days that the FLOP alone take.
    computing_days: f64,
    serving: Option<Bill>,
    energy_is_limited: bool,
}

impl Account {
    pub fn text(&self) -> String {
        let mut text = format!("\nTraining on {}\n{}", self.cluster, self.training);
        let (days, alone) = (self.training.days(), self.computing_days);
        if days > alone * (1.0 + 1e-9) {
            text.push_str(&format!(
                "  waiting       the steps take these days, their FLOP alone {}: {} % of the peak is used\n",
                digits(alone),
                digits(100.0 * self.cluster.mfu() * alone / days)
            ));
        }
        if let Some(serving) = self.serving {
            text.push_str(&format!(
                "\nServing on devices of the same kind\n  device-hours  {:.1}\n",
                serving.device_hours()
            ));
            if let Some(dollars) = serving.dollars() {
                text.push_str(&format!("  dollars       {dollars:.1}\n"));
            }
            if let Some(energy) = serving.kilowatt_hours() {
                text.push_str(&format!("  energy        {} MWh at PUE {}\n", digits(energy / 1e3), serving.pue()));
            }
        }
        text
    }

    /// Days and, where they are known, dollars and kWh of training.
    pub fn training(&self) -> (f64, Option<f64>, Option<f64>) {
        (self.training.days(), self.training.dollars(), self.training.kilowatt_hours())
    }

    /// Dollars in all, where there is a price.
    pub fn dollars(&self) -> Option<f64> {
        Some(self.training.dollars()? + self.serving.map_or(Some(0.0), |serving| serving.dollars())?)
    }

    /// That energy is limited and serving takes some too.
    pub fn doubt(&self) -> Option<Warning> {
        let energy = self.serving.filter(|_| self.energy_is_limited)?.kilowatt_hours()?;
        let what = format!("--kwh pays for training alone; serving takes {} MWh beside it", digits(energy / 1e3));
        Some(Warning::Assumed { what })
    }

    pub fn json(&self) -> Value {
        json!({
            "accelerator": self.cluster.accelerator().name(),
            "devices": self.cluster.devices(),
            "format": self.cluster.number_format(),
            "utilisation": self.cluster.mfu(),
            "training": self.training,
            "computing_days": self.computing_days,
            "serving": self.serving,
        })
    }
}

/// Four digits, in plain notation where that is short.
pub fn digits(value: f64) -> String {
    if !(1e-3..1e6).contains(&value) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - value.log10().floor()).clamp(0.0, 8.0) as usize;
    format!("{value:.decimals$}")
}
