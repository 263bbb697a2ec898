use super::per_token::allocate_per_token;
use super::{Allocation, allocate, allocate_line};
use crate::error::{AllocateError, LawError};
use crate::laws::{Knob, Knobs, Quantity};
use crate::published::{Entry, Silent, catalogue};
use crate::units::{ComputeRule, Flops, ParamCount};
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
    /// How its C is counted.
    pub compute: ComputeRule,
    /// The split.
    pub allocation: Allocation,
    /// Extrapolation, errata, coefficients not seen in the source, what was assumed.
    pub warnings: Vec<Warning>,
}

/// What all published laws say of a budget.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LawAllocations {
    /// The laws that answer, in the order of the catalogue.
    pub laws: Vec<LawAllocation>,
    /// The laws of N and D, and of a best N or D, that do not, and why.
    pub silent: Vec<Silent>,
}

/// The compute-optimal split of a budget by every published law that has one: laws of N and D, laws with further knobs
/// that are given or have a default, and allocation lines.
///
/// Unlike losses, optima of different data can be compared, but not of different N: one with [`ParamCount::NonEmbedding`]
/// leaves the embeddings out, which matters below about 1B parameters. A law that has a split but not this one says why:
/// it lacks a knob, has no optimum at this budget, or its knobs cost other than 6ND.
///
/// # Errors
/// [`LawError::UnknownKnob`] for a knob that no law has.
///
/// ```
/// use scaling_laws::{allocate_all, laws::Knobs, Flops};
/// let all = allocate_all(Flops::new(5.76e23)?, &Knobs::new())?;
/// let says = |id: &str| all.laws.iter().find(|one| one.law == id).map(|one| one.allocation.params().to_string());
/// assert_eq!(says("hoffmann2022.parametric_tex").as_deref(), Some("40.36B"));
/// assert_eq!(says("besiroglu2024.parametric").as_deref(), Some("72.25B"));
/// let silent = all.silent.iter().find(|one| one.law == "muennighoff2023.L_NDU").ok_or("not there")?;
/// assert_eq!(silent.reason, "needs unique_tokens");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn allocate_all(budget: Flops, knobs: &Knobs) -> Result<LawAllocations, LawError> {
    crate::published::check_knobs(knobs)?;
    let (mut laws, mut silent) = (Vec::new(), Vec::new());
    for entry in catalogue().iter().filter(|entry| has_split(entry)) {
        match allocate_published(entry, budget, knobs) {
            Ok(allocation) => {
                let at = knobs.clone().at(allocation.params(), allocation.tokens()).with("flops", budget.get());
                let mut warnings = entry.domain_warnings(&at);
                warnings.extend(entry.warnings());
                warnings.extend(
                    allocation.warnings().iter().filter(|doubt| matches!(doubt, Warning::Assumed { .. })).cloned(),
                );
                let (data, counts, compute) = (entry.data, entry.conventions.params, allocation.conventions().compute);
                laws.push(LawAllocation { law: entry.id, data, counts, compute, allocation, warnings });
            }
            Err(error) => silent.push(Silent { law: entry.id, reason: reason(error) }),
        }
    }
    Ok(LawAllocations { laws, silent })
}

/// The compute-optimal split of a budget by one published law, line or rule, with its further knobs where it has some; a
/// knob that it does not have is not given to it.
///
/// A rule for the FLOP a token (DeepSeek 2024) is read through a shape: N without embeddings with
/// M = 72·L·d² + 12·L·d·s, d = 100·L and s = 4096, which a warning says.
///
/// # Errors
/// Those of [`allocate`](crate::allocate) and [`allocate_line`](crate::allocate_line); [`LawError::MissingInput`] for a knob
/// that was not given, [`LawError::WrongKind`] for a law that has no split, or whose knobs set what training costs, both as
/// [`AllocateError::Law`].
///
/// ```
/// use scaling_laws::{allocate_published, laws::Knobs, published, Flops};
/// let rule = published::find("deepseek2024.allocator")?;
/// let split = allocate_published(rule, Flops::new(1e24)?, &Knobs::new())?;
/// assert_eq!((split.params().to_string(), split.tokens().to_string()), ("102.1B".into(), "1.522T".into()));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_published(entry: &Entry, budget: Flops, knobs: &Knobs) -> Result<Allocation, AllocateError> {
    let line = entry.line().map(|line| allocate_line(&line, budget));
    if let Some(split) = line.or_else(|| allocate_per_token(entry, budget)) {
        let at = Knobs::new().with(Knob::FLOPS.name, budget.get());
        return Ok(split?.with_doubts(entry.domain_warnings(&at)));
    }
    let own = knobs.only(entry.model.knobs());
    let refuse = |reason| AllocateError::Law(LawError::WrongKind { law: entry.id.into(), reason });
    let Some(model) = entry.slice(&own)? else {
        let gives = entry.model.quantities();
        return Err(refuse(
            match (gives.contains(&Quantity::OPTIMAL_PARAMS), gives.contains(&Quantity::OPTIMAL_TOKENS)) {
                (true, true) => "it is asked for a loss to reach, not for a budget",
                (true, false) => "it gives the best N at C_min and no tokens",
                _ => "it is no law of N and D alone; name one or an allocation line",
            },
        ));
    };
    if let Some(law) = entry.formula()
        && !law.costs_six_nd(&own)?
    {
        return Err(refuse("its knobs set what training costs; ask for bits, sparsity or granularity by name"));
    }
    allocate(model.as_ref(), budget)
}

