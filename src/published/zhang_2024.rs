//! How Does Critical Batch Size Scale in Pre-training? (2024).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};

const BATCH: Quantity = Quantity::new("critical_batch", Some("sequences of 512 tokens"));

const fn in_millions(knob: Knob, exponent: f64) -> Factor {
    Factor { knob, unit: 1e6, exponent }
}

static CHINCHILLA: [PowerRule; 1] = [PowerRule::known(BATCH, 93.20, &[in_millions(Knob::PARAMS, 0.47)])];
static FIXED_TOKENS: [PowerRule; 1] = [PowerRule::known(BATCH, 621.341, &[in_millions(Knob::PARAMS, 0.087)])];
static BY_TOKENS: [PowerRule; 1] = [PowerRule::known(BATCH, 22.91, &[in_millions(Knob::TOKENS, 0.47)])];

/// Critical batch where D = 20N (Zhang 2024).
pub const ZHANG_2024_CHINCHILLA: PowerRules = PowerRules::known(&[Knob::PARAMS], &[BATCH], &CHINCHILLA);

/// Critical batch at D = 3.072B, whatever the size: it hardly grows (Zhang 2024).
pub const ZHANG_2024_FIXED_TOKENS: PowerRules = PowerRules::known(&[Knob::PARAMS], &[BATCH], &FIXED_TOKENS);

/// Critical batch from tokens (Zhang 2024).
pub const ZHANG_2024_BY_TOKENS: PowerRules = PowerRules::known(&[Knob::TOKENS], &[BATCH], &BY_TOKENS);

const UNITS: &str = "the units of N and D are not stated where the law is quoted: only millions make the three equations \
    agree where they meet, to 2.5 %.";

const PAPER: Entry = Entry {
    title: "How Does Critical Batch Size Scale in Pre-training?",
    authors: "Zhang, Morwani, Vyas, Wu, Zou, Ghai, Foster, Kakade",
    year: 2024,
    arxiv: "2410.21676",
    domain: fitted_on(Some((85e6, 1.2e9)), None, None),
    data: "C4",
    note: "85M to 1.2B parameters, C4; context of 512 (second-hand). The critical batch is the one that costs 20 % more \
        steps than ideal linear scaling.",
    good_for: "a batch that grows with the data and not with the model",
    errata: &[UNITS],
    verification: "a review that quotes the paper; units by the agreement of the equations",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "zhang2024_cbs.chinchilla",
        aliases: &["zhang2024"],
        equation: "the law along D = 20N, second-hand",
        formula: "B* = k_chin (N/1e6)^p_chin sequences",
        coefficients: &[with_unit("k_chin", 93.20, "sequences"), pure("p_chin", 0.47)],
        model: Model::Formula(&ZHANG_2024_CHINCHILLA),
        ..PAPER
    },
    Entry {
        id: "zhang2024_cbs.fixed_tokens",
        equation: "the law at D = 3.072B, second-hand",
        formula: "B* = k_fixedD (N/1e6)^p_fixedD sequences",
        coefficients: &[with_unit("k_fixedD", 621.341, "sequences"), pure("p_fixedD", 0.087)],
        domain: fitted_on(Some((85e6, 1.2e9)), Some((3.072e9, 3.072e9)), None),
        model: Model::Formula(&ZHANG_2024_FIXED_TOKENS),
        ..PAPER
    },
    Entry {
        id: "zhang2024_cbs.tokens",
        equation: "the law of tokens; constants not seen in print",
        formula: "B* = k_D (D/1e6)^p_D sequences",
        coefficients: &[with_unit("k_D", 22.91, "sequences"), pure("p_D", 0.47)],
        verified: false,
        verification: "from memory; agrees with the law along D = 20N to 0.5 %",
        model: Model::Formula(&ZHANG_2024_BY_TOKENS),
        ..PAPER
    },
];
