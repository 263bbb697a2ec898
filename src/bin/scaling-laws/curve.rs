//! Loss curves under learning-rate schedules.

mod fit;
mod flags;

use std::fmt::Write;

use clap::{Args, ValueEnum};
use scaling_laws::laws::{CurveLaw, Decay, Schedule, best_schedule};
use scaling_laws::published::{self, Entry};
use scaling_laws::{Nats, Warning, figures};
use serde_json::json;

use crate::answer::{self, Answer, Failure, to_json};
use crate::figure::FigureFile;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: law, schedules [schedule, warmup, steps, peak, curve [step, learning_rate, loss], final_loss], best
[schedule, decay_from, final_loss], warnings, and with --fit also fit (coefficients and certificate). Steps count from zero.

Examples:
  scaling-laws curve --steps 24000 --peak 3e-4 --end 3e-5
  scaling-laws curve --steps 24000 --warmup 2160 --schedule cosine,wsd,linear,constant
  scaling-laws curve --steps 24000 --warmup 2160 --schedule wsd --decay one-minus-sqrt --decay-from 20000 --best
  scaling-laws curve --steps 16000 --schedule stepwise --stage 8000:3e-5 --csv
  scaling-laws curve --steps 24000 --warmup 2160 --schedule cosine,linear --figure losses.svg
  scaling-laws curve --rates rates.txt --warmup 2160      one learning rate a line
  scaling-laws curve --fit curves.csv --warmup 2160       a law of your own curves: run, step, loss, lr
  scaling-laws curve --fit curves.csv --form annealing --warmup 2160 --steps 24000 --schedule cosine,wsd --best")]
pub struct Arguments {
    /// Published law of loss curves by id or alias: mpl2025.25m, .100m, .400m, tissue2024.25m, .100m, .400m
    #[arg(long, value_name = "ID", default_value = "mpl2025.400m")]
    law: String,
    #[command(flatten)]
    fit: fit::CurveFit,
    /// Schedules to predict and compare, separated by commas [default: cosine]
    #[arg(long, value_enum, value_delimiter = ',', requires = "steps")]
    schedule: Vec<Kind>,
    /// Learning rates from a file, one a line; a schedule beside or instead of those named
    #[arg(long, value_name = "FILE")]
    rates: Option<String>,
    /// Steps of the run, warm-up included
    #[arg(long, value_name = "S", required_unless_present_any = ["rates", "fit"], value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    steps: Option<u32>,
    /// Steps of linear warm-up [default: as in the runs of a published law (2160); of --rates the rise at its beginning; none
    /// with --fit]
    #[arg(long, value_name = "S")]
    warmup: Option<u32>,
    /// Peak learning rate; of stepwise the rate before the first --stage [default: 3e-4]
    #[arg(long, value_name = "LR")]
    peak: Option<f64>,
    /// Last learning rate; a tenth of the peak if not given
    #[arg(long, value_name = "LR")]
    end: Option<f64>,
    /// Step at which the decay of wsd begins; five sixths of the run if not given
    #[arg(long, value_name = "S")]
    decay_from: Option<u32>,
    /// Shape of the decay of wsd [default: exponential]
    #[arg(long, value_enum)]
    decay: Option<Shape>,
    /// A stage of stepwise, as in 8000:3e-5: the rate from that step on; may be repeated
    #[arg(long, value_name = "STEP:LR", value_parser = stage)]
    stage: Vec<(usize, f64)>,
    /// Find the step at which the decay of wsd should begin
    #[arg(long, requires = "steps", conflicts_with = "csv")]
    best: bool,
    /// A row every so many steps; twenty rows if not given
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the curves as CSV: schedule, step, learning_rate, loss
    #[arg(long)]
    csv: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Cosine,
    Wsd,
    Linear,
    Constant,
    Stepwise,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shape {
    Exponential,
    Linear,
    Cosine,
    OneMinusSqrt,
}

fn stage(text: &str) -> Result<(usize, f64), String> {
    let parts = text.split_once(':').map(|(step, rate)| (step.trim().parse(), rate.trim().parse()));
    match parts {
        Some((Ok(step), Ok(rate))) => Ok((step, rate)),
        _ => Err("expected STEP:RATE such as 8000:3e-5".into()),
    }
}

struct Predicted {
    name: String,
    schedule: Schedule,
    steps: Vec<usize>,
    losses: Vec<Nats>,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    arguments.refuse_unused()?;
    let fitted = arguments.fit.run(arguments.warmup.unwrap_or(0) as usize)?;
    let entry = published::find(&arguments.law).map_err(Failure::usage)?;
    let mut thinned = None;
    let (name, law, own) = match fitted {
        Some(fitted) => {
            thinned = fitted.thinned;
            (fitted.name, fitted.law, Some(fitted.fit))
        }
        None => {
            let message = || {
                let hint = "scaling-laws laws --family multi-power and --family annealing list those that do";
                format!("{} gives no loss curve; {hint}", entry.id)
            };
            (entry.id.to_owned(), entry.curve_law().ok_or_else(|| Failure::Usage(message()))?, None)
        }
    };
    let warmup = arguments.warmup(own.is_none().then_some(entry))?;
    let curves: Result<Vec<Predicted>, Failure> = arguments
        .schedules(warmup)?
        .into_iter()
        .map(|(name, schedule)| arguments.predict(law.as_ref(), name, schedule))
        .collect();
    let curves = curves?;
    let best = if arguments.best { Some(arguments.best(law.as_ref(), warmup)?) } else { None };
    let mut warnings = own.as_ref().map_or_else(|| warnings(entry, &curves), |fit| fit.warnings().to_vec());
    warnings.extend(thinned);
    arguments.figure.draw(|| {
        let named: Vec<_> = curves.iter().map(|curve| (curve.name.as_str(), curve.schedule.clone())).collect();
        Ok(figures::schedules(law.as_ref(), &named)?)
    })?;
    if arguments.csv {
        return Ok(Answer::text(csv(&curves)));
    }
    if arguments.json {
        let schedules: Vec<_> = curves.iter().map(Predicted::json).collect();
        let best = best.map(|(from, loss)| json!({"schedule": "wsd", "decay_from": from, "final_loss": loss}));
        let warnings = to_json(&warnings);
        let mut value = json!({"law": name, "schedules": schedules, "best": best, "warnings": warnings});
        if let Some(fit) = &own {
            value["fit"] = to_json(fit);
        }
        return Ok(Answer::json(&value));
    }
    let mut text = own.as_ref().map_or_else(String::new, |fit| format!("{fit:#}\n"));
    if !curves.is_empty() {
        let _ = write!(text, "{name}: loss in nats per token\n\n{}", table(&curves));
    }
    if curves.len() > 1 {
        let mut order: Vec<(&str, f64)> = curves.iter().map(|c| (c.name.as_str(), c.final_loss())).collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        text.push_str("\nLast loss, best first\n");
        let least = order.first().map_or(0.0, |(_, loss)| *loss);
        for (name, loss) in order {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name:<14} {loss:.4}  {:+.4}", loss - least);
        }
    }
    if let Some((from, loss)) = best {
        let _ = writeln!(text, "\nBest of wsd: decay from step {from}, last loss {loss}");
    }
    Ok(Answer::text(text + &answer::warnings(&name, &warnings)))
}

