//! Distillation Scaling Laws (2025).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure};
use crate::laws::{Distillation, Distiller, OuterExponent};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((143e6, 12.6e9)), Some((1.0, 512e9)), None);

/// Busbridge 2025: Without a teacher; the outer exponent k is gamma in the paper (`busbridge2025.supervised`).
pub const BUSBRIDGE_2025_SUPERVISED: OuterExponent =
    OuterExponent::known([1.22, 3355.0, 18186.0, 0.408, 0.431, 0.452], NON_EMBEDDING, DOMAIN);

/// Busbridge 2025: when to distil (`busbridge2025.distillation`).
pub const BUSBRIDGE_2025_STUDENT: Distillation =
    Distillation::known([2243.0, 24181.0, 0.321, 0.637, 0.764, 2.549, 522.61, 1.315, 0.09], NON_EMBEDDING, DOMAIN);

/// Busbridge 2025: the student's law with the supervised law (`busbridge2025.distillation`).
pub const BUSBRIDGE_2025: Distiller = Distiller::new(BUSBRIDGE_2025_STUDENT, BUSBRIDGE_2025_SUPERVISED);

const PAPER: Entry = Entry {
    title: "Distillation Scaling Laws",
    authors: "Busbridge, Shidani, Weers, Ramapuram, Littwin, Webb",
    year: 2025,
    arxiv: "2502.08606",
    domain: DOMAIN,
    data: "C4",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "busbridge2025.supervised",
        aliases: &[],
        equation: "the supervised law; constants not seen in print",
        formula: OuterExponent::FORMULA,
        coefficients: &[
            pure("E", 1.22),
            pure("A", 3355.0),
            pure("B", 18186.0),
            pure("alpha", 0.408),
            pure("beta", 0.431),
            pure("k", 0.452),
        ],
        conventions: NON_EMBEDDING,
        note: "Without a teacher; the outer exponent k is gamma in the paper. 143M to 12.6B students and teachers, up to 512B tokens (second-hand); C4. N non-embedding (second-hand); nats/token.",
        good_for: "when to distil",
        errata: &[],
        verified: false,
        verification: "constants from memory; the form is certain",
        model: Model::Formula(&BUSBRIDGE_2025_SUPERVISED),
        ..PAPER
    },
    Entry {
        id: "busbridge2025.distillation",
        aliases: &["busbridge2025"],
        equation: "the law as the paper states it; constants not seen in print",
        formula: Distillation::FORMULA,
        coefficients: &[
            pure("A", 2243.0),
            pure("B", 24181.0),
            pure("alpha", 0.321),
            pure("beta", 0.637),
            pure("gamma", 0.764),
            pure("c0", 2.549),
            pure("c1", 522.61),
            pure("d1", 1.315),
            pure("f1", 0.09),
        ],
        conventions: NON_EMBEDDING,
        note: "143M to 12.6B students and teachers, up to 512B tokens (second-hand); C4. N non-embedding (second-hand); nats/token.",
        good_for: "when to distil",
        errata: &[],
        verified: false,
        verification: "constants from memory; the form is certain",
        model: Model::Formula(&BUSBRIDGE_2025),
        ..PAPER
    },
];
