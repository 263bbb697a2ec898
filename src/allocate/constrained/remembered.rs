use std::cell::Cell;

use crate::error::LawError;
use crate::laws::{LossGradient, LossModel, LossPoint};
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// A law that knows its last point: the solver asks for the value there, then for the slopes along a limit, then for the
/// gradient. It also gives the solver one type for all laws.
#[derive(Debug)]
pub(super) struct Remembered<'a, L: ?Sized> {
    law: &'a L,
    last: Cell<(f64, f64, LossPoint)>,
}

impl<'a, L: ?Sized> Remembered<'a, L> {
    pub fn new(law: &'a L) -> Self {
        // NaN equals no coordinate.
        let nothing = LossPoint { loss: f64::NAN, d_ln_params: f64::NAN, d_ln_tokens: f64::NAN };
        Self { law, last: Cell::new((f64::NAN, f64::NAN, nothing)) }
    }
}

impl<L: LossModel + ?Sized> LossModel for Remembered<'_, L> {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let (x, y, known) = self.last.get();
        if x == ln_params && y == ln_tokens {
            return known;
        }
        let point = self.law.at(ln_params, ln_tokens);
        self.last.set((ln_params, ln_tokens, point));
        point
    }
    fn conventions(&self) -> Conventions {
        self.law.conventions()
    }
    fn domain(&self) -> Domain {
        self.law.domain()
    }
    fn irreducible(&self) -> Option<Nats> {
        self.law.irreducible()
    }
    fn unique_tokens(&self) -> Option<Tokens> {
        self.law.unique_tokens()
    }
    fn ln_optimal_params(&self, ln_product: f64) -> Option<f64> {
        self.law.ln_optimal_params(ln_product)
    }
    fn loss(&self, params: Params, tokens: Tokens) -> Result<Nats, LawError> {
        self.law.loss(params, tokens)
    }
    fn gradient(&self, params: Params, tokens: Tokens) -> Result<LossGradient, LawError> {
        self.law.gradient(params, tokens)
    }
}
