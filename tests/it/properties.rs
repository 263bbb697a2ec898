//! What must hold under any law and budget, through the public strategies.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use scaling_laws::testing::{budgets, chinchilla_laws, kaplan_laws, params, runs_from, sweeps, tokens};
use scaling_laws::{
    AllocateError, Allocation, Flops, LossModel, Nats, allocate, allocate_by_search, flops_for_loss, loss_penalty,
    off_optimum, params_for_loss, tokens_for_loss,
};

use crate::quantities::relative;

/// The allocation, or `None` where the law wants less than one parameter or one token.
fn interior(result: Result<Allocation, AllocateError>) -> Result<Option<Allocation>, TestCaseError> {
    match result {
        Ok(split) => Ok(Some(split)),
        Err(AllocateError::NoInteriorOptimum { .. }) => Ok(None),
        Err(error) => Err(TestCaseError::fail(error.to_string())),
    }
}

/// Every law the strategies make, behind one type.
fn laws() -> impl Strategy<Value = Box<dyn LossModel>> {
    prop_oneof![
        chinchilla_laws().prop_map(|law| Box::new(law) as Box<dyn LossModel>),
        kaplan_laws().prop_map(|law| Box::new(law) as Box<dyn LossModel>),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_budget_is_spent_to_the_last_digit(law in laws(), budget in budgets()) {
        if let Some(split) = interior(allocate(law.as_ref(), budget))? {
            prop_assert!(relative(6.0 * split.params().get() * split.tokens().get(), budget.get()) < 1e-14);
            prop_assert_eq!(split.exponent_params() + split.exponent_tokens(), 1.0);
        }
    }

    #[test]
    fn no_other_size_on_the_same_budget_has_a_lower_loss(
        law in laws(), budget in budgets(), shift in prop_oneof![-20.0..20.0f64, -1e-3..1e-3f64],
    ) {
        if let Some(split) = interior(allocate(law.as_ref(), budget))? {
            let best = split.loss().unwrap().get();
            let other = law.at(split.params().ln() + shift, split.tokens().ln() - shift).loss;
            prop_assert!(other >= best * (1.0 - 2e-15), "{other} < {best}");
        }
    }

    #[test]
    fn formula_and_search_agree(law in laws(), budget in budgets()) {
        match (interior(allocate(law.as_ref(), budget))?, interior(allocate_by_search(law.as_ref(), budget))?) {
            (Some(formula), Some(search)) => {
                prop_assert!(relative(formula.params().get(), search.params().get()) < 1e-11);
                prop_assert!(relative(formula.tokens().get(), search.tokens().get()) < 1e-11);
                prop_assert!((formula.exponent_params() - search.exponent_params()).abs() < 1e-10);
                prop_assert_eq!(formula.off_optimum().len(), search.off_optimum().len());
                for (a, b) in formula.off_optimum().iter().zip(search.off_optimum()) {
                    prop_assert!(relative(a.penalty, b.penalty) < 1e-9);
                    prop_assert_eq!(a.compute_factor.is_some(), b.compute_factor.is_some());
                    if let (Some(a), Some(b)) = (a.compute_factor, b.compute_factor) {
                        prop_assert!(relative(a, b) < 1e-9, "{a} {b}");
                    }
                }
            }
            (None, None) => {}
            // At the very edge rounding may decide.
            (Some(one), None) | (None, Some(one)) => {
                prop_assert!(one.params().get().min(one.tokens().get()) < 1.0 + 1e-9, "{one:?}");
            }
        }
    }

    #[test]
    fn k_times_the_budget_is_k_to_the_a_times_the_size(
        law in chinchilla_laws(), budget in budgets(), ln_k in 0.1..20.0f64,
    ) {
        let larger = Flops::new(budget.get() * ln_k.exp()).unwrap();
        if let (Some(small), Some(large)) = (interior(allocate(&law, budget))?, interior(allocate(&law, larger))?) {
            prop_assert!((small.exponent_params() - law.exponent_params()).abs() < 1e-12);
            let grown = (large.params() / small.params()).ln();
            prop_assert!((grown - law.exponent_params() * ln_k).abs() < 1e-12);
        }
    }

    #[test]
    fn loss_never_rises_with_size_or_data(
        law in laws(), n in params(), d in tokens(), more in 1.0..100.0f64,
    ) {
        let loss = law.loss(n, d).unwrap();
        prop_assert!(law.loss(n.scaled(more).unwrap(), d).unwrap().get() <= loss.get() * (1.0 + 1e-15));
        prop_assert!(law.loss(n, d.scaled(more).unwrap()).unwrap().get() <= loss.get() * (1.0 + 1e-15));
        if let Some(irreducible) = law.irreducible() {
            prop_assert!(loss >= irreducible);
        }
    }

    #[test]
    fn the_gradient_is_what_finite_differences_say(law in laws(), n in params(), d in tokens()) {
        let (x, y, h) = (n.ln(), d.ln(), 1e-3);
        let slope = |f: &dyn Fn(f64) -> f64| (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h);
        let gradient = law.gradient(n, d).unwrap();
        let allowed = |slope: f64| 1e-9 * slope.abs() + 1e-12 * law.at(x, y).loss;
        let by_size = slope(&|h| law.at(x + h, y).loss);
        prop_assert!((by_size - gradient.d_ln_params).abs() <= allowed(by_size));
        let by_data = slope(&|h| law.at(x, y + h).loss);
        prop_assert!((by_data - gradient.d_ln_tokens).abs() <= allowed(by_data));
    }

    #[test]
    fn more_compute_gains_what_more_tokens_gain_at_the_optimum(law in laws(), budget in budgets()) {
        let h = 1e-3f64;
        let at = |shift: f64| interior(allocate(law.as_ref(), Flops::new(budget.get() * shift.exp()).unwrap()));
        if let (Some(below), Some(split), Some(above)) = (at(-h)?, at(0.0)?, at(h)?) {
            let loss = |split: &Allocation| split.loss().unwrap().get();
            let gradient = law.gradient(split.params(), split.tokens()).unwrap();
            let allowed = 1e-6 * gradient.d_ln_tokens.abs() + 1e-12 * loss(&split);
            prop_assert!(((loss(&above) - loss(&below)) / (2.0 * h) - gradient.d_ln_tokens).abs() <= allowed);
            prop_assert!(relative(gradient.d_ln_params, gradient.d_ln_tokens) < 1e-11);
        }
    }

    #[test]
    fn the_budget_for_the_loss_of_a_budget_is_that_budget(law in laws(), budget in budgets()) {
        if let Some(split) = interior(allocate(law.as_ref(), budget))? {
            let loss = split.loss().unwrap();
            // A loss of 16 digits says ln C only to its rounding over dL/dln C.
            let slope = law.gradient(split.params(), split.tokens()).unwrap().d_ln_tokens.abs();
            let blur = 16.0 * f64::EPSILON * loss.get() / slope;
            if blur < 0.1 {
                match flops_for_loss(law.as_ref(), loss) {
                    Ok(found) => prop_assert!((found / budget).ln().abs() < 1e-12 + blur, "{found:?} {budget:?}"),
                    // The smallest budget that has an optimum has none below it to bracket with.
                    Err(error) => prop_assert!(
                        matches!(error, AllocateError::Argument { .. })
                            && split.params().get().min(split.tokens().get()) < 1.1,
                        "{error}"
                    ),
                }
            }
        }
    }

    #[test]
    fn tokens_and_params_for_a_loss_undo_the_loss(law in laws(), n in params(), d in tokens()) {
        let loss = law.loss(n, d).unwrap();
        let gradient = law.gradient(n, d).unwrap();
        let blur = |slope: f64| 8.0 * f64::EPSILON * loss.get() / slope.abs();
        if blur(gradient.d_ln_tokens) < 0.1 {
            let found = tokens_for_loss(law.as_ref(), n, loss).unwrap();
            prop_assert!((found / d).ln().abs() < 1e-13 + blur(gradient.d_ln_tokens), "{found:?} {d:?}");
        }
        if blur(gradient.d_ln_params) < 0.1 {
            let found = params_for_loss(law.as_ref(), d, loss).unwrap();
            prop_assert!((found / n).ln().abs() < 1e-13 + blur(gradient.d_ln_params), "{found:?} {n:?}");
        }
    }

    #[test]
    fn a_size_off_the_optimum_costs_the_loss_of_a_smaller_budget(
        law in laws(), budget in budgets(), factor in 0.1..10.0f64,
    ) {
        if let Ok(entry) = off_optimum(law.as_ref(), budget, factor) {
            prop_assert!(entry.penalty >= 0.0 && entry.penalty.is_finite());
            let chosen = loss_penalty(law.as_ref(), entry.params, budget).unwrap();
            // ln N off the optimum is known to a few roundings of ln N.
            let blur = 1e-13 / (factor.ln().abs() + 1e-13);
            prop_assert!((chosen - entry.penalty).abs() <= 20.0 * blur.max(1e-12) * entry.penalty);
            if let Some(share) = entry.compute_factor {
                prop_assert!(share > 0.0 && share <= 1.0);
                if let Some(smaller) = interior(allocate(law.as_ref(), budget.scaled(share).unwrap()))? {
                    prop_assert!(relative(smaller.loss().unwrap().get(), entry.loss.get()) < 1e-12);
                }
            }
        }
    }

    #[test]
    fn every_number_of_an_allocation_is_finite(law in laws(), budget in budgets()) {
        for result in [allocate(law.as_ref(), budget), allocate_by_search(law.as_ref(), budget)] {
            if let Some(split) = interior(result)? {
                let numbers = [split.tokens_per_param(), split.exponent_params(), split.exponent_tokens()];
                prop_assert!(numbers.iter().all(|v| v.is_finite()));
                prop_assert!(split.params().get() >= 1.0 - 1e-12 && split.tokens().get() >= 1.0 - 1e-12);
                for entry in split.off_optimum() {
                    prop_assert!(entry.penalty.is_finite() && entry.penalty > 0.0);
                    prop_assert!(entry.compute_factor.is_none_or(|f| f > 0.0 && f < 1.0));
                }
            }
        }
    }

    #[test]
    fn targets_at_random_get_an_answer_or_a_typed_error(law in laws(), target in 0.01..30.0f64, n in params()) {
        let target = Nats::new(target).unwrap();
        if let Ok(tokens) = tokens_for_loss(law.as_ref(), n, target) {
            prop_assert!(relative(law.loss(n, tokens).unwrap().get(), target.get()) < 1e-12);
        }
        if let Ok(budget) = flops_for_loss(law.as_ref(), target) {
            let loss = interior(allocate(law.as_ref(), budget))?.and_then(|split| split.loss());
            prop_assert!(loss.is_none_or(|loss| relative(loss.get(), target.get()) < 1e-12));
        }
    }

    #[test]
    fn sweeps_are_runs_of_their_law((law, runs) in sweeps(0.0)) {
        prop_assert!((12..=42).contains(&runs.len()));
        for run in runs.iter() {
            prop_assert_eq!(law.loss(run.params, run.tokens).unwrap(), run.loss);
        }
    }

    #[test]
    fn runs_can_be_drawn_from_any_law(
        runs in kaplan_laws().prop_flat_map(|law| runs_from(law, 0.01)),
    ) {
        prop_assert!(runs.len() >= 12 && runs.conventions().params == scaling_laws::ParamCount::NonEmbedding);
    }
}
