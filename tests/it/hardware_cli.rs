//! Devices, time and money beside an answer of `allocate`, and budgets that they do not reach.

use crate::command::{self, allocated as json, fails, near};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

#[test]
fn several_budgets_bill_what_is_trained_and_carry_their_doubts() {
    let held = ["--flops", "1e20,1e24", "--max-params", "8B", "--max-tokens", "1T", "--gpus", "64xH100"];
    let priced = json(&[&held[..], &["--gpu-hour-price", "2"]].concat());
    // 8B on 1T tokens are 4.8e22 FLOP, whatever the budget.
    assert!(near(&priced["days"][1], 21.934) && near(&priced["answers"][1]["dollars"], 67_381.0), "{priced}");
    assert!(near(&priced["hardware"][1]["training"]["dollars"], 67_381.0), "{priced}");
    assert!(priced["warnings"].to_string().contains("extrapolation"), "{priced}");
    let shown = command::command(&[&["allocate"], &held[..]].concat()).assert().success();
    shown.stdout(contains("21.934").and(contains("[extrapolation] D = 1T")).and(contains("[erratum]")));
    let own = ["--runs", "docs/data/pile-models.csv", "--where", "suspect=0", "--replicates", "20"];
    let own = json(&[&own[..], &["--flops", "1e21,1e22"]].concat());
    for code in ["at-bound", "not-identified"] {
        assert!(own["warnings"].to_string().contains(code), "{code}");
    }
}

#[test]
fn a_budget_that_the_devices_do_not_reach_is_said() {
    let month = ["--gpus", "512xH100", "--days", "30"];
    let one = json(&[&month[..], &["--flops", "1e25"]].concat());
    assert!(near(&one["budget_flops"], 5.2521e23) && one["warnings"][0]["code"] == "ignored", "{one}");
    assert!(one["warnings"][0].to_string().contains("1e25 FLOP is more than --days 30 buys"), "{one}");
    let within = json(&[&month[..], &["--flops", "1e23"]].concat());
    assert!(!within["warnings"].to_string().contains("buys"), "{within}");
    // Those above are one.
    let range = json(&[&month[..], &["--flops", "1e23..1e25:3"]].concat());
    let budgets = range["budgets"].as_array().unwrap();
    assert!(budgets.len() == 2 && near(&budgets[1], 5.2521e23), "{range}");
    assert!(range["warnings"].to_string().contains("2 of the budgets"), "{range}");
}

#[test]
fn energy_pays_for_training_and_serving_is_told_beside_it() {
    let served = ["--gpus", "512xH100", "--kwh", "100000", "--inference-tokens", "100T"];
    let found = json(&served);
    assert!(near(&found["hardware"]["training"]["kilowatt_hours"], 1e5), "{found}");
    assert!(near(&found["hardware"]["serving"]["kilowatt_hours"], 4.165e6), "{found}");
    let shown = command::command(&[&["allocate"], &served[..]].concat()).assert().success();
    shown.stdout(contains("4165 MWh at PUE 1").and(contains("--kwh pays for training alone")));
}

#[test]
fn devices_of_one_s_own_are_asked_as_named_ones_are() {
    let own = json(&["--peak", "989.4e12", "--devices", "512", "--watts", "700", "--days", "30"]);
    let named = json(&["--gpus", "512xH100", "--days", "30"]);
    assert_eq!((&own["params"], &own["hardware"]["training"]), (&named["params"], &named["hardware"]["training"]));
    let tpu = ["allocate", "--gpus", "64xTPU-v5p", "--kwh", "10000"];
    fails(&tpu, 2, "--watts");
    let tpu = command::json(&[&tpu[..], &["--watts", "500"]].concat());
    assert!(near(&tpu["hardware"]["training"]["device_hours"], 20_000.0), "{tpu}");
    // 2·80 GB·0.8 in BF16, and 2·3000 GB/s·10 ms.
    let own = ["--peak", "4e14", "--flops", "1e26", "--memory", "80", "--serve-on", "2"];
    assert!(near(&json(&own)["params"], 6.4e10));
    let read = [&own[..], &["--bandwidth", "3000", "--latency-ms", "10"]].concat();
    assert!(near(&json(&read)["params"], 3e10));
    let shape = ["--peak", "4e14", "--devices", "64", "--flops", "1e21", "--shape"];
    fails(&[&["allocate"], &shape[..]].concat(), 2, "--memory");
    let shape = json(&[&shape[..], &["--memory", "96"]].concat());
    assert_eq!((&shape["memory"]["device_bytes"], &shape["memory"]["devices"]), (&96e9.into(), &64.into()));
    fails(&["allocate", "--flops", "1e24", "--gpus", "64xH100", "--peak", "1e14"], 2, "cannot be used with");
    fails(&["allocate", "--flops", "1e24", "--gpus", "64xH100", "--devices", "64"], 2, "write 64xH100");
    fails(&["allocate", "--flops", "1e24", "--serve-on", "2"], 2, "--gpus or --peak");
}

#[test]
fn hardware_passes_no_option_over() {
    fails(&["hardware", "H100", "--devices", "64", "--days", "3"], 2, "write 64xH100");
    fails(&["hardware", "H100", "--mfu", "0.5"], 2, "--days, --flops, --dollars or --kwh");
    fails(&["hardware", "--peak", "1e14"], 2, "--peak has a part in a question only");
}

#[test]
fn a_price_gives_dollars_everywhere() {
    let priced = ["--gpus", "64xH100", "--gpu-hour-price", "2"];
    for asked in [&["--flops", "1e24"][..], &["--flops", "1e24", "--max-params", "8B"], &["--loss", "2.0"]] {
        let found = json(&[&priced[..], asked].concat());
        assert!(found["dollars"].is_number(), "{found}");
        assert!(near(&found["dollars"], found["hardware"]["training"]["dollars"].as_f64().unwrap()), "{found}");
    }
    let runs = ["--runs", "docs/data/pile-models.csv", "--where", "suspect=0", "--replicates", "40"];
    let own = json(&[&runs[..], &priced, &["--loss", "1.6"]].concat());
    let (point, range) = (own["dollars"].as_f64(), &own["cloud"]["dollars"]);
    assert!(range["low"].as_f64() < point && point < range["high"].as_f64(), "{own}");
}
