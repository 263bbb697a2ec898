//! Other losses and weights than the default: the digitised Chinchilla runs against numbers of others, and data with a
//! known answer. All through the general fitter without a start.
use approx::assert_relative_eq;
use scaling_laws::{
    Bound, ChinchillaForm, Fitter, Law, LawFit, LossFunction, Params, Residual, Termination, Tokens, Weights,
};

use super::shared::shared;

type Points = (Vec<(Params, Tokens)>, Vec<f64>);

/// The 240 runs of the digitised figure without its five largest losses.
fn epoch240() -> Option<Points> {
    let text = std::fs::read_to_string(shared("bench")?.join("epoch240.csv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.trim().parse().unwrap()).collect());
    let point = |row: Vec<f64>| ((Params::new(row[0]).unwrap(), Tokens::new(row[1]).unwrap()), row[2]);
    Some(rows.map(point).unzip())
}

fn fit((inputs, losses): &Points, residual: Residual, loss: LossFunction) -> LawFit {
    let fit = Fitter::new(&ChinchillaForm).residual(residual).loss(loss).fit(inputs, losses).unwrap();
    assert!(fit.certificate().certified, "{loss:?}: {:?}", fit.certificate());
    fit
}

fn assert_coefficients(fit: &LawFit, expected: [f64; 5], relative: f64) {
    for (found, expected) in fit.values().into_iter().zip(expected) {
        assert_relative_eq!(found, expected, max_relative = relative);
    }
}

/// The vertex is the optimum of the linear programme that SciPy's HiGHS solves at it (step zero, sum 1.12949465362154),
/// and its coefficients are the published headline of Besiroglu 2024, 482.01 and 2085.43.
#[test]
fn least_absolute_deviations_end_on_the_published_vertex() {
    let Some(points) = epoch240() else { return };
    let fit = fit(&points, Residual::Log, LossFunction::AbsoluteDeviations);
    assert_eq!(fit.termination(), Termination::Vertex);
    assert_relative_eq!(fit.objective(), 1.129_494_653_621_54, max_relative = 1e-12);
    assert_coefficients(&fit, [1.816_864_1, 482.006_05, 2_085.436_2, 0.347_813_07, 0.365_854_16], 1e-6);
    let on_the_law = fit.residuals().iter().filter(|r| r.abs() < 1e-14).count();
    assert_eq!(on_the_law, 5);
    // The multipliers are inside their limits: no neighbouring vertex is as good.
    assert!(fit.certificate().smallest_curvature > 0.1);
}

/// The coefficients known as the "LAD limit" are those of Huber's loss at δ = 1e-6, which is still off the vertex:
/// Σ|r| = 1.1294957 there.
#[test]
fn the_smallest_usual_delta_is_not_yet_the_limit() {
    let Some(points) = epoch240() else { return };
    let fit = fit(&points, Residual::Log, LossFunction::Huber(1e-6));
    assert_coefficients(&fit, [1.816_844_32, 481.934, 2085.00, 0.347_804_34, 0.365_844_16], 1e-5);
    let sum: f64 = fit.residuals().iter().map(|r| r.abs()).sum();
    assert_relative_eq!(sum, 1.129_495_7, max_relative = 1e-7);
}

/// Log least squares, raw least squares and the default on the same runs, from other programs.
#[test]
fn squares_and_hubers_loss_reach_the_optima_of_other_programs() {
    let Some(points) = epoch240() else { return };
    let log = fit(&points, Residual::Log, LossFunction::LeastSquares);
    assert_relative_eq!(log.objective(), 0.005_730_943_495_849_287, max_relative = 1e-10);
    assert_coefficients(&log, [1.864_550_10, 593.322_102, 4_875.637_8, 0.360_252_80, 0.405_883_36], 1e-7);
    // Variable projection with least squares (VPNLS).
    let raw = fit(&points, Residual::Raw, LossFunction::LeastSquares);
    assert_relative_eq!(2.0 * raw.objective(), 0.083_203_807_7, max_relative = 1e-8);
    assert_coefficients(&raw, [1.882_814, 567.805_38, 7_581.852_7, 0.357_615_08, 0.427_620_62], 1e-6);
    let huber = fit(&points, Residual::Log, LossFunction::Huber(1e-3));
    assert_relative_eq!(huber.objective(), 0.001_018_274_017_800_598, max_relative = 1e-9);
}

/// SciPy, Nelder–Mead then BFGS on −Σ ln t₄(r/s) + n·ln s over coefficients and s, started from here, does not get lower:
/// see `fit_reference.py`.
#[test]
fn the_scale_of_students_t_and_of_hubers_loss_come_from_the_data() {
    let Some(points) = epoch240() else { return };
    let student = fit(&points, Residual::Log, LossFunction::StudentT(4.0));
    assert_relative_eq!(student.objective(), -1_121.449_990_388, max_relative = 1e-10);
    assert_relative_eq!(student.scale().unwrap(), 0.004_407_472_1, max_relative = 1e-7);
    let huber = fit(&points, Residual::Log, LossFunction::HuberOfScale(1.345));
    let LossFunction::Huber(delta) = huber.loss() else { panic!("{:?}", huber.loss()) };
    assert_relative_eq!(delta, 1.345 * huber.scale().unwrap(), max_relative = 1e-12);
    // 1.4826·median |r|·√(n/(n−5)) about the least absolute deviations.
    let absolute = fit_of_median(&points);
    assert_relative_eq!(huber.scale().unwrap(), absolute, max_relative = 1e-9);
}

fn fit_of_median(points: &Points) -> f64 {
    let fit = fit(points, Residual::Log, LossFunction::AbsoluteDeviations);
    let mut sizes: Vec<f64> = fit.residuals().iter().map(|r| r.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    1.482_602_218_505_602 * 0.5 * (sizes[119] + sizes[120]) * (240.0f64 / 235.0).sqrt()
}

/// y = c0 + c1·x.
struct Line;

impl Law for Line {
    type Input = f64;
    fn coefficient_names(&self) -> &[&'static str] {
        &["c0", "c1"]
    }
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::FREE; 2]
    }
    fn linear(&self) -> &[usize] {
        &[0, 1]
    }
    fn predict(&self, c: &[f64], x: &f64, gradient: &mut [f64]) -> f64 {
        gradient.copy_from_slice(&[1.0, *x]);
        c[0] + c[1] * x
    }
}

const X: [f64; 7] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
const Y: [f64; 7] = [1.1, 2.9, 5.2, 6.8, 9.1, 30.0, 13.1];

fn line(loss: LossFunction, weights: Weights) -> LawFit {
    Fitter::new(&Line).residual(Residual::Raw).loss(loss).weights(weights).fit(&X, &Y).unwrap()
}

#[test]
fn the_line_of_least_absolute_deviations_passes_through_two_points() {
    let fit = line(LossFunction::AbsoluteDeviations, Weights::Equal);
    assert_eq!(fit.termination(), Termination::Vertex);
    let best = brute_force(&[1.0; 7]);
    assert_relative_eq!(fit.objective(), best, max_relative = 1e-12);
}

/// The least of Σ m|r| over the lines through two of the points: an optimum is among them.
fn brute_force(weights: &[f64; 7]) -> f64 {
    let mut best = f64::INFINITY;
    for i in 0..7 {
        for j in i + 1..7 {
            let slope = (Y[j] - Y[i]) / (X[j] - X[i]);
            let at = |x: f64| Y[i] + slope * (x - X[i]);
            best = best.min((0..7).map(|k| weights[k] * (Y[k] - at(X[k])).abs()).sum());
        }
    }
    best
}

#[test]
fn weighted_absolute_deviations_are_the_best_of_all_vertices() {
    let weights = [3.0, 1.0, 5.0, 2.0, 1.0, 4.0, 1.0];
    let fit = line(LossFunction::AbsoluteDeviations, Weights::Counts(weights.to_vec()));
    assert_relative_eq!(fit.objective(), brute_force(&weights), max_relative = 1e-12);
}

#[test]
fn a_count_is_the_row_written_out() {
    for loss in [LossFunction::LeastSquares, LossFunction::Huber(0.3), LossFunction::StudentT(3.0)] {
        let counted = line(loss, Weights::Counts(vec![1.0, 2.0, 1.0, 1.0, 0.0, 1.0, 3.0]));
        let rows = [0, 1, 1, 2, 3, 5, 6, 6, 6];
        let (x, y) = (rows.map(|row| X[row]), rows.map(|row| Y[row]));
        let written = Fitter::new(&Line).residual(Residual::Raw).loss(loss).fit(&x, &y).unwrap();
        assert_eq!(counted.degrees_of_freedom(), written.degrees_of_freedom());
        assert_relative_eq!(counted.objective(), written.objective(), max_relative = 1e-10);
        for (one, two) in counted.coefficients().iter().zip(written.coefficients()) {
            assert_relative_eq!(one.value, two.value, max_relative = 1e-8);
            if loss != LossFunction::LeastSquares {
                // The smoothing of ψ' looks at the rows, not at their counts.
                continue;
            }
            assert_relative_eq!(one.standard_error.unwrap(), two.standard_error.unwrap(), max_relative = 1e-8);
        }
    }
}

/// Weighted least squares in closed form, and its errors with the scale known and unknown (numpy.polyfit with w = 1/σ,
/// cov = "unscaled" and cov = True without the factor for the fourth moment).
#[test]
fn known_deviations_give_absolute_errors_and_precisions_relative_ones() {
    let sigma = vec![0.1, 0.2, 0.1, 0.3, 0.2, 20.0, 0.1];
    let known = line(LossFunction::LeastSquares, Weights::Sigma(sigma.clone()));
    let (mut s, mut sx, mut sxx) = (0.0, 0.0, 0.0);
    for (x, sigma) in X.iter().zip(&sigma) {
        let w = 1.0 / (sigma * sigma);
        (s, sx, sxx) = (s + w, sx + w * x, sxx + w * x * x);
    }
    let variance = s / (s * sxx - sx * sx);
    assert_relative_eq!(known.coefficients()[1].standard_error.unwrap(), variance.sqrt(), max_relative = 1e-9);
    let precision = sigma.iter().map(|sigma| 1.0 / (sigma * sigma)).collect();
    let relative = line(LossFunction::LeastSquares, Weights::Precision(precision));
    for (one, two) in known.coefficients().iter().zip(relative.coefficients()) {
        assert_relative_eq!(one.value, two.value, max_relative = 1e-9);
    }
    let chi_square = 2.0 * known.objective();
    let ratio = relative.coefficients()[1].standard_error.unwrap() / variance.sqrt();
    assert_relative_eq!(ratio, (chi_square / 5.0).sqrt(), max_relative = 1e-9);
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let refused = |weights| Fitter::new(&Line).weights(weights).fit(&X, &Y).unwrap_err().to_string();
    assert!(refused(Weights::Counts(vec![1.0; 6])).contains("6 weights for 7 rows"));
    assert!(refused(Weights::Sigma(vec![0.0; 7])).contains("sigma: 0 in row 1"));
    assert!(refused(Weights::Flops).contains("compute"));
    let one = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert!(refused(Weights::Counts(one.to_vec())).contains("1 runs cannot determine 2 coefficients"));
}

#[test]
fn a_law_that_many_places_fit_equally_well_is_not_certified() {
    /// A sine of unknown frequency, looked for far beyond what five points can tell.
    struct Sine;
    impl Law for Sine {
        type Input = f64;
        fn coefficient_names(&self) -> &[&'static str] {
            &["amplitude", "frequency"]
        }
        fn bounds(&self) -> Vec<Bound> {
            vec![Bound::FREE, Bound::between(0.0, 1e4)]
        }
        fn linear(&self) -> &[usize] {
            &[0]
        }
        fn predict(&self, c: &[f64], x: &f64, gradient: &mut [f64]) -> f64 {
            let (sin, cos) = (c[1] * x).sin_cos();
            gradient.copy_from_slice(&[sin, c[0] * x * cos]);
            c[0] * sin
        }
    }
    let x = [0.1, 0.27, 0.53, 0.81, 0.97, 1.3];
    let y = [0.3, -0.2, 0.9, -0.7, 0.2, 0.55];
    let fit = Fitter::new(&Sine).residual(Residual::Raw).loss(LossFunction::LeastSquares).fit(&x, &y).unwrap();
    assert!(!fit.certificate().certified, "{:?}", fit.certificate());
    assert_eq!(fit.warnings()[0].code(), "not-certified");
}
