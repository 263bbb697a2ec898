//! Intervals: they agree where they must, know the exact ones, and refuse what they cannot answer.

use nalgebra::{DMatrix, DVector};
use scaling_laws::{
    Approach3, Chinchilla, Clusters, Constraints, Fit, Flops, InferError, Inference, Interval, IntervalDoubt, Level,
    LossModel, Method, Nats, Params, Quantity, Resampling, Runs, Tokens, Warning, allocate, allocate_cloud,
    flops_for_loss,
};

use crate::shared::shared;

pub(crate) fn law() -> Chinchilla {
    Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap()
}

/// Numbers in (0, 1) that look random: multiples of the golden ratio.
fn uniform(k: usize) -> f64 {
    (0.5 + 0.618_033_988_749_894_9 * k as f64).fract()
}

/// Normal errors by Box and Muller.
pub(crate) fn normal(k: usize) -> f64 {
    let second = (0.25 + 0.754_877_666_246_692_7 * k as f64).fract();
    (-2.0 * uniform(k).ln()).sqrt() * (std::f64::consts::TAU * second).cos()
}

/// `sizes` × `lengths` runs over three decades of N and of D.
pub(crate) fn sweep(sizes: usize, lengths: usize, error: impl Fn(usize, usize) -> f64) -> Runs {
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for i in 0..sizes {
        for j in 0..lengths {
            let ln_n = 16.5 + 7.0 * i as f64 / (sizes - 1) as f64;
            let ln_d = 20.0 + 7.0 * j as f64 / (lengths - 1) as f64;
            n.push(ln_n.exp());
            d.push(ln_d.exp());
            l.push(law().at(ln_n, ln_d).loss * error(i, j).exp());
        }
    }
    Runs::from_columns(&n, &d, &l).unwrap()
}

fn scattered(sizes: usize, lengths: usize) -> Runs {
    sweep(sizes, lengths, |i, j| 0.004 * normal(1 + i * lengths + j))
}

fn budget() -> Flops {
    Flops::new(1e23).unwrap()
}

fn quantities() -> Vec<Quantity> {
    vec![
        Quantity::coefficient("E"),
        Quantity::coefficient("A"),
        Quantity::coefficient("alpha"),
        Quantity::ExponentParams,
        Quantity::OptimalParams(budget()),
        Quantity::TokensPerParam(budget()),
        Quantity::OptimalLoss(budget()),
        Quantity::FlopsForLoss(Nats::new(2.1).unwrap()),
        Quantity::MeanLoss(Params::new(1e10).unwrap(), Tokens::new(1e12).unwrap()),
    ]
}

/// Width in the scale in which the interval is symmetric to first order.
fn width(interval: &Interval, quantity: &Quantity) -> f64 {
    match quantity {
        Quantity::Coefficient(name) if name == "A" => (interval.high / interval.low).ln(),
        Quantity::OptimalParams(_) | Quantity::TokensPerParam(_) | Quantity::FlopsForLoss(_) => {
            (interval.high / interval.low).ln()
        }
        _ => interval.high - interval.low,
    }
}

#[test]
fn on_many_well_spread_runs_all_methods_say_about_the_same() {
    // δ = 1.345 σ: a smooth loss, so that no method has a kink to stumble on.
    let (runs, approach) = (scattered(20, 20), Approach3::new().delta(0.0054));
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit).replicates(2000);
    for quantity in quantities() {
        let by = |method| inference.interval(&quantity, Level::default(), method).unwrap();
        let delta = by(Method::Delta);
        for method in Method::ALL {
            let interval = by(method);
            assert!(interval.low < interval.point && interval.point < interval.high, "{interval:?}");
            let ratio = width(&interval, &quantity) / width(&delta, &quantity);
            assert!((ratio - 1.0).abs() < 0.2, "{quantity} {method}: {ratio} {interval:?} {delta:?}");
        }
    }
}

/// (JᵀJ)⁻¹ and s² of the law's linearisation, J of ln L̂, for the exact interval of a linear model.
fn linear_model(fit: &Fit, runs: &Runs) -> (DMatrix<f64>, f64) {
    let [e, a, b, alpha, beta] = fit.law().coefficients();
    let jacobian = DMatrix::from_fn(runs.len(), 5, |i, j| {
        let (x, y) = (runs.params()[i].ln(), runs.tokens()[i].ln());
        let (u, v) = (a * (-alpha * x).exp(), b * (-beta * y).exp());
        // In ln A and ln B, which are of the size of the others.
        [1.0, u, v, -u * x, -v * y][j] / (e + u + v)
    });
    let squares: f64 = fit.residuals().iter().map(|r| r * r).sum();
    let r = jacobian.qr().r();
    let inverse = r.solve_upper_triangular(&DMatrix::identity(5, 5)).unwrap();
    (&inverse * inverse.transpose(), squares / (runs.len() - 5) as f64)
}

