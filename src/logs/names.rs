//! What the columns and keys of logs are called.

use super::columns::{Quantity, Scale};
use super::header::{normalise, readings};
use crate::runs::LossKind;

/// What a column or key of a log holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    Step,
    /// Steps the run was to have.
    Planned,
    Tokens(Scale),
    Params(Scale),
    /// The run's name.
    Label,
    /// How the run ended.
    State,
    Loss(LossKind),
    /// Kept as text too.
    Epoch,
    /// Kept as text where a row is a run.
    Text,
}

const STEPS: &[&str] = &[
    "step",
    "steps",
    "globalstep",
    "iteration",
    "iterations",
    "iter",
    "iters",
    "trainstep",
    "trainglobalstep",
    "trainerglobalstep",
    "updatestep",
    "numupdates",
    "batch",
    "timebatch",
    "curriter",
];
const PLANNED: &[&str] = &["totalsteps", "maxsteps", "planned steps", "numsteps", "trainsteps"];
const LABELS: &[&str] = &["run", "runname", "runid", "name", "label", "experiment", "expname"];
const STATES: &[&str] = &["state", "status"];
const EPOCHS: &[&str] = &["epoch", "trainepoch", "trainerepoch", "currentepoch", "timeepoch"];
const TOKENS: &[&str] = &["numinputtokensseen", "optimntokens", "timetoken", "traintokensseen", "totaltokensseen"];

/// The role of a name. Names are compared without case and punctuation.
pub(super) fn role(name: &str) -> Role {
    let normal = normalise(name);
    let is = |list: &[&str]| list.contains(&normal.as_str());
    if is(STEPS) {
        Role::Step
    } else if is(PLANNED) {
        Role::Planned
    } else if is(LABELS) {
        Role::Label
    } else if is(STATES) {
        Role::State
    } else if is(EPOCHS) {
        Role::Epoch
    } else if let Some(scale) = scale(name, Quantity::Tokens) {
        Role::Tokens(scale)
    } else if is(TOKENS) {
        Role::Tokens(Scale::One)
    } else if let Some(scale) = scale(name, Quantity::Params) {
        Role::Params(scale)
    } else if words(name).first().is_some_and(|first| first == "params") && !normal.contains("layer") {
        Role::Params(Scale::One)
    } else {
        loss_kind(name).map_or(Role::Text, Role::Loss)
    }
}

fn scale(name: &str, quantity: Quantity) -> Option<Scale> {
    readings(name, quantity).into_iter().find(|(base, _)| quantity.is_called(base)).map(|(_, scale)| scale)
}

/// Among several columns of N, the plain name first, then totals, then what leaves something out.
pub(super) fn params_rank(name: &str) -> u8 {
    let normal = normalise(name);
    match normal.as_str() {
        "params" => 0,
        _ if normal.contains("noemb") || normal.contains("nonemb") || normal.contains("minus") => 4,
        _ if normal.contains("active") => 3,
        _ if normal.contains("total") => 2,
        _ => 1,
    }
}

/// What a name of a loss says it was measured on; `None` for what is no loss of language.
pub(super) fn loss_kind(name: &str) -> Option<LossKind> {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_loss = has(&["loss", "losses", "nll", "crossentropy", "ce", "xent", "trl", "tel"])
        || normalise(name).contains("crossentropy")
        || words.last().is_some_and(|word| word.ends_with("loss") && word.len() <= 9);
    if !is_loss || has(&["scale", "scaling", "perplexity", "ppl", "weight", "coef", "coefficient"]) {
        return None;
    }
    // Auxiliary terms, spread instead of level, aggregates over epochs, sets that are neither.
    let other = [
        "aux",
        "auxiliary",
        "router",
        "routing",
        "balance",
        "balancing",
        "z",
        "zloss",
        "kl",
        "max",
        "min",
        "std",
        "stderr",
        "epoch",
        "predict",
        "prediction",
        "ema",
        "moe",
    ];
    if has(&other) {
        return Some(LossKind::Other);
    }
    let held_out = ["val", "valid", "validation", "eval", "evaluation", "test", "dev", "heldout", "held", "tel"];
    Some(if has(&held_out) { LossKind::Validation } else { LossKind::Train })
}

/// The words of a name in lower case, split at punctuation and where case changes ("valLoss").
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_told_by_their_names() {
        use LossKind::*;
        for (name, kind) in [
            ("loss", Some(Train)),
            ("train/loss", Some(Train)),
            ("train_loss_step", Some(Train)),
            ("train_loss_epoch", Some(Other)),
            ("lm loss", Some(Train)),
            ("Avg Train Loss", Some(Train)),
            ("Max Train Loss", Some(Other)),
            ("train/max_loss_MAX", Some(Other)),
            ("val/loss", Some(Validation)),
            ("valLoss", Some(Validation)),
            ("eval_loss", Some(Validation)),
            ("C4 Eval Loss", Some(Validation)),
            ("test-tokens/avg_loss", Some(Validation)),
            ("predict_loss", Some(Other)),
            ("metrics/eval/LanguageCrossEntropy", Some(Validation)),
            ("moe/load_balance_loss", Some(Other)),
            ("z_loss", Some(Other)),
            ("loss scale", None),
            ("val/ppl", None),
            ("C4 Eval PPL", None),
            ("learning_rate", None),
            ("model.moe_load_balance", None),
            ("gloss", Some(Train)),
            ("glossary", None),
        ] {
            assert_eq!(loss_kind(name), kind, "{name}");
        }
    }

    #[test]
    fn other_columns_are_told_by_their_names() {
        for (name, expected) in [
            ("Step", Role::Step),
            ("_step", Role::Step),
            ("trainer/global_step", Role::Step),
            ("total steps", Role::Planned),
            ("Name", Role::Label),
            ("run_id", Role::Label),
            ("State", Role::State),
            ("tokens", Role::Tokens(Scale::One)),
            ("tokens (B)", Role::Tokens(Scale::PowerOfTen(9))),
            ("optim/n_tokens", Role::Tokens(Scale::One)),
            ("N", Role::Params(Scale::One)),
            ("params_active_precise", Role::Params(Scale::One)),
            ("params / layer", Role::Text),
            ("attn params / layer", Role::Text),
            ("epoch", Role::Epoch),
            ("num_epochs", Role::Text),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
