//! Re-estimation of a law from runs: points, objective, search, polish, certificate, result.

mod approach3;
mod certificate;
mod covariance;
mod design;
mod doubt;
mod floor;
mod noise;
mod objective;
mod points;
mod polish;
mod result;
mod search;
mod solve;

pub use approach3::Approach3;
pub use certificate::{Basin, Certificate, Termination};
pub use result::{Coefficient, Fit};
