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

/// w for a rise and a half-width: twenty times the curvature of the profile, so that the quantity falls a twentieth short of
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
        let (mut inside, mut start) = ((self.best, 0.0), self.optimum.clone());
        let mut reach = self.scale;
        let outside = loop {
            let Some((q, rise, there)) = (self.at)(self.best + side * reach, &start) else { return ProfileEnd::Open };
            if rise >= 1.0 {
                break (q, rise);
            }
            let moved = (q - inside.0) * side;
            if moved <= 1e-4 * self.scale {
                // The pull is on a quantity that stays: the bounds of the coefficients end its range.
                return ProfileEnd::Limit(if moved > 0.0 { q } else { inside.0 });
            }
            (inside, start) = ((q, rise), there);
            reach *= if reach < 4.0 * self.scale { 1.5 } else { 2.0 };
            if reach > FAR * self.scale {
                return ProfileEnd::Open;
            }
        };
        self.between(side, inside, outside, start)
    }

    /// Regula falsi in the Illinois form on the root of the rise.
    fn between(&self, side: f64, inside: (f64, f64), outside: (f64, f64), mut start: P) -> ProfileEnd {
        let ((mut a, mut fa), (mut b, mut fb)) = ((inside.0, inside.1 - 1.0), (outside.0, outside.1 - 1.0));
        let cross =
            |a: f64, fa: f64, b: f64, fb: f64| if fb > fa { a - fa * (b - a) / (fb - fa) } else { 0.5 * (a + b) };
        for _ in 0..25 {
            let wanted = cross(a, fa, b, fb);
            // The pull leaves the quantity short of its target, by the slope of the profile over the stiffness.
            let target = wanted + side * self.scale / 20.0;
            let Some((q, rise, there)) = (self.at)(target, &start) else { break };
            let f = rise - 1.0;
            if f.abs() < CLOSE {
                return ProfileEnd::At(q);
            }
            if (q - a) * side <= 0.0 || (q - b) * side >= 0.0 {
                break;
            }
            if f < 0.0 {
                (a, fa, start) = (q, f, there);
                fb *= 0.7;
            } else {
                (b, fb) = (q, f);
                fa *= 0.7;
            }
        }
        ProfileEnd::At(cross(a, fa, b, fb))
    }
}
