use super::clusters::count;
use super::level::Level;
use crate::fit::Resampling;
use crate::math::student::{normal_below, student_quantile};
use crate::warning::IntervalDoubt;

/// Clusters, and degrees of freedom, from which the default was seen to cover; see docs/uncertainty.md.
const ENOUGH_CLUSTERS: usize = 6;
const ENOUGH_FREEDOM: usize = 8;

/// How replicates are drawn, whatever the law, and how far quantiles and standard errors reach for it.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    /// The cluster of each datum.
    pub clusters: Option<Vec<usize>>,
    pub asked: Option<Resampling>,
    pub replicates: usize,
    pub seed: u64,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { clusters: None, asked: None, replicates: 1000, seed: 0 }
    }
}

impl Drawing {
    pub fn plan(&self) -> Resampling {
        match (&self.asked, &self.clusters) {
            (Some(plan), None) => plan.clone(),
            (Some(Resampling::Pairs | Resampling::Clusters(_)), Some(labels)) => Resampling::Clusters(labels.clone()),
            (_, Some(labels)) => Resampling::WildClusters(labels.clone()),
            (None, None) => Resampling::Wild,
        }
    }

    pub fn name(&self) -> &'static str {
        match self.plan() {
            Resampling::Pairs => "pairs",
            Resampling::Clusters(_) => "clusters",
            Resampling::Residuals => "residuals",
            Resampling::Wild => "wild",
            Resampling::WildClusters(_) => "wild clusters",
            Resampling::Parametric { .. } => "parametric",
        }
    }

    /// The group that each of so many data moves with: its cluster, or itself.
    pub fn groups(&self, data: usize) -> Vec<usize> {
        self.clusters.clone().unwrap_or_else(|| (0..data).collect())
    }

    /// Degrees of freedom of the scatter: data less coefficients, or clusters less one.
    pub fn freedom(&self, of_fit: usize) -> f64 {
        self.clusters.as_ref().map_or(of_fit as f64, |labels| count(labels) as f64 - 1.0).max(1.0)
    }

    /// The share beyond each quantile of the replicates. Plans that keep the design draw errors of the size that the fit
    /// leaves, with its degrees of freedom: quantiles there go as far out as Student's t is beyond the normal distribution.
    /// A draw of pairs has fewer different data and is wide enough.
    pub fn tail(&self, level: Level, of_fit: usize) -> f64 {
        let keeps_width = matches!(self.plan(), Resampling::Pairs | Resampling::Clusters(_));
        if self.clusters.is_none() && keeps_width {
            return level.tail();
        }
        widened(level.tail(), self.freedom(of_fit))
    }

    /// How many standard errors an interval reaches.
    pub fn t(&self, level: Level, of_fit: usize) -> f64 {
        student_quantile(1.0 - level.tail(), self.freedom(of_fit))
    }

    /// The doubts that lie in the numbers of data and clusters.
    pub fn doubts(&self, of_fit: usize) -> Vec<IntervalDoubt> {
        let mut doubts = Vec::new();
        if of_fit < ENOUGH_FREEDOM {
            doubts.push(IntervalDoubt::FewDegreesOfFreedom { freedom: of_fit, enough: ENOUGH_FREEDOM });
        }
        if let Some(clusters) = self.clusters.as_deref().map(count).filter(|clusters| *clusters < ENOUGH_CLUSTERS) {
            doubts.push(IntervalDoubt::FewClusters { clusters, enough: ENOUGH_CLUSTERS });
        }
        doubts
    }
}

/// The tail of the normal distribution as far out as α is of Student's t: quantiles there widen as t is wider.
fn widened(tail: f64, freedom: f64) -> f64 {
    normal_below(student_quantile(tail, freedom))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_widens_with_few_degrees_of_freedom() {
        assert!((widened(0.05, 1e6) - 0.05).abs() < 1e-5);
        // scipy.stats.norm.cdf(scipy.stats.t.ppf(0.05, 5))
        assert!((widened(0.05, 5.0) - 0.021949790411360304).abs() < 1e-12, "{}", widened(0.05, 5.0));
    }
}
