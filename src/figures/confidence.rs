use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::error::{Error, FigureError, InferError};
use crate::infer::{Inference, Interval, LawInference, Level, Method, Quantity};
use crate::laws::Law;

/// Levels at which a profile is followed beside the one asked for.
const LEVELS: [f64; 12] = [0.05, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99];

/// Intervals of several quantities, a panel each and a row for each method: what an [`Inference`] gave. Panels of losses
/// have one axis, and so have those of N, of D and of C, so that the lengths of their bars can be compared.
///
/// # Errors
/// [`FigureError::Empty`] without intervals.
///
/// ```
/// use scaling_laws::{figures, Approach3, CsvReader, Inference, Level, Method, Quantity};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let approach = Approach3::new();
/// let fit = approach.fit(&runs)?;
/// let inference = Inference::new(&approach, &runs, &fit).replicates(200);
/// let alpha = Quantity::coefficient("alpha");
/// let both = [Method::Percentile, Method::Delta].map(|method| inference.interval(&alpha, Level::default(), method));
/// let [percentile, delta] = both;
/// assert!(figures::quantities(&[percentile?, delta?])?.to_svg().contains("delta"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn quantities(intervals: &[Interval]) -> Result<Figure, FigureError> {
    let mut names: Vec<&str> = Vec::new();
    let mut methods: Vec<String> = Vec::new();
    for interval in intervals {
        if !names.contains(&interval.quantity.as_str()) {
            names.push(&interval.quantity);
        }
        if !methods.contains(&method(interval)) {
            methods.push(method(interval));
        }
    }
    if names.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of intervals", what: "interval" });
    }
    let columns = names.len().min(3);
    let height = 100.0 + 24.0 * methods.len() as f64;
    let mut figure = Figure::new("Intervals").columns(columns).size(60.0 + 280.0 * columns as f64, height);
    for name in &names {
        let own: Vec<&Interval> = intervals.iter().filter(|interval| interval.quantity == **name).collect();
        let alike = |other: &&Interval| unit(name).is_some() && unit(&other.quantity) == unit(name);
        let shared: Vec<&Interval> = intervals.iter().filter(alike).collect();
        let (least, most) = ends(if shared.is_empty() { &own } else { &shared });
        let axis = axis(name, least, most).including(least).including(most);
        let mut panel = Panel::new(axis, Axis::categories("", vec![""; methods.len()])).title(marked(name));
        for interval in own {
            let row = methods.iter().position(|method_| *method_ == method(interval)).unwrap_or(0) as f64;
            let place = (interval.point, row, interval.low, interval.high);
            panel = panel.with(Series::intervals_across(method(interval), [place]));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

/// Profile curves: for each quantity the ends of its profile interval at every level, from the estimate up.
///
/// Where the curve crosses the grey line stand the ends of the interval at `level`; a curve that leans or flattens says
/// that a symmetric interval, estimate ± error, would mislead.
///
/// # Errors
/// [`FigureError::Empty`] without quantities; those of [`Inference::interval`].
///
/// ```
/// use scaling_laws::{figures, Approach3, CsvReader, Inference, Level, Quantity};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let approach = Approach3::new();
/// let fit = approach.fit(&runs)?;
/// let inference = Inference::new(&approach, &runs, &fit);
/// let figure = figures::profiles(&inference, &[Quantity::coefficient("alpha")], Level::default())?;
/// assert!(figure.to_svg().contains("α"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn profiles(inference: &Inference<'_>, quantities: &[Quantity], level: Level) -> Result<Figure, Error> {
    profiled(&|quantity, level| inference.interval(quantity, level, Method::Profile), quantities, level)
}

/// The same for a fit of any law.
///
/// # Errors
/// [`FigureError::Empty`] without quantities; those of [`LawInference::interval`].
///
/// ```
/// use scaling_laws::{figures, Fitter, ChinchillaForm, CsvReader, LawInference, Level, Quantity};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let fitter = Fitter::new(&ChinchillaForm);
/// let fit = fitter.fit_runs(&runs)?;
/// let inference = LawInference::of_runs(&fitter, &runs, &fit)?;
/// let figure = figures::law_profiles(&inference, &[Quantity::coefficient("beta")], Level::default())?;
/// assert!(figure.to_svg().contains("β"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn law_profiles<L: Law + Sync + ?Sized>(
    inference: &LawInference<'_, L>,
    quantities: &[Quantity],
    level: Level,
) -> Result<Figure, Error>
where
    L::Input: Sync,
{
    profiled(&|quantity, level| inference.interval(quantity, level, Method::Profile), quantities, level)
}

