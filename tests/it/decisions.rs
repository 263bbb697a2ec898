//! Decisions beyond N and D: epochs of a corpus, number formats, experts.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use scaling_laws::laws::{Bits, JointExperts};
use scaling_laws::published::{
    ABNAR_2025, BESIROGLU_2024, KRAJEWSKI_2024, KUMAR_2024, LUDZIEJEWSKI_2025, MUENNIGHOFF_2023, SUN_2025,
};
use scaling_laws::{
    AllocateError, Chinchilla, Constraints, Limit, LossModel, Nats, Params, Warning, allocate, allocate_cloud,
    allocate_within, ask_cloud, choose_bits, choose_experts, choose_float_format, choose_granularity, choose_sparsity,
    decide_cloud, frontier_cloud, value_of_data,
};

use crate::quantities::{c, d, relative};

#[test]
fn the_authors_plan_for_a_corpus_is_nearly_the_best_of_its_budget() {
    // The README's two plans of one budget, 6.34B on 242B and 8.67B on 178B tokens, from a corpus of 25B.
    let unique = d(25e9);
    let law = MUENNIGHOFF_2023.with_unique_tokens(unique);
    let loss = |n: f64, t: f64| law.loss(Params::new(n).unwrap(), d(t)).unwrap().get();
    assert!(relative(loss(6.34e9, 242e9), 2.2256440889984477) < 1e-9);
    let budget = c(6.0 * 6.34e9 * 242e9);
    let best = value_of_data(&MUENNIGHOFF_2023, unique, &Constraints::new().budget(budget)).unwrap();
    let (found, authors) = (best.best.loss().get(), loss(6.34e9, 242e9));
    assert!(found <= authors && authors - found < 2e-4, "{found} {authors}");
    assert!((8.0..11.0).contains(&best.best.epochs().unwrap()), "{best:?}");
    assert!(best.best.warnings().iter().all(|w| w.code() != "assumed"), "{best:?}");
}

#[test]
fn the_worth_of_a_token_is_the_ratio_of_the_slopes_of_the_best_loss() {
    for (budget, unique) in [(1e22, 25e9), (1e23, 25e9), (1e21, 5e9)] {
        let least = |budget: f64, unique: f64| {
            let asked = Constraints::new().budget(c(budget)).unique_tokens(d(unique), f64::INFINITY);
            allocate_within(&MUENNIGHOFF_2023.with_unique_tokens(d(unique)), &asked).unwrap().loss().get()
        };
        let h = 1e-3f64;
        let by_data = (least(budget, unique * h.exp()) - least(budget, unique * (-h).exp())) / (2.0 * h);
        let by_compute = (least(budget * h.exp(), unique) - least(budget * (-h).exp(), unique)) / (2.0 * h);
        let value = value_of_data(&MUENNIGHOFF_2023, d(unique), &Constraints::new().budget(c(budget))).unwrap();
        assert!(relative(value.by_data.unwrap(), by_data) < 1e-4, "{value:?} {by_data}");
        assert!(relative(value.by_compute.unwrap(), by_compute) < 1e-4, "{value:?} {by_compute}");
        let worth = (by_data / unique) / (by_compute / budget);
        assert!(relative(value.flop_per_token.unwrap(), worth) < 1e-3, "{value:?} {worth}");
        // More data than the free optimum uses is worth nothing.
        let enough = value.unlimited.tokens().get() * 1.01;
        let rich = value_of_data(&MUENNIGHOFF_2023, d(enough), &Constraints::new().budget(c(budget))).unwrap();
        assert!(rich.flop_per_token == Some(0.0) && rich.shortage() < 1e-12, "{rich:?}");
    }
}

