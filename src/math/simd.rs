//! Arithmetic on several numbers at once, and loops over many points.
//!
//! [`run`] picks AVX-512, AVX2, NEON or plain scalar code when the program runs; a kernel is written once, generic over
//! [`Simd`], in terms of [`Lane`]. Sums depend in their last bits on the number of lanes, so results are the same to
//! the bit on machines of one kind only. Without the feature `simd` there is plain scalar code alone, and nothing of `pulp`
//! to compile.

use std::ops::{Add, Div, Mul, Neg, Sub};

#[cfg(not(feature = "simd"))]
use super::one_lane::Scalar;
#[cfg(not(feature = "simd"))]
pub(crate) use super::one_lane::{Simd, WithSimd};
#[cfg(all(feature = "simd", test))]
use pulp::Scalar;
#[cfg(feature = "simd")]
pub(crate) use pulp::{Simd, WithSimd};

/// Columns are padded to a multiple of this, the lanes of the widest instruction set.
pub(crate) const WIDEST: usize = 8;

/// Runs a kernel with the best instructions the processor has.
pub(crate) fn run<K: WithSimd>(kernel: K) -> K::Output {
    #[cfg(test)]
    if portable::is_on() {
        return kernel.with_simd(Scalar);
    }
    #[cfg(feature = "simd")]
    return pulp::Arch::new().dispatch(kernel);
    #[cfg(not(feature = "simd"))]
    kernel.with_simd(Scalar)
}

/// Lets a test run whole computations on the code for processors without vector instructions.
#[cfg(test)]
pub(crate) mod portable {
    use std::cell::Cell;

    thread_local! {
        static ON: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn is_on() -> bool {
        ON.get()
    }

    /// The answer of a computation on this thread without vector instructions.
    pub(crate) fn only<T>(work: impl FnOnce() -> T) -> T {
        ON.set(true);
        let answer = work();
        ON.set(false);
        answer
    }
}

/// As many numbers as one instruction handles, with arithmetic.
#[derive(Clone, Copy)]
pub(crate) struct Lane<S: Simd> {
    pub simd: S,
    pub values: S::f64s,
}

impl<S: Simd> Lane<S> {
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn new(simd: S, values: S::f64s) -> Self {
        Self { simd, values }
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn splat(simd: S, value: f64) -> Self {
        Self::new(simd, simd.splat_f64s(value))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn splats<const N: usize>(simd: S, values: [f64; N]) -> [Self; N] {
        let mut lanes = [Self::splat(simd, 0.0); N];
        for (lane, value) in lanes.iter_mut().zip(values) {
            *lane = Self::splat(simd, value);
        }
        lanes
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn news<const N: usize>(simd: S, values: [S::f64s; N]) -> [Self; N] {
        let mut lanes = [Self::splat(simd, 0.0); N];
        for (lane, value) in lanes.iter_mut().zip(values) {
            lane.values = value;
        }
        lanes
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn sums<const N: usize>(lanes: &[Self; N]) -> [f64; N] {
        let mut sums = [0.0; N];
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum = lane.sum();
        }
        sums
    }

    /// The same number in every lane, of this lane's kind.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn all(self, value: f64) -> Self {
        Self::splat(self.simd, value)
    }

    /// self·factor + term, rounded once where the processor can.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn mul_add(self, factor: Self, term: Self) -> Self {
        Self::new(self.simd, self.simd.mul_add_e_f64s(self.values, factor.values, term.values))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn abs(self) -> Self {
        Self::new(self.simd, self.simd.abs_f64s(self.values))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn min(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.min_f64s(self.values, other.values))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn max(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.max_f64s(self.values, other.values))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    pub fn sum(self) -> f64 {
        self.simd.reduce_sum_f64s(self.values)
    }

    /// Where self ≤ limit the one, elsewhere (also for NaN) the other.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn if_at_most(self, limit: Self, then: Self, otherwise: Self) -> Self {
        let mask = self.simd.less_than_or_equal_f64s(self.values, limit.values);
        Self::new(self.simd, self.simd.select_f64s(mask, then.values, otherwise.values))
    }
}

impl<S: Simd> Add for Lane<S> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn add(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.add_f64s(self.values, other.values))
    }
}

impl<S: Simd> Sub for Lane<S> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn sub(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.sub_f64s(self.values, other.values))
    }
}

