//! Training logs: every sample of the shared formats, packed and hostile input.

#[cfg(feature = "cli")]
mod command;
mod copies;
mod entries;
mod folders;
mod hostile;
mod memory;
mod messages;
mod mutations;
mod names;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
mod samples;
mod simulated;
mod tables;