#[test]
fn a_cap_on_epochs_makes_data_dearer() {
    let asked = Constraints::new().budget(c(1e22));
    let free = value_of_data(&MUENNIGHOFF_2023, d(25e9), &asked).unwrap();
    let capped = value_of_data(&MUENNIGHOFF_2023, d(25e9), &asked.clone().unique_tokens(d(1.0), 4.0)).unwrap();
    assert!((capped.best.epochs().unwrap() - 4.0).abs() < 1e-9);
    assert!(capped.best.loss() > free.best.loss() && capped.by_data.unwrap() < free.by_data.unwrap());
    // Muennighoff 2023: up to four epochs a repeated token is nearly as good as a new one.
    assert!(capped.next_token > 0.8);
    // A loss to reach has no slope of the loss.
    let reached = Constraints::new().target_loss(free.best.loss());
    let cheapest = value_of_data(&MUENNIGHOFF_2023, d(25e9), &reached).unwrap();
    assert!(cheapest.by_data.is_none() && relative(cheapest.best.training().get(), 1e22) < 1e-6, "{cheapest:?}");
}

#[test]
fn a_loss_that_a_corpus_does_not_allow_is_unreachable_and_every_other_has_a_price() {
    for unique in [1e9, 25e9, 1e12] {
        let law = MUENNIGHOFF_2023.with_unique_tokens(d(unique));
        // Both terms are used up: N' and D' at (1 + R*) times what is new.
        let least = law.at(690.0, 690.0).loss;
        let ask = |loss: f64, asked: &Constraints| {
            allocate_within(&law, &asked.clone().target_loss(Nats::new(loss).unwrap()))
        };
        let free = Constraints::new();
        for asked in
            [free.clone(), free.clone().inference_tokens(d(1e12)), free.unique_tokens(d(unique), f64::INFINITY)]
        {
            for digits in 1..12 {
                let t = 10f64.powi(-digits);
                let Err(AllocateError::Unreachable { limit, .. }) = ask(least * (1.0 - t), &asked) else { panic!() };
                assert!(limit < least * (1.0 + 1e-10), "{limit} {least}");
                let found = ask(least * (1.0 + t), &asked).unwrap();
                assert!(relative(found.loss().get(), least * (1.0 + t)) < 1e-11, "{found:?}");
            }
        }
    }
}

#[test]
fn a_corpus_without_end_has_no_epochs() {
    let value =
        value_of_data(&MUENNIGHOFF_2023, d(25e9), &Constraints::new().budget(c(1e22)).unique_tokens(d(25e9), 4.0));
    assert_eq!(value.unwrap().unlimited.epochs(), None);
}

#[test]
fn epochs_that_a_limit_holds_are_not_called_those_that_pay() {
    let of = |asked: Constraints| value_of_data(&MUENNIGHOFF_2023, d(25e9), &asked).unwrap();
    let budget = Constraints::new().budget(c(1e22));
    let free = of(budget.clone());
    assert_eq!((free.held_by, free.paying_epochs), (None, free.best.epochs()));
    let held = [
        (budget.clone().unique_tokens(d(25e9), 2.0), Limit::Epochs),
        (budget.clone().tokens(d(100e9)), Limit::MaxTokens),
        (budget.clone().tokens(d(400e9)), Limit::MinTokens),
        (budget.clone().max_tokens_per_param(5.0), Limit::MaxTokensPerParam),
    ];
    for (asked, limit) in held {
        let value = of(asked);
        assert_eq!(value.held_by, Some(limit));
        assert!(relative(value.paying_epochs.unwrap(), free.best.epochs().unwrap()) < 1e-6, "{value:?}");
    }
    // A limit that is slack holds nothing.
    assert_eq!(of(budget.unique_tokens(d(25e9), 20.0)).held_by, None);
}

#[test]
fn a_corpus_that_is_used_up_is_said_to_be() {
    let of = |asked: Constraints| value_of_data(&MUENNIGHOFF_2023, d(25e9), &asked).unwrap();
    let value = of(Constraints::new().budget(c(1e26)));
    assert!(value.used_up() && value.flop_per_token.is_none() && value.paying_epochs.is_none(), "{value:?}");
    assert!(value.best.warnings().iter().any(|doubt| doubt.code() == "flat-loss"), "{value:?}");
    let earlier = of(Constraints::new().budget(c(1e23)));
    assert!(!earlier.used_up() && earlier.shortage_cost().is_none());
    // What the shortage costs, where the loss is the same: 1.622e23 FLOP instead of 1.684e22.
    let reached = of(Constraints::new().target_loss(Nats::new(2.16).unwrap()));
    assert!((reached.shortage_cost().unwrap() - 9.634).abs() < 0.01, "{reached:?}");
}

