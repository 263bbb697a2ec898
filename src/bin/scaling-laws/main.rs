//! The command `scaling-laws`: arguments in, one table or one JSON document out.
//!
//! Exit codes: 0 good, 1 the question has no answer, or no figure (the message says why), 2 wrong usage.

mod all_laws;
mod allocate;
mod answer;
mod approaches;
mod comfort;
mod compare;
mod curve;
mod demo;
mod device;
mod diagnose;
mod figure;
mod fit;
mod fitting;
mod formats;
mod given;
mod hardware;
mod help;
mod intervals;
mod law;
mod laws;
mod loss;
mod method;
mod near;
mod predict;
mod progress;
mod recalibrate;
mod report;
mod rollout;
mod runs;
mod shape;
mod source;
mod training;
mod trend;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use answer::{Answer, Failure};

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
  scaling-laws runs logs/ --policy smoothed --csv > runs.csv
  scaling-laws loss --all --params 1B --tokens 20B
  scaling-laws diagnose runs.csv --flops 1e22
  scaling-laws compare runs.csv
  scaling-laws predict runs.csv --params 7B --tokens 2T
  scaling-laws laws kaplan2020.L_ND
  scaling-laws curve --steps 24000 --warmup 2160 --peak 3e-4 --end 3e-5 --schedule cosine,wsd
  scaling-laws shape --config config.json --tokens 15T
  scaling-laws hardware 512xH100 --days 30 --mfu 0.4
  scaling-laws demo -o sweep.csv
  scaling-laws report sweep.csv --where status=finished --flops 1e23 -o report.html

Exit codes: 0 good, 1 the question has no answer or no figure, 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Command {
    /// The loss that a law expects of N parameters trained on D tokens
    Loss(loss::Arguments),
    /// Split a FLOP budget into parameters and tokens, or find the budget for a loss
    Allocate(Box<allocate::Arguments>),
    /// Fit a law to a table of your own runs
    Fit(Box<fit::Arguments>),
    /// Write one HTML page on your runs: data, fit, warnings, figures, budgets
    Report(report::Arguments),
    /// Turn a folder of training logs into a table of runs
    Runs(Box<runs::Arguments>),
    /// A loss curve under a learning-rate schedule; schedules compared, and a better one
    Curve(curve::Arguments),
    /// What a fit of your own runs rests on: outliers, influence, lack of fit, other laws
    Diagnose(diagnose::Arguments),
    /// Fit the smaller runs, predict the larger ones: how far a fit can be trusted
    Rollout(rollout::Arguments),
    /// Rank laws, losses, weights and counts of N by what they predict of larger runs
    Compare(compare::Arguments),
    /// Losses and splits from your own runs, with intervals
    Predict(predict::Arguments),
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
    /// Write a simulated sweep, whose truth is known, to try everything on
    Demo(demo::Arguments),
    /// Print a completion script for a shell
    Completions(comfort::Completions),
    /// Print or write man pages
    Man(comfort::Manual),
}

fn command() -> clap::Command {
    help::flowing(Cli::command())
}

fn main() -> ExitCode {
    let cli = match Cli::from_arg_matches(&command().get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let answer = match cli.command {
        Command::Loss(arguments) => loss::run(&arguments),
        Command::Allocate(arguments) => allocate::run(&arguments),
        Command::Fit(arguments) => fit::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Curve(arguments) => curve::run(&arguments),
        Command::Diagnose(arguments) => diagnose::run(&arguments),
        Command::Rollout(arguments) => rollout::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Laws(arguments) => laws::run(&arguments),
        Command::Shape(arguments) => shape::run(&arguments),
        Command::Hardware(arguments) => hardware::run(&arguments),
        Command::Formats(arguments) => formats::run(&arguments),
        Command::Trend(arguments) => trend::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Completions(arguments) => Ok(comfort::completions(words::with_words(command()), &arguments)),
        Command::Man(arguments) => comfort::manual(command(), &arguments),
    };
    match answer.and_then(Answer::print) {
        Ok(()) => figure::undrawn().map_or(ExitCode::SUCCESS, Failure::report),
        Err(failure) => failure.report(),
    }
}
