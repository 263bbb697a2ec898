//! Scaling Laws for Sparsely-Connected Foundation Models (2023).

use super::Model;
use super::entry::{BLANK, Entry, Range, TOTAL, fitted_on, pure};
use crate::laws::WeightSparsity;
use crate::units::Domain;

const VIT: Domain = fitted_on(Some((1.0, 42e6)), None, None);
const T5: Domain = fitted_on(Some((1.0, 85e6)), None, None);
const RANGES: &[Range] = &[Range::new("sparsity", 0.0, 0.875)];

/// Frantar 2023: ViT on JFT; D in images (`frantar2023.vit`).
pub const FRANTAR_2023_VIT: WeightSparsity =
    WeightSparsity::known([294.0, 0.821, 468.0, 0.392, 237000000.0, 0.89, 4.517], TOTAL, VIT);

/// Frantar 2023: T5 on C4 (`frantar2023.t5`).
pub const FRANTAR_2023_T5: WeightSparsity =
    WeightSparsity::known([16.8, 0.722, 45.0, 0.245, 690000000.0, 0.203, 0.651], TOTAL, T5);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Sparsely-Connected Foundation Models",
    authors: "Frantar, Riquelme, Houlsby, Alistarh, Evci",
    year: 2023,
    arxiv: "2309.08520",
    ranges: RANGES,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "frantar2023.vit",
        domain: VIT,
        data: "JFT images",
        aliases: &[],
        equation: "table of fitted coefficients, second-hand",
        formula: WeightSparsity::FORMULA,
        coefficients: &[
            pure("a_S", 294.0),
            pure("b_S", 0.821),
            pure("c_S", 468.0),
            pure("b_N", 0.392),
            pure("a_D", 237000000.0),
            pure("b_D", 0.89),
            pure("c", 4.517),
        ],
        conventions: TOTAL,
        note: "ViT on JFT; D in images. Weight sparsity 0 to .875; ViT up to 42M, T5 up to 85M non-zero. N non-zero, D images or tokens.",
        good_for: "weight sparsity",
        errata: &[],
        verified: false,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&FRANTAR_2023_VIT),
        ..PAPER
    },
    Entry {
        id: "frantar2023.t5",
        domain: T5,
        data: "C4, T5",
        aliases: &[],
        equation: "table of fitted coefficients, second-hand",
        formula: WeightSparsity::FORMULA,
        coefficients: &[
            pure("a_S", 16.8),
            pure("b_S", 0.722),
            pure("c_S", 45.0),
            pure("b_N", 0.245),
            pure("a_D", 690000000.0),
            pure("b_D", 0.203),
            pure("c", 0.651),
        ],
        conventions: TOTAL,
        note: "T5 on C4. Weight sparsity 0 to .875; ViT up to 42M, T5 up to 85M non-zero. N non-zero, D images or tokens.",
        good_for: "weight sparsity",
        errata: &[],
        verified: false,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&FRANTAR_2023_T5),
        ..PAPER
    },
];
