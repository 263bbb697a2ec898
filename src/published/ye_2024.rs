//! Data Mixing Laws (2024).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure};
use crate::laws::{Knob, Mixture, share};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((70e6, 70e6)), None, None);

/// The five groups of the Pile.
static SHARES: [Knob; 5] = [
    share("academic", "r_1"),
    share("prose", "r_2"),
    share("dialogue", "r_3"),
    share("symbolic", "r_4"),
    share("internet", "r_5"),
];

/// Loss on academic text from the shares of academic, prose, dialogue, symbolic and internet text (Ye 2024).
pub static YE_2024_ACADEMIC: Mixture =
    Mixture::known(2.6511672109826065, 0.1177607800450085, &[-10.0864, 2.714, 2.7106, 2.6083, 1.5866], &SHARES);

/// Loss on prose text from the shares of academic, prose, dialogue, symbolic and internet text (Ye 2024).
pub static YE_2024_PROSE: Mixture =
    Mixture::known(3.5338926602763894, 0.11468110528737824, &[1.393, -4.6811, 0.7855, 1.8719, 0.5734], &SHARES);

/// Loss on dialogue text from the shares of academic, prose, dialogue, symbolic and internet text (Ye 2024).
pub static YE_2024_DIALOGUE: Mixture =
    Mixture::known(3.1189612072867923, 0.0008237034364976299, &[6.7135, 6.2643, -31.8621, 6.6423, 6.2053], &SHARES);

/// Loss on symbolic text from the shares of academic, prose, dialogue, symbolic and internet text (Ye 2024).
pub static YE_2024_SYMBOLIC: Mixture =
    Mixture::known(1.608014197485783, 0.02587184415135458, &[3.3289, 3.6705, 3.1127, -16.4217, 3.1591], &SHARES);

/// Loss on internet text from the shares of academic, prose, dialogue, symbolic and internet text (Ye 2024).
pub static YE_2024_INTERNET: Mixture =
    Mixture::known(3.456304656572505, 0.1421318686282564, &[1.1897, 0.8697, -0.5184, 1.7122, -3.087], &SHARES);

const PAPER: Entry = Entry {
    title: "Data Mixing Laws: Optimizing Data Mixtures by Predicting Language Modeling Performance",
    authors: "Ye, Liu, Sun, Zhan, Zhou, Qiu",
    year: 2024,
    arxiv: "2403.16952",
    equation: "the law as the paper states it; fitted parameters of the authors' repository (ln c and ln k there)",
    formula: "c + k exp(t1 r_1 + t2 r_2 + t3 r_3 + t4 r_4 + t5 r_5)",
    note: "70M model, 30000 steps, the Pile in five groups: academic, prose, dialogue, symbolic, internet; r sums to 1. Mean \
        absolute error over 26 mixtures 0.010 to 0.028 nats.",
    good_for: "a search over mixtures from small runs, at this size and length",
    verified: true,
    verification: "the authors' data and fitted parameters",
    domain: DOMAIN,
    data: "the Pile",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "datamix2024.academic",
        coefficients: &[
            pure("c", 2.6511672109826065),
            pure("k", 0.1177607800450085),
            pure("t1", -10.0864),
            pure("t2", 2.714),
            pure("t3", 2.7106),
            pure("t4", 2.6083),
            pure("t5", 1.5866),
        ],
        model: Model::Formula(&YE_2024_ACADEMIC),
        ..PAPER
    },
    Entry {
        id: "datamix2024.prose",
        coefficients: &[
            pure("c", 3.5338926602763894),
            pure("k", 0.11468110528737824),
            pure("t1", 1.393),
            pure("t2", -4.6811),
            pure("t3", 0.7855),
            pure("t4", 1.8719),
            pure("t5", 0.5734),
        ],
        model: Model::Formula(&YE_2024_PROSE),
        ..PAPER
    },
    Entry {
        id: "datamix2024.dialogue",
        coefficients: &[
            pure("c", 3.1189612072867923),
            pure("k", 0.0008237034364976299),
            pure("t1", 6.7135),
            pure("t2", 6.2643),
            pure("t3", -31.8621),
            pure("t4", 6.6423),
            pure("t5", 6.2053),
        ],
        model: Model::Formula(&YE_2024_DIALOGUE),
        ..PAPER
    },
    Entry {
        id: "datamix2024.symbolic",
        coefficients: &[
            pure("c", 1.608014197485783),
            pure("k", 0.02587184415135458),
            pure("t1", 3.3289),
            pure("t2", 3.6705),
            pure("t3", 3.1127),
            pure("t4", -16.4217),
            pure("t5", 3.1591),
        ],
        model: Model::Formula(&YE_2024_SYMBOLIC),
        ..PAPER
    },
    Entry {
        id: "datamix2024.internet",
        coefficients: &[
            pure("c", 3.456304656572505),
            pure("k", 0.1421318686282564),
            pure("t1", 1.1897),
            pure("t2", 0.8697),
            pure("t3", -0.5184),
            pure("t4", 1.7122),
            pure("t5", -3.087),
        ],
        model: Model::Formula(&YE_2024_INTERNET),
        ..PAPER
    },
];
