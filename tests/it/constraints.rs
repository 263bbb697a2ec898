//! Allocation under limits: published numbers, and what must hold under any law.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use scaling_laws::published::{BESIROGLU_2024, KAPLAN_2020_CRITICAL_BATCH};
use scaling_laws::testing::{chinchilla_laws, kaplan_laws};
use scaling_laws::{
    AllocateError, AllocationLine, BatchLimit, Chinchilla, ConstrainedAllocation, Constraints, FlopPrice, Flops,
    KaplanJoint, Limit, LossModel, LossPoint, Nats, Tolerance, allocate, allocate_cloud, allocate_line,
    allocate_within,
};

use crate::quantities::{c, d, n, relative};

/// The coefficients that give back the numbers of Sardana 2023.
fn sardana() -> Chinchilla {
    Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283).unwrap()
}

/// The cheapest way to the quality of `size` at its own optimum, with the demand, and its share of the cost of that optimum.
fn serve(loss: f64, demand: f64) -> (ConstrainedAllocation, f64) {
    let asked = Constraints::new().target_loss(Nats::new(loss).unwrap());
    let plain = allocate_within(&sardana(), &asked).unwrap();
    let best = allocate_within(&sardana(), &asked.inference_tokens(d(demand))).unwrap();
    let share = best.lifetime() / (plain.training().get() + 2.0 * plain.params().get() * demand);
    (best, share)
}

#[test]
fn the_numbers_of_sardana_come_back() {
    let (best, share) = serve(1.947, 2e12);
    assert!(relative(best.params().get(), 2.418e10) < 2e-3, "{best:?}");
    assert!(relative(best.tokens().get(), 2.657e12) < 2e-3, "{best:?}");
    assert!((share - 0.9522).abs() < 1e-4, "{share}");
    // The first-order condition that the paper prints: (αA/N^α)/(βB/D^β) = 1 + D_inf/(3D).
    let slope = sardana().gradient(best.params(), best.tokens()).unwrap();
    let expected = 1.0 + 2e12 / (3.0 * best.tokens().get());
    assert!(relative(slope.d_ln_params / slope.d_ln_tokens, expected) < 1e-9);
    assert!(best.kkt_residual() < 1e-9);
    // Examples of the text: the quality of 30B with 5T served, 70B with 10T, 7B with 0.1T.
    let quality = |size: f64| {
        let (law, mut low, mut high) = (sardana(), 1e18f64, 1e28f64);
        for _ in 0..200 {
            let middle = (low * high).sqrt();
            if allocate(&law, c(middle)).unwrap().params().get() < size { low = middle } else { high = middle }
        }
        allocate(&law, c(low)).unwrap().loss().unwrap().get()
    };
    let (best, share) = serve(quality(30e9), 5e12);
    assert!(relative(best.tokens().get(), 3.27e12) < 0.01 && (share - (1.0 - 0.16)).abs() < 0.005);
    let (best, share) = serve(quality(70e9), 10e12);
    assert!(relative(best.tokens().get(), 7.92e12) < 0.01 && (share - (1.0 - 0.12)).abs() < 0.005);
    let (best, _) = serve(quality(7e9), 1e11);
    assert!(relative(best.params().get(), 6e9) < 0.01);
}

#[test]
fn tokens_of_llama_3_by_three_variants() {
    // D = A·C^α at 3.8e25: the figure's digits, the text's digits; the paper quotes 16.55T.
    for (a, alpha, expected) in [(0.299, 0.537, 16.29352231e12), (0.29, 0.53, 10.4636524e12)] {
        let line = AllocationLine::new(n(1.0 / (6.0 * a)), 1.0 - alpha).unwrap();
        let split = allocate_line(&line, c(3.8e25)).unwrap();
        assert!(relative(split.tokens().get(), expected) < 1e-8, "{}", split.tokens());
    }
    // 402B on 16.55T are 5 % more than the budget.
    assert!(relative(6.0 * 402e9 * 16.55e12, 3.99186e25) < 1e-9);
}

