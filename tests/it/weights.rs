//! Weights by their meaning: each kind against the fit that it stands for.

use scaling_laws::{Approach3, Chinchilla, Fit, FitError, LossModel, Runs, Weights};

type Row = (f64, f64, f64);

fn runs(rows: &[Row]) -> Runs {
    let column = |k: fn(&Row) -> f64| rows.iter().map(k).collect::<Vec<_>>();
    Runs::from_columns(&column(|r| r.0), &column(|r| r.1), &column(|r| r.2)).unwrap()
}

/// 30 runs about a law, with an error that a short formula gives, so that the references can be made elsewhere.
fn rows() -> Vec<Row> {
    let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
    let row = |k: i32| {
        let (n, d) = (1e7 * 5f64.powi(k % 5), 3e8 * 5f64.powi(k / 5));
        (n, d, law.at(n.ln(), d.ln()).loss * (0.004 * f64::from(7 * (k % 5) + 3 * (k / 5)).sin()).exp())
    };
    (0..30).map(row).collect()
}

/// The weight of row k in the references.
fn weight(k: usize) -> f64 {
    1.0 + (k % 3) as f64
}

fn fit(weights: Weights, delta: f64, rows: &[Row]) -> Fit {
    Approach3::new().delta(delta).weights(weights).fit(&runs(rows)).unwrap()
}

fn errors(fit: &Fit) -> Vec<f64> {
    fit.coefficients().iter().map(|c| c.standard_error.unwrap()).collect()
}

fn close(one: &[f64], two: &[f64], tolerance: f64) {
    assert!(one.iter().zip(two).all(|(a, b)| (a / b - 1.0).abs() < tolerance), "{one:?} {two:?}");
}

#[test]
fn counted_rows_are_the_rows_written_out() {
    for delta in [1e-3, 1.0] {
        let rows = rows();
        let counts: Vec<f64> = (0..30).map(|k| (k % 4) as f64).collect();
        let written: Vec<Row> = rows.iter().zip(&counts).flat_map(|(row, count)| vec![*row; *count as usize]).collect();
        let (one, two) = (fit(Weights::Counts(counts), delta, &rows), fit(Weights::Equal, delta, &written));
        assert!((one.objective() / two.objective() - 1.0).abs() < 1e-9);
        close(&one.law().coefficients(), &two.law().coefficients(), 1e-7);
        close(&errors(&one), &errors(&two), 1e-6);
        assert_eq!((one.n_observations(), one.degrees_of_freedom()), (written.len(), written.len() - 5));
        assert_eq!(one.residuals().len(), 30, "rows that count for nothing have a residual all the same");
        assert!(one.residuals().iter().all(|r| *r != 0.0 && r.abs() < 0.1));
    }
}

#[test]
fn precision_is_relative_and_rows_of_none_are_left_out() {
    let rows = rows();
    let plain: Vec<f64> = (0..30).map(weight).collect();
    let scaled: Vec<f64> = plain.iter().map(|w| 1e12 * w).collect();
    let (one, two) = (fit(Weights::Precision(plain), 1e-3, &rows), fit(Weights::Precision(scaled), 1e-3, &rows));
    close(&one.law().coefficients(), &two.law().coefficients(), 1e-7);
    close(&errors(&one), &errors(&two), 1e-6);
    let some: Vec<f64> = (0..30).map(|k| f64::from(u8::from(k % 7 != 0))).collect();
    let kept: Vec<Row> = rows.iter().enumerate().filter(|(k, _)| k % 7 != 0).map(|(_, row)| *row).collect();
    let (one, two) = (fit(Weights::Precision(some), 1e-3, &rows), fit(Weights::Equal, 1e-3, &kept));
    close(&one.law().coefficients(), &two.law().coefficients(), 1e-7);
    close(&errors(&one), &errors(&two), 1e-6);
    assert_eq!(one.degrees_of_freedom(), two.degrees_of_freedom());
}

#[test]
fn equal_weights_of_every_kind_are_no_weights() {
    let rows = rows();
    let none = fit(Weights::Equal, 1e-3, &rows);
    for weights in [Weights::Counts(vec![1.0; 30]), Weights::Precision(vec![3.5; 30])] {
        let same = fit(weights, 1e-3, &rows);
        close(&same.law().coefficients(), &none.law().coefficients(), 1e-9);
        close(&errors(&same), &errors(&none), 1e-9);
    }
    // σ and a threshold in units of it are the plain threshold; the size of the errors is then not for the fit to tell.
    let known = fit(Weights::Sigma(vec![0.004; 30]), 0.25, &rows);
    close(&known.law().coefficients(), &none.law().coefficients(), 1e-7);
    assert!((known.objective() * 0.004 * 0.004 / none.objective() - 1.0).abs() < 1e-9);
}

/// E, A, B, alpha, beta and their standard errors by tests/it/weights_reference.py (SciPy's `curve_fit` with
/// `absolute_sigma` on log residuals; the weighted sandwich in NumPy at the optimum of `least_squares`).
#[test]
fn known_sigma_and_precision_have_the_standard_errors_of_scipy() {
    let rows = rows();
    let sigma: Vec<f64> = (0..30).map(|k| 0.004 * weight(k)).collect();
    let known = fit(Weights::Sigma(sigma), 1e3, &rows);
    close(&known.law().coefficients(), &SIGMA.0, 1e-6);
    close(&errors(&known), &SIGMA.1, 1e-4);
    let relative = fit(Weights::Precision((0..30).map(weight).collect()), 1e3, &rows);
    close(&relative.law().coefficients(), &PRECISION.0, 1e-6);
    close(&errors(&relative), &PRECISION.1, 1e-4);
}

const SIGMA: ([f64; 5], [f64; 5]) = (
    [1.804008238994236, 494.4788599076776, 2106.0678012100725, 0.35185270414363073, 0.3725240149652311],
    [0.016524815203121834, 58.51042258422677, 324.2254425833588, 0.007604477521348642, 0.008005586525268438],
);
const PRECISION: ([f64; 5], [f64; 5]) = (
    [1.7976400923758649, 471.8399859415131, 2096.40610433457, 0.34882998373992113, 0.37219160980718546],
    [0.008306677350856113, 24.82405117772049, 159.73803212648295, 0.0033988860583286963, 0.004023145323081168],
);

#[test]
fn weights_by_flops_are_precisions_by_compute() {
    let rows = rows();
    let compute = rows.iter().map(|(n, d, _)| 6.0 * n * d).collect();
    let (one, two) = (fit(Weights::Flops, 1e-3, &rows), fit(Weights::Precision(compute), 1e-3, &rows));
    close(&one.law().coefficients(), &two.law().coefficients(), 1e-7);
}

#[test]
fn weights_that_do_not_suit_the_runs_are_refused() {
    let runs = runs(&rows());
    let refuse = |weights| Approach3::new().weights(weights).fit(&runs).unwrap_err();
    assert!(matches!(refuse(Weights::Counts(vec![1.0; 29])), FitError::WeightsLength { given: 29, rows: 30, .. }));
    let mut counts = vec![1.0; 30];
    counts[11] = f64::NAN;
    assert!(matches!(refuse(Weights::Precision(counts)), FitError::Weight { row: 12, .. }));
    let mut few = vec![0.0; 30];
    few[..4].fill(1.0);
    assert!(matches!(refuse(Weights::Counts(few)), FitError::TooFewRuns { got: 4, .. }));
}
