//! exp and ln of several numbers at once.

use pulp::bytemuck::cast;

use super::simd::{Lane, Simd};

impl<S: Simd> Lane<S> {
    /// eˣ within 1.5 ulp for −708 < x ≤ 709.78; +∞ above, 0 below (results under 3.3e-308 count as zero), NaN for NaN.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn exp(self) -> Self {
        if S::IS_SCALAR {
            return self.all(self.sum().exp());
        }
        let simd = self.simd;
        // x = k·ln 2 + r with |r| ≤ ½ ln 2; adding 1.5·2⁵² rounds to an integer.
        let k = self.mul_add(self.all(std::f64::consts::LOG2_E), self.all(ROUND)) - self.all(ROUND);
        let r = k.mul_add(self.all(-LN_2_LOW), k.mul_add(self.all(-LN_2_HIGH), self));
        let p = (r * r).mul_add(r.polynomial(&EXP), r) + self.all(1.0);
        // Times 2ᵏ by adding k to the exponent: beside 1.5·2²⁰, k is an integer in the upper word, and a shift by 20 moves
        // it into place and everything else out.
        let words: S::u32s = cast((k + self.all(UPPER_ROUND)).bits());
        let shifted: S::u64s = cast(simd.wrapping_dyn_shl_u32s(words, simd.splat_u32s(20)));
        let power = Self::from_bits(simd, simd.add_u64s(p.bits(), shifted));
        let within = self.if_at_most(self.all(EXP_GREATEST), power, self + self.all(f64::INFINITY));
        self.if_at_most(self.all(EXP_LEAST), self.all(0.0), within)
    }

    /// ln x within 1.5 ulp for normal positive x; −∞ from 0 to the smallest normal number, +∞ for +∞, NaN for negative x
    /// and NaN.
    #[cfg_attr(feature = "simd", inline(always))]
    pub fn ln(self) -> Self {
        if S::IS_SCALAR {
            return self.all(self.sum().ln());
        }
        let simd = self.simd;
        // x = 2ᵏ·m with √½ ≤ m < √2: the offset carries into the exponent exactly when the fraction is above √2.
        let bits = simd.add_u64s(self.bits(), simd.splat_u64s(ONE - SQRT_HALF));
        let shifted: S::u64s = cast(simd.wrapping_dyn_shr_u32s(cast(bits), simd.splat_u32s(20)));
        let upper = simd.or_u64s(simd.and_u64s(shifted, simd.splat_u64s(0xfff << 32)), simd.splat_u64s(UPPER));
        let k = Self::from_bits(simd, upper) - self.all(f64::from_bits(UPPER) + 1023.0);
        let fraction = simd.and_u64s(bits, simd.splat_u64s(FRACTION));
        let m = Self::from_bits(simd, simd.add_u64s(fraction, simd.splat_u64s(SQRT_HALF)));
        // ln(1+f) = f − (½f² − s·(½f² + z·R(z))), s = f/(2+f), z = s².
        let f = m - self.all(1.0);
        let s = f / (f + self.all(2.0));
        let z = s * s;
        let half = self.all(0.5) * f * f;
        let correction = s * z.mul_add(z.polynomial(&LN), half);
        let low = k.mul_add(self.all(LN_2_LOW), correction);
        let logarithm = k.mul_add(self.all(LN_2_HIGH), f - (half - low));
        let within = self.if_at_most(self.all(f64::MAX), logarithm, self);
        let small = self.all(0.0).if_at_most(self, self.all(f64::NEG_INFINITY), self.all(f64::NAN));
        self.if_at_most(self.all(f64::MIN_POSITIVE.next_down()), small, within)
    }

    /// Σ c_i·selfⁱ in pairs and pairs of pairs, so that few multiplications wait for each other.
    #[cfg_attr(feature = "simd", inline(always))]
    fn polynomial<const N: usize>(self, coefficients: &[f64; N]) -> Self {
        let square = self * self;
        let fourth = square * square;
        let mut sum: Option<Self> = None;
        for four in coefficients.chunks(4).rev() {
            let four = match *four {
                [a, b, c, d] => self.line(c, d).mul_add(square, self.line(a, b)),
                [a, b, c] => self.all(c).mul_add(square, self.line(a, b)),
                [a, b] => self.line(a, b),
                _ => self.all(four.first().copied().unwrap_or(0.0)),
            };
            sum = match sum {
                Some(sum) => Some(sum.mul_add(fourth, four)),
                None => Some(four),
            };
        }
        sum.unwrap_or(square)
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn line(self, constant: f64, slope: f64) -> Self {
        self.all(slope).mul_add(self, self.all(constant))
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn bits(self) -> S::u64s {
        self.simd.transmute_u64s_f64s(self.values)
    }

    #[cfg_attr(feature = "simd", inline(always))]
    fn from_bits(simd: S, bits: S::u64s) -> Self {
        Self::new(simd, simd.transmute_f64s_u64s(bits))
    }
}

const ROUND: f64 = 1.5 * (1u64 << 52) as f64;
const UPPER_ROUND: f64 = 1.5 * (1u64 << 20) as f64;
const EXP_LEAST: f64 = -708.0;
const EXP_GREATEST: f64 = 709.782712893384;
/// ln 2 in two parts; the first has enough trailing zeros that k times it is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = 1.9082149292705877e-10;

/// Bits of 1, of √½, of 2²⁰; the fraction's bits.
const ONE: u64 = 0x3ff0_0000_0000_0000;
const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const UPPER: u64 = 0x4130_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;

/// (eʳ − 1 − r)/r² on |r| ≤ ½ ln 2, interpolated at Chebyshev nodes in 60 digits; relative error of eʳ 2e-17.
const EXP: [f64; 10] = [
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662399,
    0.008333333333330051,
    0.0013888888917281794,
    0.00019841269863105968,
    2.480152119021773e-05,
    2.7557268378684192e-06,
    2.7620138719733994e-07,
    2.5100424157005067e-08,
];

/// (ln((1+s)/(1−s))/s − 2)/s² in s² up to ((√2−1)/(√2+1))², interpolated likewise; relative error 4e-18.
const LN: [f64; 7] = [
    0.666666666666667,
    0.399999999998992,
    0.2857142862611452,
    0.22222211112104945,
    0.1818289077802629,
    0.1533166667659282,
    0.14617128399852802,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd::{WithSimd, run};

    enum Function {
        Exp,
        Ln,
    }

    struct Apply<'a>(Function, &'a [f64]);

    impl WithSimd for Apply<'_> {
        type Output = Vec<f64>;
        fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
            let mut out = vec![0.0; self.1.len()];
            for (out, x) in out.chunks_mut(S::F64_LANES).zip(self.1.chunks(S::F64_LANES)) {
                let x = Lane::new(simd, simd.partial_load_f64s(x));
                let y = if matches!(self.0, Function::Exp) { x.exp() } else { x.ln() };
                simd.partial_store_f64s(out, y.values);
            }
            out
        }
    }

    /// What each instruction set this machine has makes of the inputs.
    fn everywhere(x: &[f64], function: fn() -> Function) -> Vec<Vec<f64>> {
        let mut all = vec![run(Apply(function(), x)), pulp::Scalar.vectorize(Apply(function(), x))];
        all.push(pulp::Scalar512b.vectorize(Apply(function(), x)));
        #[cfg(target_arch = "x86_64")]
        all.extend(pulp::x86::V3::try_new().map(|simd| Simd::vectorize(simd, Apply(function(), x))));
        all
    }

    fn ulps(ours: f64, rounded: f64, rest: f64) -> f64 {
        let ulp = rounded.abs().next_up() - rounded.abs();
        ((ours - rounded) / ulp - rest / ulp).abs()
    }

    #[test]
    fn exp_and_ln_are_within_one_and_a_half_units_in_the_last_place() {
        for (function, table) in [((|| Function::Exp) as fn() -> Function, EXP_TABLE), (|| Function::Ln, LN_TABLE)] {
            let x: Vec<f64> = table.iter().map(|row| row.0).collect();
            for ours in everywhere(&x, function) {
                for (ours, (x, rounded, rest)) in ours.iter().zip(table) {
                    assert!(ulps(*ours, *rounded, *rest) <= 1.5, "{x}: {ours} {rounded}");
                }
            }
        }
    }

    #[test]
    fn exp_and_ln_follow_the_standard_library_everywhere() {
        let x: Vec<f64> = (0..100_000).map(|i| -707.9 + 1417.6 * f64::from(i) / 1e5).collect();
        for ours in everywhere(&x, || Function::Exp) {
            assert!(ours.iter().zip(&x).all(|(ours, x)| ulps(*ours, x.exp(), 0.0) <= 2.0));
        }
        let x: Vec<f64> = x.iter().map(|x| x.exp()).chain((0..50_000).map(|i| 0.5 + f64::from(i) / 3e4)).collect();
        for ours in everywhere(&x, || Function::Ln) {
            assert!(ours.iter().zip(&x).all(|(ours, x)| ulps(*ours, x.ln(), 0.0) <= 2.0));
        }
    }

    #[test]
    fn edges_of_exp_and_ln_are_as_documented() {
        let x = [710.0, f64::INFINITY, -746.0, f64::NEG_INFINITY, f64::NAN, 0.0, 709.78, -707.9];
        for y in everywhere(&x, || Function::Exp) {
            assert_eq!(y[..4], [f64::INFINITY, f64::INFINITY, 0.0, 0.0]);
            assert!(y[4].is_nan() && y[5] == 1.0 && y[6].is_finite() && y[7] > 0.0);
        }
        let x = [0.0, f64::INFINITY, -1.0, f64::NAN, 1.0, f64::MIN_POSITIVE, f64::MAX, f64::NEG_INFINITY];
        for y in everywhere(&x, || Function::Ln) {
            assert_eq!(y[..2], [f64::NEG_INFINITY, f64::INFINITY]);
            assert!(y[2].is_nan() && y[3].is_nan() && y[7].is_nan());
            assert!(
                y[4] == 0.0 && (y[5] + 708.39641853226408).abs() < 1e-12 && (y[6] - 709.782712893384).abs() < 1e-12
            );
        }
    }

    // x, f(x) rounded, what the rounding left; Python, mpmath 1.4, 60 digits:
    //     y = f(mpf(x)); print(x, float(y), float(y - mpf(float(y))))
    #[allow(clippy::approx_constant)]
    const EXP_TABLE: &[(f64, f64, f64)] = &[
        (1e-300, 1.0, 0.0),
        (-1e-17, 1.0, -1e-17),
        (1e-09, 1.000000001, -8.224037093664211e-17),
        (-3e-05, 0.9999700004499955, -1.0794260405657919e-17),
        (0.1, 1.1051709180756477, -8.149523913327619e-17),
        (-0.2, 0.8187307530779818, 2.859368976827291e-17),
        (0.3465735, 1.4142134346979391, -9.926098336204889e-17),
        (0.3465736, 1.4142135761192896, 3.7600635551744577e-17),
        (-0.3465736, 0.7071067743134504, -4.8666557953410305e-17),
        (0.5, 1.6487212707001282, -4.731568479435833e-17),
        (-1.0, 0.36787944117144233, -1.2428753672788363e-17),
        (1.0, 2.718281828459045, 1.4456468917292502e-16),
        (2.302585092994046, 10.000000000000002, 3.9439938398199923e-16),
        (-4.4, 0.012277339903068436, 8.531900209405369e-19),
        (6.93, 1022.4939796226352, -2.3201316370099936e-14),
        (-9.7, 6.128349505322213e-05, 6.297354410421971e-21),
        (13.3, 597195.6137928166, 3.2679909603920225e-11),
        (-21.0, 7.582560427911907e-10, 1.314355136798966e-26),
        (28.9, 3557218374864.024, -7.292816533584922e-05),
        (-37.5, 5.175555005801869e-17, -2.3609618230840602e-33),
        (50.1, 5.729985768980468e+21, 453789.32330145576),
        (-99.9, 4.111319781730085e-44, -2.0944363377861973e-60),
        (150.3, 1.881311152665592e+65, -7.861279175537257e+48),
        (-301.7, 9.404913591593097e-132, 3.863750610696726e-149),
        (399.6, 3.500055802816476e+173, -1.7834434895826718e+157),
        (-512.5, 2.655082526589927e-223, -7.378541761299005e-241),
        (640.01, 8.970390782782409e+277, -5.891974853921371e+261),
        (-707.99, 3.3407944639646856e-308, -0.0),
        (709.78, 1.7928227943945155e+308, 8.276293660642251e+291),
    ];
    #[allow(clippy::approx_constant)]
    const LN_TABLE: &[(f64, f64, f64)] = &[
        (1.0000000000000002, 2.2204460492503128e-16, 3.649214750845877e-48),
        (0.9999999999999999, -1.1102230246251565e-16, -6.162975822039155e-33),
        (1.0001, 9.999500033329732e-05, 1.739121921953736e-21),
        (0.9999, -0.00010000500033334732, 4.110491732511812e-21),
        (1.03, 0.02955880224154443, -2.9405363918455623e-19),
        (0.97, -0.030459207484708574, 5.321760163974223e-19),
        (1.25, 0.22314355131420976, -9.091270597324799e-18),
        (0.8, -0.2231435513142097, 9.091270597324798e-18),
        (1.414213562373095, 0.3465735902799726, -2.1544773991268955e-17),
        (1.4142135623730951, 0.3465735902799727, 2.4442169414592898e-17),
        (0.7071067811865475, -0.34657359027997275, 1.0775909101525876e-17),
        (0.7071067811865476, -0.3465735902799726, 1.2517012761299022e-18),
        (1.5, 0.4054651081081644, -2.8811380259626426e-18),
        (1.99, 0.688134638736401, 6.4875583863583315e-18),
        (2.0, 0.6931471805599453, 2.3190468138462996e-17),
        (2.3, 0.8329091229351039, 4.457877368211202e-17),
        (2.718281828459045, 1.0, -5.318237706605891e-17),
        (0.5, -0.6931471805599453, -2.3190468138462996e-17),
        (0.1, -2.3025850929940455, -1.7150243628057985e-16),
        (3.7, 1.308332819650179, -8.256475934401426e-17),
        (10.0, 2.302585092994046, -2.1707562233822494e-16),
        (1000.0, 6.907755278982137, 2.369515526854504e-16),
        (0.001, -6.907755278982137, -2.1613487097372872e-16),
        (1700000000.0, 21.253894088008582, -9.334335253595376e-16),
        (3.1e-11, -24.197033911443402, 5.140985135921691e-18),
        (1e+25, 57.564627324851145, -2.671758332955248e-15),
        (1e-40, -92.10340371976183, 1.506890415327876e-15),
        (1e+300, 690.7755278982137, 2.3747660028800243e-14),
        (2.3e-308, -708.363299519231, -3.1216806385207018e-15),
    ];
}
