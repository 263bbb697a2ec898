//! Besiroglu et al. 2024, the re-fit of Chinchilla's Approach 3.

use super::Model;
use super::entry::{Coefficient, Entry, pure, with_unit};
use super::hoffmann_2022::{CONVENTIONS, DOMAIN};
use crate::laws::Chinchilla;

/// Chinchilla's law re-fitted to 240 points read from its figure 4, as printed (Besiroglu 2024). The law to use where
/// none is asked for.
///
/// The printed coefficients are the least-absolute-deviation limit of the objective; [`BESIROGLU_2024_MINIMISER`] is
/// the exact minimum of the stated one (Huber, δ = 1e-3). The two agree on N_opt to 2 % up to 1e26 FLOP.
pub const BESIROGLU_2024: Chinchilla = Chinchilla::known(1.8172, 482.01, 2085.43, 0.3478, 0.3658, DOMAIN);

/// The exact minimiser of the stated objective on the same 240 points: the sum of Huber(δ = 1e-3) of ln L̂ − ln L.
pub const BESIROGLU_2024_MINIMISER: Chinchilla =
    Chinchilla::known(1.81721810, 477.825868, 2143.41736, 0.34731050, 0.36717243, DOMAIN);

const NOTE: &str = "245 points read from figure 4 of Hoffmann 2022 (MassiveText; SentencePiece vocabulary of 32k; \
    cosine schedule matched to the length of each run), without the 5 of highest loss; D = C/(6N). The figure does \
    not say what its N counts; the paper counts all parameters. The points span N 57M to 16.2B, D 0.82B to 318B and \
    C 1.4e18 to 1.3e22 FLOP.";

const PARAMETRIC: Entry = Entry {
    id: "besiroglu2024.parametric",
    aliases: &["besiroglu", "besiroglu2024", "epoch"],
    title: "Chinchilla Scaling: A replication attempt",
    authors: "Besiroglu, Erdil, Barnett, You",
    year: 2024,
    arxiv: "2404.10102",
    equation: "the paper's table of re-estimated coefficients; form in equation 2 of Hoffmann 2022",
    formula: "L(N, D) = E + A/N^alpha + B/D^beta",
    coefficients: &PRINTED,
    conventions: CONVENTIONS,
    domain: DOMAIN,
    ranges: &[],
    data: "MassiveText, vocabulary of 32k",
    note: "245 points read from figure 4 of Hoffmann 2022 (MassiveText; SentencePiece vocabulary of 32k; cosine \
        schedule matched to the length of each run), without the 5 of highest loss; D = C/(6N). The figure does not \
        say what its N counts; the paper counts all parameters. The points span N 57M to 16.2B, D 0.82B to 318B and \
        C 1.4e18 to 1.3e22 FLOP. 95 % intervals: E 1.769 to 1.871, A 285.2 to 743.6, B 1042 to 5810, alpha 0.317 to \
        0.373, beta 0.331 to 0.415. N_opt grows as C^0.513, standard error 0.02.",
    good_for: "the parametric Chinchilla law to use by default",
    errata: &[
        "A, B, alpha and beta are those of least absolute deviations, not the minimiser of the stated Huber \
            objective with delta = 1e-3 (besiroglu2024.fitter), which is 0.04 % lower than at the unrounded and 0.45 \
            % lower than at the printed coefficients.",
        "E is printed as 1.8172, the value of that minimiser; with the other four, the authors' notebook has 1.81686.",
        "the authors' notebook shows a median of 25.7 tokens per parameter at 5.88e23 FLOP; the closed form gives \
            18.4.",
        "with the 5 points of highest loss kept, beta is 0.452 (standard error 0.054) and B 12530 (61650).",
    ],
    verified: true,
    verification: "authors' notebook and data (epoch-research/analyzing-chinchilla); unrounded there: E 1.81686, A \
        482.00572, B 2085.43420, alpha 0.34781, beta 0.36585",
    model: Model::Chinchilla(BESIROGLU_2024),
};

const PRINTED: [Coefficient; 5] = [
    with_unit("E", 1.8172, "nats/token").standard_error(0.03).interval(0.95, 1.769, 1.871),
    with_unit("A", 482.01, "nats").standard_error(124.58).interval(0.95, 285.2, 743.6),
    with_unit("B", 2085.43, "nats").standard_error(1293.23).interval(0.95, 1042.0, 5810.0),
    pure("alpha", 0.3478).standard_error(0.02).interval(0.95, 0.317, 0.373),
    pure("beta", 0.3658).standard_error(0.02).interval(0.95, 0.331, 0.415),
];

const FITTER: Entry = Entry {
    id: "besiroglu2024.fitter",
    aliases: &["besiroglu2024.minimiser", "besiroglu2024.minimizer"],
    equation: "the stated objective, minimised exactly; not printed in the paper",
    coefficients: &MINIMISER,
    note: NOTE,
    good_for: "the end-to-end check of a fit: sum of Huber losses (delta = 1e-3) 0.001018274018 at this minimum",
    errata: &[],
    verification: "minimised again from many starts on the authors' data; the objective agrees with the minimum in \
        their notebook, 0.00101827",
    model: Model::Chinchilla(BESIROGLU_2024_MINIMISER),
    ..PARAMETRIC
};

const MINIMISER: [Coefficient; 5] = [
    with_unit("E", 1.81721810, "nats/token"),
    with_unit("A", 477.825868, "nats"),
    with_unit("B", 2143.41736, "nats"),
    pure("alpha", 0.34731050),
    pure("beta", 0.36717243),
];

/// The entries of the paper.
pub(super) const ENTRIES: &[Entry] = &[PARAMETRIC, FITTER];
