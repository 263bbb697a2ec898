use super::{Entry, catalogue};
use crate::error::LawError;
use crate::laws::{Knob, Knobs, Quantity};
use crate::units::{ComputeRule, LossUnit, Nats, ParamCount, Params, Tokens};
use crate::warning::Warning;

/// What one published law says of a point, or why it says nothing.
///
/// The losses of laws that were fitted on different data or with different vocabularies are **not comparable**: a token
/// is another piece of text, and another text is easier or harder. Compare within one [`Entry::data`], or compare what
/// does travel: ratios, exponents and optima.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Opinion {
    /// The law's id.
    pub law: &'static str,
    /// What its loss is measured on; empty where that is not known.
    pub data: &'static str,
    /// What it counts as N, where it is asked for one. It was given the N of the question whatever it counts.
    pub counts: Option<ParamCount>,
    /// The loss.
    pub loss: Nats,
    /// What it is counted in.
    pub unit: LossUnit,
    /// Extrapolation with its factor, errata, coefficients not seen in the source.
    pub warnings: Vec<Warning>,
}

/// A law of a loss that was not asked, and what it needs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Silent {
    /// The law's id.
    pub law: &'static str,
    /// The knob that was not given, or why the law refuses.
    pub reason: String,
}

/// What all applicable laws say of one point.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Opinions {
    /// The laws that answer, in the order of the catalogue.
    pub laws: Vec<Opinion>,
    /// The laws of a loss per token that need more than was given.
    pub silent: Vec<Silent>,
    /// Doubts about the comparison as a whole.
    pub warnings: Vec<Warning>,
}

/// The loss of N parameters trained on D tokens by every published law that can say it, with C = 6ND for the laws of
/// compute and `knobs` for those with more knobs. A knob that a law does not have is not given to it.
///
/// # Errors
/// [`LawError::UnknownKnob`] for a knob that no law has.
///
/// ```
/// use scaling_laws::{laws::Knobs, published};
/// let all = published::opinions("1B".parse()?, "20B".parse()?, &Knobs::new().with("unique_tokens", 20e9))?;
/// let says = |id: &str| all.laws.iter().find(|opinion| opinion.law == id).map(|opinion| opinion.loss.to_string());
/// assert_eq!(says("besiroglu2024.parametric").as_deref(), Some("2.5301"));
/// assert!(says("muennighoff2023.L_NDU").is_some());
/// assert_eq!((all.warnings[0].code(), all.warnings[1].code()), ("different-data", "different-counts"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn opinions(params: Params, tokens: Tokens, knobs: &Knobs) -> Result<Opinions, LawError> {
    check(knobs)?;
    let mut given = knobs.clone().at(params, tokens);
    if given.get(Knob::FLOPS.name).is_none()
        && let Ok(compute) = ComputeRule::SixNd.flops(params, tokens)
    {
        given = given.with(Knob::FLOPS.name, compute.get());
    }
    let (mut laws, mut silent) = (Vec::new(), Vec::new());
    for entry in catalogue().iter().filter(|entry| gives_a_loss(entry)) {
        let loss = entry.evaluate(&given.only(entry.model.knobs())).map(|answers| {
            answers.iter().find(|(quantity, _)| *quantity == Quantity::LOSS).and_then(|(_, loss)| Nats::new(*loss).ok())
        });
        match loss {
            Ok(Some(loss)) => {
                let mut warnings = entry.domain_warnings(&given);
                warnings.extend(entry.warnings());
                let takes_size = entry.model.knobs().contains(&Knob::PARAMS);
                let counts = takes_size.then_some(entry.conventions.params);
                let unit = entry.conventions.loss;
                laws.push(Opinion { law: entry.id, data: entry.data, counts, loss, unit, warnings });
            }
            Ok(None) => silent.push(Silent { law: entry.id, reason: "it gives no finite loss here".into() }),
            Err(LawError::MissingInput { needs, .. }) => {
                silent.push(Silent { law: entry.id, reason: format!("needs {needs}") });
            }
            Err(error) => silent.push(Silent { law: entry.id, reason: error.to_string() }),
        }
    }
    let mut warnings = of_different_data(laws.iter().map(|opinion| opinion.data));
    warnings.extend(of_different_counts(laws.iter().filter_map(|opinion| opinion.counts)));
    Ok(Opinions { laws, silent, warnings })
}

