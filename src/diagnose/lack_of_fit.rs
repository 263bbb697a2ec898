use std::collections::BTreeMap;

use super::smooth::{Smooth, clipped};
use crate::error::FitError;
use crate::fit::{Approach3, Fit, Resampling, Termination};
use crate::runs::Runs;

/// Whether the law misses something that the runs show.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LackOfFit {
    /// Residuals against N, D, C = 6ND and D/N.
    pub trends: Vec<ResidualTrend>,
    /// The law's misses beside the scatter of runs with the same N and D, where there are enough of those.
    pub replicates: Option<PureError>,
    /// Refits behind the p-values.
    pub refits: usize,
    /// Whether the runs were taken in groups.
    pub clustered: bool,
}

/// What the residuals do along one variable.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ResidualTrend {
    /// "N", "D", "C" or "D/N".
    pub against: &'static str,
    /// Share of the (clipped) residuals' variance that a smooth curve along the variable takes up.
    pub share: f64,
    /// Chance of a share as large if the law is right.
    pub p_value: f64,
    /// The same held against all the trends (Holm 1979).
    pub p_holm: f64,
    /// Mean (clipped) residual ln L̂ − ln L in the lowest, middle and highest third of the runs along the variable.
    pub thirds: [f64; 3],
}

/// Scatter within and between groups of runs with the same N and D.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PureError {
    /// Pairs (N, D) with more than one run.
    pub groups: usize,
    /// Runs in them.
    pub runs: usize,
    /// Standard deviation of ln L among runs of the same N and D.
    pub within: f64,
    /// Root mean square of the groups' mean residuals beyond what that scatter explains.
    pub between: f64,
    /// Chance of means as far from the law if it is right.
    pub p_value: f64,
}

impl LackOfFit {
    /// The least p-value, each held against the number of tests.
    pub fn least_p(&self) -> f64 {
        let trends = self.trends.iter().map(|trend| trend.p_holm);
        trends.chain(self.replicates.iter().map(|pure| pure.p_value)).fold(1.0, f64::min)
    }
}

/// The statistics of one table: the share of each trend, and between over within.
type Draw = (Vec<f64>, f64);

/// Degrees of freedom within groups from which replicates say something.
const WITHIN: usize = 4;
/// N and D within this of each other, in the logarithm, are the same.
const SAME: f64 = 1e-6;

