//! Published laws with their provenance: one file a paper.
//!
//! [`catalogue`] lists them, [`find`] looks one up by id or alias, and the constants give the laws themselves. An
//! [`Entry`] says where its coefficients stand, what N and C count, the range they were fitted on, whether they were
//! seen in the source, and what is known to be wrong with them.
//!
//! ```
//! use scaling_laws::{published, LossModel, Params, Tokens};
//!
//! let entry = published::find("chinchilla")?;
//! assert_eq!((entry.id, entry.arxiv), ("hoffmann2022.parametric_tex", "2203.15556"));
//! let law = entry.loss_model().ok_or("not a law of N and D")?;
//! let loss = law.loss(Params::billions(70.0)?, Tokens::trillions(1.4)?)?;
//! assert_eq!(loss.to_string(), "1.9208");
//! assert_eq!(loss, published::HOFFMANN_2022.loss("70B".parse()?, "1.4T".parse()?)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod abnar_2025;
mod aghajanyan_2023;
mod alabdulmohsin_2022;
mod alabdulmohsin_2023;
mod bergsma_2025;
mod besiroglu_2024;
mod bjorck_2024;
mod busbridge_2025;
mod caballero_2022;
mod catalogue;
mod clark_2022;
mod curve;
mod deepseek_2024;
mod entry;
mod farseer_2025;
mod frantar_2023;
mod gadre_2024;
mod hagele_2024;
mod henighan_2020;
mod henighan_constants;
mod hernandez_2021;
mod ho_2024;
mod hoffmann_2022;
mod kaplan_2020;
mod kaplan_allocation;
mod krajewski_2024;
mod kumar_2024;
mod li_2025;
mod llama_2024;
mod ludziejewski_2025;
mod luo_2025;
mod mccandlish_2018;
mod minicpm_2024;
mod model;
mod moonlight_2025;
mod muennighoff_2023;
mod opinion;
mod pearce_2024;
mod porian_2024;
mod range;
mod sardana_2023;
mod search;
mod sun_2025;
mod tao_2024;
mod tissue_2024;
mod ye_2024;
mod zhai_2021;
mod zhang_2024;

