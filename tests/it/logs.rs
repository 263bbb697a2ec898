//! Training logs: every sample of the shared formats, packed and hostile input.

mod hostile;
mod packed;
mod samples;