#[test]
fn the_free_optimum_is_that_of_allocate() {
    for budget in [1e19, 5.76e23, 1e27] {
        let free = allocate(&BESIROGLU_2024, c(budget)).unwrap();
        let same = allocate_within(&BESIROGLU_2024, &Constraints::new().budget(c(budget))).unwrap();
        assert!(relative(free.params().get(), same.params().get()) < 1e-12);
        // Without serving the lifetime is the training: the search must find what the formula says.
        let searched = allocate_within(&BESIROGLU_2024, &Constraints::new().lifetime_budget(c(budget))).unwrap();
        assert!(relative(free.params().get(), searched.params().get()) < 1e-10);
        assert!(same.kkt_residual() < 1e-10 && searched.kkt_residual() < 1e-10);
        assert!(same.excess_loss().unwrap() < 1e-12);
    }
}

#[test]
fn each_kind_of_limit_binds_where_it_should() {
    let budget = Constraints::new().budget(c(1e24));
    let limits = |asked: &Constraints| -> Vec<Limit> {
        allocate_within(&BESIROGLU_2024, asked).unwrap().binding().iter().map(|b| b.limit).collect()
    };
    assert_eq!(limits(&budget.clone().max_params(n(8e9))), [Limit::Budget, Limit::MaxParams]);
    assert_eq!(limits(&budget.clone().min_tokens_per_param(100.0)), [Limit::Budget, Limit::MinTokensPerParam]);
    assert_eq!(limits(&budget.clone().max_tokens(d(1e12))), [Limit::Budget, Limit::MaxTokens]);
    assert_eq!(limits(&budget.clone().unique_tokens(d(1e11), 4.0)), [Limit::Budget, Limit::Epochs]);
    assert_eq!(
        limits(&budget.clone().max_params(n(1e9)).max_tokens(d(1e12))),
        [Limit::MaxParams, Limit::MaxTokens],
        "the budget is not spent"
    );
    let batch = BatchLimit::Critical(KAPLAN_2020_CRITICAL_BATCH);
    let slow = allocate_within(&BESIROGLU_2024, &budget.clone().max_steps(1e5, batch)).unwrap();
    let cap = 1e5 * KAPLAN_2020_CRITICAL_BATCH.at(slow.loss()).unwrap().get();
    assert!(relative(slow.tokens().get(), cap) < 1e-9, "{slow:?}");
    assert!(slow.params() > allocate(&BESIROGLU_2024, c(1e24)).unwrap().params());
}

#[test]
fn few_steps_leave_an_interval_of_tokens() {
    // At a fixed N a critical batch allows D in an interval: with fewer tokens the loss is high and the batch small.
    let batch = BatchLimit::Critical(KAPLAN_2020_CRITICAL_BATCH);
    let asked = |steps: f64| Constraints::new().budget(c(1e22)).params(n(1e9)).max_steps(steps, batch);
    let cap = |best: &ConstrainedAllocation| KAPLAN_2020_CRITICAL_BATCH.at(best.loss()).unwrap().get();
    for steps in [1e3, 3e3, 1e4] {
        let best = allocate_within(&BESIROGLU_2024, &asked(steps)).unwrap();
        assert!(relative(best.tokens().get(), steps * cap(&best)) < 1e-9, "{best:?}");
        let more = best.tokens().get() * 1.01;
        let loss = BESIROGLU_2024.loss(n(1e9), d(more)).unwrap();
        assert!(more > steps * KAPLAN_2020_CRITICAL_BATCH.at(loss).unwrap().get(), "more tokens would fit");
    }
    // Fewer than those at which the interval closes are a conflict, and the steps that would do are told.
    let Err(AllocateError::Conflict { conflicts }) = allocate_within(&BESIROGLU_2024, &asked(10.0)) else { panic!() };
    let needed = conflicts.iter().find(|one| one.limit == "steps").unwrap().needed.unwrap();
    assert!(allocate_within(&BESIROGLU_2024, &asked(needed * (1.0 + 1e-6))).is_ok());
    assert!(allocate_within(&BESIROGLU_2024, &asked(needed * (1.0 - 1e-3))).is_err());
}

