use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::diagnose::RollOut;
use crate::error::FigureError;

/// Errors of predictions by extrapolation factor: what fits to the smaller runs said of the larger ones, one colour a way to
/// fit. The line is the mean error of each band of factors; of a single roll-out a bar shows the fits' own mean interval there.
///
/// # Errors
/// [`FigureError::Empty`] without predictions.
///
/// ```
/// use scaling_laws::{figures, roll_out, Contender, CsvReader};
/// let runs = CsvReader::new().filter("status=finished".parse()?).read_path("docs/data/simulated-sweep.csv")?;
/// let found = roll_out(&runs, &Contender::named("chinchilla")?, 0.9)?;
/// assert!(figures::rollout(&[&found])?.to_svg().contains("chinchilla"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn rollout(found: &[&RollOut]) -> Result<Figure, FigureError> {
    if found.iter().all(|rolled| rolled.predictions.is_empty()) {
        return Err(FigureError::Empty { figure: "a figure of roll-out", what: "prediction" });
    }
    let mut panel = Panel::new(
        Axis::factor("compute of the run over the greatest that was fitted"),
        Axis::percent("ln(predicted/observed)").including(0.0),
    )
    .with(Series::level("", 0.0).solid());
    for (index, rolled) in found.iter().enumerate() {
        // A little apart along x, so that points of several at one factor can be told apart.
        let apart = 1.0 + 0.05 * (index as f64 - 0.5 * (found.len() as f64 - 1.0));
        let name = rolled.contender.as_str();
        let points = rolled.predictions.iter().map(|p| (p.factor * apart, p.error));
        panel = panel.with(Series::points(name, points).weight(if found.len() > 1 { 0.55 } else { 0.7 }));
        let most = rolled.predictions.iter().map(|p| p.factor).fold(1.0, f64::max);
        let middle = |from: f64, to: Option<f64>| (from * to.unwrap_or(most).min(most).max(from)).sqrt() * apart;
        let means = rolled.bands.iter().map(|band| (middle(band.from, band.to), band.bias));
        panel = panel.with(Series::line(name, means));
        if let [_] = found {
            let bars = rolled.bands.iter().filter_map(|band| {
                let half = 0.5 * band.own?.width;
                Some((middle(band.from, band.to), band.bias, band.bias - half, band.bias + half))
            });
            let name = format!("mean error with the fits' own {:.0} % interval", 100.0 * rolled.level);
            panel = panel.with(Series::intervals(name, bars).black().circles());
        }
    }
    let stages = || found.iter().map(|rolled| rolled.stages.len());
    let (least, most) = (stages().min().unwrap_or(0), stages().max().unwrap_or(0));
    let stages = if least == most { most.to_string() } else { format!("{least} to {most}") };
    let noun = if most == 1 { "stage" } else { "stages" };
    Ok(Figure::new("Error of predictions by extrapolation")
        .subtitle(format!("Fits to {} {noun} of growing compute, asked for every larger run", stages))
        .panel(panel))
}
