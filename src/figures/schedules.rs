use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::error::{Error, FigureError};
use crate::laws::{CurveLaw, Schedule};

/// Steps at which a predicted curve is drawn.
const STEPS: usize = 300;

/// The losses that a law predicts along learning-rate schedules, over the schedules themselves.
///
/// # Errors
/// [`FigureError::Empty`] without schedules; else as [`CurveLaw::losses`].
///
/// ```
/// use scaling_laws::{figures, laws::Schedule, published::LUO_2025_100M};
/// let cosine = Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?;
/// let decay = Schedule::linear(3e-4, 3e-5, 2160, 24_000)?;
/// let figure = figures::schedules(&LUO_2025_100M, &[("cosine", cosine), ("linear", decay)])?;
/// assert!(figure.to_svg().contains("cosine"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn schedules<L: CurveLaw + ?Sized>(law: &L, schedules: &[(&str, Schedule)]) -> Result<Figure, Error> {
    if schedules.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of schedules", what: "schedule" }.into());
    }
    let mut losses = Panel::new(Axis::linear("step"), Axis::loss("predicted loss, nats per token"));
    let mut rates = Panel::new(Axis::linear("step"), Axis::linear("learning rate, 10^{−3}").including(0.0));
    for (name, schedule) in schedules {
        let last = schedule.len().saturating_sub(1);
        let mut steps: Vec<usize> = (0..=STEPS).map(|k| k * last / STEPS).collect();
        steps.dedup();
        // Before the first rate above zero there is no loss, and in the warm-up it says little.
        let after = steps.iter().copied().filter(|step| *step >= schedule.warmup().max(last / 20)).collect::<Vec<_>>();
        let predicted = law.losses(schedule, &after)?;
        losses = losses
            .with(Series::line(*name, after.iter().zip(&predicted).map(|(step, loss)| (*step as f64, loss.get()))));
        let rate = |step: &usize| Some((*step as f64, 1e3 * schedule.rates().get(*step)?));
        rates = rates.with(Series::line(*name, steps.iter().filter_map(rate)));
    }
    Ok(Figure::new("Predicted loss under a schedule").columns(2).size(900.0, 340.0).panel(losses).panel(rates))
}
