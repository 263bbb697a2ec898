use super::certificate::Termination;
use super::descent::{Descent, Effort, descend};
use super::errors::Errors;
use super::fitter::Fitter;
use super::law_covariance::{Whitened, clustered, covariance};
use super::law_fit::LawFit;
use super::law_refit::LawReplicate;
use super::law_rows::{Inputs, LawRows, Rows};
use super::leverage::Leverages;
use super::loss_function::{Kernel, LossFunction, Residual};
use super::options::{Options, Resolved};
use super::points::{Meaning, Points};
use super::profile::times;
use super::refit::each;
use super::resampling::{Plan, Resampling, Sample};
use super::sandwich::Clustering;
use super::system::System;
use super::vertex::to_vertex;
use super::weights::RowWeights;
use crate::error::FitError;
use crate::laws::Law;
use crate::math::linear::{Matrix, Vector};
use crate::runs::Runs;
use crate::units::{Params, Tokens};

/// The data behind a fit of any law, for refits of all kinds.
pub(crate) struct LawData<'a> {
    options: &'a Options,
    rows: Box<dyn Rows + 'a>,
    values: &'a [f64],
    weights: RowWeights,
    fit: &'a LawFit,
}

/// A refit and its covariance in the law's order.
pub(crate) type WithCovariance = (LawReplicate, Option<Vec<Vec<f64>>>);

/// Draws in a row that may fail to determine the law before the refits are given up.
const REDRAWS: usize = 100;

impl<'a> LawData<'a> {
    pub fn new<L: Law + ?Sized>(
        fitter: &'a Fitter<'a, L>,
        inputs: &'a [L::Input],
        values: &'a [f64],
        fit: &'a LawFit,
    ) -> Result<Self, FitError> {
        let (options, rows) = (&fitter.options, LawRows { law: fitter.law, inputs: Inputs::Given(inputs) });
        let weights = options.weights.rows(inputs.len(), &|| None)?;
        Ok(Self { options, rows: Box::new(rows), values, weights, fit })
    }

    pub fn of_runs<L: Law<Input = (Params, Tokens)> + ?Sized>(
        fitter: &'a Fitter<'a, L>,
        runs: &'a Runs,
        fit: &'a LawFit,
    ) -> Result<Self, FitError> {
        let (rows, weights) = fitter.of_runs(runs)?;
        Ok(Self { options: &fitter.options, rows: Box::new(rows), values: runs.losses(), weights, fit })
    }

