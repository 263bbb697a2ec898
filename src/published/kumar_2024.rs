//! Scaling Laws for Precision (2024).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, Range, by_knobs, fitted_on, pure};
use crate::laws::Precision;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((30e6, 220e6)), Some((1.5e9, 26e9)), None);
const RANGES: &[Range] = &[
    Range::new("weight_bits", 3.0, 16.0),
    Range::new("activation_bits", 3.0, 16.0),
    Range::new("cache_bits", 3.0, 16.0),
    Range::new("post_bits", 3.0, 16.0),
];

/// Kumar 2024: low-precision training and post-training quantisation (`kumar2024.precision`).
pub const KUMAR_2024: Precision = Precision::known(
    [2.7648, 4299.0, 18060.0, 0.4965, 0.4965, 2.6745, 2.2102, 0.9578, 0.0598, 0.5068, 0.3439, 0.5907],
    NON_EMBEDDING,
    DOMAIN,
);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Precision",
    authors: "Kumar, Ankner, Spector, Bordelon, Muennighoff, Paul, Pehlevan, Re, Raghunathan",
    year: 2024,
    arxiv: "2411.04330",
    domain: DOMAIN,
    ranges: RANGES,
    data: "Dolma",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "kumar2024.precision",
    aliases: &["kumar2024"],
    equation: "appendix K, table 2",
    formula: "E + A/N_eff^alpha + B/D^beta + C_T (D^gamma_D/N^gamma_N) e^(-P_post/gamma_post), N_eff = N (1 - \
        e^(-P_w/gamma_w)) (1 - e^(-P_a/gamma_a)) (1 - e^(-P_kv/gamma_kv)); n_w, n_a, n_kv and b are of a refined \
        form and not used",
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
        pure("n_w", 0.3037),
        pure("n_a", 1.4072),
        pure("n_kv", 2.4185),
        pure("b", 1.1277),
    ],
    conventions: by_knobs(NON_EMBEDDING),
    note: "465 runs, 30M to 220M non-embedding parameters, 1.5B to 26B tokens (Dolma), OLMo models; 3 to 16 bits; checked to 1.7B. Bits P; C proportional to (6/16) N D P.",
    good_for: "low-precision training and post-training quantisation",
    errata: &[
        "table 2 also has n_w, n_a and n_kv, offsets of the bits, and b, of a refined form whose formula was not found spelt out.",
        "compute-optimal bits are 7 to 8 in the text; these constants give 3.5, and 5.1 if gamma_w stood for all three gammas.",
    ],
    verified: true,
    verification: "paper PDF text (appendix K, Table 2)",
    model: Model::Formula(&KUMAR_2024),
    ..PAPER
}];
