//! Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws (2023).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure, with_unit};
use crate::laws::{Chinchilla, InferenceOptimum};
use crate::units::Domain;

/// The cheapest model over its life under Hoffmann's law with three digits (Sardana 2023).
pub const SARDANA_2023: InferenceOptimum =
    InferenceOptimum::new(Chinchilla::known(1.69, 406.4, 410.7, 0.336, 0.283, DOMAIN));

/// Refit on runs of up to 100 tokens per parameter (Sardana 2023).
pub const SARDANA_2023_100: Chinchilla = Chinchilla::known(0.17, 7.199, 25.97, 0.08, 0.13, DOMAIN);

/// Refit on runs of up to 250 tokens per parameter (Sardana 2023).
pub const SARDANA_2023_250: Chinchilla = Chinchilla::known(0.98, 14.23, 39.54, 0.13, 0.16, DOMAIN);

/// Refit on runs of up to 500 tokens per parameter (Sardana 2023).
pub const SARDANA_2023_500: Chinchilla = Chinchilla::known(0.95, 17.07, 35.80, 0.13, 0.16, DOMAIN);

/// Refit on all runs, up to 10 000 tokens per parameter (Sardana 2023).
pub const SARDANA_2023_ALL: Chinchilla = Chinchilla::known(1.45, 33.66, 138.9, 0.18, 0.24, DOMAIN);

const DOMAIN: Domain = fitted_on(Some((150e6, 6e9)), None, None);

const PAPER: Entry = Entry {
    title: "Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws",
    authors: "Sardana, Portes, Doubov, Frankle",
    year: 2023,
    arxiv: "2401.00448",
    domain: DOMAIN,
    ..BLANK
};

const REFIT: Entry = Entry {
    equation: "table 1, second-hand",
    formula: "E + A/N^alpha + B/D^beta",
    data: "the authors' 47 runs",
    note: "47 models of 150M to 6B parameters at 10 to 10000 tokens per parameter. The coefficients depend on which runs are \
        kept, and strongly.",
    good_for: "seeing how a fit moves when long runs are kept or left out",
    verified: false,
    verification: "second-hand: one note on the paper",
    ..PAPER
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "sardana2023.inference",
        aliases: &["sardana2023"],
        equation: "the objective and its optimality condition",
        formula: "min 6 N D + 2 N D_inf at L(N, D) = l, with L = E + A/N^alpha + B/D^beta",
        coefficients: &[
            with_unit("E", 1.69, "nats/token"),
            with_unit("A", 406.4, "nats"),
            with_unit("B", 410.7, "nats"),
            pure("alpha", 0.336),
            pure("beta", 0.283),
        ],
        data: "MassiveText, vocabulary of 32k",
        note: "Chinchilla's law; training costs 6ND, service 2N a token. Checked by the authors on 47 models of 150M to 6B \
            parameters at 10 to 10000 tokens per parameter.",
        good_for: "size and tokens when many tokens will be served",
        errata: &[
            "the three-digit exponents are inferred: they alone reproduce the six examples of the paper, to 0.5 %; \
            see hoffmann2022.parametric_3digit.",
        ],
        verification: "two notes on the paper; all examples recomputed",
        model: Model::Formula(&SARDANA_2023),
        ..PAPER
    },
    Entry {
        id: "sardana2023.up_to_100",
        coefficients: &[pure("E", 0.17), pure("A", 7.199), pure("B", 25.97), pure("alpha", 0.08), pure("beta", 0.13)],
        model: Model::Chinchilla(SARDANA_2023_100),
        ..REFIT
    },
    Entry {
        id: "sardana2023.up_to_250",
        coefficients: &[pure("E", 0.98), pure("A", 14.23), pure("B", 39.54), pure("alpha", 0.13), pure("beta", 0.16)],
        model: Model::Chinchilla(SARDANA_2023_250),
        ..REFIT
    },
    Entry {
        id: "sardana2023.up_to_500",
        coefficients: &[pure("E", 0.95), pure("A", 17.07), pure("B", 35.80), pure("alpha", 0.13), pure("beta", 0.16)],
        model: Model::Chinchilla(SARDANA_2023_500),
        ..REFIT
    },
    Entry {
        id: "sardana2023.all",
        coefficients: &[pure("E", 1.45), pure("A", 33.66), pure("B", 138.9), pure("alpha", 0.18), pure("beta", 0.24)],
        model: Model::Chinchilla(SARDANA_2023_ALL),
        ..REFIT
    },
];