#[test]
fn by_least_squares_at_little_noise_the_profile_is_the_exact_t_interval() {
    // A thousandth of the usual scatter: the law is linear over it.
    let runs = sweep(6, 6, |i, j| 4e-6 * normal(3 + 6 * i + j));
    let approach = Approach3::new().delta(1.0);
    let fit = approach.fit(&runs).unwrap();
    let (inverse, variance) = linear_model(&fit, &runs);
    let inference = Inference::new(&approach, &runs, &fit);
    // scipy.stats.t.ppf([0.95, 0.995], 31)
    for (level, t) in [(0.9, 1.6955187825458649), (0.99, 2.744041919294269)] {
        for (name, slopes) in [
            ("E", [1.0, 0.0, 0.0, 0.0, 0.0]),
            ("alpha", [0.0, 0.0, 0.0, 1.0, 0.0]),
            ("beta", [0.0, 0.0, 0.0, 0.0, 1.0]),
        ] {
            let c = DVector::from_row_slice(&slopes);
            let half = t * (variance * (c.transpose() * &inverse * &c)[(0, 0)]).sqrt();
            let quantity = Quantity::coefficient(name);
            let profile = inference.interval(&quantity, Level::new(level).unwrap(), Method::Profile).unwrap();
            for end in [profile.point - profile.low, profile.high - profile.point] {
                assert!((end / half - 1.0).abs() < 0.01, "{name} {level}: {end:e} {half:e}");
            }
        }
    }
}

#[test]
fn the_questions_are_those_of_the_allocator() {
    let runs = scattered(6, 6);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit).replicates(100);
    let point = |quantity| inference.interval(&quantity, Level::new(0.9).unwrap(), Method::Percentile).unwrap().point;
    let split = allocate(fit.law(), budget()).unwrap();
    let near = |one: f64, two: f64| assert!((one / two - 1.0).abs() < 1e-9, "{one} {two}");
    near(point(Quantity::OptimalParams(budget())), split.params().get());
    near(point(Quantity::OptimalTokens(budget())), split.tokens().get());
    near(point(Quantity::TokensPerParam(budget())), split.tokens_per_param());
    near(point(Quantity::OptimalLoss(budget())), split.loss().unwrap().get());
    let target = Nats::new(2.05).unwrap();
    near(point(Quantity::FlopsForLoss(target)), flops_for_loss(fit.law(), target).unwrap().get());
    near(point(Quantity::ExponentParams) + point(Quantity::ExponentTokens), 1.0);
    let own = Quantity::of_law("alpha", |law| law.alpha());
    let named = Quantity::coefficient("alpha");
    let ends = |q: &Quantity, method| {
        let interval = inference.interval(q, Level::default(), method).unwrap();
        [interval.low, interval.high]
    };
    assert_eq!(ends(&own, Method::Profile), ends(&named, Method::Profile));
    assert_eq!(ends(&own, Method::Bca), ends(&named, Method::Bca));
}

#[test]
fn one_cloud_answers_the_allocator_too() {
    let runs = scattered(6, 6);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit).replicates(200);
    let cloud = inference.cloud().unwrap();
    let share = cloud.share(Level::default());
    let answer = allocate_cloud(fit.law(), cloud.laws(), &Constraints::new().budget(budget()), share).unwrap();
    let interval =
        inference.interval(&Quantity::OptimalParams(budget()), Level::default(), Method::Percentile).unwrap();
    // The allocator interpolates N where the interval interpolates ln N.
    for (one, other) in [(answer.params.low, interval.low), (answer.params.high, interval.high)] {
        assert!((one / other - 1.0).abs() < 1e-3, "{answer:?} {interval:?}");
    }
    // Quantiles of the wild bootstrap reach as far as t(31) does beyond the normal; those of pairs are as they are.
    assert!(share > 0.9 && share < 0.92 && cloud.resampling() == "wild", "{share}");
    let pairs = Inference::new(&approach, &runs, &fit).resampling(Resampling::Pairs).replicates(100);
    assert!((pairs.cloud().unwrap().share(Level::default()) - 0.9).abs() < 1e-12);
}

#[cfg(feature = "parallel")]
#[test]
fn one_thread_and_many_give_the_same_intervals() {
    let runs = scattered(7, 6);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let inference = Inference::new(&approach, &runs, &fit).replicates(200).seed(4);
            Method::ALL.map(|method| inference.interval(&Quantity::ExponentParams, Level::default(), method).unwrap())
        })
    };
    assert_eq!(all(1), all(3));
}

