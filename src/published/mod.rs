//! Published laws with their provenance: one file a paper.
//!
//! [`catalogue`] lists them, [`find`] looks one up by id or alias, and the constants give the laws themselves. An
//! [`Entry`] says where its coefficients stand, what N and C count, the range they were fitted on, whether they were
//! seen in the source, and what is known to be wrong with them.
//!
//! ```
//! use scaling_laws::{published, LossModel, Params, Tokens};
//!
//! let entry = published::find("chinchilla")?;
//! assert_eq!((entry.id, entry.arxiv), ("hoffmann2022.parametric_tex", "2203.15556"));
//! let law = entry.loss_model().ok_or("not a law of N and D")?;
//! let loss = law.loss(Params::billions(70.0)?, Tokens::trillions(1.4)?)?;
//! assert_eq!(loss.to_string(), "1.9208");
//! assert_eq!(loss, published::HOFFMANN_2022.loss("70B".parse()?, "1.4T".parse()?)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod besiroglu_2024;
mod catalogue;
mod entry;
mod hoffmann_2022;
mod kaplan_2020;
mod kaplan_allocation;
mod nearest;

pub use besiroglu_2024::{BESIROGLU_2024, BESIROGLU_2024_MINIMISER};
pub use catalogue::{catalogue, find};
pub use entry::{Coefficient, Entry, Model};
pub use hoffmann_2022::{
    HOFFMANN_2022, HOFFMANN_2022_APPROACH_1, HOFFMANN_2022_APPROACH_2, HOFFMANN_2022_APPROACH_3_TABLE,
    HOFFMANN_2022_ROUNDED,
};
pub use kaplan_2020::{
    KAPLAN_2020_ALLOCATION, KAPLAN_2020_BY_COMPUTE, KAPLAN_2020_BY_DATA, KAPLAN_2020_BY_MIN_COMPUTE,
    KAPLAN_2020_BY_SIZE, KAPLAN_2020_CRITICAL_BATCH, KAPLAN_2020_JOINT, KAPLAN_2020_STEPS, KAPLAN_2020_TABLE_6,
};
pub use kaplan_allocation::{KaplanAllocation, KaplanOptimum};
