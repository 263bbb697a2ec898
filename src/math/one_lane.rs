//! The part of `pulp` that [`super::simd`] and the kernels use, for one number at a time: the crate without its feature
//! `simd`.

use super::simd::Lane;

/// A kernel over any instruction set.
pub(crate) trait WithSimd {
    type Output;
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output;
}

/// The operations of an instruction set, by the names of `pulp`.
#[allow(non_camel_case_types)]
pub(crate) trait Simd: Copy {
    type f64s: Copy + Into<f64>;

    fn as_simd_f64s(slice: &[f64]) -> (&[Self::f64s], &[f64]);
    fn as_mut_simd_f64s(slice: &mut [f64]) -> (&mut [Self::f64s], &mut [f64]);
    fn splat_f64s(self, value: f64) -> Self::f64s;

    fn one(self, a: Self::f64s, f: impl Fn(f64) -> f64) -> Self::f64s {
        self.splat_f64s(f(a.into()))
    }
    fn two(self, a: Self::f64s, b: Self::f64s, f: impl Fn(f64, f64) -> f64) -> Self::f64s {
        self.splat_f64s(f(a.into(), b.into()))
    }

    fn partial_load_f64s(self, slice: &[f64]) -> Self::f64s {
        self.splat_f64s(slice.first().copied().unwrap_or(0.0))
    }
    fn partial_store_f64s(self, slice: &mut [f64], values: Self::f64s) {
        if let Some(first) = slice.first_mut() {
            *first = values.into();
        }
    }
    fn reduce_sum_f64s(self, a: Self::f64s) -> f64 {
        a.into()
    }
    fn add_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, |a, b| a + b)
    }
    fn sub_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, |a, b| a - b)
    }
    fn mul_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, |a, b| a * b)
    }
    fn div_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, |a, b| a / b)
    }
    fn mul_add_e_f64s(self, a: Self::f64s, b: Self::f64s, c: Self::f64s) -> Self::f64s {
        self.two(self.mul_f64s(a, b), c, |product, c| product + c)
    }
    fn neg_f64s(self, a: Self::f64s) -> Self::f64s {
        self.one(a, |a| -a)
    }
    fn abs_f64s(self, a: Self::f64s) -> Self::f64s {
        self.one(a, f64::abs)
    }
    fn min_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, f64::min)
    }
    fn max_f64s(self, a: Self::f64s, b: Self::f64s) -> Self::f64s {
        self.two(a, b, f64::max)
    }
    fn less_than_or_equal_f64s(self, a: Self::f64s, b: Self::f64s) -> bool {
        a.into() <= b.into()
    }
    fn select_f64s(self, mask: bool, then: Self::f64s, otherwise: Self::f64s) -> Self::f64s {
        if mask { then } else { otherwise }
    }
}

/// Plain floating-point numbers.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

impl Simd for Scalar {
    type f64s = f64;

    fn as_simd_f64s(slice: &[f64]) -> (&[f64], &[f64]) {
        (slice, &[])
    }
    fn as_mut_simd_f64s(slice: &mut [f64]) -> (&mut [f64], &mut [f64]) {
        (slice, &mut [])
    }
    fn splat_f64s(self, value: f64) -> f64 {
        value
    }
}

impl<S: Simd> Lane<S> {
    pub fn exp(self) -> Self {
        self.all(self.sum().exp())
    }

    pub fn ln(self) -> Self {
        self.all(self.sum().ln())
    }
}
