//! Laws whose loss rises again with D, by quantisation after training or coarse number formats: every limit, a loss to reach,
//! over-training, conflicts and inverses against a search by brute force.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scaling_laws::laws::Bits;
use scaling_laws::published::{KAPLAN_2020_CRITICAL_BATCH, KUMAR_2024, SUN_2025};
use scaling_laws::{
    AllocateError, BatchLimit, ConstrainedAllocation, Constraints, Limit, LossModel, Nats, Tolerance, allocate,
    allocate_within, choose_bits, choose_float_format, flops_for_loss, params_for_loss, tokens_for_loss,
};

use crate::quantities::{c, d, n, relative};

fn l(x: f64) -> Nats {
    Nats::new(x).unwrap()
}
fn quantised(training: f64, after: f64) -> impl LossModel {
    KUMAR_2024.with_bits(Bits { post_training: after, ..Bits::training(training) }).unwrap()
}

#[test]
fn a_loss_to_reach_has_its_least_cost() {
    // Found by a search over ln N and ln D with NumPy.
    let after = |bits: f64| [Bits { post_training: bits, ..Bits::training(16.0) }];
    let asked = Constraints::new().target_loss(l(3.0));
    let best = &choose_bits(&KUMAR_2024, &asked, &after(4.0)).unwrap()[0].best;
    assert!(relative(best.params().get(), 1.911e9) < 1e-3 && relative(best.tokens().get(), 2.652e10) < 1e-3);
    assert!(relative(best.training().get(), 3.042e20) < 1e-3 && best.kkt_residual() < 1e-9, "{best:?}");
    let format = [SUN_2025.best_format(4, 128.0).unwrap()];
    let best = &choose_float_format(&SUN_2025, &Constraints::new().target_loss(l(2.3)), &format).unwrap()[0].best;
    assert!(relative(best.params().get(), 2.434e10) < 1e-3 && relative(best.tokens().get(), 1.129e11) < 1e-3);
    assert!(relative(best.training().get(), 4.121e21) < 1e-3 && best.kkt_residual() < 1e-9, "{best:?}");
    // No setting that can reach it is left out.
    let settings = [4.0, 8.0].map(|bits| Bits { post_training: 4.0, ..Bits::training(bits) });
    assert_eq!(choose_bits(&KUMAR_2024, &asked, &settings).unwrap().len(), 2);
    // A conflict says what would do.
    let small = asked.max_params(n(1e9));
    let Err(AllocateError::Conflict { conflicts }) = choose_bits(&KUMAR_2024, &small, &after(3.0)) else { panic!() };
    let needed = |limit: &str| conflicts.iter().find(|conflict| conflict.limit == limit).unwrap().needed.unwrap();
    assert!(relative(needed("max-params"), 2.520e9) < 1e-3 && relative(needed("target-loss"), 3.0782) < 1e-4);
}

#[test]
fn the_smallest_model_stands_where_its_window_of_tokens_closes() {
    let asked = Constraints::new().budget(c(1e24)).smallest_within(Tolerance::Relative(0.01));
    let best = allocate_within(&quantised(16.0, 3.0), &asked).unwrap();
    // The budget would buy more tokens; they would only hurt.
    assert!(best.training().get() < 0.2e24 && best.kkt_residual() < 1e-9, "{best:?}");
    let critical = KUMAR_2024.critical_tokens(best.params(), 3.0).unwrap();
    assert!(relative(best.tokens().get(), critical.get()) < 1e-6, "{best:?}");
}

#[test]
fn a_greatest_size_alone_limits_the_tokens() {
    let best = allocate_within(&quantised(16.0, 4.0), &Constraints::new().max_params(n(1e9))).unwrap();
    let critical = KUMAR_2024.critical_tokens(n(1e9), 4.0).unwrap();
    assert!(relative(best.tokens().get(), critical.get()) < 1e-6, "{best:?}");
    // Where more tokens always help, nothing does.
    let full = KUMAR_2024.with_bits(Bits::training(16.0)).unwrap();
    let unlimited = allocate_within(&full, &Constraints::new().max_params(n(1e9)));
    assert!(matches!(unlimited, Err(AllocateError::Unlimited { what: "D" })), "{unlimited:?}");
}

#[test]
fn inverses_take_the_fewer_tokens_and_name_the_least_loss() {
    let (law, size) = (quantised(16.0, 3.0), n(1e9));
    let critical = KUMAR_2024.critical_tokens(size, 3.0).unwrap();
    let least = law.loss(size, critical).unwrap().get();
    let few = tokens_for_loss(&law, size, l(least * 1.01)).unwrap();
    assert!(few < critical && relative(law.loss(size, few).unwrap().get(), least * 1.01) < 1e-12);
    let refused = tokens_for_loss(&law, size, l(least * 0.999)).unwrap_err();
    let AllocateError::Unreachable { limit, what, .. } = refused else { panic!("{refused}") };
    assert!(relative(limit, least) < 1e-12 && what.contains("any number"), "{limit} {what}");
    // The size of that loss on those tokens is this one.
    let back = params_for_loss(&law, few, l(least * 1.01)).unwrap();
    assert!(relative(back.get(), size.get()) < 1e-9);
    let budget = flops_for_loss(&law, l(least)).unwrap();
    assert!(relative(allocate(&law, budget).unwrap().loss().unwrap().get(), least) < 1e-12);
    let cheapest = allocate_within(&law, &Constraints::new().target_loss(l(least))).unwrap();
    assert!(relative(cheapest.training().get(), budget.get()) < 1e-9);
}

