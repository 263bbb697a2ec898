use std::fmt;
use std::str::FromStr;

use crate::error::ComputeError;

/// A date as a decimal year of the proleptic Gregorian calendar: 2024.5 is the middle of 2024.
///
/// It reads "2024-07-02", "2024-07" (the first of the month) and "2024" or "2024.5", and prints a day.
///
/// ```
/// use scaling_laws::Date;
/// let date: Date = "2024-07-02".parse()?;
/// assert!((date.year() - 2024.5).abs() < 1e-12);
/// assert_eq!(date.to_string(), "2024-07-02");
/// assert_eq!("2024.5".parse::<Date>()?.to_string(), "2024-07-02");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Date(f64);

/// First and last year: wide enough for any trend, and every day of it prints with four digits.
const YEARS: (f64, f64) = (1900.0, 2200.0);

impl Date {
    /// The date of a decimal year.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] outside 1900 to 2200.
    pub fn new(year: f64) -> Result<Self, ComputeError> {
        if (YEARS.0..=YEARS.1).contains(&year) {
            Ok(Self(year))
        } else {
            Err(ComputeError::Argument { what: "year", value: year, allowed: "from 1900 to 2200" })
        }
    }

    /// For the catalogue.
    pub(super) const fn known(year: f64) -> Self {
        Self(year)
    }

    /// The decimal year.
    pub fn year(self) -> f64 {
        self.0
    }

    /// Year, month and day, to the nearest midnight.
    fn calendar(self) -> (i64, usize, i64) {
        let mut year = self.0.floor() as i64;
        let mut day = ((self.0 - self.0.floor()) * days_in(year) as f64).round() as i64;
        if day >= days_in(year) {
            day = 0;
            year += 1;
        }
        let mut month = 0;
        for (index, length) in months(year).into_iter().enumerate() {
            month = index;
            if day < length {
                break;
            }
            day -= length;
        }
        (year, month + 1, day + 1)
    }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn months(year: i64) -> [i64; 12] {
    [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// A year, month and day as a decimal year.
fn decimal(year: i64, month: i64, day: i64) -> Option<f64> {
    let months = months(year);
    let index = usize::try_from(month - 1).ok()?;
    if !(1..=*months.get(index)?).contains(&day) {
        return None;
    }
    let passed: i64 = months.iter().take(index).sum::<i64>() + day - 1;
    Some(year as f64 + passed as f64 / days_in(year) as f64)
}

impl FromStr for Date {
    type Err = ComputeError;
    fn from_str(text: &str) -> Result<Self, ComputeError> {
        let parts: Vec<&str> = text.trim().split('-').collect();
        let whole = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i64>().ok()).flatten();
        let year = match parts[..] {
            [year] => year.parse::<f64>().ok(),
            [year, month] => whole(year).zip(whole(month)).and_then(|(y, m)| decimal(y, m, 1)),
            [year, month, day] => {
                let numbers = whole(year).zip(whole(month)).zip(whole(day));
                numbers.and_then(|((y, m), d)| decimal(y, m, d))
            }
            _ => None,
        };
        let error = ComputeError::Parse {
            what: "a date",
            text: text.into(),
            expected: "2027-03-31, 2027-03, 2027 or 2027.25, from 1900 to 2200",
        };
        year.and_then(|year| Self::new(year).ok()).ok_or(error)
    }
}

/// The day, as in 2027-03-31.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.calendar();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// `{"date": "2027-03-31", "year": 2027.24…}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Date", 2)?;
        object.serialize_field("date", &self.to_string())?;
        object.serialize_field("year", &self.0)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_prints_as_it_was_read() {
        for year in [1900, 2000, 2023, 2024, 2199] {
            for (month, length) in months(year).into_iter().enumerate() {
                for day in 1..=length {
                    let text = format!("{year:04}-{:02}-{day:02}", month + 1);
                    assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
                }
            }
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "2023-02-29", "2024-13", "2024-00", "2024-01-00", "1899", "2201", "NaN", "soon", "-2024", "2024-1-1-1"]
        {
            assert!(text.parse::<Date>().is_err(), "{text:?}");
        }
        assert!("2024-02-29".parse::<Date>().is_ok());
    }
}
