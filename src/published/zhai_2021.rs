//! Scaling Vision Transformers (2021).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure};
use crate::laws::Saturating;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((5e6, 2e9)), None, None);

/// Zhai 2021: ImageNet error, fine-tuned; x is compute in TPUv3 core-days (the unit is second-hand) (`zhai2021.fine_tuned`).
pub const ZHAI_2021_FINE_TUNED: Saturating = Saturating::known([0.09, 0.26, 0.01, 0.35], TOTAL, DOMAIN);

/// Zhai 2021: ImageNet error, 10-shot; x is compute in TPUv3 core-days (the unit is second-hand) (`zhai2021.ten_shot`).
pub const ZHAI_2021_TEN_SHOT: Saturating = Saturating::known([0.12, 0.63, 0.52, 0.32], TOTAL, DOMAIN);

const PAPER: Entry = Entry {
    title: "Scaling Vision Transformers",
    authors: "Zhai, Kolesnikov, Houlsby, Beyer",
    year: 2021,
    arxiv: "2106.04560",
    domain: DOMAIN,
    data: "JFT images",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "zhai2021.fine_tuned",
        aliases: &["zhai2021"],
        equation: "the law as the paper states it",
        formula: Saturating::FORMULA,
        coefficients: &[pure("E0", 0.09), pure("a", 0.26), pure("d", 0.01), pure("b", 0.35)],
        conventions: TOTAL,
        note: "ImageNet error, fine-tuned; x is compute in TPUv3 core-days (the unit is second-hand). ViT 5M to 2B parameters, 1M to 3B images (JFT).",
        good_for: "saturating law for vision; ViT-G/14 90.45%",
        errata: &[],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&ZHAI_2021_FINE_TUNED),
        ..PAPER
    },
    Entry {
        id: "zhai2021.ten_shot",
        aliases: &[],
        equation: "the law as the paper states it",
        formula: Saturating::FORMULA,
        coefficients: &[pure("E0", 0.12), pure("a", 0.63), pure("d", 0.52), pure("b", 0.32)],
        conventions: TOTAL,
        note: "ImageNet error, 10-shot; x is compute in TPUv3 core-days (the unit is second-hand). ViT 5M to 2B parameters, 1M to 3B images (JFT).",
        good_for: "saturating law for vision; ViT-G/14 90.45%",
        errata: &[],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&ZHAI_2021_TEN_SHOT),
        ..PAPER
    },
];
