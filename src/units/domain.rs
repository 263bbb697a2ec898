use super::{ComputeRule, Flops, Params, Tokens};
use crate::warning::Warning;

/// The ranges of N, D and C that a law was fitted on, inclusive. `None` where the source does not say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Domain {
    /// Range of parameters N.
    pub params: Option<(Params, Params)>,
    /// Range of tokens D.
    pub tokens: Option<(Tokens, Tokens)>,
    /// Range of training compute C.
    pub flops: Option<(Flops, Flops)>,
}

/// A factor by which a point may leave a domain before a warning says so: published ranges are printed to one digit.
const SLACK: f64 = 1.05;

impl Domain {
    /// A domain in N and D.
    pub fn new(params: Option<(Params, Params)>, tokens: Option<(Tokens, Tokens)>) -> Self {
        Self { params, tokens, flops: None }
    }

    /// The same domain with a range of C.
    pub fn with_flops(self, least: Flops, greatest: Flops) -> Self {
        Self { flops: Some((least, greatest)), ..self }
    }

    /// One [`Warning::Extrapolation`] for each axis on which the point lies outside, with the factor by which it does.
    pub fn warnings(&self, params: Params, tokens: Tokens) -> Vec<Warning> {
        let mut warnings = Vec::new();
        outside("N", params.get(), self.params.map(|(a, b)| (a.get(), b.get())), &mut warnings);
        outside("D", tokens.get(), self.tokens.map(|(a, b)| (a.get(), b.get())), &mut warnings);
        if let Ok(compute) = ComputeRule::SixNd.flops(params, tokens) {
            warnings.extend(self.compute_warning(compute));
        }
        warnings
    }

    /// The warning for a budget alone.
    pub fn compute_warning(&self, compute: Flops) -> Option<Warning> {
        let mut warnings = Vec::new();
        outside("C", compute.get(), self.flops.map(|(a, b)| (a.get(), b.get())), &mut warnings);
        warnings.pop()
    }
}

fn outside(axis: &'static str, value: f64, range: Option<(f64, f64)>, warnings: &mut Vec<Warning>) {
    let Some((least, greatest)) = range else { return };
    let (limit, factor) = if value > greatest { (greatest, value / greatest) } else { (least, least / value) };
    if factor > SLACK {
        warnings.push(Warning::Extrapolation { axis, value, limit, factor });
    }
}
