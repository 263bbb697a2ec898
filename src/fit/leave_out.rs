//! True refits without some of the runs, each from the optimum of the full fit.

use super::approach3::Approach3;
use super::points::Points;
use super::refit::{Refitter, Replicate, Workspace, each};
use super::result::Fit;
use crate::error::FitError;
use crate::runs::Runs;

impl Approach3 {
    /// The fits without each of some sets of rows (from zero): leave-one-out with sets of one row, leave-one-size-out with
    /// the rows of each size. `fit` must be the fit of all the runs under these options.
    ///
    /// Each is a true refit to the end, warm-started as [`refits`](Self::refits) are, at a few hundredths of a millisecond;
    /// a single Newton step in its place errs by a fifth where residuals cross the kink of Huber's loss.
    /// `None` where what is left cannot determine the law. Rows that do not exist are passed over.
    ///
    /// ```
    /// # use scaling_laws::{Approach3, Chinchilla, LossModel, Runs};
    /// # let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
    /// # let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    /// # for i in 0..30 {
    /// #     let (ln_n, ln_d) = (17.0 + f64::from(i % 5), 21.0 + f64::from(i / 5) + 0.2 * f64::from(i % 3));
    /// #     n.push(ln_n.exp());
    /// #     d.push(ln_d.exp());
    /// #     l.push(law.at(ln_n, ln_d).loss * (0.004 * (7.0 * f64::from(i)).sin()).exp());
    /// # }
    /// # let runs = Runs::from_columns(&n, &d, &l)?;
    /// let fit = Approach3::new().fit(&runs)?;
    /// let sets: Vec<Vec<usize>> = (0..runs.len()).map(|row| vec![row]).collect();
    /// let without = Approach3::new().refits_without(&runs, &fit, &sets)?;
    /// let alpha = without[0].unwrap().coefficients[3];
    /// let again = Approach3::new().fit(&runs.without(&[0]))?;
    /// assert!((alpha / again.law().alpha() - 1.0).abs() < 1e-6);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit) about options and weights; [`FitError::OtherRuns`] for a fit of other runs or options.
    pub fn refits_without(
        &self,
        runs: &Runs,
        fit: &Fit,
        sets: &[Vec<usize>],
    ) -> Result<Vec<Option<Replicate>>, FitError> {
        let points = Points::weighted(runs, &self.row_weights(runs)?);
        let refitter = Refitter::new(self, &points, fit)?;
        let mut places = vec![None; runs.len()];
        for (place, row) in points.rows.iter().enumerate() {
            places[*row as usize] = Some(place);
        }
        let work = |work: &mut Workspace, set: usize| {
            work.sample.counts.fill(1.0);
            for place in sets[set].iter().filter_map(|row| places.get(*row).copied().flatten()) {
                work.sample.counts[place] = 0.0;
            }
            Ok(refitter.refit(work).map(|(refit, _)| refit))
        };
        each(sets.len(), || Workspace::new(&points), work)
    }
}