impl Arguments {
    fn peak(&self) -> f64 {
        self.peak.unwrap_or(3e-4)
    }

    fn end(&self) -> f64 {
        self.end.unwrap_or(self.peak() / 10.0)
    }

    fn kinds(&self) -> &[Kind] {
        match (self.steps, self.schedule.as_slice()) {
            (None, _) => &[],
            (Some(_), []) => &[Kind::Cosine],
            (Some(_), kinds) => kinds,
        }
    }

    /// Steps of warm-up of a schedule that is named: those of the runs of a published law where none are given.
    fn warmup(&self, published: Option<&Entry>) -> Result<usize, Failure> {
        if let Some(steps) = self.warmup {
            return Ok(steps as usize);
        }
        let Some((entry, warmup)) = published.and_then(|entry| Some((entry, entry.published_warmup()?))) else {
            return Ok(0);
        };
        match self.steps {
            Some(steps) if steps as usize <= warmup => Err(Failure::Usage(format!(
                "the runs of {} had {warmup} steps of warm-up, which leave none of {steps}: give --warmup",
                entry.id
            ))),
            _ => Ok(warmup),
        }
    }

    fn wsd(&self, steps: usize, warmup: usize, from: usize) -> Result<Schedule, scaling_laws::LawError> {
        let decay = match self.decay {
            None | Some(Shape::Exponential) => Decay::Exponential,
            Some(Shape::Linear) => Decay::Linear,
            Some(Shape::Cosine) => Decay::Cosine,
            Some(Shape::OneMinusSqrt) => Decay::OneMinusSqrt,
        };
        Schedule::warmup_stable_decay(self.peak(), self.end(), warmup, from, steps, decay)
    }

    /// The stages, from the peak where the first of them is not from step zero.
    fn stages(&self) -> Vec<(usize, f64)> {
        let first = self.stage.first().filter(|(from, _)| *from > 0).map(|_| (0, self.peak()));
        first.into_iter().chain(self.stage.iter().copied()).collect()
    }

