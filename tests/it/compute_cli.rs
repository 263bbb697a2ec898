//! The commands `shape`, `hardware`, `formats` and `trend` as a user runs them.
