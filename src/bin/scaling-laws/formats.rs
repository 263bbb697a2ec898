use clap::Args;
use scaling_laws::{BlockScale, NumberFormat};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure};

#[derive(Debug, Args)]
#[command(after_help = "\
Decades are powers of ten from the smallest normal to the largest value. Rounding is to nearest, ties to even, and
saturates at the largest value. Formats of 8 bits and fewer are used with a scale for each tensor, or for each block:
MX shares 8 bits among 32 values, NVFP4 8 bits among 16.

JSON: an array of formats, or one, each with name, bits, storage_bits, exponent_bits, mantissa_bits, bias, largest,
smallest_normal, smallest_subnormal, epsilon, decades, digits, bytes, bytes_mx; with --round also value, rounded,
relative_error.

Examples:
  scaling-laws formats
  scaling-laws formats e4m3
  scaling-laws formats --round 0.1        0.1 in every format")]
pub struct Arguments {
    /// One format, as in fp8-e4m3 or bf16; without it all are listed
    #[arg(value_name = "NAME")]
    name: Option<NumberFormat>,
    /// A number to round to the format
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    round: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if let Some(value) = arguments.round.filter(|value| !value.is_finite()) {
        return Err(Failure::Usage(format!("--round {value} is not a finite number")));
    }
    let chosen = arguments.name.map_or(NumberFormat::ALL.to_vec(), |format| vec![format]);
    if arguments.json {
        let mut values: Vec<Value> = chosen.iter().map(|format| json(*format, arguments.round)).collect();
        let one = arguments.name.and_then(|_| values.pop());
        return Ok(Answer::json(&one.unwrap_or(Value::Array(values))));
    }
    let mut text = table(&chosen);
    if let Some(value) = arguments.round {
        text.push_str(&format!("\n{value} rounded\n"));
        for format in chosen {
            let rounded = format.round(value);
            let error = relative_error(value, rounded).map_or("-".into(), |error| format!("{error:+.3e}"));
            text.push_str(&format!("{:<9}  {rounded:<22}  relative error {error}\n", format.name()));
        }
    }
    Ok(Answer::text(text))
}

fn table(formats: &[NumberFormat]) -> String {
    let mut text = format!(
        "{:<9} {:>4} {:>8} {:>5} {:>11} {:>11} {:>11} {:>9} {:>7} {:>6}\n",
        "format", "bits", "exp+man", "bias", "largest", "normal", "subnormal", "epsilon", "decades", "digits"
    );
    for format in formats {
        let split = format.exponent_bits().zip(format.mantissa_bits());
        let split = split.map_or("-".into(), |(exponent, mantissa)| format!("{exponent}+{mantissa}"));
        text.push_str(&format!(
            "{:<9} {:>4} {:>8} {:>5} {:>11} {:>11} {:>11} {:>9} {:>7.2} {:>6.2}\n",
            format.name(),
            format.bits(),
            split,
            format.bias().map_or("-".into(), |bias| bias.to_string()),
            short(format.largest()),
            short(format.smallest_normal()),
            short(format.smallest_subnormal()),
            format.epsilon().map_or("-".into(), |epsilon| format!("{epsilon:.2e}")),
            format.decades(),
            format.digits(),
        ));
    }
    text
}

fn short(value: f64) -> String {
    if (1e-2..1e6).contains(&value) { format!("{}", (value * 1e6).round() / 1e6) } else { format!("{value:.4e}") }
}

fn relative_error(value: f64, rounded: f64) -> Option<f64> {
    (value != 0.0).then(|| (rounded - value) / value.abs())
}

fn json(format: NumberFormat, round: Option<f64>) -> Value {
    let mut object = json!({
        "name": format.name(),
        "bits": format.bits(),
        "storage_bits": format.storage_bits(),
        "exponent_bits": format.exponent_bits(),
        "mantissa_bits": format.mantissa_bits(),
        "bias": format.bias(),
        "largest": format.largest(),
        "smallest_normal": format.smallest_normal(),
        "smallest_subnormal": format.smallest_subnormal(),
        "epsilon": format.epsilon(),
        "decades": format.decades(),
        "digits": format.digits(),
        "bytes": format.bytes(),
        "bytes_mx": (format.bits() <= 8).then(|| format.bytes_with_scale(BlockScale::MX)),
    });
    if let Some(value) = round {
        let rounded = format.round(value);
        object["value"] = value.into();
        object["rounded"] = rounded.into();
        object["relative_error"] = relative_error(value, rounded).into();
    }
    object
}