/// Tests whether a fit of Approach 3 leaves trends in its residuals, and misses the means of replicated runs.
///
/// The residuals, clipped at three robust standard deviations, are regressed on a polynomial of fourth degree in the ranks
/// of the variable; the share of variance it takes up is the test's statistic. A fit has already bent five coefficients to
/// the runs, so that no table says how large the share is by chance: `refits` wild-bootstrap refits to losses drawn about the
/// fitted law (every residual with a coin for its sign) do. The p-value is (1 + refits with as large a share)/(1 + refits),
/// holds for scatter of any symmetric shape that differs from run to run, and is as small as 1/(1 + refits) at best. With
/// `groups`, one number a row, runs of one group share a coin: checkpoints of one training, seeds of one size.
///
/// Where at least two runs share N and D, the scatter among them is pure error, and the groups' mean residuals are held
/// against it with the same refits. Runs that share N and D but not the recipe (other learning rates) are no replicates of
/// one another.
///
/// ```
/// use scaling_laws::{lack_of_fit, Approach3, Runs};
/// // Losses that turn up for small D/N, as no sum of two powers does.
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..40 {
///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 8), 20.0 + 1.4 * f64::from(i / 8));
///     n.push(f64::exp(ln_n));
///     d.push(f64::exp(ln_d));
///     let warm_up = 0.05 * f64::exp(-(ln_d - ln_n - 1.0f64).powi(2) / 4.0);
///     let noise = 0.002 * f64::from(7 * i).sin();
///     l.push((1.8 + 480.0 * f64::exp(-0.35 * ln_n) + 2000.0 * f64::exp(-0.37 * ln_d)) * f64::exp(warm_up + noise));
/// }
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let fit = Approach3::new().fit(&runs)?;
/// let found = lack_of_fit(&runs, &fit, None, 499, 0)?;
/// assert!(found.least_p() < 0.02);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::Data`] for a fit of other runs; those of [`Approach3::refits`].
pub fn lack_of_fit(
    runs: &Runs,
    fit: &Fit,
    groups: Option<&[usize]>,
    refits: usize,
    seed: u64,
) -> Result<LackOfFit, FitError> {
    super::same_runs(runs, fit)?;
    let clustered = groups.is_some();
    if fit.termination() == Termination::Exact {
        return Ok(LackOfFit { trends: Vec::new(), replicates: None, refits: 0, clustered });
    }
    let smooths = smooths(runs);
    let cells = cells(runs);
    let measure = |residuals: &[f64]| -> Draw {
        let clipped = clipped(residuals);
        let shares = smooths.iter().map(|(_, smooth)| smooth.share(&clipped)).collect();
        (shares, cells.as_ref().map_or(0.0, |cells| cells.ratio(&clipped)))
    };
    let plan = groups.map_or(Resampling::Wild, |groups| Resampling::WildClusters(groups.to_vec()));
    let approach = Approach3::new().delta(fit.delta());
    let null = approach.retraced(runs, fit, &plan, (refits, seed), measure)?;
    let (shares, ratio) = measure(fit.residuals());
    let p_value = |observed: f64, of: &dyn Fn(&Draw) -> f64| {
        let reached = null.iter().filter(|draw| of(draw) >= observed * (1.0 - 1e-12)).count();
        (1 + reached) as f64 / (1 + null.len()) as f64
    };
    let p_values: Vec<f64> = shares
        .iter()
        .enumerate()
        .map(|(k, share)| p_value(*share, &|draw| draw.0.get(k).copied().unwrap_or(0.0)))
        .collect();
    let held = super::holm(&p_values);
    let here = clipped(fit.residuals());
    let trends = smooths
        .iter()
        .zip(shares.iter().zip(p_values.iter().zip(&held)))
        .map(|((against, smooth), (&share, (&p_value, &p_holm)))| ResidualTrend {
            against,
            share,
            p_value,
            p_holm,
            thirds: smooth.thirds(&here),
        })
        .collect();
    let replicates = cells.map(|cells| cells.pure_error(&here, p_value(ratio, &|draw| draw.1)));
    Ok(LackOfFit { trends, replicates, refits: null.len(), clustered })
}

fn smooths(runs: &Runs) -> Vec<(&'static str, Smooth)> {
    let pairs = || runs.params().iter().zip(runs.tokens()).map(|(n, d)| (n.ln(), d.ln()));
    [
        ("N", pairs().map(|(n, _)| n).collect::<Vec<f64>>()),
        ("D", pairs().map(|(_, d)| d).collect()),
        ("C", pairs().map(|(n, d)| n + d).collect()),
        ("D/N", pairs().map(|(n, d)| d - n).collect()),
    ]
    .into_iter()
    .filter_map(|(name, values)| Smooth::new(&values).map(|smooth| (name, smooth)))
    .collect()
}

/// Runs that share N and D.
struct Cells(Vec<Vec<usize>>);

fn cells(runs: &Runs) -> Option<Cells> {
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    let key = |value: f64| (value.ln() / SAME).round() as i64;
    for (row, (n, d)) in runs.params().iter().zip(runs.tokens()).enumerate() {
        cells.entry((key(*n), key(*d))).or_default().push(row);
    }
    let groups: Vec<Vec<usize>> = cells.into_values().filter(|rows| rows.len() > 1).collect();
    let runs: usize = groups.iter().map(Vec::len).sum();
    (runs - groups.len() >= WITHIN && groups.len() > 1).then_some(Cells(groups))
}

impl Cells {
    /// Sum of squares between and within, and the degrees of freedom within.
    fn squares(&self, values: &[f64]) -> (f64, f64, f64) {
        let (mut between, mut within, mut freedom) = (0.0, 0.0, 0.0);
        for rows in &self.0 {
            let count = rows.len() as f64;
            let mean = rows.iter().map(|&row| values[row]).sum::<f64>() / count;
            between += count * mean * mean;
            within += rows.iter().map(|&row| (values[row] - mean).powi(2)).sum::<f64>();
            freedom += count - 1.0;
        }
        (between, within, freedom)
    }

    fn ratio(&self, values: &[f64]) -> f64 {
        let (between, within, _) = self.squares(values);
        // Replicates that agree to the last bits make any miss infinitely large beside them.
        if within > 0.0 { between / within } else { f64::MAX }
    }

    fn pure_error(&self, values: &[f64], p_value: f64) -> PureError {
        let (between, within, freedom) = self.squares(values);
        let (groups, runs) = (self.0.len(), self.0.iter().map(Vec::len).sum::<usize>());
        let variance = within / freedom;
        let excess = (between - groups as f64 * variance) / runs as f64;
        PureError { groups, runs, within: variance.sqrt(), between: excess.max(0.0).sqrt(), p_value }
    }
}
