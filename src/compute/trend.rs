use std::borrow::Cow;

use super::Date;
use super::accelerator::positive;
use crate::error::ComputeError;
use crate::warning::Warning;

/// An exponential trend: something that doubles every T months.
///
/// ```text
/// factor from t0 to t1 = 2^(12·(t1 - t0) / T)        t1 = t0 + T/12 · log2(target / value)
/// ```
///
/// Published trends stand in [`trends`](crate::trends) with their source and range; [`Trend::doubling`] and
/// [`Trend::growing`] make others. A range is carried through every projection: its ends are the projections of the
/// slowest and the fastest rate, not an interval for what a single year will bring.
///
/// ```
/// use scaling_laws::{Date, trend};
/// let compute = trend("training-compute")?;
/// let (from, to) = (Date::new(2024.0)?, Date::new(2030.0)?);
/// let budget = compute.project(5e25, from, to)?;
/// assert!(2e29 < budget.low && budget.high < 8e29);
/// let date = compute.reach(5e25, from, 2e29)?;
/// assert!(date.central.unwrap() < to);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    pub(super) id: Cow<'static, str>,
    pub(super) quantity: &'static str,
    pub(super) rate: Rate,
    pub(super) range: &'static str,
    pub(super) observed: Option<(Date, Date)>,
    pub(super) source: &'static str,
    pub(super) note: &'static str,
    pub(super) verified: bool,
}

/// Slow, central and fast, in the terms of the source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Rate {
    /// Months to double.
    DoublingMonths { fast: f64, central: f64, slow: f64 },
    /// Factor a year.
    PerYear { slow: f64, central: f64, fast: f64 },
}

/// A projected value, with the values of the slowest and fastest rate, in order of size.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Projection {
    /// The lowest.
    pub low: f64,
    /// At the central rate.
    pub central: f64,
    /// The highest.
    pub high: f64,
    /// Doubts, such as a date beyond what the trend was seen over.
    pub warnings: Vec<Warning>,
}

/// A projected date, with the dates of the fastest and slowest rate. `None` is a date outside 1900 to 2200.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DateRange {
    /// The earliest.
    pub earliest: Option<Date>,
    /// At the central rate.
    pub central: Option<Date>,
    /// The latest.
    pub latest: Option<Date>,
    /// Doubts, such as a date beyond what the trend was seen over.
    pub warnings: Vec<Warning>,
}

impl Trend {
    /// A trend of one's own that doubles every so many months.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the months are finite and above zero.
    pub fn doubling(id: impl Into<String>, months: f64) -> Result<Self, ComputeError> {
        let central = positive("doubling time in months", months)?;
        Ok(Self::own(id.into(), Rate::DoublingMonths { fast: central, central, slow: central }))
    }

    /// A trend of one's own that grows by this factor a year.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the factor is finite and above 1.
    pub fn growing(id: impl Into<String>, factor_a_year: f64) -> Result<Self, ComputeError> {
        let central = check_factor(factor_a_year)?;
        Ok(Self::own(id.into(), Rate::PerYear { slow: central, central, fast: central }))
    }

    /// The same trend with a range, in the terms it was given in: months to double, or factors a year, in either order.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the central rate lies within.
    pub fn with_range(self, one: f64, other: f64) -> Result<Self, ComputeError> {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        let outside = |central: f64| !(low <= central && central <= high);
        let allowed = "such that the central rate lies within the range";
        let rate = match self.rate {
            Rate::DoublingMonths { central, .. } => {
                let (fast, slow) =
                    (positive("doubling time in months", low)?, positive("doubling time in months", high)?);
                if outside(central) {
                    return Err(ComputeError::Argument { what: "end of the range", value: one, allowed });
                }
                Rate::DoublingMonths { fast, central, slow }
            }
            Rate::PerYear { central, .. } => {
                let (slow, fast) = (check_factor(low)?, check_factor(high)?);
                if outside(central) {
                    return Err(ComputeError::Argument { what: "end of the range", value: one, allowed });
                }
                Rate::PerYear { slow, central, fast }
            }
        };
        Ok(Self { rate, range: "given by the user", ..self })
    }

    fn own(id: String, rate: Rate) -> Self {
        Self {
            id: Cow::Owned(id),
            quantity: "any quantity",
            rate,
            range: "",
            observed: None,
            source: "given by the user",
            note: "",
            verified: true,
        }
    }

