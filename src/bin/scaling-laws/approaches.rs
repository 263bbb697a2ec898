//! Hoffmann's approaches by number: one of them, or all three side by side.

use clap::ValueEnum;
use scaling_laws::figures::{self, Axis, Estimate, Figure};
use scaling_laws::{
    Agreement, Approach1, Approach2, Approach3, Approaches, Curve, Error, Flops, FrontierError, OptimumEstimate, Runs,
    Warning,
};
use serde_json::Value;

use crate::answer::{self, Answer, Failure, to_json};

/// Which approach, as on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Approach {
    /// The envelope of training curves
    #[value(name = "1")]
    Envelope,
    /// Parabolas at each IsoFLOP budget
    #[value(name = "2")]
    IsoFlop,
    /// The parametric law
    #[value(name = "3")]
    Parametric,
    /// All of them, and whether they agree
    All,
}

/// Runs and, where a column says which rows are one run, their curves.
pub struct Sweep {
    pub runs: Runs,
    pub curves: Option<Vec<Curve>>,
}

impl Sweep {
    /// One row a run, or with the column that names the run one row a point of its curve.
    pub fn new(runs: Runs, column: Option<&str>) -> Result<Self, Failure> {
        let Some(column) = column else { return Ok(Self { runs, curves: None }) };
        let told = |error| Failure::from(Error::from(error));
        Ok(Self { curves: Some(runs.curves(column).map_err(told)?), runs: runs.finals(column).map_err(told)? })
    }
}

fn all(sweep: &Sweep, options: Approach3, budget: Option<Flops>) -> Result<Agreement, Failure> {
    let all = Approaches::new().approach3(options);
    let all = budget.map_or(all.clone(), |budget| all.budget(budget));
    all.run(&sweep.runs, sweep.curves.as_deref()).map_err(|error| Error::from(error).into())
}

/// The exponents of the optimum by every approach that has an answer.
pub fn exponents(sweep: &Sweep, options: Approach3, budget: Option<Flops>) -> Result<Figure, Failure> {
    let mut rows = Vec::new();
    for OptimumEstimate { approach, exponent_a, exponent_b, .. } in &all(sweep, options, budget)?.estimates {
        for (label, exponent) in [("a, of N_{opt}", exponent_a), ("b, of D_{opt}", exponent_b)] {
            let (value, error) = (exponent.value, exponent.standard_error.unwrap_or(0.0));
            rows.push(Estimate::new(label, format!("Approach {approach}"), value, value - error, value + error));
        }
    }
    let figure = figures::intervals("Exponents of the optimum", Axis::linear("exponent of C"), &rows)?;
    Ok(figure.note("Bars: one standard error either way, where it is known."))
}

/// Approach 1, 2 or all; Approach 3 alone is the ordinary fit.
pub fn run(
    approach: Approach,
    sweep: &Sweep,
    options: Approach3,
    budget: Option<Flops>,
    as_json: bool,
) -> Result<Answer, Failure> {
    let told = |error: FrontierError| Failure::from(Error::from(error));
    let show = |value: Value, text: String, warnings: &[Warning]| {
        if as_json { Answer::json(&value) } else { Answer::text(text + &answer::warnings("", warnings)) }
    };
    Ok(match approach {
        Approach::Envelope => {
            let Some(curves) = &sweep.curves else {
                let message = "Approach 1 reads training curves: give a table with a row for each point and the column that \
                               names the run, --run-column NAME";
                return Err(Failure::usage(message));
            };
            let fit = Approach1::new().conventions(sweep.runs.conventions()).fit(curves).map_err(told)?;
            show(to_json(&fit), format!("{fit:#}"), fit.warnings())
        }
        Approach::IsoFlop => {
            let law = options.fit(&sweep.runs).ok();
            let mut parabolas = Approach2::new();
            if let Some(law) = &law {
                parabolas = parabolas.law(*law.law());
            }
            let fit = parabolas.fit(&sweep.runs).map_err(told)?;
            show(to_json(&fit), format!("{fit:#}"), fit.warnings())
        }
        Approach::Parametric | Approach::All => {
            let agreement = all(sweep, options, budget)?;
            show(to_json(&agreement), agreement.to_string(), &[])
        }
    })
}
