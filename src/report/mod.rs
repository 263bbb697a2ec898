//! How results show themselves: text for people, JSON for programs.

mod allocation_text;
mod constrained_text;
#[cfg(feature = "serde")]
mod fit_json;
mod fit_text;
mod law_card;
#[cfg(feature = "serde")]
mod law_fit_json;
mod law_fit_text;
mod table;