    /// The name that [`trend`](crate::trend) finds it by.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// What grows.
    pub fn quantity(&self) -> &'static str {
        self.quantity
    }
    /// What the ends of the range are, such as "95 % interval"; empty where there is none.
    pub fn range(&self) -> &'static str {
        self.range
    }
    /// First and last date of what the trend was seen over.
    pub fn observed(&self) -> Option<(Date, Date)> {
        self.observed
    }
    /// Where it is published.
    pub fn source(&self) -> &'static str {
        self.source
    }
    /// What else to know, or an empty text.
    pub fn note(&self) -> &'static str {
        self.note
    }
    /// Whether the numbers were seen in the source itself.
    pub fn verified(&self) -> bool {
        self.verified
    }

    /// Months to double: fastest, central, slowest.
    pub fn doubling_months(&self) -> [f64; 3] {
        match self.rate {
            Rate::DoublingMonths { fast, central, slow } => [fast, central, slow],
            Rate::PerYear { slow, central, fast } => [fast, central, slow].map(|factor| 12.0 / factor.log2()),
        }
    }

    /// Factor a year: slowest, central, fastest.
    pub fn growth_per_year(&self) -> [f64; 3] {
        match self.rate {
            Rate::DoublingMonths { fast, central, slow } => [slow, central, fast].map(|months| (12.0 / months).exp2()),
            Rate::PerYear { slow, central, fast } => [slow, central, fast],
        }
    }

    /// What a value of one date is at another, which may be earlier.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless the value is finite and above zero, and the result too.
    pub fn project(&self, value: f64, from: Date, to: Date) -> Result<Projection, ComputeError> {
        let value = positive("value", value)?;
        let years = to.year() - from.year();
        let mut ends = self.doubling_months().map(|months| value * (12.0 * years / months).exp2());
        let central = ends[1];
        ends.sort_by(f64::total_cmp);
        let [low, _, high] = ends;
        for end in [low, high] {
            positive("projected value", end)?;
        }
        Ok(Projection { low, central, high, warnings: self.warnings(&[from, to]) })
    }

    /// When a value that holds at one date reaches another. A target below the value lies in the past.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless both are finite and above zero.
    pub fn reach(&self, value: f64, from: Date, target: f64) -> Result<DateRange, ComputeError> {
        let doublings = (positive("target", target)?.ln() - positive("value", value)?.ln()) / std::f64::consts::LN_2;
        let mut years = self.doubling_months().map(|months| from.year() + doublings * months / 12.0);
        let central = years[1];
        years.sort_by(f64::total_cmp);
        let [earliest, _, latest] = years;
        let [earliest, central, latest] = [earliest, central, latest].map(|year| Date::new(year).ok());
        let dates: Vec<Date> = [Some(from), earliest, latest].into_iter().flatten().collect();
        Ok(DateRange { earliest, central, latest, warnings: self.warnings(&dates) })
    }

    fn warnings(&self, dates: &[Date]) -> Vec<Warning> {
        let unverified = (!self.verified).then(|| Warning::Unverified { law: self.id.to_string() });
        let beyond = self.observed.and_then(|(first, last)| {
            let years_out = |date: &&Date| (first.year() - date.year()).max(date.year() - last.year());
            let far = dates.iter().max_by(|a, b| years_out(a).total_cmp(&years_out(b)))?;
            (years_out(&far) > 0.0).then(|| Warning::BeyondTrend {
                trend: self.id.to_string(),
                year: far.year(),
                first: first.year(),
                last: last.year(),
            })
        });
        unverified.into_iter().chain(beyond).collect()
    }
}

fn check_factor(factor: f64) -> Result<f64, ComputeError> {
    if factor.is_finite() && factor > 1.0 {
        Ok(factor)
    } else {
        Err(ComputeError::Argument { what: "growth a year", value: factor, allowed: "a factor above 1, such as 4.6" })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Trend {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Trend", 9)?;
        object.serialize_field("id", &self.id)?;
        object.serialize_field("quantity", self.quantity)?;
        object.serialize_field("doubling_months", &self.doubling_months())?;
        object.serialize_field("growth_per_year", &self.growth_per_year())?;
        object.serialize_field("range", self.range)?;
        object.serialize_field("observed", &self.observed)?;
        object.serialize_field("source", self.source)?;
        object.serialize_field("note", self.note)?;
        object.serialize_field("verified", &self.verified)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: f64) -> Date {
        Date::new(year).unwrap()
    }

    #[test]
    fn a_date_and_a_value_are_inverse_questions() {
        let trend = Trend::doubling("own", 17.0).unwrap().with_range(25.0, 9.0).unwrap();
        let value = trend.project(3e24, date(2023.25), date(2031.75)).unwrap();
        assert!(value.low < value.central && value.central < value.high);
        for (target, pick) in [(value.low, 2), (value.central, 1), (value.high, 0)] {
            let range = trend.reach(3e24, date(2023.25), target).unwrap();
            let year = [range.earliest, range.central, range.latest][pick].unwrap().year();
            assert!((year - 2031.75).abs() < 1e-9, "{year}");
        }
    }

    #[test]
    fn doubling_time_and_growth_say_the_same() {
        let trend = Trend::doubling("own", 24.0).unwrap();
        assert!((trend.growth_per_year()[1] - 2f64.sqrt()).abs() < 1e-15);
        assert_eq!(trend.project(1.0, date(2020.0), date(2024.0)).unwrap().central, 4.0);
        assert_eq!(trend.project(1.0, date(2024.0), date(2020.0)).unwrap().central, 0.25);
        let same = Trend::growing("own", 2f64.sqrt()).unwrap();
        assert!((same.doubling_months()[1] - 24.0).abs() < 1e-12);
    }

    #[test]
    fn the_past_keeps_the_order_of_its_range() {
        let trend = Trend::growing("own", 4.0).unwrap().with_range(3.0, 5.0).unwrap();
        let past = trend.project(1e25, date(2024.0), date(2020.0)).unwrap();
        assert!(past.low < past.central && past.central < past.high);
        let dates = trend.reach(1e25, date(2024.0), 1e22).unwrap();
        assert!(dates.earliest < dates.central && dates.central < dates.latest);
    }

    #[test]
    fn rates_and_values_that_cannot_be_are_refused() {
        assert!(Trend::doubling("own", 0.0).is_err() && Trend::doubling("own", f64::NAN).is_err());
        assert!(Trend::growing("own", 1.0).is_err());
        let trend = Trend::doubling("own", 12.0).unwrap();
        assert!(trend.clone().with_range(13.0, 20.0).is_err() && trend.clone().with_range(-1.0, 20.0).is_err());
        assert!(trend.project(-1.0, date(2020.0), date(2021.0)).is_err());
        assert!(trend.project(1e300, date(1900.0), date(2200.0)).is_err());
        assert_eq!(trend.reach(1.0, date(2020.0), 1e200).unwrap().central, None);
    }
}
