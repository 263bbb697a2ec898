use std::borrow::Cow;

use super::Accelerator;
use super::NumberFormat::{self, Bf16, Fp4E2M1, Fp6E3M2, Fp8E4M3, Fp16, Fp32, Fp64, Int8, Tf32};
use crate::error::ComputeError;

/// Every accelerator of the catalogue, by maker and year.
pub fn accelerators() -> &'static [Accelerator] {
    ALL
}

/// The accelerator of this name or alias, in any case, with or without hyphens and spaces.
///
/// # Errors
/// [`ComputeError::Unknown`] with the names there are.
///
/// ```
/// use scaling_laws::accelerator;
/// assert_eq!(accelerator("h100")?.name(), "H100-SXM");
/// assert_eq!(accelerator("tpu v5p")?.memory_bytes(), 95e9);
/// assert!(accelerator("H1000").unwrap_err().to_string().contains("H100-PCIe"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn accelerator(name: &str) -> Result<&'static Accelerator, ComputeError> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let wanted = plain(name);
    let is = |a: &&Accelerator| plain(a.name()) == wanted || a.aliases.iter().any(|alias| plain(alias) == wanted);
    ALL.iter().find(is).ok_or_else(|| ComputeError::Unknown {
        kind: "accelerator",
        name: name.into(),
        known: ALL.iter().map(Accelerator::name).collect::<Vec<_>>().join(", "),
    })
}

const T: f64 = 1e12;

/// A row of the catalogue, in constants that a constant function may copy.
#[derive(Clone, Copy)]
struct Sheet {
    name: &'static str,
    aliases: &'static [&'static str],
    peaks: &'static [(NumberFormat, f64)],
    memory_bytes: f64,
    bandwidth: f64,
    power: Option<f64>,
    source: &'static str,
    note: &'static str,
}

const fn known(
    name: &'static str,
    aliases: &'static [&'static str],
    peaks: &'static [(NumberFormat, f64)],
    memory_bytes: f64,
    bandwidth: f64,
    source: &'static str,
) -> Sheet {
    Sheet { name, aliases, peaks, memory_bytes, bandwidth, power: None, source, note: "" }
}

