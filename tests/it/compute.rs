//! Shapes, FLOPs, memory, clusters and trends against numbers that others have printed.

use scaling_laws::{
    Accelerator, BlockScale, Cluster, Date, Experts, FlopCount, Flops, Norm, NumberFormat, ParamCount, Positions,
    Recomputation, Shape, Sharding, Tokens, TrainingSetup, Warning, Zero, accelerator, accelerators, trend, trends,
};

use crate::shared::shared;

/// A shape of Table A9 of Hoffmann 2022: Transformer-XL's positions, no norms counted, V = 32000.
fn chinchilla(layers: u64, width: u64, heads: u64, head_size: u64, feed_forward: u64) -> Shape {
    Shape::builder(layers, width)
        .heads(heads)
        .head_size(head_size)
        .feed_forward(feed_forward)
        .positions(Positions::Relative)
        .norm(Norm::Uncounted)
        .build()
        .unwrap()
}

#[test]
fn all_shapes_of_chinchilla_s_table_have_its_parameters() {
    let Some(path) = shared("laws/laws.json") else { return };
    let laws: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let facts = laws["facts"].as_array().unwrap();
    let table = facts.iter().find(|fact| fact["id"] == "chinchilla_table_A9").unwrap();
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 50);
    for row in rows {
        let [millions, width, feed_forward, head_size, heads, layers] =
            [0, 1, 2, 3, 4, 5].map(|i| row[i].as_u64().unwrap());
        let shape = chinchilla(layers, width, heads, head_size, feed_forward);
        let ratio = shape.params(ParamCount::Total).unwrap().get() / (millions as f64 * 1e6);
        // "Within 0.8 %" holds as rounded: the smallest row, printed to two digits, is off by 0.802 %.
        assert!((ratio - 1.0).abs() < 0.00805, "{row}: {ratio}");
    }
}

#[test]
fn chinchilla_and_gopher_have_their_stated_size() {
    // Hoffmann 2022, Table 4: Gopher 80 layers, 128 heads of 128, width 16384; Chinchilla half as wide.
    let total = |shape: Shape| shape.params(ParamCount::Total).unwrap().get();
    assert!((total(chinchilla(80, 8192, 64, 128, 32768)) / 70e9 - 1.0).abs() < 2e-3);
    assert!((total(chinchilla(80, 16384, 128, 128, 65536)) / 280e9 - 1.0).abs() < 4e-3);
}

#[test]
fn appendix_f_over_6nd_is_what_hoffmann_prints() {
    // Table A4; the ratios come out without the two vocabulary terms, to the printed .01.
    let count = FlopCount::Hoffmann { vocabulary: false };
    for (layers, width, heads, head_size, printed) in [
        (10, 640, 10, 64, 1.03),
        (20, 1024, 16, 64, 1.10),
        (24, 1280, 10, 128, 1.08),
        (26, 1792, 14, 128, 1.04),
        (28, 2048, 16, 128, 1.03),
        (40, 3584, 28, 128, 0.99),
    ] {
        let shape = chinchilla(layers, width, heads, head_size, 4 * width);
        let flops = |count| shape.training_flops_per_token(count).unwrap();
        let ratio = flops(count) / flops(FlopCount::SixN);
        assert!((ratio - printed).abs() < 0.0055, "{width}: {ratio}");
        if width == 640 {
            let all = flops(FlopCount::Hoffmann { vocabulary: true }) / flops(FlopCount::SixN);
            assert!((all - 1.58).abs() < 0.005, "{all}");
        }
    }
}

