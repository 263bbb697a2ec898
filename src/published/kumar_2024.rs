//! Scaling Laws for Precision (2024).

use super::entry::{BLANK, Entry, Model, NON_EMBEDDING, UNKNOWN, pure};
use crate::laws::Precision;

/// Kumar 2024: low-precision training and post-training quantisation (`kumar2024.precision`).
pub const KUMAR_2024: Precision = Precision::known(
    [2.7648, 4299.0, 18060.0, 0.4965, 0.4965, 2.6745, 2.2102, 0.9578, 0.0598, 0.5068, 0.3439, 0.5907],
    NON_EMBEDDING,
    UNKNOWN,
);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Precision",
    authors: "Kumar, Ankner, Spector, Bordelon, Muennighoff, Paul, Pehlevan, Re, Raghunathan",
    year: 2024,
    arxiv: "2411.04330",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "kumar2024.precision",
    aliases: &["kumar2024"],
    equation: "appendix K, table 2",
    formula: Precision::FORMULA,
    coefficients: &[
        pure("E", 2.7648),
        pure("A", 4299.0),
        pure("B", 18060.0),
        pure("alpha", 0.4965),
        pure("beta", 0.4965),
        pure("gamma_w", 2.6745),
        pure("gamma_a", 2.2102),
        pure("gamma_kv", 0.9578),
        pure("C_T", 0.0598),
        pure("gamma_D", 0.5068),
        pure("gamma_N", 0.3439),
        pure("gamma_post", 0.5907),
    ],
    conventions: NON_EMBEDDING,
    note: "465 runs, 30M to 220M non-embedding parameters, 1.5B to 26B tokens (Dolma), OLMo models; 3 to 16 bits; checked to 1.7B. Bits P; C proportional to (6/16) N D P.",
    good_for: "low-precision training and post-training quantisation",
    errata: &["compute-optimal bits are 7 to 8 in the text; the closed form with these constants gives 5.1."],
    verified: true,
    verification: "paper PDF text (appendix K, Table 2)",
    model: Model::Formula(&KUMAR_2024),
    ..PAPER
}];
