//! (Tencent Hunyuan). Scaling Laws for Floating Point Quantization Training (2025).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, by_knobs, fitted_on, pure};
use crate::laws::FloatTraining;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((41e6, 679e6)), Some((10e9, 100e9)), None);

/// Sun 2025: floating-point formats for training (`fpquant2025`).
pub const SUN_2025: FloatTraining =
    FloatTraining::known([69.2343, 0.2368, 68973.0621, 0.5162, 1.9061, 11334.5197, 3.1926, 2.9543], TOTAL, DOMAIN);

const PAPER: Entry = Entry {
    title: "(Tencent Hunyuan). Scaling Laws for Floating Point Quantization Training",
    authors: "Sun, Li, Xie, Wang, et al.",
    year: 2025,
    arxiv: "2501.02423",
    domain: DOMAIN,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "fpquant2025",
    aliases: &["sun2025"],
    equation: "the joint law of the paper",
    formula: FloatTraining::FORMULA,
    coefficients: &[
        pure("n", 69.2343),
        pure("alpha", 0.2368),
        pure("d", 68973.0621),
        pure("beta", 0.5162),
        pure("eps", 1.9061),
        pure("gamma", 11334.5197),
        pure("delta", 3.1926),
        pure("nu", 2.9543),
    ],
    conventions: by_knobs(TOTAL),
    note: "358 runs, 41M to 679M parameters, 10B to 100B tokens; checked at 1.2B, 7B, 70B. E exponent bits, M mantissa bits, B block size (elements sharing a scale); channel-wise behaves like log2 B = 13.16. C here 6 N D P/16 with P = E + M + 1.",
    good_for: "floating-point formats for training",
    errata: &["the block size is not said where critical tokens are quoted; 128 reproduces all three."],
    verified: true,
    verification: "paper text",
    model: Model::Formula(&SUN_2025),
    ..PAPER
}];
