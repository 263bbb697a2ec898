//! The data that ship with the crate: what they are, and what a fit says of them.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use scaling_laws::{Approach3, CsvReader, Filter, Fit, Runs, Warning};

use crate::shared::shared;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/data").join(name)
}

fn sound_pile_models() -> Runs {
    let sound: Filter = "suspect=0".parse().unwrap();
    CsvReader::new().filter(sound).read_path(data("pile-models.csv")).unwrap()
}

fn fit(runs: &Runs) -> Fit {
    Approach3::new().fit(runs).unwrap()
}

#[test]
fn the_kernel_sweep_is_34_runs_on_budgets_that_double() {
    let runs = CsvReader::new().read_path(data("kernel-bytes.csv")).unwrap();
    assert_eq!(runs.len(), 34);
    let flops = runs.logged_flops().unwrap();
    for (run, logged) in runs.iter().zip(flops) {
        assert_eq!(6.0 * run.params.get() * run.tokens.get(), *logged);
        let doublings = (logged / 5e10).log2();
        assert!((doublings - doublings.round()).abs() < 0.01, "{logged:e}");
    }
}

#[test]
fn a_fit_of_the_kernel_sweep_is_finite_and_says_that_it_is_doubtful() {
    let fit = fit(&CsvReader::new().read_path(data("kernel-bytes.csv")).unwrap());
    assert!(fit.certificate().certified);
    assert!(fit.warnings().iter().any(|w| w.code() == "not-identified"), "{fit}");
    for c in fit.coefficients().iter().chain([&fit.exponent_a()]) {
        assert!(c.value.is_finite() && c.standard_error.is_some_and(|e| e.is_finite() && e > 0.0), "{c:?}");
    }
    assert!((0.02..0.04).contains(&fit.residual_scale()), "{}", fit.residual_scale());
    // A 95 % interval of a that excludes neither Kaplan's 0.73 nor Chinchilla's 0.5 decides nothing.
    let a = fit.exponent_a();
    let reach = 1.96 * a.standard_error.unwrap();
    assert!(a.value - reach < 0.5 && a.value + reach > 0.73, "{a:?}");
}

#[test]
fn the_pile_models_are_30_of_which_one_is_suspect() {
    let all = CsvReader::new().read_path(data("pile-models.csv")).unwrap();
    let sound = sound_pile_models();
    assert_eq!((all.len(), sound.len()), (30, 29));
    let suspect = all.extra("run_id").unwrap().cells().zip(all.extra("suspect").unwrap().cells());
    assert_eq!(suspect.filter(|(_, flag)| *flag != "0").collect::<Vec<_>>(), [("pythia_deduped_1.4B", "1")]);
    assert!(sound.extra("run_id").unwrap().cells().all(|id| id != "pythia_deduped_1.4B"));
}

#[test]
fn a_fit_of_the_pile_models_says_that_e_is_not_identified_and_why() {
    let fit = fit(&sound_pile_models());
    let codes: Vec<&str> = fit.warnings().iter().map(Warning::code).collect();
    assert!(codes.contains(&"design-tied"), "{codes:?}");
    let of_e: Vec<String> = fit
        .warnings()
        .iter()
        .filter(|w| {
            matches!(w, Warning::NotIdentified { coefficient: "E", .. } | Warning::AtBound { coefficient: "E", .. })
        })
        .map(ToString::to_string)
        .collect();
    assert!(!of_e.is_empty(), "{fit}");
    // Pythia holds D at 300B, Cerebras-GPT holds D/N at 20.
    assert!(of_e.iter().any(|text| text.contains("3.000e11") && text.contains("D/N")), "{of_e:?}");
    assert_eq!(fit.coefficient("E").unwrap().standard_error, None);
}

#[test]
fn the_pile_models_hold_the_numbers_of_their_source() {
    let Some(source) = shared("data/runs/cerebras_pythia_pile.csv") else { return };
    let ours = CsvReader::new().read_path(data("pile-models.csv")).unwrap();
    let theirs = CsvReader::new().read_path(source).unwrap();
    assert_eq!(ours.params(), theirs.params());
    assert_eq!(ours.tokens(), theirs.tokens());
    assert_eq!(ours.losses(), theirs.losses());
    assert_eq!(ours.logged_flops(), theirs.logged_flops());
    for column in ["run_id", "group", "suspect"] {
        let cells = |runs: &Runs| runs.extra(column).unwrap().cells().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cells(&ours), cells(&theirs), "{column}");
    }
}

#[test]
fn the_kernel_sweep_is_the_file_of_its_source() {
    let Some(source) = shared("sweep/kernel-bytes.csv") else { return };
    assert_eq!(std::fs::read(data("kernel-bytes.csv")).unwrap(), std::fs::read(source).unwrap());
}
