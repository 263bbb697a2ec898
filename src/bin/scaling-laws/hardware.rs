use clap::Args;
use scaling_laws::{Accelerator, Bill, Cluster, Flops, NumberFormat, accelerator, accelerators};
use serde_json::json;

use crate::answer::{Answer, Failure, to_json};

#[derive(Debug, Args)]
#[command(after_help = "\
Peaks are dense: makers also print peaks with sparsity, twice as high. The utilisation is model FLOPs utilisation, above
0 and at most 1. Energy is the largest power of the devices times the PUE of the building.

JSON keys: an array of accelerators, or one, each with name, aliases, peak_dense_flop_per_s, memory_bytes,
bandwidth_bytes_per_s, power_watts, source, note; with a question accelerator, devices, format, utilisation, flop_per_s,
bill {flops, days, device_hours, dollars, kilowatt_hours, pue}.

Examples:
  scaling-laws hardware                                        all accelerators
  scaling-laws hardware H100                                   one, with its source
  scaling-laws hardware 512xH100 --days 30 --mfu 0.4           what 30 days compute
  scaling-laws hardware 512xH100 --flops 1e24 --price 2.5      days, GPU-hours, dollars and energy of a budget
  scaling-laws hardware 512xH100 --dollars 1e6 --price 2.5     what a million dollars compute
  scaling-laws hardware --peak 4e14 --devices 64 --watts 500 --kwh 1e5 --pue 1.2")]
pub struct Arguments {
    /// Accelerator, or a number of them as in 512xH100
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Days of training
    #[arg(long, value_name = "DAYS", group = "question")]
    days: Option<f64>,
    /// A budget to turn into days, device-hours, dollars and energy
    #[arg(long, value_name = "C", group = "question")]
    flops: Option<Flops>,
    /// Dollars to spend
    #[arg(long, value_name = "USD", group = "question", requires = "price")]
    dollars: Option<f64>,
    /// Energy to spend, in kWh
    #[arg(long, value_name = "KWH", group = "question")]
    kwh: Option<f64>,
    /// Model FLOPs utilisation
    #[arg(long, value_name = "MFU", default_value_t = 0.4)]
    mfu: f64,
    /// Number format [default: BF16, or FP16 where there is none]
    #[arg(long, value_name = "FORMAT")]
    format: Option<NumberFormat>,
    /// Dollars for one device for one hour
    #[arg(long, value_name = "USD")]
    price: Option<f64>,
    /// Power usage effectiveness of the building
    #[arg(long, value_name = "PUE", default_value_t = 1.0)]
    pue: f64,
    /// Watts of one device, in place of the data sheet's
    #[arg(long, value_name = "W")]
    watts: Option<f64>,
    /// Dense peak FLOP/s of an accelerator of your own
    #[arg(long, value_name = "FLOP/S", conflicts_with = "name", requires = "question")]
    peak: Option<f64>,
    /// How many accelerators of your own
    #[arg(long, value_name = "N", requires = "peak", default_value_t = 1)]
    devices: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let asked =
        arguments.days.is_some() || arguments.flops.is_some() || arguments.dollars.is_some() || arguments.kwh.is_some();
    match (&arguments.name, arguments.peak) {
        (None, None) if asked => Err(Failure::Usage("name the accelerators, as in 512xH100, or give --peak".into())),
        (None, None) if arguments.json => Ok(Answer::json(&to_json(&accelerators()))),
        (None, None) => Ok(Answer::text(list())),
        (Some(name), _) if !asked => card(name, arguments.json),
        _ => question(arguments),
    }
}

fn card(name: &str, as_json: bool) -> Result<Answer, Failure> {
    let known = accelerator(name).map_err(Failure::usage)?;
    Ok(if as_json { Answer::json(&to_json(known)) } else { Answer::text(known.to_string()) })
}

