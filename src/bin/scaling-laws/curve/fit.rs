//! A law of loss curves from one's own runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use scaling_laws::laws::{
    AnnealedPoint, Annealing, AnnealingForm, CurveLaw, CurvePoint, MultiPower, MultiPowerForm, Schedule,
};
use scaling_laws::{CsvReader, Error, Fitter, LawFit, Measurements, NumberColumns, Warning};

use crate::answer::Failure;

/// Points of a curve that the Multi-Power Law is fitted to: each costs time in proportion to its step.
const POINTS: usize = 80;

#[derive(Debug, Args)]
#[command(next_help_heading = "A law of your own curves")]
pub struct CurveFit {
    /// Fit a law to curves: CSV with a row a point and columns step, loss and lr (or learning_rate)
    #[arg(long, value_name = "CURVES.csv", conflicts_with = "law")]
    fit: Option<String>,
    /// Which law
    #[arg(long, value_enum, default_value_t = Form::MultiPower, requires = "fit")]
    form: Form,
    /// Column that names the run of a point
    #[arg(long, value_name = "NAME", default_value = "run_id", requires = "fit")]
    run_column: String,
    /// Momentum of the annealing law, 0.99 to 0.999 [default: 0.999]
    #[arg(long, value_name = "LAMBDA", requires = "fit")]
    momentum: Option<f64>,
    /// Fit beta and gamma of the Multi-Power Law too, which few curves tell; held at 1/2 otherwise
    #[arg(long, requires = "fit")]
    free_shape: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Form {
    /// Luo 2025
    MultiPower,
    /// Tissue 2024
    Annealing,
}

pub struct FittedCurves {
    pub name: String,
    pub law: Box<dyn CurveLaw>,
    pub fit: LawFit,
    /// That not every point was used.
    pub thinned: Option<Warning>,
}

/// One run: its schedule as logged, and what it measured.
struct Run {
    schedule: Arc<Schedule>,
    steps: Vec<usize>,
    losses: Vec<f64>,
}

impl CurveFit {
    /// The law of the file, if one is asked for.
    pub fn run(&self, warmup: usize) -> Result<Option<FittedCurves>, Failure> {
        let Some(path) = &self.fit else { return Ok(None) };
        match self.form {
            Form::MultiPower if self.momentum.is_some() => {
                return Err(Failure::usage("--momentum is of the annealing law; add --form annealing"));
            }
            Form::Annealing if self.free_shape => {
                return Err(Failure::usage("--free-shape is of the Multi-Power Law; leave out --form annealing"));
            }
            _ => {}
        }
        let told = |error| Failure::from(Error::from(error));
        let table = CsvReader::new().measurements_path(path).map_err(told)?;
        let runs = self.runs(&table, warmup)?;
        let (law, fit): (Box<dyn CurveLaw>, LawFit) = match self.form {
            Form::MultiPower => self.multi_power(&runs)?,
            Form::Annealing => self.annealing(&runs)?,
        };
        let (all, used) = (runs.iter().map(|run| run.steps.len()).sum::<usize>(), fit.n_observations());
        let thinned = (used < all).then(|| Warning::Ignored {
            what: format!(
                "{used} of the {all} points were fitted, at most {POINTS} a run and evenly spaced: each costs time in proportion to \
                 its step; the standard errors are of these"
            ),
        });
        Ok(Some(FittedCurves { name: path.clone(), law, fit, thinned }))
    }

