//! How results show themselves: text for people, JSON for programs, HTML for pages and notebooks.

mod allocation_text;
#[cfg(all(feature = "fit", feature = "serde"))]
mod approaches_json;
#[cfg(feature = "fit")]
mod approaches_text;
mod constrained_text;
#[cfg(all(feature = "fit", feature = "serde"))]
mod diagnosis_json;
#[cfg(feature = "fit")]
mod diagnosis_text;
#[cfg(all(feature = "fit", feature = "serde"))]
mod fit_json;
#[cfg(feature = "fit")]
mod fit_text;
mod hardware_text;
pub(crate) mod html;
#[cfg(feature = "fit")]
mod interval_text;
mod law_card;
#[cfg(all(feature = "fit", feature = "serde"))]
mod law_fit_json;
#[cfg(feature = "fit")]
mod law_fit_text;
#[cfg(feature = "fit")]
mod ranking_text;
mod shape_text;
mod table;
