//! Resolving Discrepancies in Compute-Optimal Scaling of Language Models (2024).

use super::entry::{BLANK, Entry, Model, TOTAL, pure};
use crate::laws::AllocationLine;

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

const PAPER: Entry = Entry {
    title: "Resolving Discrepancies in Compute-Optimal Scaling of Language Models",
    authors: "Porian, Wortsman, Jitsev, Schmidt, Carmon",
    year: 2024,
    arxiv: "2406.19146",
    ..BLANK
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "porian2024.allocator.refinedweb.kaplan_reproduction",
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 4.23197e-08), pure("a", 0.8353)],
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
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 1.27018e-05), pure("a", 0.70647)],
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
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.00143092), pure("a", 0.60204)],
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
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.00476929), pure("a", 0.57149)],
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
        aliases: &["porian2024"],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.118926), pure("a", 0.496895)],
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
        aliases: &[],
        equation: "the authors' summary tables",
        formula: "N_opt = k C^a",
        coefficients: &[pure("k", 0.0469353), pure("a", 0.51845)],
        conventions: TOTAL,
        note: "Experiment: OpenWebText2/tuned_constant_lr. 5M to about 900M parameters; FLOP grid 1.25e16 x 2^i up to about 2e19; OpenWebText2 and RefinedWeb; GPT-NeoX-style tokenizer, 50k. N excludes the input embedding, includes the output head; FLOPs include the head after the first correction.",
        good_for: "attribution of the exponent; best small-scale tuned exponent",
        errata: &[],
        verified: true,
        verification: "formll/resolving-scaling-law-discrepancies, stored summary tables read (restricted unpickler)",
        model: Model::Line(PORIAN_2024_OPENWEBTEXT2_TUNED),
        ..PAPER
    },
];
