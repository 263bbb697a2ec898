//! The 27 models of the NIST StRD nonlinear regression collection, as laws.

use scaling_laws::{Bound, Law};

use super::formulas as f;

/// One model with the two starts that NIST gives for it.
pub struct Model {
    pub name: &'static str,
    /// Start 1, far from the answer, and start 2, near it.
    pub starts: [&'static [f64]; 2],
    /// Whether the model is of the natural logarithm of the response.
    pub log_response: bool,
    formula: f::Formula,
    /// Predictors at which the gradient is compared with differences; within the data, and where the prediction is
    /// curved weakly enough for differences to be good to 1e-6.
    pub probes: &'static [&'static [f64]],
}

impl Law for Model {
    type Input = Vec<f64>;

    fn coefficient_names(&self) -> &[&'static str] {
        const NAMES: [&str; 9] = ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9"];
        &NAMES[..self.starts[0].len()]
    }

    fn bounds(&self) -> Vec<Bound> {
        vec![Bound { least: f64::NEG_INFINITY, greatest: f64::INFINITY }; self.starts[0].len()]
    }

    fn predict(&self, coefficients: &[f64], predictors: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        (self.formula)(coefficients, predictors, gradient)
    }
}

pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.name == name)
}

const fn model(
    name: &'static str,
    formula: f::Formula,
    starts: [&'static [f64]; 2],
    probes: &'static [&'static [f64]],
) -> Model {
    Model { name, starts, log_response: false, formula, probes }
}

const LANCZOS: [&[f64]; 2] = [&[1.2, 0.3, 5.6, 5.5, 6.5, 7.6], &[0.5, 0.7, 3.6, 4.2, 4.0, 6.3]];
const CHWIRUT: [&[f64]; 2] = [&[0.1, 0.01, 0.02], &[0.15, 0.008, 0.01]];

