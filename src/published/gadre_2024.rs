//! Language models scale reliably with over-training and on downstream tasks (2024).

use super::Model;
use super::entry::{BLANK, Entry, Range, TOTAL, fitted_on, pure};
use crate::laws::{DownstreamError, OverTraining};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((11e6, 6.9e9)), None, None);
const RANGES: &[Range] = &[Range::new("tokens_per_param", 5.0, 640.0)];

/// Gadre 2024: Trained on C4; loss on the C4 evaluation set (`gadre2024.loss.c4`).
pub const GADRE_2024_C4: OverTraining =
    OverTraining::known([1.50826, 141.27722094249268, 189.5155, 0.121236], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RedPajama; loss on the C4 evaluation set (`gadre2024.loss.redpajama`).
pub const GADRE_2024_REDPAJAMA: OverTraining =
    OverTraining::known([1.836648, 212.2363777455836, 366.6872, 0.136426], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RefinedWeb; loss on the C4 evaluation set (`gadre2024.loss.refinedweb`).
pub const GADRE_2024_REFINEDWEB: OverTraining =
    OverTraining::known([1.734462, 157.116170872212, 246.2067, 0.127197], TOTAL, DOMAIN);

/// Gadre 2024: Trained on C4; mean over 46 tasks (`gadre2024.downstream.c4_46`).
pub const GADRE_2024_C4_46_TASKS: DownstreamError =
    DownstreamError::known([0.758949, 1.288516, 0.972164], TOTAL, DOMAIN);

/// Gadre 2024: Trained on C4; mean over 17 tasks (`gadre2024.downstream.c4_17`).
pub const GADRE_2024_C4_17_TASKS: DownstreamError =
    DownstreamError::known([0.849742, 2.078907, 0.756121], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RedPajama; mean over 46 tasks (`gadre2024.downstream.redpajama_46`).
pub const GADRE_2024_REDPAJAMA_46_TASKS: DownstreamError =
    DownstreamError::known([0.76085, 1.322899, 0.890708], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RedPajama; mean over 17 tasks (`gadre2024.downstream.redpajama_17`).
pub const GADRE_2024_REDPAJAMA_17_TASKS: DownstreamError =
    DownstreamError::known([0.856992, 2.20649, 0.714591], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RefinedWeb; mean over 46 tasks (`gadre2024.downstream.refinedweb_46`).
pub const GADRE_2024_REFINEDWEB_46_TASKS: DownstreamError =
    DownstreamError::known([0.767679, 1.128074, 0.821522], TOTAL, DOMAIN);

/// Gadre 2024: Trained on RefinedWeb; mean over 17 tasks (`gadre2024.downstream.refinedweb_17`).
pub const GADRE_2024_REFINEDWEB_17_TASKS: DownstreamError =
    DownstreamError::known([0.86528, 2.214815, 0.707049], TOTAL, DOMAIN);

const PAPER: Entry = Entry {
    title: "Language models scale reliably with over-training and on downstream tasks",
    authors: "Gadre, Smyrnis, Shankar, Gururangan, Wortsman, Shao, et al.",
    year: 2024,
    arxiv: "2403.08540",
    domain: DOMAIN,
    ranges: RANGES,
    data: "C4 evaluation set, GPT-NeoX vocabulary",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "gadre2024.loss.c4",
        aliases: &["gadre2024"],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: OverTraining::FORMULA,
        coefficients: &[pure("E", 1.50826), pure("a", 141.27722094249268), pure("b", 189.5155), pure("eta", 0.121236)],
        conventions: TOTAL,
        note: "Trained on C4; loss on the C4 evaluation set. 104 models, 11M to 6.9B parameters, M 5 to 640 tokens/param; three training sets; loss always on the C4 evaluation set; GPT-NeoX tokenizer (second-hand). C = 6ND; N all parameters; nats/token.",
        good_for: "loss of over-trained models from small ones",
        errata: &["the authors' code has a/6^eta in place of a; the paper prints a to three digits."],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_C4),
        ..PAPER
    },
    Entry {
        id: "gadre2024.loss.redpajama",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: OverTraining::FORMULA,
        coefficients: &[pure("E", 1.836648), pure("a", 212.2363777455836), pure("b", 366.6872), pure("eta", 0.136426)],
        conventions: TOTAL,
        note: "Trained on RedPajama; loss on the C4 evaluation set. 104 models, 11M to 6.9B parameters, M 5 to 640 tokens/param; three training sets; loss always on the C4 evaluation set; GPT-NeoX tokenizer (second-hand). C = 6ND; N all parameters; nats/token.",
        good_for: "loss of over-trained models from small ones",
        errata: &[
            "the authors' code has a/6^eta in place of a; the paper prints a to three digits.",
            "eta is printed to six digits, which leave the loss open by about 2e-5 nats.",
        ],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REDPAJAMA),
        ..PAPER
    },
    Entry {
        id: "gadre2024.loss.refinedweb",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: OverTraining::FORMULA,
        coefficients: &[pure("E", 1.734462), pure("a", 157.116170872212), pure("b", 246.2067), pure("eta", 0.127197)],
        conventions: TOTAL,
        note: "Trained on RefinedWeb; loss on the C4 evaluation set. 104 models, 11M to 6.9B parameters, M 5 to 640 tokens/param; three training sets; loss always on the C4 evaluation set; GPT-NeoX tokenizer (second-hand). C = 6ND; N all parameters; nats/token.",
        good_for: "loss of over-trained models from small ones",
        errata: &[
            "the authors' code has a/6^eta in place of a; the paper prints a to three digits.",
            "eta is printed to six digits; with the 0.1271975 of the authors' run the loss of 1B on 20B tokens is 2.84635 and not 2.84638.",
        ],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REFINEDWEB),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.c4_46",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.758949), pure("k", 1.288516), pure("gamma", 0.972164)],
        conventions: TOTAL,
        note: "Trained on C4; mean over 46 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_C4_46_TASKS),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.c4_17",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.849742), pure("k", 2.078907), pure("gamma", 0.756121)],
        conventions: TOTAL,
        note: "Trained on C4; mean over 17 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_C4_17_TASKS),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.redpajama_46",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.76085), pure("k", 1.322899), pure("gamma", 0.890708)],
        conventions: TOTAL,
        note: "Trained on RedPajama; mean over 46 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REDPAJAMA_46_TASKS),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.redpajama_17",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.856992), pure("k", 2.20649), pure("gamma", 0.714591)],
        conventions: TOTAL,
        note: "Trained on RedPajama; mean over 17 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REDPAJAMA_17_TASKS),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.refinedweb_46",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.767679), pure("k", 1.128074), pure("gamma", 0.821522)],
        conventions: TOTAL,
        note: "Trained on RefinedWeb; mean over 46 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REFINEDWEB_46_TASKS),
        ..PAPER
    },
    Entry {
        id: "gadre2024.downstream.refinedweb_17",
        aliases: &[],
        equation: "the law as the paper states it; coefficients by the authors' code on their runs",
        formula: DownstreamError::FORMULA,
        coefficients: &[pure("epsilon", 0.86528), pure("k", 2.214815), pure("gamma", 0.707049)],
        conventions: TOTAL,
        note: "Trained on RefinedWeb; mean over 17 tasks. Average top-1 error over 46 or over a 17-task subset of LLM Foundry tasks. L is the C4-eval loss, nats/token.",
        good_for: "downstream error from loss",
        errata: &[],
        verified: true,
        verification: "mlfoundations/scaling, its code run on its own experiment files",
        model: Model::Formula(&GADRE_2024_REFINEDWEB_17_TASKS),
        ..PAPER
    },
];
