//! The Llama 3 Herd of Models (2024).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure};
use crate::laws::AllocationLine;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((40e6, 16e9)), None, Some((6e18, 1e22)));

/// Llama Team 2024: allocation at 1e25 FLOP; flat optimum (`llama3.allocator`).
pub const LLAMA_3_ALLOCATION: AllocationLine = AllocationLine::known(-0.5844477636366043, 0.46299999999999997, TOTAL);

const PAPER: Entry = Entry {
    title: "The Llama 3 Herd of Models",
    authors: "Llama Team, Meta",
    year: 2024,
    arxiv: "2407.21783",
    domain: DOMAIN,
    data: "own mix, vocabulary of 128k",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "llama3.allocator",
    aliases: &["llama3"],
    equation: "figure 3",
    formula: "D_opt = A C^alpha, N_opt = C/(6 D_opt)",
    coefficients: &[pure("A", 0.299), pure("alpha", 0.537)],
    conventions: TOTAL,
    note: "IsoFLOP 6e18 to 1e22 FLOP, 40M to 16B parameters; own data mix; 128k vocabulary. C = 6ND.",
    good_for: "allocation at 1e25 FLOP; flat optimum",
    errata: &[
        "the text prints 0.29 and 0.53, which give 10.5T tokens at 3.8e25 FLOP where the paper says 16.55T; the legend of figure 3, used here, gives 16.3T.",
    ],
    verified: true,
    verification: "paper text",
    model: Model::Line(LLAMA_3_ALLOCATION),
    ..PAPER
}];
