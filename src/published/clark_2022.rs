//! Unified Scaling Laws for Routed Language Models (2022).

use super::Model;
use super::entry::{ACTIVE, BLANK, Entry, Range, fitted_on, pure};
use crate::laws::Routed;
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((15e6, 1.3e9)), Some((130e9, 130e9)), None);
const RANGES: &[Range] = &[Range::new("experts", 1.0, 512.0)];

/// Clark 2022: Router: S-BASE (`clark2022.s_base`).
pub const CLARK_2022_S_BASE: Routed = Routed::known([-0.082, -0.108, 0.009, 1.104, 1.847, 314.478], ACTIVE, DOMAIN);

/// Clark 2022: Router: RL-R (`clark2022.rl_r`).
pub const CLARK_2022_RL_R: Routed = Routed::known([-0.083, -0.126, 0.012, 1.111, 1.88, 469.982], ACTIVE, DOMAIN);

/// Clark 2022: Router: HASH (`clark2022.hash`).
pub const CLARK_2022_HASH: Routed = Routed::known([-0.087, -0.136, 0.012, 1.157, 4.175, 477.741], ACTIVE, DOMAIN);

const PAPER: Entry = Entry {
    title: "Unified Scaling Laws for Routed Language Models",
    authors: "Clark, de las Casas, Guy, Mensch, Paganini, et al.",
    year: 2022,
    arxiv: "2202.01169",
    domain: DOMAIN,
    ranges: RANGES,
    data: "MassiveText",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "clark2022.s_base",
        aliases: &["clark2022"],
        equation: "equation 1 and table 3, second-hand",
        formula: Routed::FORMULA,
        coefficients: &[
            pure("a", -0.082),
            pure("b", -0.108),
            pure("c", 0.009),
            pure("d", 1.104),
            pure("E_start", 1.847),
            pure("E_max", 314.478),
        ],
        conventions: ACTIVE,
        note: "Router: S-BASE. N 15M to 1.3B (dense size), E up to 512, 130B tokens for every run (fixed), MassiveText. N = parameters of the dense model with the same FLOPs; logs base 10; nats/token. Equation 2 of the paper is the same in F, the FLOPs of a forward pass, for N, and in B, parameters over F, for E: it holds for more experts a token and fewer routed layers too.",
        good_for: "routing gain at fixed data; fails when D is not 130B",
        errata: &[
            "c is printed with one or two digits, so that the cutoff 10^(-b/c) is uncertain by a factor of about 3: 1e12, 3.2e10 and 2.2e11 parameters for S-BASE, RL-R and HASH against 937B, 85B and 83B in the paper.",
        ],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&CLARK_2022_S_BASE),
        ..PAPER
    },
    Entry {
        id: "clark2022.rl_r",
        aliases: &[],
        equation: "equation 1 and table 3, second-hand",
        formula: Routed::FORMULA,
        coefficients: &[
            pure("a", -0.083),
            pure("b", -0.126),
            pure("c", 0.012),
            pure("d", 1.111),
            pure("E_start", 1.88),
            pure("E_max", 469.982),
        ],
        conventions: ACTIVE,
        note: "Router: RL-R. N 15M to 1.3B (dense size), E up to 512, 130B tokens for every run (fixed), MassiveText. N = parameters of the dense model with the same FLOPs; logs base 10; nats/token. Equation 2 of the paper is the same in F, the FLOPs of a forward pass, for N, and in B, parameters over F, for E: it holds for more experts a token and fewer routed layers too.",
        good_for: "routing gain at fixed data; fails when D is not 130B",
        errata: &[
            "c is printed with one or two digits, so that the cutoff 10^(-b/c) is uncertain by a factor of about 3: 1e12, 3.2e10 and 2.2e11 parameters for S-BASE, RL-R and HASH against 937B, 85B and 83B in the paper.",
        ],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&CLARK_2022_RL_R),
        ..PAPER
    },
    Entry {
        id: "clark2022.hash",
        aliases: &[],
        equation: "equation 1 and table 3, second-hand",
        formula: Routed::FORMULA,
        coefficients: &[
            pure("a", -0.087),
            pure("b", -0.136),
            pure("c", 0.012),
            pure("d", 1.157),
            pure("E_start", 4.175),
            pure("E_max", 477.741),
        ],
        conventions: ACTIVE,
        note: "Router: HASH. N 15M to 1.3B (dense size), E up to 512, 130B tokens for every run (fixed), MassiveText. N = parameters of the dense model with the same FLOPs; logs base 10; nats/token. Equation 2 of the paper is the same in F, the FLOPs of a forward pass, for N, and in B, parameters over F, for E: it holds for more experts a token and fewer routed layers too.",
        good_for: "routing gain at fixed data; fails when D is not 130B",
        errata: &[
            "c is printed with one or two digits, so that the cutoff 10^(-b/c) is uncertain by a factor of about 3: 1e12, 3.2e10 and 2.2e11 parameters for S-BASE, RL-R and HASH against 937B, 85B and 83B in the paper.",
        ],
        verified: true,
        verification: "second-hand: notes on the paper; recomputed",
        model: Model::Formula(&CLARK_2022_HASH),
        ..PAPER
    },
];