#[test]
fn a_new_run_scatters_more_than_the_mean_by_the_errors_of_the_fit() {
    let runs = scattered(15, 15);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit);
    let (n, d) = (Params::new(1e9).unwrap(), Tokens::new(2e10).unwrap());
    for method in [Method::Percentile, Method::Delta] {
        let new = inference.interval(&Quantity::NewRun(n, d), Level::default(), method).unwrap();
        let mean = inference.interval(&Quantity::MeanLoss(n, d), Level::default(), method).unwrap();
        assert!(new.low < mean.low && mean.high < new.high);
        // ±1.645·0.4 % of normal errors, and a little for the mean.
        let relative = 0.5 * (new.high / new.low).ln();
        assert!((0.9..1.15).contains(&(relative / (1.645 * 0.004))), "{method}: {relative}");
    }
    let refused = inference.interval(&Quantity::NewRun(n, d), Level::default(), Method::Profile).unwrap_err();
    assert!(matches!(refused, InferError::Unsuited { method: "profile", .. }));
}

#[test]
fn runs_that_move_together_are_noticed_and_clusters_widen_the_interval() {
    let runs = sweep(12, 8, |i, j| 0.004 * (normal(100 + i) + 0.3 * normal(1 + 8 * i + j)));
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let alone = Inference::new(&approach, &runs, &fit);
    let clustered = Inference::new(&approach, &runs, &fit).clusters(&Clusters::BySize).unwrap();
    let quantity = Quantity::coefficient("alpha");
    let by = |inference: &Inference<'_>| inference.interval(&quantity, Level::default(), Method::Percentile).unwrap();
    let (narrow, wide) = (by(&alone), by(&clustered));
    assert!(wide.high - wide.low > 1.5 * (narrow.high - narrow.low), "{narrow:?} {wide:?}");
    let dependent = |w: &Warning| matches!(w, Warning::Interval(IntervalDoubt::Dependent { groups: 12, .. }));
    assert!(narrow.warnings.iter().any(dependent) && !wide.warnings.iter().any(dependent));
    assert_eq!(wide.resampling, "wild clusters");
    let labels = Clusters::Labels((0..96).map(|row| row / 8 * 7).collect());
    assert_eq!(by(&Inference::new(&approach, &runs, &fit).clusters(&labels).unwrap()), wide);
    let few = Inference::new(&approach, &runs, &fit)
        .clusters(&Clusters::Labels((0..96).map(|row| row / 24).collect()))
        .unwrap();
    let warned = |w: &Warning| matches!(w, Warning::Interval(IntervalDoubt::FewClusters { clusters: 4, .. }));
    assert!(by(&few).warnings.iter().any(warned));
    for method in [Method::Delta, Method::Profile, Method::Studentized] {
        let by = |inference: &Inference<'_>| {
            let interval = inference.interval(&quantity, Level::default(), method).unwrap();
            interval.high - interval.low
        };
        assert!(by(&clustered) > 1.5 * by(&alone), "{method} {} {}", by(&clustered), by(&alone));
    }
}

#[test]
fn independent_runs_are_seldom_called_dependent() {
    let called = (0..40).filter(|k| {
        let runs = sweep(7, 6, |i, j| 0.004 * normal(1000 * k + 6 * i + j));
        let approach = Approach3::new();
        let fit = approach.fit(&runs).unwrap();
        !Inference::new(&approach, &runs, &fit).warnings().is_empty()
    });
    assert!(called.count() <= 1);
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let runs = scattered(6, 6);
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit).replicates(30);
    let ask = |quantity: Quantity, level: f64, method| {
        Level::new(level).and_then(|level| inference.interval(&quantity, level, method)).unwrap_err().to_string()
    };
    assert!(ask(Quantity::ExponentParams, 90.0, Method::Delta).contains("below one"));
    assert!(ask(Quantity::ExponentParams, 1.0, Method::Delta).contains("level 1"));
    let unknown = ask(Quantity::coefficient("alfa"), 0.9, Method::Delta);
    assert!(unknown.contains("did you mean \"alpha\"?") && unknown.contains("E, A, B, alpha, beta"), "{unknown}");
    assert!(ask(Quantity::ExponentParams, 0.9, Method::Percentile).contains("at least 40"));
    let low = Quantity::FlopsForLoss(Nats::new(1.5).unwrap());
    assert!(ask(low, 0.9, Method::Percentile).contains("irreducible"));
    let none = Quantity::of_law("none", |_| f64::NAN);
    assert!(ask(none, 0.9, Method::Percentile).contains("no finite number"));
    assert!("bootstrap".parse::<Method>().unwrap_err().to_string().contains("percentile, basic, bca"));
    let group = |clusters| Inference::new(&approach, &runs, &fit).clusters(&clusters).unwrap_err();
    assert!(matches!(group(Clusters::Labels(vec![0; 5])), InferError::ClusterLength { given: 5, rows: 36 }));
    let three = Clusters::Labels((0..36).map(|row| row % 3).collect());
    assert_eq!(group(three), InferError::TooFewClusters { clusters: 3, needed: 4 });
    assert!(matches!(group(Clusters::Column("seed".into())), InferError::UnknownColumn { .. }));
    let other = scattered(6, 7);
    let of_others =
        Inference::new(&approach, &other, &fit).interval(&coefficient_a(), Level::default(), Method::Percentile);
    assert!(matches!(of_others, Err(InferError::Fit(scaling_laws::FitError::OtherRuns { .. }))));
}

