//! Allocations against published and independently computed numbers, and against hostile laws.
#![allow(clippy::unwrap_used)]

use approx::assert_relative_eq;
use scaling_laws::{
    AllocateError, Allocation, AllocationLine, AllocationMethod, Chinchilla, ComputeRule, Conventions, Domain, Flops,
    KaplanJoint, LossModel, LossPoint, Nats, ParamCount, Params, Tokens, Warning, allocate, allocate_by_search,
    allocate_line, flops_for_loss, loss_penalty, off_optimum, optimal_split, params_for_loss, tokens_for_budget,
    tokens_for_loss,
};

fn flops(value: f64) -> Flops {
    Flops::new(value).unwrap()
}

fn hoffmann() -> Chinchilla {
    Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28).unwrap()
}

/// The coefficients of the notebook that the inference-aware numbers come from.
fn variant() -> Chinchilla {
    Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283).unwrap()
}

fn besiroglu() -> Chinchilla {
    Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap()
}

#[test]
fn known_coefficients_give_the_known_splits() {
    let unrounded = Chinchilla::new(0.5267228f64.exp(), 6.0073404f64.exp(), 6.0179186f64.exp(), 0.33917084, 0.2849083);
    let unrounded = unrounded.unwrap();
    let huber = Chinchilla::new(1.81721810, 477.825868, 2143.41736, 0.34731050, 0.36717243).unwrap();
    for (law, budget, params, tokens) in [
        (hoffmann(), 5.76e23, 3.218986e10, 2.982306e12),
        (hoffmann(), 2.21e19, 3.261241e8, 1.129427e10),
        (unrounded, 2.21e19, 3.889816e8, 9.469172e9),
        (unrounded, 5.76e23, 4.036094e10, 2.378537e12),
        (huber, 5.76e23, 7.319043e10, 1.311647e12),
    ] {
        for split in [allocate(&law, flops(budget)).unwrap(), allocate_by_search(&law, flops(budget)).unwrap()] {
            assert_relative_eq!(split.params().get(), params, max_relative = 3e-7);
            assert_relative_eq!(split.tokens().get(), tokens, max_relative = 3e-7);
        }
    }
    let split = allocate(&hoffmann(), flops(5.76e23)).unwrap();
    assert_relative_eq!(split.tokens_per_param(), 92.647, max_relative = 1e-5);
    let split = allocate(&hoffmann(), flops(1e24)).unwrap();
    assert_relative_eq!(split.tokens().get(), 4.035834749563681e12, max_relative = 1e-12);
    let (params, _) = optimal_split(&besiroglu(), flops(1e21)).unwrap();
    assert_relative_eq!(params.get(), 2778459463.0676327, max_relative = 1e-12);
}

#[test]
fn known_inverse_answers_are_found() {
    let law = variant();
    let split = allocate(&law, flops(1e24)).unwrap();
    assert_relative_eq!(split.params().get(), 5.368e10, max_relative = 1e-4);
    assert_relative_eq!(split.tokens().get(), 3.105e12, max_relative = 2e-4);
    assert_relative_eq!(split.loss().unwrap().get(), 1.9106149246590443, max_relative = 1e-14);

    let budget = flops_for_loss(&law, Nats::new(1.947).unwrap()).unwrap();
    assert_relative_eq!(budget.get(), 3.702e23, max_relative = 2e-4);
    let (params, tokens) = optimal_split(&law, budget).unwrap();
    assert_relative_eq!(params.get(), 3.408e10, max_relative = 2e-4);
    assert_relative_eq!(tokens.get(), 1.810e12, max_relative = 3e-4);

    // The budget at which 70B is optimal, by the loss it reaches there.
    let budget = flops_for_loss(&law, Nats::new(1.8917924770010524).unwrap()).unwrap();
    assert_relative_eq!(budget.get(), 1.787e24, max_relative = 3e-4);
    let (params, tokens) = optimal_split(&law, budget).unwrap();
    assert_relative_eq!(params.get(), 70e9, max_relative = 1e-9);
    assert_relative_eq!(tokens.get(), 4.255e12, max_relative = 2e-4);
    let d = tokens_for_loss(&law, Params::billions(30.0).unwrap(), Nats::new(1.958253360475841).unwrap()).unwrap();
    assert_relative_eq!(d.get(), 1.556e12, max_relative = 3e-4);
}

