//! How the residuals scatter, and how far an objective may rise before the runs tell the difference.

use super::points::Points;
use crate::math::quantile::{counted_median, robust_scale};

/// 95 % point of χ² with one degree of freedom.
const CHI_SQUARE: f64 = 3.841;

/// Half-width over which ψ' is smoothed: h = max(δ, 1.06·σ·n^(−1/5)), σ the robust scale. ψ' itself counts only the few
/// residuals within δ, which with δ = 1e-3 is a density estimate with far too narrow a window.
pub(super) fn smoothing(residuals: &[f64], delta: f64) -> f64 {
    window(robust_scale(residuals), residuals.len() as f64, delta)
}

fn window(scale: f64, n: f64, delta: f64) -> f64 {
    delta.max(1.06 * scale * n.powf(-0.2))
}

/// ψ' smoothed: (ψ(r+h) − ψ(r−h))/2h.
pub(super) fn smoothed_slope(r: f64, h: f64, delta: f64) -> f64 {
    let psi = |r: f64| r.clamp(-delta, delta);
    (psi(r + h) - psi(r - h)) / (2.0 * h)
}

/// The scatter of standardised residuals, computed once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scatter {
    /// 1.4826 × the median of |r|.
    pub scale: f64,
    /// The half-width of [`smoothing`].
    pub smoothing: f64,
}

impl Scatter {
    /// Of residuals in the order of the points. A row of count k is k residuals.
    pub fn new(points: &Points, residuals: &[f64], delta: f64) -> Self {
        let meaning = points.meaning;
        let counted = meaning.counts && meaning.observations != points.len() as f64;
        let scale = if counted {
            let sizes = residuals.iter().zip(&points.weight).map(|(r, count)| (r.abs(), *count)).collect();
            1.482_602_218_505_602 * counted_median(sizes)
        } else {
            robust_scale(residuals)
        };
        Self { scale, smoothing: window(scale, meaning.observations, delta) }
    }
}

/// The rise of the objective when one coefficient is held at the end of its 95 % interval: ½·χ²·τ with
/// τ = Σ m·ψ² / Σ w·ψ' (the robust likelihood-ratio test of Ronchetti 1982), m as in the sandwich.
pub(super) fn reach(points: &Points, residuals: &[f64], scatter: &Scatter, delta: f64) -> f64 {
    let (mut squares, mut slopes) = (0.0, 0.0);
    for ((r, weight), scale) in residuals.iter().zip(&points.weight).zip(&points.scale) {
        let weight = weight * scale * scale;
        squares += if points.meaning.counts { weight } else { weight * weight } * r.abs().min(delta).powi(2);
        slopes += weight * smoothed_slope(*r, scatter.smoothing, delta);
    }
    0.5 * CHI_SQUARE * squares / slopes.max(f64::MIN_POSITIVE)
}
