//! Joint MoE Scaling Laws: Mixture of Experts Can Be Memory Efficient (2025).

use super::Model;
use super::entry::{ACTIVE, BLANK, Entry, Range, fitted_on, pure};
use crate::laws::JointExperts;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((1.0, 2.7e9)), None, None);
const RANGES: &[Range] = &[Range::new("experts", 1.0, 32.0)];

/// Ludziejewski 2025: MoE under memory limits, optimal number of experts (`ludziejewski2025`).
pub const LUDZIEJEWSKI_2025: JointExperts = JointExperts::known(
    [35.91, -0.1889, -0.2285, 0.0098, 35.98, -0.1775, 0.5529, -0.0259, 2.0732, 290.4521, 1.3637],
    ACTIVE,
    DOMAIN,
);

const PAPER: Entry = Entry {
    title: "Joint MoE Scaling Laws: Mixture of Experts Can Be Memory Efficient",
    authors: "Ludziejewski, Pioro, Krajewski, et al.",
    year: 2025,
    arxiv: "2502.05172",
    domain: DOMAIN,
    ranges: RANGES,
    data: "FineWeb-Edu, vocabulary of 50k",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "ludziejewski2025",
    aliases: &[],
    equation: "the law as the paper states it; its table of coefficients",
    formula: JointExperts::FORMULA,
    coefficients: &[
        pure("a", 35.91),
        pure("alpha", -0.1889),
        pure("delta", -0.2285),
        pure("gamma", 0.0098),
        pure("b", 35.98),
        pure("beta", -0.1775),
        pure("omega", 0.5529),
        pure("zeta", -0.0259),
        pure("E_start", 2.0732),
        pure("E_max", 290.4521),
        pure("c", 1.3637),
    ],
    conventions: ACTIVE,
    note: "Over 280 runs, up to 2.7B active and 5B total; E 1 to 32; FineWeb-Edu (second-hand); vocabulary 50257. N includes embeddings.",
    good_for: "MoE under memory limits, optimal number of experts",
    errata: &[],
    verified: true,
    verification: "paper PDF text; Tables 1 and 4 recomputed",
    model: Model::Formula(&LUDZIEJEWSKI_2025),
    ..PAPER
}];
