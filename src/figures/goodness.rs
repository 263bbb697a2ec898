use super::axis::Axis;
use super::figure::Figure;
use super::labels::short;
use super::panel::Panel;
use super::reach::reach;
use super::sample::span;
use super::series::Series;
use crate::digits;
use crate::error::FigureError;
use crate::fit::Fit;
use crate::laws::LossModel;
use crate::math::order::sort_by_number;
use crate::runs::Runs;

/// A residual this many times the robust scatter is drawn apart; three of a normal scatter hold 99.7 % of the runs.
const FAR: f64 = 3.0;

/// A fit against its runs: observed over predicted loss, and residuals L̂/L − 1 against N, D and C.
///
/// A pattern in the residuals against one quantity says that the law's form, or a mixture of recipes, is wrong along it. The
/// grey lines are three times the robust scatter of ln L either way; runs beyond them are drawn in another colour, the worst
/// three by name. So far off that the others would be flattened, they stand at the edge as open triangles.
///
/// # Errors
/// [`FigureError::OtherRuns`] unless the runs are as many as the fit's residuals.
///
/// ```
/// use scaling_laws::{figures, Approach3, CsvReader};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let fit = Approach3::new().fit(&runs)?;
/// let svg = figures::goodness(&fit, &runs)?.to_svg();
/// assert!(svg.contains("34 runs"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn goodness(fit: &Fit, runs: &Runs) -> Result<Figure, FigureError> {
    let residuals = fit.residuals();
    if residuals.len() != runs.len() {
        let (expected, got) = (residuals.len(), runs.len());
        return Err(FigureError::OtherRuns { figure: "figure of a fit", expected, got });
    }
    if runs.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of a fit", what: "run" });
    }
    let scale = fit.residual_scale();
    let is_far = |row: usize| residuals.get(row).is_some_and(|r| scale > 0.0 && r.abs() > FAR * scale);
    let mut worst: Vec<usize> = (0..runs.len()).filter(|row| is_far(*row)).collect();
    sort_by_number(&mut worst, |a| -residuals[*a].abs());
    worst.truncate(3);
    let names = worst.iter().map(|row| runs.label(*row)).collect::<Vec<_>>();
    let names = short(&names.iter().map(|name| name.as_ref()).collect::<Vec<&str>>());
    let off = |row: usize| residuals.get(row).map_or(f64::NAN, |r| r.exp_m1());
    let limits = if scale > 0.0 { [-FAR * scale, FAR * scale].map(f64::exp_m1).to_vec() } else { Vec::new() };
    let ends = reach((0..runs.len()).map(off), &[&limits[..], &[0.0]].concat());
    let label = |row: usize| {
        let name = worst.iter().position(|far| *far == row).and_then(|at| names.get(at)).cloned().unwrap_or_default();
        // At the edge a place no longer says how far.
        let is_cut = ends.is_some_and(|(low, high)| !(low..=high).contains(&off(row)));
        if is_cut && !name.is_empty() {
            format!("{name} ({:+.0} %)", 100.0 * off(row)).replace('-', "−")
        } else {
            name
        }
    };

    let (far_name, limit) = (format!("beyond {FAR} times the scatter"), format!("± {FAR} times the scatter"));
    let marks = |at: &dyn Fn(usize) -> (f64, f64), named: bool| -> Vec<Series> {
        let rows = |far: bool| (0..runs.len()).filter(move |row| is_far(*row) == far);
        let mut series = vec![Series::points("runs", rows(false).map(at)).colour(0).weight(0.75)];
        let far: Vec<usize> = rows(true).collect();
        if !far.is_empty() {
            let mut apart = Series::points(far_name.clone(), far.iter().map(|row| at(*row))).colour(1).weight(0.9);
            if named {
                apart = apart.labelled(far.iter().map(|row| label(*row)));
            }
            series.push(apart);
        }
        series
    };
    let value = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
    let loss = |row: usize| value(runs.losses(), row);
    let predicted = |row: usize| loss(row) * value(residuals, row).exp();

    let both = || (0..runs.len()).flat_map(|row| [loss(row), predicted(row)]);
    let (least, most) = span(both()).unwrap_or((1.0, 2.0));
    let margin = (0.04 * (most / least).ln()).max(0.01).exp();
    let cut = reach(both().map(f64::ln), &[]).map(|(low, high)| (low.exp(), high.exp()));
    let (least, most) = cut.unwrap_or((least / margin, most * margin));
    let axis = |label: &str| Axis::log(label).with_edges(Some((least, most)));
    let agreement = Panel::new(axis("predicted loss, nats per token"), axis("observed loss, nats per token"))
        .title("Data against fit")
        .with(Series::line("", [(least, least), (most, most)]).grey().solid())
        .with_all(marks(&|row| (predicted(row), loss(row)), false));

    let against = |axis: Axis, title: &str, x: &dyn Fn(usize) -> f64, named: bool| {
        Panel::new(axis, Axis::percent("predicted/observed − 1").including(0.0).with_edges(ends))
            .title(title)
            .with(Series::level("", 0.0).solid())
            .with_all(marks(&|row| (x(row), off(row)), named))
            .with_all(limits.iter().map(|end| Series::level(limit.clone(), *end).dashed(0).weight(0.5)))
    };
    let n = |row: usize| value(runs.params(), row);
    let d = |row: usize| value(runs.tokens(), row);
    let count = fit.law().conventions().params;
    let [e, a, b, alpha, beta] = fit.law().coefficients();
    Ok(Figure::new("The fit and its residuals")
        .subtitle(format!(
            "{} runs; E = {e:.4}, A = {}, B = {}, α = {}, β = {}; scatter of ln L {}",
            runs.len(),
            digits::four(a),
            digits::four(b),
            digits::four(alpha),
            digits::four(beta),
            digits::four(scale)
        ))
        .columns(2)
        .size(900.0, 300.0)
        .panel(agreement)
        .panel(against(Axis::params(format!("parameters N ({count})")), "Residuals against N", &n, true))
        .panel(against(Axis::tokens("tokens D"), "Residuals against D", &d, false))
        .panel(against(Axis::flops("6ND, FLOP"), "Residuals against C", &|row| 6.0 * n(row) * d(row), false)))
}
