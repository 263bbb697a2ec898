use crate::fit::{Approach3, Fit};
use crate::infer::{Clusters, Inference, Interval, Level, Method, Quantity};
use crate::runs::Runs;
use crate::units::Flops;

/// How well a fit knows something, by two methods that rest on different grounds.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Known {
    /// What it is.
    pub quantity: String,
    /// The estimate.
    pub point: f64,
    /// The percentile interval of the wild bootstrap, of wild clusters where there are groups; `None` where too few
    /// replicates have an answer.
    pub bootstrap: Option<Interval>,
    /// The profile-likelihood interval; `None` where the quantity has no standard error to set out from, or runs move
    /// together.
    pub profile: Option<Interval>,
}

/// E, α, β, a, and N_opt and the loss at a budget.
pub(super) fn certainty(
    runs: &Runs,
    fit: &Fit,
    budget: Flops,
    (level, replicates, seed): (Level, usize, u64),
    groups: Option<&[usize]>,
) -> Vec<Known> {
    let approach = Approach3::new().delta(fit.delta());
    let mut inference = Inference::new(&approach, runs, fit).replicates(replicates).seed(seed);
    if let Some(groups) = groups {
        match inference.clusters(&Clusters::Labels(groups.to_vec())) {
            Ok(clustered) => inference = clustered,
            // Fewer groups than tell how groups scatter.
            Err(_) => return Vec::new(),
        }
    }
    let coefficients = ["E", "alpha", "beta"].map(Quantity::coefficient);
    let others = [Quantity::ExponentParams, Quantity::OptimalParams(budget), Quantity::OptimalLoss(budget)];
    let interval = |quantity: &Quantity, method| inference.interval(quantity, level, method).ok();
    let known = |quantity: Quantity| {
        let (bootstrap, profile) = (interval(&quantity, Method::Percentile), interval(&quantity, Method::Profile));
        let point = bootstrap.as_ref().or(profile.as_ref())?.point;
        Some(Known { quantity: quantity.to_string(), point, bootstrap, profile })
    };
    coefficients.into_iter().chain(others).filter_map(known).collect()
}
