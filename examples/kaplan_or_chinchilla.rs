//! The same budgets under Kaplan's and Chinchilla's allocations.
//!
//! `cargo run --example kaplan_or_chinchilla` prints the tables that stand in docs/kaplan-and-chinchilla.md.

use std::error::Error;
use std::fmt::Write;

use scaling_laws::published::{self, KAPLAN_2020_TABLE_6 as KAPLAN};
use scaling_laws::{ComputeRule, Flops, Params, Tokens, UnitError, optimal_split};

/// From 1e18 to 1e26 FLOP, with the budgets of GPT-3 (3.14e23) and of Gopher and Chinchilla (5.76e23).
const BUDGETS: [f64; 7] = [1e18, 1e20, 1e22, 3.14e23, 5.76e23, 1e24, 1e26];

const LAWS: [&str; 7] = ["Kaplan", "at B_crit", "Approach 1", "Approach 2", "TeX", "rounded", "Besiroglu"];

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", tables()?);
    Ok(())
}

/// N_opt, D_opt and D/N: a row a budget, a column a law.
pub fn tables() -> Result<String, Box<dyn Error>> {
    let mut sizes = heading("N_opt");
    let mut tokens = heading("D_opt");
    let mut ratios = heading("D/N");
    for budget in BUDGETS {
        let splits = splits(Flops::new(budget)?)?;
        row(&mut sizes, budget, splits.iter().map(|(n, _)| n.to_string()))?;
        row(&mut tokens, budget, splits.iter().map(|(_, d)| d.to_string()))?;
        row(&mut ratios, budget, splits.iter().map(|(n, d)| significant(*d / *n)))?;
    }
    Ok(format!("{sizes}\n{tokens}\n{ratios}"))
}

/// N and D in the order of [`LAWS`], all of them spending the budget on 6ND.
fn splits(budget: Flops) -> Result<[(Params, Tokens); 7], Box<dyn Error>> {
    let on_budget = |n: Params| -> Result<_, UnitError> { Ok((n, ComputeRule::SixNd.tokens(budget, n)?)) };
    Ok([
        on_budget(KAPLAN.at_min_compute(budget)?.params)?,
        on_budget(KAPLAN.at_critical_batch(budget)?.params)?,
        published::HOFFMANN_2022_APPROACH_1.split(budget)?,
        published::HOFFMANN_2022_APPROACH_2.split(budget)?,
        optimal_split(&published::HOFFMANN_2022, budget)?,
        optimal_split(&published::HOFFMANN_2022_ROUNDED, budget)?,
        optimal_split(&published::BESIROGLU_2024, budget)?,
    ])
}

fn heading(quantity: &str) -> String {
    format!("{quantity:<9}{}\n", LAWS.map(|law| format!("{law:>12}")).concat())
}

fn row(table: &mut String, budget: f64, cells: impl Iterator<Item = String>) -> Result<(), std::fmt::Error> {
    writeln!(table, "{budget:<9e}{}", cells.map(|cell| format!("{cell:>12}")).collect::<String>())
}

/// Three significant digits.
fn significant(value: f64) -> String {
    let decimals = (2 - value.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}
