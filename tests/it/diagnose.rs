//! What a fit rests on, against true refits and on the digitised Chinchilla runs.

use scaling_laws::{
    Approach3, Chinchilla, CsvReader, Flops, Runs, influence, optimal_split, outliers, without_outliers,
};

use crate::shared::shared;

const GOPHER: f64 = 5.76e23;

fn chinchilla() -> Option<Runs> {
    Some(CsvReader::new().read_path(shared("data/runs/chinchilla_epoch.csv")?).unwrap())
}

#[test]
fn looking_again_finds_the_five_that_epoch_left_out_and_two_more() {
    let Some(runs) = chinchilla() else { return };
    let fit = Approach3::new().fit(&runs).unwrap();
    let excluded = runs.extra("epoch_excluded").unwrap();
    let epoch: Vec<usize> = (0..runs.len()).filter(|&row| excluded.get(row) == Some("1")).collect();
    // The fifth bends the law enough to hide among the others until they are gone.
    assert!(outliers(&fit).iter().all(|row| epoch.contains(row)) && outliers(&fit).len() == 4);
    let without = without_outliers(&runs, &fit).unwrap().unwrap();
    let mut rows = without.rows.clone();
    rows.sort_unstable();
    // Epoch's rule is the five largest losses; by residuals two further runs stand out once those are gone.
    assert!(epoch.iter().all(|row| rows.contains(row)));
    assert_eq!(rows, [0, 1, 2, 3, 4, 5, 10]);
    let at = |law: &Chinchilla| optimal_split(law, Flops::new(GOPHER).unwrap()).unwrap().0.get();
    eprintln!("N* {:.4e} with, {:.4e} without", at(fit.law()), at(without.fit.law()));
    assert!(at(fit.law()) / at(without.fit.law()) > 1.5);
    assert_eq!(without.fit, Approach3::new().delta(1e-3).fit(&runs.without(&rows)).unwrap());
}

#[test]
fn one_step_agrees_with_true_refits_on_real_runs() {
    let Some(runs) = chinchilla() else { return };
    let runs = runs.without(&outliers(&Approach3::new().fit(&runs).unwrap()));
    let fit = Approach3::new().fit(&runs).unwrap();
    let budget = Flops::new(GOPHER).unwrap();
    let found = influence(&runs, &fit, budget, 10.0, 1).unwrap();
    let at = |law: &Chinchilla| optimal_split(law, budget).unwrap().0.get().ln();
    let pairs: Vec<(f64, f64)> = (0..runs.len())
        .map(|row| {
            let refit = Approach3::new().start(*fit.law()).fit(&runs.without(&[row])).unwrap();
            (found.runs[row].change_ln_params.unwrap(), at(refit.law()) - at(fit.law()))
        })
        .collect();
    let sum = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
    let correlation = sum(|p| p.0 * p.1) / (sum(|p| p.0 * p.0) * sum(|p| p.1 * p.1)).sqrt();
    let slope = sum(|p| p.0 * p.1) / sum(|p| p.0 * p.0);
    eprintln!("correlation {correlation:.3}, slope {slope:.3}");
    assert!(correlation > 0.9, "{correlation}");
    assert!((0.7..1.4).contains(&slope), "{slope}");
}

#[test]
fn the_set_that_moves_the_optimum_does_so_in_a_true_refit() {
    let Some(runs) = chinchilla() else { return };
    let fit = Approach3::new().fit(&runs).unwrap();
    let budget = Flops::new(GOPHER).unwrap();
    let found = influence(&runs, &fit, budget, 1.5, 8).unwrap();
    let sway = found.sway.unwrap();
    eprintln!("{:?}", sway);
    let refit = Approach3::new().fit(&runs.without(&sway.rows)).unwrap();
    let moved = optimal_split(refit.law(), budget).unwrap().0;
    assert!((moved / found.params).ln().abs() > 1.5f64.ln() && (moved / sway.params - 1.0).abs() < 1e-9);
    assert!(influence(&runs, &fit, budget, 1e3, 2).unwrap().sway.is_none());
    let refused = influence(&runs, &fit, budget, 0.5, 2).unwrap_err().to_string();
    assert!(refused.contains("factor = 0.5"), "{refused}");
    assert!(influence(&runs.without(&[0]), &fit, budget, 2.0, 2).is_err());
}
