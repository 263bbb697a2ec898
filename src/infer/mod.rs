//! Intervals for anything that follows from a fitted law.

mod bootstrap;
mod cloud;
mod clusters;
mod drawing;
mod evidence;
mod inference;
mod interval;
mod law_inference;
mod level;
mod method;
mod quantity;
mod scatter;

pub use cloud::Cloud;
pub use clusters::Clusters;
pub use inference::Inference;
pub use interval::Interval;
pub use law_inference::LawInference;
pub use level::Level;
pub use method::Method;
pub use quantity::Quantity;
