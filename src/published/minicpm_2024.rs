//! MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies (2024).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure, with_unit};
use crate::laws::{AllocationLine, Factor, Knob, PowerRule, PowerRules, Quantity};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((40e6, 2e9)), None, None);

/// N_opt/D_opt = 0.01·(C/6)^(−0.1) with N and D in billions: about 190 tokens per parameter (MiniCPM 2024).
pub const MINICPM_2024_ALLOCATION: AllocationLine = AllocationLine::known(-1.036550270452029, 0.45, TOTAL);

static BATCH_RULES: [PowerRule; 1] =
    [PowerRule::known(Quantity::BATCH_TOKENS, 1.21e9, &[Factor::new(Knob::LOSS, -6.24)])];

/// Batch from the loss on C4 (MiniCPM 2024).
pub const MINICPM_2024_BATCH: PowerRules = PowerRules::known(&[Knob::LOSS], &[Quantity::BATCH_TOKENS], &BATCH_RULES);

const PAPER: Entry = Entry {
    title: "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
    authors: "Hu et al.",
    year: 2024,
    arxiv: "2404.06395",
    domain: DOMAIN,
    data: "C4",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "minicpm2024.ratio",
        aliases: &["minicpm2024"],
        equation: "the data-scaling section",
        formula: "N_opt/D_opt = K2 (C/6)^eta, N and D in billions, C/6 = N D",
        coefficients: &[pure("K2", 0.01), pure("eta", -0.1)],
        conventions: TOTAL,
        note: "9M to 170M (batch), 40M to 2B (ratio); C4 loss; WSD schedule. L is C4 loss, nats/token.",
        good_for: "a data-heavy optimum, about 190 tokens per parameter",
        errata: &[
            "that N and D are in billions is inferred: then the ratio is the 192 tokens per parameter of the text at 4e21 \
        FLOP, while in single units it would be 13000.",
            "another fit of the paper, to its text corpus, is quoted second-hand with equal exponents of 0.30, K2 = 0.01 in \
            single units and eta = 0: 96 tokens per parameter at 1e21 FLOP; that speaks against billions.",
            "eta is printed as -0.10; the printed two-digit exponents 0.29 and 0.23 give -0.115.",
        ],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Line(MINICPM_2024_ALLOCATION),
        ..PAPER
    },
    Entry {
        id: "minicpm2024.batch",
        equation: "the batch rule, second-hand",
        formula: "batch = B_coef/L^B_exp tokens",
        coefficients: &[with_unit("B_coef", 1.21e9, "tokens"), pure("B_exp", 6.24)],
        domain: fitted_on(Some((9e6, 170e6)), None, None),
        note: "Models of 9M to 170M parameters; L is the loss on C4 in nats per token.",
        good_for: "batch from loss",
        errata: &["a later paper's table prints 2e18 in place of 1.21e9."],
        verification: "second-hand: notes on the paper",
        model: Model::Formula(&MINICPM_2024_BATCH),
        ..PAPER
    },
];
