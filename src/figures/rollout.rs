use super::axis::Axis;
use super::figure::Figure;
use super::labels::cut;
use super::panel::Panel;
use super::reach::reach;
use super::sample::span;
use super::series::Series;
use crate::diagnose::{FactorBand, RollOut};
use crate::error::FigureError;

/// Contenders that have a panel.
const MOST: usize = 6;
/// Letters of a name that stand over a narrow panel, and over a wide one.
const LETTERS: (usize, usize) = (30, 46);

/// Errors of predictions by extrapolation factor: what fits to the smaller runs said of the larger ones, L̂/L − 1.
///
/// The line is the mean of each band of factors, taken of ln(L̂/L); of a single roll-out a bar shows the fits' own mean
/// interval there. Of several each has a panel on the same axes, with the means of the others in grey: the first six, and a
/// note names those that are not drawn. Errors so large that all others would be flattened stand at the edge as open triangles.
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
    let has_some = |rolled: &&&RollOut| !rolled.predictions.is_empty();
    let drawn: Vec<&RollOut> = found.iter().filter(has_some).take(MOST).copied().collect();
    if drawn.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of roll-out", what: "prediction" });
    }
    let stages = || found.iter().map(|rolled| rolled.stages.len());
    let (least, most) = (stages().min().unwrap_or(0), stages().max().unwrap_or(0));
    let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
    let noun = if most == 1 { "stage" } else { "stages" };
    let figure = Figure::new("Error of predictions by extrapolation")
        .subtitle(format!("Fits to {range} {noun} of growing compute, asked for every larger run"));
    if let ([one], [_]) = (&drawn[..], found) {
        return Ok(figure.panel(alone(one)));
    }
    let panels = beside(&drawn);
    // As wide as the names need, and as few columns as there are panels.
    let is_long = |rolled: &&RollOut| rolled.contender.chars().count() > LETTERS.0;
    let columns = if drawn.iter().any(is_long) { 2 } else { 3 }.min(drawn.len());
    let figure = panels.into_iter().fold(figure.columns(columns).size(900.0, 270.0), Figure::panel);
    let left: Vec<&str> = found.iter().filter(has_some).skip(MOST).map(|rolled| rolled.contender.as_str()).collect();
    Ok(match left.len() {
        0 => figure,
        1 => figure.note(format!("One more contender is not drawn: {}.", left.join(""))),
        count => figure.note(format!("{count} more contenders are not drawn: {}.", left.join("; "))),
    })
}

/// The axes that hold what is drawn of these: predictions, and the ends of bars.
fn axes(drawn: &[&RollOut], ends_of_bars: &[f64]) -> (Axis, Axis) {
    let errors = drawn.iter().flat_map(|rolled| &rolled.predictions).map(|p| p.error.exp_m1());
    let factors = drawn.iter().flat_map(|rolled| &rolled.predictions).map(|p| p.factor);
    let errors: Vec<f64> = errors.collect();
    let held = [&[0.0], ends_of_bars].concat();
    let ends = reach(errors.iter().copied(), &held).or_else(|| whole(&[errors, held].concat()));
    let across = span(factors).filter(|(least, most)| least < most);
    let x = Axis::factor("C over the largest C fitted");
    (
        across.map_or(x.clone(), |(least, most)| x.range(least / 1.1, most * 1.1)),
        Axis::percent("predicted/observed − 1").including(0.0).with_edges(ends),
    )
}

/// The ends of all values and zero, the same for every panel.
fn whole(values: &[f64]) -> Option<(f64, f64)> {
    let held = values.iter().filter(|value| value.is_finite());
    let (low, high) = held.fold((0.0f64, 0.0f64), |(low, high), value| (low.min(*value), high.max(*value)));
    let margin = 0.04 * (high - low);
    (low < high).then_some((low - margin, high + margin))
}

fn points(rolled: &RollOut) -> impl Iterator<Item = (f64, f64)> {
    rolled.predictions.iter().map(|p| (p.factor, p.error.exp_m1()))
}

/// Mean ln(L̂/L) of each band of factors, at the geometric mean of the factors of its predictions.
fn means(rolled: &RollOut) -> Vec<(f64, f64)> {
    let mean = |band: &FactorBand| {
        let inside = rolled.predictions.iter().filter(|p| band.holds(p.factor));
        let logs: Vec<f64> = inside.map(|p| p.factor.ln()).collect();
        (!logs.is_empty()).then(|| ((logs.iter().sum::<f64>() / logs.len() as f64).exp(), band.bias))
    };
    rolled.bands.iter().filter_map(mean).collect()
}

fn relative((factor, mean): (f64, f64)) -> (f64, f64) {
    (factor, mean.exp_m1())
}

fn alone(rolled: &RollOut) -> Panel {
    let bars = means(rolled).into_iter().zip(&rolled.bands).filter_map(|((factor, mean), band)| {
        let half = 0.5 * band.own?.width;
        Some((factor, mean.exp_m1(), (mean - half).exp_m1(), (mean + half).exp_m1()))
    });
    let bars: Vec<(f64, f64, f64, f64)> = bars.collect();
    let ends: Vec<f64> = bars.iter().flat_map(|(_, _, low, high)| [*low, *high]).collect();
    let (x, y) = axes(&[rolled], &ends);
    let name = format!("mean error with the fits' own {:.0} % interval", 100.0 * rolled.level);
    Panel::new(x, y)
        .with(Series::level("", 0.0).solid())
        .with(Series::points(&*rolled.contender, points(rolled)).weight(0.7).faint())
        .with(Series::line(&*rolled.contender, means(rolled).into_iter().map(relative)))
        .with(Series::intervals(name, bars).black().circles())
}

/// A panel for each.
fn beside(drawn: &[&RollOut]) -> Vec<Panel> {
    let names: Vec<&str> = drawn.iter().map(|rolled| rolled.contender.as_str()).collect();
    let letters = if names.iter().any(|name| name.chars().count() > LETTERS.0) { LETTERS.1 } else { LETTERS.0 };
    let panel = |(at, name): (usize, String)| {
        let (x, y) = axes(drawn, &[]);
        let others = drawn.iter().enumerate().filter(|(other, _)| *other != at);
        let others =
            others.map(|(_, rolled)| Series::line("means of the others", means(rolled).into_iter().map(relative)));
        let own = drawn.get(at).copied();
        let own_means = || own.map_or(Vec::new(), means).into_iter().map(relative);
        Panel::new(x, y)
            .title(name)
            .with(Series::level("", 0.0).solid())
            .with_all(others.map(|line| line.grey().solid().weight(0.5)))
            .with(
                Series::points("a prediction", own.into_iter().flat_map(points))
                    .colour(0)
                    .circles()
                    .weight(0.5)
                    .faint(),
            )
            .with(Series::line("mean of a band of factors", own_means()).colour(1).solid())
            .with(Series::points("mean of a band of factors", own_means()).colour(1).circles())
    };
    cut(&names, letters).into_iter().enumerate().map(panel).collect()
}
