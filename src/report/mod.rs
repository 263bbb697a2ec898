//! How results show themselves: text for people, JSON for programs.

mod allocation_text;
#[cfg(feature = "serde")]
mod fit_json;
mod fit_text;
mod hardware_text;
mod law_card;
mod shape_text;
mod table;
