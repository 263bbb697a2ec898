use std::fmt;
use std::str::FromStr;

use crate::error::ComputeError;

/// A number format of training or inference.
///
/// ```text
/// value of a code = (-1)^sign · 2^(exponent - bias) · (1 + mantissa / 2^m)     normal
///                 = (-1)^sign · 2^(1 - bias) · mantissa / 2^m                  exponent field 0: subnormal
/// ```
///
/// | format | bits | exponent, mantissa | top of the code space | source |
/// |---|---|---|---|---|
/// | FP64, FP32, FP16 | 64, 32, 16 | 11+52, 8+23, 5+10 | infinities and NaN | IEEE 754 |
/// | TF32 | 19 of 32 | 8+10 | infinities and NaN | NVIDIA A100 white paper |
/// | BF16 | 16 | 8+7 | infinities and NaN | Google bfloat16 |
/// | FP8 E4M3 | 8 | 4+3 | one NaN for each sign, no infinity | OCP OFP8 1.0 |
/// | FP8 E5M2 | 8 | 5+2 | infinities and NaN | OCP OFP8 1.0 |
/// | FP6 E3M2, E2M3, FP4 E2M1 | 6, 6, 4 | 3+2, 2+3, 2+1 | numbers only | OCP MX 1.0 |
/// | INT8, INT4 | 8, 4 | two's complement | numbers only | |
///
/// ```
/// use scaling_laws::NumberFormat;
/// let format: NumberFormat = "e4m3".parse()?;
/// assert_eq!((format.largest(), format.smallest_normal(), format.epsilon()), (448.0, 0.015625, Some(0.125)));
/// assert_eq!(format.round(0.3), 0.3125);
/// assert_eq!(format.round(1e6), 448.0); // saturates
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberFormat {
    /// IEEE double precision.
    Fp64,
    /// IEEE single precision.
    Fp32,
    /// NVIDIA's TensorFloat-32: the range of FP32 with the precision of FP16, stored in 32 bits.
    Tf32,
    /// Brain floating point: the upper half of FP32.
    Bf16,
    /// IEEE half precision.
    Fp16,
    /// 8 bits with more precision, for weights and activations.
    Fp8E4M3,
    /// 8 bits with more range, for gradients.
    Fp8E5M2,
    /// 6 bits with more range.
    Fp6E3M2,
    /// 6 bits with more precision.
    Fp6E2M3,
    /// 4 bits: 0, 0.5, 1, 1.5, 2, 3, 4, 6 with a sign.
    Fp4E2M1,
    /// 8-bit integers, -128 to 127.
    Int8,
    /// 4-bit integers, -8 to 7.
    Int4,
}

/// What the highest exponent field means.
#[derive(Clone, Copy, PartialEq)]
enum Top {
    /// Infinities and NaN, as in IEEE 754.
    Ieee,
    /// Numbers, but for the code of all ones.
    OneNan,
    /// Numbers.
    Numbers,
}

struct Layout {
    exponent: u32,
    mantissa: u32,
    top: Top,
}