#[test]
fn kaplans_joint_law_is_allocated_by_formula_and_by_search_alike() {
    let law = KaplanJoint::new(6.4e13, 1.8e13, 0.076, 0.103).unwrap();
    for budget in [1e14, 8.64e19, 1e26, 1e31] {
        let (formula, search) =
            (allocate(&law, flops(budget)).unwrap(), allocate_by_search(&law, flops(budget)).unwrap());
        assert_eq!((formula.method(), search.method()), (AllocationMethod::ClosedForm, AllocationMethod::Search));
        assert_relative_eq!(formula.params().get(), search.params().get(), max_relative = 1e-12);
        assert_relative_eq!(formula.exponent_params(), 0.103 / 0.179, max_relative = 1e-12);
        assert_relative_eq!(search.exponent_params(), 0.103 / 0.179, max_relative = 1e-10);
        assert_eq!(formula.conventions().params, ParamCount::NonEmbedding);
    }
}

#[test]
fn a_law_behind_a_reference_to_a_trait_object_is_allocated() {
    let laws: [&dyn LossModel; 2] = [&hoffmann(), &KaplanJoint::new(6.4e13, 1.8e13, 0.076, 0.103).unwrap()];
    assert!(laws.iter().all(|law| allocate(*law, flops(1e22)).is_ok()));
}

#[test]
fn the_cost_of_missing_the_optimum_is_a_loss_a_penalty_and_a_share_of_the_compute() {
    let law = besiroglu();
    let split = allocate(&law, flops(5.76e23)).unwrap();
    let factors: Vec<f64> = split.off_optimum().iter().map(|entry| entry.factor).collect();
    assert_eq!(factors, [0.25, 0.5, 0.8, 1.25, 2.0, 4.0]);
    for entry in split.off_optimum() {
        assert_relative_eq!(entry.loss.get() - split.loss().unwrap().get(), entry.penalty, max_relative = 1e-11);
        let smaller = flops(split.budget().get() * entry.compute_factor.unwrap());
        assert_relative_eq!(
            allocate(&law, smaller).unwrap().loss().unwrap().get(),
            entry.loss.get(),
            max_relative = 1e-15
        );
        assert_relative_eq!(6.0 * entry.params.get() * entry.tokens.get(), 5.76e23, max_relative = 1e-14);
        assert_relative_eq!(
            loss_penalty(&law, entry.params, split.budget()).unwrap(),
            entry.penalty,
            max_relative = 1e-11
        );
        assert_eq!(&off_optimum(&law, split.budget(), entry.factor).unwrap(), entry);
    }
}

#[test]
fn penalties_keep_their_digits_where_all_losses_round_to_the_irreducible_one() {
    // With alpha = beta = 1 and A = B the penalty is u(k + 1/k - 2), u = A/N, and C'/C = (2/(k + 1/k))^2.
    let law = Chinchilla::new(1.7, 500.0, 500.0, 1.0, 1.0).unwrap();
    let budget = flops(6e32);
    for split in [allocate(&law, budget).unwrap(), allocate_by_search(&law, budget).unwrap()] {
        let term = 500.0 / 1e16;
        assert!(term < 1e-13);
        assert_relative_eq!(split.params().get(), 1e16, max_relative = 1e-12);
        for entry in split.off_optimum() {
            let mean = 0.5 * (entry.factor + 1.0 / entry.factor);
            assert_relative_eq!(entry.penalty, 2.0 * term * (mean - 1.0), max_relative = 1e-12);
            assert_relative_eq!(entry.compute_factor.unwrap(), mean.powi(-2), max_relative = 1e-11);
        }
    }
}