#[test]
fn exact_requests_are_met_to_the_last_bit_and_priced_on_both_sides() {
    let asked = Constraints::new().params(n(70e9)).budget(c(5.76e23));
    let best = allocate_within(&BESIROGLU_2024, &asked).unwrap();
    assert_eq!(best.params(), n(70e9));
    assert!(relative(best.tokens().get() * 6.0 * 70e9, 5.76e23) < 1e-15);
    // All three fixed and consistent: one point.
    let point = asked.tokens(d(5.76e23 / 6.0 / 70e9));
    assert_eq!(allocate_within(&BESIROGLU_2024, &point).unwrap().params(), n(70e9));
}

#[test]
fn over_training_gives_the_smallest_model_within_the_tolerance() {
    let budget = Constraints::new().budget(c(1e24));
    let best = allocate(&BESIROGLU_2024, c(1e24)).unwrap();
    for tolerance in [Tolerance::Absolute(0.02), Tolerance::Relative(0.01)] {
        let small = allocate_within(&BESIROGLU_2024, &budget.clone().smallest_within(tolerance)).unwrap();
        let allowed = match tolerance {
            Tolerance::Absolute(more) => more,
            _ => 0.01 * best.loss().unwrap().get(),
        };
        assert!((small.excess_loss().unwrap() - allowed).abs() < 1e-10, "{small:?}");
        assert!(small.params() < best.params() && relative(small.training().get(), 1e24) < 1e-9);
        assert!(small.kkt_residual() < 1e-7);
    }
}

#[test]
fn prices_of_the_smallest_model_follow_the_least_loss_as_it_moves() {
    let law = BESIROGLU_2024;
    let asked = |budget: f64| {
        let within = Constraints::new().budget(c(budget)).smallest_within(Tolerance::Relative(0.01));
        allocate_within(&law, &within.max_tokens(d(1e15))).unwrap()
    };
    let h = 1e-4f64;
    let difference = (asked(1e24 * h.exp()).params().ln() - asked(1e24 * (-h).exp()).params().ln()) / (2.0 * h);
    let best = asked(1e24);
    let price = best.binding().iter().find(|b| b.limit == Limit::Budget).unwrap().shadow_price;
    assert!((price - difference).abs() < 1e-5, "{price} {difference}");
}

#[test]
fn repeated_tokens_under_a_law_that_does_not_know_them_raise_a_doubt() {
    let codes = |epochs: f64| -> Vec<&str> {
        let asked = Constraints::new().budget(c(1e23)).unique_tokens(d(25e9), epochs);
        allocate_within(&BESIROGLU_2024, &asked).unwrap().warnings().iter().map(|w| w.code()).collect()
    };
    assert!(codes(4.0).contains(&"assumed") && !codes(1.0).contains(&"assumed"));
}

/// Loss on a corpus of U tokens where repeats wear out (Muennighoff 2023, without the term for parameters).
#[derive(Debug)]
struct Worn {
    law: Chinchilla,
    unique: f64,
}

impl LossModel for Worn {
    fn at(&self, x: f64, y: f64) -> scaling_laws::LossPoint {
        let repeats = (y - self.unique.ln()).exp() - 1.0;
        if repeats <= 0.0 {
            return self.law.at(x, y);
        }
        let star = 15.3878;
        let worth = 1.0 - star * (-repeats / star).exp_m1();
        let slope = (1.0 + repeats) * (-repeats / star).exp() / worth;
        let point = self.law.at(x, self.unique.ln() + worth.ln());
        scaling_laws::LossPoint { d_ln_tokens: point.d_ln_tokens * slope, ..point }
    }
}

#[test]
fn a_law_of_worn_tokens_sets_its_own_epochs() {
    let law = Worn { law: Chinchilla::new(1.86914, 520.825, 1487.72, 0.35266, 0.35266).unwrap(), unique: 25e9 };
    let asked = Constraints::new().budget(c(1e22)).unique_tokens(d(25e9), 1e4);
    let best = allocate_within(&law, &asked).unwrap();
    let epochs = best.epochs().unwrap();
    assert!(epochs > 2.0 && epochs < 20.0 && best.kkt_residual() < 1e-9, "{best:?}");
    for t in [-0.1f64, -1e-3, 1e-3, 0.1] {
        assert!(law.at(best.params().ln() - t, best.tokens().ln() + t).loss > best.loss().get());
    }
    let capped = allocate_within(&law, &asked.unique_tokens(d(25e9), 1.5)).unwrap();
    assert!(capped.loss() > best.loss() && (capped.epochs().unwrap() - 1.5).abs() < 1e-12);
}

