//! What a fit rests on: the pull of single runs, outliers, and the fewest runs that carry an answer.

mod influence;
mod outliers;

pub use influence::{Influence, RunInfluence, Sway, influence};
pub use outliers::{WithoutOutliers, outliers, without_outliers};
