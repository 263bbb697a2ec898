//! The question asked of a law fitted to one's own runs and of its bootstrap refits.

use std::path::PathBuf;

use clap::Args;
use scaling_laws::laws::{Repetition, Slice};
use scaling_laws::{
    AllocationRange, Approach3, Chinchilla, CloudAllocation, Constraints, CsvReader, Decision, Error, Filter, Flops,
    FrontierRange, LossModel, Params, Resampling, StoredLaw, Tokens, Warning, allocate_cloud, frontier_cloud,
};
use serde_json::{Value, json};

use super::knobs::Wear;
use crate::answer::{Failure, to_json};
use crate::law::Law;

#[derive(Debug, Args)]
#[command(next_help_heading = "A law of your own runs")]
pub struct Source {
    /// Table of your runs: the law is fitted to them, and every answer comes with its range over bootstrap refits
    #[arg(long, value_name = "RUNS.csv", conflicts_with_all = ["law", "knob", "bits", "quantise", "experts", "sparsity"])]
    runs: Option<PathBuf>,
    /// Keep rows where this holds: column=value, or != < <= > >=; repeat for more
    #[arg(long = "where", value_name = "COLUMN=VALUE", requires = "runs")]
    filters: Vec<Filter>,
    /// Bootstrap refits
    #[arg(long, value_name = "K", requires = "runs", default_value_t = 1000)]
    replicates: usize,
    /// Seed of the bootstrap
    #[arg(long, value_name = "SEED", requires = "runs", default_value_t = 1)]
    seed: u64,
    /// Share of the refits within the ranges
    #[arg(long, value_name = "SHARE", requires = "runs", default_value_t = 0.9)]
    level: f64,
}

/// The law of the runs and its refits, as they are or with repeats that wear.
enum Laws {
    Plain(Chinchilla, Vec<Chinchilla>),
    Worn(Slice<Repetition>, Vec<Slice<Repetition>>),
}

/// The law of the runs and its refits.
pub struct Cloud {
    laws: Laws,
    level: f64,
    pub warnings: Vec<Warning>,
}

impl Source {
    /// The fit and its refits, with the law as one that a file holds.
    pub fn fit(&self, wear: Option<Wear>, unique: Option<Tokens>) -> Result<Option<(Law, Cloud)>, Failure> {
        let Some(path) = &self.runs else { return Ok(None) };
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Failure::Usage(format!("--level {} is not between zero and one", self.level)));
        }
        let name = path.display().to_string();
        let reader = self.filters.iter().cloned().fold(CsvReader::new(), CsvReader::filter);
        let runs = reader.read_path(path)?;
        let told = |error| Failure::NoAnswer(format!("{name}: {error}"));
        let approach = Approach3::new();
        let fit = approach.fit(&runs).map_err(|error| told(Error::from(error)))?;
        let point = *fit.law();
        let refits = approach
            .refits(&runs, &fit, &Resampling::Pairs, self.replicates.max(1), self.seed)
            .map_err(|error| told(Error::from(error)))?;
        let law = |[e, a, b, alpha, beta]: [f64; 5]| -> Result<Chinchilla, Error> {
            Ok(Chinchilla::new(e, a, b, alpha, beta)?.with_conventions(point.conventions()).with_domain(point.domain()))
        };
        let laws: Result<Vec<_>, _> = refits.iter().map(|refit| law(refit.coefficients)).collect();
        let laws = match wear.zip(unique) {
            None => Laws::Plain(point, laws?),
            Some((wear, unique)) => {
                let worn = |law: &Chinchilla| wear.apply(law).map(|law| law.with_unique_tokens(unique));
                Laws::Worn(worn(&point)?, laws?.iter().map(worn).collect::<Result<_, _>>()?)
            }
        };
        let cloud = Cloud { laws, level: self.level, warnings: fit.warnings().to_vec() };
        Ok(Some((Law::Stored { path: name, law: StoredLaw::Chinchilla(point) }, cloud)))
    }
}

impl Cloud {
    /// One question asked of all refits.
    pub fn ask(&self, limits: &Constraints) -> Result<Spread, Failure> {
        Ok(Spread(match &self.laws {
            Laws::Plain(point, laws) => allocate_cloud(point, laws, limits, self.level)?,
            Laws::Worn(point, laws) => allocate_cloud(point, laws, limits, self.level)?,
        }))
    }

    /// Several budgets.
    pub fn frontier(&self, limits: &Constraints, budgets: &[Flops]) -> Result<Vec<FrontierRange>, Failure> {
        Ok(match &self.laws {
            Laws::Plain(_, laws) => frontier_cloud(laws, limits, budgets, self.level)?,
            Laws::Worn(_, laws) => frontier_cloud(laws, limits, budgets, self.level)?,
        })
    }

    /// The ranges as lines below a table of budgets.
    pub fn frontier_text(&self, line: &[FrontierRange]) -> String {
        let refits = match &self.laws {
            Laws::Plain(_, laws) => laws.len(),
            Laws::Worn(_, laws) => laws.len(),
        };
        let mut text = format!("\nRanges over {refits} refits, {} %\n", self.level * 100.0);
        text.push_str(&format!("  {:>10}  {:>21}  {:>21}  {:>17}\n", "C", "N", "D", "loss"));
        for at in line {
            let loss = format!("{:.4} to {:.4}", at.loss.low, at.loss.high);
            let (budget, params, tokens) = (format!("{:.3e}", at.budget.get()), sizes(at.params), lengths(at.tokens));
            text.push_str(&format!("  {budget:>10}  {params:>21}  {tokens:>21}  {loss:>17}\n"));
        }
        text
    }
}

/// Ranges, the regret of the point estimate, and the decision of least regret.
pub struct Spread(CloudAllocation);

impl Spread {
    pub fn json(&self) -> Value {
        json!(to_json(&self.0))
    }

    pub fn text(&self) -> String {
        let all = &self.0;
        let mut text =
            format!("\nOver {} of {} refits, {} % of them within\n", all.answered, all.laws, all.level * 100.0);
        text.push_str(&format!("  N     {}\n  D     {}\n", sizes(all.params), lengths(all.tokens)));
        text.push_str(&format!("  loss  {:.4} to {:.4}\n", all.loss.low, all.loss.high));
        if all.on_point.is_none() {
            text.push_str(&format!("  C     {:.3e} to {:.3e} FLOP\n", all.training.low, all.training.high));
        }
        let mut decision = |name: &str, decision: &Option<Decision>| {
            if let Some(Decision { params, tokens, mean_regret, regret, .. }) = decision {
                text.push_str(&format!(
                    "  {name:<22} N {params}, D {tokens}: regret {mean_regret:.5} nats, at most {:.5}\n",
                    regret.high
                ));
            }
        };
        decision("acting on the fit", &all.on_point);
        decision("least expected regret", &all.least_regret);
        text
    }
}

/// A range of sizes.
fn sizes(range: AllocationRange) -> String {
    let name = |value: f64| Params::new(value).map_or_else(|_| value.to_string(), |n| n.to_string());
    format!("{} to {}", name(range.low), name(range.high))
}

/// A range of token counts.
fn lengths(range: AllocationRange) -> String {
    let name = |value: f64| Tokens::new(value).map_or_else(|_| value.to_string(), |d| d.to_string());
    format!("{} to {}", name(range.low), name(range.high))
}
