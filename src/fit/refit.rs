//! Many refits of one design with other weights or other losses, each from the optimum of the full fit.

use super::approach3::Approach3;
use super::certificate::Basin;
use super::certificate::Termination;
use super::covariance::{Optimum, jacobian, residuals_and_gram};
use super::errors::Errors;
use super::leverage::Leverages;
use super::noise::Scatter;
use super::objective::Objective;
use super::points::{Points, Theta};
use super::polish::{Bounds, Polished, polish};
use super::resampling::{Plan, Resampling, Sample};
use super::result::Fit;
use super::search;
use crate::error::FitError;
use crate::runs::Runs;

/// One refit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Replicate {
    /// E, A, B, alpha, beta.
    pub coefficients: [f64; 5],
    /// The sum of Huber losses at the optimum, over this replicate's own data.
    pub objective: f64,
    /// How the solver ended.
    pub termination: Termination,
    /// Starts that were polished: 1 where the optimum of the full fit led to a sound end near it.
    pub starts: usize,
    /// Draws before this one that could not determine the law (fewer than five different runs, or than three values of
    /// N or D) and were drawn again.
    pub redrawn: usize,
}

/// Draws in a row that may fail to determine the law before the refits are given up.
const REDRAWS: usize = 100;
/// Standard errors from the full fit beyond which an end is not taken on the word of one start.
const FAR: f64 = 5.0;
/// Standard deviations of the difference of two basins' objectives within which the other may win in a replicate.
const RIVAL: f64 = 4.0;
/// Starts of the full data's map that a doubtful replicate tries.
const SECOND_LOOK: usize = 3;
/// Starts of a map of the replicate's own, where the others ended badly.
const LAST_RESORT: usize = 8;

impl Approach3 {
    /// Refits to resampled runs: `replicates` bootstrap replicates of `fit`, which must be the fit of these runs under these
    /// options.
    ///
    /// Each refit starts at the optimum of the full fit. Where that ends badly, on another bound, or more than five standard
    /// errors away, other starts are tried too, and the best end counts; a second basin of the full fit that could win in a
    /// replicate is tried in every one. Replicate i draws from stream i of a ChaCha8 generator seeded with `seed`: the result
    /// depends neither on the number of threads nor on how many replicates there are. With the feature `parallel` the work
    /// is spread over rayon's current thread pool.
    ///
    /// ```
    /// # use scaling_laws::{Approach3, Chinchilla, LossModel, Resampling, Runs};
    /// # let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
    /// # let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    /// # for i in 0..30 {
    /// #     let (ln_n, ln_d) = (17.0 + f64::from(i % 5), 21.0 + f64::from(i / 5) + 0.2 * f64::from(i % 3));
    /// #     n.push(ln_n.exp());
    /// #     d.push(ln_d.exp());
    /// #     l.push(law.at(ln_n, ln_d).loss * (0.004 * (7.0 * f64::from(i)).sin()).exp());
    /// # }
    /// # let runs = Runs::from_columns(&n, &d, &l)?;
    /// let approach = Approach3::new();
    /// let fit = approach.fit(&runs)?;
    /// let replicates = approach.refits(&runs, &fit, &Resampling::Pairs, 200, 1)?;
    /// let mut alpha: Vec<f64> = replicates.iter().map(|r| r.coefficients[3]).collect();
    /// alpha.sort_by(f64::total_cmp);
    /// assert!(alpha[10] < fit.law().alpha() && fit.law().alpha() < alpha[189]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit) about options and weights; [`FitError::OtherRuns`] for a fit of other runs or options;
    /// [`FitError::ResamplingGroups`] for groups that do not suit the runs; [`FitError::Undetermined`] where the plan hardly
    /// ever draws runs that determine the law.
    pub fn refits(
        &self,
        runs: &Runs,
        fit: &Fit,
        resampling: &Resampling,
        replicates: usize,
        seed: u64,
    ) -> Result<Vec<Replicate>, FitError> {
        let refits = self.refits_and(runs, fit, resampling, replicates, seed, |_, _| ())?;
        Ok(refits.into_iter().map(|(replicate, ())| replicate).collect())
    }

