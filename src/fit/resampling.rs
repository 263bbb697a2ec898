//! How the data of a bootstrap replicate are drawn.

use std::collections::BTreeMap;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use super::errors::Errors;
use super::leverage::Leverages;
use super::points::Points;
use crate::error::FitError;

/// How bootstrap replicates are drawn from runs and their fit.
///
/// With r_i = ln L̂_i − ln L_i, s_i the scale of the weights (σ where given, else 1):
///
/// | Plan | A replicate | Holds when |
/// |---|---|---|
/// | [`Pairs`](Self::Pairs) | n runs with replacement | runs are independent; no model of the errors |
/// | [`Clusters`](Self::Clusters) | whole groups with replacement | runs of one group (seed, sweep, curve) move together |
/// | [`Residuals`](Self::Residuals) | ln L* = ln L̂ − s·r*, r* from a pool of r/s | errors alike everywhere; keeps every N and D |
/// | [`Wild`](Self::Wild) | ln L* = ln L̂ ± r̃, a coin a run | errors symmetric, of any size that differs by run |
/// | [`WildClusters`](Self::WildClusters) | ln L* = ln L̂ + w·r̃, one w a group | the same, errors of a group move together |
/// | [`Parametric`](Self::Parametric) | ln L* = ln L̂ + s·σ·Z, Z normal | the errors are normal with that σ |
///
/// A fit pulls its residuals in, and plain ones make intervals too narrow. With leverage h, σ̂ the robust scale of the
/// residuals and κ = 1 − min(1, δ/σ̂)² the share of medians in the loss, the wild plans draw r̃² = r²/(1−h) + κ·h·σ̂², and
/// `Residuals` leaves out the p residuals that a loss of medians pulls to zero (κ > ½) or draws r/√(1−h). `WildClusters`
/// draws r̃ = (I − H_gg)⁻¹·r_g (Bell and McCaffrey's CR3) with w = ±1, or one of Webb's six weights below 13 groups, where
/// coins alone have too few outcomes.
///
/// At the optimum Σ m·ψ(r/s)/s = 0, since scaling E, A and B together moves all predictions alike: the residuals need no
/// centring. Under [`Weights::Counts`](crate::Weights::Counts) a pair is one of the counted observations.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Resampling {
    /// Runs drawn with replacement.
    Pairs,
    /// Groups drawn with replacement; the number beside each row says which group it is of.
    Clusters(Vec<usize>),
    /// Predictions with residuals drawn with replacement.
    Residuals,
    /// Predictions with the sign of every residual drawn (Liu 1988, with Rademacher's weights; Feng, He and Hu 2011 for
    /// medians).
    Wild,
    /// Predictions with the sign drawn for each group.
    WildClusters(Vec<usize>),
    /// Predictions with normal errors.
    Parametric {
        /// Standard deviation of ln L; in units of σ where the weights give it.
        sigma: f64,
    },
}

impl Resampling {
    /// Whole groups by any labels: a column of text, the budgets, the model sizes.
    ///
    /// ```
    /// use scaling_laws::Resampling;
    /// assert_eq!(Resampling::clusters(["b", "a", "b"]), Resampling::Clusters(vec![1, 0, 1]));
    /// ```
    pub fn clusters<T: Ord>(labels: impl IntoIterator<Item = T>) -> Self {
        Self::Clusters(numbered(labels.into_iter().collect()))
    }

    /// One coin a group, groups by any labels.
    pub fn wild_clusters<T: Ord>(labels: impl IntoIterator<Item = T>) -> Self {
        Self::WildClusters(numbered(labels.into_iter().collect()))
    }
}

fn numbered<T: Ord>(labels: Vec<T>) -> Vec<usize> {
    let mut numbers: BTreeMap<&T, usize> = labels.iter().map(|label| (label, 0)).collect();
    numbers.values_mut().enumerate().for_each(|(i, number)| *number = i);
    labels.iter().map(|label| numbers.get(label).copied().unwrap_or(0)).collect()
}

/// The data of one replicate in the order of the points: how often each counts, beside its weight, and its ln L.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub counts: Vec<f64>,
    pub ln_losses: Vec<f64>,
}

impl Sample {
    pub fn of(points: &Points) -> Self {
        Self { counts: vec![1.0; points.len()], ln_losses: points.l[..points.len()].to_vec() }
    }
}

/// Groups below which Webb's weights stand for coins.
const FEW_GROUPS: usize = 13;

