//! `--figure FILE`: the picture that goes with an answer.

use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{Args, ValueEnum};
use scaling_laws::figures::{self, Figure, Optima, Series};
use scaling_laws::laws::Knobs;
use scaling_laws::{
    Approach1, Approach2, ConstrainedAllocation, Constraints, FigureError, Fit, Flops, LossModel, Params, Tokens,
    allocate_all, allocate_frontier,
};

use crate::answer::Failure;
use crate::approaches::{Approach, Sweep};
use crate::law::Law;

/// Why a figure that was asked for is not there, while its answer is.
static UNDRAWN: OnceLock<Failure> = OnceLock::new();

/// For commands with one picture.
#[derive(Debug, Args)]
pub struct FigureFile {
    /// Draw the answer into this file, as SVG or PNG by its name
    #[arg(long = "figure", value_name = "FILE", value_parser = file)]
    path: Option<PathBuf>,
}

/// For `fit`, which has several.
#[derive(Debug, Args)]
pub struct FitFigure {
    #[command(flatten)]
    file: FigureFile,
    /// What to draw [default: what the approach is about]
    #[arg(long, value_enum, value_name = "WHAT", requires = "path")]
    draw: Option<Draw>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Draw {
    /// Data against the fit, residuals against N, D and C
    Fit,
    /// IsoFLOP profiles with the parabolas of Approach 2 and their minima
    Isoflop,
    /// Contours of the fitted loss with the efficient frontier and the runs
    Contours,
    /// N_opt(C) and D_opt(C) of Approaches 2 and 3 under the published lines
    Optima,
    /// Training curves with the envelope of Approach 1
    Curves,
    /// Intervals of what is fitted, by --intervals; of --approach all the exponents by each
    Intervals,
    /// Ends of profile intervals by their level
    Profiles,
}

/// The name of a file; `-` would be one of that name, where other commands mean the answer's own stream.
fn file(text: &str) -> Result<PathBuf, String> {
    if text == "-" { Err("a figure goes into a file: name it".into()) } else { Ok(text.into()) }
}

/// Why the figure that was asked for is not there.
pub fn undrawn() -> Option<&'static Failure> {
    UNDRAWN.get()
}

/// What an approach is about.
pub fn usual(approach: Approach) -> Draw {
    match approach {
        Approach::Envelope => Draw::Curves,
        Approach::IsoFlop => Draw::Isoflop,
        Approach::Parametric => Draw::Fit,
        Approach::All => Draw::Optima,
    }
}

impl FigureFile {
    /// Draws and writes the figure if one was asked for. A figure that cannot be had takes no answer with it: the answer is
    /// printed, and [`undrawn`] says then what became of the figure. Wrong usage is a failure at once.
    pub fn draw(&self, figure: impl FnOnce() -> Result<Figure, Failure>) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        let saved = figure().and_then(|figure| {
            figure.save(path).map_err(|error| match error {
                FigureError::Format { .. } => Failure::usage(error),
                other => other.into(),
            })
        });
        match saved {
            Err(Failure::NoAnswer(reason)) => {
                // A command draws one figure; of several the first would be told.
                let _ = UNDRAWN.set(Failure::NoAnswer(format!("no figure: {reason}")));
                Ok(())
            }
            other => other,
        }
    }
}

impl FitFigure {
    /// Whether a figure is to be drawn.
    pub fn is_asked(&self) -> bool {
        self.file.path.is_some()
    }

    /// Draws what was asked for, else the usual; the law is fitted only where it is drawn. `confidence` draws intervals, or
    /// with `true` profiles.
    pub fn draw(
        &self,
        usual: Draw,
        sweep: &Sweep,
        budget: Option<Flops>,
        fit: impl Fn() -> Result<Fit, Failure>,
        confidence: impl Fn(&Fit, bool) -> Result<Figure, Failure>,
    ) -> Result<(), Failure> {
        let runs = &sweep.runs;
        let budgets: Vec<Flops> = budget.into_iter().collect();
        self.file.draw(|| {
            Ok(match self.draw.unwrap_or(usual) {
                Draw::Fit => figures::goodness(&fit()?, runs)?,
                Draw::Isoflop => {
                    let law = fit().ok();
                    let options = law.map_or_else(Approach2::new, |fit| Approach2::new().law(*fit.law()));
                    figures::isoflop(&options.fit(runs)?, runs)?
                }
                Draw::Contours => figures::contours(fit()?.law(), Some(runs), &budgets)?,
                Draw::Optima => figures::optima(&fit()?, runs, &budgets)?,
                Draw::Intervals => confidence(&fit()?, false)?,
                Draw::Profiles => confidence(&fit()?, true)?,
                Draw::Curves => {
                    let message = "training curves need a table with a row for each point, and --run-column NAME";
                    let curves = sweep.curves.as_ref().ok_or_else(|| Failure::Usage(message.into()))?;
                    let envelope = Approach1::new().conventions(runs.conventions()).fit(curves).ok();
                    figures::training_curves(curves, envelope.as_ref())?
                }
            })
        })
    }