#[test]
fn a_conflict_names_its_limits_and_what_would_do() {
    let asked =
        Constraints::new().max_params(n(1e9)).budget(c(1e24)).min_tokens(d(1e9)).target_loss(Nats::new(2.15).unwrap());
    let Err(AllocateError::Conflict { conflicts }) = allocate_within(&BESIROGLU_2024, &asked) else { panic!() };
    let names: Vec<&str> = conflicts.iter().map(|c| c.limit).collect();
    assert_eq!(names, ["max-params", "target-loss"], "{conflicts:?}");
    // Each of the proposed values gives an answer where the others are kept; a little less does not.
    let loss = conflicts[1].needed.unwrap();
    let with =
        |loss: f64| allocate_within(&BESIROGLU_2024, &asked.clone().target_loss(Nats::new(loss).unwrap())).is_ok();
    assert!(with(loss * (1.0 + 1e-9)) && !with(loss * (1.0 - 1e-9)));
    let one = Constraints::new().params(n(1e9)).tokens(d(1e12)).budget(c(1e21));
    let error = allocate_within(&BESIROGLU_2024, &one).unwrap_err();
    assert!(error.to_string().contains("budget = 1e21 (6.0000"), "{error}");
    assert!(matches!(
        allocate_within(&BESIROGLU_2024, &Constraints::new().max_params(n(1e9))),
        Err(AllocateError::Unlimited { what: "D" })
    ));
    let below = Constraints::new().target_loss(Nats::new(1.8).unwrap());
    assert!(matches!(allocate_within(&BESIROGLU_2024, &below), Err(AllocateError::Unreachable { .. })));
}

#[test]
fn dollars_and_flop_agree_at_one_price() {
    let price = FlopPrice::rented(2.0, 989e12, 0.4).unwrap();
    let flops =
        allocate_within(&BESIROGLU_2024, &Constraints::new().lifetime_budget(c(1e24)).inference_tokens(d(1e13)));
    let money = 1e24 * price.dollars_per_flop();
    let asked = Constraints::new().prices(price, price).dollars(money).inference_tokens(d(1e13));
    let dollars = allocate_within(&BESIROGLU_2024, &asked).unwrap();
    assert!(relative(dollars.params().get(), flops.unwrap().params().get()) < 1e-9);
    assert!(relative(dollars.dollars().unwrap(), money) < 1e-12);
    // Dearer serving makes smaller models.
    let dear = FlopPrice::rented(2.0, 989e12, 0.1).unwrap();
    let smaller = allocate_within(&BESIROGLU_2024, &asked.prices(price, dear)).unwrap();
    assert!(smaller.params() < dollars.params());
    assert!(allocate_within(&BESIROGLU_2024, &Constraints::new().dollars(1e6)).is_err());
}

#[test]
fn a_price_far_below_that_of_another_limit_is_still_told() {
    // N alone matters at its ceiling: tokens stand at their own power of 1e-9 of the slope, which is what the budget is worth.
    let law = KaplanJoint::new(215978507130699.97, 54796339073785.24, 0.24222427755294515, 0.069849329206771).unwrap();
    let asked = Constraints::new().max_params(n(93909815175.07578));
    let loss = |budget: f64| allocate_within(&law, &asked.clone().budget(c(budget))).unwrap().loss().get();
    let best = allocate_within(&law, &asked.clone().budget(c(2.7751272112572395e22))).unwrap();
    let price = best.binding().iter().find(|b| b.limit == Limit::Budget).unwrap().shadow_price;
    let difference = (loss(2.7751272112572395e22 * 0.3f64.exp()) - loss(2.7751272112572395e22 * (-0.3f64).exp())) / 0.6;
    assert!(price < 0.0 && relative(price, difference) < 0.05, "{price} {difference}");
    assert!(best.kkt_residual() < 1e-12);
}