fn profiled(
    interval: &dyn Fn(&Quantity, Level) -> Result<Interval, InferError>,
    quantities: &[Quantity],
    level: Level,
) -> Result<Figure, Error> {
    if quantities.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of profiles", what: "quantity" }.into());
    }
    let columns = quantities.len().min(3);
    let mut figure = Figure::new("Profiles")
        .subtitle(format!("Ends of the profile intervals by their level; the grey line is at {level}"))
        .columns(columns)
        .size(60.0 + 280.0 * columns as f64, 230.0);
    let mut levels: Vec<f64> = LEVELS.iter().copied().filter(|other| (other - level.get()).abs() > 0.01).collect();
    levels.push(level.get());
    levels.sort_by(f64::total_cmp);
    for quantity in quantities {
        let (mut below, mut above, mut point) = (Vec::new(), Vec::new(), f64::NAN);
        for share in &levels {
            let found = interval(quantity, Level::new(*share)?)?;
            point = found.point;
            // An open end has no place; the curve goes on without end.
            below.extend(Some((found.low, *share)).filter(|(end, _)| end.is_finite()));
            above.extend(Some((found.high, *share)).filter(|(end, _)| end.is_finite()));
        }
        let curve: Vec<(f64, f64)> = below.into_iter().rev().chain([(point, 0.0)]).chain(above).collect();
        let ends = curve.first().zip(curve.last()).map_or((point, point), |(first, last)| (first.0, last.0));
        let name = quantity.to_string();
        figure = figure.panel(
            Panel::new(axis(&name, ends.0, ends.1), Axis::percent("level").range(0.0, 1.0))
                .title(marked(&name))
                .with(Series::level("", level.get()).solid())
                .with(Series::line("", curve).colour(0).solid())
                .with(Series::points("", [(point, 0.0)]).colour(0)),
        );
    }
    Ok(figure)
}

/// The unit of a quantity of which several can stand beside each other.
fn unit(name: &str) -> Option<&'static str> {
    let units = [("N_opt", "N"), ("D_opt", "D"), ("FLOPs", "C"), ("loss", "L"), ("mean loss", "L")];
    units.iter().find(|(start, _)| name.starts_with(start)).map(|(_, unit)| *unit)
}

/// Least and greatest of the finite ends.
fn ends(intervals: &[&Interval]) -> (f64, f64) {
    let ends = intervals.iter().flat_map(|i| [i.low, i.high, i.point]).filter(|value| value.is_finite());
    ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
}

fn method(interval: &Interval) -> String {
    format!("{}, {}", interval.method, interval.level)
}

/// "N_opt" with its index lowered, exponents by their letters.
fn marked(name: &str) -> String {
    match name {
        "alpha" => "α".into(),
        "beta" => "β".into(),
        name => name.replace("_opt", "_{opt}"),
    }
}

/// The axis of a quantity by its name; wide ranges of A and B go by the logarithm in which they are taken.
fn axis(name: &str, least: f64, most: f64) -> Axis {
    match name {
        _ if name.starts_with("N_opt") => Axis::params(""),
        _ if name.starts_with("D_opt") => Axis::tokens(""),
        _ if name.starts_with("FLOPs") => Axis::flops(""),
        "A" | "B" if least > 0.0 && most > 3.0 * least => Axis::log(""),
        _ => Axis::linear(""),
    }
}