#[test]
fn a_budget_is_not_beyond_itself_because_few_parameters_are_active() {
    let best = &choose_sparsity(&ABNAR_2025, &Constraints::new().budget(c(1e21)), &[0.9]).unwrap()[0].best;
    let compute = |doubt: &Warning| matches!(doubt, Warning::Extrapolation { axis: "C", .. });
    assert!(!best.warnings().iter().any(compute), "{best:?}");
    let beyond = &choose_sparsity(&ABNAR_2025, &Constraints::new().budget(c(4e21)), &[0.9]).unwrap()[0].best;
    let far = beyond.warnings().iter().find(|doubt| compute(doubt)).unwrap();
    assert!(matches!(far, Warning::Extrapolation { factor, .. } if (factor - 4.0).abs() < 1e-9), "{far}");
}

#[test]
fn a_corpus_other_than_the_law_s_raises_a_doubt() {
    let law = MUENNIGHOFF_2023.with_unique_tokens(d(25e9));
    let asked = Constraints::new().budget(c(1e22)).unique_tokens(d(50e9), 4.0);
    let best = allocate_within(&law, &asked).unwrap();
    assert!(best.warnings().iter().any(|w| w.to_string().contains("25B")), "{:?}", best.warnings());
}

#[test]
fn cheaper_training_is_a_greater_budget() {
    let half = Constraints::new().budget(c(1e22)).training_factor(0.5);
    let best = allocate_within(&BESIROGLU_2024, &half).unwrap();
    let twice = allocate(&BESIROGLU_2024, c(2e22)).unwrap();
    assert!(relative(best.params().get(), twice.params().get()) < 1e-12);
    assert!(relative(best.tokens().get(), twice.tokens().get()) < 1e-12);
    assert!(relative(best.training().get(), 1e22) < 1e-12);
    let life = Constraints::new().lifetime_budget(c(1e22)).inference_tokens(d(1e12));
    let cheap = allocate_within(&BESIROGLU_2024, &life.clone().training_factor(0.25).serving_factor(0.25)).unwrap();
    let four = Constraints::new().lifetime_budget(c(4e22)).inference_tokens(d(1e12));
    assert!(relative(cheap.params().get(), allocate_within(&BESIROGLU_2024, &four).unwrap().params().get()) < 1e-9);
    assert!(relative(cheap.lifetime(), 1e22) < 1e-9);
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(allocate_within(&BESIROGLU_2024, &life.clone().training_factor(factor)).is_err(), "{factor}");
    }
}

#[test]
fn the_rows_of_krajewski_s_table_2_are_the_best_of_their_budgets() {
    // Budget, active parameters, tokens, granularity as printed; the printed coefficients give sizes 2 % larger.
    let all = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
    for (budget, active, tokens, granularity) in [
        (1.93e20, 1e9, 28.94e9, 16.0),
        (1.41e21, 3e9, 72.9e9, 16.0),
        (6.46e21, 7e9, 137.6e9, 32.0),
        (5.69e24, 300e9, 2.96e12, 64.0),
        (4.97e25, 1e12, 7.94e12, 64.0),
    ] {
        let best = choose_granularity(&KRAJEWSKI_2024, c(budget), 64.0, &all).unwrap();
        assert_eq!(best[0].granularity, granularity);
        assert!(relative(best[0].active_params.get(), active) < 0.022, "{:?}", best[0]);
        assert!(relative(best[0].tokens.get(), tokens) < 0.025, "{:?}", best[0]);
        let (n, t) = (best[0].active_params, best[0].tokens);
        let spent = scaling_laws::laws::Granularity::training_flops(n, t, granularity, 64.0).unwrap();
        assert!(relative(spent.get(), budget) < 1e-9);
        assert!(best.windows(2).all(|pair| pair[0].excess <= pair[1].excess) && best[0].excess == 0.0);
    }
    assert!(choose_granularity(&KRAJEWSKI_2024, c(1e20), 0.5, &all).is_err());
    assert!(choose_granularity(&KRAJEWSKI_2024, c(1e20), 64.0, &[]).is_err());
    assert!(choose_granularity(&KRAJEWSKI_2024, c(1e20), 64.0, &[0.0]).is_err());
}

