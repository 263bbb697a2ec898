//! Re-estimation of a law from runs: points, objective, search, polish, certificate, result.

mod approach3;
mod certificate;
mod conclusion;
mod covariance;
mod design;
mod doubt;
mod fitter;
mod floor;
mod levenberg;
mod loss_function;
mod noise;
mod objective;
mod points;
mod polish;
mod refit;
mod resampling;
mod result;
mod search;
mod solve;
mod system;
mod weights;

pub use approach3::Approach3;
pub use certificate::{Basin, Certificate, Termination};
pub use fitter::{Fitter, LawFit};
pub use loss_function::{LossFunction, Residual};
pub use refit::Replicate;
pub use resampling::Resampling;
pub use result::{Coefficient, Fit};
pub use weights::Weights;
