use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{MOST_NAMED, is_named, log_spaced, shade, span};
use super::series::Series;
use crate::error::FigureError;
use crate::fit::{Approach2Fit, IsoFlopGroup, IsoFlopMinimum};
use crate::math::order::sort_by_number;
use crate::runs::Runs;

/// IsoFLOP profiles: the runs of each budget, the parabola of Approach 2 through them, and its minimum.
///
/// The parabola is drawn as it was fitted. Where the parabolas' bias was taken off, the star stands beside the vertex, at the
/// corrected optimum. Runs of budgets without a usable minimum are drawn as grey rings and said in a note.
///
/// # Errors
/// [`FigureError::OtherRuns`] where a row of the fit is not in `runs`.
///
/// ```
/// use scaling_laws::{figures, Approach2, Chinchilla, LossModel, Params, Run, Runs, Tokens};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let mut runs = Vec::new();
/// for budget in [1e19, 1e20, 1e21] {
///     for ratio in [5.0, 10.0, 20.0, 40.0, 80.0] {
///         let params = Params::new(f64::sqrt(budget / (6.0 * ratio)))?;
///         let tokens = Tokens::new(budget / (6.0 * params.get()))?;
///         runs.push(Run { params, tokens, loss: truth.loss(params, tokens)? });
///     }
/// }
/// let runs: Runs = runs.into_iter().collect();
/// let fit = Approach2::new().fit(&runs)?;
/// assert!(figures::isoflop(&fit, &runs)?.to_svg().contains("1e20 FLOP"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn isoflop(fit: &Approach2Fit, runs: &Runs) -> Result<Figure, FigureError> {
    let points = |group: &IsoFlopGroup| -> Result<Vec<(f64, f64)>, FigureError> {
        let point = |row: &usize| Some((*runs.params().get(*row)?, *runs.losses().get(*row)?));
        let other = || FigureError::OtherRuns { figure: "IsoFLOP figure", expected: expected(fit), got: runs.len() };
        group.rows.iter().map(|row| point(row).ok_or_else(other)).collect()
    };
    let mut used: Vec<(&IsoFlopGroup, &IsoFlopMinimum)> =
        fit.groups().iter().filter_map(|group| Some((group, group.minimum.as_ref().ok()?))).collect();
    sort_by_number(&mut used, |(group, _)| group.budget.get());

    let convention = fit.conventions().params;
    let mut panel =
        Panel::new(Axis::params(format!("parameters N ({convention})")), Axis::loss("loss L, nats per token"));
    let mut figure = Figure::new("IsoFLOP profiles");
    let skipped: Vec<&IsoFlopGroup> = fit.groups().iter().filter(|group| group.minimum.is_err()).collect();
    let mut left_out = Vec::new();
    for group in &skipped {
        left_out.extend(points(group)?);
    }
    if !left_out.is_empty() {
        panel = panel.with(Series::points("budgets without a minimum", left_out).grey().rings());
    }
    let mut minima = Vec::new();
    for (index, (group, minimum)) in used.iter().enumerate() {
        let points = points(group)?;
        let name = if is_named(index, used.len()) { group.budget.to_string() } else { String::new() };
        let place = shade(index, used.len());
        panel = panel.with(Series::points(name, points.iter().copied()).shade(place).marked(index));
        panel = panel.with(Series::line("", parabola(fit, minimum, &points)).shade(place).solid().weight(0.8));
        minima.push((minimum.params.get(), minimum.loss.get()));
    }
    panel = panel.with(Series::line("minima", minima.iter().copied()).black().dashed(1).weight(0.7));
    panel = panel.with(Series::points("minima", minima).black().stars());
    let quantity = if fit.is_log_loss() { "ln L" } else { "L" };
    let taken = if fit.is_corrected() { "; the parabolas' bias is taken off the minima" } else { "" };
    figure = figure.subtitle(format!("Parabolas of {quantity} in ln N at {} budgets{taken}", used.len())).panel(panel);
    if used.len() > MOST_NAMED {
        figure = figure.note("Of the budgets, some between the least and the greatest are named.");
    }
    if let (count @ 1.., Some(first)) = (skipped.len(), skipped.first()) {
        let (noun, verb) = if count == 1 { ("budget", "gives") } else { ("budgets", "give") };
        let why = first.minimum.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let which = if count == 1 { "" } else { "the first " };
        figure = figure.note(format!("{count} {noun} {verb} no minimum; {which}at {}: {why}.", first.budget));
    }
    Ok(figure)
}

/// One more than the greatest row of the fit.
fn expected(fit: &Approach2Fit) -> usize {
    fit.groups().iter().flat_map(|group| &group.rows).max().map_or(0, |row| row + 1)
}

/// The parabola through the runs, over the sizes trained: from its vertex, which is the minimum plus the bias taken off.
fn parabola(fit: &Approach2Fit, minimum: &IsoFlopMinimum, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some((least, most)) = span(points.iter().map(|(n, _)| *n)) else { return Vec::new() };
    let bias = minimum.bias.filter(|_| fit.is_corrected());
    let vertex = minimum.params.ln() + bias.map_or(0.0, |bias| bias.ln_params);
    let depth = minimum.loss.get() + bias.map_or(0.0, |bias| bias.loss);
    let at = |n: f64| {
        let rise = 0.5 * minimum.curvature * (n.ln() - vertex).powi(2);
        (n, if fit.is_log_loss() { depth * rise.exp() } else { depth + rise })
    };
    log_spaced(least, most, 41).into_iter().map(at).collect()
}
