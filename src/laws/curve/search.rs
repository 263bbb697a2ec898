use super::{CurveLaw, Schedule};
use crate::error::LawError;
use crate::units::Nats;

/// Final losses of schedules under one law, best first, with their place in the list.
///
/// # Errors
/// As [`CurveLaw::losses`].
///
/// ```
/// use scaling_laws::{laws::{compare_schedules, Decay, Schedule}, published};
/// let candidates = [
///     Schedule::constant(3e-4, 2160, 24_000)?,
///     Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?,
///     Schedule::warmup_stable_decay(3e-4, 3e-5, 2160, 20_000, 24_000, Decay::Exponential)?,
/// ];
/// let order: Vec<usize> =
///     compare_schedules(&published::LUO_2025_400M, &candidates)?.iter().map(|(place, _)| *place).collect();
/// assert_eq!(order, [2, 1, 0]);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn compare_schedules(
    law: &(impl CurveLaw + ?Sized),
    schedules: &[Schedule],
) -> Result<Vec<(usize, Nats)>, LawError> {
    let losses: Result<Vec<Nats>, LawError> = schedules.iter().map(|schedule| law.final_loss(schedule)).collect();
    let mut ranked: Vec<(usize, Nats)> = losses?.into_iter().enumerate().collect();
    ranked.sort_by_key(|(_, loss)| *loss);
    Ok(ranked)
}

/// The best member of a one-parameter family of schedules.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScheduleSearch {
    /// The parameter of the best schedule.
    pub parameter: f64,
    /// The best schedule.
    pub schedule: Schedule,
    /// Its final loss.
    pub loss: Nats,
}

/// Points of the coarse search.
const COARSE: usize = 16;

/// The schedule of least final loss in a family of one parameter, such as the step at which a decay begins: a scan of 17
/// points, then a golden-section search about the best of them to a thousandth of the range.
///
/// The law's own range is not known to the search: a schedule unlike those of the fit is an extrapolation.
///
/// # Errors
/// [`LawError::Knob`] unless the range is finite and not empty; the errors of `family` and of the law.
///
/// ```
/// use scaling_laws::{laws::{best_schedule, CurveLaw, Decay, Schedule}, published};
/// let wsd = |from: f64| {
///     Schedule::warmup_stable_decay(3e-4, 3e-5, 2160, from as usize, 24_000, Decay::Exponential)
/// };
/// let law = published::LUO_2025_400M;
/// let best = best_schedule(&law, wsd, (2_160.0, 23_900.0))?;
/// assert!(best.loss < law.final_loss(&wsd(20_000.0)?)?);
/// assert!(best.parameter > 21_000.0 && best.parameter < 23_000.0); // 2.6979 nats at 21k, 2.6974 at 22k, 2.7010 at 23k
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn best_schedule<F>(
    law: &(impl CurveLaw + ?Sized),
    family: F,
    (least, greatest): (f64, f64),
) -> Result<ScheduleSearch, LawError>
where
    F: Fn(f64) -> Result<Schedule, LawError>,
{
    if !(least.is_finite() && greatest.is_finite() && least < greatest) {
        let allowed = "finite, and the second above the first";
        return Err(LawError::Knob { law: "schedule search", knob: "range", value: greatest - least, allowed });
    }
    let at = |parameter: f64| -> Result<ScheduleSearch, LawError> {
        let schedule = family(parameter)?;
        let loss = law.final_loss(&schedule)?;
        Ok(ScheduleSearch { parameter, schedule, loss })
    };
    let step = (greatest - least) / COARSE as f64;
    let mut best = at(least)?;
    for i in 1..=COARSE {
        let next = at(least + step * i as f64)?;
        if next.loss < best.loss {
            best = next;
        }
    }
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let (mut low, mut high) = ((best.parameter - step).max(least), (best.parameter + step).min(greatest));
    while high - low > 1e-3 * (greatest - least) {
        let (left, right) = (at(high - GOLDEN * (high - low))?, at(low + GOLDEN * (high - low))?);
        if left.loss <= right.loss {
            high = right.parameter;
        } else {
            low = left.parameter;
        }
        for next in [left, right] {
            if next.loss < best.loss {
                best = next;
            }
        }
    }
    Ok(best)
}
