use std::fmt::Debug;

use super::{Formula, Knob, Knobs, LossModel, LossPoint, Quantity};
use crate::error::LawError;
use crate::units::{Conventions, Domain, Flops, Nats, Tokens};

/// A law of N, D and further knobs: unique tokens, bits, experts, sparsity.
///
/// With the knobs set it is a [`Slice`], a [`LossModel`] that every allocator takes.
pub trait SlicedLaw: Debug + Clone {
    /// The formula, to name the law in errors.
    const FORMULA: &'static str;

    /// The further knobs.
    type Knobs: Debug + Clone;

    /// Loss and slopes at (ln N, ln D) with the knobs set.
    fn point(&self, knobs: &Self::Knobs, ln_params: f64, ln_tokens: f64) -> LossPoint;

    /// All knobs by name, N and D first.
    fn knob_list(&self) -> &[Knob];

    /// The further knobs from values by name.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] and [`LawError::Knob`].
    fn read_knobs(&self, knobs: &Knobs) -> Result<Self::Knobs, LawError>;

    /// What N counts and how C is counted.
    fn conventions(&self) -> Conventions {
        Conventions::default()
    }

    /// The range of N, D and C it was fitted on.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// The limit of the loss for N, D → ∞ with these knobs, where there is one.
    fn irreducible(&self, knobs: &Self::Knobs) -> Option<Nats> {
        let _ = knobs;
        None
    }

    /// Whether training with these knobs costs 6ND.
    fn costs_six_nd(&self, knobs: &Self::Knobs) -> bool {
        let _ = knobs;
        true
    }

    /// C over 6ND with these knobs; `None` where that is not known.
    fn cost_factor(&self, knobs: &Self::Knobs) -> Option<f64> {
        self.costs_six_nd(knobs).then_some(1.0)
    }

    /// The unique tokens among these knobs, for a law of repeated data.
    fn unique_tokens(&self, knobs: &Self::Knobs) -> Option<Tokens> {
        let _ = knobs;
        None
    }
}

/// A [`SlicedLaw`] with its further knobs set: a loss of N and D.
///
/// ```
/// use scaling_laws::{allocate_by_search, published, Flops, LossModel, Tokens};
/// // The best model for 1e22 FLOP when there are 25B unique tokens: smaller and longer trained than they seem to allow.
/// let scarce = published::MUENNIGHOFF_2023.with_unique_tokens(Tokens::billions(25.0)?);
/// let plenty = published::MUENNIGHOFF_2023.with_unique_tokens(Tokens::trillions(100.0)?);
/// let budget = Flops::new(1e22)?;
/// assert!(allocate_by_search(&scarce, budget)?.loss() > allocate_by_search(&plenty, budget)?.loss());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice<L: SlicedLaw> {
    law: L,
    knobs: L::Knobs,
}

impl<L: SlicedLaw> Slice<L> {
    /// The law with its knobs set.
    pub fn new(law: L, knobs: L::Knobs) -> Self {
        Self { law, knobs }
    }

    /// The law that is sliced.
    pub fn law(&self) -> &L {
        &self.law
    }

    /// The knobs that were set.
    pub fn knobs(&self) -> &L::Knobs {
        &self.knobs
    }
}

impl<L: SlicedLaw> LossModel for Slice<L> {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        self.law.point(&self.knobs, ln_params, ln_tokens)
    }
    fn conventions(&self) -> Conventions {
        self.law.conventions()
    }
    /// The range of C in terms of 6ND: what is asked of a `LossModel` knows no other C.
    fn domain(&self) -> Domain {
        let domain = self.law.domain();
        let factor = self.law.cost_factor(&self.knobs).filter(|factor| factor.is_finite() && *factor > 0.0);
        let scaled = |flops: Flops| Flops::new(flops.get() / factor?).ok();
        let flops = domain.flops.and_then(|(least, most)| scaled(least).zip(scaled(most)));
        Domain { flops, ..domain }
    }
    fn irreducible(&self) -> Option<Nats> {
        self.law.irreducible(&self.knobs)
    }
    fn unique_tokens(&self) -> Option<Tokens> {
        self.law.unique_tokens(&self.knobs)
    }
}

impl<L: SlicedLaw + Send + Sync + 'static> Formula for L {
    fn knobs(&self) -> &[Knob] {
        self.knob_list()
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let slice = Slice::new(self.clone(), self.read_knobs(knobs)?);
        Ok(vec![slice.loss(knobs.params(L::FORMULA)?, knobs.tokens(L::FORMULA)?)?.get()])
    }
    fn cost_factor(&self, knobs: &Knobs) -> Result<Option<f64>, LawError> {
        Ok(SlicedLaw::cost_factor(self, &self.read_knobs(knobs)?))
    }
    fn costs_six_nd(&self, knobs: &Knobs) -> Result<bool, LawError> {
        Ok(SlicedLaw::costs_six_nd(self, &self.read_knobs(knobs)?))
    }
    fn slice(&self, knobs: &Knobs) -> Option<Result<Box<dyn LossModel>, LawError>> {
        let slice = |set| Box::new(Slice::new(self.clone(), set)) as Box<dyn LossModel>;
        Some(self.read_knobs(knobs).map(slice))
    }
}
