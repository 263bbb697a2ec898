//! Budgets as people have them, devices for some days, money or energy, and answers turned back into them.

use clap::Args;
use scaling_laws::{Bill, Cluster, ComputeError, FlopPrice, Flops, NumberFormat};
use serde_json::{Value, json};

use crate::answer::Failure;

#[derive(Debug, Args)]
#[command(next_help_heading = "Hardware, time and money")]
pub struct Plan {
    /// Accelerators, as in 512xH100
    #[arg(long, value_name = "KxNAME")]
    gpus: Option<String>,
    /// Days there are for training
    #[arg(long, value_name = "DAYS", requires = "gpus")]
    pub days: Option<f64>,
    /// Dollars there are; with --inference-tokens for training and serving together
    #[arg(long, value_name = "USD", requires_all = ["gpus", "gpu_hour_price"])]
    dollars: Option<f64>,
    /// Energy there is, in kWh
    #[arg(long, value_name = "KWH", requires = "gpus")]
    kwh: Option<f64>,
    /// Dollars for one device for one hour
    #[arg(long, value_name = "USD", requires = "gpus")]
    gpu_hour_price: Option<f64>,
    /// Model FLOPs utilisation in training
    #[arg(long, value_name = "MFU", requires = "gpus", default_value_t = 0.4)]
    mfu: f64,
    /// Utilisation in serving [default: that of training]
    #[arg(long, value_name = "MFU", requires_all = ["gpus", "inference_tokens"])]
    serve_mfu: Option<f64>,
    /// Power usage effectiveness of the building
    #[arg(long, value_name = "PUE", requires = "gpus", default_value_t = 1.0)]
    pue: f64,
}

impl Plan {
    /// The devices, where they were named.
    pub fn cluster(&self, format: Option<NumberFormat>) -> Result<Option<Cluster>, Failure> {
        let read = |name: &String| -> Result<Cluster, ComputeError> {
            let cluster = Cluster::parse(name)?.utilisation(self.mfu)?;
            format.map_or(Ok(cluster.clone()), |format| cluster.format(format))
        };
        self.gpus.as_ref().map(read).transpose().map_err(Failure::usage)
    }

    /// Whether it says how much there is.
    pub fn has_budget(&self) -> bool {
        self.days.is_some() || self.dollars.is_some() || self.kwh.is_some()
    }

    /// The training budgets: those given, none above what the hardware computes in its time.
    pub fn budgets(&self, cluster: Option<&Cluster>, serves: bool, given: Vec<Flops>) -> Result<Vec<Flops>, Failure> {
        let bought = cluster.map_or(Ok(None), |cluster| self.flops(cluster, serves))?;
        Ok(match bought {
            None => given,
            Some(bought) if given.is_empty() => vec![bought],
            Some(bought) => given.into_iter().map(|c| if c < bought { c } else { bought }).collect(),
        })
    }

    /// The least of what the days, the energy and, unless serving is paid from them, the dollars buy.
    fn flops(&self, cluster: &Cluster, serves: bool) -> Result<Option<Flops>, Failure> {
        let days = self.days.map(|days| cluster.flops_in_days(days));
        let energy = self.kwh.map(|energy| cluster.flops_for_energy(energy, self.pue));
        let money = self.dollars.zip(self.gpu_hour_price).filter(|_| !serves);
        let money = money.map(|(dollars, price)| cluster.flops_for_dollars(dollars, price));
        let all: Result<Vec<Flops>, ComputeError> = days.into_iter().chain(energy).chain(money).collect();
        Ok(all.map_err(Failure::usage)?.into_iter().min_by(|a, b| a.get().total_cmp(&b.get())))
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

    /// What training and serving take on these devices.
    pub fn bill(&self, cluster: Cluster, training: Flops, serving: Option<Flops>) -> Result<Account, Failure> {
        let of = |cluster: &Cluster, flops| -> Result<Bill, ComputeError> {
            let bill = cluster.bill(flops).with_pue(self.pue)?;
            self.gpu_hour_price.map_or(Ok(bill), |price| bill.with_price(price))
        };
        let serve = cluster.clone().utilisation(self.serve_mfu.unwrap_or(self.mfu)).map_err(Failure::usage)?;
        let serving = serving.map(|flops| of(&serve, flops)).transpose().map_err(Failure::usage)?;
        Ok(Account { training: of(&cluster, training).map_err(Failure::usage)?, serving, cluster })
    }
}

/// Days, device-hours, dollars and energy of an answer.
pub struct Account {
    cluster: Cluster,
    training: Bill,
    serving: Option<Bill>,
}

impl Account {
    pub fn text(&self) -> String {
        let mut text = format!("\nTraining on {}\n{}", self.cluster, self.training);
        if let Some(serving) = self.serving {
            text.push_str(&format!(
                "\nServing on devices of the same kind\n  device-hours  {:.1}\n",
                serving.device_hours()
            ));
            if let Some(dollars) = serving.dollars() {
                text.push_str(&format!("  dollars       {dollars:.1}\n"));
            }
        }
        text
    }

    pub fn json(&self) -> Value {
        json!({
            "accelerator": self.cluster.accelerator().name(),
            "devices": self.cluster.devices(),
            "format": self.cluster.number_format(),
            "utilisation": self.cluster.mfu(),
            "training": self.training,
            "serving": self.serving,
        })
    }
}
