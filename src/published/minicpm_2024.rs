//! MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies (2024).

use super::entry::{BLANK, Entry, Model, TOTAL, pure};
use crate::laws::AllocationLine;

/// Hu et al. 2024: batch from loss; data-heavy optimum (about 192 tokens/param) (`minicpm2024.ratio`).
pub const MINICPM_2024_ALLOCATION: AllocationLine = AllocationLine::known(-3.1088768541466703, 0.45, TOTAL);

const PAPER: Entry = Entry {
    title: "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
    authors: "Hu et al.",
    year: 2024,
    arxiv: "2404.06395",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "minicpm2024.ratio",
    aliases: &["minicpm2024"],
    equation: "the data-scaling section",
    formula: "N_opt/D_opt = K2 (C/6)^eta",
    coefficients: &[pure("K2", 0.01), pure("eta", -0.1)],
    conventions: TOTAL,
    note: "9M to 170M (batch), 40M to 2B (ratio); C4 loss; WSD schedule. L is C4 loss, nats/token.",
    good_for: "batch from loss; data-heavy optimum (about 192 tokens/param)",
    errata: &["eta is printed as -0.10; the printed two-digit exponents 0.29 and 0.23 give -0.115."],
    verified: true,
    verification: "second-hand: notes on the paper; recomputed",
    model: Model::Line(MINICPM_2024_ALLOCATION),
    ..PAPER
}];