    /// For a law of another family: contours, where it is a loss of N and D alone, and its `confidence`, with `true` profiles.
    pub fn draw_law(
        &self,
        family: &str,
        law: Option<&dyn LossModel>,
        sweep: &Sweep,
        budget: Option<Flops>,
        confidence: impl Fn(bool) -> Result<Figure, Failure>,
    ) -> Result<(), Failure> {
        let usual = if law.is_some() { Draw::Contours } else { Draw::Intervals };
        self.file.draw(|| match (law, self.draw.unwrap_or(usual)) {
            (_, Draw::Intervals) => confidence(false),
            (_, Draw::Profiles) => confidence(true),
            (Some(law), Draw::Contours) => {
                Ok(figures::contours(law, Some(&sweep.runs), &budget.into_iter().collect::<Vec<_>>())?)
            }
            (Some(_), _) => Err(Failure::Usage(
                "of another law or loss than Approach 3's --draw takes contours, intervals or profiles".into(),
            )),
            (None, _) => {
                Err(Failure::Usage(format!("{family} is no loss of N and D alone: --draw takes intervals or profiles")))
            }
        })
    }
}

/// The cost of other sizes than the optimum of a budget and the size of the user's choice among them.
pub fn allocation(law: &dyn LossModel, budget: Flops, chosen: Option<Params>) -> Result<Figure, Failure> {
    Ok(match chosen {
        Some(params) => figures::over_training_with(law, budget, params)?,
        None => figures::over_training(law, &[budget])?,
    })
}

/// The allocation with and without the limits, three decades about the budget.
pub fn under_limits(law: &dyn LossModel, limits: &Constraints, budget: Option<Flops>) -> Result<Figure, Failure> {
    let budget =
        budget.ok_or_else(|| Failure::Usage("--figure under limits goes along budgets; give --flops".into()))?;
    let at = |k: i32| flops(budget.get() * 10f64.powf(f64::from(k) / 6.0));
    let all: Vec<Flops> = (-12..=12).map(at).collect::<Result<_, _>>()?;
    Ok(along(law, Some(limits), &all)?.note(format!("The budget asked for is {budget}.")))
}

/// The allocation along budgets, under limits and under the budget alone, if there are limits that make a difference.
pub fn along(law: &dyn LossModel, limits: Option<&Constraints>, budgets: &[Flops]) -> Result<Figure, Failure> {
    // Limits that conflict at some of the budgets have no answer there.
    let line = |limits: &Constraints| -> Vec<ConstrainedAllocation> {
        budgets.iter().filter_map(|c| allocate_frontier(law, limits, &[*c]).ok()).flatten().collect()
    };
    let free = line(&Constraints::new());
    let Some(limits) = limits else { return Ok(figures::frontier(&[("least loss", &free)])?) };
    let bound = line(limits);
    let same = |(a, b): (&ConstrainedAllocation, &ConstrainedAllocation)| {
        (a.params() / b.params() - 1.0).abs() < 1e-3 && (a.tokens() / b.tokens() - 1.0).abs() < 1e-3
    };
    if free.len() == bound.len() && free.iter().zip(&bound).all(same) {
        // A law of repeated data holds the shortage itself, under the budget alone too.
        let note = "Under the budget alone this law, as it is set, gives the same: one line is drawn.";
        return Ok(figures::frontier(&[("under your limits", &bound)])?.note(note));
    }
    let both = figures::frontier(&[("under the budget alone", &free), ("under your limits", &bound)])?;
    Ok(both.note("A line ends where its limits have no answer."))
}

/// What published laws say: of one budget N of every one, of several the best-known lines along them.
pub fn published(budgets: &[Flops], knobs: &Knobs) -> Result<Figure, Failure> {
    if let [budget] = budgets {
        return Ok(figures::splits(&allocate_all(*budget, knobs).map_err(Failure::usage)?.laws)?);
    }
    Ok(over(budgets)?.published()?.figure()?)
}

/// A figure of optima along budgets, without a line yet.
pub fn over(budgets: &[Flops]) -> Result<Optima, Failure> {
    let ends = budgets.iter().copied().min().zip(budgets.iter().copied().max());
    let (least, most) = ends.ok_or_else(|| Failure::usage("give --flops"))?;
    Ok(Optima::over(least, most))
}

/// Laws side by side at a budget.
pub fn beside(law: (&str, &dyn LossModel), names: &[String], budget: Flops) -> Result<Figure, Failure> {
    let others = names.iter().map(|name| Law::find(name)).collect::<Result<Vec<_>, _>>()?;
    let mut laws = vec![law];
    for other in &others {
        let message = || Failure::Usage(format!("--beside {}: it is no loss of N and D alone", other.name()));
        laws.push((other.name(), other.loss_model().ok_or_else(message)?));
    }
    Ok(figures::compare(&laws, budget)?)
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