fn laws() -> impl Strategy<Value = Box<dyn LossModel>> {
    prop_oneof![
        (prop::sample::select(vec![4.0, 8.0, 16.0]), 1.5..6.0f64)
            .prop_map(|(training, after)| Box::new(quantised(training, after)) as Box<dyn LossModel>),
        (prop::sample::select(vec![4u32, 6, 8]), prop::sample::select(vec![32.0, 128.0, 4096.0])).prop_map(
            |(bits, block)| {
                let law = SUN_2025.with_format(SUN_2025.best_format(bits, block).unwrap()).unwrap();
                Box::new(law) as Box<dyn LossModel>
            }
        ),
    ]
}

/// Where the loss turns along D: between here and many tokens.
fn turn(law: &dyn LossModel, x: f64) -> f64 {
    let (mut low, mut high) = (0.0, 200.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if law.at(x, middle).d_ln_tokens < 0.0 { low = middle } else { high = middle }
    }
    low
}

/// A limit with what of it N, D and the loss use, and how it is set.
struct Kind {
    uses: fn(f64, f64, f64) -> f64,
    set: fn(Constraints, f64) -> Constraints,
}

const SERVED: f64 = 1e12;
const BATCH: BatchLimit = BatchLimit::Critical(KAPLAN_2020_CRITICAL_BATCH);

const KINDS: [Kind; 6] = [
    Kind { uses: |n, d, _| 6.0 * n * d, set: |all, v| all.budget(c(v)) },
    Kind { uses: |n, _, _| n, set: |all, v| all.max_params(n(v)) },
    Kind { uses: |_, d, _| d, set: |all, v| all.max_tokens(d(v)) },
    Kind { uses: |n, d, _| d / n, set: |all, v| all.max_tokens_per_param(v) },
    Kind {
        uses: |n, d, _| 6.0 * n * d + 2.0 * n * SERVED,
        set: |all, v| all.inference_tokens(d(SERVED)).lifetime_budget(c(v)),
    },
    Kind {
        uses: |_, d, loss| d / KAPLAN_2020_CRITICAL_BATCH.at(l(loss)).unwrap().get(),
        set: |all, v| all.max_steps(v, BATCH),
    },
];

/// A point, at a distance from the turn of its N, and which limits hold it how loosely.
fn questions() -> impl Strategy<Value = (f64, f64, Vec<(usize, f64)>)> {
    (17.0..27.0f64, -8.0..3.0f64, prop::collection::vec(1e-3..2.0f64, KINDS.len()), 0u8..64).prop_map(
        |(x, off, slack, mask)| {
            let kinds = (0..KINDS.len()).filter(|kind| mask >> kind & 1 == 1);
            (x, off, kinds.map(|kind| (kind, slack[kind])).collect())
        },
    )
}

/// The limits with their values about a point.
fn valued(law: &dyn LossModel, (x, y): (f64, f64), kinds: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let loss = law.at(x, y).loss;
    kinds.iter().map(|(kind, slack)| (*kind, (KINDS[*kind].uses)(x.exp(), y.exp(), loss) * slack.exp())).collect()
}

fn ask(values: &[(usize, f64)]) -> Constraints {
    values.iter().fold(Constraints::new(), |all, (kind, value)| (KINDS[*kind].set)(all, *value))
}

fn allowed(values: &[(usize, f64)], (n, d, loss): (f64, f64, f64), slack: f64) -> bool {
    values.iter().all(|(kind, value)| (KINDS[*kind].uses)(n, d, loss) <= value * (1.0 + slack))
}

fn point(best: &ConstrainedAllocation) -> (f64, f64, f64) {
    (best.params().get(), best.tokens().get(), best.loss().get())
}