#[test]
fn bits_of_least_loss_are_those_of_a_search_over_n() {
    // SciPy's minimize_scalar on L(N, 16·C/(6·P·N)) with the coefficients of Table 2.
    let settings: Vec<Bits> = (3..=16).map(|bits| Bits::training(f64::from(bits))).collect();
    let budget = Constraints::new().budget(c(1e21));
    let best = choose_bits(&KUMAR_2024, &budget, &settings).unwrap();
    let loss = |bits: f64| best.iter().find(|b| b.setting.weights == bits).unwrap().best.loss().get();
    for (bits, expected) in [(3.0, 2.898121), (4.0, 2.898102), (5.0, 2.900035), (8.0, 2.909270), (16.0, 2.933202)] {
        assert!((loss(bits) - expected).abs() < 1e-6, "{bits}: {}", loss(bits));
    }
    assert_eq!(best[0].setting.weights, 4.0);
    // Kumar 2024, section 4.3.2: where N is fixed, greater budgets want more bits.
    let fixed = |budget: f64| {
        let asked = Constraints::new().budget(c(budget)).params(Params::new(1e9).unwrap());
        choose_bits(&KUMAR_2024, &asked, &settings).unwrap()[0].setting.weights
    };
    assert!(fixed(1e20) < fixed(1e22) && fixed(1e22) < fixed(1e24), "{} {} {}", fixed(1e20), fixed(1e22), fixed(1e24));
    // More than 16 bits cost no more than 16.
    let full = choose_bits(&KUMAR_2024, &budget, &[Bits::FULL]).unwrap();
    assert!(relative(6.0 * full[0].best.params().get() * full[0].best.tokens().get(), 1e21) < 1e-9);
    assert!(choose_bits(&KUMAR_2024, &budget, &[]).is_err());
    assert!(choose_bits(&KUMAR_2024, &budget, &[Bits::training(0.0)]).is_err());
}

#[test]
fn beyond_the_critical_tokens_more_data_hurts_a_quantised_model() {
    let n = Params::new(1e9).unwrap();
    for bits in [3.0, 4.0, 5.0] {
        let critical = KUMAR_2024.critical_tokens(n, bits).unwrap();
        let law = KUMAR_2024.with_bits(Bits { post_training: bits, ..Bits::FULL }).unwrap();
        let at = |factor: f64| law.loss(n, d(critical.get() * factor)).unwrap();
        assert!(at(0.9) > at(1.0) && at(1.1) > at(1.0), "{bits}");
        // The allocator does not go there, however much it may spend on this size.
        let asked = Constraints::new().budget(c(1e26)).params(n);
        let best = allocate_within(&law, &asked).unwrap();
        assert!(relative(best.tokens().get(), critical.get()) < 1e-6, "{bits}: {best:?}");
        assert!(best.kkt_residual() < 1e-6);
    }
    // 54.5B, 295B and 1.59T tokens by the closed form, evaluated with NumPy.
    assert!(relative(KUMAR_2024.critical_tokens(n, 4.0).unwrap().get(), 294598774216.1439) < 1e-9);
    let lost = KUMAR_2024.post_training_loss(n, d(1e12), 4.0);
    assert!((KUMAR_2024.post_bits_for(n, d(1e12), lost).unwrap() - 4.0).abs() < 1e-9);
    assert_eq!(KUMAR_2024.post_bits_for(n, d(1e12), 1e9), Ok(0.0));
    assert!(KUMAR_2024.post_bits_for(n, d(1e12), 0.0).is_err() && KUMAR_2024.critical_tokens(n, -1.0).is_err());
}

