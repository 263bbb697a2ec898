//! The data model: a [`Runs`] is a table of finished training runs, held by columns and checked once; a
//! [`Curve`] is one run on its way.

mod columns;
mod curve;
mod table;

pub use columns::TextColumn;
pub use curve::Curve;
pub use table::{Run, Runs};
