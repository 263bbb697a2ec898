use super::{ComputeRule, Flops, Params, Tokens};
use crate::warning::Warning;

/// The ranges of N, D and C that a law was fitted on, inclusive. `None` where the source does not say; a least of one
/// parameter or token where it only says "up to".
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
        let flops = ComputeRule::SixNd.flops(params, tokens).ok().map(Flops::get);
        self.point_warnings(Some(params.get()), Some(tokens.get()), flops)
    }

    /// The warning for a budget alone.
    pub fn compute_warning(&self, compute: Flops) -> Option<Warning> {
        self.point_warnings(None, None, Some(compute.get())).pop()
    }

    /// The warnings of what is known of a point.
    pub(crate) fn point_warnings(&self, params: Option<f64>, tokens: Option<f64>, flops: Option<f64>) -> Vec<Warning> {
        [
            ("N", params, self.params.map(|(a, b)| (a.get(), b.get()))),
            ("D", tokens, self.tokens.map(|(a, b)| (a.get(), b.get()))),
            ("C", flops, self.flops.map(|(a, b)| (a.get(), b.get()))),
        ]
        .into_iter()
        .filter_map(|(axis, value, range)| Self::outside(axis, value?, range?))
        .collect()
    }

    /// The warning for one value and its range.
    pub(crate) fn outside(axis: &'static str, value: f64, (least, greatest): (f64, f64)) -> Option<Warning> {
        let (limit, factor) = if value > greatest { (greatest, value / greatest) } else { (least, least / value) };
        (factor > SLACK).then_some(Warning::Extrapolation { axis, value, limit, factor })
    }
}