pub use abnar_2025::ABNAR_2025;
pub use aghajanyan_2023::{AGHAJANYAN_2023_CODE, AGHAJANYAN_2023_MOLECULES, AGHAJANYAN_2023_SPEECH};
pub use alabdulmohsin_2023::ALABDULMOHSIN_2023;
pub use bergsma_2025::{BERGSMA_2025_BATCH, BERGSMA_2025_TIME_SCALE};
pub use besiroglu_2024::{BESIROGLU_2024, BESIROGLU_2024_MINIMISER};
pub use bjorck_2024::BJORCK_2024;
pub use busbridge_2025::{BUSBRIDGE_2025, BUSBRIDGE_2025_STUDENT, BUSBRIDGE_2025_SUPERVISED};
pub use caballero_2022::{CABALLERO_2022_ADDITION, CABALLERO_2022_FIGURE_1};
pub use catalogue::{catalogue, find};
pub use clark_2022::{CLARK_2022_HASH, CLARK_2022_RL_R, CLARK_2022_S_BASE};
pub use deepseek_2024::{DEEPSEEK_2024_ALLOCATION, DEEPSEEK_2024_HYPERPARAMETERS};
pub use entry::{Coefficient, Entry, PublishedInterval, Range};
pub use farseer_2025::FARSEER_2025;
pub use frantar_2023::{FRANTAR_2023_T5, FRANTAR_2023_VIT};
pub use gadre_2024::{
    GADRE_2024_C4, GADRE_2024_C4_17_TASKS, GADRE_2024_C4_46_TASKS, GADRE_2024_REDPAJAMA, GADRE_2024_REDPAJAMA_17_TASKS,
    GADRE_2024_REDPAJAMA_46_TASKS, GADRE_2024_REFINEDWEB, GADRE_2024_REFINEDWEB_17_TASKS,
    GADRE_2024_REFINEDWEB_46_TASKS,
};
pub use henighan_constants::{
    HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_ALLOCATION, HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_COMPUTE,
    HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_SIZE, HENIGHAN_2020_IMAGE_TO_TEXT_TEXT_BY_SIZE,
    HENIGHAN_2020_IMAGE8X8_ALLOCATION, HENIGHAN_2020_IMAGE8X8_BY_COMPUTE, HENIGHAN_2020_IMAGE8X8_BY_SIZE,
    HENIGHAN_2020_IMAGE16X16_ALLOCATION, HENIGHAN_2020_IMAGE16X16_BY_COMPUTE, HENIGHAN_2020_IMAGE16X16_BY_SIZE,
    HENIGHAN_2020_IMAGE32X32_ALLOCATION, HENIGHAN_2020_IMAGE32X32_BY_COMPUTE, HENIGHAN_2020_IMAGE32X32_BY_SIZE,
    HENIGHAN_2020_IMAGEVQ16_ALLOCATION, HENIGHAN_2020_IMAGEVQ16_BY_COMPUTE, HENIGHAN_2020_IMAGEVQ16_BY_SIZE,
    HENIGHAN_2020_IMAGEVQ32_ALLOCATION, HENIGHAN_2020_IMAGEVQ32_BY_COMPUTE, HENIGHAN_2020_IMAGEVQ32_BY_SIZE,
    HENIGHAN_2020_LANGUAGE_ALLOCATION, HENIGHAN_2020_LANGUAGE_BY_COMPUTE, HENIGHAN_2020_LANGUAGE_BY_SIZE,
    HENIGHAN_2020_MATH_ALLOCATION, HENIGHAN_2020_MATH_BY_COMPUTE, HENIGHAN_2020_MATH_BY_SIZE,
    HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_ALLOCATION, HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_COMPUTE,
    HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_SIZE, HENIGHAN_2020_TEXT_TO_IMAGE_TEXT_BY_SIZE,
    HENIGHAN_2020_VIDEO_ALLOCATION, HENIGHAN_2020_VIDEO_BY_COMPUTE, HENIGHAN_2020_VIDEO_BY_SIZE,
};
pub use hernandez_2021::{HERNANDEZ_2021_TEXT, HERNANDEZ_2021_TEXT_AND_CODE};
pub use ho_2024::HO_2024;
pub use hoffmann_2022::{
    HOFFMANN_2022, HOFFMANN_2022_APPROACH_1, HOFFMANN_2022_APPROACH_2, HOFFMANN_2022_APPROACH_3_TABLE,
    HOFFMANN_2022_ROUNDED,
};
pub use kaplan_2020::{
    KAPLAN_2020_ALLOCATION, KAPLAN_2020_BY_COMPUTE, KAPLAN_2020_BY_DATA, KAPLAN_2020_BY_MIN_COMPUTE,
    KAPLAN_2020_BY_SIZE, KAPLAN_2020_CRITICAL_BATCH, KAPLAN_2020_FRONTIER, KAPLAN_2020_JOINT, KAPLAN_2020_STEPS,
    KAPLAN_2020_TABLE_6,
};
pub use kaplan_allocation::{KaplanAllocation, KaplanOptimum};
pub use krajewski_2024::{KRAJEWSKI_2024, KRAJEWSKI_2024_DENSE};
pub use kumar_2024::KUMAR_2024;
pub use li_2025::LI_2025_STEP_LAW;
pub use llama_2024::LLAMA_3_ALLOCATION;
pub use ludziejewski_2025::LUDZIEJEWSKI_2025;
pub use luo_2025::{LUO_2025_25M, LUO_2025_100M, LUO_2025_400M};
pub use minicpm_2024::{MINICPM_2024_ALLOCATION, MINICPM_2024_BATCH};
pub use model::Model;
pub use moonlight_2025::MOONLIGHT_2025;
pub use muennighoff_2023::MUENNIGHOFF_2023;
pub(crate) use opinion::check as check_knobs;
pub use opinion::{Opinion, Opinions, Silent, opinions, opinions_along};
pub use porian_2024::{
    PORIAN_2024_HYPERPARAMETERS, PORIAN_2024_OPENWEBTEXT2_KAPLAN_REPRODUCTION, PORIAN_2024_OPENWEBTEXT2_TUNED,
    PORIAN_2024_REFINEDWEB_COSINE, PORIAN_2024_REFINEDWEB_KAPLAN_REPRODUCTION, PORIAN_2024_REFINEDWEB_LAST_LAYER_FLOPS,
    PORIAN_2024_REFINEDWEB_SHORT_WARMUP, PORIAN_2024_REFINEDWEB_TUNED,
};
pub use sardana_2023::{SARDANA_2023, SARDANA_2023_100, SARDANA_2023_250, SARDANA_2023_500, SARDANA_2023_ALL};
pub use search::Search;
pub use sun_2025::SUN_2025;
pub use tao_2024::{TAO_2024, TAO_2024_APPROACH_2};
pub use tissue_2024::{TISSUE_2024_25M, TISSUE_2024_100M, TISSUE_2024_400M};
pub use ye_2024::{YE_2024_ACADEMIC, YE_2024_DIALOGUE, YE_2024_INTERNET, YE_2024_PROSE, YE_2024_SYMBOLIC};
pub use zhai_2021::{ZHAI_2021_FINE_TUNED, ZHAI_2021_TEN_SHOT};
pub use zhang_2024::{ZHANG_2024_BY_TOKENS, ZHANG_2024_CHINCHILLA, ZHANG_2024_FIXED_TOKENS};