/// [`opinions`] at each point of a line, such as sizes at a fixed number of tokens or the optima of a range of budgets.
///
/// # Errors
/// As [`opinions`].
///
/// ```
/// use scaling_laws::{laws::Knobs, published, Params, Tokens};
/// let line = [(Params::billions(1.0)?, Tokens::billions(20.0)?), (Params::billions(10.0)?, Tokens::billions(200.0)?)];
/// let all = published::opinions_along(&line, &Knobs::new())?;
/// // What travels between data sets is the ratio of the losses along the line.
/// let ratio = |id: &str| {
///     let at = |i: usize| all[i].laws.iter().find(|opinion| opinion.law == id).map(|opinion| opinion.loss.get());
///     Some(at(1)? / at(0)?)
/// };
/// assert!((ratio("kaplan2020.L_ND").unwrap_or(0.0) - 0.83).abs() < 0.01);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn opinions_along(line: &[(Params, Tokens)], knobs: &Knobs) -> Result<Vec<Opinions>, LawError> {
    line.iter().map(|&(params, tokens)| opinions(params, tokens, knobs)).collect()
}

/// The warning that losses of several data sets stand side by side.
fn of_different_data(data: impl Iterator<Item = &'static str>) -> Vec<Warning> {
    let mut sets: Vec<&str> = data.collect();
    sets.sort_unstable();
    sets.dedup();
    if sets.len() > 1 { vec![Warning::DifferentData { sets: sets.len() }] } else { Vec::new() }
}

/// The warning that one N stands for several counts.
fn of_different_counts(counts: impl Iterator<Item = ParamCount>) -> Option<Warning> {
    let mut ways: Vec<String> = counts.map(|count| count.to_string()).collect();
    ways.sort_unstable();
    ways.dedup();
    (ways.len() > 1).then_some(Warning::DifferentCounts { counts: ways })
}

/// Loss per token of what a model reads, not an error rate or a loss that is normalised otherwise.
fn gives_a_loss(entry: &Entry) -> bool {
    let of_a_point = entry.model.knobs().iter().any(|knob| [Knob::PARAMS, Knob::TOKENS].contains(knob));
    let of_compute = entry.model.knobs() == [Knob::FLOPS];
    entry.model.quantities().contains(&Quantity::LOSS) && (of_a_point || of_compute)
}

/// Refuses a knob that no law has: a slip of the pen would otherwise change nothing, in silence.
pub(crate) fn check(knobs: &Knobs) -> Result<(), LawError> {
    let mut known: Vec<&str> = catalogue().iter().flat_map(|e| e.model.knobs().iter().map(|knob| knob.name)).collect();
    known.sort_unstable();
    known.dedup();
    match knobs.iter().find(|(name, _)| !known.contains(name)) {
        Some((name, _)) => Err(LawError::UnknownKnob {
            law: "no published law, so none".into(),
            knob: name.into(),
            known: known.join(", "),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_that_needs_more_is_silent_until_it_is_given() {
        let (params, tokens) = (Params::known(1e9), Tokens::known(2e10));
        let without = opinions(params, tokens, &Knobs::new()).unwrap();
        let silent = |id: &str| without.silent.iter().find(|silent| silent.law == id).map(|s| s.reason.as_str());
        assert_eq!(silent("muennighoff2023.L_NDU"), Some("needs unique_tokens"));
        assert!(without.laws.iter().all(|opinion| opinion.law != "muennighoff2023.L_NDU"));
        let with = opinions(params, tokens, &Knobs::new().with("unique_tokens", 1e10)).unwrap();
        assert_eq!(with.laws.len(), without.laws.len() + 1);
        let error = opinions(params, tokens, &Knobs::new().with("unique", 1e10)).unwrap_err().to_string();
        assert!(error.contains("no knob \"unique\"") && error.contains("unique_tokens"), "{error}");
    }

    #[test]
    fn every_answer_is_that_of_the_law_asked_alone() {
        let (params, tokens) = (Params::known(1e9), Tokens::known(2e10));
        let all = opinions(params, tokens, &Knobs::new()).unwrap();
        assert!(all.laws.len() > 15);
        for opinion in &all.laws {
            let entry = super::super::find(opinion.law).unwrap();
            if let Some(law) = entry.loss_model() {
                assert_eq!(law.loss(params, tokens).unwrap(), opinion.loss);
            }
            let outside = opinion.warnings.iter().filter(|warning| warning.code() == "extrapolation").count();
            let at = Knobs::new().at(params, tokens).with("flops", 1.2e20);
            assert_eq!(outside, entry.domain_warnings(&at).len(), "{}", opinion.law);
            assert_eq!(opinion.counts.is_some(), entry.model.knobs().contains(&Knob::PARAMS), "{}", opinion.law);
        }
    }
}
