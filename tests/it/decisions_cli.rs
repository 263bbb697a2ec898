//! Hardware, corpora and knobs on the command line of `allocate`.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{self, allocated as json, fails, near};

#[test]
fn devices_days_money_and_energy_are_budgets_and_come_back() {
    let days = json(&["--gpus", "512xH100", "--days", "30", "--mfu", "0.4", "--gpu-hour-price", "2.5"]);
    assert!(near(&days["budget_flops"], 5.2521e23), "{days}");
    let bill = &days["hardware"]["training"];
    assert!(near(&bill["days"], 30.0) && near(&bill["device_hours"], 368_640.0) && near(&bill["dollars"], 921_600.0));
    let money = json(&["--gpus", "512xH100", "--dollars", "921600", "--gpu-hour-price", "2.5"]);
    assert!(near(&money["budget_flops"], 5.2521e23), "{money}");
    let energy = bill["kilowatt_hours"].as_f64().unwrap().to_string();
    let energy = json(&["--gpus", "512xH100", "--kwh", &energy]);
    assert!(near(&energy["budget_flops"], 5.2521e23), "{energy}");
    // The smallest of several rules.
    let both = json(&["--gpus", "512xH100", "--days", "30", "--dollars", "1e4", "--gpu-hour-price", "2.5"]);
    assert!(near(&both["hardware"]["training"]["dollars"], 1e4), "{both}");
    // FP8 computes twice as fast.
    let eight = json(&["--gpus", "512xH100", "--days", "30", "--format", "fp8"]);
    assert!(near(&eight["budget_flops"], 2.0 * 5.2521e23), "{eight}");
}

#[test]
fn money_pays_for_training_and_serving_together() {
    let life = json(&[
        "--gpus",
        "512xH100",
        "--dollars",
        "1e6",
        "--gpu-hour-price",
        "2",
        "--inference-tokens",
        "1T",
        "--serve-mfu",
        "0.2",
    ]);
    let paid = |what: &str| life["hardware"][what]["dollars"].as_f64().unwrap();
    assert!((paid("training") + paid("serving") - 1e6).abs() < 1.0, "{life}");
    assert!(near(&life["dollars"], 1e6) && life["binding"][0]["limit"] == "dollars", "{life}");
}

#[test]
fn a_corpus_under_a_law_of_repeats_says_its_epochs_and_its_worth() {
    let asked = ["--law", "muennighoff2023", "--flops", "1e22", "--unique-tokens", "25B"];
    let scarce = json(&asked);
    assert!(near(&scarce["epochs"], 9.488) && near(&scarce["corpus"]["flop_per_token"], 4.364e11), "{scarce}");
    assert!(scarce["warnings"].as_array().unwrap().iter().all(|w| w["code"] != "assumed"), "{scarce}");
    let capped = json(&[&asked[..], &["--max-epochs", "4"]].concat());
    assert!(near(&capped["epochs"], 4.0) && near(&capped["corpus"]["paying_epochs"], 9.488), "{capped}");
    let says = |arguments: &[&str], words: &str| {
        command::command(&[&["allocate", "--law", "muennighoff2023", "--unique-tokens", "25B"], arguments].concat())
            .assert()
            .success()
            .stdout(contains(words));
    };
    says(&["--flops", "1e22", "--max-epochs", "2"], "2.000, by the limit epochs; 9.488 would pay");
    says(&["--flops", "1e26"], "[flat-loss]");
    says(&["--flops", "1e26"], "no FLOP do what it would");
    says(&["--loss", "2.16"], "the shortage costs 9.634 times as much");
    fails(&["allocate", "--law", "muennighoff2023", "--flops", "1e22"], 2, "--unique-tokens");
    fails(&["allocate", "--flops", "1e22", "--knob", "bits=4"], 2, "has no knobs");
}

