use std::fmt;

use super::table::{Table, number, warnings, wrapped};
use crate::compute::{Accelerator, Bill, Cluster, Date, DateRange, Projection, Trend};

/// A number without an exponent: one decimal where it is not zero, more below 1.
fn plain(value: f64) -> String {
    let text = if value.abs() < 1.0 { number(value, 3) } else { format!("{value:.1}") };
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Peaks, memory, power and source.
impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name())?;
        let mut table = Table::new(&["format", "dense TFLOP/s", "FLOP a byte"]);
        for (format, peak) in self.peaks() {
            let intensity = self.bandwidth().map_or("-".into(), |bandwidth| number(peak / bandwidth, 3));
            table.row(vec![format.to_string(), plain(peak / 1e12), intensity]);
        }
        write!(f, "{table}")?;
        writeln!(f, "\n  memory     {} GB", plain(self.memory_bytes() / 1e9))?;
        let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "not published".into());
        writeln!(f, "  bandwidth  {}", or_unknown(self.bandwidth().map(|b| format!("{} GB/s", number(b / 1e9, 4)))))?;
        writeln!(f, "  power      {}", or_unknown(self.power_watts().map(|watts| format!("{watts} W"))))?;
        f.write_str(&wrapped("  source     ", self.source()))?;
        if self.note().is_empty() { Ok(()) } else { f.write_str(&wrapped("  note       ", self.note())) }
    }
}

/// Devices, format, utilisation and what they come to.
impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} x {} in {} at {} % utilisation: {} PFLOP/s",
            self.devices(),
            self.accelerator().name(),
            self.number_format(),
            plain(self.mfu() * 100.0),
            number(self.flop_per_second() / 1e15, 4)
        )
    }
}

/// FLOPs, days, device-hours and, where known, dollars and energy.
impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  C             {}  ({} PF-days)", self.flops(), number(self.flops().pf_days(), 4))?;
        writeln!(f, "  days          {}", number(self.days(), 4))?;
        writeln!(f, "  device-hours  {}", plain(self.device_hours()))?;
        if let Some(dollars) = self.dollars() {
            writeln!(f, "  dollars       {}", plain(dollars))?;
        }
        match self.kilowatt_hours() {
            Some(energy) => writeln!(f, "  energy        {} MWh at PUE {}", number(energy / 1e3, 4), self.pue()),
            None => writeln!(f, "  energy        not known: no published power"),
        }
    }
}

/// Rate, range, what it was seen over and where it is published.
impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.id())?;
        f.write_str(&wrapped("  grows     ", self.quantity()))?;
        let [fast, central, slow] = self.doubling_months().map(|months| number(months, 3));
        let [low, middle, high] = self.growth_per_year().map(|factor| number(factor, 3));
        let (months, factors) = if self.range().is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" ({fast} to {slow}, {})", self.range()), format!(" ({low} to {high})"))
        };
        writeln!(f, "  doubles   in {central} months{months}")?;
        writeln!(f, "  factor    {middle} a year{factors}")?;
        if let Some((first, last)) = self.observed() {
            writeln!(f, "  seen      from {first} to {last}")?;
        }
        f.write_str(&wrapped("  source    ", self.source()))?;
        if !self.note().is_empty() {
            f.write_str(&wrapped("  note      ", self.note()))?;
        }
        if self.verified() { Ok(()) } else { writeln!(f, "  verified  no: not seen in the source itself") }
    }
}

/// The central value with its range; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", number(self.central, 4))?;
        if self.low < self.high {
            write!(f, " ({} to {})", number(self.low, 4), number(self.high, 4))?;
        }
        if f.alternate() { Ok(()) } else { warnings(f, &self.warnings) }
    }
}

/// The central date with its range; `{:#}` leaves the warnings to the caller.
impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |date: Option<Date>| date.map_or("outside 1900 to 2200".into(), |date| date.to_string());
        write!(f, "{}", day(self.central))?;
        if self.earliest != self.latest {
            write!(f, " ({} to {})", day(self.earliest), day(self.latest))?;
        }
        if f.alternate() { Ok(()) } else { warnings(f, &self.warnings) }
    }
}

#[cfg(test)]
mod tests {
    use crate::compute::{Cluster, Date, accelerators, trend, trends};

    #[test]
    fn every_card_says_where_its_numbers_come_from() {
        for a in accelerators() {
            let text = a.to_string();
            let source = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(source.contains(a.source()) && text.contains("GB/s"), "{text}");
        }
        for t in trends() {
            let text = t.to_string();
            assert!(text.contains("source") && text.contains("verified  no") != t.verified(), "{text}");
        }
    }

    #[test]
    fn bills_and_projections_read_as_sentences() {
        let cluster = Cluster::parse("512xH100").unwrap();
        assert_eq!(cluster.to_string(), "512 x H100-SXM in BF16 at 40 % utilisation: 202.6 PFLOP/s");
        let bill = cluster.bill(cluster.flops_in_days(30.0).unwrap());
        assert!(bill.to_string().contains("days          30.00\n"), "{bill}");
        let date = |year| Date::new(year).unwrap();
        let projection = trend("algorithmic-progress").unwrap().project(1.0, date(2015.0), date(2020.0)).unwrap();
        assert_eq!(projection.to_string(), "138.0 (18.44 to 9908)");
    }
}
