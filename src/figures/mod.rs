//! Figures as SVG, and PNG by the feature `png`: one call on a typed result, a handful of parts for figures of one's own.
//!
//! Colours are those of Okabe and Ito, which most colour-blind readers tell apart; lines also differ in their dashes and
//! points in their marks, so that a print in black and white says the same. Ordered things (budgets, sizes) go from dark to
//! light. The legend stands above the panels and hides nothing; what cannot be drawn is counted in a note.
//!
//! ```
//! use scaling_laws::{figures, published::BESIROGLU_2024, Flops};
//! let figure = figures::over_training(&BESIROGLU_2024, &[Flops::new(1e22)?, Flops::new(1e24)?])?;
//! assert!(figure.to_svg().contains("1e24 FLOP"));
//! // figure.save("over-training.svg")?;
//! # Ok::<(), scaling_laws::Error>(())
//! ```

mod axis;
mod compare;
mod confidence;
mod contour;
mod contours;
mod curves;
mod estimates;
mod figure;
mod frontier;
mod goodness;
mod influence;
mod isoflop;
mod labels;
mod legend;
mod optimum;
mod over_training;
mod palette;
mod panel;
#[cfg(feature = "png")]
mod png;
mod reach;
mod rollout;
mod sample;
mod series;
mod splits;
mod svg;
mod text;
mod ticks;

pub use axis::Axis;
pub use compare::compare;
pub use confidence::{law_profiles, profiles, quantities};
pub use contours::contours;
pub use curves::{schedules, training_curves};
pub use estimates::{Estimate, intervals};
pub use figure::Figure;
pub use frontier::frontier;
pub use goodness::goodness;
pub use influence::influence;
pub use isoflop::isoflop;
pub use optimum::{Optima, optima};
pub use over_training::{over_training, over_training_with};
pub use panel::Panel;
pub use rollout::rollout;
pub use series::Series;
pub use splits::splits;

/// Rules for figures that stand inline on a dark page.
pub(crate) fn dark_style() -> &'static str {
    palette::DARK
}
