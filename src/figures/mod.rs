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
#[cfg(feature = "fit")]
mod confidence;
mod contour;
mod contours;
#[cfg(feature = "fit")]
mod curves;
mod estimates;
mod figure;
mod frontier;
#[cfg(feature = "fit")]
mod goodness;
#[cfg(feature = "fit")]
mod influence;
#[cfg(feature = "fit")]
mod isoflop;
mod labels;
mod legend;
#[cfg(feature = "fit")]
mod optima_of_fits;
mod optimum;
mod over_training;
mod palette;
mod panel;
#[cfg(feature = "png")]
mod png;
mod reach;
#[cfg(feature = "fit")]
mod rollout;
mod sample;
mod schedules;
mod series;
mod splits;
mod svg;
mod text;
mod ticks;

pub use axis::Axis;
pub use compare::compare;
#[cfg(feature = "fit")]
pub use confidence::{law_profiles, profiles, quantities};
pub use contours::contours;
#[cfg(feature = "fit")]
pub use curves::training_curves;
pub use estimates::{Estimate, intervals};
pub use figure::Figure;
pub use frontier::frontier;
#[cfg(feature = "fit")]
pub use goodness::goodness;
#[cfg(feature = "fit")]
pub use influence::influence;
#[cfg(feature = "fit")]
pub use isoflop::isoflop;
#[cfg(feature = "fit")]
pub use optima_of_fits::optima;
pub use optimum::Optima;
pub use over_training::{over_training, over_training_with};
pub use panel::Panel;
#[cfg(feature = "fit")]
pub use rollout::rollout;
pub use schedules::schedules;
pub use series::Series;
pub use splits::splits;

/// Rules for figures that stand inline on a dark page.
pub(crate) fn dark_style() -> &'static str {
    palette::DARK
}
