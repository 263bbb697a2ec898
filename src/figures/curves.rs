use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{MOST_NAMED, is_named, shade};
use super::series::Series;
use crate::error::FigureError;
use crate::fit::Approach1Fit;
use crate::math::order::sort_by_number;
use crate::runs::Curve;

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
    sort_by_number(&mut ordered, |curve| curve.params().get());
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
