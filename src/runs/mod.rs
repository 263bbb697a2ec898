//! The data model: a [`Runs`] is a table of finished training runs, held by columns and checked once; a
//! [`Curve`] is one run on its way.

mod along;
mod clock;
mod columns;
mod curve;
mod final_loss;
mod history;
mod numbers;
mod policy;
mod series;
mod status;
mod table;
mod tail;

pub use columns::TextColumn;
pub use curve::Curve;
pub use final_loss::FinalLoss;
pub use history::History;
pub use numbers::NumberColumns;
#[cfg(feature = "csv")]
pub(crate) use numbers::number;
pub use policy::LossPolicy;
pub use series::{LossKind, NotFinite, Series};
pub use status::RunStatus;
pub use table::{Run, Runs};
