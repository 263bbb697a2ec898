//! Muon is Scalable for LLM Training (2025).

use super::Model;
use super::entry::{BLANK, Entry, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};

static RULES: [PowerRule; 2] = [
    PowerRule::known(Quantity::LEARNING_RATE, 0.0127, &[Factor::new(Knob::FLOPS, -0.057)]),
    PowerRule::known(Quantity::BATCH_TOKENS, 0.0065, &[Factor::new(Knob::FLOPS, 0.4138)]),
];

/// Learning rate and batch of the AdamW baselines from compute (Moonlight 2025).
pub const MOONLIGHT_2025: PowerRules =
    PowerRules::known(&[Knob::FLOPS], &[Quantity::LEARNING_RATE, Quantity::BATCH_TOKENS], &RULES);

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "moonlight2025",
    title: "Muon is Scalable for LLM Training",
    authors: "Liu et al.",
    year: 2025,
    arxiv: "2502.16982",
    equation: "the fits of the AdamW baselines, second-hand",
    formula: "learning rate = lr_coef C^lr_exp; batch = B_coef C^B_exp tokens",
    coefficients: &[
        pure("lr_coef", 0.0127),
        pure("lr_exp", -0.057),
        with_unit("B_coef", 0.0065, "tokens"),
        pure("B_exp", 0.4138),
    ],
    note: "Dense AdamW baselines of the paper; C = 6ND. That the batch is in tokens is assumed.",
    good_for: "hyper-parameters from compute, beside deepseek2024.hparams",
    verified: false,
    verification: "one copy of the numbers",
    model: Model::Formula(&MOONLIGHT_2025),
    ..BLANK
}];