/// Whether it is a loss of N and D, or gives the best N, D or FLOP a token.
fn has_split(entry: &Entry) -> bool {
    let best = [Quantity::OPTIMAL_PARAMS, Quantity::OPTIMAL_TOKENS, Quantity::OPTIMAL_FLOPS_PER_TOKEN];
    let (knobs, gives) = (entry.model.knobs(), entry.model.quantities());
    let of_both = knobs.contains(&Knob::PARAMS) && knobs.contains(&Knob::TOKENS) && gives.contains(&Quantity::LOSS);
    of_both || best.iter().any(|quantity| gives.contains(quantity))
}

fn reason(error: AllocateError) -> String {
    match error {
        AllocateError::Law(LawError::MissingInput { needs, .. }) => format!("needs {needs}"),
        AllocateError::Law(LawError::WrongKind { reason, .. }) => reason.into(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::find;

    #[test]
    fn every_law_answers_as_it_does_alone_and_more_knobs_bring_more_laws() {
        let budget = Flops::known(1e21);
        let all = allocate_all(budget, &Knobs::new()).unwrap();
        assert!(all.laws.len() > 20, "{}", all.laws.len());
        for one in &all.laws {
            let entry = find(one.law).unwrap();
            let compute = 6.0 * one.allocation.params().get() * one.allocation.tokens().get();
            if one.compute == ComputeRule::SixNd {
                assert!((compute / 1e21 - 1.0).abs() < 1e-6, "{}", one.law);
            }
            assert_eq!(one.counts, entry.conventions.params);
            if let Some(law) = entry.loss_model() {
                assert_eq!(allocate(law, budget).unwrap(), one.allocation, "{}", one.law);
            }
        }
        let more = allocate_all(budget, &Knobs::new().with("unique_tokens", 1e9)).unwrap();
        assert!(more.laws.iter().any(|one| one.law == "muennighoff2023.L_NDU"));
        assert!(allocate_all(budget, &Knobs::new().with("unique", 1e9)).is_err());
    }

    #[test]
    fn no_law_with_a_split_vanishes_without_a_word() {
        let few_bits = Knobs::new().with("weight_bits", 4.0).with("activation_bits", 4.0).with("cache_bits", 4.0);
        let knobs = few_bits.with("granularity", 8.0).with("sparsity", 0.9).with("unique_tokens", 1e10);
        for (budget, knobs) in
            [(1.0, Knobs::new()), (1e21, Knobs::new()), (1e21, knobs.clone()), (1e40, Knobs::new()), (1e21, knobs)]
        {
            let all = allocate_all(Flops::known(budget), &knobs).unwrap();
            for entry in catalogue() {
                let slices = entry.formula().is_some_and(|law| law.slice(&knobs).is_some());
                let splits = entry.line().is_some() || entry.loss_model().is_some() || slices || has_split(entry);
                let named = all.laws.iter().filter(|one| one.law == entry.id).count()
                    + all.silent.iter().filter(|one| one.law == entry.id).count();
                assert_eq!(named, usize::from(splits), "{} at {budget:e}", entry.id);
            }
            assert!(all.silent.iter().all(|one| !one.reason.is_empty()));
        }
    }

    #[test]
    fn a_law_whose_knobs_cost_other_than_six_nd_is_not_asked_on_six_nd() {
        let all = |knobs: Knobs| allocate_all(Flops::known(1e21), &knobs).unwrap();
        let answers = |all: &LawAllocations, id: &str| all.laws.iter().any(|one| one.law == id);
        assert!(answers(&all(Knobs::new()), "kumar2024.precision"), "full precision costs 6ND");
        let few = all(Knobs::new().with("weight_bits", 4.0).with("activation_bits", 4.0).with("cache_bits", 4.0));
        assert!(!answers(&few, "kumar2024.precision"));
        for sparsity in [0.0, 0.9] {
            assert_eq!(answers(&all(Knobs::new().with("sparsity", sparsity)), "abnar2025"), sparsity == 0.0);
        }
        assert!(!answers(&all(Knobs::new().with("granularity", 8.0)), "krajewski2024.moe"));
    }
}
