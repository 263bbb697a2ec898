//! Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies (2024).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity, Vocabulary};
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
    NON_EMBEDDING,
    DOMAIN,
);

const OTHER: Knob = Knob::new("params", "N_nv", Some("parameters"), "parameters outside of the vocabulary");
const VOCABULARY: Quantity = Quantity::new("vocabulary_params", Some("parameters"));

/// 3 145 728/33e6^p: the smallest model of the sweep and the vocabulary that is best for it.
static RULES: [PowerRule; 1] =
    [PowerRule::known(VOCABULARY, 1.6473054841740222, &[Factor::new(OTHER, 0.8353974035228025)])];

/// Parameters of the vocabulary from those outside of it (`tao2024.approach2`).
pub const TAO_2024_APPROACH_2: PowerRules = PowerRules::known(&[OTHER], &[VOCABULARY], &RULES);

const PAPER: Entry = Entry {
    title: "Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies",
    authors: "Tao, Liu, Dou, Muennighoff, Wan, Luo, Lin, Wong",
    year: 2024,
    arxiv: "2407.13623",
    domain: DOMAIN,
    data: "SlimPajama",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[APPROACH_2, APPROACH_3];

const APPROACH_2: Entry = Entry {
    id: "tao2024.approach2",
    equation: "approach 2; unrounded coefficients of the authors' code",
    formula: "N_v = N_v0 (N_nv/N_nv0)^p",
    coefficients: &[
        with_unit("N_v0", 3_145_728.0, "parameters"),
        with_unit("N_nv0", 33e6, "parameters"),
        pure("p", 0.8353974035228025),
    ],
    note: "N_v = V d, N_nv all other parameters, each at its own best compute.",
    good_for: "vocabulary size from the size of the rest",
    verification: "sail-sg/scaling-with-vocab code",
    model: Model::Formula(&TAO_2024_APPROACH_2),
    ..PAPER
};

const APPROACH_3: Entry = Entry {
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
    conventions: NON_EMBEDDING,
    note: "33M to 1.13B non-vocabulary parameters, 4k to 96k vocabularies, up to 500B characters; SlimPajama. N_v = V d; N_nv all other parameters; L_u is unigram-normalised loss (negative).",
    good_for: "vocabulary size",
    errata: &[],
    verified: true,
    verification: "sail-sg/scaling-with-vocab code",
    model: Model::Formula(&TAO_2024),
    ..PAPER
};