/// A plan made ready for points and a fit.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    points: &'a Points,
    how: How,
    seed: u64,
}

#[derive(Debug)]
enum How {
    Pairs,
    /// Observation at which each point's counted ones end.
    CountedPairs(Vec<u64>),
    Clusters(Groups),
    /// Predictions ln L̂, errors to add (standardised).
    Residuals(Vec<f64>, Vec<f64>),
    /// Predictions, errors.
    Wild(Vec<f64>, Vec<f64>),
    /// Predictions, errors, the group of each point.
    WildClusters(Vec<f64>, Vec<f64>, Groups),
    Parametric(Vec<f64>, f64),
}

#[derive(Debug)]
struct Groups {
    of: Vec<usize>,
    count: usize,
}

impl Groups {
    /// Groups of the points from groups of the rows; only those that hold a point are numbered.
    fn new(points: &Points, rows: usize, given: &[usize]) -> Result<Self, FitError> {
        let plan = "clusters";
        if given.len() != rows {
            return Err(FitError::ResamplingGroups { plan, given: given.len(), expected: rows });
        }
        let of = numbered(points.rows.iter().filter_map(|row| given.get(*row as usize)).collect());
        let count = of.iter().max().map_or(0, |last| last + 1);
        if count < 2 {
            return Err(FitError::ResamplingGroups { plan, given: count, expected: 2 });
        }
        Ok(Self { of, count })
    }
}

impl<'a> Plan<'a> {
    pub fn new(
        resampling: &Resampling,
        points: &'a Points,
        rows: usize,
        errors: &Errors,
        seed: u64,
    ) -> Result<Self, FitError> {
        let Errors { residuals, leverages, delta } = errors;
        let places = || points.l.iter().zip(&points.scale);
        let predicted = || places().zip(residuals).map(|((l, s), r)| l + s * r).collect::<Vec<f64>>();
        let raw = |of: Vec<f64>| points.scale.iter().zip(of).map(|(s, r)| s * r).collect::<Vec<f64>>();
        let plain = || residuals.clone();
        let meaning = points.meaning;
        let how = match resampling {
            Resampling::Pairs if meaning.counts && meaning.observations != points.len() as f64 => {
                let mut end = 0u64;
                let ends = points.weight.iter().take(points.len()).map(|count| {
                    end += *count as u64;
                    end
                });
                How::CountedPairs(ends.collect())
            }
            Resampling::Pairs => How::Pairs,
            Resampling::Clusters(groups) => How::Clusters(Groups::new(points, rows, groups)?),
            Resampling::Residuals => {
                How::Residuals(predicted(), errors.pool().into_iter().map(|(_, error)| error).collect())
            }
            Resampling::Wild => {
                How::Wild(predicted(), raw(leverages.as_ref().map_or_else(plain, |l| l.filled(residuals, *delta))))
            }
            Resampling::WildClusters(groups) => {
                let groups = Groups::new(points, rows, groups)?;
                let cr3 = |l: &Leverages| l.by_group(residuals, &groups.of, groups.count);
                How::WildClusters(predicted(), raw(leverages.as_ref().map_or_else(plain, cr3)), groups)
            }
            Resampling::Parametric { sigma } => {
                if !(sigma.is_finite() && *sigma > 0.0) {
                    let allowed = "finite and above zero";
                    return Err(FitError::Option { option: "sigma", value: *sigma, allowed });
                }
                How::Parametric(predicted(), *sigma)
            }
        };
        Ok(Self { points, how, seed })
    }

    /// The random numbers of a replicate, whichever thread it is drawn on.
    pub fn stream(&self, replicate: usize) -> ChaCha8Rng {
        let mut stream = ChaCha8Rng::seed_from_u64(self.seed);
        stream.set_stream(replicate as u64);
        stream
    }

