//! A training curve as loss over ln C.

use crate::math::order::sort_by_number;
use crate::runs::Curve;

/// Sizes that differ by less, relative, are one.
const SAME_SIZE: f64 = 1e-6;
/// Points that a local line needs; with fewer in the window the curve is interpolated.
const LOCAL: usize = 4;

/// One curve on the axis of ln C = ln 6 + ln N + ln(tokens seen).
pub(super) struct Track {
    /// Which curve, as given.
    pub curve: usize,
    /// Rank of its size among all, from zero.
    pub size: usize,
    pub ln_params: f64,
    ln_compute: Vec<f64>,
    losses: Vec<f64>,
    /// Half-width in ln C of the window for smoothing.
    window: Option<f64>,
}

impl Track {
    /// All curves by rising size, those of one size by their ends and losses, whatever order they came in.
    pub fn all(curves: &[Curve], window: Option<f64>) -> Vec<Self> {
        let mut tracks: Vec<Self> = curves
            .iter()
            .enumerate()
            .map(|(curve, source)| {
                let ln_params = source.params().ln();
                let ln_compute = source.tokens().iter().map(|d| 6f64.ln() + ln_params + d.ln()).collect();
                Self { curve, size: 0, ln_params, ln_compute, losses: source.losses().to_vec(), window }
            })
            .collect();
        // By size, then by where they end.
        sort_by_number(&mut tracks, |track| track.losses.last().copied().unwrap_or(f64::MAX));
        sort_by_number(&mut tracks, |track| track.last().unwrap_or(f64::MAX));
        sort_by_number(&mut tracks, |track| track.ln_params);
        let mut before: Option<(f64, usize)> = None;
        for track in &mut tracks {
            track.size = match before {
                Some((ln_params, size)) if track.ln_params - ln_params <= SAME_SIZE => size,
                Some((_, size)) => size + 1,
                None => 0,
            };
            before = Some((track.ln_params, track.size));
        }
        tracks
    }

    pub fn first(&self) -> Option<f64> {
        self.ln_compute.first().copied()
    }

    pub fn last(&self) -> Option<f64> {
        self.ln_compute.last().copied()
    }

    pub fn covers(&self, ln_budget: f64) -> bool {
        self.first().is_some_and(|c| c <= ln_budget) && self.last().is_some_and(|c| ln_budget <= c)
    }

    /// The loss at a budget within the curve.
    pub fn loss(&self, ln_budget: f64) -> Option<f64> {
        if !self.covers(ln_budget) {
            return None;
        }
        self.window.and_then(|w| self.local_line(ln_budget, w)).or_else(|| self.interpolated(ln_budget))
    }

    fn interpolated(&self, ln_budget: f64) -> Option<f64> {
        let after = self.ln_compute.partition_point(|c| *c < ln_budget);
        let (c2, l2) = (*self.ln_compute.get(after)?, *self.losses.get(after)?);
        let Some(before) = after.checked_sub(1) else { return Some(l2) };
        let (c1, l1) = (*self.ln_compute.get(before)?, *self.losses.get(before)?);
        let part = (ln_budget - c1) / (c2 - c1);
        Some(if part.is_finite() { l1 + part * (l2 - l1) } else { l2 })
    }

    /// The value at the budget of the least-squares line through the points within the window.
    fn local_line(&self, ln_budget: f64, window: f64) -> Option<f64> {
        let from = self.ln_compute.partition_point(|c| *c < ln_budget - window);
        let to = self.ln_compute.partition_point(|c| *c <= ln_budget + window);
        let (x, y) = (self.ln_compute.get(from..to)?, self.losses.get(from..to)?);
        if x.len() < LOCAL {
            return None;
        }
        let count = x.len() as f64;
        let (x_mean, y_mean) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
        let spread: f64 = x.iter().map(|x| (x - x_mean) * (x - x_mean)).sum();
        let slope = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum::<f64>() / spread;
        let value = y_mean + slope * (ln_budget - x_mean);
        (value.is_finite() && value > 0.0).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Params;

    fn track(window: Option<f64>) -> Track {
        // L = 10 − ln C, so that both ways of reading it are exact.
        let n = Params::new(1e6).unwrap();
        let tokens: Vec<f64> = (0..9).map(|i| 1e6 * 2f64.powi(i)).collect();
        let losses: Vec<f64> = tokens.iter().map(|d| 60.0 - (6e6 * d).ln()).collect();
        Track::all(&[Curve::new("x", n, &tokens, &losses).unwrap()], window).remove(0)
    }

    #[test]
    fn a_loss_that_is_linear_in_ln_c_is_read_exactly() {
        for window in [None, Some(2.0)] {
            let track = track(window);
            for c in [6e12f64, 7e12, 1e14, 6e12 * 256.0 * (1.0 - 1e-12)] {
                assert!((track.loss(c.ln()).unwrap() - (60.0 - c.ln())).abs() < 1e-9);
            }
            assert_eq!(track.loss(5.9e12f64.ln()), None);
            assert_eq!(track.loss(1.6e15f64.ln()), None);
        }
    }

    #[test]
    fn smoothing_takes_noise_away() {
        let n = Params::new(1e6).unwrap();
        let tokens: Vec<f64> = (0..400).map(|i| 1e6 * 1.01f64.powi(i)).collect();
        let noise = |i: usize| if i.is_multiple_of(2) { 0.1 } else { -0.1 };
        let losses: Vec<f64> = tokens.iter().enumerate().map(|(i, d)| 60.0 - (6e6 * d).ln() + noise(i)).collect();
        let curve = [Curve::new("x", n, &tokens, &losses).unwrap()];
        let c = (6e6f64 * tokens[200]).ln();
        let off = |window| (Track::all(&curve, window).remove(0).loss(c).unwrap() - (60.0 - c)).abs();
        assert!(off(Some(0.3)) < 0.01 && off(None) > 0.09, "{} {}", off(Some(0.3)), off(None));
    }
}
