//! MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies (2024).

use super::Model;
use super::entry::{BLANK, Entry, NON_EMBEDDING, fitted_on, pure, with_unit};
use crate::laws::{AllocationLine, Factor, Knob, PowerRule, PowerRules, Quantity};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((40e6, 2e9)), None, None);

/// N_opt/D_opt = 0.01·(C/6)^(−0.1) with N and D in billions: about 190 tokens per parameter (MiniCPM 2024).
pub const MINICPM_2024_ALLOCATION: AllocationLine = AllocationLine::known(-1.036550270452029, 0.45, NON_EMBEDDING);

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
    conventions: NON_EMBEDDING,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "minicpm2024.ratio",
        aliases: &["minicpm2024"],
        equation: "equation 3 and the text of section 4.5",
        formula: "N_opt/D_opt = K2 (C/6)^eta, N and D in billions, C/6 = N D",
        coefficients: &[pure("K2", 0.01), pure("eta", -0.1)],
        data: "five held-out sets, loss per byte",
        note: "Six sizes of 40M to 2B, each decayed after 10 to 60 tokens per parameter of a constant rate (WSD). K2 and eta are \
            means over the fits to five held-out sets. N without embeddings.",
        good_for: "a data-heavy optimum, about 190 tokens per parameter",
        errata: &[
            "the paper states no unit. That N and D are in billions is inferred: then the ratio is the 192 tokens per \
            parameter of its text at 4e21 FLOP, while in single units it would be 13000; and where the same section works \
            out Llama 2's ratio, 5e5/(6 34^2), sizes are in billions and compute in 1e18 FLOP.",
            "another fit of the paper, to its text corpus, is quoted second-hand with equal exponents of 0.30, K2 = 0.01 in \
            single units and eta = 0: 96 tokens per parameter at 1e21 FLOP; that speaks against billions.",
            "eta is printed as -0.10; the printed means 0.29 and 0.23 of the exponents give -0.115.",
        ],
        verified: true,
        verification: "text of the paper; its unit is inferred",
        model: Model::Line(MINICPM_2024_ALLOCATION),
        ..PAPER
    },
    Entry {
        id: "minicpm2024.batch",
        equation: "section 3.2",
        formula: "batch = B_coef/L^B_exp tokens",
        coefficients: &[with_unit("B_coef", 1.21e9, "tokens"), pure("B_exp", 6.24)],
        domain: fitted_on(Some((9e6, 170e6)), None, None),
        data: "C4",
        note: "Three sizes of 9M to 170M parameters, six batches each, learning rate 0.01, cosine; L is the loss on C4 in nats \
            per token.",
        good_for: "batch from loss",
        errata: &["a later paper's table prints 2e18 in place of 1.21e9."],
        verified: true,
        verification: "text of the paper",
        model: Model::Formula(&MINICPM_2024_BATCH),
        ..PAPER
    },
];
