//! Predictable Scale: Part I, the Step Law (2025).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure, with_unit};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((215e6, 1.07e9)), Some((1.0, 100e9)), None);

static RULES: [PowerRule; 2] = [
    PowerRule::known(
        Quantity::LEARNING_RATE,
        1.79,
        &[Factor::new(Knob::PARAMS, -0.713), Factor::new(Knob::TOKENS, 0.307)],
    ),
    PowerRule::known(Quantity::BATCH_TOKENS, 0.58, &[Factor::new(Knob::TOKENS, 0.571)]),
];

/// Step Law: peak learning rate and batch from N and D (Li 2025).
pub const LI_2025_STEP_LAW: PowerRules =
    PowerRules::known(&[Knob::PARAMS, Knob::TOKENS], &[Quantity::LEARNING_RATE, Quantity::BATCH_TOKENS], &RULES);

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "steplaw2025",
    aliases: &["step-law"],
    title: "Predictable Scale: Part I - Optimal Hyperparameter Scaling Law in LLM Pretraining (Step Law)",
    authors: "Li, Zheng, Hu, Wang, et al.",
    year: 2025,
    arxiv: "2503.04715",
    equation: "the Step Law; standard errors from the authors' bootstrap",
    formula: "learning rate = lr_coef N^lr_N D^lr_D; batch = B_coef D^B_D tokens",
    coefficients: &[
        pure("lr_coef", 1.79),
        pure("lr_N", -0.713).standard_error(0.0298),
        pure("lr_D", 0.307).standard_error(0.0191),
        with_unit("B_coef", 0.58, "tokens"),
        pure("B_D", 0.571).standard_error(0.0187),
    ],
    conventions: NON_EMBEDDING,
    note: "About 3700 models, N 215M to 1.07B without embeddings, D up to 100B tokens; dense and mixtures of experts. \
        AdamW, fixed final learning rate 1e-5, cosine.",
    good_for: "peak learning rate and batch from N and D; the predicted optimum is within 0.09 % of the best loss",
    errata: &[
        "its table of other laws misprints three of them: the batch of Kaplan 2020 is 2e8/L^4.7619 and not 2e18, \
        DeepSeek's learning rate has 0.3118 and not 0.3188, MiniCPM's batch 1.21e9/L^6.24 and not 2e18.",
    ],
    verified: true,
    verification: "means recomputed from the authors' 1000 bootstrap rows",
    model: Model::Formula(&LI_2025_STEP_LAW),
    domain: DOMAIN,
    ..BLANK
}];
