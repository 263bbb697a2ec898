use super::leverage::Leverages;

/// The residuals of a fit, r/s in the order of the points, and what is needed to draw errors from them.
#[derive(Debug, Clone)]
pub(super) struct Errors {
    pub residuals: Vec<f64>,
    /// `None` where there is no curvature to speak of; the residuals are then drawn as they are.
    pub leverages: Option<Leverages>,
    /// The threshold of the loss in units of s, infinite for squares.
    pub delta: f64,
}

impl Errors {
    /// Errors alike, r/s, each with the place of the point that speaks for it.
    pub fn pool(&self) -> Vec<(usize, f64)> {
        match &self.leverages {
            Some(leverages) => leverages.pool(&self.residuals, self.delta),
            None => self.residuals.iter().copied().enumerate().collect(),
        }
    }

    /// Errors of a new observation, each at the scale of the point that speaks for it.
    pub fn of_new(&self, scale: &[f64]) -> Vec<f64> {
        let scaled = |(point, error): (usize, f64)| error * scale.get(point).copied().unwrap_or(1.0);
        self.pool().into_iter().map(scaled).collect()
    }
}
