//! Bootstrap refits: each is the optimum of its own data, whatever the number of threads.

use scaling_laws::{Approach3, Chinchilla, FitError, LossModel, Resampling, Runs, Termination, Weights};

/// `count` runs about a law with a few per mil of scatter.
fn sweep(count: i32) -> Runs {
    let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for k in 0..count {
        let (ln_n, ln_d) = (16.0 + 1.3 * f64::from(k % 6), 20.0 + 1.2 * f64::from(k / 6 % 5) + 0.1 * f64::from(k % 7));
        n.push(ln_n.exp());
        d.push(ln_d.exp());
        let wave = (7.3 * f64::from(k)).sin() + 0.5 * (3.1 * f64::from(k)).cos();
        l.push(law.at(ln_n, ln_d).loss * (0.004 * wave).exp());
    }
    Runs::from_columns(&n, &d, &l).unwrap()
}

#[test]
fn every_plan_gives_optima() {
    let (runs, approach) = (sweep(60), Approach3::new());
    let fit = approach.fit(&runs).unwrap();
    for plan in [
        Resampling::Pairs,
        Resampling::clusters((0..60).map(|k| k / 5)),
        Resampling::Residuals,
        Resampling::Wild,
        Resampling::wild_clusters((0..60).map(|k| k / 5)),
        Resampling::Parametric { sigma: 0.004 },
    ] {
        let replicates = approach.refits(&runs, &fit, &plan, 100, 3).unwrap();
        let optimal = replicates.iter().filter(|r| r.termination == Termination::Optimal).count();
        assert!(optimal >= 99, "{plan:?}: {optimal} of 100");
        let alpha = replicates.iter().map(|r| r.coefficients[3]).sum::<f64>() / 100.0;
        assert!((alpha - fit.law().alpha()).abs() < 0.05, "{plan:?}: {alpha}");
        let spread = replicates.iter().map(|r| (r.coefficients[3] - alpha).powi(2)).sum::<f64>().sqrt() / 10.0;
        let error = fit.coefficient("alpha").unwrap().standard_error.unwrap();
        assert!((0.3..3.0).contains(&(spread / error)), "{plan:?}: {spread} beside {error}");
    }
}

#[test]
fn losses_that_hardly_change_hardly_change_the_fit() {
    let (runs, approach) = (sweep(60), Approach3::new());
    let fit = approach.fit(&runs).unwrap();
    let residuals = fit.residuals().iter().zip(runs.losses()).map(|(r, l)| l * r.exp());
    let exact = Runs::from_columns(runs.params(), runs.tokens(), &residuals.collect::<Vec<f64>>()).unwrap();
    let exact_fit = approach.fit(&exact).unwrap();
    let plan = Resampling::Parametric { sigma: 1e-9 };
    for replicate in approach.refits(&exact, &exact_fit, &plan, 20, 5).unwrap() {
        for (got, expected) in replicate.coefficients.iter().zip(fit.law().coefficients()) {
            assert!((got / expected - 1.0).abs() < 1e-5, "{replicate:?} {:?}", fit.law());
        }
    }
}

#[test]
fn a_replicate_depends_on_its_number_and_the_seed_alone() {
    let (runs, approach) = (sweep(40), Approach3::new());
    let fit = approach.fit(&runs).unwrap();
    let refits = |count, seed| approach.refits(&runs, &fit, &Resampling::Pairs, count, seed).unwrap();
    let (many, few) = (refits(200, 9), refits(50, 9));
    assert_eq!(many[..50], few[..]);
    assert_ne!(refits(50, 10), few);
}

#[test]
fn draws_that_determine_nothing_are_drawn_again_and_counted() {
    let (runs, approach) = (sweep(8), Approach3::new());
    let fit = approach.fit(&runs).unwrap();
    let replicates = approach.refits(&runs, &fit, &Resampling::Pairs, 300, 1).unwrap();
    // P(fewer than 5 different of 8 draws) = 18.5 %.
    let redrawn: usize = replicates.iter().map(|r| r.redrawn).sum();
    assert!((30..140).contains(&redrawn), "{redrawn}");
    assert!(replicates.iter().all(|r| r.coefficients.iter().all(|c| c.is_finite())));
}

#[test]
fn a_fit_of_other_runs_or_other_options_is_refused() {
    let (runs, approach) = (sweep(40), Approach3::new());
    let fit = approach.fit(&runs).unwrap();
    let refuse = |approach: Approach3, runs: &Runs| approach.refits(runs, &fit, &Resampling::Pairs, 3, 1).unwrap_err();
    assert!(matches!(refuse(Approach3::new(), &sweep(41)), FitError::OtherRuns { .. }));
    assert!(matches!(refuse(Approach3::new().delta(0.1), &runs), FitError::OtherRuns { .. }));
    let weights = Weights::Precision((0..40).map(f64::from).collect());
    assert!(matches!(refuse(Approach3::new().weights(weights), &runs), FitError::OtherRuns { .. }));
    let one_group = approach.refits(&runs, &fit, &Resampling::Clusters(vec![0; 40]), 3, 1).unwrap_err();
    assert!(matches!(one_group, FitError::ResamplingGroups { given: 1, expected: 2, .. }));
}