#[test]
fn extrapolation_is_a_warning_of_the_allocation() {
    let range = Some((Params::new(1e7).unwrap(), Params::new(1e10).unwrap()));
    let law = hoffmann().with_domain(Domain::new(range, None));
    assert_eq!(allocate(&law, flops(1e21)).unwrap().warnings(), []);
    let far = allocate(&law, flops(5.76e23)).unwrap();
    assert!(
        matches!(far.warnings(), [Warning::Extrapolation { axis: "N", factor, .. }] if (3.2..3.3).contains(factor))
    );
}

#[test]
fn a_line_is_allocated_without_a_loss() {
    let line = AllocationLine::new(Params::new(0.1).unwrap(), 0.5).unwrap();
    let split = allocate_line(&line, flops(5.76e23)).unwrap();
    assert_relative_eq!(split.params().get(), 0.1 * 5.76e23f64.sqrt(), max_relative = 1e-12);
    assert_eq!((split.loss(), split.method(), split.off_optimum().len()), (None, AllocationMethod::Line, 0));
    assert_eq!((split.exponent_params(), split.exponent_tokens()), (0.5, 0.5));
    assert!(matches!(allocate_line(&line, flops(50.0)), Err(AllocateError::Argument { what: "budget", .. })));
}

#[test]
fn a_law_that_counts_compute_otherwise_is_refused() {
    let appendix_f = Conventions { compute: ComputeRule::HoffmannAppendixF, ..Conventions::default() };
    let law = hoffmann().with_conventions(appendix_f);
    for error in [
        allocate(&law, flops(1e21)).unwrap_err(),
        tokens_for_budget(&law, Params::new(1e9).unwrap(), flops(1e21)).unwrap_err(),
        flops_for_loss(&law, Nats::new(2.0).unwrap()).unwrap_err(),
    ] {
        assert!(matches!(error, AllocateError::Unit(_)), "{error}");
    }
}

#[test]
fn losses_at_and_below_a_limit_are_unreachable_and_the_limit_is_named() {
    let (law, n) = (variant(), Params::billions(70.0).unwrap());
    let limit = 1.69 + 406.4 / 70e9f64.powf(0.336);
    for target in [1e-3, 1.0, 1.69, 1.75, limit] {
        let error = tokens_for_loss(&law, n, Nats::new(target).unwrap()).unwrap_err();
        let AllocateError::Unreachable { limit: named, .. } = error else { panic!("{error}") };
        assert!(named == 1.69 || (named - limit).abs() < 1e-14, "{named}");
    }
    let d = Tokens::trillions(1.0).unwrap();
    let error = params_for_loss(&law, d, Nats::new(1.8).unwrap()).unwrap_err();
    let AllocateError::Unreachable { limit, .. } = error else { panic!("{error}") };
    assert_relative_eq!(limit, 1.69 + 410.7 / 1e12f64.powf(0.283), max_relative = 1e-14);
    for target in [1.0, 1.69] {
        let error = flops_for_loss(&law, Nats::new(target).unwrap()).unwrap_err();
        assert!(matches!(error, AllocateError::Unreachable { limit: 1.69, .. }), "{error}");
        assert!(error.to_string().contains("irreducible"), "{error}");
    }
    // One rounding step above E some budget below 1e304 still does it.
    let nearest = Nats::new(1.69f64.next_up()).unwrap();
    assert!(flops_for_loss(&law, nearest).unwrap().get() > 1e80);
}

#[test]
fn losses_that_everything_reaches_are_refused_as_arguments() {
    let huge = Nats::new(1e6).unwrap();
    let (law, n, d) = (variant(), Params::billions(1.0).unwrap(), Tokens::billions(1.0).unwrap());
    for error in [
        flops_for_loss(&law, huge).unwrap_err(),
        tokens_for_loss(&law, n, huge).unwrap_err(),
        params_for_loss(&law, d, huge).unwrap_err(),
    ] {
        assert!(matches!(error, AllocateError::Argument { what: "target loss", .. }), "{error}");
    }
}