#[test]
fn float_formats_grow_with_the_budget() {
    // SciPy's minimize_scalar with the paper's coefficients and blocks of 128.
    let formats: Vec<_> = [4, 6, 8, 16].iter().map(|bits| SUN_2025.best_format(*bits, 128.0).unwrap()).collect();
    for (budget, mantissa, loss) in [(1e20, 1.0, 2.611261), (1e21, 1.0, 2.397166), (1e24, 2.0, 2.071701)] {
        let best = choose_float_format(&SUN_2025, &Constraints::new().budget(c(budget)), &formats).unwrap();
        assert_eq!(best[0].setting.mantissa_bits, mantissa, "{budget}");
        assert!((best[0].best.loss().get() - loss).abs() < 1e-6, "{:?}", best[0]);
    }
    assert!(SUN_2025.best_format(1, 128.0).is_err() && SUN_2025.best_format(8, 0.5).is_err());
}

#[test]
fn experts_are_chosen_by_budget_and_memory() {
    // SciPy's minimize_scalar with the paper's coefficients; sizes by its own block of 13·d² active parameters.
    let all = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
    let ask = |budget: f64, memory: Option<f64>| {
        let memory = memory.map(|n| Params::new(n).unwrap());
        choose_experts(&LUDZIEJEWSKI_2025, &Constraints::new().budget(c(budget)), memory, &all).unwrap()
    };
    let free = ask(1e21, None);
    assert_eq!(free[0].setting, 32.0);
    assert!(
        (free[0].best.loss().get() - 2.24825).abs() < 1e-5 && relative(free[0].total_params.get(), 5.956e10) < 1e-3
    );
    for (budget, experts, loss) in [(1e20, 32.0, 2.49115), (1e21, 8.0, 2.33694), (1e22, 1.0, 2.19158)] {
        let held = ask(budget, Some(4e9));
        assert_eq!(held[0].setting, experts, "{budget}");
        assert!((held[0].best.loss().get() - loss).abs() < 1e-5, "{:?}", held[0]);
        assert!(held.iter().all(|choice| choice.total_params.get() <= 4e9 * (1.0 + 1e-9)));
    }
    // A tighter limit of one's own is kept.
    let asked = Constraints::new().budget(c(1e21)).max_params(Params::new(2e8).unwrap());
    let own = choose_experts(&LUDZIEJEWSKI_2025, &asked, Some(Params::new(4e9).unwrap()), &all).unwrap();
    assert!(own.iter().all(|choice| choice.best.params().get() <= 2e8));
    // No number of experts fits.
    let asked = asked.clone().min_params(Params::new(1e9).unwrap()).max_params(Params::new(2e9).unwrap());
    assert!(choose_experts(&LUDZIEJEWSKI_2025, &asked, Some(Params::new(1e8).unwrap()), &all).is_err());
    for (active, experts) in [(1e7, 1.0), (1.5e9, 8.0), (3e11, 64.0)] {
        let total = JointExperts::total_params(Params::new(active).unwrap(), experts).unwrap();
        let back = JointExperts::active_params(total, experts).unwrap();
        assert!(relative(back.get(), active) < 1e-12);
        assert!(experts > 1.0 || relative(total.get(), active) < 1e-12);
    }
}

#[test]
fn sparsity_is_chosen_by_budget_and_memory() {
    let all = [0.0, 0.5, 0.75, 0.9, 0.95, 0.98];
    for (memory, sparsity, loss) in [(1e15, 0.98, 2.32275), (1e9, 0.9, 2.47035)] {
        let asked = Constraints::new().budget(c(1e20)).max_params(Params::new(memory).unwrap());
        let best = choose_sparsity(&ABNAR_2025, &asked, &all).unwrap();
        assert_eq!(best[0].setting, sparsity);
        assert!((best[0].best.loss().get() - loss).abs() < 1e-5, "{:?}", best[0]);
        assert!(relative(best[0].best.training().get(), 1e20) < 1e-9);
    }
    assert!(choose_sparsity(&ABNAR_2025, &Constraints::new().budget(c(1e20)), &[1.0]).is_err());
}

