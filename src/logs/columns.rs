use super::header::{normalise, readings};
use crate::error::RunsError;

/// What a column of a run log can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Params,
    Tokens,
    Flops,
    Loss,
}

/// How a column's plain numbers become parameters, tokens, FLOP or nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    One,
    PowerOfTen(i32),
    Times(f64),
}

/// A column of the file that is read as a quantity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub quantity: Quantity,
    pub index: usize,
    /// As in the file.
    pub name: String,
    pub scale: Scale,
}

/// Names under which logs keep N. The first of each list is the canonical one and beats the others.
const PARAMS: &[&str] = &[
    "params",
    "N",
    "n_params",
    "num_params",
    "parameters",
    "num_parameters",
    "n_parameters",
    "param_count",
    "parameter_count",
    "model_size",
    "model_params",
    "model_parameters",
    "size",
    "params_total",
    "total_params",
    "total_parameters",
    "n_total",
    "params_non_embedding",
    "non_embedding_params",
    "non_embedding_parameters",
    "params_no_embedding",
    "params_non_emb",
    "params_no_emb",
    "n_non_embedding",
    "n_no_emb",
    "params_active",
    "active_params",
    "active_parameters",
    "n_active",
];
const TOKENS: &[&str] = &[
    "tokens",
    "D",
    "n_tokens",
    "num_tokens",
    "train_tokens",
    "training_tokens",
    "total_tokens",
    "tokens_total",
    "tokens_seen",
    "seen_tokens",
    "tokens_trained",
    "trained_tokens",
    "consumed_tokens",
    "tokens_consumed",
    "token_count",
    "dataset_size",
    "data_size",
    "dataset_tokens",
];
const FLOPS: &[&str] = &[
    "flops",
    "C",
    "flop",
    "compute",
    "train_flop",
    "train_flops",
    "training_flop",
    "training_flops",
    "total_flop",
    "total_flops",
    "flops_total",
    "total_train_flops",
    "total_training_flops",
    "train_compute",
    "training_compute",
    "total_compute",
    "compute_flops",
    "n_flops",
    "num_flops",
];
const LOSS: &[&str] = &[
    "loss",
    "L",
    "val_loss",
    "loss_val",
    "valid_loss",
    "validation_loss",
    "eval_loss",
    "loss_eval",
    "evaluation_loss",
    "final_loss",
    "final_val_loss",
    "final_validation_loss",
    "final_eval_loss",
    "test_loss",
    "loss_test",
    "held_out_loss",
    "cross_entropy",
    "cross_entropy_loss",
    "ce_loss",
];

impl Quantity {
    pub const ALL: [Self; 4] = [Self::Params, Self::Tokens, Self::Flops, Self::Loss];

    /// The name under which a command or a caller asks for it.
    pub fn canonical(self) -> &'static str {
        self.names().first().copied().unwrap_or("")
    }

    /// As it is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Params => "parameters (N)",
            Self::Tokens => "tokens (D)",
            Self::Flops => "FLOPs (C)",
            Self::Loss => "loss (L)",
        }
    }

    /// The method and the flag that name its column.
    fn option(self) -> &'static str {
        match self {
            Self::Params => "params_column (--params-column)",
            Self::Tokens => "tokens_column (--tokens-column)",
            Self::Flops => "flops_column (--flops-column)",
            Self::Loss => "loss_column (--loss-column)",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Params => PARAMS,
            Self::Tokens => TOKENS,
            Self::Flops => FLOPS,
            Self::Loss => LOSS,
        }
    }

    /// Whether a normalised name is one of this quantity's.
    pub fn is_called(self, normalised: &str) -> bool {
        self.names().iter().any(|name| normalise(name) == normalised)
    }

    fn is_canonical(self, normalised: &str) -> bool {
        normalise(self.canonical()) == normalised
    }
}

/// The column that the caller named for a quantity.
///
/// # Errors
/// [`RunsError::MissingColumn`], or [`RunsError::AmbiguousColumn`] when several columns bear the name.
pub(super) fn named(quantity: Quantity, name: &str, headers: &[String]) -> Result<Column, RunsError> {
    let candidates = bearing(name, headers);
    let Some((index, header)) = the_only(quantity.name(), quantity.option(), &candidates)? else {
        return Err(missing(quantity, name.into(), headers));
    };
    let scale = readings(header, quantity).pop().map_or(Scale::One, |(_, scale)| scale);
    Ok(Column { quantity, index, name: header.into(), scale })
}

