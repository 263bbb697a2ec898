//! Resolving Discrepancies in Compute-Optimal Scaling of Language Models (2024).

use super::Model;
use super::entry::{BLANK, Entry, TOTAL, fitted_on, pure, with_unit};
use crate::laws::{AllocationLine, Factor, Knob, PowerRule, PowerRules, Quantity};
use crate::units::Domain;

const DOMAIN: Domain = fitted_on(Some((5e6, 900e6)), None, Some((1.25e16, 2e19)));

/// Porian 2024: Experiment: RefinedWeb/kaplan_reproduction (`porian2024.allocator.refinedweb.kaplan_reproduction`).
pub const PORIAN_2024_REFINEDWEB_KAPLAN_REPRODUCTION: AllocationLine =
    AllocationLine::known(-16.978013138268373, 0.8353, TOTAL);

/// Porian 2024: Experiment: RefinedWeb/+last_layer_flops (`porian2024.allocator.refinedweb.last_layer_flops`).
pub const PORIAN_2024_REFINEDWEB_LAST_LAYER_FLOPS: AllocationLine =
    AllocationLine::known(-11.273766842259334, 0.70647, TOTAL);

/// Porian 2024: Experiment: RefinedWeb/+short_warmup (`porian2024.allocator.refinedweb.short_warmup`).
pub const PORIAN_2024_REFINEDWEB_SHORT_WARMUP: AllocationLine =
    AllocationLine::known(-6.549437684932129, 0.60204, TOTAL);

/// Porian 2024: Experiment: RefinedWeb/+cosine (`porian2024.allocator.refinedweb.cosine`).
pub const PORIAN_2024_REFINEDWEB_COSINE: AllocationLine = AllocationLine::known(-5.345557832120863, 0.57149, TOTAL);

/// Porian 2024: Experiment: RefinedWeb/tuned_constant_lr (`porian2024.allocator.refinedweb.tuned`).
pub const PORIAN_2024_REFINEDWEB_TUNED: AllocationLine = AllocationLine::known(-2.1292538280382236, 0.496895, TOTAL);

/// Porian 2024: Experiment: OpenWebText2/kaplan_reproduction (`porian2024.allocator.openwebtext2.kaplan_reproduction`).
pub const PORIAN_2024_OPENWEBTEXT2_KAPLAN_REPRODUCTION: AllocationLine =
    AllocationLine::known(-18.16992202560518, 0.86351, TOTAL);

/// Porian 2024: Experiment: OpenWebText2/tuned_constant_lr (`porian2024.allocator.openwebtext2.tuned`).
pub const PORIAN_2024_OPENWEBTEXT2_TUNED: AllocationLine = AllocationLine::known(-3.058985221395137, 0.51845, TOTAL);

static HYPERPARAMETER_RULES: [PowerRule; 2] = [
    PowerRule::known(Quantity::LEARNING_RATE, 3.7, &[Factor::new(Knob::PARAMS, -0.36)]),
    PowerRule::known(Quantity::BATCH_TOKENS, 0.7576, &[Factor::new(Knob::PARAMS, 0.703)]),
];

/// Learning rate and batch from size, at D = 20N (Porian 2024).
pub const PORIAN_2024_HYPERPARAMETERS: PowerRules =
    PowerRules::known(&[Knob::PARAMS], &[Quantity::LEARNING_RATE, Quantity::BATCH_TOKENS], &HYPERPARAMETER_RULES);

const PAPER: Entry = Entry {
    title: "Resolving Discrepancies in Compute-Optimal Scaling of Language Models",
    authors: "Porian, Wortsman, Jitsev, Schmidt, Carmon",
    year: 2024,
    arxiv: "2406.19146",
    domain: DOMAIN,
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "porian2024.allocator.refinedweb.kaplan_reproduction",
        data: "RefinedWeb",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 4.23197e-08), pure("a", 0.8353).interval(0.95, 0.8235, 0.846)],
        conventions: TOTAL,
        note: "Experiment: RefinedWeb/kaplan_reproduction. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_REFINEDWEB_KAPLAN_REPRODUCTION),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.refinedweb.last_layer_flops",
        data: "RefinedWeb",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 1.27018e-05), pure("a", 0.70647).interval(0.95, 0.6915, 0.7169)],
        conventions: TOTAL,
        note: "Experiment: RefinedWeb/+last_layer_flops. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_REFINEDWEB_LAST_LAYER_FLOPS),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.refinedweb.short_warmup",
        data: "RefinedWeb",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.00143092), pure("a", 0.60204).interval(0.95, 0.5914, 0.6173)],
        conventions: TOTAL,
        note: "Experiment: RefinedWeb/+short_warmup. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_REFINEDWEB_SHORT_WARMUP),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.refinedweb.cosine",
        data: "RefinedWeb",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.00476929), pure("a", 0.57149).interval(0.95, 0.5598, 0.5885)],
        conventions: TOTAL,
        note: "Experiment: RefinedWeb/+cosine. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_REFINEDWEB_COSINE),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.refinedweb.tuned",
        data: "RefinedWeb",
        aliases: &["porian2024"],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.118926), pure("a", 0.496895).interval(0.95, 0.4907, 0.5045)],
        conventions: TOTAL,
        note: "Experiment: RefinedWeb/tuned_constant_lr. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_REFINEDWEB_TUNED),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.openwebtext2.kaplan_reproduction",
        data: "OpenWebText2",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 1.285e-08), pure("a", 0.86351)],
        conventions: TOTAL,
        note: "Experiment: OpenWebText2/kaplan_reproduction. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_OPENWEBTEXT2_KAPLAN_REPRODUCTION),
        ..PAPER
    },
    Entry {
        id: "porian2024.allocator.openwebtext2.tuned",
        data: "OpenWebText2",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.0469353), pure("a", 0.51845).interval(0.95, 0.4931, 0.5414)],
        conventions: TOTAL,
        note: "Experiment: OpenWebText2/tuned_constant_lr. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_OPENWEBTEXT2_TUNED),
        ..PAPER
    },
    Entry {
        id: "porian2024.hparams",
        equation: "the tuned hyper-parameters, as later papers quote them",
        formula: "learning rate = lr_coef N^lr_exp; batch = b_coef N^b_exp tokens",
        coefficients: &[
            pure("lr_coef", 3.7),
            pure("lr_exp", -0.36),
            with_unit("b_coef", 0.7576, "tokens"),
            pure("b_exp", 0.703),
        ],
        conventions: TOTAL,
        domain: fitted_on(Some((5e6, 108e6)), None, None),
        note: "Tuned at 5M to 108M parameters, D = 20N, AdamW. N without the input embedding, with the output head.",
        good_for: "hyper-parameters at Chinchilla's ratio, small models",
        errata: &[],
        verified: true,
        verification: "second-hand table and the authors' code: 160 sequences of 2048 at 108M, where the rule gives 164",
        model: Model::Formula(&PORIAN_2024_HYPERPARAMETERS),
        ..PAPER
    },
];