#[test]
fn deepseek_s_table_of_parameters_and_flops_a_token_comes_back() {
    // DeepSeek LLM 2024, Table 3, with context 4096 and vocabulary 102400: layers, width, N1 without and N2 with the
    // vocabulary once, M, and the ratios 6N1/M and 6N2/M, which are cut off as often as rounded.
    for (layers, width, first, second, m, by_first, by_second) in [
        (8, 512, 25.2e6, 77.6e6, 352e6, 0.43, 1.32),
        (12, 768, 84.9e6, 164e6, 963e6, 0.53, 1.02),
        (24, 1024, 302e6, 407e6, 3.02e9, 0.60, 0.81),
        (24, 2048, 1.21e9, 1.42e9, 9.66e9, 0.75, 0.88),
        (32, 4096, 6.44e9, 6.86e9, 45.1e9, 0.85, 0.91),
        (40, 5120, 12.6e9, 13.1e9, 85.6e9, 0.88, 0.92),
        (80, 8192, 64.4e9, 65.3e9, 419e9, 0.92, 0.94),
    ] {
        let builder = Shape::builder(layers, width).vocabulary(102_400).context(4096).norm(Norm::Uncounted);
        let shape = builder.build().unwrap();
        let flops = |count| shape.training_flops_per_token(count).unwrap().get();
        let close =
            |computed: f64, printed: f64| assert!((computed / printed - 1.0).abs() < 3e-3, "{computed} {printed}");
        close(shape.params(ParamCount::NonEmbedding).unwrap().get(), first);
        close(shape.params(ParamCount::Total).unwrap().get(), second);
        close(flops(FlopCount::DeepSeek), m);
        for (count, printed) in [(FlopCount::SixNonEmbedding, by_first), (FlopCount::SixN, by_second)] {
            let ratio = flops(count) / flops(FlopCount::DeepSeek);
            assert!((ratio - printed).abs() < 0.0075, "{layers} x {width}: {ratio} {printed}");
        }
    }
}

#[test]
fn kaplan_s_count_and_gpt_3_s_compute_come_back() {
    // Kaplan 2020: 2N + 2·L·n_ctx·d_attn forward. Brown 2020, Table D.1: 174 600M parameters, 300B tokens, 3.14e23 FLOP.
    let gpt_3 = Shape::builder(96, 12288).vocabulary(50257).positions(Positions::Learned).build().unwrap();
    assert!((gpt_3.params(ParamCount::Total).unwrap().get() / 174.6e9 - 1.0).abs() < 1e-3);
    let tokens = Tokens::billions(300.0).unwrap();
    let six = gpt_3.training_flops(FlopCount::SixN, tokens).unwrap();
    assert!((six.get() / 3.14e23 - 1.0).abs() < 2e-3 && (six.pf_days() / 3640.0 - 1.0).abs() < 2e-3);
    let forward = gpt_3.forward_flops_per_token(FlopCount::Kaplan).unwrap().get();
    assert_eq!(forward, 2.0 * 12.0 * 96.0 * 12288f64.powi(2) + 2.0 * 96.0 * 2048.0 * 12288.0);
    let back = gpt_3.tokens_for(FlopCount::SixN, six).unwrap();
    assert!((back.get() / 300e9 - 1.0).abs() < 1e-14);
}

#[test]
fn palm_has_its_parameters_and_its_utilisation() {
    // Chowdhery 2022, Table 1 (8.63B, 62.50B, 540.35B) and section 4: 238.3K tokens/s on 6144 TPU v4 are 46.2 % MFU.
    let palm = |layers, width, heads| {
        Shape::builder(layers, width)
            .heads(heads)
            .head_size(256)
            .kv_heads(1)
            .feed_forward(4 * width)
            .gated(true)
            .vocabulary(256_000)
            .norm(Norm::Uncounted)
            .build()
            .unwrap()
    };
    for (layers, width, heads, billions) in [(32, 4096, 16, 8.63), (64, 8192, 32, 62.50), (118, 18432, 48, 540.35)] {
        let total = palm(layers, width, heads).parts().total() as f64 / 1e9;
        assert!((total - billions).abs() < 0.005, "{total}");
    }
    let flops = palm(118, 18432, 48).training_flops_per_token(FlopCount::Palm).unwrap();
    let peak = 6144.0 * accelerator("TPU-v4").unwrap().peak(NumberFormat::Bf16).unwrap();
    assert!((238.3e3 * flops.get() / peak - 0.462).abs() < 5e-4);
}

