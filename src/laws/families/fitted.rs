use std::sync::Arc;

use super::Family;
use crate::error::LawError;
use crate::laws::{Formula, Knob, Knobs, LossModel, Quantity, StoredLaw};
use crate::units::{Conventions, Domain};

/// A law of any [`Family`] with coefficients of one's own, evaluated from knobs by name; see [`Family::fitted`].
#[derive(Debug, Clone)]
pub struct FittedLaw {
    family: &'static Family,
    values: Vec<f64>,
    conventions: Conventions,
    domain: Domain,
    /// What gives it slices over N and D.
    law: Sliced,
}

#[derive(Debug, Clone)]
enum Sliced {
    /// A loss of N and D alone.
    Plain(StoredLaw),
    /// One with further knobs.
    Knobs(Arc<dyn Formula>),
    /// No loss of N and D.
    None,
}

impl FittedLaw {
    pub(super) fn new(
        family: &'static Family,
        values: &[f64],
        conventions: Conventions,
        domain: Domain,
    ) -> Result<Self, LawError> {
        let expected = family.coefficient_names().len();
        if values.len() != expected {
            return Err(LawError::Length { what: "the coefficients", got: values.len(), expected });
        }
        let law = match (family.store, family.make) {
            (Some(store), _) => Sliced::Plain(store(values, conventions, domain)?),
            (None, Some(make)) => Sliced::Knobs(make(values, conventions, domain)?),
            (None, None) => Sliced::None,
        };
        Ok(Self { family, values: values.to_vec(), conventions, domain, law })
    }

    /// The family.
    pub fn of(&self) -> &'static Family {
        self.family
    }
    /// The coefficients in the order of a fit.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }
    /// The range of N, D and C it was fitted on.
    pub fn domain(&self) -> Domain {
        self.domain
    }
}

impl Formula for FittedLaw {
    fn family(&self) -> &'static str {
        self.family.name()
    }

    fn knobs(&self) -> &[Knob] {
        self.family.knobs()
    }

    fn quantities(&self) -> &[Quantity] {
        std::slice::from_ref(&self.family.value)
    }

    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let row = self.family.row(knobs)?;
        let mut gradient = vec![0.0; self.values.len()];
        let value = self.family.form().predict(&self.values, &row, &mut gradient);
        let (law, quantity) = (self.family.name(), self.family.value.name);
        if value.is_finite() { Ok(vec![value]) } else { Err(LawError::Value { law, quantity, value }) }
    }

    fn costs_six_nd(&self, knobs: &Knobs) -> Result<bool, LawError> {
        match &self.law {
            Sliced::Knobs(law) => law.costs_six_nd(knobs),
            _ => Ok(true),
        }
    }

    fn cost_factor(&self, knobs: &Knobs) -> Result<Option<f64>, LawError> {
        match &self.law {
            Sliced::Knobs(law) => law.cost_factor(knobs),
            _ => Ok(Some(1.0)),
        }
    }

    fn slice(&self, knobs: &Knobs) -> Option<Result<Box<dyn LossModel>, LawError>> {
        match &self.law {
            Sliced::Plain(law) => Some(Ok(Box::new(*law))),
            Sliced::Knobs(law) => law.slice(knobs),
            Sliced::None => None,
        }
    }
}