/// The column that holds a quantity by its name, among those not `taken` for another one; `None` when there is none.
///
/// # Errors
/// [`RunsError::AmbiguousColumn`].
pub(super) fn found(quantity: Quantity, headers: &[String], taken: &[usize]) -> Result<Option<Column>, RunsError> {
    let mut canonical = Vec::new();
    let mut aliased = Vec::new();
    for (index, header) in headers.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
        let Some((_, scale)) = readings(header, quantity).into_iter().find(|(base, _)| quantity.is_called(base)) else {
            continue;
        };
        let candidate = (index, header.as_str());
        if quantity.is_canonical(&normalise(header)) {
            canonical.push((candidate, scale));
        } else {
            aliased.push((candidate, scale));
        }
    }
    let best = if canonical.is_empty() { aliased } else { canonical };
    let candidates: Vec<_> = best.iter().map(|(candidate, _)| *candidate).collect();
    the_only(quantity.name(), quantity.option(), &candidates)?;
    Ok(best.first().map(|&((index, name), scale)| Column { quantity, index, name: name.into(), scale }))
}

/// The error for a quantity that no column holds.
pub(super) fn missing(quantity: Quantity, looked_for: String, headers: &[String]) -> RunsError {
    RunsError::MissingColumn { quantity: quantity.name(), looked_for, found: list(headers), option: quantity.option() }
}

/// The error for a quantity of which no usual name occurs.
pub(super) fn unnamed(quantity: Quantity, headers: &[String]) -> RunsError {
    missing(quantity, quantity.names().join(", "), headers)
}

/// The column a filter asks for.
///
/// # Errors
/// [`RunsError::FilterColumn`], or [`RunsError::AmbiguousColumn`] when several columns bear the name.
pub(super) fn filtered(filter: &super::Filter, headers: &[String]) -> Result<usize, RunsError> {
    let candidates = bearing(filter.column(), headers);
    match the_only("the filter", "a name that occurs once in the header", &candidates)? {
        Some((index, _)) => Ok(index),
        None => Err(RunsError::FilterColumn {
            filter: filter.to_string(),
            column: filter.column().into(),
            found: list(headers),
        }),
    }
}

/// Columns called exactly so; if there are none, those called so but for case, spaces and punctuation.
fn bearing<'a>(name: &str, headers: &'a [String]) -> Vec<(usize, &'a str)> {
    let matching = |same: &dyn Fn(&str) -> bool| -> Vec<(usize, &'a str)> {
        headers.iter().map(String::as_str).enumerate().filter(|(_, header)| same(header)).collect()
    };
    let exact = matching(&|header| header == name.trim());
    // A name without letters or digits is no name: it would equal every other such one.
    if exact.is_empty() && !normalise(name).is_empty() {
        return matching(&|header| normalise(header) == normalise(name));
    }
    exact
}

fn the_only<'a>(
    quantity: &'static str,
    option: &'static str,
    candidates: &[(usize, &'a str)],
) -> Result<Option<(usize, &'a str)>, RunsError> {
    if candidates.len() < 2 {
        return Ok(candidates.first().copied());
    }
    let described: Vec<_> = candidates.iter().map(|(index, name)| format!("{name} (column {})", index + 1)).collect();
    Err(RunsError::AmbiguousColumn { quantity, candidates: described.join(", "), option })
}

/// Column names for a message: exports of experiment trackers have hundreds.
fn list(headers: &[String]) -> String {
    const SHOWN: usize = 40;
    let mut text = headers.iter().take(SHOWN).map(|name| shortened(name)).collect::<Vec<_>>().join(", ");
    if headers.len() > SHOWN {
        text.push_str(&format!(" and {} more", headers.len() - SHOWN));
    }
    text
}

/// A text of the file for a message: at most 60 characters of it, on one line.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut short: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Vec<String> {
        text.split(',').map(String::from).collect()
    }

    #[test]
    fn no_name_belongs_to_two_quantities() {
        let all = [Quantity::Params, Quantity::Tokens, Quantity::Flops, Quantity::Loss];
        for quantity in all {
            for name in quantity.names() {
                let owners = all.iter().filter(|other| other.is_called(&normalise(name))).count();
                assert_eq!(owners, 1, "{name}");
            }
        }
    }

    #[test]
    fn a_canonical_name_beats_other_names() {
        let column = found(Quantity::Loss, &headers("val_loss,L,Loss"), &[]).unwrap().unwrap();
        assert_eq!((column.index, column.name.as_str()), (2, "Loss"));
    }

    #[test]
    fn two_names_of_one_rank_are_ambiguous() {
        let error = found(Quantity::Params, &headers("n_params,D,Model Size,loss"), &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "several columns could be parameters (N): n_params (column 1), Model Size (column 3). \
             Say which with params_column (--params-column)"
        );
    }

    #[test]
    fn a_named_column_may_be_spelled_with_another_case() {
        let column = named(Quantity::Tokens, "seen data", &headers("N,Seen_Data,loss")).unwrap();
        assert_eq!(column.index, 1);
        assert!(named(Quantity::Tokens, "--", &headers("N,__,loss")).is_err());
    }
}