#[test]
fn experts_are_counted_as_the_tokens_use_them() {
    let dense = Shape::builder(24, 2048).gated(true).build().unwrap();
    let experts = Experts::new(64, 8, dense.feed_forward() / 8);
    let sparse = dense.to_builder().experts(experts).build().unwrap();
    let router = 3.0 * 2.0 * (24 * 2048 * 64) as f64;
    for count in [FlopCount::DeepSeek, FlopCount::Matmul { causal: true }, FlopCount::SixNonEmbedding] {
        let flops = |shape: Shape| shape.training_flops_per_token(count).unwrap().get();
        assert!((flops(sparse) - flops(dense) - router).abs() <= 1e-9 * flops(dense), "{count}");
    }
    assert!(sparse.parts().total() > 5 * dense.parts().total());
}

#[test]
fn grouped_queries_and_windows_cost_what_they_should() {
    let full = Shape::builder(32, 4096).context(32768).build().unwrap();
    let grouped = full.to_builder().kv_heads(8).build().unwrap();
    let cache = |shape: Shape| shape.kv_cache_bytes(1, 32768, NumberFormat::Fp16);
    assert_eq!(cache(full) / cache(grouped), 4.0);
    // Llama 2 7B keeps half a megabyte a token.
    assert_eq!(full.kv_cache_bytes_per_token(NumberFormat::Fp16), 524_288.0);
    let windowed = full.to_builder().window(Some(4096)).build().unwrap();
    let flops = |shape: Shape, causal| shape.training_flops_per_token(FlopCount::Matmul { causal }).unwrap().get();
    let attention = |shape: Shape, causal| {
        flops(shape, causal) - flops(shape.with_context(1).unwrap(), causal) + 12.0 * (32 * 4096) as f64
    };
    assert!((attention(full, false) / attention(full, true) - 2.0).abs() < 1e-4);
    assert!((attention(full, false) / attention(windowed, false) - 8.0).abs() < 1e-9);
    // Sardana's and Hoffmann's counts do not know the window; the exact one does.
    assert_eq!(
        full.training_flops_per_token(FlopCount::DeepSeek).unwrap(),
        windowed.training_flops_per_token(FlopCount::DeepSeek).unwrap()
    );
}

#[test]
fn a_published_plan_of_training_fits_and_a_smaller_one_does_not() {
    // Narayanan 2021, Table 1: 175B on 1024 A100 of 80 GB with tensor 8 and pipeline 16, full recomputation.
    let shape = Shape::builder(96, 12288).vocabulary(51200).positions(Positions::Learned).build().unwrap();
    let setup = |pipeline| {
        TrainingSetup::mixed(NumberFormat::Fp16)
            .gradients(NumberFormat::Fp32)
            .sharding(Sharding::new(8, 8, pipeline))
            .recomputation(Recomputation::Full)
    };
    let bytes = |pipeline| shape.training_memory(&setup(pipeline)).unwrap().total();
    assert!(bytes(16) < 80e9 && bytes(2) > 80e9, "{} {}", bytes(16), bytes(2));
    // The optimiser's share falls with ZeRO, the rest does not.
    let plain = shape.training_memory(&setup(16)).unwrap();
    let zero = setup(16).sharding(Sharding::new(8, 8, 16).zero(Zero::Optimizer));
    let shared = shape.training_memory(&zero).unwrap();
    assert_eq!((shared.weights, shared.activations), (plain.weights, plain.activations));
    assert!((shared.optimizer * 8.0 / plain.optimizer - 1.0).abs() < 1e-12);
}

#[test]
fn training_times_of_megatron_come_back() {
    // Narayanan 2021, section 5.1: 8·N·D FLOP with recomputation; 175B, 300B tokens on 1024 A100 at 140 TFLOP/s take
    // 34 days; 1T, 450B tokens on 3072 at 163 TFLOP/s take 84 days.
    for (params, tokens, devices, reached, days) in
        [(175e9, 300e9, 1024, 140e12, 34.0), (1e12, 450e9, 3072, 163e12, 84.0)]
    {
        let cluster = Cluster::new(accelerator("A100").unwrap().clone(), devices).unwrap();
        let cluster = cluster.utilisation(reached / 312e12).unwrap();
        let bill = cluster.bill(Flops::new(8.0 * params * tokens).unwrap());
        assert!((bill.days() - days).abs() < 1.0, "{}", bill.days());
    }
}

