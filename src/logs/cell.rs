use super::columns::{Column, Quantity, Scale};
use crate::units::{Nats, parse_number};

/// Why a cell is not a value: what was expected in its place.
pub(super) type Expected = &'static str;

const ABOVE_ZERO: Expected = "a finite number above zero";
const NOT_MISSING: Expected = "a number above zero, not a missing value";
const COUNT: Expected = "a number such as 70000000000, 7e10 or 70B";
const FLOP: Expected = "a number such as 5.76e23 or 1 PF-day";
const NATS: Expected = "a number such as 2.17";
const ONE_COMMA: Expected = "a number without a comma, which could be decimal or stand before thousands";
const UTF_8: Expected = "a number in UTF-8 text";

/// The value of a cell in parameters, tokens, FLOP or nats: finite and above zero.
///
/// A cell with its own unit ("70B") is not scaled by the unit of its header. `decimal_commas` says that a comma may be
/// a decimal one, as in files that are separated by semicolons for that reason.
pub(super) fn read(cell: &[u8], column: &Column, decimal_commas: bool) -> Result<f64, Expected> {
    let text = std::str::from_utf8(cell).map_err(|_| UTF_8)?.trim();
    let value = match text.parse::<f64>() {
        Ok(value) => scaled(text, value, column.scale),
        Err(_) => spelled(text, column, decimal_commas)?,
    };
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(ABOVE_ZERO) }
}

/// A number that is not plain: with a unit or with separators.
fn spelled(text: &str, column: &Column, decimal_commas: bool) -> Result<f64, Expected> {
    if is_missing(text) {
        return Err(NOT_MISSING);
    }
    let commas = text.bytes().filter(|byte| *byte == b',').count();
    if commas == 1 && (decimal_commas || column.quantity == Quantity::Loss) {
        return Err(ONE_COMMA);
    }
    let has_unit = text.ends_with(|c: char| c.is_alphabetic());
    let scale = if has_unit { Scale::One } else { column.scale };
    let (value, expected) = match column.quantity {
        Quantity::Loss => (text.parse::<Nats>().ok().map(Nats::get), NATS),
        Quantity::Flops => (parse_number(text), FLOP),
        Quantity::Params | Quantity::Tokens => (parse_number(text), COUNT),
    };
    value.map(|value| scaled("", value, scale)).ok_or(expected)
}

/// Through the decimal text where possible, so that 1.4 in a column of billions is the same double as 1.4e9.
fn scaled(text: &str, value: f64, scale: Scale) -> f64 {
    match scale {
        Scale::One => value,
        Scale::Times(factor) => value * factor,
        Scale::PowerOfTen(power) => format!("{text}e{power}").parse().unwrap_or_else(|_| value * 10f64.powi(power)),
    }
}

fn is_missing(text: &str) -> bool {
    ["", "-", "--", "?", "na", "n/a", "null", "none", "nil", "missing", "undefined", "#n/a"]
        .iter()
        .any(|missing| text.eq_ignore_ascii_case(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(quantity: Quantity, scale: Scale) -> Column {
        Column { quantity, index: 0, name: "x".into(), scale }
    }

    #[test]
    fn cells_are_read_to_the_nearest_double() {
        let plain = column(Quantity::Params, Scale::One);
        let billions = column(Quantity::Params, Scale::PowerOfTen(9));
        for (text, column, value) in [
            ("70B", &plain, 7e10),
            (" 1.4T ", &plain, 1.4e12),
            ("1,000,000", &plain, 1e6),
            ("1.23E+10", &plain, 1.23e10),
            ("1.4", &billions, 1.4e9),
            ("0.0703", &billions, 70.3e6),
            ("70M", &billions, 7e7),
            ("1,000", &billions, 1e12),
            ("1e-3", &billions, 1e6),
        ] {
            assert_eq!(read(text.as_bytes(), column, false), Ok(value), "{text}");
        }
        assert_eq!(read(b"1 PF-day", &column(Quantity::Flops, Scale::One), false), Ok(8.64e19));
        assert_eq!(read(b"2.5 nats", &column(Quantity::Loss, Scale::Times(2.0)), false), Ok(2.5));
        assert_eq!(read(b"2.5", &column(Quantity::Loss, Scale::Times(2.0)), false), Ok(5.0));
    }

    #[test]
    fn each_bad_cell_says_what_was_expected() {
        let loss = column(Quantity::Loss, Scale::One);
        for (text, expected) in [
            (&b"0"[..], ABOVE_ZERO),
            (b"-2", ABOVE_ZERO),
            (b"NaN", ABOVE_ZERO),
            (b"inf", ABOVE_ZERO),
            (b"1e999", ABOVE_ZERO),
            (b"", NOT_MISSING),
            (b"  ", NOT_MISSING),
            (b"N/A", NOT_MISSING),
            (b"two", NATS),
            (b"2.1K", NATS),
            (b"2,171", ONE_COMMA),
            (b"2.1\xff", UTF_8),
        ] {
            assert_eq!(read(text, &loss, false), Err(expected), "{text:?}");
        }
        assert_eq!(read(b"1,234", &column(Quantity::Params, Scale::One), true), Err(ONE_COMMA));
        assert_eq!(read(b"1e300", &column(Quantity::Params, Scale::PowerOfTen(12)), true), Err(ABOVE_ZERO));
    }
}
