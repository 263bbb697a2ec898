//! The curves and lines of Henighan 2020; their entries stand in `henighan_2020.rs`.

use super::entry::{NON_EMBEDDING, fitted_on};
use crate::laws::{AllocationLine, FlooredPower};
use crate::units::Domain;

/// The sizes of the paper.
pub(super) const DOMAIN: Domain = fitted_on(Some((1e5, 1e11)), None, None);

/// Henighan 2020: Domain: language; x is N in parameters (`henighan2020.language.L_N`).
pub const HENIGHAN_2020_LANGUAGE_BY_SIZE: FlooredPower =
    FlooredPower::known([0.0, 147000000000000.0, 0.07], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: language; x is compute in PF-days (`henighan2020.language.L_C`).
pub const HENIGHAN_2020_LANGUAGE_BY_COMPUTE: FlooredPower =
    FlooredPower::known([0.0, 347000000.0, 0.048], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image8x8; x is N in parameters (`henighan2020.image8x8.L_N`).
pub const HENIGHAN_2020_IMAGE8X8_BY_SIZE: FlooredPower = FlooredPower::known([3.12, 80.0, 0.24], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image8x8; x is compute in PF-days (`henighan2020.image8x8.L_C`).
pub const HENIGHAN_2020_IMAGE8X8_BY_COMPUTE: FlooredPower =
    FlooredPower::known([3.13, 1.8e-08, 0.19], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image16x16; x is N in parameters (`henighan2020.image16x16.L_N`).
pub const HENIGHAN_2020_IMAGE16X16_BY_SIZE: FlooredPower =
    FlooredPower::known([2.64, 280.0, 0.22], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image16x16; x is compute in PF-days (`henighan2020.image16x16.L_C`).
pub const HENIGHAN_2020_IMAGE16X16_BY_COMPUTE: FlooredPower =
    FlooredPower::known([2.64, 1.6e-08, 0.16], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image32x32; x is N in parameters (`henighan2020.image32x32.L_N`).
pub const HENIGHAN_2020_IMAGE32X32_BY_SIZE: FlooredPower =
    FlooredPower::known([2.2, 63.0, 0.13], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image32x32; x is compute in PF-days (`henighan2020.image32x32.L_C`).
pub const HENIGHAN_2020_IMAGE32X32_BY_COMPUTE: FlooredPower =
    FlooredPower::known([2.21, 3.6e-09, 0.1], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: imageVQ16; x is N in parameters (`henighan2020.imageVQ16.L_N`).
pub const HENIGHAN_2020_IMAGEVQ16_BY_SIZE: FlooredPower =
    FlooredPower::known([3.99, 27000.0, 0.13], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: imageVQ16; x is compute in PF-days (`henighan2020.imageVQ16.L_C`).
pub const HENIGHAN_2020_IMAGEVQ16_BY_COMPUTE: FlooredPower =
    FlooredPower::known([4.09, 6.1e-07, 0.11], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: imageVQ32; x is N in parameters (`henighan2020.imageVQ32.L_N`).
pub const HENIGHAN_2020_IMAGEVQ32_BY_SIZE: FlooredPower =
    FlooredPower::known([3.07, 19000.0, 0.14], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: imageVQ32; x is compute in PF-days (`henighan2020.imageVQ32.L_C`).
pub const HENIGHAN_2020_IMAGEVQ32_BY_COMPUTE: FlooredPower =
    FlooredPower::known([3.17, 2.6e-06, 0.12], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: text_to_image.text; x is N in parameters (`henighan2020.text_to_image_text.L_N`).
pub const HENIGHAN_2020_TEXT_TO_IMAGE_TEXT_BY_SIZE: FlooredPower =
    FlooredPower::known([0.0, 560000000.0, 0.037], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: text_to_image.image; x is N in parameters (`henighan2020.text_to_image_image.L_N`).
pub const HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_SIZE: FlooredPower =
    FlooredPower::known([2.0, 5100.0, 0.16], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: text_to_image.image; x is compute in PF-days (`henighan2020.text_to_image_image.L_C`).
pub const HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_COMPUTE: FlooredPower =
    FlooredPower::known([1.93, 1.5e-06, 0.15], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image_to_text.text; x is N in parameters (`henighan2020.image_to_text_text.L_N`).
pub const HENIGHAN_2020_IMAGE_TO_TEXT_TEXT_BY_SIZE: FlooredPower =
    FlooredPower::known([0.0, 700000000.0, 0.039], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image_to_text.image; x is N in parameters (`henighan2020.image_to_text_image.L_N`).
pub const HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_SIZE: FlooredPower =
    FlooredPower::known([2.0, 5500.0, 0.15], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: image_to_text.image; x is compute in PF-days (`henighan2020.image_to_text_image.L_C`).
pub const HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_COMPUTE: FlooredPower =
    FlooredPower::known([1.97, 1.5e-06, 0.16], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: video; x is N in parameters (`henighan2020.video.L_N`).
pub const HENIGHAN_2020_VIDEO_BY_SIZE: FlooredPower = FlooredPower::known([1.01, 37000.0, 0.24], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: video; x is compute in PF-days (`henighan2020.video.L_C`).
pub const HENIGHAN_2020_VIDEO_BY_COMPUTE: FlooredPower =
    FlooredPower::known([0.95, 2.2e-05, 0.14], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: math; x is N in parameters (`henighan2020.math.L_N`).
pub const HENIGHAN_2020_MATH_BY_SIZE: FlooredPower = FlooredPower::known([0.28, 11000.0, 0.16], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: math; x is compute in PF-days (`henighan2020.math.L_C`).
pub const HENIGHAN_2020_MATH_BY_COMPUTE: FlooredPower =
    FlooredPower::known([0.14, 1.4e-05, 0.17], NON_EMBEDDING, DOMAIN);

/// Henighan 2020: Domain: language; C_0 in PF-days (`henighan2020.language.N_opt`).
pub const HENIGHAN_2020_LANGUAGE_ALLOCATION: AllocationLine =
    AllocationLine::known(-12.531059994754452, 0.73, NON_EMBEDDING);

/// Henighan 2020: Domain: image8x8; C_0 in PF-days (`henighan2020.image8x8.N_opt`).
pub const HENIGHAN_2020_IMAGE8X8_ALLOCATION: AllocationLine =
    AllocationLine::known(-9.815702315740332, 0.64, NON_EMBEDDING);

/// Henighan 2020: Domain: image16x16; C_0 in PF-days (`henighan2020.image16x16.N_opt`).
pub const HENIGHAN_2020_IMAGE16X16_ALLOCATION: AllocationLine =
    AllocationLine::known(-14.882335613766099, 0.75, NON_EMBEDDING);

/// Henighan 2020: Domain: image32x32; C_0 in PF-days (`henighan2020.image32x32.N_opt`).
pub const HENIGHAN_2020_IMAGE32X32_ALLOCATION: AllocationLine =
    AllocationLine::known(-10.687245900516883, 0.65, NON_EMBEDDING);

/// Henighan 2020: Domain: imageVQ16; C_0 in PF-days (`henighan2020.imageVQ16.N_opt`).
pub const HENIGHAN_2020_IMAGEVQ16_ALLOCATION: AllocationLine =
    AllocationLine::known(-9.916081497495833, 0.64, NON_EMBEDDING);

/// Henighan 2020: Domain: imageVQ32; C_0 in PF-days (`henighan2020.imageVQ32.N_opt`).
pub const HENIGHAN_2020_IMAGEVQ32_ALLOCATION: AllocationLine =
    AllocationLine::known(-12.748835981039338, 0.7, NON_EMBEDDING);

/// Henighan 2020: Domain: text_to_image.image; C_0 in PF-days (`henighan2020.text_to_image_image.N_opt`).
pub const HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_ALLOCATION: AllocationLine =
    AllocationLine::known(-12.748835981039338, 0.7, NON_EMBEDDING);

/// Henighan 2020: Domain: image_to_text.image; C_0 in PF-days (`henighan2020.image_to_text_image.N_opt`).
pub const HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_ALLOCATION: AllocationLine =
    AllocationLine::known(-14.017262905617637, 0.72, NON_EMBEDDING);

/// Henighan 2020: Domain: video; C_0 in PF-days (`henighan2020.video.N_opt`).
pub const HENIGHAN_2020_VIDEO_ALLOCATION: AllocationLine =
    AllocationLine::known(-13.061668265213957, 0.71, NON_EMBEDDING);

/// Henighan 2020: Domain: math; C_0 in PF-days (`henighan2020.math.N_opt`).
pub const HENIGHAN_2020_MATH_ALLOCATION: AllocationLine =
    AllocationLine::known(-13.184111076129476, 0.69, NON_EMBEDDING);
