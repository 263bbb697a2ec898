use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{MOST_NAMED, is_named, shade};
use super::series::Series;
use crate::error::{Error, FigureError};
use crate::fit::Approach1Fit;
use crate::laws::{CurveLaw, Schedule};
use crate::runs::Curve;

/// Steps at which a predicted curve is drawn.
const STEPS: usize = 300;

/// Training curves against compute 6ND, dark to light by size, with the envelope of Approach 1 where it is given.
///
/// # Errors
/// [`FigureError::Empty`] without curves.
///
/// ```
/// use scaling_laws::{figures, Curve, Params};
/// let tokens = [1e8, 3e8, 1e9];
/// let small = Curve::new("small", Params::millions(10.0)?, &tokens, &[4.1, 3.8, 3.7])?;
/// let large = Curve::new("large", Params::millions(100.0)?, &tokens, &[4.0, 3.5, 3.2])?;
/// assert!(figures::training_curves(&[small, large], None)?.to_svg().contains("100M"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn training_curves(curves: &[Curve], envelope: Option<&Approach1Fit>) -> Result<Figure, FigureError> {
    if curves.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of training curves", what: "curve" });
    }
    let mut sizes: Vec<f64> = curves.iter().map(|curve| curve.params().get()).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let mut panel = Panel::new(Axis::flops("compute so far 6ND, FLOP"), Axis::log("loss, nats per token"));
    let mut ordered: Vec<&Curve> = curves.iter().collect();
    ordered.sort_by_key(|curve| curve.params());
    for curve in &ordered {
        let index = sizes.partition_point(|size| *size < curve.params().get());
        let name = if is_named(index, sizes.len()) { curve.params().to_string() } else { String::new() };
        let n = curve.params().get();
        let points = curve.tokens().iter().zip(curve.losses()).map(|(d, loss)| (6.0 * n * d, *loss));
        panel = panel.with(Series::line(name, points).shade(shade(index, sizes.len())).solid().weight(0.6));
    }
    let mut subtitle = format!("{} curves of {} sizes", curves.len(), sizes.len());
    if let Some(fit) = envelope {
        let points = fit.envelope().iter().map(|p| (p.budget.get(), p.loss.get()));
        panel = panel.with(Series::line("envelope", points).colour(1).solid().weight(1.3));
        subtitle.push_str(&format!(", least loss at {} budgets", fit.envelope().len()));
    }
    let figure = Figure::new("Training curves").subtitle(subtitle).panel(panel);
    let some = sizes.len() > MOST_NAMED;
    Ok(if some { figure.note("Of the sizes, some between the least and the greatest are named.") } else { figure })
}

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