    fn runs(&self, table: &Measurements, warmup: usize) -> Result<Vec<Run>, Failure> {
        let numbers = |name: &str| table.numbers(name).map_err(|error| Failure::from(Error::from(error)));
        let rates = numbers("lr").or_else(|_| numbers("learning_rate"))?;
        let (steps, losses) = (numbers("step")?, numbers("loss")?);
        let mut points: BTreeMap<&str, Vec<(usize, f64, f64)>> = BTreeMap::new();
        for (row, (step, (rate, loss))) in steps.iter().zip(rates.iter().zip(&losses)).enumerate() {
            if !(*step >= 0.0 && *step <= 1e7 && step.fract() == 0.0) {
                return Err(Failure::NoAnswer(format!("row {}: {step} is no step: a whole number up to 1e7", row + 1)));
            }
            // A table without the column is one run.
            let name = table.text(&self.run_column).and_then(|column| column.get(row)).unwrap_or("");
            points.entry(name).or_default().push((*step as usize, *rate, *loss));
        }
        let run = |(_, mut points): (&str, Vec<(usize, f64, f64)>)| {
            points.sort_by_key(|point| point.0);
            points.dedup_by_key(|point| point.0);
            let logged: Vec<(usize, f64)> = points.iter().map(|&(step, rate, _)| (step, rate)).collect();
            let schedule = Arc::new(Schedule::through(&logged, warmup)?);
            // Before the end of the warm-up no law of curves holds.
            points.retain(|point| point.0 >= warmup.max(1));
            let (steps, losses) = points.iter().map(|&(step, _, loss)| (step, loss)).unzip();
            Ok(Run { schedule, steps, losses })
        };
        points.into_iter().map(run).collect()
    }

    fn multi_power(&self, runs: &[Run]) -> Result<(Box<dyn CurveLaw>, LawFit), Failure> {
        let (mut points, mut losses) = (Vec::new(), Vec::new());
        let (mut worst, mut best) = ((0.0, 0.0f64), (0.0, f64::INFINITY));
        let mut peak = 0.0f64;
        for run in runs {
            let stride = run.steps.len().div_ceil(POINTS).max(1);
            let mut area = 0.0;
            let mut steps = run.steps.iter().zip(&run.losses).step_by(stride).peekable();
            for (step, rate) in run.schedule.rates().iter().enumerate() {
                (area, peak) = (area + rate, peak.max(*rate));
                if let Some((_, loss)) = steps.next_if(|(at, _)| **at == step) {
                    points.push(CurvePoint { schedule: Arc::clone(&run.schedule), step });
                    losses.push(*loss);
                    worst = if *loss > worst.1 { (area, *loss) } else { worst };
                    best = if *loss < best.1 { (area, *loss) } else { best };
                }
            }
        }
        // From a curve of exponent 1/2 through the worst and the best loss, and a tenth of a nat for a decay to nothing.
        let power = |area: f64| area.max(f64::MIN_POSITIVE).powf(-0.5);
        let a = ((worst.1 - best.1) / (power(worst.0) - power(best.0))).abs();
        let a = if a.is_finite() { a } else { 1.0 };
        let floor = (best.1 - a * power(best.0)).max(0.1);
        let from = |start: &[f64]| Fitter::new(&MultiPowerForm).start(start);
        let held = from(&[floor, a, 0.5, 0.1 / peak, 1.0, 0.5, 0.5]).fix("beta", 0.5).fix("gamma", 0.5);
        let mut fit = held.fit(&points, &losses).map_err(Error::from)?;
        if self.free_shape {
            // From the minimum with the shape held: from afar the descent ends where the decay counts nothing.
            fit = from(&fit.values()).fit(&points, &losses).map_err(Error::from)?;
        }
        let values = <[f64; 7]>::try_from(fit.values()).unwrap_or_default();
        Ok((Box::new(MultiPower::new(values)?), fit))
    }

    fn annealing(&self, runs: &[Run]) -> Result<(Box<dyn CurveLaw>, LawFit), Failure> {
        let (mut points, mut losses) = (Vec::new(), Vec::new());
        let momentum = self.momentum.unwrap_or(0.999);
        for run in runs {
            points.extend(AnnealedPoint::of_schedule(&run.schedule, momentum, &run.steps).map_err(Failure::usage)?);
            losses.extend(&run.losses);
        }
        let fit = Fitter::new(&AnnealingForm).fit(&points, &losses).map_err(Error::from)?;
        let law = Annealing::new(<[f64; 4]>::try_from(fit.values()).unwrap_or_default())?;
        Ok((Box::new(law.with_momentum(momentum)?), fit))
    }
}