impl NumberFormat {
    /// Every format, widest first.
    pub const ALL: [Self; 12] = [
        Self::Fp64,
        Self::Fp32,
        Self::Tf32,
        Self::Bf16,
        Self::Fp16,
        Self::Fp8E4M3,
        Self::Fp8E5M2,
        Self::Fp6E3M2,
        Self::Fp6E2M3,
        Self::Fp4E2M1,
        Self::Int8,
        Self::Int4,
    ];

    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fp64 => "FP64",
            Self::Fp32 => "FP32",
            Self::Tf32 => "TF32",
            Self::Bf16 => "BF16",
            Self::Fp16 => "FP16",
            Self::Fp8E4M3 => "FP8-E4M3",
            Self::Fp8E5M2 => "FP8-E5M2",
            Self::Fp6E3M2 => "FP6-E3M2",
            Self::Fp6E2M3 => "FP6-E2M3",
            Self::Fp4E2M1 => "FP4-E2M1",
            Self::Int8 => "INT8",
            Self::Int4 => "INT4",
        }
    }

    fn layout(self) -> Option<Layout> {
        let (exponent, mantissa, top) = match self {
            Self::Fp64 => (11, 52, Top::Ieee),
            Self::Fp32 => (8, 23, Top::Ieee),
            Self::Tf32 => (8, 10, Top::Ieee),
            Self::Bf16 => (8, 7, Top::Ieee),
            Self::Fp16 => (5, 10, Top::Ieee),
            Self::Fp8E4M3 => (4, 3, Top::OneNan),
            Self::Fp8E5M2 => (5, 2, Top::Ieee),
            Self::Fp6E3M2 => (3, 2, Top::Numbers),
            Self::Fp6E2M3 => (2, 3, Top::Numbers),
            Self::Fp4E2M1 => (2, 1, Top::Numbers),
            Self::Int8 | Self::Int4 => return None,
        };
        Some(Layout { exponent, mantissa, top })
    }

    /// Bits that carry information: 19 for TF32.
    pub fn bits(self) -> u32 {
        match (self.layout(), self) {
            (Some(layout), _) => 1 + layout.exponent + layout.mantissa,
            (None, Self::Int4) => 4,
            (None, _) => 8,
        }
    }

    /// Bits in memory: 32 for TF32, otherwise [`bits`](Self::bits).
    pub fn storage_bits(self) -> u32 {
        if self == Self::Tf32 { 32 } else { self.bits() }
    }

    /// Bytes a value in memory; half a byte for 4 bits.
    pub fn bytes(self) -> f64 {
        f64::from(self.storage_bits()) / 8.0
    }

    /// Bits of the exponent; `None` for integers.
    pub fn exponent_bits(self) -> Option<u32> {
        self.layout().map(|layout| layout.exponent)
    }

    /// Stored bits of the mantissa; `None` for integers.
    pub fn mantissa_bits(self) -> Option<u32> {
        self.layout().map(|layout| layout.mantissa)
    }

    /// Bias of the exponent, 2^(e-1) - 1; `None` for integers.
    pub fn bias(self) -> Option<i32> {
        self.layout().map(|layout| (1 << (layout.exponent - 1)) - 1)
    }

    /// Largest finite value.
    pub fn largest(self) -> f64 {
        let (Some(layout), Some(bias)) = (self.layout(), self.bias()) else {
            return if self == Self::Int4 { 7.0 } else { 127.0 };
        };
        let top_field = (1 << layout.exponent) - 1;
        let field = if layout.top == Top::Ieee { top_field - 1 } else { top_field };
        let step = 2f64.powi(-(layout.mantissa as i32));
        // Where one NaN takes the highest code, the largest number is one step below.
        let significand = if layout.top == Top::OneNan { 2.0 - 2.0 * step } else { 2.0 - step };
        significand * 2f64.powi(field - bias)
    }

    /// Smallest value of full precision; 1 for integers.
    pub fn smallest_normal(self) -> f64 {
        self.bias().map_or(1.0, |bias| 2f64.powi(1 - bias))
    }

    /// Smallest value above zero; 1 for integers. Flushing of subnormals to zero is not considered.
    pub fn smallest_subnormal(self) -> f64 {
        self.layout().map_or(1.0, |layout| self.smallest_normal() * 2f64.powi(-(layout.mantissa as i32)))
    }

    /// Distance from 1 to the next value, 2^-m; rounding to nearest errs by at most half of it, relatively, among normal
    /// numbers. `None` for integers, whose spacing is absolute.
    pub fn epsilon(self) -> Option<f64> {
        self.layout().map(|layout| 2f64.powi(-(layout.mantissa as i32)))
    }

    /// log10(largest / smallest normal): the range that has full precision, in powers of ten.
    pub fn decades(self) -> f64 {
        // The quotient of FP64's limits is no FP64 number.
        self.largest().log10() - self.smallest_normal().log10()
    }

    /// Decimal digits: (m + 1)·log10 2, or log10 of the number of magnitudes for integers.
    pub fn digits(self) -> f64 {
        match self.layout() {
            Some(layout) => f64::from(layout.mantissa + 1) * 2f64.log10(),
            None => self.largest().log10(),
        }
    }

    /// The value of a code; `None` for NaN, infinities, and codes beyond the format's bits. For FP64 the code is
    /// the number's own bits.
    ///
    /// ```
    /// use scaling_laws::NumberFormat;
    /// let numbers = (0..16).filter_map(|code| NumberFormat::Fp4E2M1.decode(code));
    /// assert_eq!(numbers.fold(0.0, f64::max), 6.0);
    /// ```
    pub fn decode(self, code: u64) -> Option<f64> {
        let bits = self.bits();
        if bits < 64 && code >> bits != 0 {
            return None;
        }
        let (Some(layout), Some(bias)) = (self.layout(), self.bias()) else {
            let size = 1i64 << bits;
            let signed = code as i64;
            return Some((if signed >= size / 2 { signed - size } else { signed }) as f64);
        };
        let mantissa = code & ((1 << layout.mantissa) - 1);
        let field = (code >> layout.mantissa) & ((1 << layout.exponent) - 1);
        let top = (1u64 << layout.exponent) - 1;
        let not_a_number = match layout.top {
            Top::Ieee => field == top,
            Top::OneNan => field == top && mantissa == (1 << layout.mantissa) - 1,
            Top::Numbers => false,
        };
        if not_a_number {
            return None;
        }
        let fraction = mantissa as f64 * 2f64.powi(-(layout.mantissa as i32));
        let size =
            if field == 0 { fraction * 2f64.powi(1 - bias) } else { (1.0 + fraction) * 2f64.powi(field as i32 - bias) };
        Some(if code >> (bits - 1) == 1 { -size } else { size })
    }

    /// The nearest value of the format, ties to even, clipped at the largest (saturating, as training in 8 bits does);
    /// subnormals are kept. NaN becomes 0.
    pub fn round(self, value: f64) -> f64 {
        if value.is_nan() {
            return 0.0;
        }
        let Some(layout) = self.layout() else {
            return value.round_ties_even().clamp(-self.largest() - 1.0, self.largest());
        };
        if self == Self::Fp64 {
            return value.clamp(-self.largest(), self.largest());
        }
        let limited = value.clamp(-self.largest(), self.largest());
        let floor = self.smallest_normal();
        let exponent = if limited.abs() < floor { exponent_of(floor) } else { exponent_of(limited) };
        let step = 2f64.powi(exponent - layout.mantissa as i32);
        ((limited / step).round_ties_even() * step).clamp(-self.largest(), self.largest())
    }
}

