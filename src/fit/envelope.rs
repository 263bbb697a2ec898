use super::envelope_fit::{Approach1Fit, EnvelopePoint};
use super::line::ScalingLine;
use super::track::Track;
use crate::error::FrontierError;
use crate::runs::Curve;
use crate::units::{ComputeRule, Conventions, Flops, Nats, Params, Tokens};
use crate::warning::{FrontierDoubt, Warning};

/// Hoffmann's Approach 1: at each budget the run with the least loss among training curves of several sizes, and lines
/// N_opt = k·C^a, D_opt = k′·C^b through these winners.
///
/// A curve says L at C = 6·N·(tokens seen). Between its points the loss is linear in ln C (or, smoothed, the local line in
/// ln C within the window); outside of them it says nothing. Budgets lie evenly in ln C where at least three sizes
/// have a loss. A budget whose winner is the smallest or the largest size that has a loss there is left out and counted:
/// the optimum may lie beyond.
///
/// The winners are a staircase in N, and neighbouring budgets share their winner, so that the 1500 points are no 1500
/// observations. Standard errors leave out one winning size after the other (a jackknife over clusters), with G − 2
/// degrees of freedom for G sizes. What they do not contain: a schedule of the learning rate that was not
/// matched to each budget (the runs must have had a constant rate, or be several for each size, each decayed to its own
/// end), and that the least of many noisy losses is too low.
///
/// | Option | Default | Meaning | Range |
/// |---|---|---|---|
/// | [`budgets`](Self::budgets) | 1500 | budgets in the grid (the published number) | 2 to 1 000 000 |
/// | [`range`](Self::range) | all | least and greatest budget | least < greatest |
/// | [`smoothing`](Self::smoothing) | none | half-width of the window, a factor in C | above 1 |
/// | [`conventions`](Self::conventions) | total, 6ND | what N of the curves counts | C = 6ND |
///
/// ```
/// use scaling_laws::{Approach1, Chinchilla, Curve, Params};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let tokens: Vec<f64> = (0..200).map(|i| 1e8 * 1.05f64.powi(i)).collect();
/// let mut curves = Vec::new();
/// for i in 0..12 {
///     let params = Params::new(2e7 * 1.6f64.powi(i))?;
///     let ln_tokens: Vec<f64> = tokens.iter().map(|d| d.ln()).collect();
///     let mut losses = vec![0.0; tokens.len()];
///     truth.losses(&vec![params.ln(); tokens.len()], &ln_tokens, &mut losses)?;
///     curves.push(Curve::new(format!("run {i}"), params, &tokens, &losses)?);
/// }
/// let fit = Approach1::new().fit(&curves)?;
/// assert!((fit.params_line().exponent() - truth.exponent_params()).abs() < 0.02);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Approach1 {
    budgets: usize,
    range: Option<(Flops, Flops)>,
    smoothing: Option<f64>,
    conventions: Conventions,
}

impl Default for Approach1 {
    fn default() -> Self {
        Self { budgets: 1500, range: None, smoothing: None, conventions: Conventions::default() }
    }
}

/// Sizes that must have a loss at a budget, so that one can win inside.
const SIZES: usize = 3;
/// Progress of a run up to which a winner counts as early.
const EARLY: f64 = 0.75;
/// Share of early winners from which the schedule is in doubt.
const EARLY_SHARE: f64 = 0.1;
/// Winning sizes below which the error is rough.
const FEW: usize = 6;
const MOST_BUDGETS: usize = 1_000_000;

/// What the budgets of the grid came to.
#[derive(Default)]
struct Tally {
    envelope: Vec<EnvelopePoint>,
    clusters: Vec<usize>,
    smallest: usize,
    largest: usize,
    uncovered: usize,
}

impl Approach1 {
    /// The published grid, no smoothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Budgets in the grid.
    pub fn budgets(self, budgets: usize) -> Self {
        Self { budgets, ..self }
    }

    /// Least and greatest budget of the grid.
    pub fn range(self, least: Flops, greatest: Flops) -> Self {
        Self { range: Some((least, greatest)), ..self }
    }

    /// Smooths each curve by a local line in ln C over this factor to either side.
    pub fn smoothing(self, factor: f64) -> Self {
        Self { smoothing: Some(factor), ..self }
    }

    /// What N of the curves counts.
    pub fn conventions(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
    }

    /// Finds the envelope of the curves and the lines through it.
    ///
    /// # Errors
    /// [`FrontierError::Option`]; [`FrontierError::TooFewCurves`] under three sizes; [`FrontierError::NoOverlap`] where no
    /// budget is covered by three; [`FrontierError::EnvelopeAtEdge`] where fewer than two sizes win inside.
    pub fn fit(&self, curves: &[Curve]) -> Result<Approach1Fit, FrontierError> {
        self.check_options()?;
        let tracks = Track::all(curves, self.smoothing.map(f64::ln));
        let sizes = tracks.last().map_or(0, |t| t.size + 1);
        if sizes < SIZES {
            return Err(FrontierError::TooFewCurves { curves: curves.len(), sizes });
        }
        let (least, greatest) = self.ends(&tracks)?;
        let mut tally = Tally::default();
        for i in 0..self.budgets {
            let part = i as f64 / (self.budgets - 1) as f64;
            tally.count(least + part * (greatest - least), &tracks)?;
        }
        self.conclude(curves.len(), tally)
    }

