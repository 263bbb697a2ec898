//! Numbers of the papers by knob name, typed in with where they stand, so that they are checked without any file.
//!
//! "formula" marks values that no paper prints; they were computed from the printed coefficients by a program of its own.

use std::collections::BTreeSet;

use scaling_laws::laws::Knobs;
use scaling_laws::published::{Model, catalogue, find};

/// Law, knobs, quantity, expected value, relative tolerance, where it stands.
type Row = (&'static str, &'static [(&'static str, f64)], &'static str, f64, f64, &'static str);

const RATE: &str = "learning_rate";
const BATCH: &str = "batch_tokens";
const N_OPT: &str = "optimal_params";
const D_OPT: &str = "optimal_tokens";
const SHARES: &[(&str, f64)] = &[("academic", 0.125), ("symbolic", 0.125), ("internet", 0.75)];

const ROWS: &[Row] = &[
    ("abnar2025", &[("params", 1e9), ("tokens", 2e10), ("sparsity", 0.9)], "loss", 2.7018723328, 1e-9, "formula"),
    ("aghajanyan2023.code", &[("params", 1e9), ("tokens", 1e11)], "loss", 1.8003823213, 1e-9, "formula"),
    ("aghajanyan2023.speech", &[("params", 1e9), ("tokens", 1e11)], "loss", 3.7403455251, 1e-9, "formula"),
    ("bergsma2025.time_scale", &[("tokens_per_param", 20.0)], "adamw_time_scale", 0.2236, 1e-3, "as quoted at 20"),
    ("besiroglu2024.parametric", &[("params", 7e10), ("tokens", 1.4e12)], "loss", 1.9738818631585637, 1e-9, "formula"),
    (
        "bjorck2024",
        &[("params_ratio", 1.0), ("tokens_ratio", 10.0)],
        "learning_rate_ratio",
        0.4786300923,
        1e-9,
        "formula",
    ),
    ("bnsl2022", &[("x", 1e3)], "value", 0.5109096060, 1e-9, "formula, past the break"),
    ("bnsl2022.figure1", &[("x", 1e10)], "value", 27.722113474, 1e-9, "formula"),
    ("busbridge2025.supervised", &[("params", 1e9), ("tokens", 2e10)], "loss", 2.3746922484, 1e-9, "formula"),
    (
        "busbridge2025.distillation",
        &[("params", 1e9), ("tokens", 1e12), ("teacher_loss", 2.0)],
        "loss",
        2.1370018652,
        1e-9,
        "formula",
    ),
    ("clark2022.s_base", &[("params", 1.3e9), ("experts", 1.0)], "loss", 2.2192, 0.02, "the dense fit of the paper"),
    ("datamix2024.academic", SHARES, "loss", 2.8471, 0.02, "measured; the authors' data"),
    ("datamix2024.prose", SHARES, "loss", 3.8037, 0.02, "measured; the authors' data"),
    ("datamix2024.dialogue", SHARES, "loss", 3.5735, 0.02, "measured; the authors' data"),
    ("datamix2024.symbolic", SHARES, "loss", 1.6861, 0.02, "measured; the authors' data"),
    ("datamix2024.internet", SHARES, "loss", 3.4680, 0.02, "measured; the authors' data"),
    ("deepseek2024.allocator", &[("flops", 1e20)], "optimal_flops_per_token", 5251267288.8, 1e-9, "formula"),
    ("deepseek2024.hparams", &[("flops", 1e20)], RATE, 9.86e-4, 0.01, "quoted for 1e20 FLOP"),
    ("deepseek2024.hparams", &[("flops", 8.5e22)], RATE, 4.2e-4, 0.02, "the released 7B"),
    ("deepseek2024.hparams", &[("flops", 8.5e22)], BATCH, 9437184.0, 0.03, "the released 7B: 2304 sequences of 4096"),
    ("farseer2025", &[("params", 1e9), ("tokens", 1e11)], "loss", 0.6646134027, 1e-9, "formula"),
    (
        "fpquant2025",
        &[("params", 1e9), ("tokens", 1e11), ("exponent_bits", 4.0), ("mantissa_bits", 3.0), ("block_size", 128.0)],
        "loss",
        2.5630699111,
        1e-9,
        "formula",
    ),
    (
        "frantar2023.vit",
        &[("params", 4e7), ("tokens", 1.8e9), ("sparsity", 0.75)],
        "loss",
        5.2702501497,
        1e-9,
        "formula",
    ),
    ("frantar2023.t5", &[("params", 8e7), ("tokens", 1e11), ("sparsity", 0.75)], "loss", 1.6078060380, 1e-9, "formula"),
    ("gadre2024.loss.c4", &[("params", 1e9), ("tokens", 2e10)], "loss", 2.7403758655, 1e-9, "formula"),
    (
        "gadre2024.loss.refinedweb",
        &[("params", 1e9), ("tokens", 2e10)],
        "loss",
        2.8463795616,
        1e-9,
        "the digits printed",
    ),
    (
        "gadre2024.loss.redpajama",
        &[("params", 6889410560.0), ("tokens", 137788211200.0)],
        "loss",
        2.424993,
        7.5e-3,
        "measured, held out: 6.9B at 20 tokens per parameter",
    ),
    (
        "gadre2024.downstream.redpajama_17",
        &[("loss", 2.424993)],
        "error_rate",
        0.471637,
        0.04,
        "measured: the same run",
    ),
    ("hagele2024", &[("progress", 0.81)], "learning_rate_share", 0.1, 1e-9, "the shape"),
    ("henighan2020.language.L_N", &[("params", 1e9)], "loss", 2.2999172651, 1e-9, "formula"),
    ("henighan2020.language.L_C", &[("flops", 8.64e19)], "loss", 2.5700159271, 1e-9, "formula, one PF-day"),
    ("henighan2020.image32x32.L_N", &[("params", 1e8)], "loss", 2.3562839119, 1e-9, "formula"),
    ("henighan2020.math.L_N", &[("params", 1e8)], "loss", 0.5126070265, 1e-9, "formula"),
    ("henighan2020.language.N_opt", &[("flops", 8.64e19)], N_OPT, 1.3e9, 0.02, "Kaplan 2020, table 6, the same line"),
    (
        "hernandez2021.text",
        &[("params", 1e9), ("fine_tuning_data", 1e8)],
        "data_transferred",
        1376428324.1,
        1e-9,
        "formula",
    ),
    (
        "hernandez2021.text_and_code",
        &[("params", 1e9), ("fine_tuning_data", 1e8)],
        "data_transferred",
        3237570951.2,
        1e-9,
        "formula",
    ),
    ("ho2024", &[("months", 12.0)], "effective_compute_factor", 2.68, 0.01, "growth per year"),
    ("hoffmann2022.approach1", &[("flops", 1.23e22)], N_OPT, 1e10, 0.01, "table 3, 10B"),
    ("hoffmann2022.approach2", &[("flops", 1.32e22)], N_OPT, 1e10, 0.01, "table A3, 10B"),
    ("hoffmann2022.approach3_table", &[("flops", 2.46e22)], N_OPT, 1e10, 0.01, "table A3, 10B"),
    (
        "hoffmann2022.flops",
        &[
            ("tokens", 1.0),
            ("layers", 80.0),
            ("width", 8192.0),
            ("heads", 64.0),
            ("attention_width", 8192.0),
            ("feed_forward", 32768.0),
        ],
        "training_flops",
        // Four matrices of attention where the count of parameters, 70B, has a fifth for relative positions.
        6.0 * 80.0 * (4.0 * 8192.0 * 8192.0 + 2.0 * 8192.0 * 32768.0 + 2.0 * 2048.0 * 8192.0 + 1.5 * 64.0 * 2048.0),
        1e-12,
        "appendix F, summed by hand for Chinchilla's shape",
    ),
    ("hoffmann2022.parametric_tex", &[("params", 7e10), ("tokens", 1.4e12)], "loss", 1.9208460266, 1e-9, "formula"),
    ("kaplan2020.B_crit", &[("loss", 1.0)], "critical_batch", 2e8, 1e-12, "B_* is the batch at one nat"),
    ("kaplan2020.L_N", &[("params", 8.8e13)], "loss", 1.0, 1e-12, "N_c is the size at one nat"),
    ("kaplan2020.L_D", &[("tokens", 5.4e13)], "loss", 1.0, 1e-12, "D_c is the data at one nat"),
    ("kaplan2020.L_C", &[("flops", 1.6e7 * 8.64e19)], "loss", 1.0, 1e-12, "C_c is the compute at one nat"),
    ("kaplan2020.L_Cmin", &[("flops", 1.12e4 * 8.64e19)], "loss", 1.7, 0.03, "section 6.3: L* at the crossing"),
    ("kaplan2020.L_NS", &[("params", 1e8), ("steps", 1e5)], "loss", 2.8558889169, 1e-9, "formula"),
    ("kaplan2020.allocator", &[("flops", 8.64e19)], N_OPT, 1.3e9, 1e-9, "table 6"),
    ("kaplan2020.appendixB", &[("flops", 8.64e19)], N_OPT, 584408241.07, 1e-9, "formula"),
    ("kaplan2020.appendixB", &[("flops", 160977860.87 * 8.64e19)], "loss", 1.0, 1e-9, "C_c is the compute at one nat"),
    (
        "kaplan2020.flops",
        &[("params", 174.6e9), ("tokens", 3e11)],
        "training_flops",
        3.14e23,
        3e-3,
        "GPT-3, appendix D",
    ),
    (
        "krajewski2024.moe",
        &[("params", 43e9), ("tokens", 28.94e9), ("granularity", 16.0)],
        "loss",
        2.491,
        0.011,
        "table 2, 64x1B",
    ),
    (
        "krajewski2024.moe",
        &[("params", 43e12), ("tokens", 7.94e12), ("granularity", 64.0)],
        "loss",
        1.367,
        0.011,
        "table 2, 64x1T",
    ),
    ("kumar2024.precision", &[("params", 1e8), ("tokens", 2e9)], "loss", 3.6585972849, 1e-9, "formula"),
    ("llama3.allocator", &[("flops", 3.8e25)], D_OPT, 16.55e12, 0.02, "text: 402B parameters on 16.55T tokens"),
    (
        "m4_2022",
        &[("x", 100.0), ("beta", 2.0), ("c", -0.5), ("alpha", 1.0), ("e_inf", 0.1)],
        "error_rate",
        0.25,
        1e-9,
        "formula: (e - 0.1)/(1 - e) = 0.2",
    ),
    ("mccandlish2018", &[("batch", 1e6), ("critical_batch", 1e6)], "steps_factor", 2.0, 1e-12, "at the critical batch"),
    ("minicpm2024.batch", &[("loss", 2.5)], BATCH, 3977770.4413, 1e-9, "formula"),
    // (192 C/6)^(1/2)
    ("minicpm2024.ratio", &[("flops", 4.1e21)], D_OPT, 3.622154e11, 0.01, "text: 192 tokens per parameter"),
    ("moonlight2025", &[("flops", 1e20)], RATE, 9.2003366930e-4, 1e-9, "formula"),
    ("moonlight2025", &[("flops", 1e20)], BATCH, 1227194.3769, 1e-9, "formula"),
    (
        "muennighoff2023",
        &[("params", 6.34e9), ("tokens", 242e9), ("unique_tokens", 25e9)],
        "loss",
        2.2256440890,
        1e-9,
        "example of the authors' README",
    ),
    ("pearce2024", &[("params", 1e15)], "local_exponent", 0.4565, 1e-3, "embeddings vanish: Chinchilla's own exponent"),
    ("pearce2024.without_embeddings", &[("total_params", 20_231_625.8)], "params", 1e7, 1e-7, "10M + 47491 10M^(1/3)"),
    (
        "porian2024.allocator.refinedweb.kaplan_reproduction",
        &[("flops", 5.88e23)],
        N_OPT,
        3e12,
        0.02,
        "quoted for 5.88e23",
    ),
    (
        "porian2024.allocator.refinedweb.last_layer_flops",
        &[("flops", 5.88e23)],
        N_OPT,
        787e9,
        0.02,
        "quoted for 5.88e23",
    ),
    ("porian2024.allocator.refinedweb.short_warmup", &[("flops", 5.88e23)], N_OPT, 292e9, 0.02, "quoted for 5.88e23"),
    ("porian2024.allocator.refinedweb.cosine", &[("flops", 5.88e23)], N_OPT, 183e9, 0.02, "quoted for 5.88e23"),
    ("porian2024.allocator.refinedweb.tuned", &[("flops", 5.88e23)], N_OPT, 77e9, 0.02, "quoted for 5.88e23"),
    ("porian2024.hparams", &[("params", 108e6)], BATCH, 327680.0, 0.03, "the authors' code: 160 sequences of 2048"),
    ("porian2024.hparams", &[("params", 1e9)], RATE, 2.1291277681e-3, 1e-9, "formula"),
    // The loss of a Chinchilla-optimal 7B under these coefficients.
    (
        "sardana2023.inference",
        &[("loss", 2.127426380716915), ("inference_tokens", 1e11)],
        N_OPT,
        6e9,
        0.01,
        "example: 7B, 1e11 tokens",
    ),
    (
        "sardana2023.inference",
        &[("loss", 2.127426380716915), ("inference_tokens", 1e11)],
        D_OPT,
        326194032306.59344,
        0.01,
        "example: 1.18 times the tokens",
    ),
    ("steplaw2025", &[("params", 1e9), ("tokens", 1e11)], RATE, 1.6324994024e-3, 1e-9, "formula"),
    ("steplaw2025", &[("params", 1e9), ("tokens", 1e11)], BATCH, 1107714.8900, 1e-9, "formula"),
    (
        "tao2024.approach2",
        &[("params", 33e6)],
        "vocabulary_params",
        3_145_728.0,
        1e-12,
        "the authors' code: V d at 33M",
    ),
    (
        "tao2024",
        &[("params", 3e9), ("vocabulary_params", 2e8), ("tokens", 1e11)],
        "unigram_normalized_loss",
        -5.2042870829,
        1e-9,
        "formula",
    ),
    (
        "tissue2024",
        &[("lr_area", 11.845845), ("lr_annealing", 0.26971)],
        "loss",
        2.6154,
        8e-3,
        "measured: cosine, 72000 steps",
    ),
    ("tissue2024", &[("lr_area", 21.2571)], "loss", 2.7157, 6e-3, "measured: constant, 72000 steps"),
    ("zhai2021.fine_tuned", &[("x", 1e4)], "value", 0.0955, 0.06, "ViT-G/14, 90.45 % at about 1e4 core-days"),
    ("zhai2021.ten_shot", &[("x", 100.0)], "value", 0.2640853268, 1e-9, "formula"),
    (
        "zhang2024_cbs.chinchilla",
        &[("params", 151e6)],
        "critical_batch",
        961.39,
        0.03,
        "the law at 3.07B tokens, where they meet",
    ),
    ("zhang2024_cbs.fixed_tokens", &[("params", 151e6)], "critical_batch", 961.3931124591, 1e-9, "formula"),
    (
        "zhang2024_cbs.tokens",
        &[("tokens", 6.04e9)],
        "critical_batch",
        1364.64,
        0.02,
        "the law of sizes at 302M, D = 20N",
    ),
];

/// Laws without a row, because nobody prints a number of theirs, or another file holds it.
const WITHOUT: &[&str] = &[
    "aghajanyan2023.molecules",
    "bergsma2025.batch",
    "besiroglu2024.fitter",
    "clark2022.hash",
    "clark2022.rl_r",
    "gadre2024.downstream.",
    "henighan2020.",
    "hoffmann2022.parametric_",
    "kaplan2020.L_ND",
    "krajewski2024.dense",
    "ludziejewski2025",
    "porian2024.allocator.openwebtext2.",
    "sardana2023.",
    "sovit2023",
    "tissue2024.",
];

#[test]
fn every_typed_number_is_what_the_law_gives() {
    let mut faults = Vec::new();
    for &(law, knobs, quantity, expected, tolerance, source) in ROWS {
        let at = knobs.iter().fold(Knobs::new(), |all, (name, value)| all.with(name, *value));
        let values = match find(law).unwrap().evaluate(&at) {
            Ok(values) => values,
            Err(error) => {
                faults.push(format!("{law}: {error}"));
                continue;
            }
        };
        let Some((_, value)) = values.iter().find(|(given, _)| given.name == quantity) else {
            faults.push(format!("{law} gives no {quantity}: {values:?}"));
            continue;
        };
        if (value - expected).abs() > tolerance * expected.abs() {
            faults.push(format!("{law} {quantity}: {value}, {expected} expected ({source})"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_law_has_a_row_or_is_named_as_without() {
    let with: BTreeSet<&str> = ROWS.iter().map(|row| find(row.0).unwrap().id).collect();
    for entry in catalogue().iter().filter(|entry| !matches!(entry.model, Model::Curve(_))) {
        let without = WITHOUT.iter().any(|prefix| entry.id.starts_with(prefix));
        assert!(without || with.contains(entry.id), "{}", entry.id);
    }
    for prefix in WITHOUT {
        assert!(catalogue().iter().any(|e| e.id.starts_with(prefix) && !with.contains(e.id)), "{prefix}");
    }
}
