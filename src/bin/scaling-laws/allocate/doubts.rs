//! What is said beside an answer, because of how it was asked.

use scaling_laws::{ParamCount, Warning};

use super::choices::Ask;
use super::found::Found;
use super::question::Question;
use super::{Arguments, plan};

impl Question<'_> {
    /// What is to be known before any answer.
    pub fn doubts(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = self.doubt.iter().cloned().collect();
        warnings.extend(self.arguments.knobs.domain_warnings(self.law));
        warnings.extend(self.law.warnings());
        warnings.extend(self.ask.as_ref().and_then(|ask| ask.borrowed(self.law)));
        warnings.extend(self.cloud.iter().flat_map(|cloud| cloud.warnings.iter().cloned()));
        warnings
    }

    /// That few bits are counted faster than the devices compute in any format that holds them.
    pub fn too_fast(&self, found: &Found) -> Option<Warning> {
        let (Some(Ask::Bits(..) | Ask::Floats(..)), Some(cluster)) = (&self.ask, &self.cluster) else { return None };
        let share = found.training.get() / (6.0 * found.params.get() * found.tokens.get());
        let (bits, device) = (16.0 * share, cluster.accelerator());
        let holding =
            device.peaks().iter().filter(|(format, _)| f64::from(format.storage_bits()) >= bits * (1.0 - 1e-9));
        let (format, peak) = holding.max_by(|a, b| a.1.total_cmp(&b.1))?;
        let speed = peak / cluster.peak_per_device();
        (speed * (1.0 + 1e-6) < share.recip()).then(|| Warning::Assumed {
            what: format!(
                "{} bits are counted {} times as fast as 16 (C = 6ND\u{b7}P/16); {} computes at most {} times as fast in {format}: \
                 the time, money and energy counted so are too low by {}",
                plan::digits(bits),
                plan::digits(share.recip()),
                device.name(),
                plan::digits(speed),
                plan::digits(share.recip() / speed),
            ),
        })
    }

    /// That a demand changes nothing because no limit pays for it.
    pub fn unpaid(&self) -> Option<Warning> {
        let Arguments { limits, plan, loss, .. } = self.arguments;
        let pays = limits.pays_for_serving() || loss.is_some() || plan.dollars().is_some();
        (limits.inference_tokens.is_some() && !pays).then(|| Warning::Ignored {
            what: "serving is counted and does not change N and D, because the budget pays for training alone: \
                   --lifetime-flops, --dollars with --gpu-hour-price, or a loss to reach weigh the one against the other"
                .into(),
        })
    }

    /// What the memory of serving holds that the answer does not say: embeddings that N leaves out, and the format of weights
    /// of several settings.
    pub fn served(&self) -> Option<Warning> {
        let Arguments { limits, settings, .. } = self.arguments;
        let without = self.model.map_or(self.law.conventions().params, |model| model.conventions().params)
            == ParamCount::NonEmbedding;
        let what = match (limits.serves(), settings.serves_in_bf16() && !limits.says_format(), without) {
            (false, ..) | (_, false, false) => return None,
            (true, true, _) => {
                "the weights of every setting are served in bf16: --serve-format, or one number for --bits, \
                                says otherwise"
            }
            (true, false, true) => {
                "the law counts N without embeddings, and so does the memory of serving: they come on top"
            }
        };
        Some(Warning::Assumed { what: what.into() })
    }
}
