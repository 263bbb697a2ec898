//! Re-estimation of a law from runs: points, objective, search, polish, certificate, result.

mod approach3;
mod certificate;
mod covariance;
mod descent;
mod design;
mod doubt;
mod explore;
mod fitter;
mod floor;
mod law_certificate;
mod law_covariance;
mod law_doubt;
mod law_fit;
mod levenberg;
mod loss_function;
mod loss_text;
mod noise;
mod objective;
mod of_runs;
mod options;
mod points;
mod polish;
mod result;
mod scale;
mod search;
mod solve;
mod system;
mod vertex;
mod weights;

pub use approach3::Approach3;
pub use certificate::{Basin, Certificate, Termination};
pub use fitter::Fitter;
pub use law_fit::LawFit;
pub use loss_function::{LossFunction, Residual};
pub use result::{Coefficient, Fit};
pub use weights::Weights;
