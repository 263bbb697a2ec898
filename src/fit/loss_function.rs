/// What a residual costs. c, δ and r are in the unit of the residual: log loss, or the value itself.
///
/// | Loss | ρ(r) | Use |
/// |---|---|---|
/// | least squares | ½r² | normal noise, nothing else |
/// | Huber(δ) | ½r² within δ, δ(\|r\| − ½δ) beyond | the published choice, δ = 1e-3 on log loss |
/// | Cauchy(c) | ½c²·ln(1 + r²/c²) | gross outliers, which it gives up on |
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum LossFunction {
    /// ½r².
    LeastSquares,
    /// ½r² for |r| ≤ δ, linear beyond.
    Huber(f64),
    /// ½c²·ln(1 + r²/c²).
    Cauchy(f64),
}

impl LossFunction {
    /// ρ(r), ψ = ρ', ψ' = ρ'' and ψ/r.
    pub(super) fn at(self, r: f64) -> Cost {
        match self {
            Self::LeastSquares => Cost { rho: 0.5 * r * r, psi: r, slope: 1.0, weight: 1.0 },
            Self::Huber(delta) if r.abs() <= delta => Cost { rho: 0.5 * r * r, psi: r, slope: 1.0, weight: 1.0 },
            Self::Huber(delta) => Cost {
                rho: delta * (r.abs() - 0.5 * delta),
                psi: delta.copysign(r),
                slope: 0.0,
                weight: delta / r.abs(),
            },
            Self::Cauchy(c) => {
                let square = (r / c) * (r / c);
                let weight = 1.0 / (1.0 + square);
                Cost {
                    rho: 0.5 * c * c * square.ln_1p(),
                    psi: r * weight,
                    slope: (1.0 - square) * weight * weight,
                    weight,
                }
            }
        }
    }

    /// The scale that must be finite and above zero, if there is one.
    pub(super) fn scale(self) -> Option<f64> {
        match self {
            Self::LeastSquares => None,
            Self::Huber(scale) | Self::Cauchy(scale) => Some(scale),
        }
    }
}

/// ρ and what is derived from it at one residual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub rho: f64,
    pub psi: f64,
    pub slope: f64,
    pub weight: f64,
}

/// Which difference between prediction and observation is a residual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Residual {
    /// ln ŷ − ln y: relative errors; predictions and observations must be above zero.
    #[default]
    Log,
    /// ŷ − y.
    Raw,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_equal_differences() {
        for loss in [LossFunction::LeastSquares, LossFunction::Huber(0.3), LossFunction::Cauchy(0.3)] {
            for r in [-2.0, -0.31, -0.1, 0.0, 0.2, 0.7] {
                let h = 1e-6;
                let (above, below, here) = (loss.at(r + h), loss.at(r - h), loss.at(r));
                assert!(((above.rho - below.rho) / (2.0 * h) - here.psi).abs() < 1e-9);
                assert!(((above.psi - below.psi) / (2.0 * h) - here.slope).abs() < 1e-8);
                assert!((here.weight * r - here.psi).abs() < 1e-15);
            }
        }
    }
}