    fn check_options(&self) -> Result<(), FrontierError> {
        let refuse = |option, value, allowed| Err(FrontierError::Option { option, value, allowed });
        if !(2..=MOST_BUDGETS).contains(&self.budgets) {
            return refuse("budgets", self.budgets as f64, "2 to 1 000 000");
        }
        if let Some((least, greatest)) = self.range
            && least >= greatest
        {
            return refuse("range (greatest)", greatest.get(), "above the least");
        }
        if let Some(factor) = self.smoothing.filter(|f| !(f.is_finite() && *f > 1.0)) {
            return refuse("smoothing", factor, "a finite factor above 1");
        }
        if self.conventions.compute != ComputeRule::SixNd {
            return refuse("conventions (compute)", f64::NAN, "6ND: a curve gives N and tokens, not FLOPs of its own");
        }
        Ok(())
    }

    /// Least and greatest ln C of the grid.
    fn ends(&self, tracks: &[Track]) -> Result<(f64, f64), FrontierError> {
        let starts = tracks.iter().filter_map(Track::first);
        let ends = tracks.iter().filter_map(Track::last);
        let covered = |ln_budget: &f64| covering(tracks, *ln_budget).0 >= SIZES;
        let bounds = starts.chain(ends).filter(covered);
        let (least, greatest) = bounds.fold((f64::MAX, f64::MIN), |(a, b), c| (a.min(c), b.max(c)));
        let (least, greatest) = match self.range {
            Some((from, to)) => (least.max(from.ln()), greatest.min(to.ln())),
            None => (least, greatest),
        };
        if least < greatest {
            return Ok((least, greatest));
        }
        let all = || tracks.iter().flat_map(|t| t.first().into_iter().chain(t.last()));
        let looked = self
            .range
            .map(|(from, to)| (from.get(), to.get()))
            .unwrap_or((all().fold(f64::MAX, f64::min).exp(), all().fold(f64::MIN, f64::max).exp()));
        Err(FrontierError::NoOverlap { least: looked.0, greatest: looked.1 })
    }

    fn conclude(&self, curves: usize, tally: Tally) -> Result<Approach1Fit, FrontierError> {
        let Tally { envelope, clusters, smallest, largest, uncovered } = tally;
        let mut winners = clusters.clone();
        winners.sort_unstable();
        winners.dedup();
        let sizes = winners.len();
        let edge = smallest + largest;
        if sizes < 2 {
            return Err(FrontierError::EnvelopeAtEdge { sizes, edge, budgets: self.budgets });
        }
        let budgets: Vec<Flops> = envelope.iter().map(|p| p.budget).collect();
        let n: Vec<f64> = envelope.iter().map(|p| p.params.get()).collect();
        let d: Vec<f64> = envelope.iter().map(|p| p.tokens.get()).collect();
        let mut doubts = Vec::new();
        if edge > 0 {
            doubts.push(FrontierDoubt::EnvelopeEdge { dropped: edge, of: self.budgets, smallest });
        }
        let early = envelope.iter().filter(|p| p.progress < EARLY).count() as f64 / envelope.len() as f64;
        if early > EARLY_SHARE {
            doubts.push(FrontierDoubt::UnmatchedSchedule { early });
        }
        if sizes < FEW {
            doubts.push(FrontierDoubt::FewSizes { sizes });
        }
        Ok(Approach1Fit {
            params_line: ScalingLine::fit_clustered(&budgets, &n, &clusters)?,
            tokens_line: ScalingLine::fit_clustered(&budgets, &d, &clusters)?,
            envelope,
            budgets: self.budgets,
            won_by_smallest: smallest,
            won_by_largest: largest,
            uncovered,
            sizes,
            curves,
            smoothing: self.smoothing,
            conventions: self.conventions,
            warnings: doubts.into_iter().map(Warning::Frontier).collect(),
        })
    }
}

impl Tally {
    fn count(&mut self, ln_budget: f64, tracks: &[Track]) -> Result<(), FrontierError> {
        let (sizes, smallest, largest) = covering(tracks, ln_budget);
        if sizes < SIZES {
            self.uncovered += 1;
            return Ok(());
        }
        let losses = tracks.iter().filter_map(|track| Some((track, track.loss(ln_budget)?)));
        // Tracks are in order of size, so that a tie goes to the smallest whatever the order of the curves.
        let Some((winner, loss)) = losses.min_by(|a, b| a.1.total_cmp(&b.1)) else { return Ok(()) };
        if winner.size == smallest {
            self.smallest += 1;
            return Ok(());
        }
        if winner.size == largest {
            self.largest += 1;
            return Ok(());
        }
        let budget = Flops::new(ln_budget.exp())?;
        let params = Params::new(winner.ln_params.exp())?;
        let tokens: Tokens = ComputeRule::SixNd.tokens(budget, params)?;
        let progress = winner.last().map_or(1.0, |last| (ln_budget - last).exp());
        self.clusters.push(winner.size);
        self.envelope.push(EnvelopePoint {
            budget,
            params,
            tokens,
            loss: Nats::new(loss)?,
            curve: winner.curve,
            progress,
        });
        Ok(())
    }
}

/// How many sizes have a loss at a budget, and the smallest and the largest of them.
fn covering(tracks: &[Track], ln_budget: f64) -> (usize, usize, usize) {
    // In order of size, so that a new size is one that differs from the last.
    let mut found = (0, usize::MAX, usize::MAX);
    for track in tracks.iter().filter(|t| t.covers(ln_budget)) {
        if found.0 == 0 {
            found.1 = track.size;
        }
        if found.2 != track.size {
            found.0 += 1;
        }
        found.2 = track.size;
    }
    found
}