    /// Refits, and what `more` makes of each one's data and end.
    pub(super) fn refits_and<T: Send>(
        &self,
        runs: &Runs,
        fit: &Fit,
        resampling: &Resampling,
        replicates: usize,
        seed: u64,
        more: impl Fn(&Drawn<'_>, &Polished) -> T + Sync + Send,
    ) -> Result<Vec<(Replicate, T)>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let refitter = Refitter::new(self, &points, fit)?;
        let plan = Plan::new(resampling, &points, runs.len(), &refitter.errors, seed)?;
        each(
            replicates,
            || Workspace::new(&points),
            |work, replicate| {
                let mut stream = plan.stream(replicate);
                for redrawn in 0..=REDRAWS {
                    plan.draw(&mut stream, &mut work.sample);
                    if let Some((refit, end)) = refitter.refit(work) {
                        let objective = Objective { points: &work.points, delta: refitter.delta };
                        let more = more(&Drawn { objective, full: &points, counts: &work.sample.counts }, &end);
                        return Ok((Replicate { redrawn, ..refit }, more));
                    }
                }
                Err(FitError::Undetermined { replicate, draws: REDRAWS + 1 })
            },
        )
    }

    /// The coefficients without each group of rows in turn, `None` where the rest does not determine the law.
    pub(crate) fn leave_out(
        &self,
        runs: &Runs,
        fit: &Fit,
        groups: &[usize],
    ) -> Result<Vec<Option<[f64; 5]>>, FitError> {
        let count = groups.iter().max().map_or(0, |last| last + 1);
        let mut sets = vec![Vec::new(); count];
        groups.iter().enumerate().for_each(|(row, group)| sets[*group].push(row));
        let refits = self.refits_without(runs, fit, &sets)?;
        Ok(refits.into_iter().map(|refit| refit.map(|refit| refit.coefficients)).collect())
    }
}

/// `work` for 0 to `count`, in order, with a workspace for each thread.
#[cfg(feature = "parallel")]
pub(super) fn each<W: Send, T: Send>(
    count: usize,
    workspace: impl Fn() -> W + Sync + Send,
    work: impl Fn(&mut W, usize) -> Result<T, FitError> + Sync + Send,
) -> Result<Vec<T>, FitError> {
    use rayon::prelude::*;
    /// Refits are short: fewer in one go would be spent on handing them out.
    const AT_ONCE: usize = 8;
    (0..count).into_par_iter().with_min_len(AT_ONCE).map_init(workspace, |space, i| work(space, i)).collect()
}

/// `work` for 0 to `count`, in order.
#[cfg(not(feature = "parallel"))]
pub(super) fn each<W, T>(
    count: usize,
    workspace: impl Fn() -> W,
    work: impl Fn(&mut W, usize) -> Result<T, FitError>,
) -> Result<Vec<T>, FitError> {
    let mut space = workspace();
    (0..count).map(|i| work(&mut space, i)).collect()
}

/// The data of one replicate beside all of them.
pub(super) struct Drawn<'a> {
    pub objective: Objective<'a>,
    pub full: &'a Points,
    /// How often each of the full points was drawn.
    pub counts: &'a [f64],
}

/// What a thread reuses from refit to refit.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub sample: Sample,
    points: Points,
}

impl Workspace {
    pub fn new(points: &Points) -> Self {
        Self { sample: Sample::of(points), points: points.clone() }
    }
}

/// The full fit as the refits need it.
#[derive(Debug)]
pub(super) struct Refitter<'a> {
    points: &'a Points,
    delta: f64,
    bounds: Bounds,
    iterations: usize,
    pub optimum: Theta,
    pub free: [bool; 5],
    /// How far from the optimum an end is beyond doubt.
    reach: Theta,
    /// Ends of the full fit that could win in a replicate.
    rivals: Vec<Theta>,
    /// Starts for a second look.
    others: Vec<Theta>,
    /// (ln L̂ − ln L)/s in the order of the points, and what the fit did to them.
    pub errors: Errors,
}

