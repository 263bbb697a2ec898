//! A profile followed from the optimum to where the objective has risen as far as asked.

/// One end of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ProfileEnd {
    /// The objective has risen as far as asked.
    At(f64),
    /// The quantity goes no further within the bounds of the coefficients.
    Limit(f64),
    /// However far the quantity was taken, the objective did not rise enough.
    Open,
}

/// A minimiser of F + ½w·(q − q₀)² is one of F with q held at the value it has there, whatever w and q₀ are: so a pull on q
/// traces the profile, and no constraint need be met to the last digit.
pub(super) struct Trace<P, F> {
    /// From a target q₀ and a start: q at the minimiser, the root of the objective's rise there over the rise allowed, in
    /// which the profile of a quadratic objective is a straight line, and the minimiser.
    pub at: F,
    pub optimum: P,
    /// The quantity at the optimum.
    pub best: f64,
    /// About the half-width of the interval.
    pub scale: f64,
}

/// w for a rise and a half-width: ten times the curvature of the profile, so that the quantity falls about a tenth short of
/// its target.
pub(super) fn stiffness(rise: f64, scale: f64) -> f64 {
    20.0 * rise / (scale * scale)
}

/// Half-widths as first guessed beyond which an interval is open.
const FAR: f64 = 1e4;
/// Share of the rise to which an end is found.
const CLOSE: f64 = 1e-3;

impl<P: Clone, F: Fn(f64, &P) -> Option<(f64, f64, P)>> Trace<P, F> {
    /// The ends below and above.
    pub fn ends(&self) -> [ProfileEnd; 2] {
        [self.end(-1.0), self.end(1.0)]
    }

    fn end(&self, side: f64) -> ProfileEnd {
        let mut inside = Reached { q: self.best, excess: -1.0, target: self.best };
        let (mut start, mut reach) = (self.optimum.clone(), self.scale);
        let outside = loop {
            let target = self.best + side * reach;
            let Some((q, rise, there)) = (self.at)(target, &start) else { return ProfileEnd::Open };
            let reached = Reached { q, excess: rise - 1.0, target };
            if reached.excess >= 0.0 {
                break reached;
            }
            let moved = (q - inside.q) * side;
            if moved <= 1e-4 * self.scale {
                // The pull is on a quantity that stays: the bounds of the coefficients end its range.
                return ProfileEnd::Limit(if moved > 0.0 { q } else { inside.q });
            }
            (inside, start) = (reached, there);
            reach *= if reach < 4.0 * self.scale { 1.5 } else { 2.0 };
            if reach > FAR * self.scale {
                return ProfileEnd::Open;
            }
        };
        ProfileEnd::At(self.between(inside, outside, start))
    }

    /// Regula falsi in the Illinois form on the root of the rise. The quantity falls short of its target by an amount that is
    /// interpolated too, so that no target leaves the bracket.
    fn between(&self, mut inside: Reached, mut outside: Reached, mut start: P) -> f64 {
        let (mut below, mut above) = (1.0, 1.0);
        for _ in 0..25 {
            let (fa, fb) = (below * inside.excess, above * outside.excess);
            let share = if fb > fa { -fa / (fb - fa) } else { 0.5 };
            let target = inside.target + share * (outside.target - inside.target);
            let Some((q, rise, there)) = (self.at)(target, &start) else { break };
            let reached = Reached { q, excess: rise - 1.0, target };
            if reached.excess.abs() < CLOSE {
                return q;
            }
            if reached.excess < 0.0 {
                (inside, start) = (reached, there);
                (below, above) = (1.0, 0.5 * above);
            } else {
                outside = reached;
                (below, above) = (0.5 * below, 1.0);
            }
        }
        let share = -inside.excess / (outside.excess - inside.excess).max(f64::MIN_POSITIVE);
        inside.q + share.clamp(0.0, 1.0) * (outside.q - inside.q)
    }
}

/// A point of the profile.
struct Reached {
    q: f64,
    /// The root of the rise less one.
    excess: f64,
    /// Where it was pulled to.
    target: f64,
}
