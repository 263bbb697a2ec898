//! Scaling Data-Constrained Language Models (2023).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure};
use crate::laws::Repetition;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((7e6, 9e9)), Some((1.0, 900e9)), None);

/// Muennighoff 2023: value of repeated tokens and of surplus parameters (`muennighoff2023.L_NDU`).
pub const MUENNIGHOFF_2023: Repetition = Repetition::known(
    [1.8691436784054858, 520.8249516599187, 1487.716093782861, 0.3526596, 0.3526596, 15.387756, 5.309743],
    TOTAL,
    DOMAIN,
);

const PAPER: Entry = Entry {
    title: "Scaling Data-Constrained Language Models",
    authors: "Muennighoff, Rush, Barak, Le Scao, Piktus, Tazi, Pyysalo, Wolf, Raffel",
    year: 2023,
    arxiv: "2305.16264",
    domain: DOMAIN,
    data: "C4, GPT-2 vocabulary of 50k",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "muennighoff2023.L_NDU",
    aliases: &["muennighoff", "muennighoff2023"],
    equation: "the law as the paper states it; unrounded coefficients of the authors' README",
    formula: Repetition::FORMULA,
    coefficients: &[
        pure("E", 1.8691436784054858),
        pure("A", 520.8249516599187),
        pure("B", 1487.716093782861),
        pure("alpha", 0.3526596),
        pure("beta", 0.3526596),
        pure("R_D_star", 15.387756),
        pure("R_N_star", 5.309743),
    ],
    conventions: TOTAL,
    note: "Over 400 runs, 7M to 9B parameters, up to 900B tokens; C4 (some OSCAR); GPT-2 tokenizer. C = 6ND; N includes embeddings; nats/token on validation.",
    good_for: "value of repeated tokens and of surplus parameters",
    errata: &[
        "the formula lies 6 to 9 % below the losses of runs stored in the authors' notebook; the cause is not known.",
    ],
    verified: true,
    verification: "huggingface/datablations README and notebooks, run",
    model: Model::Formula(&MUENNIGHOFF_2023),
    ..PAPER
}];