#[test]
fn several_budgets_are_a_table() {
    let table = json(&["--flops", "1e20..1e24:5", "--max-params", "8B", "--gpus", "64xA100"]);
    let answers = table["answers"].as_array().unwrap();
    assert_eq!((answers.len(), &answers[4]["params"]), (5, &Value::from(8e9)));
    assert!(near(&table["days"][0], 0.1449), "{table}");
    let lines = json(&["--law", "llama3", "--flops", "1e24,3.8e25"]);
    assert!(near(&lines["answers"][1]["tokens"], 1.6293e13), "{lines}");
    command::command(&["allocate", "--flops", "1e21,1e22"]).assert().success().stdout(contains("2.778B"));
    // What a column counts is said where it is not all the same.
    let costly = ["allocate", "--flops", "1e21,1e22", "--gpus", "8xH100", "--gpu-hour-price", "2"];
    let serving = [&costly[..], &["--inference-tokens", "1T"]].concat();
    let said = "dollars are those of training and serving";
    command::command(&serving).assert().success().stdout(contains(said));
    command::command(&costly).assert().success().stdout(contains(said).not());
    fails(&["allocate", "--flops", "1e24..1e21"], 2, "does not rise");
}

#[test]
fn steps_and_their_seconds_limit_the_tokens() {
    let fixed = json(&["--flops", "1e22", "--max-steps", "10000", "--batch", "4M"]);
    assert!(near(&fixed["tokens"], 4e10), "{fixed}");
    let timed = json(&["--gpus", "1024xH100", "--days", "1", "--step-seconds", "8.64", "--batch", "2M"]);
    assert!(near(&timed["tokens"], 2e10), "{timed}");
    let critical = json(&["--flops", "1e24", "--max-steps", "10000"]);
    assert!(critical["binding"].as_array().unwrap().iter().any(|b| b["limit"] == "steps"), "{critical}");
    fails(&["allocate", "--flops", "1e22", "--max-steps", "10", "--batch", "huge"], 2, "critical");
}

#[test]
fn the_best_bits_experts_and_sparsity_are_found() {
    let bits = json(&["--law", "kumar2024", "--flops", "1e21", "--bits", "3..16", "--quantise", "4"]);
    assert_eq!((bits["settings"].as_array().unwrap().len(), &bits["settings"][0]["setting"]), (14, &"4 bits".into()));
    assert_eq!(bits["after_training"]["lost"], 0.0);
    let wide = json(&["--law", "kumar2024", "--flops", "1e21", "--bits", "16", "--quantise", "4"]);
    assert!(wide["after_training"]["critical_tokens"].as_f64() > wide["tokens"].as_f64(), "{wide}");
    assert!(wide["after_training"]["lost"].as_f64().unwrap() > 0.0, "{wide}");
    let floats = json(&["--law", "fpquant2025", "--flops", "1e24", "--bits", "4,6,8,16"]);
    assert_eq!(floats["settings"][0]["setting"], "E3M2");
    let experts = ["--law", "ludziejewski2025", "--flops", "1e21", "--experts", "1,2,4,8,16,32"];
    assert_eq!(json(&experts)["settings"][0]["setting"], "32 experts");
    let held = json(&[&experts[..], &["--max-total-params", "4B"]].concat());
    assert_eq!(held["settings"][0]["setting"], "8 experts");
    assert!(held["params"] == held["settings"][0]["params"], "{held}");
    let sparse = ["--law", "abnar2025", "--flops", "1e20", "--sparsity", "0,0.5,0.75,0.9,0.95,0.98"];
    let sparse = json(&[&sparse[..], &["--max-total-params", "1B"]].concat());
    assert_eq!(sparse["settings"][0]["setting"], "sparsity 0.9");
    fails(&["allocate", "--flops", "1e21", "--bits", "8"], 2, "kumar2024");
    fails(&["allocate", "--flops", "1e21", "--max-total-params", "4B"], 2, "--experts");
    fails(&["allocate", "--law", "fpquant2025", "--flops", "1e21", "--bits", "4.5"], 2, "whole number");
    fails(&["allocate", "--law", "kumar2024", "--flops", "1e21,1e22", "--bits", "8"], 2, "one budget");
    fails(&["allocate", "--law", "kumar2024", "--flops", "1e21", "--bits", "-8"], 2, "");
}