/// Floor of log2 of a normal f64.
fn exponent_of(value: f64) -> i32 {
    ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads the names of [`name`](NumberFormat::name) in any case, the short "e4m3", and "fp8", "fp4", "half", "float".
impl FromStr for NumberFormat {
    type Err = ComputeError;
    fn from_str(text: &str) -> Result<Self, ComputeError> {
        let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' ', '.'], "");
        let wanted = plain(text);
        let alias = match wanted.as_str() {
            "fp8" | "float8" => "fp8e4m3",
            "fp6" => "fp6e3m2",
            "fp4" | "mxfp4" | "nvfp4" => "fp4e2m1",
            "bfloat16" => "bf16",
            "half" | "float16" => "fp16",
            "float" | "float32" | "single" => "fp32",
            "double" | "float64" => "fp64",
            other => other,
        };
        let is = |format: &Self| {
            let name = plain(format.name());
            name == alias || name.get(3..) == Some(alias)
        };
        Self::ALL.into_iter().find(is).ok_or_else(|| ComputeError::Unknown {
            kind: "number format",
            name: text.into(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for NumberFormat {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All values that the codes of a format of few bits stand for.
    fn values(format: NumberFormat) -> Vec<f64> {
        (0..1u64 << format.bits()).filter_map(|code| format.decode(code)).collect()
    }

    #[test]
    fn limits_are_those_of_every_code_of_the_format() {
        for format in NumberFormat::ALL.into_iter().filter(|format| format.bits() <= 19) {
            let all = values(format);
            let largest = all.iter().copied().fold(0.0, f64::max);
            let least = all.iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
            assert_eq!(format.largest(), largest, "{format}");
            assert_eq!(format.smallest_subnormal(), least, "{format}");
            if let Some(epsilon) = format.epsilon() {
                let next = all.iter().copied().filter(|v| *v > 1.0).fold(f64::INFINITY, f64::min);
                assert_eq!(epsilon, next - 1.0, "{format}");
            }
        }
    }

    #[test]
    fn rounding_finds_the_nearest_of_all_values_and_keeps_every_value() {
        for format in NumberFormat::ALL.into_iter().filter(|format| format.bits() <= 8) {
            let all = values(format);
            assert!(all.iter().all(|v| format.round(*v) == *v), "{format}");
            let limit = format.largest() * 1.2;
            for i in 0..4001 {
                let x = limit * (f64::from(i) / 2000.0 - 1.0);
                let nearest = all.iter().map(|v| (v - x).abs()).fold(f64::INFINITY, f64::min);
                assert_eq!((format.round(x) - x).abs(), nearest, "{format} {x}");
            }
        }
    }

    #[test]
    fn single_precision_is_the_machine_s() {
        for x in [0.1, 1.0 / 3.0, 1e-40, 3.3e38, -7.7e-45, 65519.9] {
            assert_eq!(NumberFormat::Fp32.round(x), f64::from(x as f32), "{x}");
        }
        assert_eq!(NumberFormat::Fp32.largest(), f64::from(f32::MAX));
        assert_eq!(NumberFormat::Fp64.largest(), f64::MAX);
        assert_eq!(NumberFormat::Fp64.smallest_subnormal(), f64::from_bits(1));
        for x in [0.1f32, -3e38, 1e-42] {
            assert_eq!(NumberFormat::Fp32.decode(u64::from(x.to_bits())), Some(f64::from(x)));
        }
        assert_eq!(NumberFormat::Fp64.decode(0.1f64.to_bits()), Some(0.1));
        assert_eq!(NumberFormat::Bf16.round(0.1), f64::from(f32::from_bits(0x3dcd_0000)));
    }

    #[test]
    fn what_is_no_number_has_no_value() {
        assert_eq!(NumberFormat::Fp8E4M3.decode(0x7f), None);
        assert_eq!(NumberFormat::Fp8E4M3.decode(0x7e), Some(448.0));
        assert_eq!(NumberFormat::Fp8E5M2.decode(0x7c), None);
        assert_eq!(NumberFormat::Fp4E2M1.decode(16), None);
        assert_eq!(NumberFormat::Int8.decode(0x80), Some(-128.0));
        assert_eq!(NumberFormat::Fp16.round(f64::NAN), 0.0);
        assert_eq!(NumberFormat::Fp16.round(f64::NEG_INFINITY), -65504.0);
    }

    #[test]
    fn names_are_read_in_their_usual_spellings() {
        for format in NumberFormat::ALL {
            assert_eq!(format.name().parse::<NumberFormat>().unwrap(), format);
        }
        for (text, format) in [
            ("fp8", NumberFormat::Fp8E4M3),
            ("E5M2", NumberFormat::Fp8E5M2),
            ("bfloat16", NumberFormat::Bf16),
            ("fp4_e2m1", NumberFormat::Fp4E2M1),
        ] {
            assert_eq!(text.parse::<NumberFormat>().unwrap(), format);
        }
        assert!("fp7".parse::<NumberFormat>().unwrap_err().to_string().contains("BF16"));
        assert!("".parse::<NumberFormat>().is_err());
    }
}