    pub fn draw(&self, stream: &mut ChaCha8Rng, sample: &mut Sample) {
        let n = self.points.len();
        match &self.how {
            How::Pairs => {
                sample.counts.fill(0.0);
                for _ in 0..n {
                    sample.counts[below(stream, n)] += 1.0;
                }
            }
            How::CountedPairs(ends) => {
                sample.counts.fill(0.0);
                let total = ends.last().copied().unwrap_or(0);
                for _ in 0..total {
                    let drawn = below(stream, total as usize) as u64;
                    let point = ends.partition_point(|end| *end <= drawn);
                    // Beside the weight, which is the count already.
                    sample.counts[point] += 1.0 / self.points.weight[point];
                }
            }
            How::Clusters(groups) => {
                let mut drawn = vec![0.0; groups.count];
                for _ in 0..groups.count {
                    drawn[below(stream, groups.count)] += 1.0;
                }
                for (count, group) in sample.counts.iter_mut().zip(&groups.of) {
                    *count = drawn[*group];
                }
            }
            How::Residuals(predicted, errors) => {
                for ((l, center), scale) in sample.ln_losses.iter_mut().zip(predicted).zip(&self.points.scale) {
                    *l = center - scale * errors[below(stream, errors.len())];
                }
            }
            How::Wild(predicted, errors) => {
                let coins: Vec<u64> = (0..n.div_ceil(64)).map(|_| stream.next_u64()).collect();
                for (i, (l, (center, error))) in
                    sample.ln_losses.iter_mut().zip(predicted.iter().zip(errors)).enumerate()
                {
                    let heads = coins[i / 64] >> (i % 64) & 1 == 1;
                    *l = if heads { center - error } else { center + error };
                }
            }
            How::WildClusters(predicted, errors, groups) => {
                // ±√½, ±1, ±√(3/2), each as likely (Webb 2023), or a coin.
                let drawn: Vec<f64> = (0..groups.count)
                    .map(|_| {
                        let six = below(stream, 6);
                        let size = if groups.count < FEW_GROUPS { (0.5 * (six / 2 + 1) as f64).sqrt() } else { 1.0 };
                        if six.is_multiple_of(2) { size } else { -size }
                    })
                    .collect();
                let places = predicted.iter().zip(errors).zip(&groups.of);
                for (l, ((center, error), group)) in sample.ln_losses.iter_mut().zip(places) {
                    *l = center + drawn[*group] * error;
                }
            }
            How::Parametric(predicted, sigma) => {
                for ((l, center), scale) in sample.ln_losses.iter_mut().zip(predicted).zip(&self.points.scale) {
                    *l = center + scale * sigma * normal(stream);
                }
            }
        }
    }
}

/// A whole number below `n` from 64 random bits; no number is more likely than another by over n/2⁶⁴.
fn below(stream: &mut ChaCha8Rng, n: usize) -> usize {
    ((u128::from(stream.next_u64()) * n as u128) >> 64) as usize
}