#[test]
fn granularity_is_asked_with_routing_in_its_cost() {
    // Krajewski 2024, Table 2: 7B active parameters on 137.6B tokens with G = 32 at 6.46e21 FLOP.
    let fine = json(&["--law", "krajewski2024", "--flops", "6.46e21", "--granularity", "1,2,4,8,16,32,64"]);
    assert_eq!(fine["settings"][0]["setting"], "G = 32");
    assert!((fine["params"].as_f64().unwrap() / 7e9 - 1.0).abs() < 0.022, "{fine}");
    assert!((fine["tokens"].as_f64().unwrap() / 137.6e9 - 1.0).abs() < 0.025, "{fine}");
    let ask = |more: &[&'static str]| [&["allocate", "--law", "krajewski2024", "--flops", "1e21"][..], more].concat();
    fails(&ask(&[]), 2, "give --granularity");
    fails(&ask(&["--knob", "granularity=8"]), 2, "give --granularity");
    fails(&ask(&["--granularity", "8", "--max-params", "1B"]), 2, "no further limits");
    fails(&ask(&["--granularity", "8", "--expansion", "0.5"]), 2, "expansion");
    fails(&["allocate", "--flops", "1e21", "--granularity", "8"], 2, "krajewski2024");
    // Few bits and idle experts cost other than 6ND: those knobs are not slipped in by name.
    fails(
        &[
            "allocate",
            "--law",
            "kumar2024",
            "--flops",
            "1e21",
            "--knob",
            "weight_bits=4",
            "--knob",
            "activation_bits=4",
            "--knob",
            "cache_bits=4",
        ],
        2,
        "--bits",
    );
    fails(&["allocate", "--law", "abnar2025", "--flops", "1e21", "--knob", "sparsity=0.9"], 2, "--sparsity");
}

#[test]
fn every_law_with_a_split_is_shown_or_named_with_its_reason() {
    let all = json(&["--all", "--flops", "1e21"]);
    let (laws, silent) = (all["laws"].as_array().unwrap(), all["silent"].as_array().unwrap());
    let deepseek = laws.iter().find(|one| one["law"] == "deepseek2024.allocator").unwrap();
    assert_eq!(deepseek["compute"], "deepseek-MD");
    assert!(deepseek["warnings"].as_array().unwrap().iter().any(|w| w["code"] == "assumed"), "{deepseek}");
    let reason = |id: &str| silent.iter().find(|one| one["law"] == id).unwrap()["reason"].as_str().unwrap();
    assert_eq!(reason("muennighoff2023.L_NDU"), "needs unique_tokens");
    assert!(reason("sardana2023.inference").contains("loss to reach"));
    command::command(&["allocate", "--all", "--flops", "1e21"])
        .assert()
        .success()
        .stdout(contains("Not asked"))
        .stdout(contains("deepseek2024.allocator counts C as DeepSeek's M·D"));
    let several = json(&["--all", "--flops", "1e20,1e22"]);
    assert!(several["budgets"][1]["silent"].as_array().unwrap().len() > 3);
    command::command(&["allocate", "--all", "--flops", "1e20,1e22"]).assert().success().stdout(contains("Not asked"));
    // By itself, and at several budgets.
    let alone = json(&["--law", "deepseek2024.allocator", "--flops", "1e21"]);
    assert_eq!(alone["params"], deepseek["allocation"]["params"]);
    command::command(&["allocate", "--law", "deepseek2024.allocator", "--flops", "1e21"])
        .assert()
        .success()
        .stdout(contains("counted as DeepSeek's M·D"));
    command::command(&["allocate", "--law", "deepseek2024.allocator", "--flops", "1e21,1e22"]).assert().success();
    command::command(&["laws", "deepseek2024.allocator"]).assert().success().stdout(contains("C: DeepSeek's M·D"));
    fails(&["allocate", "--law", "kaplan2020.L_N", "--flops", "1e21"], 2, "allocation line");
}

#[test]
fn shapes_recipes_and_memory_come_with_an_answer() {
    let built = json(&["--flops", "1e22", "--shape", "--recipe", "--gpus", "64xH100", "--zero", "3"]);
    let shapes = built["shapes"].as_array().unwrap();
    assert_eq!(shapes.len(), 5);
    let losses: Vec<f64> = shapes.iter().map(|plan| plan["loss"].as_f64().unwrap()).collect();
    assert!(losses.windows(2).all(|pair| pair[0] <= pair[1]), "{losses:?}");
    for plan in shapes {
        let compute = 6.0 * plan["params"].as_f64().unwrap() * plan["tokens"].as_f64().unwrap();
        assert!((compute / 1e22 - 1.0).abs() < 1e-9 && plan["excess"].as_f64().unwrap().abs() < 1e-3, "{plan}");
    }
    // 16 bytes a parameter shared out over all devices, and no less.
    let state: f64 =
        ["weights", "gradients", "optimizer"].iter().map(|part| built["memory"][part].as_f64().unwrap()).sum();
    assert!((state / (16.0 * shapes[0]["params"].as_f64().unwrap() / 64.0) - 1.0).abs() < 1e-9, "{}", built["memory"]);
    let laws: Vec<&str> =
        built["recipe"]["rules"].as_array().unwrap().iter().map(|rule| rule["law"].as_str().unwrap()).collect();
    assert!(laws.contains(&"steplaw2025") && laws.contains(&"deepseek2024.hparams"), "{laws:?}");
    assert!(built["recipe"]["learning_rate"][0].as_f64() < built["recipe"]["learning_rate"][1].as_f64());
    // The configuration that comes out goes in.
    let config = command::command(&["allocate", "--flops", "1e21", "--shape", "--emit-config"]).assert().success();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, &config.get_output().stdout).unwrap();
    let path = path.to_str().unwrap();
    let like = json(&["--flops", "1e22", "--shape", path, "--shapes", "1", "--tao-vocabulary"]);
    let vocabulary = like["shapes"][0]["shape"]["vocabulary"].as_u64().unwrap();
    assert!(vocabulary.is_multiple_of(128) && (30_000..200_000).contains(&vocabulary), "{vocabulary}");
    fails(&["allocate", "--law", "llama3", "--flops", "1e22", "--shape"], 2, "--shape ranks by loss");
    fails(&["allocate", "--flops", "1e10", "--shape"], 1, "shape");
}