#[test]
fn the_decision_of_least_regret_beats_every_split_of_a_grid() {
    let cloud: Vec<Chinchilla> = (0..40)
        .map(|i| {
            let t = f64::from(i) / 20.0 - 1.0;
            Chinchilla::new(1.82 + 0.02 * t, 482.0 * (1.0 + 0.5 * t), 2085.0, 0.348 + 0.03 * t, 0.366 - 0.02 * t)
                .unwrap()
        })
        .collect();
    let asked = Constraints::new().budget(c(1e25));
    let answer = allocate_cloud(&BESIROGLU_2024, &cloud, &asked, 0.9).unwrap();
    let best = answer.least_regret.unwrap();
    let mean = |size: f64| {
        let tokens = d(1e25 / 6.0 / size);
        cloud.iter().map(|law| law.loss(n(size), tokens).unwrap().get()).sum::<f64>() / 40.0
    };
    let least = mean(best.params.get());
    assert!((-60..60).all(|i| mean(best.params.get() * (f64::from(i) / 20.0).exp()) >= least - 1e-13));
    assert!(answer.on_point.unwrap().mean_regret >= best.mean_regret);
    assert!(answer.params.low < answer.params.median && answer.params.median < answer.params.high);
    assert_eq!((answer.answered, answer.laws), (40, 40));
}

/// A limit as a function of its logarithm: set it and read it back in the answer.
type Setting = (Limit, f64, fn(Constraints, f64) -> Constraints);

/// Questions with several limits at once around a point (N, D) that satisfies all of them.
fn question() -> impl Strategy<Value = Vec<Setting>> {
    let slack = || -0.5..3.0f64;
    (15.0..26.0f64, 19.0..31.0f64, prop::collection::vec(slack(), 8), any::<u8>()).prop_map(|(x, y, s, mask)| {
        let room: Vec<f64> = s.iter().map(|s| s.max(0.0)).collect();
        let size = (x + y).exp() * 6.0;
        let all: Vec<Setting> = vec![
            (Limit::Budget, size * room[0].exp(), |c, v| c.budget(Flops::new(v).unwrap())),
            (Limit::MaxParams, (x + room[1]).exp(), |c, v| c.max_params(n(v))),
            (Limit::MaxTokens, (y + room[2]).exp(), |c, v| c.max_tokens(d(v))),
            (Limit::MinParams, (x - room[3]).exp(), |c, v| c.min_params(n(v))),
            (Limit::MinTokens, (y - room[4]).exp(), |c, v| c.min_tokens(d(v))),
            (Limit::MaxTokensPerParam, (y - x + room[5]).exp(), |c, v| c.max_tokens_per_param(v)),
            (Limit::MinTokensPerParam, (y - x - room[6]).exp(), |c, v| c.min_tokens_per_param(v)),
            (Limit::LifetimeBudget, (size + 2.0 * 1e12 * x.exp()) * room[7].exp(), |c, v| {
                c.inference_tokens(d(1e12)).lifetime_budget(Flops::new(v).unwrap())
            }),
        ];
        // A budget is always there, so that N and D are bounded.
        all.into_iter().enumerate().filter(|(i, _)| *i == 0 || mask >> i & 1 == 1).map(|(_, s)| s).collect()
    })
}

fn ask(settings: &[Setting], changed: Option<(usize, f64)>) -> Constraints {
    settings.iter().enumerate().fold(Constraints::new(), |c, (i, (_, value, set))| {
        let factor = changed.filter(|(j, _)| *j == i).map_or(1.0, |(_, t)| t.exp());
        set(c, value * factor)
    })
}

