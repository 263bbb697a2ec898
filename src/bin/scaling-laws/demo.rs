//! A simulated sweep to try everything on: its truth is known, and it says that it is simulated.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::path::PathBuf;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use clap::Args;
use scaling_laws::{Chinchilla, Error, LossModel, Params, Tokens, optimal_split};

use crate::answer::{Answer, Failure};

#[derive(Debug, Args)]
#[command(after_help = "\
The sweep is simulated: IsoFLOP profiles at seven budgets from 1e18 to 1e21 FLOP with seven sizes each, losses of a law with
made-up coefficients and a noise of 0.3 %, and one run that diverged. Nothing was trained. The same seed gives the same file.

Examples:
  scaling-laws demo -o sweep.csv
  scaling-laws fit sweep.csv --where status=finished --flops 1e23
  scaling-laws fit sweep.csv --where status=finished --figure isoflop.svg --draw isoflop
  scaling-laws report sweep.csv --where status=finished --flops 1e23 -o report.html")]
pub struct Arguments {
    /// Write the table to this file instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Seed of the noise
    #[arg(long, value_name = "SEED", default_value_t = 7)]
    seed: u64,
}

/// E, A, B, alpha and beta of the simulation, which are nobody's.
const TRUTH: [f64; 5] = [1.75, 400.0, 1700.0, 0.34, 0.36];
/// Standard deviation of the noise of ln L.
const NOISE: f64 = 0.003;
/// Sizes over the optimum of a budget, with a little of a stagger from budget to budget.
const FACTORS: [f64; 7] = [0.2, 0.35, 0.6, 1.0, 1.7, 2.9, 5.0];

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let table = table(arguments.seed)?;
    let Some(path) = &arguments.output else { return Ok(Answer::text(table)) };
    std::fs::write(path, table)
        .map_err(|error| Failure::NoAnswer(format!("cannot write {}: {error}", path.display())))?;
    let [e, a, b, alpha, beta] = TRUTH;
    let name = path.display();
    Ok(Answer::text(format!(
        "A simulated sweep is in {name}: 50 made-up runs, nothing was trained.\n\n\
         The truth behind it\n  L(N, D) = E + A/N^alpha + B/D^beta, noise of 0.3 % of the loss\n  \
         E {e}, A {a}, B {b}, alpha {alpha}, beta {beta}; a = beta/(alpha+beta) = {:.4}\n\n\
         Next\n  scaling-laws fit {name} --where status=finished --flops 1e23\n  \
         scaling-laws report {name} --where status=finished --flops 1e23 -o report.html",
        beta / (alpha + beta)
    )))
}

/// The runs as CSV.
fn table(seed: u64) -> Result<String, Error> {
    let [e, a, b, alpha, beta] = TRUTH;
    let law = Chinchilla::new(e, a, b, alpha, beta)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut table = String::from("run_id,source,params,tokens,flops,loss,status\n");
    let mut row = |name: &str, n: f64, d: f64, loss: f64, status: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{name},simulated,{n:.0},{d:.0},{:.6e},{loss:.5},{status}", 6.0 * n * d);
    };
    for (index, budget) in ["1e18", "3e18", "1e19", "3e19", "1e20", "3e20", "1e21"].into_iter().enumerate() {
        let compute = format!("{budget} FLOP").parse()?;
        let (best, _) = optimal_split(&law, compute)?;
        for (size, factor) in FACTORS.into_iter().enumerate() {
            // Whole numbers, as a log has them; tokens in steps of 2^16.
            let n = (best.get() * factor * 1.08f64.powi(index as i32 % 3 - 1)).round();
            let d = (compute.get() / (6.0 * n) / 65536.0).round().max(1.0) * 65536.0;
            let loss = law.loss(Params::new(n)?, Tokens::new(d)?)?.get() * (NOISE * normal(&mut random)).exp();
            row(&format!("sim_{budget}_{}", size + 1), n, d, loss, "finished");
        }
    }
    row("sim_diverged", 400e6, 4e9, 7.4, "diverged");
    Ok(table)
}

/// A normal deviate by Box and Muller's formula.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let radius = (-2.0 * (1.0 - uniform()).ln()).sqrt();
    radius * (TAU * uniform()).cos()
}