/// Runs about a Chinchilla law with half a per cent of scatter.
fn runs() -> String {
    use scaling_laws::LossModel;
    let law = scaling_laws::published::BESIROGLU_2024;
    let mut table = String::from("params,tokens,loss\n");
    for i in 0..60 {
        let (ln_n, ln_d) = (17.0 + 0.5 * f64::from(i % 10), 21.0 + 0.8 * f64::from(i / 10));
        let loss = law.at(ln_n, ln_d).loss * (0.005 * (12.9898 * f64::from(i)).sin()).exp();
        table.push_str(&format!("{},{},{loss}\n", ln_n.exp(), ln_d.exp()));
    }
    table
}

#[test]
fn a_law_of_one_s_own_runs_answers_with_its_uncertainty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    std::fs::write(&path, runs()).unwrap();
    let path = path.to_str().unwrap();
    let own = |more: &[&str]| json(&[&["--runs", path, "--replicates", "200"], more].concat());
    let free = own(&["--flops", "1e23"]);
    let (low, high) =
        (free["cloud"]["params"]["low"].as_f64().unwrap(), free["cloud"]["params"]["high"].as_f64().unwrap());
    assert!(low < free["params"].as_f64().unwrap() && free["params"].as_f64().unwrap() < high, "{free}");
    let regret = |which: &str| free["cloud"][which]["mean_regret"].as_f64().unwrap();
    assert!(regret("least_regret") <= regret("on_point") && regret("least_regret") >= 0.0, "{free}");
    // The same seed, the same answer; the fit is that of the command `fit`.
    assert_eq!(free, own(&["--flops", "1e23"]));
    let fit = command::json(&["fit", path, "--flops", "1e23"]);
    assert_eq!(fit["allocation"]["params"], free["params"]);
    let table = own(&["--flops", "1e21..1e25:3", "--max-params", "50B"]);
    assert_eq!(table["ranges"].as_array().unwrap().len(), 3);
    assert_eq!(table["ranges"][2]["params"]["low"], table["ranges"][2]["params"]["high"]);
    let reached = own(&["--loss", "2.1"]);
    let cost = &reached["cloud"]["training"];
    let budget = reached["budget_flops"].as_f64().unwrap();
    assert!(cost["low"].as_f64().unwrap() < budget && budget < cost["high"].as_f64().unwrap(), "{reached}");
    // A size beside the optimum does not limit the refits.
    let beside = own(&["--flops", "1e23", "--params", "8B"]);
    assert_eq!(beside["cloud"]["params"], free["cloud"]["params"]);
    fails(&["allocate", "--runs", path, "--law", "chinchilla", "--flops", "1e21"], 2, "--law");
    fails(&["allocate", "--runs", path, "--flops", "1e21", "--level", "1.5"], 2, "between zero and one");
    fails(&["allocate", "--runs", "no-such.csv", "--flops", "1e21"], 1, "no-such.csv");
}

