//! The formulas of the NIST StRD nonlinear models with their derivatives: coefficients b, predictors x, gradient g.

use std::f64::consts::PI;

pub type Formula = fn(&[f64], &[f64], &mut [f64]) -> f64;

/// b1·(1 − exp(−b2·x)): Misra1a, BoxBOD.
pub fn saturation(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let share = -(-b[1] * x[0]).exp_m1();
    g.copy_from_slice(&[share, b[0] * x[0] * (-b[1] * x[0]).exp()]);
    b[0] * share
}

/// b1·(1 − (1 + b2·x/2)^−2): Misra1b.
pub fn inverse_square(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let base = 1.0 + 0.5 * b[1] * x[0];
    let share = 1.0 - base.powi(-2);
    g.copy_from_slice(&[share, b[0] * x[0] * base.powi(-3)]);
    b[0] * share
}

/// b1·(1 − (1 + 2·b2·x)^−½): Misra1c.
pub fn inverse_root(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let base = 1.0 + 2.0 * b[1] * x[0];
    let share = 1.0 - base.powf(-0.5);
    g.copy_from_slice(&[share, b[0] * x[0] * base.powf(-1.5)]);
    b[0] * share
}

/// b1·b2·x/(1 + b2·x): Misra1d.
pub fn hyperbola(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let base = 1.0 + b[1] * x[0];
    let share = b[1] * x[0] / base;
    g.copy_from_slice(&[share, b[0] * x[0] / (base * base)]);
    b[0] * share
}

/// exp(−b1·x)/(b2 + b3·x): Chwirut1, Chwirut2.
pub fn decay_over_line(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let line = b[1] + b[2] * x[0];
    let value = (-b[0] * x[0]).exp() / line;
    g.copy_from_slice(&[-x[0] * value, -value / line, -x[0] * value / line]);
    value
}

/// b1·exp(−b2·x) + b3·exp(−b4·x) + b5·exp(−b6·x): Lanczos1, Lanczos2, Lanczos3.
pub fn three_decays(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let mut value = 0.0;
    for k in [0, 2, 4] {
        let decay = (-b[k + 1] * x[0]).exp();
        (g[k], g[k + 1]) = (decay, -x[0] * b[k] * decay);
        value += b[k] * decay;
    }
    value
}

/// b1·exp(−b2·x) + b3·exp(−(x − b4)²/b5²) + b6·exp(−(x − b7)²/b8²): Gauss1, Gauss2, Gauss3.
pub fn decay_and_two_peaks(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let decay = (-b[1] * x[0]).exp();
    (g[0], g[1]) = (decay, -x[0] * b[0] * decay);
    let mut value = b[0] * decay;
    for k in [2, 5] {
        let z = (x[0] - b[k + 1]) / b[k + 2];
        let peak = (-z * z).exp();
        let slope = 2.0 * z * b[k] * peak / b[k + 2];
        (g[k], g[k + 1], g[k + 2]) = (peak, slope, z * slope);
        value += b[k] * peak;
    }
    value
}

/// b1·x^b2: DanWood.
pub fn power(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let power = x[0].powf(b[1]);
    g.copy_from_slice(&[power, b[0] * power * x[0].ln()]);
    b[0] * power
}

/// (Σ_{i≤d} b_{i+1}·x^i)/(1 + Σ_{1≤i≤d} b_{d+1+i}·x^i): Kirby2 (d = 2), Hahn1 and Thurber (d = 3).
pub fn rational(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let degree = (b.len() - 1) / 2;
    let (mut above, mut below, mut power) = (b[0], 1.0, 1.0);
    for i in 1..=degree {
        power *= x[0];
        above += b[i] * power;
        below += b[degree + i] * power;
    }
    let value = above / below;
    g[0] = 1.0 / below;
    power = 1.0;
    for i in 1..=degree {
        power *= x[0];
        (g[i], g[degree + i]) = (power / below, -value * power / below);
    }
    value
}

/// log y = b1 − b2·x1·exp(−b3·x2): Nelson.
pub fn degradation(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let rate = x[0] * (-b[2] * x[1]).exp();
    g.copy_from_slice(&[1.0, -rate, b[1] * rate * x[1]]);
    b[0] - b[1] * rate
}

