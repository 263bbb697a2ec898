use std::fmt;

use super::table::number;
use crate::infer::Interval;

/// One line: the quantity, the estimate, the ends, and how they were made.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [point, low, high] =
            [self.point, self.low, self.high].map(|v| if v.is_finite() { number(v, 5) } else { v.to_string() });
        write!(f, "{} {point} [{low}, {high}] ({}, {}", self.quantity, self.level, self.method)?;
        if !self.resampling.is_empty() {
            write!(f, " of {} {} replicates", self.replicates, self.resampling)?;
        }
        f.write_str(")")
    }
}
