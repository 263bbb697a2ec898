//! Scaling Laws for Generative Mixed-Modal Language Models (2023).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure};
use crate::laws::Chinchilla;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((8e6, 30e9)), Some((5e9, 100e9)), None);

/// Aghajanyan 2023: Modality: code. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out (`aghajanyan2023.code`).
pub const AGHAJANYAN_2023_CODE: Chinchilla = Chinchilla::known(0.16, 611.91, 4484.08, 0.37, 0.32, DOMAIN);

/// Aghajanyan 2023: Modality: speech. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out (`aghajanyan2023.speech`).
pub const AGHAJANYAN_2023_SPEECH: Chinchilla = Chinchilla::known(3.02, 154.45, 205.1, 0.31, 0.24, DOMAIN);

/// Aghajanyan 2023: Modality: molecules. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out (`aghajanyan2023.molecules`).
pub const AGHAJANYAN_2023_MOLECULES: Chinchilla = Chinchilla::known(2.39, 158.19, 189.36, 0.37, 0.26, DOMAIN);

const PAPER: Entry = Entry {
    title: "Scaling Laws for Generative Mixed-Modal Language Models",
    authors: "Aghajanyan, Yu, Conneau, Hsu, Hambardzumyan, et al.",
    year: 2023,
    arxiv: "2301.03728",
    domain: DOMAIN,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "aghajanyan2023.code",
        data: "code",
        aliases: &[],
        equation: "table of uni-modal fits, second-hand",
        formula: "E + A/N^alpha + B/D^beta",
        coefficients: &[
            pure("E", 0.16),
            pure("A", 611.91),
            pure("B", 4484.08),
            pure("alpha", 0.37),
            pure("beta", 0.32),
        ],
        conventions: TOTAL,
        note: "Modality: code. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out. 8M to 30B parameters, 5B to 100B tokens (second-hand). Nats/token (assumed).",
        good_for: "modality-wise Chinchilla",
        errata: &[],
        verified: false,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Chinchilla(AGHAJANYAN_2023_CODE),
        ..PAPER
    },
    Entry {
        id: "aghajanyan2023.speech",
        data: "speech",
        aliases: &[],
        equation: "table of uni-modal fits, second-hand",
        formula: "E + A/N^alpha + B/D^beta",
        coefficients: &[pure("E", 3.02), pure("A", 154.45), pure("B", 205.1), pure("alpha", 0.31), pure("beta", 0.24)],
        conventions: TOTAL,
        note: "Modality: speech. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out. 8M to 30B parameters, 5B to 100B tokens (second-hand). Nats/token (assumed).",
        good_for: "modality-wise Chinchilla",
        errata: &[],
        verified: false,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Chinchilla(AGHAJANYAN_2023_SPEECH),
        ..PAPER
    },
    Entry {
        id: "aghajanyan2023.molecules",
        data: "molecules",
        aliases: &[],
        equation: "table of uni-modal fits, second-hand",
        formula: "E + A/N^alpha + B/D^beta",
        coefficients: &[pure("E", 2.39), pure("A", 158.19), pure("B", 189.36), pure("alpha", 0.37), pure("beta", 0.26)],
        conventions: TOTAL,
        note: "Modality: molecules. The rows of text, image and image-text as transcribed give 20 to 70 nats and are left out. 8M to 30B parameters, 5B to 100B tokens (second-hand). Nats/token (assumed).",
        good_for: "modality-wise Chinchilla",
        errata: &[],
        verified: false,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Chinchilla(AGHAJANYAN_2023_MOLECULES),
        ..PAPER
    },
];