#[test]
fn the_cheapest_setting_for_a_loss_is_found_by_its_cost() {
    let asked = Constraints::new().target_loss(Nats::new(2.3).unwrap());
    let best = choose_experts(&LUDZIEJEWSKI_2025, &asked, None, &[1.0, 8.0, 32.0]).unwrap();
    assert!(best.windows(2).all(|pair| pair[0].best.lifetime() <= pair[1].best.lifetime()));
    let excess = best[1].best.lifetime() / best[0].best.lifetime() - 1.0;
    assert!((best[1].excess - excess).abs() < 1e-12 && excess > 0.1);
}

#[test]
fn a_decision_of_a_cloud_regrets_no_more_than_that_of_the_point_and_none_where_the_laws_agree() {
    let law = |t: f64| Chinchilla::new(1.8, 480.0 * (1.0 + 0.4 * t), 2085.0, 0.348 + 0.02 * t, 0.366).unwrap();
    let cloud: Vec<Chinchilla> = (-10..=10).map(|i| law(f64::from(i) / 10.0)).collect();
    let budget = c(1e24);
    let decide = |law: &Chinchilla| allocate(law, budget).map(|best| best.params());
    let loss = |law: &Chinchilla, size: &Params| law.loss(*size, d(1e24 / 6.0 / size.get())).map(Nats::get);
    let choice = decide_cloud(&law(1.0), &cloud, 0.9, decide, loss).unwrap();
    assert!(choice.least_regret.mean_regret < 0.7 * choice.on_point.mean_regret, "{choice:?}");
    // Of splits of any size the exact answer: the decisions of the laws themselves come near it.
    let exact = allocate_cloud(&law(1.0), &cloud, &Constraints::new().budget(budget), 0.9).unwrap();
    assert!(relative(exact.on_point.unwrap().mean_regret, choice.on_point.mean_regret) < 1e-6);
    let least = exact.least_regret.unwrap().mean_regret;
    assert!(least <= choice.least_regret.mean_regret && choice.least_regret.mean_regret < 1.05 * least, "{exact:?}");
    let same = decide_cloud(&law(0.0), &[law(0.0); 3], 0.9, decide, loss).unwrap();
    assert!(same.on_point.mean_regret == 0.0 && same.decisions.len() == 3);
    let sizes = ask_cloud(&cloud, 0.9, |law| decide(law).map(Params::get)).unwrap();
    assert!(relative(sizes.range.median, exact.params.median) < 1e-12 && sizes.answered == 21);
    assert!(ask_cloud(&cloud, 0.9, |_| Ok::<_, AllocateError>(f64::NAN)).is_err());
    assert!(decide_cloud::<Chinchilla, _, _, _>(&law(0.0), &[], 0.9, decide, loss).is_err());
}

