//! Decisions beyond N and D: epochs of a corpus, number formats, experts.
#![allow(clippy::unwrap_used)]

use scaling_laws::published::{BESIROGLU_2024, MUENNIGHOFF_2023};
use scaling_laws::{Constraints, Flops, LossModel, Params, Tokens, allocate, allocate_within, value_of_data};

fn relative(a: f64, b: f64) -> f64 {
    (a / b - 1.0).abs()
}
fn c(x: f64) -> Flops {
    Flops::new(x).unwrap()
}
fn d(x: f64) -> Tokens {
    Tokens::new(x).unwrap()
}

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
