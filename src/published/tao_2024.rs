//! Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies (2024).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure};
use crate::laws::Vocabulary;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((33e6, 1.13e9)), None, None);

/// Tao 2024: vocabulary size (`tao2024.approach3`).
pub const TAO_2024: Vocabulary = Vocabulary::known(
    [
        5.5327846803337435,
        1.8313851559554126,
        0.19584238398665638,
        2.1241123120064955,
        0.44660634152009615,
        0.6707374679896795,
        0.44660634152009615,
    ],
    TOTAL,
    DOMAIN,
);

const PAPER: Entry = Entry {
    title: "Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies",
    authors: "Tao, Liu, Dou, Muennighoff, Wan, Luo, Lin, Wong",
    year: 2024,
    arxiv: "2407.13623",
    domain: DOMAIN,
    data: "SlimPajama",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "tao2024.approach3",
    aliases: &["tao2024"],
    equation: "approach 3; unrounded coefficients of the authors' code",
    formula: Vocabulary::FORMULA,
    coefficients: &[
        pure("E", 5.5327846803337435),
        pure("A1", 1.8313851559554126),
        pure("A2", 0.19584238398665638),
        pure("B", 2.1241123120064955),
        pure("alpha1", 0.44660634152009615),
        pure("alpha2", 0.6707374679896795),
        pure("beta", 0.44660634152009615),
    ],
    conventions: TOTAL,
    note: "33M to 1.13B non-vocabulary parameters, 4k to 96k vocabularies, up to 500B characters; SlimPajama. N_v = V d; N_nv all other parameters; L_u is unigram-normalised loss (negative).",
    good_for: "vocabulary size",
    errata: &[],
    verified: true,
    verification: "sail-sg/scaling-with-vocab code",
    model: Model::Formula(&TAO_2024),
    ..PAPER
}];