/// b1 + b2·exp(−b4·x) + b3·exp(−b5·x): MGH17.
pub fn constant_and_two_decays(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let (first, second) = ((-b[3] * x[0]).exp(), (-b[4] * x[0]).exp());
    g.copy_from_slice(&[1.0, first, second, -x[0] * b[1] * first, -x[0] * b[2] * second]);
    b[0] + b[1] * first + b[2] * second
}

/// b1 − b2·x − arctan(b3/(x − b4))/π: Roszman1.
pub fn line_and_arc_tangent(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let distance = x[0] - b[3];
    let ratio = b[2] / distance;
    let slope = 1.0 / (PI * distance * (1.0 + ratio * ratio));
    g.copy_from_slice(&[1.0, -x[0], -slope, -slope * ratio]);
    b[0] - b[1] * x[0] - ratio.atan() / PI
}

/// b1 + b2·cos(2πx/12) + b3·sin(2πx/12) + b5·cos(2πx/b4) + b6·sin(2πx/b4) + b8·cos(2πx/b7) + b9·sin(2πx/b7): ENSO.
pub fn three_cycles(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let turn = 2.0 * PI * x[0];
    let (year_sin, year_cos) = (turn / 12.0).sin_cos();
    (g[0], g[1], g[2]) = (1.0, year_cos, year_sin);
    let mut value = b[0] + b[1] * year_cos + b[2] * year_sin;
    for k in [3, 6] {
        let (sin, cos) = (turn / b[k]).sin_cos();
        let slope = turn / (b[k] * b[k]) * (b[k + 1] * sin - b[k + 2] * cos);
        (g[k], g[k + 1], g[k + 2]) = (slope, cos, sin);
        value += b[k + 1] * cos + b[k + 2] * sin;
    }
    value
}

/// b1·(x² + b2·x)/(x² + b3·x + b4): MGH09.
pub fn linear_over_quadratic(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let (above, below) = (x[0] * (x[0] + b[1]), x[0] * (x[0] + b[2]) + b[3]);
    let value = b[0] * above / below;
    g.copy_from_slice(&[above / below, b[0] * x[0] / below, -value * x[0] / below, -value / below]);
    value
}

/// b1·exp(b2/(x + b3)): MGH10.
pub fn arrhenius(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let distance = x[0] + b[2];
    let factor = (b[1] / distance).exp();
    let value = b[0] * factor;
    g.copy_from_slice(&[factor, value / distance, -value * b[1] / (distance * distance)]);
    value
}

/// b1/(1 + exp(b2 − b3·x)): Rat42.
pub fn logistic(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let share = 1.0 / (1.0 + (b[1] - b[2] * x[0]).exp());
    let slope = b[0] * share * (1.0 - share);
    g.copy_from_slice(&[share, -slope, slope * x[0]]);
    b[0] * share
}

/// b1/(1 + exp(b2 − b3·x))^(1/b4): Rat43.
pub fn generalised_logistic(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let growth = (b[1] - b[2] * x[0]).exp();
    let logarithm = growth.ln_1p();
    let share = (-logarithm / b[3]).exp();
    let value = b[0] * share;
    let slope = value / b[3] * (1.0 - 1.0 / (1.0 + growth));
    g.copy_from_slice(&[share, -slope, slope * x[0], value * logarithm / (b[3] * b[3])]);
    value
}

/// (b1/b2)·exp(−½((x − b3)/b2)²): Eckerle4.
pub fn peak(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let z = (x[0] - b[2]) / b[1];
    let height = (-0.5 * z * z).exp() / b[1];
    let value = b[0] * height;
    g.copy_from_slice(&[height, value * (z * z - 1.0) / b[1], value * z / b[1]]);
    value
}

/// b1·(b2 + x)^(−1/b3): Bennett5.
pub fn shifted_power(b: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
    let base = b[1] + x[0];
    let power = base.powf(-1.0 / b[2]);
    let value = b[0] * power;
    g.copy_from_slice(&[power, -value / (b[2] * base), value * base.ln() / (b[2] * b[2])]);
    value
}
