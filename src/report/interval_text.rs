use std::fmt;

use super::table::number;
use crate::infer::Interval;
use crate::units::{Flops, Params, Tokens};

impl Interval {
    /// The estimate, the low and the high end as a person reads them: N and D with their letters, C in FLOP, and other numbers
    /// to so many digits. An open end is `inf`.
    ///
    /// ```
    /// use scaling_laws::{Approach3, Flops, Inference, Level, Method, Quantity};
    /// # use scaling_laws::{Chinchilla, LossModel, Runs};
    /// # let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
    /// # let (n, d): (Vec<f64>, Vec<f64>) = (0..36).map(|i| (1e8 * 3f64.powi(i % 6), 1e10 * 2f64.powi(i / 6))).unzip();
    /// # let wave = |i: usize| (0.004 * (7.0 * i as f64).sin()).exp();
    /// # let l: Vec<f64> = (0..36).map(|i| law.at(n[i].ln(), d[i].ln()).loss * wave(i)).collect();
    /// # let runs = Runs::from_columns(&n, &d, &l)?;
    /// let approach = Approach3::new();
    /// let fit = approach.fit(&runs)?;
    /// let size = Quantity::OptimalParams(Flops::new(1e23)?);
    /// let interval = Inference::new(&approach, &runs, &fit).interval(&size, Level::new(0.9)?, Method::Delta)?;
    /// assert!(interval.written(4).iter().all(|end| end.ends_with('B'))); // billions
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn written(&self, digits: i32) -> [String; 3] {
        let plain = |value: f64| if value.is_finite() { number(value, digits) } else { value.to_string() };
        let with_unit = |value: f64| match self.quantity.as_str() {
            name if name.starts_with("N_opt") => Params::new(value).ok().map(|n| n.to_string()),
            name if name.starts_with("D_opt") => Tokens::new(value).ok().map(|d| d.to_string()),
            name if name.starts_with("FLOPs") => Flops::new(value).ok().map(|c| c.to_string()),
            _ => None,
        };
        [self.point, self.low, self.high].map(|value| with_unit(value).unwrap_or_else(|| plain(value)))
    }
}

/// One line: the quantity, the estimate, the ends, and how they were made.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [point, low, high] = self.written(5);
        write!(f, "{} {point} [{low}, {high}] ({}, {}", self.quantity, self.level, self.method)?;
        if !self.resampling.is_empty() {
            write!(f, " of {} {} replicates", self.replicates, self.resampling)?;
        }
        f.write_str(")")
    }
}
