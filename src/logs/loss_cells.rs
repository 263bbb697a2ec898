//! Losses as cells of a table: what a comma in them means.

use std::str::from_utf8;

use super::columns::shortened;
use crate::error::LogError;
use crate::units::parse_number;

/// The cells of one column of losses, in the order of the table.
///
/// No loss has thousands, so a comma in one is decimal or a mistake. It is read as decimal where cells are apart by
/// semicolons or tabs, as programs write them for that reason, and no cell of the column has a point.
#[derive(Debug, Default)]
pub(super) struct LossCells {
    may_be_decimal: bool,
    comma: Option<Place>,
    point: Option<Place>,
}

#[derive(Debug)]
struct Place {
    line: u64,
    text: String,
}

impl LossCells {
    pub fn new(may_be_decimal: bool) -> Self {
        Self { may_be_decimal, ..Self::default() }
    }

    /// Whether a cell so far was read with a decimal comma.
    pub fn has_comma(&self) -> bool {
        self.comma.is_some()
    }

    /// The number of a cell, NaN and infinity included.
    pub fn read(&mut self, cell: &[u8], line: impl Fn() -> u64) -> Option<f64> {
        let text = from_utf8(cell).ok()?;
        let place = || Place { line: line(), text: shortened(text) };
        let value = match text.parse::<f64>() {
            Ok(value) => Some(value),
            Err(_) if text.is_empty() => None,
            Err(_) if !text.contains(',') => parse_number(text),
            Err(_) if self.may_be_decimal => {
                let value = decimal_comma(text)?;
                self.comma.get_or_insert_with(place);
                return Some(value);
            }
            Err(_) => None,
        };
        if self.may_be_decimal && self.point.is_none() && value.is_some() && text.contains('.') {
            self.point = Some(place());
        }
        value
    }

    /// # Errors
    /// [`LogError::Malformed`] if the column has both decimal commas and points.
    pub fn finish(&self, column: &str, path: &str) -> Result<(), LogError> {
        let (Some(comma), Some(point)) = (&self.comma, &self.point) else { return Ok(()) };
        let reason = format!(
            "column {column} has a comma in {:?} on line {} and a point in {:?} on line {}: which of them is decimal is not \
             clear. Write its numbers in one way",
            comma.text, comma.line, point.text, point.line
        );
        Err(LogError::Malformed { path: path.into(), reason })
    }
}

/// A number with one comma, and that a decimal one.
pub(super) fn decimal_comma(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once(',')?;
    let digits = fraction.starts_with(|c: char| c.is_ascii_digit()) && !fraction.contains([',', '.']);
    if digits && !whole.contains('.') { format!("{whole}.{fraction}").parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_loss_is_decimal_or_nothing() {
        for (text, apart, within) in [
            ("3,605", Some(3.605), None),
            ("-0,5e-3", Some(-0.5e-3), None),
            ("1,234,567", None, None),
            ("1,234.5", None, None),
            ("1.234,5", None, None),
            ("3,", None, None),
            ("3.605", Some(3.605), Some(3.605)),
            ("3.605 nats", Some(3.605), Some(3.605)),
            ("", None, None),
        ] {
            assert_eq!(LossCells::new(true).read(text.as_bytes(), || 1), apart, "{text}");
            assert_eq!(LossCells::new(false).read(text.as_bytes(), || 1), within, "{text}");
        }
    }

    #[test]
    fn commas_and_points_in_one_column_are_refused_with_their_lines() {
        let mut cells = LossCells::new(true);
        assert_eq!(cells.read(b"3,605", || 2), Some(3.605));
        assert!(cells.finish("loss", "f").is_ok());
        assert_eq!(cells.read(b"3.5", || 7), Some(3.5));
        let said = cells.finish("loss", "f").unwrap_err().to_string();
        assert!(said.contains("\"3,605\" on line 2") && said.contains("\"3.5\" on line 7"), "{said}");
    }
}
