//! Training logs: every sample of the shared formats, packed and hostile input.

#[cfg(feature = "cli")]
mod command;
mod folders;
mod hostile;
mod packed;
mod samples;
mod simulated;
