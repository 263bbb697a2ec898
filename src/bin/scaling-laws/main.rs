//! The command `scaling-laws`: arguments in, one table or one JSON document out.
//!
//! Exit codes: 0 good, 1 the question has no answer (the message says why), 2 wrong usage.

mod all_laws;
mod allocate;
mod answer;
mod approaches;
mod compare;
mod curve;
mod diagnose;
mod fit;
mod fitting;
mod formats;
mod hardware;
mod law;
mod laws;
mod limits;
mod loss;
mod method;
mod near;
mod rollout;
mod runs;
mod shape;
mod source;
mod training;
mod trend;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use answer::Answer;

/// Neural scaling laws: expected loss, compute-optimal allocation, fits of your own runs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  scaling-laws loss --params 70B --tokens 1.4T
  scaling-laws allocate --flops 5.76e23
  scaling-laws allocate --law chinchilla --loss 2.0
  scaling-laws fit runs.csv --flops 1e21
  scaling-laws diagnose runs.csv --flops 1e22
  scaling-laws compare runs.csv
  scaling-laws runs logs/ --policy smoothed --csv > runs.csv
  scaling-laws loss --all --params 1B --tokens 20B
  scaling-laws laws kaplan2020.L_ND
  scaling-laws curve --steps 24000 --warmup 2160 --peak 3e-4 --end 3e-5 --schedule cosine,wsd
  scaling-laws shape --config config.json --tokens 15T
  scaling-laws hardware 512xH100 --days 30 --mfu 0.4

Exit codes: 0 good, 1 the question has no answer, 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Command {
    /// The loss that a law expects of N parameters trained on D tokens
    Loss(loss::Arguments),
    /// Split a FLOP budget into parameters and tokens, or find the budget for a loss
    Allocate(allocate::Arguments),
    /// Fit a law to a table of your own runs
    Fit(Box<fit::Arguments>),
    /// What a fit of your own runs rests on: outliers, influence, lack of fit, other laws
    Diagnose(diagnose::Arguments),
    /// Fit the smaller runs, predict the larger ones: how far a fit can be trusted
    Rollout(rollout::Arguments),
    /// Rank laws, losses, weights and counts of N by what they predict of larger runs
    Compare(compare::Arguments),
    /// Turn a folder of training logs into a table of runs
    Runs(Box<runs::Arguments>),
    /// A loss curve under a learning-rate schedule; schedules compared, and a better one
    Curve(curve::Arguments),
    /// List and search the published laws, or show one with its provenance
    Laws(laws::Arguments),
    /// Parameters, FLOPs and memory of a transformer shape
    Shape(Box<shape::Arguments>),
    /// Accelerators; days, dollars and energy into FLOPs and back
    Hardware(hardware::Arguments),
    /// Number formats: range and precision
    Formats(formats::Arguments),
    /// Trends of compute, prices and algorithms; a budget to a date and back
    Trend(trend::Arguments),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let answer = match cli.command {
        Command::Loss(arguments) => loss::run(&arguments),
        Command::Allocate(arguments) => allocate::run(&arguments),
        Command::Fit(arguments) => fit::run(&arguments),
        Command::Diagnose(arguments) => diagnose::run(&arguments),
        Command::Rollout(arguments) => rollout::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Curve(arguments) => curve::run(&arguments),
        Command::Laws(arguments) => laws::run(&arguments),
        Command::Shape(arguments) => shape::run(&arguments),
        Command::Hardware(arguments) => hardware::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
        Command::Trend(arguments) => trend::run(&arguments),
    };
    match answer.and_then(Answer::print) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
