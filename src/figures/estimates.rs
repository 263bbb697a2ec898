use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::error::FigureError;

/// An estimate with the ends of its interval, for [`intervals`].
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Estimate {
    label: String,
    method: String,
    value: f64,
    low: f64,
    high: f64,
}

impl Estimate {
    /// An estimate called `label` with its interval from `low` to `high`, by some method.
    pub fn new(label: impl Into<String>, method: impl Into<String>, value: f64, low: f64, high: f64) -> Self {
        Self { label: label.into(), method: method.into(), value, low, high }
    }
}

/// Estimates with their intervals, one row a label and one colour a method, on an axis they share.
///
/// Put quantities of one unit into one figure: exponents in one, N_opt at a budget in another.
///
/// # Errors
/// [`FigureError::Empty`] without estimates.
///
/// ```
/// use scaling_laws::figures::{self, Axis, Estimate};
/// let rows = [
///     Estimate::new("alpha", "sandwich", 0.348, 0.31, 0.386),
///     Estimate::new("alpha", "bootstrap", 0.348, 0.30, 0.392),
///     Estimate::new("beta", "sandwich", 0.366, 0.35, 0.382),
/// ];
/// let figure = figures::intervals("Exponents", Axis::linear("exponent"), &rows)?;
/// assert!(figure.to_svg().contains("bootstrap"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn intervals(title: &str, axis: Axis, estimates: &[Estimate]) -> Result<Figure, FigureError> {
    if estimates.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of intervals", what: "estimate" });
    }
    let labels = distinct(estimates.iter().map(|estimate| &estimate.label));
    let methods = distinct(estimates.iter().map(|estimate| &estimate.method));
    let mut panel = Panel::new(axis, Axis::categories("", labels.iter().cloned()));
    for (index, method) in methods.iter().enumerate() {
        // Methods of one label stand under each other, not on each other.
        let shift = 0.6 * ((index as f64 + 0.5) / methods.len() as f64 - 0.5);
        let rows = estimates.iter().filter(|estimate| estimate.method == *method).map(|estimate| {
            let row = labels.iter().position(|label| *label == estimate.label).unwrap_or(0) as f64;
            (estimate.value, row + shift, estimate.low, estimate.high)
        });
        panel = panel.with(Series::intervals_across(method.clone(), rows));
    }
    let row = 26.0 + 14.0 * methods.len() as f64;
    Ok(Figure::new(title).size(700.0, 70.0 + row * labels.len() as f64).panel(panel))
}

/// In order of first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}
