//! Fits the Chinchilla form to a log of runs and splits a budget by the result.
//!
//! `cargo run --example refit` reads the sweep that ships with the crate; give the path of a log of your own instead.

use std::error::Error;

use scaling_laws::{Approach3, CsvReader, Flops, allocate};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "docs/data/kernel-bytes.csv".into());
    let runs = CsvReader::new().read_path(&path)?;
    println!("{} runs from {path}\n", runs.len());

    let fit = Approach3::new().fit(&runs)?;
    println!("{fit}");

    // Ten times the largest budget of the log: a modest extrapolation, and the result says that it is one.
    let largest = runs.iter().map(|run| 6.0 * run.params.get() * run.tokens.get()).fold(0.0, f64::max);
    let budget = Flops::new(10.0 * largest)?;
    println!("Ten times the largest budget of the log\n\n{}", allocate(fit.law(), budget)?);
    if let Some(error) = fit.ln_optimal_params_standard_error(budget) {
        println!("N and D are known within a factor of {:.2} (one standard error)", error.exp());
    }
    Ok(())
}
