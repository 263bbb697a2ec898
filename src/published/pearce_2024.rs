//! Reconciling Kaplan and Chinchilla Scaling Laws (2024).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure};
use super::hoffmann_2022::HOFFMANN_2022;
use crate::laws::{EmbeddingCount, RecountedLaw};

static COUNT: EmbeddingCount = EmbeddingCount::PEARCE_2024;
static MODEL: RecountedLaw = RecountedLaw { count: COUNT, law: HOFFMANN_2022 };

const PAPER: Entry = Entry {
    title: "Reconciling Kaplan and Chinchilla Scaling Laws",
    authors: "Pearce, Song",
    year: 2024,
    arxiv: "2406.12907",
    coefficients: &[pure("omega", 47491.0)],
    conventions: NON_EMBEDDING,
    domain: fitted_on(Some((768.0, 1.5e9)), None, Some((1e13, 5e20))),
    data: "MassiveText, vocabulary of 32k",
    note: "omega for a vocabulary of 32k and the aspect ratio 39.2. N without embeddings, N_T with them. The range is that of \
        Kaplan 2020.",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "pearce2024.local_exponent",
        aliases: &["pearce2024"],
        equation: "the relation of the two counts, and the optimum it leads to",
        formula: "N_T = N + omega N^(1/3); d ln N/d ln C at the optimum of hoffmann2022.parametric_tex",
        good_for: "why Kaplan's exponent is larger: how a law looks when embeddings are not counted",
        errata: &[
            "the exponents of the authors' code, 0.74 to 0.78, are regressions on a grid of sizes; the exact curve gives \
            0.740 to 0.775 over the same range.",
        ],
        verification: "the authors' script, run; formula derived again",
        model: Model::Formula(&MODEL),
        ..PAPER
    },
    Entry {
        id: "pearce2024.without_embeddings",
        equation: "the relation of the two counts, solved for N",
        formula: "N + omega N^(1/3) = N_T",
        good_for: "from a size with embeddings to the one without: a law in one count asked in the other",
        verification: "the authors' script, run; the root of the cubic",
        model: Model::Formula(&COUNT),
        ..PAPER
    },
];
