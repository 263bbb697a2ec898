//! Loss at every step of a run, from its learning-rate schedule.

mod annealing;
mod cool_down;
mod multi_power;
mod schedule;
mod search;

pub use annealing::{AnnealedPoint, Annealing, AnnealingForm};
pub(crate) use cool_down::CoolDown;
pub use multi_power::{CurvePoint, MultiPower, MultiPowerForm};
pub use schedule::{Decay, Schedule};
pub use search::{ScheduleSearch, best_schedule, compare_schedules};

use crate::error::LawError;
use crate::units::Nats;

/// A law that gives the loss at each step of a schedule.
pub trait CurveLaw {
    /// The loss after these steps, counted from zero: step i has seen the learning rates 0 to i.
    ///
    /// # Errors
    /// [`LawError::Step`] for a step beyond the schedule; [`LawError::Value`] where the law leaves the range of numbers,
    /// as before the first learning rate above zero.
    fn losses(&self, schedule: &Schedule, steps: &[usize]) -> Result<Vec<Nats>, LawError>;

    /// The loss after the last step.
    ///
    /// # Errors
    /// As [`losses`](Self::losses).
    fn final_loss(&self, schedule: &Schedule) -> Result<Nats, LawError> {
        let last = schedule.len().saturating_sub(1);
        let loss = self.losses(schedule, &[last])?.first().copied();
        loss.ok_or(LawError::Step { step: last, steps: schedule.len() })
    }
}

/// The steps if none lies beyond the schedule.
fn check_steps(schedule: &Schedule, steps: &[usize]) -> Result<(), LawError> {
    match steps.iter().find(|&&step| step >= schedule.len()) {
        Some(&step) => Err(LawError::Step { step, steps: schedule.len() }),
        None => Ok(()),
    }
}
