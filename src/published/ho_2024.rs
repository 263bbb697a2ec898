//! Algorithmic progress in language models (2024).

use super::Model;
use super::entry::{BLANK, Entry, with_unit};
use crate::laws::Doubling;

/// Effective compute through better algorithms doubles every 8.44 months (Ho 2024).
pub const HO_2024: Doubling = Doubling { months: 8.44 };

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "ho2024",
    title: "Algorithmic progress in language models",
    authors: "Ho, Besiroglu, Erdil, Owen, Rahman, Guo, Atkinson, Thompson, Sevilla",
    year: 2024,
    arxiv: "2403.05812",
    equation: "the authors' notebook; the abstract says roughly 8 months",
    formula: "effective compute grows as 2^(t/T_d); the transformer was worth transformer_gain times the compute",
    coefficients: &[
        with_unit("T_d", 8.44, "months").interval(0.95, 4.52, 14.27),
        with_unit("transformer_gain", 7.16, "times the compute at 1e25 FLOP").interval(0.95, 3.27, 45.66),
    ],
    note: "231 evaluations of language models from 2012 to 2023, perplexities on WikiText and PTB. 95 % interval of T_d \
        4.52 to 14.27 months.",
    good_for: "a time axis for effective compute",
    errata: &[
        "the abstract gives about 8 months with a 95 % interval of 5 to 14; a later version a 90 % interval of 2 to 22.",
    ],
    verified: true,
    verification: "the authors' notebook",
    model: Model::Formula(&HO_2024),
    data: "WikiText and PTB",
    ..BLANK
}];
