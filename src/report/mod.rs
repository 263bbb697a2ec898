//! How results show themselves: text for people, JSON for programs, HTML for pages and notebooks.

mod allocation_text;
#[cfg(feature = "serde")]
mod approaches_json;
mod approaches_text;
mod constrained_text;
#[cfg(feature = "serde")]
mod diagnosis_json;
mod diagnosis_text;
#[cfg(feature = "serde")]
mod fit_json;
mod fit_text;
mod hardware_text;
pub(crate) mod html;
mod interval_text;
mod law_card;
#[cfg(feature = "serde")]
mod law_fit_json;
mod law_fit_text;
mod ranking_text;
mod shape_text;
mod table;
