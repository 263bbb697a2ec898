use super::axis::Axis;
use super::figure::Figure;
use super::labels::short;
use super::panel::Panel;
use super::series::Series;
use crate::diagnose::{Diagnosis, RunInfluence};
use crate::error::FigureError;
use crate::math::order::sort_by_number;

/// Runs that are named.
const NAMED: usize = 5;

/// The pull of each run: N_opt without it over N_opt with it, against its distance from the law.
///
/// The dashed grey lines are the limit of outliers: the one that the farthest run must exceed where there is none, else the one
/// that the others exceed beside it. Where no outlier can be told the distance is the residual of the fit itself. A run far to a side that pulls nothing is harmless; one within the limit that
/// pulls much carries the answer. Outliers have another colour, and the five strongest pulls are named.
///
/// # Errors
/// [`FigureError::Empty`] where the law has no optimum at the budget, or no run can be left out.
///
/// ```
/// use scaling_laws::{figures, CsvReader, Diagnose};
/// let runs = CsvReader::new().read_path("docs/data/kernel-bytes.csv")?;
/// let found = Diagnose::new().refits(99).most(1).run(&runs)?;
/// assert!(figures::influence(&found)?.to_svg().contains("34 runs"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn influence(found: &Diagnosis) -> Result<Figure, FigureError> {
    let empty = |what| FigureError::Empty { figure: "a figure of influence", what };
    let influence = found.influence.as_ref().ok_or(empty("optimum at the budget"))?;
    let outliers = found.fit.outliers();
    // Without a limit there is no law that outliers do not bend, and no distance from it.
    let limit = if outliers.rows.is_empty() { outliers.first } else { outliers.limit };
    let distance = |run: &RunInfluence| match limit {
        Some(_) => run.robust_z,
        None => found.fit.residuals().get(run.row).map_or(f64::NAN, |r| r.exp_m1()),
    };
    let axis = match limit {
        Some(_) => Axis::linear("distance from the law, in its scale of noise"),
        None => Axis::percent("residual of the fit, predicted/observed − 1"),
    };
    let mut pulls: Vec<(usize, f64, f64)> =
        influence.runs.iter().filter_map(|run| Some((run.row, distance(run), run.change_ln_params?))).collect();
    if pulls.is_empty() {
        return Err(empty("run that can be left out"));
    }
    sort_by_number(&mut pulls, |a| -a.2.abs());
    let mut panel =
        Panel::new(axis.including(0.0), Axis::factor("N_{opt} without the run over N_{opt} with it").including(1.0))
            .with(Series::level("", 1.0).solid());
    for end in limit.into_iter().flat_map(|limit| [-limit, limit]) {
        panel = panel.with(Series::upright("limit of outliers", end).dashed(0).weight(0.5));
    }
    let named = pulls.iter().take(NAMED).map(|(row, ..)| found.labels.get(*row).map_or("", String::as_str));
    let names = short(&named.collect::<Vec<_>>());
    for (far, name) in [(false, "runs"), (true, "outliers")] {
        let own: Vec<(usize, &(usize, f64, f64))> =
            pulls.iter().enumerate().filter(|(_, pull)| outliers.rows.contains(&pull.0) == far).collect();
        if own.is_empty() {
            continue;
        }
        let label = |(rank, _): &(usize, &(usize, f64, f64))| names.get(*rank).cloned().unwrap_or_default();
        let points = own.iter().map(|(_, (_, z, change))| (*z, change.exp()));
        panel = panel.with(Series::points(name, points).colour(usize::from(far)).labelled(own.iter().map(label)));
    }
    let figure = Figure::new("The pull of single runs")
        .subtitle(format!("{} runs; N_{{opt}} at {} is {}", influence.runs.len(), influence.budget, influence.params))
        .panel(panel);
    Ok(match limit {
        Some(_) => figure,
        None => figure.note("No outlier can be told: fewer than 15 runs, or none that scatter."),
    })
}
