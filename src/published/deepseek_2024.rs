//! DeepSeek LLM (2024).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};
use crate::units::{ComputeRule, Conventions, Domain, ParamCount};

const DOMAIN: Domain = fitted_on(None, None, Some((1e17, 3e20)));

static ALLOCATION_RULES: [PowerRule; 2] = [
    PowerRule::known(Quantity::OPTIMAL_FLOPS_PER_TOKEN, 0.1715, &[Factor::new(Knob::FLOPS, 0.5243)]),
    PowerRule::known(Quantity::OPTIMAL_TOKENS, 5.8316, &[Factor::new(Knob::FLOPS, 0.4757)]),
];

static HYPERPARAMETER_RULES: [PowerRule; 2] = [
    PowerRule::known(Quantity::LEARNING_RATE, 0.3118, &[Factor::new(Knob::FLOPS, -0.125)]),
    PowerRule::known(Quantity::BATCH_TOKENS, 0.292, &[Factor::new(Knob::FLOPS, 0.3271)]),
];

/// M_opt, non-embedding FLOP per token, and D_opt on C = M·D (DeepSeek 2024). M counts attention and leaves embeddings
/// and logits out, so it is no `AllocationLine` of parameters;
/// [`allocate_published`](crate::allocate_published) reads N from it through a shape.
pub const DEEPSEEK_2024_ALLOCATION: PowerRules = PowerRules::known(
    &[Knob::FLOPS],
    &[Quantity::OPTIMAL_FLOPS_PER_TOKEN, Quantity::OPTIMAL_TOKENS],
    &ALLOCATION_RULES,
);

/// Peak learning rate and batch from compute (DeepSeek 2024).
pub const DEEPSEEK_2024_HYPERPARAMETERS: PowerRules =
    PowerRules::known(&[Knob::FLOPS], &[Quantity::LEARNING_RATE, Quantity::BATCH_TOKENS], &HYPERPARAMETER_RULES);

const CONVENTIONS: Conventions = Conventions::new(ParamCount::NonEmbedding, ComputeRule::DeepSeekMd);

const PAPER: Entry = Entry {
    title: "DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
    authors: "DeepSeek-AI",
    year: 2024,
    arxiv: "2401.02954",
    conventions: CONVENTIONS,
    verified: true,
    verification: "several independent copies of the paper's text",
    domain: DOMAIN,
    data: "own bilingual corpus, vocabulary of 102k",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "deepseek2024.allocator",
        equation: "the law as the paper states it",
        formula: "M_opt = M_base C^a, D_opt = D_base C^b, C = M D",
        coefficients: &[
            with_unit("M_base", 0.1715, "FLOP/token"),
            pure("a", 0.5243),
            with_unit("D_base", 5.8316, "tokens"),
            pure("b", 0.4757),
        ],
        note: "Eight budgets from 1e17 to 3e20; bilingual corpus; vocabulary of 102400. M = 72 n_layer d^2 + 12 n_layer d \
            l_seq. The exponents depend on the data: 0.450/0.550 on an earlier corpus, 0.578/0.422 on OpenWebText2.",
        good_for: "allocation when attention and embeddings are to be told apart",
        model: Model::Formula(&DEEPSEEK_2024_ALLOCATION),
        ..PAPER
    },
    Entry {
        id: "deepseek2024.hparams",
        domain: fitted_on(None, None, Some((1e17, 2e19))),
        equation: "the law as the paper states it",
        formula: "learning rate = lr_base C^lr_exp; batch = B_base C^B_exp tokens",
        coefficients: &[
            pure("lr_base", 0.3118),
            pure("lr_exp", -0.125),
            with_unit("B_base", 0.292, "tokens"),
            pure("B_exp", 0.3271),
        ],
        note: "1e17 to 2e19 FLOP, checked at 1e20. AdamW, multi-step schedule; C without embeddings.",
        good_for: "batch and peak learning rate from compute",
        model: Model::Formula(&DEEPSEEK_2024_HYPERPARAMETERS),
        ..PAPER
    },
];
