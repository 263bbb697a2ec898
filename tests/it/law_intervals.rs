//! Intervals for fits of any law: the same numbers as Approach 3's own where both answer, and the exact ones where there are.

use scaling_laws::laws::{TiedExponentsForm, family};
use scaling_laws::{
    Approach3, ChinchillaForm, Clusters, Fitter, Flops, InferError, Inference, Interval, LawInference, Level,
    LossFunction, Method, Nats, Params, Quantity, Resampling, Residual, Runs, Termination, Tokens, Warning, allocate,
};

use crate::intervals::{chinchilla_runs, normal, sweep};

fn budget() -> Flops {
    Flops::new(1e23).unwrap()
}

fn width(interval: &Interval) -> f64 {
    interval.high - interval.low
}

/// Runs of eight sizes whose errors are nearly all common to a size.
fn clustered_runs(noise: f64) -> Runs {
    sweep(9, 8, |i, j| noise * (normal(100 + i) + 0.3 * normal(1 + 8 * i + j)))
}

#[test]
fn the_same_law_by_either_fitter_has_the_same_intervals() {
    let Some(runs) = chinchilla_runs() else { return };
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit);
    let fitter = Fitter::new(&ChinchillaForm);
    let law_fit = fitter.fit_runs(&runs).unwrap();
    let (conventions, domain) = (runs.conventions(), runs.domain());
    let general = LawInference::of_runs(&fitter, &runs, &law_fit).unwrap().family(
        family("chinchilla").unwrap(),
        conventions,
        domain,
    );
    for quantity in [
        Quantity::coefficient("E"),
        Quantity::coefficient("A"),
        Quantity::coefficient("alpha"),
        Quantity::ExponentParams,
        Quantity::OptimalParams(budget()),
        Quantity::OptimalLoss(budget()),
        Quantity::FlopsForLoss(Nats::new(2.0).unwrap()),
    ] {
        for (method, allowed) in [
            (Method::Delta, 1e-3),
            (Method::Profile, 0.01),
            // Other draws: an end of 1000 replicates is known to a fiftieth of the width.
            (Method::Percentile, 0.1),
            (Method::Basic, 0.1),
            (Method::Bca, 0.15),
            (Method::Studentized, 0.15),
        ] {
            let own = inference.interval(&quantity, Level::default(), method).unwrap();
            let other = general.interval(&quantity, Level::default(), method).unwrap();
            assert!((own.point / other.point - 1.0).abs() < 1e-6, "{own:?} {other:?}");
            for (one, two) in [(own.low, other.low), (own.high, other.high)] {
                assert!((one - two).abs() < allowed * width(&own), "{quantity} {method}: {own:?} {other:?}");
            }
        }
    }
    let codes = |warnings: Vec<Warning>| warnings.iter().map(Warning::code).collect::<Vec<_>>();
    assert_eq!(codes(inference.warnings()), codes(general.warnings()));
    // tests/it/profile_reference.py
    let loss = inference.interval(&Quantity::OptimalLoss(budget()), Level::default(), Method::Profile).unwrap();
    assert!((loss.low - 2.01903).abs() < 3e-5 && (loss.high - 2.04344).abs() < 3e-5, "{loss:?}");
}

#[cfg(feature = "parallel")]
#[test]
fn one_thread_and_many_give_the_same_intervals_for_any_law() {
    let runs = clustered_runs(0.004);
    let fitter = Fitter::new(&TiedExponentsForm).loss(LossFunction::LeastSquares);
    let fit = fitter.fit_runs(&runs).unwrap();
    let all = |threads: usize, clusters: bool| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut inference = LawInference::of_runs(&fitter, &runs, &fit).unwrap().replicates(100).seed(4);
            if clusters {
                inference = inference.clusters(&Clusters::BySize).unwrap();
            }
            Method::ALL
                .map(|method| inference.interval(&Quantity::coefficient("alpha"), Level::default(), method).unwrap())
        })
    };
    for clusters in [false, true] {
        assert_eq!(all(1, clusters), all(3, clusters));
    }
}