/// N, D and the loss at every point of a grid that keeps the limits.
fn grid(law: &dyn LossModel, values: &[(usize, f64)]) -> Vec<(f64, f64, f64)> {
    let mut all = Vec::new();
    for i in 0..70 {
        for j in 0..70 {
            let (x, y) = (14.0 + 0.25 * f64::from(i), 14.0 + 0.3 * f64::from(j));
            let here = (x.exp(), y.exp(), law.at(x, y).loss);
            if allowed(values, here, 0.0) {
                all.push(here);
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 128, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default()
    })]

    #[test]
    fn no_allowed_split_reaches_a_loss_at_less_cost(law in laws(), (x, off, kinds) in questions(), eased in 1e-4..0.05f64) {
        let law = law.as_ref();
        let y = turn(law, x) + off;
        let values = valued(law, (x, y), &kinds);
        let target = law.at(x, y).loss * (1.0 + eased);
        let best = allocate_within(law, &ask(&values).target_loss(l(target))).unwrap();
        prop_assert!(allowed(&values, point(&best), 1e-9) && best.loss().get() <= target * (1.0 + 1e-9), "{best:?}");
        prop_assert!(best.kkt_residual() < 1e-5, "{best:?}");
        let serving = if kinds.iter().any(|(kind, _)| *kind == 4) { 2.0 * SERVED } else { 0.0 };
        let cost = |n: f64, d: f64| 6.0 * n * d + serving * n;
        let least = cost(best.params().get(), best.tokens().get()) * (1.0 - 1e-9);
        prop_assert!(cost(x.exp(), y.exp()) >= least, "{best:?}");
        for (n, d, loss) in grid(law, &values) {
            prop_assert!(loss > target || cost(n, d) >= least, "N {n:e} D {d:e} {best:?}");
        }
    }

    #[test]
    fn no_allowed_split_has_less_loss_and_no_smaller_model_is_as_good(
        law in laws(), (x, off, kinds) in questions(), share in 1e-4..0.05f64,
    ) {
        let law = law.as_ref();
        let y = turn(law, x) + off;
        // Something must keep N finite.
        let mut kinds = kinds;
        if !kinds.iter().any(|(kind, _)| *kind < 2) {
            kinds.push((0, 0.5));
        }
        let values = valued(law, (x, y), &kinds);
        let best = allocate_within(law, &ask(&values)).unwrap();
        let small = allocate_within(law, &ask(&values).smallest_within(Tolerance::Relative(share))).unwrap();
        let (least, target) = (best.loss().get(), best.loss().get() * (1.0 + share));
        prop_assert!(allowed(&values, point(&best), 1e-9) && allowed(&values, point(&small), 1e-9), "{best:?} {small:?}");
        prop_assert!(small.loss().get() <= target * (1.0 + 1e-9) && small.params() <= best.params(), "{best:?} {small:?}");
        prop_assert!(best.kkt_residual() < 1e-5 && small.kkt_residual() < 1e-5, "{best:?} {small:?}");
        for (n, d, loss) in grid(law, &values) {
            prop_assert!(loss >= least * (1.0 - 1e-12), "N {n:e} D {d:e} {best:?}");
            prop_assert!(loss > target || n >= small.params().get() * (1.0 - 1e-9), "N {n:e} D {d:e} {small:?}");
        }
    }

    #[test]
    fn a_conflict_is_one_and_says_the_nearest_value_that_would_do(law in laws(), x in 18.0..27.0f64, off in -6.0..3.0f64, short in 0.05..2.0f64) {
        let law = law.as_ref();
        let least = law.at(x, turn(law, x)).loss;
        // No N up to this one has the loss, with any number of tokens.
        let asked = |n: f64, loss: f64| Constraints::new().max_params(self::n(n)).target_loss(l(loss));
        let (most, target) = (x.exp() * (-short).exp(), least);
        let refused = allocate_within(law, &asked(most, target));
        let Err(AllocateError::Conflict { conflicts }) = &refused else { panic!("{refused:?}") };
        let needed = |limit: &str| conflicts.iter().find(|conflict| conflict.limit == limit).unwrap().needed.unwrap();
        prop_assert!(relative(needed("max-params"), x.exp()) < 1e-5, "{refused:?}");
        let loss = law.at(most.ln(), turn(law, most.ln())).loss;
        prop_assert!(relative(needed("target-loss"), loss) < 1e-9, "{refused:?}");
        prop_assert!(allocate_within(law, &asked(needed("max-params") * (1.0 + 1e-6), target)).is_ok());
        // An exact number of tokens on either side of the turn.
        let y = turn(law, x) + off;
        let exact = Constraints::new().tokens(d(y.exp())).params(n(x.exp()));
        let loss = law.at(x, y).loss;
        let reached = allocate_within(law, &exact.clone().target_loss(l(loss * (1.0 + 1e-9))));
        prop_assert!(reached.is_ok(), "{reached:?}");
        let missed = allocate_within(law, &exact.target_loss(l(loss * (1.0 - 1e-6))));
        prop_assert!(matches!(missed, Err(AllocateError::Conflict { .. })), "{missed:?}");
    }
}

#[test]
fn shadow_prices_of_a_closing_window_are_finite_differences() {
    let law = quantised(16.0, 3.0);
    let size = |budget: f64| {
        let asked = Constraints::new().budget(c(budget)).smallest_within(Tolerance::Relative(0.01));
        allocate_within(&law, &asked).unwrap()
    };
    let (h, here) = (1e-4f64, size(1e24));
    let slope = (size(1e24 * h.exp()).params().ln() - size(1e24 * (-h).exp()).params().ln()) / (2.0 * h);
    let price = here.binding().iter().find(|b| b.limit == Limit::Budget).unwrap().shadow_price;
    assert!((slope - price).abs() < 1e-4, "{slope} {price}");
}