#[test]
fn what_is_asked_beside_the_optimum_has_ranges_and_shapes_have_regrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    std::fs::write(&path, runs().replace("params,tokens,loss", "size,seen,final")).unwrap();
    let path = path.to_str().unwrap();
    let columns =
        ["--params-column", "size", "--tokens-column", "seen", "--loss-column", "final", "--replicates", "50"];
    let own = |more: &[&str]| json(&[&["--runs", path][..], &columns, more].concat());
    let chosen = own(&["--flops", "1e23", "--params", "8B"]);
    let (point, range) = (chosen["chosen"]["penalty"].as_f64().unwrap(), &chosen["cloud"]["chosen_penalty"]);
    assert!(range["low"].as_f64().unwrap() <= point && point <= range["high"].as_f64().unwrap(), "{chosen}");
    let corpus = own(&["--flops", "1e22", "--unique-tokens", "25B", "--wear"]);
    for key in ["epochs", "shortage", "flop_per_token"] {
        let (point, range) = (corpus["corpus"][key].as_f64().unwrap(), &corpus["cloud"][key]);
        assert!(range["low"].as_f64().unwrap() <= point && point <= range["high"].as_f64().unwrap(), "{key} {corpus}");
    }
    let priced = ["--loss", "2.1", "--inference-tokens", "1T", "--gpus", "64xH100", "--gpu-hour-price", "2"];
    let priced = own(&priced);
    assert!(priced["cloud"]["dollars"]["low"].as_f64() < priced["dollars"].as_f64(), "{priced}");
    let shapes = own(&["--flops", "1e22", "--shape"]);
    let regrets: Vec<f64> =
        shapes["shapes"].as_array().unwrap().iter().map(|plan| plan["regret"]["mean"].as_f64().unwrap()).collect();
    assert!(regrets.len() == 5 && regrets.windows(2).all(|pair| pair[0] <= pair[1]), "{regrets:?}");
    // No shape beats the best split of any size in expectation.
    assert!(regrets[0] >= shapes["cloud"]["least_regret"]["mean_regret"].as_f64().unwrap() - 1e-9, "{shapes}");
    fails(&["allocate", "--flops", "1e21", "--loss-column", "final"], 2, "--runs");
}

