//! The longer documents, compiled with the crate so that every code block in them is run as a test.

#[doc = include_str!("../docs/design.md")]
pub mod design {}

#[doc = include_str!("../docs/approaches.md")]
pub mod approaches {}

#[doc = include_str!("../docs/choosing-a-law.md")]
pub mod choosing_a_law {}

#[doc = include_str!("../docs/fitting.md")]
pub mod fitting {}

#[doc = include_str!("../docs/diagnostics.md")]
pub mod diagnostics {}

#[doc = include_str!("../docs/real-sweeps.md")]
pub mod real_sweeps {}

// Its examples read logs.
#[cfg(feature = "logs")]
#[doc = include_str!("../docs/logs.md")]
pub mod logs {}

#[doc = include_str!("../docs/theory.md")]
pub mod theory {}

#[doc = include_str!("../docs/kaplan-and-chinchilla.md")]
pub mod kaplan_and_chinchilla {}

// Its examples read a config.json.
#[cfg(feature = "serde")]
#[doc = include_str!("../docs/compute.md")]
pub mod compute {}

#[doc = include_str!("../docs/allocation.md")]
pub mod allocation {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}
