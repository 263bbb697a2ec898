use super::{Allocation, allocate, allocate_line};
use crate::error::{AllocateError, LawError};
use crate::laws::Knobs;
use crate::published::{Entry, catalogue};
use crate::units::{Flops, ParamCount};
use crate::warning::Warning;

/// What one published law or allocation line says of a budget.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LawAllocation {
    /// The law's id.
    pub law: &'static str,
    /// What its loss is measured on; empty where that is not known.
    pub data: &'static str,
    /// What its N counts.
    pub counts: ParamCount,
    /// The split.
    pub allocation: Allocation,
    /// Extrapolation, errata, coefficients not seen in the source.
    pub warnings: Vec<Warning>,
}

/// The compute-optimal split of a budget by every published law that has one: laws of N and D, laws with further knobs
/// that are given or have a default, and allocation lines.
///
/// Unlike losses, optima of different data can be compared, but not of different N: one with [`ParamCount::NonEmbedding`]
/// leaves the embeddings out, which matters below about 1B parameters. Laws that need a knob which was not given, and
/// laws of which the optimum does not exist at this budget, are left out.
///
/// # Errors
/// [`LawError::UnknownKnob`] for a knob that no law has.
///
/// ```
/// use scaling_laws::{allocate_all, laws::Knobs, Flops};
/// let all = allocate_all(Flops::new(5.76e23)?, &Knobs::new())?;
/// let says = |id: &str| all.iter().find(|one| one.law == id).map(|one| one.allocation.params().to_string());
/// assert_eq!(says("hoffmann2022.parametric_tex").as_deref(), Some("40.36B"));
/// assert_eq!(says("besiroglu2024.parametric").as_deref(), Some("72.25B"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_all(budget: Flops, knobs: &Knobs) -> Result<Vec<LawAllocation>, LawError> {
    crate::published::check_knobs(knobs)?;
    let one = |entry: &'static Entry| {
        let allocation = split(entry, budget, knobs)?.ok()?;
        let at = knobs.clone().at(allocation.params(), allocation.tokens()).with("flops", budget.get());
        let mut warnings = entry.domain_warnings(&at);
        warnings.extend(entry.warnings());
        Some(LawAllocation { law: entry.id, data: entry.data, counts: entry.conventions.params, allocation, warnings })
    };
    Ok(catalogue().iter().filter_map(one).collect())
}

/// `None` for a law that is none of N and D, or that lacks a knob.
fn split(entry: &Entry, budget: Flops, knobs: &Knobs) -> Option<Result<Allocation, AllocateError>> {
    if let Some(line) = entry.line() {
        return Some(allocate_line(&line, budget));
    }
    let own = entry.model.knobs().iter().filter_map(|knob| Some((knob.name, knobs.get(knob.name)?)));
    let own = own.fold(Knobs::new(), |all, (name, value)| all.with(name, value));
    let model = entry.slice(&own).ok()??;
    Some(allocate(model.as_ref(), budget))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::find;

    #[test]
    fn every_law_answers_as_it_does_alone_and_more_knobs_bring_more_laws() {
        let budget = Flops::known(1e21);
        let all = allocate_all(budget, &Knobs::new()).unwrap();
        assert!(all.len() > 20, "{}", all.len());
        for one in &all {
            let entry = find(one.law).unwrap();
            let compute = 6.0 * one.allocation.params().get() * one.allocation.tokens().get();
            assert!((compute / 1e21 - 1.0).abs() < 1e-6, "{}", one.law);
            assert_eq!(one.counts, entry.conventions.params);
            if let Some(law) = entry.loss_model() {
                assert_eq!(allocate(law, budget).unwrap(), one.allocation, "{}", one.law);
            }
        }
        let more = allocate_all(budget, &Knobs::new().with("unique_tokens", 1e9)).unwrap();
        assert!(more.iter().any(|one| one.law == "muennighoff2023.L_NDU"));
        assert!(allocate_all(budget, &Knobs::new().with("unique", 1e9)).is_err());
    }
}
