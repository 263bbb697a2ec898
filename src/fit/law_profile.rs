//! The profile of the objective of any law along a coefficient or a derived quantity.

use super::law_covariance::{Whitened, tau};
use super::law_data::LawData;
use super::levenberg::solve;
use super::loss_function::Kernel;
use super::system::{Pull, System};
use super::trace::{ProfileEnd, Trace, stiffness};
use crate::error::FitError;
use crate::math::linear::Vector;
use crate::math::quantile::robust_scale;

/// δ of Huber's loss that stands for absolute deviations, whose profile has kinks, in their scale.
const STAND_IN: f64 = 0.05;
const ITERATIONS: usize = 400;

impl LawData<'_> {
    /// As [`Approach3::profile`](super::approach3::Approach3), `None` where the fit has no curvature. The scale of Student's
    /// t stays that of the fit. `scale` is about the standard error of the quantity, `ratio` stands for τ.
    pub fn profile(
        &self,
        quantity: &(dyn Fn(&[f64]) -> f64 + Sync),
        (scale, t, ratio): (f64, f64, Option<f64>),
    ) -> Result<Option<[ProfileEnd; 2]>, FitError> {
        self.at_optimum(|system, resolved, full| {
            let bounds = &resolved.bounds;
            let mut best = full.end.clone();
            let mut system = system;
            if system.kernel == Kernel::Absolute {
                let delta = STAND_IN * robust_scale(self.fit().residuals());
                system = system.with(Kernel::Huber(delta.max(f64::MIN_POSITIVE)));
                let Some(near) = solve(&system, bounds, &best.free, 1e-3, ITERATIONS) else { return Ok(None) };
                best = near;
            }
            let Some(whitened) = Whitened::new(&system, &best) else { return Ok(None) };
            let tau = ratio.unwrap_or_else(|| tau(&system, &best, &whitened));
            let (rise, scale) = (0.5 * tau * t * t, scale * t);
            let at = |target: f64, start: &Vector| {
                let pull = Some(Pull { quantity, target, stiffness: stiffness(rise, scale) });
                let end = solve(&System { pull, ..system }, bounds, start, 1e-3, ITERATIONS)?;
                let (q, value) = (quantity(&system.full(&end.free)), system.linearise(&end.free)?.value);
                let risen = (value - best.linear.value).max(0.0) / rise;
                q.is_finite().then(|| (q, risen.sqrt(), end.free))
            };
            let trace = Trace { at, optimum: best.free.clone(), best: quantity(&system.full(&best.free)), scale };
            Ok((rise > 0.0 && scale > 0.0).then(|| trace.ends()))
        })
    }
}
