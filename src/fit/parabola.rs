//! y = c₀ + c₁x + c₂x² by least squares on orthogonal polynomials, and its vertex with errors by the delta method.

/// A fitted parabola. Errors are `None` without a degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parabola {
    /// d²y/dx².
    pub curvature: f64,
    pub curvature_error: Option<f64>,
    /// Where y is least; `None` unless the curvature is above zero.
    pub vertex: Option<Vertex>,
    pub r_squared: f64,
    /// Standard deviation of the residuals.
    pub scale: f64,
    pub degrees_of_freedom: usize,
    /// x̄, ȳ, s, q, γ, δ of the orthogonal form.
    form: [f64; 6],
}

impl Parabola {
    /// y and dy/dx.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let [x_mean, y_mean, s, q, gamma, delta] = self.form;
        let u = x - x_mean;
        (y_mean + s * u + q * (u * u - gamma * u - delta), s + q * (2.0 * u - gamma))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vertex {
    pub x: f64,
    pub x_error: Option<f64>,
    pub y: f64,
    pub y_error: Option<f64>,
}

/// `None` for fewer than three different x, or numbers that are not finite.
///
/// With P₁ = u and P₂ = u² − γu − δ orthogonal over the points, y = ȳ + s·P₁ + q·P₂ has uncorrelated s and q, so that
/// var u* = (∂u*/∂s)²·σ²/ΣP₁² + (∂u*/∂q)²·σ²/ΣP₂² at u* = γ/2 − s/(2q).
pub(super) fn parabola(x: &[f64], y: &[f64]) -> Option<Parabola> {
    let n = x.len().min(y.len());
    let count = n as f64;
    let mean = |v: &[f64]| v.iter().take(n).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let points = || x.iter().zip(y).map(|(x, y)| (x - x_mean, y - y_mean));
    let sum = |f: &dyn Fn(f64, f64) -> f64| points().map(|(u, v)| f(u, v)).sum::<f64>();

    let s1 = sum(&|u, _| u * u);
    let gamma = sum(&|u, _| u * u * u) / s1;
    let delta = s1 / count;
    let p2 = |u: f64| u * u - gamma * u - delta;
    let s2 = sum(&|u, _| p2(u) * p2(u));
    // Two different x make P₂ vanish up to rounding.
    if n < 3 || !(s1 > 0.0) || !(s2 > 1e-20 * s1 * s1) {
        return None;
    }
    let s = sum(&|u, v| u * v) / s1;
    let q = sum(&|u, v| p2(u) * v) / s2;
    let squares = sum(&|u, v| (v - s * u - q * p2(u)).powi(2));
    let total = sum(&|_, v| v * v);
    if !(s.is_finite() && q.is_finite() && squares.is_finite()) {
        return None;
    }
    let degrees_of_freedom = n - 3;
    let scale = if degrees_of_freedom == 0 { 0.0 } else { (squares / degrees_of_freedom as f64).sqrt() };
    let error = |unit: f64| (degrees_of_freedom > 0).then_some(scale * unit);
    let vertex = (q > 0.0).then(|| {
        let u = 0.5 * gamma - 0.5 * s / q;
        let by_s = 0.5 / (q * s1.sqrt());
        let by_q = 0.5 * s / (q * q * s2.sqrt());
        // y is stationary there, so only the coefficients move it.
        let level = (1.0 / count + u * u / s1 + p2(u) * p2(u) / s2).sqrt();
        Vertex { x: x_mean + u, x_error: error(by_s.hypot(by_q)), y: y_mean + s * u + q * p2(u), y_error: error(level) }
    });
    Some(Parabola {
        curvature: 2.0 * q,
        curvature_error: error(2.0 / s2.sqrt()),
        vertex: vertex.filter(|v| v.x.is_finite() && v.y.is_finite()),
        r_squared: if total > 0.0 { 1.0 - squares / total } else { 0.0 },
        scale,
        degrees_of_freedom,
        form: [x_mean, y_mean, s, q, gamma, delta],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 7] = [18.0, 18.6, 19.1, 20.0, 20.4, 21.3, 22.0];
    const Y: [f64; 7] = [3.10, 2.99, 2.93, 2.86, 2.87, 2.91, 3.01];

    #[test]
    fn coefficients_and_errors_are_those_of_numpy() {
        // numpy 2.x polyfit(x − 20, y, 2, cov=True); vertex −p1/(2 p2) and its delta-method error, tests/it/approaches_reference.py
        let p = parabola(&X, &Y).unwrap();
        let v = p.vertex.unwrap();
        let got = [p.curvature, p.curvature_error.unwrap(), v.x, v.x_error.unwrap(), v.y, v.y_error.unwrap(), p.scale];
        for (got, expected) in got.iter().zip(NUMPY) {
            assert!((got / expected - 1.0).abs() < 1e-10, "{got} {expected}");
        }
        assert_eq!(p.degrees_of_freedom, 4);
    }

    #[test]
    fn three_points_make_an_exact_parabola_without_errors() {
        let p = parabola(&[-1.0, 0.0, 2.0], &[4.0, 1.0, 1.0]).unwrap();
        let v = p.vertex.unwrap();
        assert!((p.curvature - 2.0).abs() < 1e-12 && (v.x - 1.0).abs() < 1e-12 && v.y.abs() < 1e-12);
        assert_eq!((v.x_error, v.y_error, p.curvature_error), (None, None, None));
        let (y, slope) = p.at(3.0);
        assert!((y - 4.0).abs() < 1e-12 && (slope - 4.0).abs() < 1e-12);
    }

    #[test]
    fn two_sizes_make_none_and_a_hill_has_no_vertex() {
        assert_eq!(parabola(&[1.0, 1.0, 2.0, 2.0], &[1.0, 2.0, 3.0, 4.0]), None);
        assert_eq!(parabola(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0]), None);
        assert_eq!(parabola(&[], &[]), None);
        let hill = parabola(&[-1.0, 0.0, 1.0, 2.0], &[0.0, 1.0, 0.0, -3.0]).unwrap();
        assert!(hill.curvature < 0.0 && hill.vertex.is_none());
    }

    const NUMPY: [f64; 7] = [
        0.09414536983465567,
        0.002774591503037949,
        20.24859256002211,
        0.018524984151463798,
        2.863076763256647,
        0.003265958468207051,
        0.005656696056495801,
    ];
}
