use super::level::Level;
use super::method::Method;
use crate::warning::Warning;

/// A range for a quantity, with how it was made and what there is to doubt.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Interval {
    /// What it is of.
    pub quantity: String,
    /// The estimate.
    pub point: f64,
    /// The low end; −∞, or 0 for what is above zero, where a profile is open below.
    pub low: f64,
    /// The high end; ∞ where a profile is open above.
    pub high: f64,
    /// The share of samples whose interval is to hold the truth.
    pub level: Level,
    /// How it was made.
    pub method: Method,
    /// How replicates were drawn: "wild", "pairs", …; empty for methods without.
    pub resampling: &'static str,
    /// Replicates that it rests on; 0 for methods without.
    pub replicates: usize,
    /// Further replicates that have no answer, or did not end at an optimum.
    pub failed: usize,
    /// The doubts.
    pub warnings: Vec<Warning>,
}

impl Interval {
    /// Whether a value lies in it, ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