#[test]
fn sizes_factors_and_budgets_without_a_model_are_refused() {
    let (law, c) = (hoffmann(), flops(1e18));
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-30, 1e30] {
        let error = off_optimum(&law, c, factor).unwrap_err();
        assert!(matches!(error, AllocateError::Argument { what: "factor", .. }), "{error}");
    }
    for size in [0.5, 1e18, 1e308] {
        let error = loss_penalty(&law, Params::new(size).unwrap(), c).unwrap_err();
        assert!(matches!(error, AllocateError::Argument { what: "N", .. }), "{error}");
    }
    for budget in [1e-300, 1.0, 6.0] {
        let error = allocate(&law, flops(budget)).unwrap_err();
        assert!(matches!(error, AllocateError::Argument { what: "budget", .. }), "{error}");
    }
}

#[test]
fn a_zero_term_has_no_interior_optimum() {
    for (a, b, params) in [(0.0, 410.7, 1.0), (406.4, 0.0, 1e21 / 6.0), (0.0, 0.0, 1.0)] {
        let law = Chinchilla::new(1.69, a, b, 0.34, 0.28).unwrap();
        for error in
            [allocate(&law, flops(1e21)).unwrap_err(), flops_for_loss(&law, Nats::new(2.0).unwrap()).unwrap_err()]
        {
            let AllocateError::NoInteriorOptimum { params: end, .. } = error else { panic!("{error}") };
            assert!(error.to_string().contains("no interior optimum"));
            if let AllocateError::NoInteriorOptimum { budget: 1e21, .. } = error {
                assert_relative_eq!(end, params, max_relative = 1e-9);
            }
        }
    }
}

/// A law from a function of (ln N, ln D) to (L, dL/dln N, dL/dln D).
struct Custom<F>(F);

impl<F> std::fmt::Debug for Custom<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Custom")
    }
}

impl<F: Fn(f64, f64) -> (f64, f64, f64)> LossModel for Custom<F> {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let (loss, d_ln_params, d_ln_tokens) = (self.0)(ln_params, ln_tokens);
        LossPoint { loss, d_ln_params, d_ln_tokens }
    }
}

fn custom<F: Fn(f64, f64) -> (f64, f64, f64)>(f: F) -> Custom<F> {
    Custom(f)
}

#[test]
fn laws_that_are_not_finite_get_an_error_and_never_a_number() {
    let point = |x: f64, y: f64| {
        let LossPoint { loss, d_ln_params, d_ln_tokens } = hoffmann().at(x, y);
        (loss, d_ln_params, d_ln_tokens)
    };
    let laws: [Box<dyn LossModel>; 6] = [
        Box::new(custom(|_, _| (f64::NAN, 0.0, 0.0))),
        Box::new(custom(|_, _| (f64::INFINITY, -1.0, -1.0))),
        Box::new(custom(|_, _| (f64::NEG_INFINITY, -1.0, -1.0))),
        Box::new(custom(move |x, y| (point(x, y).0, f64::NAN, point(x, y).2))),
        Box::new(custom(move |x, y| (point(x, y).0, point(x, y).1, f64::INFINITY))),
        // Only in one region.
        Box::new(custom(move |x, y| if x > 30.0 { (f64::NAN, f64::NAN, f64::NAN) } else { point(x, y) })),
    ];
    let n = Params::billions(1.0).unwrap();
    for (i, law) in laws.iter().enumerate() {
        let error = allocate(law.as_ref(), flops(1e21)).unwrap_err();
        assert!(matches!(error, AllocateError::Law(_)), "law {i}: {error}");
        assert!(loss_penalty(law.as_ref(), n, flops(1e21)).is_err());
        assert!(flops_for_loss(law.as_ref(), Nats::new(2.0).unwrap()).is_err());
    }
    for law in &laws[..3] {
        assert!(tokens_for_loss(law.as_ref(), n, Nats::new(2.0).unwrap()).is_err());
    }
}