impl<'a> Refitter<'a> {
    pub fn new(approach: &Approach3, points: &'a Points, fit: &Fit) -> Result<Self, FitError> {
        let (objective, bounds) = (approach.objective(points), approach.bounds());
        let optimum = bounds.clamp(&points.centred(&fit.law().coefficients()));
        let local = objective.local(&optimum);
        let same = (local.value - fit.objective()).abs() <= 1e-9 * fit.objective() + 1e-20 * points.total_weight();
        if !same || fit.residuals().len() < points.len() {
            return Err(FitError::OtherRuns { objective: local.value, expected: fit.objective() });
        }
        let free = bounds.free(&optimum, &local.gradient);
        let (residuals, _) = residuals_and_gram(objective, &optimum);
        let scatter = Scatter::new(points, &residuals, objective.delta);
        let (theta, free_ones) = (&optimum, &free);
        let at_optimum = Optimum { objective, theta, free: free_ones, residuals: &residuals, scatter: &scatter };
        let errors = at_optimum.covariance();
        let reach = errors.map_or([0.0; 5], |c| std::array::from_fn(|j| FAR * c[j][j].max(0.0).sqrt()));
        let basins = fit.certificate().basins.iter().skip(1);
        let natural = |basin: &Basin| Theta::try_from(basin.coefficients.as_slice()).ok();
        let basins: Vec<Theta> = basins.filter_map(natural).map(|natural| points.centred(&natural)).collect();
        let (rivals, mut others): (Vec<Theta>, Vec<Theta>) =
            basins.into_iter().partition(|theta| is_rival(objective, &residuals, theta));
        others.extend(search::starts(&points.thinned(search::MAP_POINTS), objective.delta, SECOND_LOOK));
        Ok(Self {
            points,
            delta: objective.delta,
            bounds,
            iterations: approach.iterations(),
            optimum,
            free,
            reach,
            rivals,
            others,
            errors: Errors {
                leverages: Leverages::new(&jacobian(points, &optimum, &free)),
                residuals,
                delta: objective.delta,
            },
        })
    }

    /// Refits to the workspace's sample; `None` if it does not determine the law. `redrawn` is for the caller to say.
    pub fn refit(&self, work: &mut Workspace) -> Option<(Replicate, Polished)> {
        let Workspace { sample, points } = work;
        points.refill(self.points, &sample.counts, &sample.ln_losses);
        if points.len() < 5 || !has_three(&points.x[..points.len()]) || !has_three(&points.y[..points.len()]) {
            return None;
        }
        let objective = Objective { points, delta: self.delta };
        let from = |start: &Theta| polish(objective, &self.bounds, start, self.iterations);
        let mut starts = 1;
        let mut best = from(&self.optimum);
        let mut consider = |best: &mut Polished, start: &Theta| {
            starts += 1;
            let end = from(start);
            let better = end.local.value < best.local.value || !best.local.value.is_finite();
            if better && end.local.value.is_finite() {
                *best = end;
            }
        };
        self.rivals.iter().for_each(|start| consider(&mut best, start));
        if self.is_doubtful(&best) {
            self.others.iter().for_each(|start| consider(&mut best, start));
            if !best.termination.is_optimal() {
                let thin = points.thinned(search::MAP_POINTS);
                let map = search::starts(&thin, self.delta, LAST_RESORT);
                map.iter().for_each(|start| consider(&mut best, start));
            }
        }
        let replicate = Replicate {
            coefficients: self.points.natural(&best.theta),
            objective: best.local.value,
            termination: best.termination,
            starts,
            redrawn: 0,
        };
        Some((replicate, best))
    }

    /// Whether an end is not to be believed on the word of the starts so far.
    fn is_doubtful(&self, end: &Polished) -> bool {
        !end.termination.is_optimal()
            || end.free != self.free
            || (0..5).any(|j| self.free[j] && !((end.theta[j] - self.optimum[j]).abs() <= self.reach[j]))
    }
}