fn coefficient_a() -> Quantity {
    Quantity::coefficient("A")
}

#[test]
fn an_irreducible_loss_on_its_bound_has_intervals_but_no_standard_error() {
    // A floor that is not there: E = 0 fits best.
    let truth = Chinchilla::new(0.0, 12.0, 30.0, 0.1, 0.12).unwrap();
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for k in 0..30 {
        let (x, y) = (16.0 + (k % 6) as f64, 20.0 + (k / 6) as f64 + 0.1 * (k % 4) as f64);
        n.push(x.exp());
        d.push(y.exp());
        l.push(truth.at(x, y).loss * (0.01 * normal(k + 11) + 0.004 * (x - 18.0).powi(2) * -0.3).exp());
    }
    let runs = Runs::from_columns(&n, &d, &l).unwrap();
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    assert_eq!(fit.law().e(), 0.0);
    let inference = Inference::new(&approach, &runs, &fit);
    let e = Quantity::coefficient("E");
    assert!(matches!(
        inference.interval(&e, Level::default(), Method::Delta),
        Err(InferError::NoStandardError { method: "delta", .. })
    ));
    for method in [Method::Percentile, Method::Profile] {
        let interval = inference.interval(&e, Level::default(), method).unwrap();
        assert!(interval.low == 0.0 && interval.high > 0.0 && interval.high.is_finite(), "{interval:?}");
    }
}

/// The 240 digitised runs of Hoffmann 2022.
pub(crate) fn chinchilla_runs() -> Option<Runs> {
    let path = shared("bench/epoch240.csv")?;
    let mut columns = [vec![], vec![], vec![]];
    for line in std::fs::read_to_string(path).unwrap().lines().skip(1) {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(cell.trim().parse::<f64>().unwrap());
        }
    }
    Some(Runs::from_columns(&columns[0], &columns[1], &columns[2]).unwrap())
}

/// Besiroglu 2024, table of standard errors by 4000 bootstrap resamples of the 240 runs: A 124.5, B 1293, E 0.0257,
/// alpha 0.0154, beta 0.0206.
#[test]
fn pairs_of_the_chinchilla_runs_scatter_as_was_published() {
    let Some(runs) = chinchilla_runs() else { return };
    // Absolute deviations as the limit of Huber's loss: at δ = 1e-5 the optimum is within 2e-4 of the vertex.
    let approach = Approach3::new().delta(1e-5);
    let fit = approach.fit(&runs).unwrap();
    let inference = Inference::new(&approach, &runs, &fit).resampling(Resampling::Pairs).replicates(4000).seed(1);
    let laws = inference.cloud().unwrap().laws();
    let published = [0.0257, 124.5, 1293.0, 0.0154, 0.0206];
    for (j, expected) in published.into_iter().enumerate() {
        let values: Vec<f64> = laws.iter().map(|law| law.coefficients()[j]).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt();
        assert!((spread / expected - 1.0).abs() < 0.1, "{j}: {spread} beside {expected}");
    }
}

#[test]
fn scatter_that_follows_the_size_is_told_and_equal_scatter_seldom() {
    let doubted = |unequal: bool| {
        (0..100u32)
            .filter(|seed| {
                let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap();
                let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
                for run in 0..42u32 {
                    let (x, y) = (17.0 + f64::from(run % 7), 21.0 + f64::from(run / 7) + 0.1 * f64::from(run % 3));
                    // A sum of waves of unrelated periods is near enough to normal.
                    let at = f64::from(42 * seed + run);
                    let noise: f64 = [7.31, 3.77, 11.93, 5.17].iter().map(|w| (w * at * at + at).sin()).sum();
                    let scale = if unequal { 0.004 * (-0.3 * f64::from(run % 7)).exp() } else { 0.002 };
                    n.push(x.exp());
                    d.push(y.exp());
                    l.push(law.at(x, y).loss * (scale * noise).exp());
                }
                let runs = Runs::from_columns(&n, &d, &l).unwrap();
                let approach = Approach3::new();
                let fit = approach.fit(&runs).unwrap();
                let told = |w: &Warning| matches!(w, Warning::Interval(IntervalDoubt::UnequalScatter { .. }));
                Inference::new(&approach, &runs, &fit).warnings().iter().any(told)
            })
            .count()
    };
    let (equal, unequal) = (doubted(false), doubted(true));
    assert!(equal <= 5 && unequal >= 60, "{equal} {unequal}");
}
