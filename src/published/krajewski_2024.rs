//! Scaling Laws for Fine-Grained Mixture of Experts (2024).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, Range, by_knobs, fitted_on, pure};
use crate::laws::{Chinchilla, Granularity};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((129e6, 3.7e9)), Some((16e9, 130e9)), None);
const RANGES: &[Range] = &[Range::new("granularity", 1.0, 16.0)];

/// Krajewski 2024: granularity of experts (`krajewski2024.moe`).
pub const KRAJEWSKI_2024: Granularity =
    Granularity::known([0.47, 18.1, 0.115, 30.8, 0.147, 2.1, 0.58], NON_EMBEDDING, DOMAIN);

/// Krajewski 2024: Dense models (`krajewski2024.dense`).
pub const KRAJEWSKI_2024_DENSE: Chinchilla =
    Chinchilla::known(0.47, 16.3, 26.7, 0.126, 0.127, DOMAIN).count_as(NON_EMBEDDING);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Fine-Grained Mixture of Experts",
    authors: "Krajewski, Ludziejewski, Adamczewski, et al.",
    year: 2024,
    arxiv: "2402.07871",
    domain: DOMAIN,
    ranges: RANGES,
    data: "C4",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "krajewski2024.moe",
        aliases: &["krajewski2024"],
        equation: "the law as the paper states it",
        formula: Granularity::FORMULA,
        coefficients: &[
            pure("c", 0.47),
            pure("a", 18.1),
            pure("alpha", 0.115),
            pure("b", 30.8),
            pure("beta", 0.147),
            pure("g", 2.1),
            pure("gamma", 0.58),
        ],
        conventions: by_knobs(NON_EMBEDDING),
        note: "129M to 3.7B parameters, 16B to 130B tokens, G 1 to 16, E = 64; C4; T5-like setting. N in the law is the TOTAL non-embedding count (43 x the active count for E = 64); FLOPs without embedding; C counts routing, (72 d^2 + 14 d E G) n_blocks D.",
        good_for: "granularity of experts",
        errata: &[
            "lies 0.7 to 0.8 % below every loss of table 2; alpha = 0.1145, which rounds to the printed 0.115, would leave 0.2 %.",
        ],
        verified: true,
        verification: "paper PDF text; every Table 2 row recomputed",
        model: Model::Formula(&KRAJEWSKI_2024),
        ..PAPER
    },
    Entry {
        id: "krajewski2024.dense",
        ranges: &[],
        aliases: &[],
        equation: "the dense fit beside the law as the paper states it",
        formula: "c + a/N^alpha + b/D^beta",
        coefficients: &[pure("c", 0.47), pure("a", 16.3), pure("b", 26.7), pure("alpha", 0.126), pure("beta", 0.127)],
        conventions: NON_EMBEDDING,
        note: "Dense models. 129M to 3.7B parameters, 16B to 130B tokens, G 1 to 16, E = 64; C4; T5-like setting. N in the law is the TOTAL non-embedding count (43 x the active count for E = 64); FLOPs without embedding.",
        good_for: "granularity of experts",
        errata: &[],
        verified: true,
        verification: "paper PDF text; every Table 2 row recomputed",
        model: Model::Chinchilla(KRAJEWSKI_2024_DENSE),
        ..PAPER
    },
];
