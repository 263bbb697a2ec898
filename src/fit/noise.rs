//! How far an objective may rise before the runs tell the difference.

use crate::math::quantile::robust_scale;

/// 95 % point of χ² with one degree of freedom.
const CHI_SQUARE: f64 = 3.841;

/// Half-width over which ψ' is smoothed: h = max(δ, 1.06·σ·n^(−1/5)), σ the robust scale. ψ' itself counts only the few
/// residuals within δ, which with δ = 1e-3 is a density estimate with far too narrow a window.
pub(super) fn smoothing(residuals: &[f64], delta: f64) -> f64 {
    delta.max(1.06 * robust_scale(residuals) * (residuals.len() as f64).powf(-0.2))
}

/// ψ' smoothed: (ψ(r+h) − ψ(r−h))/2h.
pub(super) fn smoothed_slope(r: f64, h: f64, delta: f64) -> f64 {
    let psi = |r: f64| r.clamp(-delta, delta);
    (psi(r + h) - psi(r - h)) / (2.0 * h)
}

/// The rise of the objective when one coefficient is held at the end of its 95 % interval: ½·χ²·τ with
/// τ = mean ψ² / mean ψ' (the robust likelihood-ratio test of Ronchetti 1982).
pub(super) fn reach(residuals: &[f64], delta: f64) -> f64 {
    let h = smoothing(residuals, delta);
    let squares: f64 = residuals.iter().map(|r| r.abs().min(delta).powi(2)).sum();
    let slopes: f64 = residuals.iter().map(|r| smoothed_slope(*r, h, delta)).sum();
    0.5 * CHI_SQUARE * squares / slopes.max(f64::MIN_POSITIVE)
}
