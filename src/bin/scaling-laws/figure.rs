//! `--figure FILE`: the picture that goes with an answer.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scaling_laws::figures::{self, Figure, Series};
use scaling_laws::{
    Approach2, Constraints, Fit, Flops, LossModel, Params, Runs, Tokens, allocate_frontier, tokens_for_budget,
};

use crate::answer::Failure;

/// For commands with one picture.
#[derive(Debug, Args)]
pub struct FigureFile {
    /// Draw the answer as SVG into this file
    #[arg(long = "figure", value_name = "FILE.svg")]
    path: Option<PathBuf>,
}

/// For `fit`, which has several.
#[derive(Debug, Args)]
pub struct FitFigure {
    #[command(flatten)]
    file: FigureFile,
    /// What to draw
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Draw::Fit, requires = "path")]
    draw: Draw,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Draw {
    /// Data against the fit, residuals against N, D and C
    Fit,
    /// IsoFLOP profiles with the parabolas of Approach 2 and their minima
    Isoflop,
    /// Contours of the fitted loss with the efficient frontier and the runs
    Contours,
    /// N_opt(C) and D_opt(C) of Approaches 2 and 3 under the published lines
    Optima,
}

impl FigureFile {
    /// Draws and writes the figure if one was asked for.
    pub fn draw(&self, figure: impl FnOnce() -> Result<Figure, Failure>) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        check(path)?;
        Ok(figure()?.save(path)?)
    }
}

impl FitFigure {
    pub fn draw(&self, fit: &Fit, runs: &Runs, budget: Option<Flops>) -> Result<(), Failure> {
        self.file.draw(|| {
            Ok(match self.draw {
                Draw::Fit => figures::goodness(fit, runs)?,
                Draw::Isoflop => figures::isoflop(&Approach2::new().law(*fit.law()).fit(runs)?, runs)?,
                Draw::Contours => figures::contours(fit.law(), Some(runs), &budget.into_iter().collect::<Vec<_>>())?,
                Draw::Optima => figures::optima(fit, runs, &budget.into_iter().collect::<Vec<_>>())?,
            })
        })
    }
}

/// A name of another format would promise what is not written.
fn check(path: &Path) -> Result<(), Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some(extension) if !extension.eq_ignore_ascii_case("svg") => Err(Failure::Usage(format!(
            "figures are written as SVG: name the file {}",
            path.with_extension("svg").display()
        ))),
        _ => Ok(()),
    }
}

/// The cost of other sizes than the optimum of a budget, with the size of the user's choice.
pub fn allocation(law: &dyn LossModel, budget: Flops, chosen: Option<Params>) -> Result<Figure, Failure> {
    let mut figure = figures::over_training(law, &[budget])?;
    if let Some(params) = chosen {
        let (best, _) = scaling_laws::optimal_split(law, budget)?;
        let loss = scaling_laws::loss_penalty(law, params, budget)?;
        tokens_for_budget(law, params, budget)?;
        let label = format!("{params}");
        let point = Series::points("the size you chose", [(params / best, loss)]).black().stars();
        figure = figure.also(0, point.labelled([label]));
    }
    Ok(figure)
}

/// The allocation with and without the limits, three decades about the budget.
pub fn under_limits(law: &dyn LossModel, limits: &Constraints, budget: Option<Flops>) -> Result<Figure, Failure> {
    let budget =
        budget.ok_or_else(|| Failure::Usage("--figure under limits goes along budgets; give --flops".into()))?;
    let at = |k: i32| flops(budget.get() * 10f64.powf(f64::from(k) / 6.0));
    let all: Vec<Flops> = (-12..=12).map(at).collect::<Result<_, _>>()?;
    let free: Vec<_> =
        all.iter().filter_map(|c| allocate_frontier(law, &Constraints::new(), &[*c]).ok()).flatten().collect();
    // Limits that conflict at some of the budgets have no answer there.
    let limited: Vec<_> = all.iter().filter_map(|c| allocate_frontier(law, limits, &[*c]).ok()).flatten().collect();
    let note = format!("The budget asked for is {budget}; a line ends where its limits have no answer.");
    Ok(figures::frontier(&[("without limits", &free), ("under your limits", &limited)])?.note(note))
}

/// The loss asked for among the law's contours.
pub fn loss(law: &dyn LossModel, params: Params, tokens: Tokens) -> Result<Figure, Failure> {
    let compute = law.conventions().compute.flops(params, tokens).map_err(scaling_laws::Error::from)?;
    let label = format!("{params} on {tokens}: {}", law.loss(params, tokens)?);
    let figure = figures::contours(law, None, &[compute])?;
    let point = Series::points("the loss asked for", [(compute.get(), params.get())]).black().labelled([label]);
    Ok(figure.also(0, point))
}

fn flops(value: f64) -> Result<Flops, Failure> {
    Ok(Flops::new(value).map_err(scaling_laws::Error::from)?)
}
