//! The fitter of any law: options, bounds, losses, refusals.

use scaling_laws::{Bound, Fitter, Law, LawFit, LossFunction, Residual};

/// E + A·n^(−alpha).
struct OneVariable {
    /// Multiplies the last slope: anything but 1 makes the gradient wrong.
    slope: f64,
}

impl Law for OneVariable {
    type Input = f64;
    fn coefficient_names(&self) -> &[&'static str] {
        &["E", "A", "alpha"]
    }
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE; 3]
    }
    fn predict(&self, c: &[f64], n: &f64, gradient: &mut [f64]) -> f64 {
        let power = n.powf(-c[2]);
        gradient.copy_from_slice(&[1.0, power, -self.slope * c[1] * power * n.ln()]);
        c[0] + c[1] * power
    }
}

const LAW: OneVariable = OneVariable { slope: 1.0 };
const SIZES: [f64; 8] = [10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4];
const START: [f64; 3] = [1.0, 1.0, 0.5];

fn losses() -> Vec<f64> {
    SIZES.iter().map(|n| 1.7 + 2.0 * n.powf(-0.3)).collect()
}

fn value(fit: &LawFit, name: &str) -> f64 {
    fit.coefficient(name).unwrap().value
}

#[test]
fn fixed_and_tied_coefficients_stay_where_they_are_put() {
    let fixed = Fitter::new(&LAW).start(&START).fix("alpha", 0.25).fit(&SIZES, &losses()).unwrap();
    assert_eq!(value(&fixed, "alpha"), 0.25);
    assert_eq!(fixed.degrees_of_freedom(), 6);
    let tied = Fitter::new(&LAW).start(&START).tie("E", "A").fit(&SIZES, &losses()).unwrap();
    assert_eq!(value(&tied, "E"), value(&tied, "A"));
    assert!(tied.objective() > 0.0 && tied.termination().is_optimal());
}

#[test]
fn a_tight_prior_pulls_and_a_wide_one_does_not() {
    let fit = |deviation| {
        let loss = LossFunction::LeastSquares;
        Fitter::new(&LAW).loss(loss).start(&START).prior("E", 1.0, deviation).fit(&SIZES, &losses()).unwrap()
    };
    assert!((value(&fit(1e-6), "E") - 1.0).abs() < 1e-3);
    assert!((value(&fit(1e6), "E") - 1.7).abs() < 1e-3);
}

#[test]
fn a_coefficient_driven_below_zero_ends_on_its_bound_without_an_error_bar() {
    // Falls faster than any floor allows: E would be negative.
    let values: Vec<f64> = SIZES.iter().map(|n| 2.0 * n.powf(-0.3) - 0.05).collect();
    let fit = Fitter::new(&LAW).residual(Residual::Raw).start(&START).fit(&SIZES, &values).unwrap();
    assert_eq!(value(&fit, "E"), 0.0);
    assert_eq!(fit.coefficient("E").unwrap().standard_error, None);
    assert!(fit.coefficient("alpha").unwrap().standard_error.is_some());
}

#[test]
fn robust_losses_give_up_on_a_gross_outlier_and_least_squares_does_not() {
    let mut values = losses();
    values[3] *= 1.5;
    let fit = |loss| Fitter::new(&LAW).loss(loss).start(&START).fit(&SIZES, &values).unwrap();
    let off = |fit: &LawFit| (value(fit, "alpha") - 0.3).abs();
    let (squares, huber, cauchy) =
        (fit(LossFunction::LeastSquares), fit(LossFunction::Huber(1e-3)), fit(LossFunction::Cauchy(1e-3)));
    assert!(off(&huber) < 0.05 * off(&squares), "{} {}", off(&huber), off(&squares));
    assert!(off(&cauchy) < 0.05 * off(&squares), "{} {}", off(&cauchy), off(&squares));
}

#[test]
fn the_best_of_several_starts_counts() {
    let one = Fitter::new(&LAW).start(&START).fit(&SIZES, &losses()).unwrap();
    let two = Fitter::new(&LAW).start(&[0.0, 1e-9, 7.0]).start(&START).fit(&SIZES, &losses()).unwrap();
    assert!(two.objective() <= one.objective() + 1e-20);
}

#[test]
fn what_cannot_be_fitted_is_refused_by_type() {
    let fitter = || Fitter::new(&LAW).start(&START);
    let values = losses();
    let cases = [
        (Fitter::new(&LAW).fit(&SIZES[..2], &values[..2]), "2 runs cannot determine 3"),
        (Fitter::new(&LAW).start(&[1.0]).fit(&SIZES, &values), "one for each coefficient"),
        (fitter().fit(&SIZES[..2], &values[..2]), "2 runs cannot determine 3 coefficients"),
        (fitter().fit(&SIZES, &values[..4]), "as many values as inputs"),
        (fitter().fit(&SIZES, &[1.0, 2.0, -3.0, 1.0, 1.0, 1.0, 1.0, 1.0]), "value -3 in row 3 cannot be fitted"),
        (fitter().fit(&SIZES, &[f64::NAN; 8]), "value NaN in row 1 cannot be fitted"),
        (fitter().fix("gamma", 1.0).fit(&SIZES, &values), "no coefficient \"gamma\"; it has E, A, alpha"),
        (fitter().fix("E", f64::NAN).fit(&SIZES, &values), "option fix = NaN"),
        (fitter().tie("E", "E").fit(&SIZES, &values), "option tie"),
        (fitter().prior("E", 1.0, 0.0).fit(&SIZES, &values), "option prior = 0"),
        (fitter().loss(LossFunction::Huber(0.0)).fit(&SIZES, &values), "option loss = 0"),
    ];
    for (result, message) in cases {
        let error = result.unwrap_err();
        assert!(error.to_string().contains(message), "{error}\n{message}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_wrong_gradient_is_caught_before_it_misleads() {
    let wrong = OneVariable { slope: 1.01 };
    let error = Fitter::new(&wrong).start(&START).fit(&SIZES, &losses()).unwrap_err();
    assert!(matches!(error, scaling_laws::FitError::Gradient { error } if error > 1e-3));
    assert!(LAW.gradient_error(&START, &30.0) < 1e-8 && wrong.gradient_error(&START, &30.0) > 1e-3);
}