#[test]
fn bits_over_one_s_own_runs_have_ranges_and_regrets_and_experts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    std::fs::write(&path, runs()).unwrap();
    let path = path.to_str().unwrap();
    let own = |more: &[&str]| json(&[&["--runs", path, "--replicates", "60", "--flops", "1e24"], more].concat());
    let bits = own(&["--bits", "3,4,6,8,16", "--quantise", "4"]);
    assert_eq!(bits["settings"].as_array().unwrap().len(), 5);
    let cloud = &bits["cloud"];
    let shares: f64 = cloud["settings"].as_array().unwrap().iter().map(|one| one["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-12, "{cloud}");
    assert_eq!(cloud["on_point"]["setting"], bits["settings"][0]["setting"]);
    assert_eq!(cloud["on_point"]["params"], bits["params"]);
    let regret = |which: &str| cloud[which]["mean_regret"].as_f64().unwrap();
    assert!(0.0 <= regret("least_regret") && regret("least_regret") <= regret("on_point"), "{cloud}");
    let (low, high) = (cloud["params"]["low"].as_f64().unwrap(), cloud["params"]["high"].as_f64().unwrap());
    assert!(low < high && bits["warnings"].to_string().contains("kumar2024"), "{bits}");
    // In full precision alone it is the question without bits.
    let full = own(&["--quantise", "16"]);
    let plain = own(&[]);
    assert!(
        (full["params"].as_f64().unwrap() / plain["params"].as_f64().unwrap() - 1.0).abs() < 1e-3,
        "{full} {plain}"
    );
    let reached = json(&["--runs", path, "--replicates", "20", "--loss", "2.1", "--bits", "4,8"]);
    assert!(reached["cloud"]["on_point"].is_null() && reached["cloud"]["params"]["low"].is_number(), "{reached}");
    // A law in a file as well.
    let fit = command::command(&["fit", path, "--json"]).assert().success().get_output().stdout.clone();
    let file = folder.path().join("fit.json");
    std::fs::write(&file, fit).unwrap();
    let stored = json(&["--law", file.to_str().unwrap(), "--flops", "1e24", "--bits", "3,4,6,8,16", "--quantise", "4"]);
    assert_eq!(stored["settings"], bits["settings"]);
    for (option, value, law) in [
        ("--experts", "8", "ludziejewski2025"),
        ("--sparsity", "0.9", "abnar2025"),
        ("--granularity", "8", "krajewski2024"),
    ] {
        fails(&["allocate", "--runs", path, "--flops", "1e21", option, value], 2, "has no knob");
        fails(&["allocate", "--runs", path, "--flops", "1e21", option, value], 2, law);
    }
    fails(&["allocate", "--runs", path, "--flops", "1e21", "--knob", "x=1"], 2, "no knobs");
    fails(
        &["allocate", "--runs", path, "--flops", "1e21", "--unique-tokens", "1B", "--wear", "--bits", "8"],
        2,
        "--wear",
    );
}

#[test]
fn the_devices_of_the_serving_limit_the_size() {
    let served = |more: &[&str]| json(&[&["--flops", "1e26", "--serve-on", "2xH100"], more].concat())["params"].clone();
    // 2·80 GB·0.8 in BF16; half the bytes in FP8; 2·3.35 TB/s·10 ms in FP8.
    assert!(near(&served(&[]), 6.4e10));
    assert!(near(&served(&["--serve-format", "fp8"]), 1.28e11));
    assert!(near(&served(&["--serve-format", "fp8", "--latency-ms", "10"]), 6.7e10));
    assert!(near(&served(&["--max-params", "8B"]), 8e9));
    assert!(near(&served(&["--params", "8B"]), 8e9));
    fails(
        &["allocate", "--flops", "1e26", "--serve-on", "H100", "--params", "70B"],
        1,
        "serving-memory-gb = 64 (140 would do)",
    );
    fails(&["allocate", "--flops", "1e24", "--serve-on", "H100", "--serve-memory", "1.5"], 2, "at most one");
    fails(&["allocate", "--flops", "1e24", "--serve-on", "H100", "--latency-ms", "0"], 2, "seconds per token");
    fails(&["allocate", "--flops", "1e24", "--latency-ms", "10"], 2, "--serve-on");
}

#[test]
fn any_law_of_the_form_can_wear() {
    let asked = ["--flops", "1e22", "--unique-tokens", "25B", "--wear"];
    let worn = json(&asked);
    assert!(
        worn["epochs"].as_f64().unwrap() > 4.0 && worn["corpus"]["flop_per_token"].as_f64().unwrap() > 0.0,
        "{worn}"
    );
    assert!(worn["warnings"].as_array().unwrap().iter().all(|w| w["code"] != "assumed"), "{worn}");
    // Repeats that wear more slowly pay for longer.
    let slow = json(&["--flops", "1e22", "--unique-tokens", "25B", "--wear=60,5.3"]);
    assert!(slow["epochs"].as_f64() > worn["epochs"].as_f64(), "{slow}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    std::fs::write(&path, runs()).unwrap();
    let own = json(&[&asked[..], &["--runs", path.to_str().unwrap(), "--replicates", "20"]].concat());
    assert!(own["cloud"]["tokens"]["high"].as_f64() > Some(25e9), "{own}");
    fails(&["allocate", "--law", "kaplan", "--flops", "1e22", "--unique-tokens", "25B", "--wear"], 2, "--wear needs");
    fails(&["allocate", "--flops", "1e22", "--unique-tokens", "25B", "--wear=3"], 2, "R_D,R_N");
    fails(&["allocate", "--flops", "1e22", "--wear"], 2, "--unique-tokens");
}