impl Sheet {
    const fn watts(self, watts: f64) -> Self {
        Self { power: Some(watts), ..self }
    }
    const fn remark(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
    const fn build(self) -> Accelerator {
        Accelerator {
            name: Cow::Borrowed(self.name),
            aliases: self.aliases,
            peaks: Cow::Borrowed(self.peaks),
            memory_bytes: self.memory_bytes,
            bandwidth: Some(self.bandwidth),
            power: self.power,
            source: self.source,
            note: self.note,
        }
    }
}

const V100: &str = "NVIDIA, V100 Tensor Core GPU data sheet (2020)";
const A100: &str = "NVIDIA, A100 Tensor Core GPU data sheet (2021)";
const H100: &str = "NVIDIA, H100 Tensor Core GPU architecture white paper and data sheet (2022, 2023)";
const H200: &str = "NVIDIA, H200 Tensor Core GPU data sheet (2024)";
const B200: &str = "NVIDIA, Blackwell architecture technical brief (2024), HGX B200 at 1000 W a GPU";
const GB200: &str = "NVIDIA, Blackwell architecture technical brief (2024), GB200 at 1200 W a GPU";
const V4: &str = "Google Cloud, TPU v4 documentation; power: Jouppi et al. 2023, Table 4";
const V5E: &str = "Google Cloud, TPU v5e documentation";
const V5P: &str = "Google Cloud, TPU v5p documentation";
const V6E: &str = "Google Cloud, TPU v6e documentation";

const A100_PEAKS: &[(NumberFormat, f64)] =
    &[(Fp64, 9.7 * T), (Fp32, 19.5 * T), (Tf32, 156.0 * T), (Bf16, 312.0 * T), (Fp16, 312.0 * T), (Int8, 624.0 * T)];
const H100_PEAKS: &[(NumberFormat, f64)] = &[
    (Fp64, 33.5 * T),
    (Fp32, 66.9 * T),
    (Tf32, 494.7 * T),
    (Bf16, 989.4 * T),
    (Fp16, 989.4 * T),
    (Fp8E4M3, 1978.9 * T),
    (Int8, 1978.9 * T),
];

static ALL: &[Accelerator] = &[
    known(
        "V100-SXM",
        &["V100", "V100-SXM2"],
        &[(Fp64, 7.8 * T), (Fp32, 15.7 * T), (Fp16, 125.0 * T)],
        32e9,
        0.9e12,
        V100,
    )
    .watts(300.0)
    .remark("also sold with 16 GB; no BF16")
    .build(),
    known("V100-PCIe", &[], &[(Fp64, 7.0 * T), (Fp32, 14.0 * T), (Fp16, 112.0 * T)], 32e9, 0.9e12, V100)
        .watts(250.0)
        .remark("also sold with 16 GB; no BF16")
        .build(),
    known("A100-SXM", &["A100", "A100-80GB", "A100-SXM-80GB", "A100-SXM4"], A100_PEAKS, 80e9, 2.039e12, A100)
        .watts(400.0)
        .build(),
    known("A100-SXM-40GB", &["A100-40GB"], A100_PEAKS, 40e9, 1.555e12, A100).watts(400.0).build(),
    known("A100-PCIe", &["A100-PCIe-80GB"], A100_PEAKS, 80e9, 1.935e12, A100).watts(300.0).build(),
    known("H100-SXM", &["H100", "H100-SXM5"], H100_PEAKS, 80e9, 3.35e12, H100)
        .watts(700.0)
        .remark("the data sheet prints peaks with sparsity, twice these")
        .build(),
    known(
        "H100-PCIe",
        &[],
        &[
            (Fp64, 25.6 * T),
            (Fp32, 51.2 * T),
            (Tf32, 378.0 * T),
            (Bf16, 756.0 * T),
            (Fp16, 756.0 * T),
            (Fp8E4M3, 1513.0 * T),
            (Int8, 1513.0 * T),
        ],
        80e9,
        2.0e12,
        H100,
    )
    .watts(350.0)
    .remark("the data sheet prints peaks with sparsity, twice these")
    .build(),
    known("H200-SXM", &["H200"], H100_PEAKS, 141e9, 4.8e12, H200).watts(700.0).build(),
    known(
        "B200",
        &["B200-SXM", "HGX-B200"],
        &[
            (Fp64, 40.0 * T),
            (Fp32, 80.0 * T),
            (Tf32, 1125.0 * T),
            (Bf16, 2250.0 * T),
            (Fp16, 2250.0 * T),
            (Fp8E4M3, 4500.0 * T),
            (Fp6E3M2, 4500.0 * T),
            (Int8, 4500.0 * T),
            (Fp4E2M1, 9000.0 * T),
        ],
        192e9,
        8.0e12,
        B200,
    )
    .watts(1000.0)
    .remark("in HGX systems; GB200 has a row of its own. TF32 is also printed as 1100, FP32 as 75; 180 GB are usable")
    .build(),
    known(
        "GB200",
        &["GB200-NVL72", "B200-GB200"],
        &[
            (Fp64, 45.0 * T),
            (Fp32, 90.0 * T),
            (Tf32, 1250.0 * T),
            (Bf16, 2500.0 * T),
            (Fp16, 2500.0 * T),
            (Fp8E4M3, 5000.0 * T),
            (Fp6E3M2, 5000.0 * T),
            (Int8, 5000.0 * T),
            (Fp4E2M1, 10_000.0 * T),
        ],
        192e9,
        8.0e12,
        GB200,
    )
    .watts(1200.0)
    .remark("one of the two GPUs of a GB200 superchip, without its share of the Grace CPU; FP64 is also printed as 40, FP32 as 80")
    .build(),
    known("TPU-v4", &["v4"], &[(Bf16, 275.0 * T), (Int8, 275.0 * T)], 32e9, 1.228e12, V4)
        .watts(192.0)
        .remark("192 W is the largest measured in production; the mean is 170 W")
        .build(),
    known("TPU-v5e", &["v5e"], &[(Bf16, 197.0 * T), (Int8, 393.0 * T)], 16e9, 0.819e12, V5E).build(),
    known("TPU-v5p", &["v5p"], &[(Bf16, 459.0 * T), (Int8, 918.0 * T)], 95e9, 2.765e12, V5P).build(),
    known("TPU-v6e", &["v6e", "Trillium"], &[(Bf16, 918.0 * T), (Int8, 1836.0 * T)], 32e9, 1.638e12, V6E).build(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_aliases_are_unique_and_found() {
        let mut seen = BTreeSet::new();
        for a in accelerators() {
            for name in std::iter::once(a.name()).chain(a.aliases().iter().copied()) {
                assert!(seen.insert(name.to_lowercase()), "{name} twice");
                assert_eq!(accelerator(name).unwrap().name(), a.name());
            }
            assert!(!a.source().is_empty() && a.peak(Bf16).or(a.peak(Fp16)).is_ok());
        }
    }

    #[test]
    fn no_peak_is_one_with_sparsity() {
        // Halving the bits at most doubles the dense peak; a peak with sparsity would show as a fourfold step.
        for a in accelerators() {
            let half = a.peak(Bf16).or(a.peak(Fp16)).unwrap();
            for (format, peak) in a.peaks() {
                let limit = match format.bits() {
                    19 => 0.501,
                    16 => 1.0,
                    8 | 6 => 2.01,
                    4 => 4.01,
                    _ => 0.2,
                };
                assert!(*peak <= half * limit, "{} {format}", a.name());
            }
        }
    }
}
