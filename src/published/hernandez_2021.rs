//! Scaling Laws for Transfer (2021).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, Range, fitted_on, pure};
use crate::laws::Transfer;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((1.0, 1e9)), None, None);
const RANGES: &[Range] = &[Range::new("fine_tuning_data", 3e5, 3e9)];

/// Hernandez 2021: Pre-trained on text, fine-tuned on Python (`hernandez2021.text`).
pub const HERNANDEZ_2021_TEXT: Transfer = Transfer::known([19000.0, 0.18, 0.38], NON_EMBEDDING, DOMAIN);

/// Hernandez 2021: Pre-trained on text and code, fine-tuned on Python (`hernandez2021.text_and_code`).
pub const HERNANDEZ_2021_TEXT_AND_CODE: Transfer = Transfer::known([210000.0, 0.096, 0.38], NON_EMBEDDING, DOMAIN);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Transfer",
    authors: "Hernandez, Kaplan, Henighan, McCandlish",
    year: 2021,
    arxiv: "2102.01293",
    domain: DOMAIN,
    ranges: RANGES,
    data: "Python code",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "hernandez2021.text",
        aliases: &["hernandez2021"],
        equation: "the law as the paper states it and the table of fits",
        formula: Transfer::FORMULA,
        coefficients: &[pure("k", 19000.0), pure("alpha", 0.18), pure("beta", 0.38)],
        conventions: NON_EMBEDDING,
        note: "Pre-trained on text, fine-tuned on Python. Up to 1e9 parameters; python fine-tuning sets 3e5 to 3e9 characters. D in CHARACTERS, N non-embedding.",
        good_for: "value of pre-training in extra target data",
        errata: &[],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&HERNANDEZ_2021_TEXT),
        ..PAPER
    },
    Entry {
        id: "hernandez2021.text_and_code",
        aliases: &[],
        equation: "the law as the paper states it and the table of fits",
        formula: Transfer::FORMULA,
        coefficients: &[pure("k", 210000.0), pure("alpha", 0.096), pure("beta", 0.38)],
        conventions: NON_EMBEDDING,
        note: "Pre-trained on text and code, fine-tuned on Python. Up to 1e9 parameters; python fine-tuning sets 3e5 to 3e9 characters. D in CHARACTERS, N non-embedding.",
        good_for: "value of pre-training in extra target data",
        errata: &[],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&HERNANDEZ_2021_TEXT_AND_CODE),
        ..PAPER
    },
];