#[test]
fn a_frontier_of_a_cloud_is_each_law_s_own_optimum() {
    let laws: Vec<Chinchilla> = (0..21)
        .map(|i| Chinchilla::new(1.8, 400.0 + 8.0 * f64::from(i), 2000.0, 0.34 + 0.001 * f64::from(i), 0.36).unwrap())
        .collect();
    let budgets = [c(1e20), c(1e23), c(1e26)];
    let line = frontier_cloud(&laws, &Constraints::new(), &budgets, 0.9).unwrap();
    for (at, budget) in line.iter().zip(budgets) {
        let mut sizes: Vec<f64> = laws.iter().map(|law| allocate(law, budget).unwrap().params().get()).collect();
        sizes.sort_by(f64::total_cmp);
        // Of 21 laws the 5th and 95th percentile are the second from each end.
        assert!(relative(at.params.low, sizes[1]) < 1e-12 && relative(at.params.high, sizes[19]) < 1e-12, "{at:?}");
        assert!(relative(at.params.median, sizes[10]) < 1e-12 && at.answered == 21);
        let cloud = allocate_cloud(&laws[10], &laws, &Constraints::new().budget(budget), 0.9).unwrap();
        assert!(relative(at.loss.high, cloud.loss.high) < 1e-12 && relative(at.tokens.low, cloud.tokens.low) < 1e-9);
    }
    let capped = Constraints::new().max_params(Params::new(1e9).unwrap());
    let line = frontier_cloud(&laws, &capped, &budgets, 0.9).unwrap();
    assert!(relative(line[2].params.low, 1e9) < 1e-9 && line[2].loss.low > 1.8);
    assert!(frontier_cloud(&laws, &capped, &budgets, 1.0).is_err());
    assert!(frontier_cloud::<Chinchilla>(&[], &capped, &budgets, 0.9).is_err());
    assert!(frontier_cloud(&laws, &capped, &[], 0.9).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn more_data_and_more_epochs_never_raise_the_loss(
        ln_c in 42.0..58.0f64, ln_u in 20.0..28.0f64, more in 0.01..3.0f64, epochs in 1.0..30.0f64
    ) {
        let ask = |unique: f64, epochs: f64| {
            let asked = Constraints::new().budget(c(ln_c.exp())).unique_tokens(d(unique), epochs);
            allocate_within(&MUENNIGHOFF_2023.with_unique_tokens(d(unique)), &asked)
        };
        let Ok(here) = ask(ln_u.exp(), epochs) else { return Ok(()) };
        prop_assert!(here.epochs().unwrap() <= epochs * (1.0 + 1e-9));
        prop_assert!(here.training().get() <= ln_c.exp() * (1.0 + 1e-9));
        let richer = ask((ln_u + more).exp(), epochs).unwrap();
        let longer = ask(ln_u.exp(), epochs * more.exp()).unwrap();
        prop_assert!(richer.loss().get() <= here.loss().get() * (1.0 + 1e-9), "{richer:?} {here:?}");
        prop_assert!(longer.loss().get() <= here.loss().get() * (1.0 + 1e-9), "{longer:?} {here:?}");
    }

    #[test]
    fn the_chosen_bits_beat_every_split_of_every_other_setting(
        ln_c in 40.0..60.0f64, post in 3.0..17.0f64, bits in 3.0..16.0f64, shift in -3.0..3.0f64
    ) {
        let settings: Vec<Bits> =
            (3..=16).map(|b| Bits { post_training: post, ..Bits::training(f64::from(b)) }).collect();
        let asked = Constraints::new().budget(c(ln_c.exp()));
        let best = &choose_bits(&KUMAR_2024, &asked, &settings).unwrap()[0];
        prop_assert!(best.best.training().get() <= ln_c.exp() * (1.0 + 1e-9));
        // Another whole number of bits at another size on the same budget, quantised in the same way.
        let bits = bits.round();
        let left = if post < bits { post } else { f64::INFINITY };
        let law = KUMAR_2024.with_bits(Bits { post_training: left, ..Bits::training(bits) }).unwrap();
        let n = best.best.params().get() * shift.exp();
        let other = law.loss(Params::new(n).unwrap(), d(ln_c.exp() * 16.0 / bits / 6.0 / n)).unwrap();
        prop_assert!(best.best.loss().get() <= other.get() * (1.0 + 1e-9), "{best:?} {other:?}");
    }

    #[test]
    fn a_budget_becomes_a_loss_and_the_loss_the_budget(ln_c in 42.0..58.0f64, unique in 1e10..1e13f64) {
        // Under a law without a formula for its optimum.
        let law = MUENNIGHOFF_2023.with_unique_tokens(d(unique));
        let budget = c(ln_c.exp());
        let best = allocate_within(&law, &Constraints::new().budget(budget)).unwrap();
        // Where the corpus is used up the loss no longer tells one budget from another.
        let slope = law.at(best.params().ln(), best.tokens().ln());
        prop_assume!(slope.d_ln_tokens.abs().max(slope.d_ln_params.abs()) > 1e-4);
        let back = allocate_within(&law, &Constraints::new().target_loss(best.loss())).unwrap();
        prop_assert!((back.training().get() / budget.get()).ln().abs() < 1e-5, "{best:?} {back:?}");
    }
}