/// Names and starts as <https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml> gives them.
pub static MODELS: [Model; 27] = [
    // Lower difficulty.
    model("Misra1a", f::saturation, [&[500.0, 0.0001], &[250.0, 0.0005]], &[&[77.6], &[332.8], &[760.0]]),
    model("Chwirut2", f::decay_over_line, CHWIRUT, &[&[0.5], &[1.75], &[5.75]]),
    model("Chwirut1", f::decay_over_line, CHWIRUT, &[&[0.5], &[1.75], &[6.0]]),
    model("Lanczos3", f::three_decays, LANCZOS, &[&[0.0], &[0.3], &[1.15]]),
    model(
        "Gauss1",
        f::decay_and_two_peaks,
        [&[97.0, 0.009, 100.0, 65.0, 20.0, 70.0, 178.0, 16.5], &[94.0, 0.0105, 99.0, 63.0, 25.0, 71.0, 180.0, 20.0]],
        &[&[30.0], &[75.0], &[160.0], &[200.0]],
    ),
    model(
        "Gauss2",
        f::decay_and_two_peaks,
        [&[96.0, 0.009, 103.0, 106.0, 18.0, 72.0, 151.0, 18.0], &[98.0, 0.0105, 103.0, 105.0, 20.0, 73.0, 150.0, 20.0]],
        &[&[90.0], &[120.0], &[170.0]],
    ),
    model("DanWood", f::power, [&[1.0, 5.0], &[0.7, 4.0]], &[&[1.309], &[1.49], &[1.68]]),
    model("Misra1b", f::inverse_square, [&[500.0, 0.0001], &[300.0, 0.0002]], &[&[77.6], &[332.8], &[760.0]]),
    // Average difficulty.
    model(
        "Kirby2",
        f::rational,
        [&[2.0, -0.1, 0.003, -0.001, 0.00001], &[1.5, -0.15, 0.0025, -0.0015, 0.00002]],
        &[&[9.65], &[50.0], &[90.0]],
    ),
    model(
        "Hahn1",
        f::rational,
        [&[10.0, -1.0, 0.05, -0.00001, -0.05, 0.001, -0.000001], &[1.0, -0.1, 0.005, -0.000001, -0.005, 0.0001, -1e-7]],
        // A difference of 1e-8 in b7 is a tenth of b7: its share of the denominator has to be small.
        &[&[14.0], &[24.41], &[30.0]],
    ),
    Model {
        log_response: true,
        ..model(
            "Nelson",
            f::degradation,
            [&[2.0, 0.0001, -0.01], &[2.5, 0.000000005, -0.05]],
            &[&[1.0, 180.0], &[16.0, 225.0], &[64.0, 275.0]],
        )
    },
    model(
        "MGH17",
        f::constant_and_two_decays,
        [&[50.0, 150.0, -100.0, 1.0, 2.0], &[0.5, 1.5, -1.0, 0.01, 0.02]],
        &[&[0.0], &[10.0], &[100.0]],
    ),
    model("Lanczos1", f::three_decays, LANCZOS, &[&[0.0], &[0.3], &[1.15]]),
    model("Lanczos2", f::three_decays, LANCZOS, &[&[0.0], &[0.3], &[1.15]]),
    model(
        "Gauss3",
        f::decay_and_two_peaks,
        [&[94.9, 0.009, 90.1, 113.0, 20.0, 73.8, 140.0, 20.0], &[96.0, 0.0096, 80.0, 110.0, 25.0, 74.0, 139.0, 25.0]],
        &[&[100.0], &[125.0], &[160.0]],
    ),
    model("Misra1c", f::inverse_root, [&[500.0, 0.0001], &[600.0, 0.0002]], &[&[77.6], &[332.8], &[760.0]]),
    model("Misra1d", f::hyperbola, [&[500.0, 0.0001], &[450.0, 0.0003]], &[&[77.6], &[332.8], &[760.0]]),
    model(
        "Roszman1",
        f::line_and_arc_tangent,
        [&[0.1, -0.00001, 1000.0, -100.0], &[0.2, -0.000005, 1200.0, -150.0]],
        &[&[-4868.68], &[-2000.0], &[-200.0]],
    ),
    model(
        "ENSO",
        f::three_cycles,
        [&[11.0, 3.0, 0.5, 40.0, -0.7, -1.3, 25.0, -0.3, 1.4], &[10.0, 3.0, 0.5, 44.0, -1.5, 0.5, 26.0, -0.1, 1.5]],
        &[&[1.0], &[50.0], &[168.0]],
    ),
    // Higher difficulty.
    model(
        "MGH09",
        f::linear_over_quadratic,
        [&[25.0, 39.0, 41.5, 39.0], &[0.25, 0.39, 0.415, 0.39]],
        &[&[0.0625], &[0.5], &[4.0]],
    ),
    model(
        "Thurber",
        f::rational,
        [&[1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03], &[1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05]],
        &[&[-1.5], &[0.1], &[2.2]],
    ),
    model("BoxBOD", f::saturation, [&[1.0, 1.0], &[100.0, 0.75]], &[&[1.0], &[3.0], &[10.0]]),
    model("Rat42", f::logistic, [&[100.0, 1.0, 0.1], &[75.0, 2.5, 0.07]], &[&[9.0], &[42.0], &[79.0]]),
    model("MGH10", f::arrhenius, [&[2.0, 400_000.0, 25_000.0], &[0.02, 4000.0, 250.0]], &[&[50.0], &[85.0], &[125.0]]),
    model("Eckerle4", f::peak, [&[1.0, 10.0, 500.0], &[1.5, 5.0, 450.0]], &[&[452.0], &[456.0], &[462.0]]),
    model(
        "Rat43",
        f::generalised_logistic,
        [&[100.0, 10.0, 1.0, 1.0], &[700.0, 5.0, 0.75, 1.3]],
        &[&[1.0], &[8.0], &[15.0]],
    ),
    model(
        "Bennett5",
        f::shifted_power,
        [&[-2000.0, 50.0, 0.8], &[-1500.0, 45.0, 0.85]],
        &[&[7.447168], &[12.0], &[50.0]],
    ),
];
