//! The smallest model near the least loss: a tolerance is on the least loss of everything that may be chosen.
#![allow(clippy::unwrap_used)]

use scaling_laws::laws::{Bits, Chinchilla};
use scaling_laws::published::{ABNAR_2025, BESIROGLU_2024, KUMAR_2024};
use scaling_laws::{
    AllocateError, Constraints, Flops, LossModel, Nats, Params, Shape, ShapeLattice, Tolerance, allocate_within,
    choose_bits, choose_sparsity, shapes_for,
};

fn budget(flops: f64) -> Constraints {
    Constraints::new().budget(Flops::new(flops).unwrap())
}

#[test]
fn of_several_settings_it_is_on_the_least_loss_of_all() {
    let settings: Vec<Bits> = (3..=16).map(|bits| Bits::training(f64::from(bits))).collect();
    let free = choose_bits(&KUMAR_2024, &budget(1e21), &settings).unwrap();
    let allowed = 1.01 * free[0].best.loss().get();
    let asked = budget(1e21).smallest_within(Tolerance::Relative(0.01));
    let found = choose_bits(&KUMAR_2024, &asked, &settings).unwrap();
    assert!(found.iter().all(|choice| choice.best.loss().get() <= allowed * (1.0 + 1e-9)), "{found:?}");
    // By a grid over N in Python: 1.646B at 7 bits; 14 to 16 bits do not reach the loss at all.
    assert_eq!(found[0].setting, Bits::training(7.0));
    assert!((found[0].best.params().get() / 1.646e9 - 1.0).abs() < 1e-3, "{}", found[0].best.params());
    assert!(found.iter().all(|choice| choice.setting.weights < 14.0));
    let sparse =
        choose_sparsity(&ABNAR_2025, &budget(1e21).smallest_within(Tolerance::Relative(0.02)), &[0.0, 0.5, 0.9]);
    let least = choose_sparsity(&ABNAR_2025, &budget(1e21), &[0.0, 0.5, 0.9]).unwrap()[0].best.loss().get();
    assert!(sparse.unwrap().iter().all(|choice| choice.best.loss().get() <= 1.02 * least * (1.0 + 1e-9)));
}

#[test]
fn shapes_keep_within_it() {
    let asked = budget(1e22).smallest_within(Tolerance::Relative(0.01));
    let best = allocate_within(&BESIROGLU_2024, &asked).unwrap();
    let least = allocate_within(&BESIROGLU_2024, &budget(1e22)).unwrap().loss().get();
    let like = Shape::builder(32, 4096).kv_heads(8).feed_forward(14_336).gated(true).tied(false).build().unwrap();
    let plans = shapes_for(&BESIROGLU_2024, &asked, best.params(), &ShapeLattice::like(like), 8).unwrap();
    assert_eq!(plans.len(), 8);
    for plan in &plans {
        assert!(plan.loss.get() <= 1.01 * least * (1.0 + 1e-9) && plan.params >= best.params(), "{plan:?}");
        assert!((plan.excess - (plan.params / best.params() - 1.0)).abs() < 1e-9, "{plan:?}");
    }
}

#[test]
fn up_to_a_loss_is_the_smallest_model_that_reaches_it() {
    let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
    let free = allocate_within(&law, &budget(1e22)).unwrap();
    let by_share = allocate_within(&law, &budget(1e22).smallest_within(Tolerance::Relative(0.02))).unwrap();
    let loss = Nats::new(1.02 * free.loss().get()).unwrap();
    let by_loss = allocate_within(&law, &budget(1e22).smallest_within(Tolerance::UpTo(loss))).unwrap();
    assert!((by_loss.params() / by_share.params() - 1.0).abs() < 1e-9);
    let price = |t: f64| {
        let asked = Constraints::new().budget(Flops::new(1e22 * t.exp()).unwrap());
        allocate_within(&law, &asked.smallest_within(Tolerance::UpTo(loss))).unwrap().params().ln()
    };
    let budget_price = by_loss.binding().iter().find(|b| b.limit.code() == "budget").unwrap().shadow_price;
    assert!((budget_price - (price(1e-4) - price(-1e-4)) / 2e-4).abs() < 1e-4 * budget_price.abs());
    let below = budget(1e22).smallest_within(Tolerance::UpTo(Nats::new(1.7).unwrap()));
    assert!(matches!(allocate_within(&law, &below), Err(AllocateError::Unreachable { .. })));
    assert!(law.loss(Params::new(1e9).unwrap(), "1T".parse().unwrap()).unwrap() > loss);
}
