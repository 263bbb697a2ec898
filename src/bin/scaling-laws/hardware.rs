use clap::Args;
use scaling_laws::{Bill, Cluster, Flops, NumberFormat, accelerators};
use serde_json::json;

use crate::answer::{Answer, Failure, to_json};
use crate::device::{self, Device, Store};
use crate::given::{Given, flags};

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
    #[command(flatten)]
    given: Given,
    /// Accelerator, or a number of them as in 512xH100
    #[arg(value_name = "NAME", group = "Machine")]
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
    #[command(flatten)]
    device: Device,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let asked =
        arguments.days.is_some() || arguments.flops.is_some() || arguments.dollars.is_some() || arguments.kwh.is_some();
    if asked {
        return question(arguments);
    }
    let idle = arguments.given.among(&["peak", "devices", "watts", "mfu", "format", "price", "pue"]);
    if !idle.is_empty() {
        let idle = flags(&idle);
        return Err(Failure::Usage(format!(
            "{idle} has a part in a question only: give --days, --flops, --dollars or --kwh"
        )));
    }
    match &arguments.name {
        None if arguments.json => Ok(Answer::json(&to_json(&accelerators()))),
        None => Ok(Answer::text(list())),
        Some(name) => card(name, arguments.json),
    }
}

fn card(name: &str, as_json: bool) -> Result<Answer, Failure> {
    let known = device::known(name)?;
    Ok(if as_json { Answer::json(&to_json(known)) } else { Answer::text(known.to_string()) })
}

fn question(arguments: &Arguments) -> Result<Answer, Failure> {
    let Arguments { name, device, format, mfu, .. } = arguments;
    let cluster = device.cluster(name.as_deref(), Store::default(), *format, *mfu)?;
    let cluster =
        cluster.ok_or_else(|| Failure::Usage("name the accelerators, as in 512xH100, or give --peak".into()))?;
    let flops = match (arguments.days, arguments.flops, arguments.dollars, arguments.price, arguments.kwh) {
        (Some(days), ..) => cluster.flops_in_days(days),
        (_, Some(flops), ..) => Ok(flops),
        (_, _, Some(dollars), Some(price), _) => cluster.flops_for_dollars(dollars, price),
        (.., Some(energy)) => cluster.flops_for_energy(energy, arguments.pue),
        _ => return Err(Failure::Usage("give --days, --flops, --dollars or --kwh".into())),
    }
    .map_err(device::told)?;
    let bill = bill(arguments, &cluster, flops).map_err(Failure::usage)?;
    Ok(if arguments.json { json(&cluster, &bill) } else { Answer::text(format!("{cluster}\n{bill}")) })
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
