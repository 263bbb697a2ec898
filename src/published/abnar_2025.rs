//! Parameters vs FLOPs: Scaling Laws for Optimal Sparsity for MoE Language Models (2025).

use super::Model;
use super::entry::{BLANK, Entry, Range, TOTAL, by_knobs, fitted_on, pure};
use crate::laws::Sparsity;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(None, None, Some((3e19, 1e21)));
const RANGES: &[Range] = &[Range::new("sparsity", 0.0, 0.98)];

/// Abnar 2025: optimal sparsity (`abnar2025`).
pub const ABNAR_2025: Sparsity =
    Sparsity::known([16612.5, 5455.67, 0.4598, 17.26, 0.94, 0.5962, 0.3954, -0.1666, 0.1603, 0.1595], TOTAL, DOMAIN);

const PAPER: Entry = Entry {
    title: "Parameters vs FLOPs: Scaling Laws for Optimal Sparsity for MoE Language Models",
    authors: "Abnar, Shah, Busbridge, et al.",
    year: 2025,
    arxiv: "2501.12370",
    domain: DOMAIN,
    ranges: RANGES,
    data: "RedPajama",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "abnar2025",
    aliases: &[],
    equation: "the law as the paper states it",
    formula: Sparsity::FORMULA,
    coefficients: &[
        pure("a", 16612.5),
        pure("b", 5455.67),
        pure("c", 0.4598),
        pure("d", 17.26),
        pure("e", 0.94),
        pure("alpha", 0.5962),
        pure("beta", 0.3954),
        pure("lambda", -0.1666),
        pure("delta", 0.1603),
        pure("gamma", 0.1595),
    ],
    conventions: by_knobs(TOTAL),
    note: "Sparsity 0 to .98, budgets about 3e19 to 1e21; RedPajama (second-hand). N total parameters; C = 6 N_active D.",
    good_for: "optimal sparsity",
    errata: &[],
    verified: true,
    verification: "second-hand: notes on the paper; recomputed",
    model: Model::Formula(&ABNAR_2025),
    ..PAPER
}];