/// Box and Muller's standard normal number; the second of the pair is let go so that every call takes the same bits.
fn normal(stream: &mut ChaCha8Rng) -> f64 {
    let unit = |bits: u64| ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let (radius, angle) = (unit(stream.next_u64()), unit(stream.next_u64()));
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::weights::Weights;
    use crate::runs::Runs;

    fn points(weights: Weights) -> Points {
        let n: Vec<f64> = (0..10).map(|i| 1e8 * 1.7f64.powi(i)).collect();
        let d: Vec<f64> = (0..10).map(|i| 1e10 * f64::from(1 + i * 7 % 10)).collect();
        let l: Vec<f64> = (0..10).map(|i| 3.0 - 0.1 * f64::from(i)).collect();
        let runs = Runs::from_columns(&n, &d, &l).unwrap();
        Points::weighted(&runs, &weights.rows(10, &|| None).unwrap())
    }

    fn errors(residuals: Vec<f64>) -> Errors {
        Errors { residuals, leverages: None, delta: 1e-3 }
    }

    /// The mean and the variance of what a plan draws for each point, over many replicates.
    fn moments(points: &Points, resampling: &Resampling, of: fn(&Sample) -> &[f64]) -> Vec<(f64, f64)> {
        let residuals: Vec<f64> = (0..10).map(|i| 0.01 * (f64::from(i) - 4.5)).collect();
        let plan = Plan::new(resampling, points, 10, &errors(residuals), 7).unwrap();
        let mut sample = Sample::of(points);
        let mut sums = vec![(0.0, 0.0); 10];
        let count = 20_000;
        for replicate in 0..count {
            plan.draw(&mut plan.stream(replicate), &mut sample);
            for (sum, value) in sums.iter_mut().zip(of(&sample)) {
                *sum = (sum.0 + value, sum.1 + value * value);
            }
        }
        let count = count as f64;
        sums.into_iter().map(|(sum, squares)| (sum / count, squares / count - (sum / count).powi(2))).collect()
    }

    #[test]
    fn pairs_are_multinomial() {
        let points = points(Weights::Equal);
        for (mean, variance) in moments(&points, &Resampling::Pairs, |s| &s.counts) {
            assert!((mean - 1.0).abs() < 0.03 && (variance - 0.9).abs() < 0.04, "{mean} {variance}");
        }
    }

    #[test]
    fn a_counted_row_is_drawn_as_often_as_it_counts() {
        // Three of 12 observations are of row 4: mean 3, variance 12·¼·¾, here as multiples of its own count.
        let mut counts = vec![1.0; 10];
        counts[4] = 3.0;
        let points = points(Weights::Counts(counts));
        let (mean, variance) = moments(&points, &Resampling::Pairs, |s| &s.counts)[4];
        let expected = 12.0 * 0.25 * 0.75 / 9.0;
        assert!((mean - 1.0).abs() < 0.02 && (variance - expected).abs() < 0.02, "{mean} {variance} {expected}");
    }

    #[test]
    fn groups_are_drawn_whole() {
        let points = points(Weights::Equal);
        let plan =
            Plan::new(&Resampling::clusters((0..10).map(|i| i / 4)), &points, 10, &errors(vec![0.0; 10]), 1).unwrap();
        let mut sample = Sample::of(&points);
        for replicate in 0..50 {
            plan.draw(&mut plan.stream(replicate), &mut sample);
            // N rises with the row, so that points and rows are in one order.
            for group in [0..4, 4..8, 8..10] {
                assert!(sample.counts[group.clone()].iter().all(|count| *count == sample.counts[group.start]));
            }
            assert_eq!(sample.counts[0] + sample.counts[4] + sample.counts[8], 3.0);
        }
    }

    #[test]
    fn new_losses_scatter_about_the_prediction_as_the_plan_says() {
        let points = points(Weights::Equal);
        let residual = |i: usize| 0.01 * (i as f64 - 4.5);
        let pooled = (0..10).map(|i| residual(i).powi(2)).sum::<f64>() / 10.0;
        for (i, (mean, variance)) in moments(&points, &Resampling::Residuals, |s| &s.ln_losses).into_iter().enumerate()
        {
            assert!((mean - points.l[i] - residual(i)).abs() < 1e-3 && (variance / pooled - 1.0).abs() < 0.05);
        }
        for (i, (mean, variance)) in moments(&points, &Resampling::Wild, |s| &s.ln_losses).into_iter().enumerate() {
            assert!((mean - points.l[i] - residual(i)).abs() < 2e-3);
            assert!((variance / residual(i).powi(2) - 1.0).abs() < 0.01);
        }
        let normal = Resampling::Parametric { sigma: 0.02 };
        for (i, (mean, variance)) in moments(&points, &normal, |s| &s.ln_losses).into_iter().enumerate() {
            assert!((mean - points.l[i] - residual(i)).abs() < 1e-3 && (variance / 4e-4 - 1.0).abs() < 0.05);
        }
    }

    #[test]
    fn the_weight_is_one_for_a_group_and_one_of_webbs_where_groups_are_few() {
        let points = points(Weights::Equal);
        let plan =
            Plan::new(&Resampling::wild_clusters((0..10).map(|i| i / 5)), &points, 10, &errors(vec![0.5; 10]), 1)
                .unwrap();
        let mut sample = Sample::of(&points);
        plan.draw(&mut plan.stream(3), &mut sample);
        let error = |i: usize| sample.ln_losses[i] - points.l[i] - 0.5;
        assert!((0..5).all(|i| (error(i) - error(0)).abs() < 1e-12));
        let mut seen = std::collections::BTreeSet::new();
        for replicate in 0..200 {
            plan.draw(&mut plan.stream(replicate), &mut sample);
            seen.insert((1e6 * 2.0 * (sample.ln_losses[0] - points.l[0] - 0.5)).round() as i64);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-1224745, -1000000, -707107, 707107, 1000000, 1224745]);
    }

    #[test]
    fn groups_that_do_not_fit_are_refused() {
        let points = points(Weights::Equal);
        let refuse = |plan| Plan::new(&plan, &points, 10, &errors(vec![0.0; 10]), 1).unwrap_err().to_string();
        assert!(refuse(Resampling::Clusters(vec![0; 9])).contains("9"));
        assert!(refuse(Resampling::Clusters(vec![3; 10])).contains("1"));
        assert!(refuse(Resampling::Parametric { sigma: -1.0 }).contains("sigma"));
    }
}
