use super::item::Item;
use super::region::FAR;
use crate::laws::LossModel;

/// How near a limit must be, in its logarithm, to count as binding.
const BINDING: f64 = 1e-8;

/// What rounding leaves of the slopes, of their size. A small weight above it is real: next to a limit that costs a whole
/// nat, a budget that buys almost nothing still has its price.
const ROUNDED: f64 = 1e-12;

/// The multipliers of the limits that bind at a point, λ ≥ 0 with ∇f + Σ λ·∇g = 0, and how far that fails.
///
/// In the plane at most two limits carry weight, so every choice of none, one and two of them is tried. For laws with convex
/// ln L the problem is a geometric program and a vanishing residual proves the global optimum.
pub(super) struct Certificate<'a> {
    /// Each binding limit with its multiplier; zero for those that bind without weight.
    pub binding: Vec<(&'a Item, f64)>,
    /// ‖∇f + Σ λ·∇g‖/‖∇f‖.
    pub residual: f64,
}

pub(super) fn certify<'a>(law: &dyn LossModel, items: &'a [Item], (x, y): (f64, f64), f: [f64; 2]) -> Certificate<'a> {
    let mut active: Vec<(&Item, [f64; 2])> = Vec::new();
    for item in items {
        let (value, gradient) = item.at(law, x, y);
        if value.abs() <= BINDING && x < FAR && y < FAR {
            active.push((item, gradient));
        }
    }
    let size = norm(f);
    let mut best = (size, vec![0.0; active.len()]);
    let mut consider = |residual: f64, weights: &[(usize, f64)]| {
        // More limits must pay for themselves by more than rounding.
        if residual < best.0 - ROUNDED * size {
            let mut all = vec![0.0; active.len()];
            weights.iter().for_each(|&(i, weight)| all[i] = weight);
            best = (residual, all);
        }
    };
    for (i, (_, g)) in active.iter().enumerate() {
        let weight = (-dot(f, *g) / dot(*g, *g)).max(0.0);
        consider(norm([f[0] + weight * g[0], f[1] + weight * g[1]]), &[(i, weight)]);
    }
    for (i, (_, g)) in active.iter().enumerate() {
        for (j, (_, h)) in active.iter().enumerate().skip(i + 1) {
            let det = g[0] * h[1] - g[1] * h[0];
            if det.abs() <= 1e-12 * norm(*g) * norm(*h) {
                continue;
            }
            let a = (-f[0] * h[1] + f[1] * h[0]) / det;
            let b = (-g[0] * f[1] + g[1] * f[0]) / det;
            let slack = -1e-9 * size;
            if a >= slack && b >= slack {
                let (a, b) = (a.max(0.0), b.max(0.0));
                let rest = [f[0] + a * g[0] + b * h[0], f[1] + a * g[1] + b * h[1]];
                consider(norm(rest), &[(i, a), (j, b)]);
            }
        }
    }
    let residual = if size > 0.0 { best.0 / size } else { 0.0 };
    let binding = active.iter().zip(best.1).map(|((item, _), weight)| (*item, weight)).collect();
    Certificate { binding, residual }
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn norm(a: [f64; 2]) -> f64 {
    a[0].hypot(a[1])
}