#[test]
fn least_squares_by_any_method_are_near_the_exact_ones() {
    let runs = sweep(8, 8, |i, j| 4e-4 * normal(3 + 8 * i + j));
    let fitter = Fitter::new(&ChinchillaForm).loss(LossFunction::LeastSquares);
    let fit = fitter.fit_runs(&runs).unwrap();
    let share = Quantity::of_coefficients("a", |c| c[4] / (c[3] + c[4]));
    for plan in [Resampling::Wild, Resampling::Pairs, Resampling::Residuals] {
        let inference = LawInference::of_runs(&fitter, &runs, &fit).unwrap().resampling(plan.clone()).seed(2);
        for quantity in [Quantity::coefficient("E"), Quantity::coefficient("alpha"), share.clone()] {
            let exact = inference.interval(&quantity, Level::default(), Method::Delta).unwrap();
            for method in Method::ALL {
                let interval = inference.interval(&quantity, Level::default(), method).unwrap();
                let ratio = width(&interval) / width(&exact);
                let allowed = if method == Method::Profile { 0.02 } else { 0.25 };
                assert!((ratio - 1.0).abs() < allowed, "{plan:?} {method} {ratio} {interval:?} {exact:?}");
            }
        }
    }
}

#[test]
fn clusters_by_least_squares_are_the_jackknife_over_them_and_the_profile_follows() {
    let runs = clustered_runs(4e-6);
    let fitter = Fitter::new(&ChinchillaForm).loss(LossFunction::LeastSquares);
    let fit = fitter.fit_runs(&runs).unwrap();
    let inference = LawInference::of_runs(&fitter, &runs, &fit).unwrap().clusters(&Clusters::BySize).unwrap();
    // The fits without each size, by ones of their own.
    let without: Vec<Vec<f64>> = (0..9)
        .map(|size| {
            let rows: Vec<usize> = (0..72).filter(|row| row / 8 == size).collect();
            fitter.clone().start(&fit.values()).fit_runs(&runs.without(&rows)).unwrap().values()
        })
        .collect();
    // scipy.stats.t.ppf(0.95, 8)
    let t = 1.8595480375228424;
    for (j, name) in [(0, "E"), (3, "alpha"), (4, "beta")] {
        let fitted = fit.values()[j];
        let error = (8.0 / 9.0 * without.iter().map(|c| (c[j] - fitted).powi(2)).sum::<f64>()).sqrt();
        let by = |method| inference.interval(&Quantity::coefficient(name), Level::default(), method).unwrap();
        for (interval, allowed) in [(by(Method::Delta), 1e-3), (by(Method::Profile), 0.02)] {
            let ratio = width(&interval) / (2.0 * t * error);
            assert!((ratio - 1.0).abs() < allowed, "{name} {ratio} {interval:?} {error}");
        }
    }
}

#[test]
fn clusters_have_the_same_errors_by_either_fitter() {
    let runs = clustered_runs(0.004);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let own = Inference::new(&approach, &runs, &fit).replicates(400);
    let fitter = Fitter::new(&ChinchillaForm);
    let law_fit = fitter.fit_runs(&runs).unwrap();
    for plan in [Resampling::Wild, Resampling::Pairs] {
        let own = own.clone().resampling(plan.clone()).clusters(&Clusters::BySize).unwrap();
        let other = LawInference::of_runs(&fitter, &runs, &law_fit).unwrap().replicates(400).resampling(plan);
        let other = other.clusters(&Clusters::BySize).unwrap();
        for (method, allowed) in [(Method::Delta, 1e-3), (Method::Profile, 0.01), (Method::Studentized, 0.25)] {
            let alpha = Quantity::coefficient("alpha");
            let (own, other) = (
                own.interval(&alpha, Level::default(), method).unwrap(),
                other.interval(&alpha, Level::default(), method).unwrap(),
            );
            assert!((width(&own) / width(&other) - 1.0).abs() < allowed, "{method} {own:?} {other:?}");
        }
    }
}

