//! The data model: a [`Runs`] is a table of finished training runs, held by columns and checked once.

mod columns;
mod table;

pub use columns::TextColumn;
pub use table::{Run, Runs};
