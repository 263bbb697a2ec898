//! One integration binary, a module a subject.

mod allocate;
#[cfg(feature = "proptest")]
mod properties;