    fn schedules(&self, warmup: usize) -> Result<Vec<(String, Schedule)>, Failure> {
        let mut all = Vec::new();
        let steps = self.steps.unwrap_or(0) as usize;
        for kind in self.kinds() {
            let (name, schedule) = match kind {
                Kind::Cosine => ("cosine", Schedule::cosine(self.peak(), self.end(), warmup, steps)),
                Kind::Linear => ("linear", Schedule::linear(self.peak(), self.end(), warmup, steps)),
                Kind::Constant => ("constant", Schedule::constant(self.peak(), warmup, steps)),
                Kind::Wsd => {
                    let from = self.decay_from.map_or(warmup.max(steps * 5 / 6), |from| from as usize);
                    ("wsd", self.wsd(steps, warmup, from))
                }
                Kind::Stepwise if self.stage.is_empty() => {
                    return Err(Failure::Usage("stepwise needs --stage STEP:LR, as in --stage 8000:3e-5".into()));
                }
                Kind::Stepwise => ("stepwise", Schedule::stepwise(&self.stages(), warmup, steps)),
            };
            all.push((name.to_string(), schedule.map_err(Failure::usage)?));
        }
        if let Some(path) = &self.rates {
            let schedule = read(path)?;
            let rise = schedule.rates().windows(2).take_while(|pair| pair.first() < pair.last()).count();
            let warmup = self.warmup.map_or(if rise > 0 { rise + 1 } else { 0 }, |steps| steps as usize);
            all.push((path.clone(), schedule.with_warmup_of(warmup)));
        }
        Ok(all)
    }

    fn predict(&self, law: &dyn CurveLaw, name: String, schedule: Schedule) -> Result<Predicted, Failure> {
        let last = schedule.len().saturating_sub(1);
        let every = self.every.map_or((schedule.len() / 20).max(1), |every| every as usize);
        // Before the first learning rate above zero nothing has been learnt and the law says nothing.
        let first = schedule.rates().iter().position(|rate| *rate > 0.0).unwrap_or(0);
        let mut steps: Vec<usize> = (every..last).step_by(every).filter(|step| *step >= first).collect();
        steps.push(last);
        let losses = law.losses(&schedule, &steps)?;
        Ok(Predicted { name, schedule, steps, losses })
    }

    fn best(&self, law: &dyn CurveLaw, warmup: usize) -> Result<(usize, Nats), Failure> {
        let steps = self.steps.unwrap_or(1) as usize;
        let range = (warmup as f64, steps.saturating_sub(1) as f64);
        let found = best_schedule(law, |from| self.wsd(steps, warmup, from as usize), range).map_err(Failure::usage)?;
        Ok((found.parameter as usize, found.loss))
    }
}

fn read(path: &str) -> Result<Schedule, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::NoAnswer(format!("cannot read {path}: {error}")))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rates: Result<Vec<f64>, Failure> = lines
        .map(|(i, line)| {
            let refuse =
                |_| Failure::NoAnswer(format!("{path}, line {}: expected a learning rate, found {line:?}", i + 1));
            line.trim().parse::<f64>().map_err(refuse)
        })
        .collect();
    Ok(Schedule::custom(rates?)?)
}

fn warnings(entry: &Entry, curves: &[Predicted]) -> Vec<Warning> {
    let mut all = Vec::new();
    for warning in curves.iter().flat_map(|curve| entry.schedule_warnings(&curve.schedule)) {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    all.extend(entry.warnings());
    all
}

impl Predicted {
    fn final_loss(&self) -> f64 {
        self.losses.last().map_or(f64::NAN, |loss| loss.get())
    }

    fn rows(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let rate = |step: usize| self.schedule.rates().get(step).copied().unwrap_or(0.0);
        self.steps.iter().zip(&self.losses).map(move |(&step, loss)| (step, rate(step), loss.get()))
    }

    fn json(&self) -> serde_json::Value {
        let row = |(step, rate, loss)| json!({"step": step, "learning_rate": rate, "loss": loss});
        json!({
            "schedule": self.name,
            "warmup": self.schedule.warmup(),
            "steps": self.schedule.len(),
            "peak": self.schedule.rates().iter().copied().fold(0.0, f64::max),
            "curve": self.rows().map(row).collect::<Vec<_>>(),
            "final_loss": self.final_loss(),
        })
    }
}

fn csv(curves: &[Predicted]) -> String {
    let mut text = String::from("schedule,step,learning_rate,loss\n");
    for curve in curves {
        // A path may hold what CSV reserves.
        let plain = !curve.name.contains([',', '"', '\n', '\r']);
        let name = if plain { curve.name.clone() } else { format!("\"{}\"", curve.name.replace('"', "\"\"")) };
        for (step, rate, loss) in curve.rows() {
            let _ = writeln!(text, "{name},{step},{rate:e},{loss}");
        }
    }
    text
}

fn table(curves: &[Predicted]) -> String {
    let mut text = String::new();
    for curve in curves {
        let _ =
            writeln!(text, "{} ({} steps, {} of warm-up)", curve.name, curve.schedule.len(), curve.schedule.warmup());
        let _ = writeln!(text, "  {:>8} {:>12} {:>8}", "step", "rate", "loss");
        for (step, rate, loss) in curve.rows() {
            let _ = writeln!(text, "  {step:>8} {rate:>12.3e} {loss:>8.4}");
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
