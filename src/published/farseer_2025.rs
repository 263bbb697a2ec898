//! Predictable Scale: Part II, Farseer: A Refined Scaling Law in Large Language Models (2025).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure};
use crate::laws::Farseer;
use crate::units::{Conventions, Domain, LossUnit};

const DOMAIN: Domain = fitted_on(Some((200e6, 6e9)), None, None);

/// Not seen in print; the size of the losses fits that reading.
const CONVENTIONS: Conventions = Conventions { loss: LossUnit::BitsPerCharacter, ..NON_EMBEDDING };

/// Li 2025: The loss is probably in bits per character, not nats per token (`farseer2025`).
pub const FARSEER_2025: Farseer =
    Farseer::known([-0.021, 0.169, 0.091, 88.01, -0.1, -5.287, -0.124, 0.123, 0.424], CONVENTIONS, DOMAIN);

const PAPER: Entry = Entry {
    title: "Predictable Scale: Part II, Farseer: A Refined Scaling Law in Large Language Models",
    authors: "Li, Zheng, Wang, et al.",
    year: 2025,
    arxiv: "2506.10972",
    domain: DOMAIN,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "farseer2025",
    aliases: &[],
    equation: "the form; constants not seen in print",
    formula: Farseer::FORMULA,
    coefficients: &[
        pure("a3", -0.021),
        pure("gamma", 0.169),
        pure("b3", 0.091),
        pure("a2", 88.01),
        pure("beta", -0.1),
        pure("b2", -5.287),
        pure("a1", -0.124),
        pure("alpha", 0.123),
        pure("b1", 0.424),
    ],
    conventions: CONVENTIONS,
    note: "The loss is in bits per character and not nats per token (not seen in print; its size, 0.55 to 0.9, fits that reading). About 1000 models of 200M to 6B (second-hand); N without embeddings.",
    good_for: "D exponent that changes with N",
    errata: &[],
    verified: false,
    verification: "constants from memory; the form is certain",
    model: Model::Formula(&FARSEER_2025),
    ..PAPER
}];
