//! What a fit rests on (the pull of single runs, outliers, the fewest runs that carry an answer, lack of fit, other laws), and
//! how ways to fit predict larger runs.

mod bands;
mod certainty;
mod contender;
mod diagnosis;
mod flips;
mod form;
mod influence;
mod information;
mod lack_of_fit;
mod levels;
mod outliers;
mod ranking;
mod rival;
mod roll_out;
mod seeds;
mod smooth;
mod sway;

use crate::error::FitError;
use crate::fit::Fit;
use crate::math::order::sort_by_number;
use crate::runs::Runs;

pub use bands::{Coverage, FactorBand};
pub use certainty::Known;
pub use contender::Contender;
pub use diagnosis::{Diagnose, Diagnosis};
pub use influence::{Influence, RunInfluence, influence};
pub use information::Information;
pub use lack_of_fit::{LackOfFit, PureError, ResidualTrend, lack_of_fit};
pub use outliers::{WithoutOutliers, without_outliers};
pub use ranking::{Ranked, Ranking, rank, rank_watched};
pub use rival::RivalLaw;
pub use roll_out::{Prediction, RollOut, Stage, roll_out};
pub use sway::Sway;

/// Refuses a fit of another number of runs.
fn same_runs(runs: &Runs, fit: &Fit) -> Result<(), FitError> {
    if fit.residuals().len() == runs.len() {
        return Ok(());
    }
    let expected = "the runs that were fitted, all of them in the same order";
    Err(FitError::Data { row: 0, value: runs.len() as f64, expected })
}

/// Holm's (1979) p-values of several tests, in their order.
fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    sort_by_number(&mut order, |&one| p_values[one]);
    let (mut held, mut least) = (vec![1.0; p_values.len()], 0.0f64);
    for (rank, &test) in order.iter().enumerate() {
        least = least.max(((p_values.len() - rank) as f64 * p_values[test]).min(1.0));
        held[test] = least;
    }
    held
}
