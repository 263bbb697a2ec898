//! Power Lines: Scaling Laws for Weight Decay and Batch Size in LLM Pre-training (2025).

use super::Model;
use super::entry::{BLANK, Entry, Range, fitted_on, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};

const RATIO: Knob = Knob::new("tokens_per_param", "TPP", Some("tokens per parameter"), "D/N");
const TIME_SCALE: Quantity = Quantity::new("adamw_time_scale", None);
const CRITICAL: Quantity = Quantity::new("critical_batch", Some("sequences of 2048 tokens"));
const OPTIMAL: Quantity = Quantity::new("optimal_batch", Some("sequences of 2048 tokens"));

static TIME_RULES: [PowerRule; 1] = [PowerRule::known(TIME_SCALE, 1.084, &[Factor::new(RATIO, -0.527)])];
static BATCH_RULES: [PowerRule; 2] = [
    PowerRule::known(OPTIMAL, 0.0306, &[Factor::new(Knob::TOKENS, 0.383)]),
    PowerRule::known(CRITICAL, 0.0471, &[Factor::new(Knob::TOKENS, 0.462)]),
];

/// τ = B/(η·λ·D), the time scale of AdamW's average as a share of the run, from tokens per parameter (Bergsma 2025).
pub const BERGSMA_2025_TIME_SCALE: PowerRules = PowerRules::known(&[RATIO], &[TIME_SCALE], &TIME_RULES);

/// Optimal and critical batch from tokens (Bergsma 2025).
pub const BERGSMA_2025_BATCH: PowerRules = PowerRules::known(&[Knob::TOKENS], &[OPTIMAL, CRITICAL], &BATCH_RULES);

const PAPER: Entry = Entry {
    title: "Power Lines: Scaling Laws for Weight Decay and Batch Size in LLM Pre-training",
    authors: "Bergsma, Dey, Gosal, Gray, Soboleva, Hestness",
    year: 2025,
    arxiv: "2505.13738",
    domain: fitted_on(Some((111e6, 3.3e9)), None, None),
    data: "SlimPajama",
    note: "111M to 3.3B parameters, 20 to 1280 tokens per parameter; SlimPajama (second-hand).",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "bergsma2025.time_scale",
        aliases: &["bergsma2025"],
        equation: "the law of the time scale, second-hand",
        formula: "tau_opt = tau_coef TPP^tau_exp, tau = B/(eta lambda D)",
        coefficients: &[pure("tau_coef", 1.084), pure("tau_exp", -0.527)],
        ranges: &[Range::new("tokens_per_param", 20.0, 1280.0)],
        good_for: "weight decay: lambda = B/(eta D tau_opt)",
        verification: "second-hand: several notes on the paper agree",
        model: Model::Formula(&BERGSMA_2025_TIME_SCALE),
        ..PAPER
    },
    Entry {
        id: "bergsma2025.batch",
        equation: "the laws of the batch; exponents second-hand, prefactors not seen in print",
        formula: "B_opt = k_o D^B_opt_exp, B_crit = k_c D^B_crit_exp",
        coefficients: &[
            with_unit("k_o", 0.0306, "sequences"),
            pure("B_opt_exp", 0.383),
            with_unit("k_c", 0.0471, "sequences"),
            pure("B_crit_exp", 0.462),
        ],
        good_for: "how the batch grows with tokens; the exponents more than the prefactors",
        errata: &[
            "the exponent of B_opt is given between 0.367 and 0.391, that of B_crit as 0.462 or 0.47. The D of B_crit \
            is the least number of tokens that reaches the loss, at a small batch.",
        ],
        verified: false,
        verification: "prefactors from memory",
        model: Model::Formula(&BERGSMA_2025_BATCH),
        ..PAPER
    },
];
