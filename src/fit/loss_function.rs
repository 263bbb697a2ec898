/// What a residual costs. c, δ and r are in the unit of the residual: log loss, or the value itself.
///
/// | Loss | ρ(r) | Use |
/// |---|---|---|
/// | least squares | ½r² | normal noise, nothing else |
/// | Huber(δ) | ½r² within δ, δ(\|r\| − ½δ) beyond | the published choice, δ = 1e-3 on log loss |
/// | Huber of scale k | the same with δ = k·σ̂, σ̂ from the data | noise of unknown size; k = 1.345 loses 5 % to least squares where the noise is normal |
/// | absolute deviations | \|r\| | medians instead of means; the published coefficients of Besiroglu 2024 |
/// | Cauchy(c) | ½c²·ln(1 + r²/c²) | gross outliers, which it gives up on |
/// | Student-t(ν) | ½(ν+1)·ln(1 + r²/νs²) + ln s, s estimated | a likelihood with heavy tails |
///
/// The scale of Huber-of-scale is σ̂ = 1.4826·median\|r\|·√(n/(n−p)) over the residuals of the least absolute deviations;
/// [`LawFit::loss`](crate::LawFit::loss) says which δ came out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum LossFunction {
    /// ½r².
    LeastSquares,
    /// ½r² for |r| ≤ δ, linear beyond.
    Huber(f64),
    /// Huber's loss with δ = k·σ̂, σ̂ the robust scale of the data about the law.
    HuberOfScale(f64),
    /// |r|.
    AbsoluteDeviations,
    /// ½c²·ln(1 + r²/c²).
    Cauchy(f64),
    /// The negative log-likelihood of Student's t with ν degrees of freedom and an estimated scale, constants left out.
    StudentT(f64),
}

impl LossFunction {
    /// The number that must be finite and above zero, if there is one.
    pub(super) fn parameter(self) -> Option<f64> {
        match self {
            Self::LeastSquares | Self::AbsoluteDeviations => None,
            Self::Huber(number) | Self::HuberOfScale(number) | Self::Cauchy(number) | Self::StudentT(number) => {
                Some(number)
            }
        }
    }
}

/// A loss with every scale known: what one residual costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kernel {
    Squares,
    Huber(f64),
    Absolute,
    Cauchy(f64),
    StudentT { freedom: f64, scale: f64 },
}

/// ρ and what is derived from it at one residual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub rho: f64,
    pub psi: f64,
    pub slope: f64,
    pub weight: f64,
}

impl Kernel {
    /// ρ(r), ψ = ρ', ψ' = ρ'' and ψ/r.
    pub fn at(self, r: f64) -> Cost {
        match self {
            Self::Squares => Cost { rho: 0.5 * r * r, psi: r, slope: 1.0, weight: 1.0 },
            Self::Huber(delta) if r.abs() <= delta => Cost { rho: 0.5 * r * r, psi: r, slope: 1.0, weight: 1.0 },
            Self::Huber(delta) => Cost {
                rho: delta * (r.abs() - 0.5 * delta),
                psi: delta.copysign(r),
                slope: 0.0,
                weight: delta / r.abs(),
            },
            Self::Absolute => Cost { rho: r.abs(), psi: 1.0f64.copysign(r), slope: 0.0, weight: 1.0 / r.abs() },
            // Cauchy's is a t of one degree of freedom but for its factor.
            Self::Cauchy(c) => heavy_tailed(r, c * c, 0.5 * c * c),
            Self::StudentT { freedom, scale } => heavy_tailed(r, freedom * scale * scale, 0.5 * (freedom + 1.0)),
        }
    }

    /// Half-width over which ψ' has to be smoothed at least.
    pub fn width(self) -> f64 {
        match self {
            Self::Squares | Self::Absolute => 0.0,
            Self::Huber(scale) | Self::Cauchy(scale) | Self::StudentT { scale, .. } => scale,
        }
    }
}

/// factor·ln(1 + r²/square).
fn heavy_tailed(r: f64, square: f64, factor: f64) -> Cost {
    let share = r * r / square;
    let weight = 2.0 * factor / (square * (1.0 + share));
    Cost { rho: factor * share.ln_1p(), psi: r * weight, slope: (1.0 - share) / (1.0 + share) * weight, weight }
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
        let student = Kernel::StudentT { freedom: 4.0, scale: 0.3 };
        for kernel in [Kernel::Squares, Kernel::Huber(0.3), Kernel::Absolute, Kernel::Cauchy(0.3), student] {
            for r in [-2.0, -0.31, -0.1, 0.2, 0.7] {
                let h = 1e-6;
                let (above, below, here) = (kernel.at(r + h), kernel.at(r - h), kernel.at(r));
                assert!(((above.rho - below.rho) / (2.0 * h) - here.psi).abs() < 1e-8);
                assert!(((above.psi - below.psi) / (2.0 * h) - here.slope).abs() < 1e-7);
                assert!((here.weight * r - here.psi).abs() < 1e-14);
            }
        }
    }
}
