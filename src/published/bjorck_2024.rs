//! Scaling Optimal LR Across Token Horizons (2024).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};

const PARAMS_RATIO: Knob = Knob::new("params_ratio", "N/N_0", None, "size over that of the run whose rate is known");
const TOKENS_RATIO: Knob = Knob::new("tokens_ratio", "D/D_0", None, "tokens over those of the run whose rate is known");
const RATIO: Quantity = Quantity::new("learning_rate_ratio", None);

static RULES: [PowerRule; 1] =
    [PowerRule::known(RATIO, 1.0, &[Factor::new(PARAMS_RATIO, -0.23), Factor::new(TOKENS_RATIO, -0.32)])];

/// How the best learning rate falls with size and with tokens, relative to a run of which it is known (Bjorck 2024).
pub const BJORCK_2024: PowerRules = PowerRules::known(&[PARAMS_RATIO, TOKENS_RATIO], &[RATIO], &RULES);

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "bjorck2024",
    title: "Scaling Optimal LR Across Token Horizons",
    authors: "Bjorck, Benhaim, Chaudhary, Wei, Song",
    year: 2024,
    arxiv: "2409.19913",
    equation: "the law as several later papers quote it, without its constant",
    formula: "lr/lr_0 = (N/N_0)^N_exp (D/D_0)^D_exp",
    coefficients: &[pure("N_exp", -0.23), pure("D_exp", -0.32)],
    domain: fitted_on(Some((50e6, 2.7e9)), Some((1.0, 800e9)), None),
    data: "RefinedWeb",
    note: "RefinedWeb; constant batch; cosine. The exponent of tokens by size: 0.70 at 50M, 0.65 at 125M, 0.3155 at 760M, \
        0.3171 at 1.3B, 0.4184 at 2.7B.",
    good_for: "how the learning rate must fall when a run gets longer",
    errata: &[
        "the constant is quoted as 1.3192e-5, in units that are not stated, and is left out here: only ratios can be \
        asked.",
    ],
    verified: false,
    verification: "exponents in several second-hand sources; the constant in none that states its units",
    model: Model::Formula(&BJORCK_2024),
    ..BLANK
}];