#[test]
fn energy_is_the_one_that_meta_reports() {
    // Touvron 2023 (LLaMA), Table 15: A100-80GB at 400 W, PUE 1.1, MWh = GPU-hours · W · PUE.
    let cluster = Cluster::new(accelerator("A100").unwrap().clone(), 2048).unwrap();
    for (hours, megawatt_hours) in [(82_432.0, 36.0), (135_168.0, 59.0), (530_432.0, 233.0), (1_022_362.0, 449.0)] {
        let flops = cluster.flops_in_days(hours / 2048.0 / 24.0).unwrap();
        let bill = cluster.bill(flops).with_pue(1.1).unwrap();
        assert!((bill.device_hours() / hours - 1.0).abs() < 1e-12);
        assert!((bill.kilowatt_hours().unwrap() / 1e3 - megawatt_hours).abs() < 1.0);
    }
}

#[test]
fn llama_3_s_hours_imply_a_utilisation_near_the_reported_one() {
    // Llama 3 2024: 3.8e25 FLOP, 30.84M H100-hours (model card), MFU 38 to 43 % while running.
    let hours = 30.84e6;
    let cluster = Cluster::new(accelerator("H100").unwrap().clone(), 16_384).unwrap().utilisation(1.0).unwrap();
    let mfu = 3.8e25 / cluster.flops_in_days(hours / 24.0 / 16_384.0).unwrap().get();
    assert!((0.33..0.40).contains(&mfu), "{mfu}");
}