#[test]
fn negative_losses_are_refused() {
    let law = custom(|x, y| ((x - y).powi(2) - 1.0, 2.0 * (x - y), -2.0 * (x - y)));
    assert!(matches!(allocate(&law, flops(1e21)), Err(AllocateError::Law(_))));
}

#[test]
fn a_constant_law_has_no_interior_optimum() {
    let law = custom(|_, _| (2.0, 0.0, 0.0));
    assert!(matches!(allocate(&law, flops(1e21)), Err(AllocateError::NoInteriorOptimum { .. })));
    assert!(flops_for_loss(&law, Nats::new(1.0).unwrap()).is_err());
    assert!(matches!(
        tokens_for_loss(&law, Params::new(1e9).unwrap(), Nats::new(1.0).unwrap()),
        Err(AllocateError::Unreachable { limit: 2.0, .. })
    ));
}

/// L = 2 + 0.01·(x - y)⁴ - 0.5·(x - y)² + tilt·(x - y) + 8: two wells at x - y = ±5, told apart by the tilt.
fn two_wells(tilt: f64) -> impl LossModel {
    custom(move |x, y| {
        let t = x - y;
        let slope = 0.04 * t.powi(3) - t + tilt;
        (10.0 + 0.01 * t.powi(4) - 0.5 * t * t + tilt * t, slope, -slope)
    })
}

#[test]
fn the_deeper_of_two_minima_is_taken() {
    for (tilt, sign) in [(0.01, -1.0), (-0.01, 1.0), (1e-6, -1.0), (-1e-6, 1.0)] {
        let split = allocate(&two_wells(tilt), flops(1e21)).unwrap();
        assert!((split.tokens_per_param().ln() + sign * 5.0).abs() < 0.01, "{tilt}: {split:?}");
    }
}

#[test]
fn slopes_that_contradict_the_losses_are_set_aside_with_a_warning() {
    let exact = allocate(&besiroglu(), flops(1e21)).unwrap();
    let check = |split: Allocation| {
        assert_relative_eq!(split.params().get(), exact.params().get(), max_relative = 1e-6);
        assert_relative_eq!(split.exponent_params(), exact.exponent_params(), max_relative = 1e-5);
        assert!(split.warnings().iter().any(|w| w.code() == "ignored"), "{:?}", split.warnings());
        for (rough, entry) in split.off_optimum().iter().zip(exact.off_optimum()) {
            assert_relative_eq!(rough.penalty, entry.penalty, max_relative = 1e-5);
            assert_relative_eq!(rough.compute_factor.unwrap(), entry.compute_factor.unwrap(), max_relative = 1e-5);
        }
        assert_eq!(split.off_optimum().len(), 6);
    };
    let law = besiroglu();
    let loss = |x: f64, y: f64| law.at(x, y).loss;
    // None given, the wrong sign, one a tenth too large, one a hundredth.
    check(allocate(&custom(|x, y| (loss(x, y), 0.0, 0.0)), flops(1e21)).unwrap());
    check(
        allocate(&custom(|x, y| (loss(x, y), -law.at(x, y).d_ln_params, -law.at(x, y).d_ln_tokens)), flops(1e21))
            .unwrap(),
    );
    check(
        allocate(&custom(|x, y| (loss(x, y), 1.1 * law.at(x, y).d_ln_params, law.at(x, y).d_ln_tokens)), flops(1e21))
            .unwrap(),
    );
    check(
        allocate(&custom(|x, y| (loss(x, y), 1.01 * law.at(x, y).d_ln_params, law.at(x, y).d_ln_tokens)), flops(1e21))
            .unwrap(),
    );
}

/// A law whose own formula for N_opt overflows.
#[derive(Debug)]
struct BadFormula(f64);

impl LossModel for BadFormula {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        besiroglu().at(ln_params, ln_tokens)
    }

    fn ln_optimal_params(&self, _: f64) -> Option<f64> {
        Some(self.0)
    }
}

