//! Broken Neural Scaling Laws (2022).

use super::Model;
use super::entry::{BLANK, Entry, pure};
use crate::laws::{Break, Broken};

/// Loss of four-digit addition against training examples: one sharp break (Caballero 2022).
pub static CABALLERO_2022_ADDITION: Broken = Broken::known(
    0.41388453071629455,
    2.2772722897737556,
    0.055077348404973955,
    &[Break { change: 5.662903816010331, at: 612.5836172918001, width: 0.059193036393742314 }],
);

/// Three breaks, the drawing that explains the form (Caballero 2022, figure 1).
pub static CABALLERO_2022_FIGURE_1: Broken = Broken::known(
    0.001,
    4660.0,
    0.05,
    &[
        Break { change: 0.49, at: 3e6, width: 1.1 },
        Break { change: -0.811, at: 1e14, width: 1.425 },
        Break { change: 2.1, at: 2e20, width: 0.05 },
    ],
);

const PAPER: Entry = Entry {
    title: "Broken Neural Scaling Laws",
    authors: "Caballero, Gupta, Rish, Krueger",
    year: 2022,
    arxiv: "2210.14891",
    formula: "a + b x^-c0 prod_i (1 + (x/d_i)^(1/f_i))^(-c_i f_i)",
    verified: true,
    verification: "the authors' code",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "bnsl2022.four_digit_addition",
        aliases: &["bnsl2022"],
        equation: "four-digit addition; the law as the paper states it",
        coefficients: &[
            pure("a", 0.41388453071629455),
            pure("b", 2.2772722897737556),
            pure("c0", 0.055077348404973955),
            pure("c1", 5.662903816010331),
            pure("d1", 612.5836172918001),
            pure("f1", 0.059193036393742314),
        ],
        note: "x is the number of training examples.",
        good_for: "a sharp break; the form for double descent and delayed transitions",
        model: Model::Formula(&CABALLERO_2022_ADDITION),
        ..PAPER
    },
    Entry {
        id: "bnsl2022.figure1",
        equation: "figure 1",
        coefficients: &[
            pure("a", 0.001),
            pure("b", 4660.0),
            pure("c0", 0.05),
            pure("c1", 0.49),
            pure("d1", 3e6),
            pure("f1", 1.1),
            pure("c2", -0.811),
            pure("d2", 1e14),
            pure("f2", 1.425),
            pure("c3", 2.1),
            pure("d3", 2e20),
            pure("f3", 0.05),
        ],
        note: "An illustration with three breaks, not a fit.",
        good_for: "seeing what the form can do",
        model: Model::Formula(&CABALLERO_2022_FIGURE_1),
        ..PAPER
    },
];