#[test]
fn formats_have_the_limits_of_the_shared_table() {
    let Some(path) = shared("laws/laws.json") else { return };
    let laws: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let facts = laws["facts"].as_array().unwrap();
    let rows = facts.iter().find(|fact| fact["id"] == "number_formats").unwrap()["rows"].as_array().unwrap();
    let mut seen = 0;
    for row in rows {
        let name = row[0].as_str().unwrap().replace(" (19 bits used)", "").replace(" (OCP fn)", "");
        let Ok(format) = name.parse::<NumberFormat>() else { continue };
        let close = |cell: &serde_json::Value, value: f64| {
            let number = cell.as_f64().or_else(|| cell.as_str().and_then(|text| text.parse().ok()));
            assert!(number.is_none_or(|n| (value / n - 1.0).abs() < 1e-5), "{name}: {cell} {value}");
        };
        assert_eq!(row[1].as_u64().unwrap(), u64::from(format.bits()), "{name}");
        close(&row[2], format.largest());
        close(&row[3], format.smallest_normal());
        if let Some(epsilon) = format.epsilon() {
            close(&row[4], format.smallest_subnormal());
            close(&row[5], epsilon);
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
    assert_eq!(NumberFormat::Fp8E4M3.bytes_with_scale(BlockScale::MX), 8.25 / 8.0);
}

#[test]
fn peaks_are_those_of_the_shared_table() {
    let Some(path) = shared("laws/laws.json") else { return };
    let laws: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let facts = laws["facts"].as_array().unwrap();
    let table = facts.iter().find(|fact| fact["id"] == "hardware_peaks").unwrap();
    let columns: Vec<&str> = table["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let mut compared = 0;
    for row in table["rows"].as_array().unwrap() {
        let name = row[0].as_str().unwrap().replace(" (HGX, 1000 W)", "");
        let Ok(known) = accelerator(&name) else { continue };
        for (column, cell) in columns.iter().zip(row.as_array().unwrap()) {
            let Ok(format) = column.parse::<NumberFormat>() else { continue };
            let number = cell.as_f64().or_else(|| cell.as_str().and_then(|text| text.parse().ok()));
            let (Some(number), Ok(peak)) = (number, known.peak(format)) else { continue };
            assert!((peak / 1e12 / number - 1.0).abs() < 0.016, "{name} {format}: {peak} {number}");
            compared += 1;
        }
    }
    assert!(compared > 45, "only {compared}");
}

/// TFLOP/s (TOP/s for integers), dense, GB, TB/s and W as the makers print them; what they print with 2:4 sparsity halved.
#[test]
fn accelerators_have_the_numbers_of_their_data_sheets() {
    use NumberFormat::{Bf16, Fp4E2M1, Fp8E4M3, Fp16, Fp32, Fp64, Int8, Tf32};
    type Sheet = (&'static str, &'static [(NumberFormat, f64)], f64, f64, Option<f64>);
    // V100 data sheet of 2020; A100 of 2021; H100 white paper and data sheet (1979 sparse in BF16, 3958 in FP8); H200 data
    // sheet; Blackwell technical brief (4500 and 5000 sparse in BF16); Google Cloud's pages of each TPU, TPU v4's power from
    // Jouppi 2023.
    const H100: &[(NumberFormat, f64)] = &[
        (Fp64, 34.0),
        (Fp32, 67.0),
        (Tf32, 989.4 / 2.0),
        (Bf16, 1978.9 / 2.0),
        (Fp16, 1978.9 / 2.0),
        (Fp8E4M3, 3957.8 / 2.0),
        (Int8, 3957.8 / 2.0),
    ];
    let sheets: [Sheet; 14] = [
        ("V100-SXM", &[(Fp64, 7.8), (Fp32, 15.7), (Fp16, 125.0)], 32.0, 0.9, Some(300.0)),
        ("V100-PCIe", &[(Fp64, 7.0), (Fp32, 14.0), (Fp16, 112.0)], 32.0, 0.9, Some(250.0)),
        (
            "A100-SXM",
            &[(Fp64, 9.7), (Fp32, 19.5), (Tf32, 156.0), (Bf16, 312.0), (Int8, 624.0)],
            80.0,
            2.039,
            Some(400.0),
        ),
        ("A100-SXM-40GB", &[(Bf16, 312.0), (Fp16, 312.0)], 40.0, 1.555, Some(400.0)),
        ("A100-PCIe", &[(Bf16, 312.0), (Fp16, 312.0)], 80.0, 1.935, Some(300.0)),
        ("H100-SXM", H100, 80.0, 3.35, Some(700.0)),
        (
            "H100-PCIe",
            &[(Fp64, 26.0), (Fp32, 51.0), (Tf32, 378.0), (Bf16, 756.5), (Fp8E4M3, 1513.0)],
            80.0,
            2.0,
            Some(350.0),
        ),
        ("H200", H100, 141.0, 4.8, Some(700.0)),
        ("HGX-B200", &[(Fp64, 40.0), (Bf16, 2250.0), (Fp8E4M3, 4500.0), (Fp4E2M1, 9000.0)], 192.0, 8.0, Some(1000.0)),
        ("GB200", &[(Fp64, 45.0), (Bf16, 2500.0), (Fp8E4M3, 5000.0), (Fp4E2M1, 10_000.0)], 192.0, 8.0, Some(1200.0)),
        ("TPU-v4", &[(Bf16, 275.0), (Int8, 275.0)], 32.0, 1.228, Some(192.0)),
        ("TPU-v5e", &[(Bf16, 197.0), (Int8, 393.0)], 16.0, 0.819, None),
        ("TPU-v5p", &[(Bf16, 459.0), (Int8, 918.0)], 95.0, 2.765, None),
        ("TPU-v6e", &[(Bf16, 918.0), (Int8, 1836.0)], 32.0, 1.638, None),
    ];
    assert_eq!(sheets.len(), accelerators().len(), "a row without its data sheet here");
    for (name, peaks, gigabytes, terabytes, watts) in sheets {
        let known = accelerator(name).unwrap();
        for (format, printed) in peaks {
            let peak = known.peak(*format).unwrap() / 1e12;
            // Data sheets round: 33.5 is printed as 34.
            assert!((peak - printed).abs() <= 0.51_f64.max(2e-3 * printed), "{name} {format}: {peak} {printed}");
        }
        assert_eq!(known.memory_bytes(), gigabytes * 1e9, "{name}");
        assert!((known.bandwidth().unwrap() / (terabytes * 1e12) - 1.0).abs() < 1e-12, "{name}");
        assert_eq!(known.power_watts(), watts, "{name}");
        assert!(known.source().contains("NVIDIA") || known.source().contains("Google"), "{name}");
    }
}

/// Fast, central and slow doubling time in months, as published.
#[test]
fn trends_have_the_numbers_of_their_sources() {
    let years = |fast: f64, central: f64, slow: f64| [12.0 * fast, 12.0 * central, 12.0 * slow];
    let growth = |slow: f64, central: f64, fast: f64| [fast, central, slow].map(|factor| 12.0 / factor.log2());
    let published = [
        ("moore-24", [24.0; 3]),
        ("moore-30", [30.0; 3]),
        // Hobbhahn & Besiroglu 2022, Table 1.
        ("gpu-price-performance", years(2.24, 2.46, 2.72)),
        ("ml-gpu-price-performance", years(1.54, 2.07, 3.13)),
        ("top-gpu-price-performance", years(2.54, 2.95, 3.52)),
        // Hobbhahn, Heim & Aydos 2023.
        ("accelerator-price-performance", years(2.1, 2.1, 2.1)),
        ("accelerator-performance", years(2.3, 2.3, 2.3)),
        ("energy-efficiency", years(3.0, 3.0, 3.0)),
        ("memory", years(4.0, 4.0, 4.0)),
        // Sevilla & Roldán 2024, and Epoch's later 4.6.
        ("training-compute", growth(4.0, 4.6, 5.0)),
        ("frontier-llm-compute", growth(5.0, 5.0, 5.0)),
        ("training-length", growth(1.2, 1.2, 1.2)),
        // Ho 2024: 8 months, 95 % interval 5 to 14.
        ("algorithmic-progress", [4.52, 8.44, 14.27]),
    ];
    assert_eq!(published.len(), trends().len());
    for (id, expected) in published {
        let known = trend(id).unwrap().doubling_months();
        assert!(known.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-12), "{id}: {known:?} {expected:?}");
        assert!(!trend(id).unwrap().source().is_empty(), "{id}");
    }
}

#[test]
fn an_accelerator_of_one_s_own_is_as_good_as_a_known_one() {
    let mine = Accelerator::custom("mine", 96e9).unwrap().with_peak(NumberFormat::Bf16, 1e15).unwrap();
    let cluster = Cluster::new(mine, 10).unwrap().utilisation(0.5).unwrap();
    assert_eq!(cluster.flop_per_second(), 5e15);
    let error = cluster.flops_for_energy(1.0, 1.0).unwrap_err().to_string();
    assert!(error.contains("mine has no published power") && error.contains("give the watts"), "{error}");
    let bill = cluster.bill(Flops::new(4.32e20).unwrap());
    assert!((bill.days() - 1.0).abs() < 1e-12);
    assert_eq!((bill.kilowatt_hours(), bill.dollars()), (None, None));
    for (memory, peak) in [(0.0, 1.0), (f64::NAN, 1.0), (1.0, -1.0), (1.0, f64::INFINITY)] {
        assert!(Accelerator::custom("bad", memory).and_then(|a| a.with_peak(NumberFormat::Bf16, peak)).is_err());
    }
}

#[test]
fn a_trend_beyond_its_data_says_so() {
    let date = |year| Date::new(year).unwrap();
    let compute = trend("training-compute").unwrap();
    // Epoch: 4 to 5 times a year from GPT-4's 2e25 in 2023 makes about 2e29 in 2030 feasible or nearly so.
    let projected = compute.project(2.1e25, date(2023.2), date(2030.0)).unwrap();
    assert!(projected.low > 1e29 && projected.high < 2e30, "{projected:?}");
    assert!(matches!(projected.warnings[..], [Warning::BeyondTrend { .. }]));
    assert!(compute.project(1e20, date(2012.0), date(2016.0)).unwrap().warnings.is_empty());
    let old = trend("moore-24").unwrap().project(1.0, date(1980.0), date(2000.0)).unwrap();
    assert_eq!((old.central, old.low), (1024.0, 1024.0));
    assert_eq!(old.warnings[0].code(), "unverified");
    assert!(trends().len() > 10 && trend("moore").is_err());
}
