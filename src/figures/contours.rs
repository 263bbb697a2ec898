use super::axis::Axis;
use super::contour::Grid;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{shade, span};
use super::series::Series;
use crate::allocate::optimal_split;
use crate::error::{Error, FigureError};
use crate::laws::LossModel;
use crate::runs::Runs;
use crate::units::Flops;

/// Points of the grid along each axis.
const STEPS: usize = 121;
/// About how many contours.
const LEVELS: usize = 9;

/// Contours of a law's loss over C and N, its efficient frontier, and the runs where they are given.
///
/// The range of C is that of the runs and of `budgets`, with half a decade on either side; that of N holds the runs and the
/// frontier. A star marks the optimum at each of `budgets`.
///
/// # Errors
/// [`FigureError::Empty`] without runs and budgets; the law's own error where it has no optimum at any budget, or C needs more
/// than N and D.
///
/// ```
/// use scaling_laws::{figures, published::BESIROGLU_2024, Flops};
/// let figure = figures::contours(&BESIROGLU_2024, None, &[Flops::new(1e21)?, Flops::new(1e24)?])?;
/// assert!(figure.to_svg().contains("efficient frontier"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn contours(law: &dyn LossModel, runs: Option<&Runs>, marked: &[Flops]) -> Result<Figure, Error> {
    let rule = law.conventions().compute;
    let runs_at: Vec<(f64, f64)> = runs.map_or(Vec::new(), |runs| {
        let compute = |(n, d): (&f64, &f64)| (6.0 * n * d, *n);
        runs.params().iter().zip(runs.tokens()).map(compute).collect()
    });
    let all = runs_at.iter().map(|(c, _)| *c).chain(marked.iter().map(|c| c.get()));
    let empty = FigureError::Empty { figure: "a figure of contours", what: "run or budget" };
    let (least, most) = span(all).ok_or(empty)?;
    let (least, most) = (least.log10() - 0.5, most.log10() + 0.5);
    let computes: Vec<f64> = steps(least, most);

    let mut frontier = Vec::new();
    let mut first = None;
    for c in &computes {
        match optimal_split(law, Flops::new(10f64.powf(*c))?) {
            Ok((n, _)) => frontier.push((10f64.powf(*c), n.get())),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    if let (true, Some(reason)) = (frontier.is_empty(), first) {
        return Err(reason.into());
    }
    let sizes = runs_at.iter().chain(&frontier).map(|(_, n)| *n);
    let (small, large) = span(sizes).unwrap_or((1e6, 1e12));
    let (small, large) = (small.log10() - 0.35, large.log10() + 0.35);

    let loss = |c: f64, n: f64| {
        let ln_n = n * std::f64::consts::LN_10;
        let ln_product = Flops::new(10f64.powf(c)).ok().and_then(|c| rule.ln_product(c).ok());
        // Below one token there is no training.
        let ln_d = ln_product.map(|product| product - ln_n).filter(|ln_d| *ln_d > 0.0);
        ln_d.map_or(f64::NAN, |ln_d| law.at(ln_n, ln_d).loss)
    };
    let grid = Grid::new(computes, steps(small, large), loss);
    let count = law.conventions().params;
    let mut panel = Panel::new(
        Axis::flops("training compute C, FLOP").with_edges(Some((10f64.powf(least), 10f64.powf(most)))),
        Axis::params(format!("parameters N ({count})")).with_edges(Some((10f64.powf(small), 10f64.powf(large)))),
    );
    let best: Vec<f64> =
        frontier.iter().filter_map(|(c, n)| Some(loss(c.log10(), n.log10())).filter(|l| l.is_finite())).collect();
    let levels = levels(&best, law.irreducible().map_or(0.0, |e| e.get()));
    for (index, level) in levels.iter().enumerate() {
        for curve in grid.level(*level) {
            let curve = curve.into_iter().map(|(c, n)| (10f64.powf(c), 10f64.powf(n)));
            let place = 1.0 - shade(index, levels.len());
            panel = panel
                .with(Series::line("", curve).shade(0.9 * place).solid().weight(0.65).inscribed(format!("{level}")));
        }
    }
    panel = panel.with(Series::line("efficient frontier N_{opt}(C)", frontier).colour(1).solid().weight(1.2));
    if !runs_at.is_empty() {
        panel = panel.with(Series::points("runs", runs_at).black().circles().weight(0.7));
    }
    let optima = marked.iter().filter_map(|c| Some((c.get(), optimal_split(law, *c).ok()?.0.get())));
    let optima: Vec<(f64, f64)> = optima.collect();
    if !optima.is_empty() {
        panel = panel.with(Series::points("optimum of a budget", optima).colour(1).stars());
    }
    let figure = Figure::new("Loss over compute and size")
        .subtitle("Contours of equal loss, nats per token; a budget is an upright line")
        .panel(panel);
    Ok(figure)
}

fn steps(from: f64, to: f64) -> Vec<f64> {
    (0..STEPS).map(|k| from + (to - from) * k as f64 / (STEPS - 1) as f64).collect()
}

/// Round losses, about evenly spaced in ln(L − E) along the frontier, so that contours are not crowded at the good end.
fn levels(best: &[f64], floor: f64) -> Vec<f64> {
    let Some((least, most)) = span(best.iter().map(|loss| loss - floor)) else { return Vec::new() };
    // Contours of a higher loss than the frontier's pass beside it.
    let (from, to) = (least.ln(), most.ln() + 0.35 * (most / least).ln());
    let mut levels: Vec<f64> = Vec::new();
    for k in 0..LEVELS {
        let exact = floor + (from + (to - from) * (k as f64 + 0.6) / LEVELS as f64).exp();
        let gap = (exact - floor) * (to - from) / LEVELS as f64;
        let decimals = (-(gap.log10() - 0.3).floor()).clamp(0.0, 6.0) as usize;
        if let Ok(level) = format!("{exact:.decimals$}").parse::<f64>()
            && levels.last() != Some(&level)
            && level > floor
        {
            levels.push(level);
        }
    }
    levels
}
