use super::drawing::Drawing;
use super::level::Level;
use super::quantity::Quantity;
use crate::laws::{Chinchilla, LossModel};

/// The laws of the replicates of one bootstrap: computed once, asked as often as one likes.
///
/// Every law counts the same. [`laws`](Self::laws) goes straight into [`allocate_cloud`](crate::allocate_cloud), which
/// carries the doubt about the law through a constrained allocation.
#[derive(Debug, Clone)]
pub struct Cloud {
    pub(super) laws: Vec<Chinchilla>,
    /// Covariances in the order of the laws, where they were asked for.
    pub(super) covariances: Vec<Option<[[f64; 5]; 5]>>,
    pub(super) unfinished: usize,
    pub(super) drawing: Drawing,
    /// Degrees of freedom of the fit.
    pub(super) freedom: usize,
}

impl Cloud {
    /// One law a replicate, in the order of the replicates.
    pub fn laws(&self) -> &[Chinchilla] {
        &self.laws
    }

    /// Replicates whose refit did not end at an optimum; their laws are the best that was found and are not left out.
    pub fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// How the replicates were drawn.
    pub fn resampling(&self) -> &'static str {
        self.drawing.name()
    }

    /// The share of the laws between the ends of a percentile interval of this level: a little more than the level for plans
    /// that keep the design, whose quantiles go as far out as Student's t is beyond the normal distribution. It is the level
    /// to give to [`allocate_cloud`](crate::allocate_cloud) and [`frontier_cloud`](crate::frontier_cloud), which take plain
    /// quantiles, so that their ranges are those intervals.
    pub fn share(&self, level: Level) -> f64 {
        1.0 - 2.0 * self.drawing.tail(level, self.freedom)
    }

    /// The quantity under each law, in the order of the laws; `None` where a law has none. For
    /// [`NewRun`](Quantity::NewRun) it is the mean, without the scatter of a run.
    pub fn values(&self, quantity: &Quantity) -> Vec<Option<f64>> {
        let value = |law: &Chinchilla| {
            let value = quantity.unscaled(quantity.measure(&law.coefficients(), law.conventions()));
            value.is_finite().then_some(value)
        };
        self.laws.iter().map(value).collect()
    }
}
