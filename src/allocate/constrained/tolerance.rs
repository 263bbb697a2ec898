use crate::units::Nats;

/// How much loss may be given away for a smaller model.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Tolerance {
    /// Nats per token above the least loss.
    Absolute(f64),
    /// A share of the least loss: 0.01 is one per cent.
    Relative(f64),
    /// Up to this loss, whatever the least is.
    UpTo(Nats),
}

impl Tolerance {
    /// The loss that it allows, nats per token, where this is the least.
    pub fn allowed(&self, least: f64) -> f64 {
        match self {
            Self::Absolute(more) => least + more,
            Self::Relative(share) => least * (1.0 + share),
            Self::UpTo(loss) => loss.get(),
        }
    }
}
