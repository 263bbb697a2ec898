//! Training logs: every sample of the shared formats, packed and hostile input.

#[cfg(feature = "cli")]
mod command;
mod entries;
mod folders;
mod hostile;
mod mutations;
mod packed;
mod samples;
mod simulated;
