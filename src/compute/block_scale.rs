use super::NumberFormat;

/// A scale that a block of values shares.
///
/// Formats of 8 bits and fewer cover few decades. Block formats give every `block` values a common scale: MX (OCP 2023)
/// an 8-bit power of two for each 32 values, NVFP4 an FP8 E4M3 number for each 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BlockScale {
    /// Bits of the scale.
    pub scale_bits: u32,
    /// Values that share it.
    pub block: u32,
}

impl BlockScale {
    /// OCP microscaling: E8M0 for 32 values. The scale is 2^-127 to 2^127.
    pub const MX: Self = Self { scale_bits: 8, block: 32 };
    /// NVIDIA's NVFP4: E4M3 for 16 values (and one FP32 number a tensor, not counted).
    pub const NVFP4: Self = Self { scale_bits: 8, block: 16 };
}

impl NumberFormat {
    /// Bytes a value in memory, its share of a block's scale included: 0.53125 for MXFP4.
    ///
    /// ```
    /// use scaling_laws::{BlockScale, NumberFormat};
    /// assert_eq!(NumberFormat::Fp4E2M1.bytes_with_scale(BlockScale::MX) * 8.0, 4.25);
    /// assert_eq!(NumberFormat::Fp4E2M1.bytes_with_scale(BlockScale::NVFP4) * 8.0, 4.5);
    /// ```
    pub fn bytes_with_scale(self, scale: BlockScale) -> f64 {
        self.bytes() + f64::from(scale.scale_bits) / f64::from(scale.block.max(1)) / 8.0
    }
}