impl<S: Simd> Mul for Lane<S> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn mul(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.mul_f64s(self.values, other.values))
    }
}

impl<S: Simd> Div for Lane<S> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn div(self, other: Self) -> Self {
        Self::new(self.simd, self.simd.div_f64s(self.values, other.values))
    }
}

impl<S: Simd> Neg for Lane<S> {
    type Output = Self;
    #[cfg_attr(feature = "simd", inline(always))]
    fn neg(self) -> Self {
        Self::new(self.simd, self.simd.neg_f64s(self.values))
    }
}

/// ln of every number of a column, in its place.
pub(crate) fn ln_in_place(column: &mut [f64]) {
    run(Ln(column));
}

struct Ln<'a>(&'a mut [f64]);

impl WithSimd for Ln<'_> {
    type Output = ();

    #[cfg_attr(feature = "simd", inline(always))]
    fn with_simd<S: Simd>(self, simd: S) {
        let (whole, rest) = S::as_mut_simd_f64s(self.0);
        for x in whole {
            *x = Lane::new(simd, *x).ln().values;
        }
        if !rest.is_empty() {
            let last = Lane::new(simd, simd.partial_load_f64s(rest)).ln();
            simd.partial_store_f64s(rest, last.values);
        }
    }
}

/// out_i = constant + Σ_k exp(ln_scale_k − exponent_k·ln x_ki). Slices of one length.
pub(crate) fn sum_of_two_powers(constant: f64, terms: [(f64, f64, &[f64]); 2], out: &mut [f64]) {
    run(SumOfTwoPowers { constant, terms, out });
}

struct SumOfTwoPowers<'a> {
    constant: f64,
    terms: [(f64, f64, &'a [f64]); 2],
    out: &'a mut [f64],
}

impl WithSimd for SumOfTwoPowers<'_> {
    type Output = ();

    #[cfg_attr(feature = "simd", inline(always))]
    fn with_simd<S: Simd>(self, simd: S) {
        let [(ln_a, alpha, x), (ln_b, beta, y)] = self.terms;
        let [constant, ln_a, alpha, ln_b, beta] = Lane::splats(simd, [self.constant, ln_a, -alpha, ln_b, -beta]);
        let loss = {
            // A closure that is not inlined is compiled for the plain instruction set: thirty times slower.
            #[cfg_attr(feature = "simd", inline(always))]
            |x: S::f64s, y: S::f64s| {
                let by_size = alpha.mul_add(Lane::new(simd, x), ln_a).exp();
                (constant + by_size + beta.mul_add(Lane::new(simd, y), ln_b).exp()).values
            }
        };
        let ((x, x_rest), (y, y_rest)) = (S::as_simd_f64s(x), S::as_simd_f64s(y));
        let (out, out_rest) = S::as_mut_simd_f64s(self.out);
        for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
            *out = loss(*x, *y);
        }
        if !out_rest.is_empty() {
            let rest = loss(simd.partial_load_f64s(x_rest), simd.partial_load_f64s(y_rest));
            simd.partial_store_f64s(out_rest, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_losses_of_any_length_is_the_losses_one_by_one() {
        for n in 0..40 {
            let x: Vec<f64> = (0..n).map(|i| 15.0 + 0.3 * f64::from(i)).collect();
            let y: Vec<f64> = x.iter().map(|x| 40.0 - x).collect();
            let mut out = vec![0.0; x.len()];
            sum_of_two_powers(1.7, [(6.0, 0.34, &x), (f64::NEG_INFINITY, 0.28, &y)], &mut out);
            assert!(out.iter().zip(&x).all(|(out, x)| (out - 1.7 - (6.0 - 0.34 * x).exp()).abs() < 1e-15 * out));
        }
    }
}