fn laws() -> impl Strategy<Value = Box<dyn LossModel>> {
    prop_oneof![
        chinchilla_laws().prop_map(|law| Box::new(law) as Box<dyn LossModel>),
        kaplan_laws().prop_map(|law| Box::new(law) as Box<dyn LossModel>),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn limits_are_kept_and_no_allowed_split_is_better(
        law in laws(), asked in question(), x in 0.0..1.0f64, y in 0.0..1.0f64,
    ) {
        let best = allocate_within(law.as_ref(), &ask(&asked, None)).unwrap();
        let holds = |n: f64, d: f64, slack: f64| asked.iter().all(|(limit, value, _)| match limit {
            Limit::Budget => 6.0 * n * d <= value * (1.0 + slack),
            Limit::LifetimeBudget => 6.0 * n * d + 2e12 * n <= value * (1.0 + slack),
            Limit::MaxParams => n <= value * (1.0 + slack),
            Limit::MinParams => n >= value * (1.0 - slack),
            Limit::MaxTokens => d <= value * (1.0 + slack),
            Limit::MinTokens => d >= value * (1.0 - slack),
            Limit::MaxTokensPerParam => d / n <= value * (1.0 + slack),
            _ => d / n >= value * (1.0 - slack),
        });
        prop_assert!(holds(best.params().get(), best.tokens().get(), 1e-11), "{best:?}");
        prop_assert!(best.kkt_residual() < 1e-6, "{best:?}");
        // A cloud of other splits near the optimum and far from it.
        for reach in [1e-3, 0.1, 5.0] {
            let (n, d) = (
                (best.params().ln() + reach * (2.0 * x - 1.0)).exp(),
                (best.tokens().ln() + reach * (2.0 * y - 1.0)).exp(),
            );
            if holds(n, d, 0.0) && n >= 1.0 && d >= 1.0 {
                prop_assert!(law.at(n.ln(), d.ln()).loss >= best.loss().get() * (1.0 - 1e-12));
            }
        }
    }

    #[test]
    fn a_looser_limit_never_raises_the_loss_and_its_price_is_the_finite_difference(law in laws(), asked in question()) {
        let best = allocate_within(law.as_ref(), &ask(&asked, None)).unwrap();
        for (i, (limit, value, _)) in asked.iter().enumerate() {
            let floor = matches!(limit, Limit::MinParams | Limit::MinTokens | Limit::MinTokensPerParam);
            let looser = |t: f64| if floor { -t } else { t };
            let loss = |t: f64| allocate_within(law.as_ref(), &ask(&asked, Some((i, t)))).map(|b| b.loss().get()).ok();
            let relaxed = loss(looser(0.3)).unwrap();
            prop_assert!(relaxed <= best.loss().get() * (1.0 + 1e-12), "{limit}: {relaxed} {best:?}");
            let h = 1e-4;
            let price = best.binding().iter().find(|b| b.limit == *limit && relative(b.value, *value) < 1e-12)
                .map_or(0.0, |b| b.shadow_price);
            if let (Some(up), Some(down)) = (loss(h), loss(-h)) {
                let (ahead, behind) = ((up - best.loss().get()) / h, (best.loss().get() - down) / h);
                // At a corner the two sides differ and the price lies between them.
                let (low, high) = (ahead.min(behind), ahead.max(behind));
                // Losses are certain to 1e-12 (a lifetime that is all inference hardly bounds D), which h magnifies.
                let allowed = 2e-12 * best.loss().get() / h + 1e-3 * price.abs().max(high.abs());
                prop_assert!(price >= low - allowed && price <= high + allowed, "{limit} {price} {ahead} {behind} {best:?}");
            }
        }
    }

    #[test]
    fn the_least_cost_of_a_loss_buys_that_loss(law in laws(), x in 16.0..26.0f64, y in 20.0..31.0f64, served in 18.0..34.0f64) {
        let target = Nats::new(law.at(x, y).loss).unwrap();
        prop_assume!(law.gradient(n(x.exp()), d(y.exp())).unwrap().d_ln_tokens.abs() > 1e-6 * target.get());
        let demand = d(served.exp());
        let asked = Constraints::new().target_loss(target).inference_tokens(demand);
        let cheap = match allocate_within(law.as_ref(), &asked) {
            // One parameter would do, on many tokens.
            Err(AllocateError::NoInteriorOptimum { params, .. }) => {
                prop_assert!(params < 1.0 + 1e-9, "{params}");
                return Ok(());
            }
            cheap => cheap.unwrap(),
        };
        prop_assert!(relative(cheap.loss().get(), target.get()) < 1e-11);
        prop_assert!(cheap.kkt_residual() < 1e-6, "{cheap:?}");
        prop_assert!(cheap.lifetime() <= ((6f64.ln() + x + y).exp() + (2f64.ln() + x + served).exp()) * (1.0 + 1e-10));
        // There and back: the cost as a budget reaches the same loss.
        let back = Constraints::new().lifetime_budget(Flops::new(cheap.lifetime()).unwrap()).inference_tokens(demand);
        let loss = allocate_within(law.as_ref(), &back).unwrap().loss();
        // Rounding of a lifetime that is all inference is many times as large a share of what is left for training.
        let magnified = 1e-14 * cheap.lifetime() / cheap.training().get();
        prop_assert!(relative(loss.get(), target.get()) < 1e-10 + magnified, "{loss:?} {target:?}");
    }
}

#[test]
fn the_least_n_or_d_there_can_be_is_no_answer() {
    use scaling_laws::published::FARSEER_2025;
    // Alone, beside a slack limit, as the measure of a tolerance: its loss is least at one token.
    let budget = Constraints::new().budget(c(1e22));
    let batch = BatchLimit::Fixed(d(1e20));
    for asked in [
        budget.clone(),
        budget.clone().max_steps(1e4, batch),
        budget.clone().smallest_within(Tolerance::Relative(0.01)),
        Constraints::new().lifetime_budget(c(1e22)),
    ] {
        let refused = allocate_within(&FARSEER_2025, &asked);
        assert!(matches!(refused, Err(AllocateError::NoInteriorOptimum { .. })), "{refused:?}");
    }
    // What a limit keeps away from there has an answer, which is not measured against that end.
    let best = allocate_within(&FARSEER_2025, &Constraints::new().budget(c(1e21)).max_params(n(5e9))).unwrap();
    assert!(best.params().get() > 1e8 && best.excess_loss().is_none(), "{best:?}");
    // Asked for, the end is an answer.
    let one = allocate_within(&BESIROGLU_2024, &Constraints::new().budget(c(1e20)).params(n(1.0))).unwrap();
    assert_eq!(one.params().get(), 1.0);
}

#[test]
fn an_answer_says_what_its_prices_are_changes_of() {
    use scaling_laws::Objective;
    let budget = Constraints::new().budget(c(1e22));
    let of = |asked: Constraints| allocate_within(&BESIROGLU_2024, &asked).unwrap();
    let told = |asked: Constraints, objective: Objective, words: &str| {
        let best = of(asked);
        assert_eq!(best.objective(), objective);
        assert!(best.to_string().contains(words) && best.to_html().contains("change of"), "{best}");
    };
    told(budget.clone(), Objective::Loss, "change of the loss (nats per token) per e-fold");
    told(Constraints::new().target_loss(Nats::new(2.2).unwrap()), Objective::LnCost, "change of ln(cost) per e-fold");
    told(budget.smallest_within(Tolerance::Relative(0.01)), Objective::LnParams, "change of ln N per e-fold");
}

/// A law that counts how often it is asked.
#[derive(Debug, Default)]
struct Counted(std::sync::atomic::AtomicUsize);

impl LossModel for Counted {
    fn at(&self, x: f64, y: f64) -> LossPoint {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        BESIROGLU_2024.at(x, y)
    }
}

/// What a solve takes, on any machine: the 50 µs of docs/performance.md are some 1200 evaluations.
#[test]
fn answers_take_few_evaluations_of_the_law() {
    let demand = d(2e12);
    let lifetime = Constraints::new().lifetime_budget(c(1e24)).inference_tokens(demand);
    let critical = BatchLimit::Critical(KAPLAN_2020_CRITICAL_BATCH);
    let questions = [
        ("lifetime", 80, lifetime.clone()),
        ("lifetime and critical batch", 650, lifetime.max_steps(1e5, critical)),
        ("critical batch", 480, Constraints::new().budget(c(1e24)).max_steps(1e5, critical)),
        ("a loss and serving", 1100, Constraints::new().target_loss(Nats::new(2.0).unwrap()).inference_tokens(demand)),
    ];
    for (name, most, asked) in questions {
        let law = Counted::default();
        allocate_within(&law, &asked).unwrap();
        let count = law.0.into_inner();
        assert!(count <= most, "{name}: {count} evaluations");
    }
}