#[test]
fn a_formula_that_gives_no_number_is_replaced_by_a_search() {
    let exact = allocate(&besiroglu(), flops(1e21)).unwrap();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let split = allocate(&BadFormula(value), flops(1e21)).unwrap();
        assert_eq!(split.method(), AllocationMethod::Search);
        assert_relative_eq!(split.params().get(), exact.params().get(), max_relative = 1e-12);
    }
    assert!(matches!(allocate(&BadFormula(-3.0), flops(1e21)), Err(AllocateError::NoInteriorOptimum { .. })));
}

#[test]
fn a_law_with_a_kink_at_its_optimum_is_allocated_at_the_kink() {
    // L = 2 + max(A/N^0.5, B/D^0.5)
    let law = custom(|x: f64, y: f64| {
        let (u, v) = (1e4 * (-0.5 * x).exp(), 4e4 * (-0.5 * y).exp());
        if u > v { (2.0 + u, -0.5 * u, 0.0) } else { (2.0 + v, 0.0, -0.5 * v) }
    });
    let split = allocate(&law, flops(1e21)).unwrap();
    assert_relative_eq!(split.tokens_per_param(), 16.0, max_relative = 1e-5);
    assert_relative_eq!(split.exponent_params(), 0.5, max_relative = 1e-5);
}

#[test]
fn the_exponent_of_a_bending_law_is_its_local_slope() {
    // The exponent of N grows with N, so ln N_opt bends with ln C.
    let law = custom(|x: f64, y: f64| {
        let (u, v) = ((8.0 - 0.2 * x - 0.003 * x * x).exp(), (7.0 - 0.35 * y).exp());
        (1.5 + u + v, -(0.2 + 0.006 * x) * u, -0.35 * v)
    });
    let at = |ln_compute: f64| optimal_split(&law, flops(ln_compute.exp())).unwrap().0.ln();
    let (center, step) = (1e22f64.ln(), 1e-3);
    let numeric = (at(center + step) - at(center - step)) / (2.0 * step);
    assert_relative_eq!(allocate(&law, flops(1e22)).unwrap().exponent_params(), numeric, max_relative = 1e-7);
}

#[test]
fn from_1e10_to_1e32_flop_the_published_form_never_gives_a_nan() {
    for exponent in 10..=32 {
        let budget = flops(10f64.powi(exponent));
        for split in [allocate(&hoffmann(), budget).unwrap(), allocate_by_search(&hoffmann(), budget).unwrap()] {
            assert_relative_eq!(6.0 * split.params().get() * split.tokens().get(), budget.get(), max_relative = 1e-14);
            assert!(split.exponent_params().is_finite());
            assert!(split.off_optimum().iter().all(|e| e.penalty > 0.0 && e.compute_factor.unwrap() < 1.0));
        }
    }
    // Far outside there are typed errors or finite answers.
    for budget in [1e-300, 1e2, 1e4, 1e100, 1e300, f64::MAX] {
        if let Ok(split) = allocate(&hoffmann(), flops(budget)) {
            assert!(split.params().get().is_finite() && split.loss().unwrap().get() >= 1.69, "{split:?}");
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn the_json_form_has_its_stable_keys() {
    let json = serde_json::to_value(allocate(&hoffmann(), flops(5.76e23)).unwrap()).unwrap();
    let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "budget_flops",
            "exponent_params",
            "exponent_tokens",
            "loss",
            "method",
            "off_optimum",
            "params",
            "tokens",
            "tokens_per_param",
            "warnings"
        ]
    );
    assert_eq!(json["budget_flops"], 5.76e23);
    assert_eq!(json["method"], "closed-form");
    let entry = &json["off_optimum"][1];
    assert_eq!(entry["factor"], 0.5);
    for key in ["params", "tokens", "loss", "penalty", "compute_factor"] {
        assert!(entry[key].is_f64(), "{key}");
    }
    let line = AllocationLine::new(Params::new(0.1).unwrap(), 0.5).unwrap();
    let json = serde_json::to_value(allocate_line(&line, flops(1e21)).unwrap()).unwrap();
    assert!(json["loss"].is_null() && json["method"] == "line");
}
