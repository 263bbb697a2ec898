//! A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules (2025).

use super::Model;
use super::entry::{BLANK, Entry, Range, TOTAL, fitted_on, pure};
use crate::laws::MultiPower;
use crate::units::Domain;

/// Luo 2025: Model of 25M parameters (`mpl2025.25m`).
pub const LUO_2025_25M: MultiPower =
    MultiPower::known([3.04045406, 0.52468604, 0.50786857, 363.78751622, 2.06560812, 0.58279013, 0.64142257]);

/// Luo 2025: Model of 100M parameters (`mpl2025.100m`).
pub const LUO_2025_100M: MultiPower =
    MultiPower::known([2.6514477, 0.60115152, 0.45295811, 437.9464276, 2.13245612, 0.59785199, 0.65523644]);

/// Luo 2025: Model of 400M parameters (`mpl2025.400m`).
pub const LUO_2025_400M: MultiPower =
    MultiPower::known([2.37474466, 0.65421216, 0.42878731, 523.42464371, 2.02462735, 0.59350493, 0.63472457]);

const ERRATA: &[&str] = &[
    "the constants hold only with the rise of the warm-up counted as in the authors' code; a sum from the end of warm-up moves \
    the loss by about 0.157 nats.",
    "they are no minimum: the authors stop their descent (AdamW, weight decay included) after 20 steps without gain, at about \
    the eightieth. B hardly leaves the value of a first fit of four coefficients.",
];

const RANGES: &[Range] = &[Range::new("peak_learning_rate", 3e-4, 3e-4), Range::new("steps", 2160.0, 24e3)];

/// One size, 20B tokens.
const fn of_size(params: f64) -> Domain {
    fitted_on(Some((params, params)), Some((1.0, 20e9)), None)
}

const PAPER: Entry = Entry {
    title: "A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules",
    authors: "Luo, Wen, Hu, Sun, Liu, Sun, Lyu, Chen",
    year: 2025,
    arxiv: "2503.12811",
    ranges: RANGES,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "mpl2025.25m",
        domain: of_size(25e6),
        aliases: &[],
        equation: "the law as the paper states it; constants of the authors' repository",
        formula: MultiPower::FORMULA,
        coefficients: &[
            pure("L0", 3.04045406),
            pure("A", 0.52468604),
            pure("alpha", 0.50786857),
            pure("B", 363.78751622),
            pure("C", 2.06560812),
            pure("beta", 0.58279013),
            pure("gamma", 0.64142257),
        ],
        conventions: TOTAL,
        note: "Model of 25M parameters. Llama-style 25M, 100M, 400M; peak LR 3e-4, end 3e-5, linear warm-up 2160 steps; 20B tokens; fitted to three schedules: cosine and constant of 24 000 steps, and two stages. Eta is the raw LR; sums start at step 0, warm-up included.",
        good_for: "any schedule: cosine, WSD, two-stage; optimising the schedule",
        errata: ERRATA,
        verified: true,
        verification: "official repo README/config (constants) and its csv curves (observations)",
        model: Model::Curve(LUO_2025_25M),
        ..PAPER
    },
    Entry {
        id: "mpl2025.100m",
        domain: of_size(100e6),
        aliases: &[],
        equation: "the law as the paper states it; constants of the authors' repository",
        formula: MultiPower::FORMULA,
        coefficients: &[
            pure("L0", 2.6514477),
            pure("A", 0.60115152),
            pure("alpha", 0.45295811),
            pure("B", 437.9464276),
            pure("C", 2.13245612),
            pure("beta", 0.59785199),
            pure("gamma", 0.65523644),
        ],
        conventions: TOTAL,
        note: "Model of 100M parameters. Llama-style 25M, 100M, 400M; peak LR 3e-4, end 3e-5, linear warm-up 2160 steps; 20B tokens; fitted to three schedules: cosine and constant of 24 000 steps, and two stages. Eta is the raw LR; sums start at step 0, warm-up included.",
        good_for: "any schedule: cosine, WSD, two-stage; optimising the schedule",
        errata: ERRATA,
        verified: true,
        verification: "official repo README/config (constants) and its csv curves (observations)",
        model: Model::Curve(LUO_2025_100M),
        ..PAPER
    },
    Entry {
        id: "mpl2025.400m",
        domain: of_size(400e6),
        aliases: &["mpl2025"],
        equation: "the law as the paper states it; constants of the authors' repository",
        formula: MultiPower::FORMULA,
        coefficients: &[
            pure("L0", 2.37474466),
            pure("A", 0.65421216),
            pure("alpha", 0.42878731),
            pure("B", 523.42464371),
            pure("C", 2.02462735),
            pure("beta", 0.59350493),
            pure("gamma", 0.63472457),
        ],
        conventions: TOTAL,
        note: "Model of 400M parameters. Llama-style 25M, 100M, 400M; peak LR 3e-4, end 3e-5, linear warm-up 2160 steps; 20B tokens; fitted to three schedules: cosine and constant of 24 000 steps, and two stages. Eta is the raw LR; sums start at step 0, warm-up included.",
        good_for: "any schedule: cosine, WSD, two-stage; optimising the schedule",
        errata: ERRATA,
        verified: true,
        verification: "official repo README/config (constants) and its csv curves (observations)",
        model: Model::Curve(LUO_2025_400M),
        ..PAPER
    },
];
