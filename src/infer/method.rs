use std::fmt;
use std::str::FromStr;

use crate::error::InferError;

/// How an interval is made. θ̂ is the estimate, θ* those of the replicates, q_p their p-quantile, α the share left out on
/// each side. N, D, D/N, FLOPs, A and B are taken in logarithms.
///
/// Where a plan keeps the design (all but pairs), α is the tail of the normal distribution as far out as Student's t is with
/// the fit's degrees of freedom, or with the clusters less one: errors drawn from few residuals scatter too little.
///
/// | Method | Low end (high: 1 − α for α) | |
/// |---|---|---|
/// | [`Percentile`](Self::Percentile) | q_α | the default; the same in any scale |
/// | [`Basic`](Self::Basic) | 2θ̂ − q_(1−α) | mirrors the replicates; can leave the allowed range |
/// | [`Bca`](Self::Bca) | q at Φ(z₀ + (z₀+z_α)/(1 − â(z₀+z_α))) | corrects median bias z₀ and skewness â (Efron 1987) |
/// | [`Studentized`](Self::Studentized) | θ̂ − s·q_(1−α) of (θ*−θ̂)/s* | needs the standard error s* of each replicate |
/// | [`Profile`](Self::Profile) | where the profiled objective has risen by ½·τ·t² | re-optimises with the quantity held; no replicates |
/// | [`Delta`](Self::Delta) | θ̂ − t·s | sandwich s by first order, t of n−p degrees of freedom; cheapest, and narrow on few runs |
///
/// With clusters s is the jackknife over them by first order (CR3), t has one degree of freedom less than there are
/// clusters, and τ is the ratio of s² to what independent runs of one scatter would give; formulas and sources are in
/// [the guide](crate::documentation::uncertainty).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Method {
    /// Quantiles of the replicates.
    #[default]
    Percentile,
    /// Quantiles of the replicates mirrored at the estimate.
    Basic,
    /// Bias-corrected and accelerated quantiles.
    Bca,
    /// Quantiles of the replicates in their own standard errors.
    Studentized,
    /// By the profile of the objective.
    Profile,
    /// By the covariance of the fit.
    Delta,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Percentile, Self::Basic, Self::Bca, Self::Studentized, Self::Profile, Self::Delta];

    /// Its name, as it is read and printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Percentile => "percentile",
            Self::Basic => "basic",
            Self::Bca => "bca",
            Self::Studentized => "studentized",
            Self::Profile => "profile",
            Self::Delta => "delta",
        }
    }

    /// Whether it needs replicates.
    pub fn resamples(self) -> bool {
        !matches!(self, Self::Profile | Self::Delta)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = InferError;

    fn from_str(text: &str) -> Result<Self, InferError> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == text)
            .ok_or_else(|| InferError::UnknownMethod { text: text.into(), known: Self::ALL.map(Self::name).join(", ") })
    }
}