    pub fn fit(&self) -> &'a LawFit {
        self.fit
    }

    pub fn residual(&self) -> Residual {
        self.options.residual
    }

    /// How many data.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The objective at the optimum of the full fit, and the descent that ends there.
    pub(super) fn at_optimum<T>(
        &self,
        work: impl FnOnce(System<'_>, &Resolved, &Descent) -> Result<T, FitError>,
    ) -> Result<T, FitError> {
        let resolved = self.options.resolve(self.rows.as_ref(), self.values, &self.weights)?;
        let system = self.options.system(self.rows.as_ref(), self.values, &self.weights, &resolved);
        let fitted = self.fit.values();
        let place = |j: &usize| fitted.get(*j).copied().unwrap_or(f64::NAN);
        let start = Vector::from_iterator(resolved.free.len(), resolved.free.iter().map(place));
        let other = |objective| FitError::OtherRuns { objective, expected: self.fit.objective() };
        let full = descend(system, &resolved.bounds, self.fit.loss(), &start, Effort::Full);
        let full = full.ok_or(other(f64::INFINITY))?;
        let expected = self.fit.objective();
        let same = (full.objective - expected).abs() <= 1e-6 * expected.abs().max(f64::MIN_POSITIVE);
        if !same || self.fit.residuals().len() != self.len() {
            return Err(other(full.objective));
        }
        work(system.with(full.kernel), &resolved, &full)
    }

    /// Errors of a new value, in the unit of ln y or y.
    pub fn errors(&self) -> Result<Vec<f64>, FitError> {
        self.at_optimum(|system, _, full| {
            let points = self.points();
            Ok(errors(&system, full, &points).of_new(&points.scale))
        })
    }

    /// The covariance that is robust to clusters, and H⁻¹ beside it, both in the law's order.
    pub fn clustered_covariance(&self, of: &[usize]) -> Result<Option<[Vec<Vec<f64>>; 2]>, FitError> {
        self.at_optimum(|system, _, full| {
            let end = &full.end;
            Ok(Whitened::new(&system, end).map(|whitened| {
                let robust = clustered(&system, end, &whitened, &Clustering { of, times: &[] });
                [robust, whitened.model(end.held.len())].map(|inner| system.over_all(&inner))
            }))
        })
    }

    /// The data as a plan of resampling sees them: no N or D, and values for losses.
    fn points(&self) -> Points {
        let (values, weights) = (self.values, &self.weights);
        let rows: Vec<usize> = (0..values.len()).filter(|&row| weights.row(row).0 > 0.0).collect();
        let is_log = self.options.residual == Residual::Log;
        let value = |row: &usize| if is_log { values[*row].ln() } else { values[*row] };
        Points {
            x: Vec::new(),
            y: Vec::new(),
            l: rows.iter().map(value).collect(),
            weight: rows.iter().map(|&row| weights.row(row).0).collect(),
            scale: rows.iter().map(|&row| weights.row(row).1).collect(),
            centre: [0.0; 2],
            rows: rows.iter().map(|&row| row as u32).collect(),
            meaning: Meaning {
                observations: weights.observations,
                counts: weights.are_counts(),
                scale_known: weights.scale_known(),
            },
        }
    }

    /// Replicates, with the covariance of each where it is asked for, robust to clusters where there are some.
    pub fn refits(
        &self,
        resampling: &Resampling,
        (replicates, seed): (usize, u64),
        covariances: bool,
        clusters: Option<&[usize]>,
    ) -> Result<Vec<WithCovariance>, FitError> {
        let points = self.points();
        self.at_optimum(|system, resolved, full| {
            let plan = Plan::new(resampling, &points, self.len(), &errors(&system, full, &points), seed)?;
            let is_log = self.options.residual == Residual::Log;
            let refit = |sample: &mut Sample, replicate: usize| {
                let mut stream = plan.stream(replicate);
                for _ in 0..=REDRAWS {
                    plan.draw(&mut stream, sample);
                    let (mut drawn, mut counts) = (self.values.to_vec(), vec![0.0; self.len()]);
                    for ((row, value), count) in points.rows.iter().zip(&sample.ln_losses).zip(&sample.counts) {
                        let row = *row as usize;
                        drawn[row] = if is_log { value.exp() } else { *value };
                        counts[row] = *count;
                    }
                    let weights = self.weights.times(&counts);
                    let system = System { values: &drawn, weights: &weights, ..system };
                    let Some(end) = self.follow(system, resolved, full) else { continue };
                    let own = covariances.then(|| {
                        let times = clusters.map_or(Vec::new(), |of| times(of, &counts, resampling));
                        own_covariance(&system.with(end.kernel), &end, clusters, &times)
                    });
                    return Ok((self.replicate(&system, end), own.flatten()));
                }
                Err(FitError::Undetermined { replicate, draws: REDRAWS + 1 })
            };
            each(replicates, || Sample::of(&points), refit)
        })
    }

    /// The coefficients without each group of data in turn, `None` where the rest does not determine the law.
    pub fn leave_out(&self, groups: &[usize]) -> Result<Vec<Option<Vec<f64>>>, FitError> {
        let count = groups.iter().max().map_or(0, |last| last + 1);
        self.at_optimum(|system, resolved, full| {
            let without = |(): &mut (), left: usize| {
                let counts: Vec<f64> = groups.iter().map(|group| f64::from(u8::from(*group != left))).collect();
                let weights = self.weights.times(&counts);
                let system = System { weights: &weights, ..system };
                let end = self.follow(system, resolved, full);
                Ok(end.map(|end| system.full(&end.end.free)))
            };
            each(count, || (), without)
        })
    }

    /// From the optimum of the full fit down. A vertex is first sought from the vertex there.
    fn follow(&self, system: System<'_>, resolved: &Resolved, full: &Descent) -> Option<Descent> {
        if system.weights.counting(self.len()) < resolved.free.len() {
            return None;
        }
        if self.fit.loss() == LossFunction::AbsoluteDeviations {
            let end = to_vertex(system, &resolved.bounds, &full.end);
            if let Some(end) = end.filter(|end| end.termination == Termination::Vertex) {
                return Some(Descent { objective: end.linear.value, kernel: Kernel::Absolute, end });
            }
        }
        descend(system, &resolved.bounds, self.fit.loss(), &full.end.free, Effort::Full)
    }

    fn replicate(&self, system: &System<'_>, end: Descent) -> LawReplicate {
        LawReplicate {
            coefficients: system.full(&end.end.free),
            objective: end.objective,
            termination: end.end.termination,
        }
    }
}

fn own_covariance(
    system: &System<'_>,
    found: &Descent,
    clusters: Option<&[usize]>,
    times: &[f64],
) -> Option<Vec<Vec<f64>>> {
    let whitened = Whitened::new(system, &found.end)?;
    let inner = match clusters {
        None => covariance(system, &found.end, &whitened)?,
        Some(of) => clustered(system, &found.end, &whitened, &Clustering { of, times }),
    };
    Some(system.over_all(&inner))
}

fn errors(system: &System<'_>, full: &Descent, points: &Points) -> Errors {
    let (linear, held) = (&full.end.linear, &full.end.held);
    let index: Vec<usize> = (0..held.len()).filter(|&k| !held[k]).collect();
    let row = |i: usize| points.rows[i] as usize;
    let jacobian = Matrix::from_fn(points.len(), index.len(), |i, k| {
        system.weights.row(row(i)).0.sqrt() * linear.jacobian[(row(i), index[k])]
    });
    Errors {
        residuals: (0..points.len()).map(|i| linear.residuals[row(i)]).collect(),
        leverages: Leverages::new(&jacobian),
        delta: if full.kernel == Kernel::Squares { f64::INFINITY } else { full.kernel.width() },
    }
}