/// Whether another basin could be the lower one in a replicate: the terms of the two objectives differ by amounts whose
/// sum scatters from replicate to replicate with about their root sum of squares.
fn is_rival(objective: Objective<'_>, residuals: &[f64], theta: &Theta) -> bool {
    let delta = objective.delta;
    let (others, _) = residuals_and_gram(objective, theta);
    let huber = |r: f64| r.abs().min(delta) * (r.abs() - 0.5 * r.abs().min(delta));
    let (mut excess, mut squares) = (0.0, 0.0);
    let Points { weight, scale, .. } = objective.points;
    for (((here, there), weight), scale) in residuals.iter().zip(&others).zip(weight).zip(scale) {
        let term = weight * scale * scale * (huber(*there) - huber(*here));
        excess += term;
        squares += term * term;
    }
    excess <= RIVAL * squares.sqrt()
}

/// Whether there are three values that differ by more than rounding.
fn has_three(values: &[f64]) -> bool {
    let differ = |one: f64, two: f64| (one - two).abs() > 1e-9;
    let Some(&first) = values.first() else { return false };
    let Some(second) = values.iter().copied().find(|v| differ(*v, first)) else { return false };
    values.iter().any(|v| differ(*v, first) && differ(*v, second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Weights;
    use crate::laws::{Chinchilla, LossModel};

    /// Runs about a law with a few per mil of scatter and a far outlier.
    fn sweep(count: i32) -> Runs {
        let law = Chinchilla::known(1.8, 480.0, 2000.0, 0.35, 0.37, Default::default());
        let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
        for k in 0..count {
            let (ln_n, ln_d) = (16.0 + 1.3 * f64::from(k % 6), 20.0 + 1.3 * f64::from(k / 6) + 0.1 * f64::from(k % 7));
            n.push(ln_n.exp());
            d.push(ln_d.exp());
            let wave = (7.3 * f64::from(k)).sin() + if k == 5 { 30.0 } else { 0.0 };
            l.push(law.at(ln_n, ln_d).loss * (0.004 * wave).exp());
        }
        Runs::from_columns(&n, &d, &l).unwrap()
    }

    /// The refit of each sample beside a cold search over the same data as runs of their own.
    #[test]
    fn a_refit_misses_nothing_that_a_cold_search_finds() {
        let mut doubtful = 0;
        for (count, plan) in
            [(30, Resampling::Pairs), (15, Resampling::Pairs), (30, Resampling::Residuals), (15, Resampling::Wild)]
        {
            let (runs, approach) = (sweep(count), Approach3::new());
            let fit = approach.fit(&runs).unwrap();
            let points = Points::new(&runs);
            let refitter = Refitter::new(&approach, &points, &fit).unwrap();
            let draws = Plan::new(&plan, &points, runs.len(), &refitter.errors, 11).unwrap();
            let mut work = Workspace::new(&points);
            for replicate in 0..40 {
                draws.draw(&mut draws.stream(replicate), &mut work.sample);
                let Some((refit, _)) = refitter.refit(&mut work) else { continue };
                doubtful += usize::from(refit.starts > 1);
                let (mut losses, mut counts) = (vec![0.0; runs.len()], vec![0.0; runs.len()]);
                for (i, row) in points.rows.iter().enumerate() {
                    losses[*row as usize] = work.sample.ln_losses[i].exp();
                    counts[*row as usize] = work.sample.counts[i];
                }
                let own = Runs::from_columns(runs.params(), runs.tokens(), &losses).unwrap();
                let cold = approach.clone().weights(Weights::Counts(counts)).fit(&own).unwrap();
                let excess = refit.objective - cold.objective();
                assert!(excess <= 1e-9 * cold.objective() + 1e-15, "{plan:?} {replicate}: {refit:?} {cold:?}");
            }
        }
        assert!(doubtful > 0, "the second look was never taken");
    }

    #[cfg(feature = "parallel")]
    #[test]
    fn one_thread_and_three_give_the_same_bits() {
        let (runs, approach) = (sweep(30), Approach3::new());
        let fit = approach.fit(&runs).unwrap();
        let [one, three] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| approach.refits(&runs, &fit, &Resampling::Pairs, 300, 4).unwrap())
        });
        assert_eq!(one, three);
    }
}
