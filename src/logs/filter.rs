use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::RunsError;
use crate::units::parse_number;

/// A condition on a column of a run log, such as `epoch_excluded=0`, `group!=pilot` or `params>=1B`.
///
/// Where cell and value both read as numbers they are compared as numbers, so `0` equals `0.0` and `1e9` equals `1B`;
/// elsewhere `=` and `!=` compare the text. `<`, `<=`, `>` and `>=` need a number and hold for no cell without one.
///
/// ```
/// use scaling_laws::{CsvReader, Filter};
/// let log = "params,tokens,loss,diverged\n1e8,2e9,3.1,0.0\n1e9,2e10,NaN,1\n";
/// let runs = CsvReader::new().filter("diverged=0".parse::<Filter>()?).read(log.as_bytes(), "log")?;
/// assert_eq!(runs.len(), 1);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    column: String,
    operator: Operator,
    value: String,
    number: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Longer signs first: `<=` starts with `<`.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("==", Operator::Equal),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Filter {
    /// The column it asks for.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// Whether a cell meets the condition.
    pub(super) fn holds(&self, cell: &[u8]) -> bool {
        let text: Cow<'_, str> = String::from_utf8_lossy(cell);
        let text = text.trim();
        match self.number.zip(parse_number(text)) {
            Some((value, cell)) => self.holds_number(cell, value),
            None => match self.operator {
                Operator::Equal => text == self.value,
                Operator::NotEqual => text != self.value,
                _ => false,
            },
        }
    }

    fn holds_number(&self, cell: f64, value: f64) -> bool {
        let order = cell.partial_cmp(&value);
        // Someone who filters by NaN means the cells that hold it.
        let equal = order == Some(Ordering::Equal) || cell.is_nan() && value.is_nan();
        match self.operator {
            Operator::Equal => equal,
            Operator::NotEqual => !equal,
            Operator::Less => order == Some(Ordering::Less),
            Operator::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// Reads `column=value`, or `!=`, `<`, `<=`, `>`, `>=` in place of `=`. Spaces around the parts do not count.
impl FromStr for Filter {
    type Err = RunsError;

    fn from_str(text: &str) -> Result<Self, RunsError> {
        let refused = |expected| RunsError::Filter { text: text.into(), expected };
        const FORM: &str = "column=value, or one of != < <= > >= in place of =";
        let start = text.find(['=', '!', '<', '>']).ok_or_else(|| refused(FORM))?;
        let (column, condition) = text.split_at(start);
        let (operator, value) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, condition.strip_prefix(sign)?.trim())))
            .ok_or_else(|| refused(FORM))?;
        if column.trim().is_empty() || value.starts_with(['=', '!', '<', '>']) {
            return Err(refused(FORM));
        }
        let number = parse_number(value);
        let orders = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if orders && number.is_none_or(f64::is_nan) {
            return Err(refused("a number behind < <= > >="));
        }
        Ok(Self { column: column.trim().into(), operator, value: value.into(), number })
    }
}

/// As it is read.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = OPERATORS.iter().rfind(|(_, operator)| *operator == self.operator).map_or("", |(sign, _)| sign);
        write!(f, "{}{sign}{}", self.column, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(filter: &str, cell: &str) -> bool {
        filter.parse::<Filter>().unwrap().holds(cell.as_bytes())
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (filter, cell) in [
            ("x=0", "0.0"),
            ("x == 0", " 0 "),
            ("x=1e9", "1B"),
            ("x!=0", "1"),
            ("x>=1B", "1000000000"),
            ("x<3.5", "3.4999"),
            ("x<=3.5", "3.50"),
            ("x>-1", "0"),
            ("x=nan", "NaN"),
        ] {
            assert!(holds(filter, cell), "{filter} {cell}");
        }
        for (filter, cell) in [("x=0", "1e-9"), ("x!=0", "0.0"), ("x>0", "NaN"), ("x<1", ""), ("x<=1", "low")] {
            assert!(!holds(filter, cell), "{filter} {cell}");
        }
    }

    #[test]
    fn other_cells_are_compared_as_text() {
        assert!(holds("group=hot", "hot"));
        assert!(!holds("group=hot", "Hot"));
        assert!(holds("group!=hot", "cool_end"));
        assert!(holds("kind=", ""));
        assert!(holds("x!=0", ""));
        assert!(holds("name=a b", "a b"));
        assert!(!"x=é".parse::<Filter>().unwrap().holds(b"\xe9"));
    }

    #[test]
    fn what_cannot_be_a_filter_is_refused() {
        for text in ["", "x", "=1", " = 1", "x!1", "x=<1", "x<", "x>high", "x>=nan", "x=!1"] {
            assert!(matches!(text.parse::<Filter>(), Err(RunsError::Filter { .. })), "{text}");
        }
        assert_eq!(
            "loss>high".parse::<Filter>().unwrap_err().to_string(),
            "cannot read the filter \"loss>high\": expected a number behind < <= > >="
        );
    }

    #[test]
    fn a_filter_prints_as_it_is_read() {
        for text in ["x=0", "x!=a b", "x<1", "x<=1", "x>1", "x>=1"] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        }
    }
}
