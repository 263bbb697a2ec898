//! Forward differentiation: a formula written once over [`Real`] gives its value on `f64` and its exact gradient on
//! [`Dual`].

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number that a formula is written in.
pub(crate) trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A constant.
    fn of(value: f64) -> Self;
    /// The value without its slopes.
    fn value(self) -> f64;
    /// f(self), given f and f′ there.
    fn chain(self, value: f64, slope: f64) -> Self;

    #[cfg_attr(feature = "simd", inline(always))]
    fn exp(self) -> Self {
        let value = self.value().exp();
        self.chain(value, value)
    }
    #[cfg_attr(feature = "simd", inline(always))]
    fn ln(self) -> Self {
        self.chain(self.value().ln(), 1.0 / self.value())
    }
    /// e^x − 1, exact for small x.
    #[cfg_attr(feature = "simd", inline(always))]
    fn exp_m1(self) -> Self {
        self.chain(self.value().exp_m1(), self.value().exp())
    }
    /// self^exponent for self > 0.
    #[cfg_attr(feature = "simd", inline(always))]
    fn power(self, exponent: Self) -> Self {
        (exponent * self.ln()).exp()
    }
    /// ln(e^self + e^other) without overflow.
    #[cfg_attr(feature = "simd", inline(always))]
    fn ln_add_exp(self, other: Self) -> Self {
        let (high, low) = if self.value() >= other.value() { (self, other) } else { (other, self) };
        high + ((low - high).exp() + Self::of(1.0)).ln()
    }
    /// ln(1 + e^self) without overflow.
    #[cfg_attr(feature = "simd", inline(always))]
    fn softplus(self) -> Self {
        self.ln_add_exp(Self::of(0.0))
    }
}

impl Real for f64 {
    #[cfg_attr(feature = "simd", inline(always))]
    fn of(value: f64) -> Self {
        value
    }
    #[cfg_attr(feature = "simd", inline(always))]
    fn value(self) -> f64 {
        self
    }
    #[cfg_attr(feature = "simd", inline(always))]
    fn chain(self, value: f64, _: f64) -> Self {
        value
    }
}

/// A value with its slopes along P directions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dual<const P: usize> {
    pub value: f64,
    pub slopes: [f64; P],
}

impl<const P: usize> Dual<P> {
    /// The P variables themselves: slope 1 along their own direction.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn variables(values: [f64; P]) -> [Self; P] {
        let mut variables = [Self::of(0.0); P];
        for (i, (variable, value)) in variables.iter_mut().zip(values).enumerate() {
            variable.value = value;
            variable.slopes[i] = 1.0;
        }
        variables
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn with(self, value: f64, slope: impl Fn(usize) -> f64) -> Self {
        // Not by `array::from_fn`: its closures stay calls where the crate is compiled in several units.
        let mut slopes = [0.0; P];
        for (i, own) in slopes.iter_mut().enumerate() {
            *own = slope(i);
        }
        Self { value, slopes }
    }
}

impl<const P: usize> Real for Dual<P> {
    #[cfg_attr(feature = "simd", inline(always))]
    fn of(value: f64) -> Self {
        Self { value, slopes: [0.0; P] }
    }
    #[cfg_attr(feature = "simd", inline(always))]
    fn value(self) -> f64 {
        self.value
    }
    #[cfg_attr(feature = "simd", inline(always))]
    fn chain(self, value: f64, slope: f64) -> Self {
        // A direction along which nothing changes stays still even where the function is vertical.
        self.with(value, |i| if self.slopes[i] == 0.0 { 0.0 } else { slope * self.slopes[i] })
    }
}

impl<const P: usize> Add for Dual<P> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn add(self, other: Self) -> Self {
        self.with(self.value + other.value, |i| self.slopes[i] + other.slopes[i])
    }
}
impl<const P: usize> Sub for Dual<P> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn sub(self, other: Self) -> Self {
        self.with(self.value - other.value, |i| self.slopes[i] - other.slopes[i])
    }
}
// The product rule and the quotient rule.
#[allow(clippy::suspicious_arithmetic_impl)]
impl<const P: usize> Mul for Dual<P> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn mul(self, other: Self) -> Self {
        self.with(self.value * other.value, |i| self.slopes[i] * other.value + self.value * other.slopes[i])
    }
}
#[allow(clippy::suspicious_arithmetic_impl)]
impl<const P: usize> Div for Dual<P> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        self.with(value, |i| (self.slopes[i] - value * other.slopes[i]) / other.value)
    }
}
impl<const P: usize> Neg for Dual<P> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn neg(self) -> Self {
        self.with(-self.value, |i| -self.slopes[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uses every operation once.
    fn formula<T: Real>([x, y]: [T; 2]) -> T {
        (x * y - x / y).exp_m1() + x.power(y) - (-x).ln_add_exp(y).ln() + y.softplus() * T::of(0.5) - x.exp()
    }

    #[test]
    fn the_slopes_are_those_of_central_differences() {
        let at = [1.3, 0.7];
        let dual = formula(Dual::variables(at));
        assert_eq!(dual.value, formula(at));
        for i in 0..2 {
            let shifted = |step: f64| {
                let mut x = at;
                x[i] += step;
                formula(x)
            };
            let numeric = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
            assert!((dual.slopes[i] - numeric).abs() < 1e-8, "{i}: {} {numeric}", dual.slopes[i]);
        }
    }

    #[test]
    fn sums_of_exponentials_neither_overflow_nor_vanish() {
        assert_eq!(800f64.ln_add_exp(-800.0), 800.0);
        assert_eq!(Real::softplus(-800f64), 0.0);
        assert!((0f64.ln_add_exp(0.0) - 2f64.ln()).abs() < 1e-16);
    }
}
