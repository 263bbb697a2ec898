//! Scaling Law with Learning Rate Annealing (2024).

use super::Model;
use super::entry::{BLANK, Coefficient, Entry, Range, TOTAL, fitted_on, pure};
use crate::laws::Annealing;
use crate::units::Domain;

/// The annealing law on the public curves of Luo 2025, 25M parameters; momentum 0.999 (form: Tissue 2024).
pub const TISSUE_2024_25M: Annealing = Annealing::known([3.1583, 0.5136, 0.5134, 0.4019], TOTAL, of_size(25e6));

/// The annealing law on the public curves of Luo 2025, 100M parameters; momentum 0.999 (form: Tissue 2024).
pub const TISSUE_2024_100M: Annealing = Annealing::known([2.7889, 0.5926, 0.455, 0.4812], TOTAL, of_size(100e6));

/// The annealing law on the public curves of Luo 2025, 400M parameters; momentum 0.999 (form: Tissue 2024).
pub const TISSUE_2024_400M: Annealing = Annealing::known([2.5246, 0.6536, 0.4205, 0.57], TOTAL, of_size(400e6));

const fn of_size(params: f64) -> Domain {
    fitted_on(Some((params, params)), Some((1.0, 20e9)), None)
}

/// The momentum that the coefficients were fitted with.
const LAMBDA: Coefficient = pure("lambda", 0.999);

const PAPER: Entry = Entry {
    title: "Scaling Law with Learning Rate Annealing",
    authors: "Tissue, Wang, Wang",
    year: 2024,
    arxiv: "2408.11029",
    equation: "the form is the paper's; the coefficients are a fit to the public curves of Luo 2025",
    formula: "L0 + A S1^-alpha - C S2; S2 = sum_i m_i, m_i = lambda m_(i-1) + eta_(i-1) - eta_i",
    ranges: &[Range::new("peak_learning_rate", 3e-4, 3e-4), Range::new("steps", 2160.0, 24e3)],
    note: "Fitted to the schedules cosine_24000, constant_24000 and wsdcon_9 of Luo 2025, with the momentum 0.999 and S2 from \
        the end of the warm-up on. The constants of the paper, mostly of a model of 594M, were not found. Peak learning \
        rate 3e-4.",
    good_for: "a cheap law of curves: linear in all but one coefficient, from two schedules",
    verified: false,
    verification: "own fit; ends of unseen schedules to 1 %",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "tissue2024.25m",
        coefficients: &[pure("L0", 3.1583), pure("A", 0.5136), pure("alpha", 0.5134), pure("C", 0.4019), LAMBDA],
        domain: of_size(25e6),
        model: Model::Formula(&TISSUE_2024_25M),
        ..PAPER
    },
    Entry {
        id: "tissue2024.100m",
        coefficients: &[pure("L0", 2.7889), pure("A", 0.5926), pure("alpha", 0.455), pure("C", 0.4812), LAMBDA],
        domain: of_size(100e6),
        model: Model::Formula(&TISSUE_2024_100M),
        ..PAPER
    },
    Entry {
        id: "tissue2024.400m",
        aliases: &["tissue2024"],
        coefficients: &[pure("L0", 2.5246), pure("A", 0.6536), pure("alpha", 0.4205), pure("C", 0.57), LAMBDA],
        domain: of_size(400e6),
        model: Model::Formula(&TISSUE_2024_400M),
        ..PAPER
    },
];