#[test]
fn a_law_of_n_and_d_is_asked_what_the_allocator_is() {
    let runs = sweep(7, 6, |i, j| 0.004 * normal(1 + 6 * i + j));
    let tied = family("tied-exponents").unwrap();
    let fitter = Fitter::new(&TiedExponentsForm);
    let fit = fitter.fit_runs(&runs).unwrap();
    let inference = LawInference::of_runs(&fitter, &runs, &fit).unwrap().replicates(100);
    let asked = |inference: &LawInference<'_, TiedExponentsForm>, quantity: &Quantity| {
        inference.interval(quantity, Level::default(), Method::Percentile)
    };
    let size = Quantity::OptimalParams(budget());
    let refused = asked(&inference, &size).unwrap_err();
    assert!(refused.to_string().contains("loss_model"), "{refused}");
    let inference = inference.family(tied, runs.conventions(), runs.domain());
    let law = tied.law(&fit.values(), runs.conventions(), runs.domain()).unwrap();
    let split = allocate(&law, budget()).unwrap();
    let size = asked(&inference, &size).unwrap();
    assert!((size.point / split.params().get() - 1.0).abs() < 1e-9);
    assert!(size.low < size.point && size.point < size.high);
    let half = asked(&inference, &Quantity::ExponentParams).unwrap();
    assert!([half.low, half.point, half.high].iter().all(|a| (a - 0.5).abs() < 1e-9), "{half:?}");
    let (n, d) = (Params::new(1e9).unwrap(), Tokens::new(2e10).unwrap());
    for method in [Method::Percentile, Method::Delta] {
        let by_input = inference.new_at(&(n, d), Level::default(), method).unwrap();
        let by_name = inference.interval(&Quantity::NewRun(n, d), Level::default(), method).unwrap();
        assert!((by_input.low / by_name.low - 1.0).abs() < 1e-9 && (by_input.high / by_name.high - 1.0).abs() < 1e-9);
        let mean = inference.mean_at(&(n, d), Level::default(), method).unwrap();
        assert!(by_input.low < mean.low && mean.high < by_input.high);
    }
}

#[test]
fn replicates_of_absolute_deviations_end_on_their_vertices() {
    let runs = sweep(6, 6, |i, j| 0.004 * normal(1 + 6 * i + j));
    let fitter = Fitter::new(&ChinchillaForm).loss(LossFunction::AbsoluteDeviations);
    let fit = fitter.fit_runs(&runs).unwrap();
    let inference = LawInference::of_runs(&fitter, &runs, &fit).unwrap().resampling(Resampling::Pairs).replicates(200);
    let ends = inference.cloud().unwrap().filter(|replicate| replicate.termination == Termination::Vertex).count();
    assert!(ends >= 198, "{ends} of 200");
    let alpha = Quantity::coefficient("alpha");
    for method in [Method::Percentile, Method::Profile, Method::Delta] {
        let interval = inference.interval(&alpha, Level::default(), method).unwrap();
        assert!(interval.low < interval.point && interval.point < interval.high, "{interval:?}");
    }
}

#[test]
fn errors_of_raw_residuals_are_added_as_they_are() {
    let inputs: Vec<f64> = (1..=40).map(|i| f64::from(i) * 1e3).collect();
    let values: Vec<f64> = inputs.iter().enumerate().map(|(i, x)| 5.0 * x.powf(-0.2) + 0.01 * normal(7 + i)).collect();
    let fitter = Fitter::new(&scaling_laws::laws::M1Form).loss(LossFunction::LeastSquares).residual(Residual::Raw);
    let fit = fitter.fit(&inputs, &values).unwrap();
    let inference = LawInference::new(&fitter, &inputs, &values, &fit).unwrap();
    for method in [Method::Percentile, Method::Delta] {
        let new = inference.new_at(&2e4, Level::default(), method).unwrap();
        // ±1.645·0.01, and a little for the mean.
        assert!((0.85..1.25).contains(&(width(&new) / (2.0 * 1.645 * 0.01))), "{method} {new:?}");
    }
    let column = inference.clusters(&Clusters::Column("run".into()));
    assert!(matches!(column, Err(InferError::NoTable)));
    let inference = LawInference::new(&fitter, &inputs, &values, &fit).unwrap();
    let unknown = inference.interval(&Quantity::coefficient("Alpha"), Level::default(), Method::Delta).unwrap_err();
    assert!(matches!(unknown, InferError::UnknownCoefficient { .. }), "{unknown}");
    let ours = Quantity::of_law("alpha", |law| law.alpha());
    let refused = inference.interval(&ours, Level::default(), Method::Delta).unwrap_err();
    assert!(refused.to_string().contains("of_coefficients"), "{refused}");
    let others = LawInference::new(&fitter, &inputs[1..], &values[1..], &fit).unwrap();
    let refused = others.interval(&Quantity::coefficient("beta"), Level::default(), Method::Percentile);
    assert!(matches!(refused, Err(InferError::Fit(scaling_laws::FitError::OtherRuns { .. }))), "{refused:?}");
}