fn question(arguments: &Arguments) -> Result<Answer, Failure> {
    let cluster = cluster(arguments).map_err(Failure::usage)?;
    let flops = match (arguments.days, arguments.flops, arguments.dollars, arguments.price, arguments.kwh) {
        (Some(days), ..) => cluster.flops_in_days(days),
        (_, Some(flops), ..) => Ok(flops),
        (_, _, Some(dollars), Some(price), _) => cluster.flops_for_dollars(dollars, price),
        (.., Some(energy)) => cluster.flops_for_energy(energy, arguments.pue),
        _ => return Err(Failure::Usage("give --days, --flops, --dollars or --kwh".into())),
    }
    .map_err(Failure::usage)?;
    let bill = bill(arguments, &cluster, flops).map_err(Failure::usage)?;
    Ok(if arguments.json { json(&cluster, &bill) } else { Answer::text(format!("{cluster}\n{bill}")) })
}

fn cluster(arguments: &Arguments) -> Result<Cluster, scaling_laws::ComputeError> {
    let mut cluster = match (&arguments.name, arguments.peak) {
        (Some(name), _) => Cluster::parse(name)?,
        (None, peak) => {
            // Memory has no part in the questions here; any does.
            let own = Accelerator::custom("accelerator of your own", 1.0)?;
            let format = arguments.format.unwrap_or(NumberFormat::Bf16);
            let peak = peak.unwrap_or(f64::NAN);
            let own = own.with_peak(NumberFormat::Bf16, peak)?.with_peak(format, peak)?;
            Cluster::new(own, arguments.devices)?
        }
    };
    if let Some(watts) = arguments.watts {
        let accelerator = cluster.accelerator().clone().with_power(watts)?;
        cluster = Cluster::new(accelerator, cluster.devices())?;
    }
    if let Some(format) = arguments.format {
        cluster = cluster.format(format)?;
    }
    cluster.utilisation(arguments.mfu)
}

fn bill(arguments: &Arguments, cluster: &Cluster, flops: Flops) -> Result<Bill, scaling_laws::ComputeError> {
    let bill = cluster.bill(flops).with_pue(arguments.pue)?;
    match arguments.price {
        Some(price) => bill.with_price(price),
        None => Ok(bill),
    }
}

fn json(cluster: &Cluster, bill: &Bill) -> Answer {
    Answer::json(&json!({
        "accelerator": cluster.accelerator().name(),
        "devices": cluster.devices(),
        "format": cluster.number_format(),
        "utilisation": cluster.mfu(),
        "flop_per_s": cluster.flop_per_second(),
        "bill": bill,
    }))
}

fn list() -> String {
    const FORMATS: [NumberFormat; 6] = [
        NumberFormat::Fp32,
        NumberFormat::Tf32,
        NumberFormat::Bf16,
        NumberFormat::Fp16,
        NumberFormat::Fp8E4M3,
        NumberFormat::Fp4E2M1,
    ];
    let mut text = String::from("Dense peaks in TFLOP/s\n\n");
    text.push_str(&format!("{:<14}", "name"));
    for heading in ["FP32", "TF32", "BF16", "FP16", "FP8", "FP4"] {
        text.push_str(&format!(" {heading:>7}"));
    }
    text.push_str("   GB  GB/s     W\n");
    for a in accelerators() {
        text.push_str(&format!("{:<14}", a.name()));
        for format in FORMATS {
            // FP8 stands for both of its formats; what has no peak has a dash.
            let peak = a.peak(format).map_or("-".to_owned(), |peak| short(peak / 1e12));
            text.push_str(&format!(" {peak:>7}"));
        }
        let or_dash = |value: Option<f64>| value.map_or("-".to_owned(), |value| value.to_string());
        let bandwidth = or_dash(a.bandwidth().map(|bandwidth| (bandwidth / 1e9).round()));
        let (memory, watts) = (a.memory_bytes() / 1e9, or_dash(a.power_watts()));
        text.push_str(&format!(" {memory:>4} {bandwidth:>5} {watts:>5}\n"));
    }
    text.push_str("\nShow one with its source: scaling-laws hardware NAME\n");
    text
}

/// One decimal where it is not zero.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
