//! The question asked of a law fitted to one's own runs and of its bootstrap refits.

use std::path::PathBuf;

use clap::Args;
use scaling_laws::figures::Figure;
use scaling_laws::laws::{Repetition, Slice};
use scaling_laws::{
    AllocationRange, Approach3, Chinchilla, CloudAllocation, CloudRange, Constraints, DataValue, Decision, Error,
    Flops, FrontierRange, LossModel, Params, Resampling, ShapePlan, StoredLaw, Tokens, Warning, allocate_cloud,
    allocate_within, ask_cloud, frontier_cloud, loss_penalty, value_of_data,
};
use serde_json::{Value, json};

use super::knobs::Wear;
use super::plan::digits;
use crate::answer::{Failure, to_json};
use crate::figure;
use crate::law::Law;
use crate::source::Columns;

#[derive(Debug, Args)]
#[command(next_help_heading = "A law of your own runs")]
pub struct Source {
    /// Table of your runs: the law is fitted to them, and every answer comes with its range over bootstrap refits
    #[arg(long, value_name = "RUNS.csv", conflicts_with = "law")]
    runs: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
    /// Bootstrap refits, 20 or more
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
    unique: Option<Tokens>,
    pub warnings: Vec<Warning>,
}

/// Further numbers with their ranges: key, name, range.
pub struct Beside(Vec<(&'static str, &'static str, CloudRange)>);

impl Source {
    /// The fit and its refits, with the law as one that a file holds.
    pub fn fit(&self, wear: Option<Wear>, unique: Option<Tokens>) -> Result<Option<(Law, Cloud)>, Failure> {
        let Some(path) = &self.runs else { return Ok(None) };
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Failure::Usage(format!("--level {} is not between zero and one", self.level)));
        }
        // On either side of a range there must be refits.
        let least = (2.0 / (1.0 - self.level) - 1e-9).ceil().max(20.0);
        if (self.replicates as f64) < least {
            return Err(Failure::Usage(format!(
                "--replicates {} are too few for a range of {} % of them: give {least} or more",
                self.replicates,
                self.level * 100.0
            )));
        }
        let name = path.display().to_string();
        let runs = self.columns.read(path)?;
        let told = |error| Failure::NoAnswer(format!("{name}: {error}"));
        let approach = Approach3::new();
        let fit = approach.fit(&runs).map_err(|error| told(Error::from(error)))?;
        let point = *fit.law();
        let refits = approach
            .refits(&runs, &fit, &Resampling::Pairs, self.replicates, self.seed)
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
        let cloud = Cloud { laws, level: self.level, unique, warnings: fit.warnings().to_vec() };
        Ok(Some((Law::Stored { path: name, law: StoredLaw::Chinchilla(point) }, cloud)))
    }
}

impl Cloud {
    /// The refits without wear.
    pub fn plain(&self) -> &[Chinchilla] {
        match &self.laws {
            Laws::Plain(_, laws) => laws,
            Laws::Worn(..) => &[],
        }
    }

    /// Share of the refits within the ranges.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// One question asked of all refits.
    pub fn ask(&self, limits: &Constraints) -> Result<Spread, Failure> {
        Ok(Spread(match &self.laws {
            Laws::Plain(point, laws) => allocate_cloud(point, laws, limits, self.level)?,
            Laws::Worn(point, laws) => allocate_cloud(point, laws, limits, self.level)?,
        }))
    }

    /// What further was asked with the question: a size beside the optimum, a corpus, money.
    pub fn beside(&self, limits: &Constraints, chosen: Option<(Params, Flops)>) -> Result<Beside, Failure> {
        match &self.laws {
            Laws::Plain(_, laws) => self.beside_in(laws, limits, chosen, None::<fn(&Chinchilla) -> Repetition>),
            Laws::Worn(_, laws) => self.beside_in(laws, limits, chosen, Some(|law: &Slice<Repetition>| *law.law())),
        }
    }

    fn beside_in<L: LossModel>(
        &self,
        laws: &[L],
        limits: &Constraints,
        chosen: Option<(Params, Flops)>,
        repetition: Option<impl Fn(&L) -> Repetition>,
    ) -> Result<Beside, Failure> {
        let mut rows = Vec::new();
        if let Some((params, budget)) = chosen {
            let penalty = ask_cloud(laws, self.level, |law| loss_penalty(law, params, budget))?;
            rows.push(("chosen_penalty", "nats that the size you chose gives away", penalty));
        }
        if let Some(repetition) = repetition
            && let Some(unique) = self.unique
        {
            type Part = fn(&DataValue) -> f64;
            let parts: [(_, _, Part); 4] = [
                ("epochs", "epochs", |value| value.best.epochs().unwrap_or(f64::NAN)),
                ("shortage", "nats that the shortage costs", |value| match value.shortage_cost() {
                    Some(_) => f64::NAN,
                    None => value.shortage(),
                }),
                ("shortage_cost", "times the cost without shortage", |value| value.shortage_cost().unwrap_or(f64::NAN)),
                ("flop_per_token", "FLOP that a new token is worth", |value| value.flop_per_token.unwrap_or(f64::NAN)),
            ];
            for (key, name, part) in parts {
                let ask = |law: &L| value_of_data(&repetition(law), unique, limits).map(|value| part(&value));
                // A loss to reach has no worth of a token and costs more, not nats; a budget the other way round.
                if let Ok(range) = ask_cloud(laws, self.level, ask) {
                    rows.push((key, name, range));
                }
            }
        }
        // Money is a question where it is not the limit itself.
        let dollars = |law: &L| allocate_within(law, limits).map(|best| best.dollars().unwrap_or(f64::NAN));
        if let Ok(cost) = ask_cloud(laws, self.level, dollars)
            && cost.range.high > cost.range.low * (1.0 + 1e-9)
        {
            rows.push(("dollars", "dollars", cost));
        }
        Ok(Beside(rows))
    }

    /// Mean regret and its range of each shape, against the best N and D of each refit.
    pub fn regrets(&self, limits: &Constraints, plans: &[ShapePlan]) -> Result<Vec<CloudRange>, Failure> {
        fn of<L: LossModel>(
            laws: &[L],
            limits: &Constraints,
            plan: &ShapePlan,
            level: f64,
        ) -> Result<CloudRange, Error> {
            ask_cloud(laws, level, |law| -> Result<f64, Error> {
                let best = allocate_within(law, limits)?.loss().get();
                Ok((law.loss(plan.params, plan.tokens)?.get() - best).max(0.0))
            })
        }
        let each = |plan: &ShapePlan| match &self.laws {
            Laws::Plain(_, laws) => of(laws, limits, plan, self.level),
            Laws::Worn(_, laws) => of(laws, limits, plan, self.level),
        };
        Ok(plans.iter().map(each).collect::<Result<_, _>>()?)
    }

    /// N_opt(C) and D_opt(C) with their ranges, under the published lines where these say something.
    pub fn figure(&self, budgets: &[Flops]) -> Result<Figure, Failure> {
        let figure = figure::over(budgets)?;
        let name = |refits: usize| format!("{} % of {refits} refits", self.level * 100.0);
        let figure = match &self.laws {
            Laws::Plain(fit, laws) => figure.law("the fit", fit)?.cloud(&name(laws.len()), laws, self.level)?,
            Laws::Worn(fit, laws) => figure.law("the fit", fit)?.cloud(&name(laws.len()), laws, self.level)?,
        };
        let published = budgets.iter().any(|budget| budget.get() > 1e17);
        Ok(if published { figure.published()? } else { figure }.figure()?)
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
    /// The decision of least expected regret, where the least loss is wanted.
    pub fn least_regret(&self) -> Option<(Params, Tokens)> {
        self.0.least_regret.map(|decision| (decision.params, decision.tokens))
    }

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

impl Beside {
    pub fn write(&self, text: &mut String, json: &mut Value) {
        let number = |value: f64| match value.abs() {
            size if (1e-3..100.0).contains(&size) => format!("{value:.4}"),
            _ => digits(value),
        };
        for (key, name, CloudRange { range, .. }) in &self.0 {
            text.push_str(&format!("  {name}: {} to {}\n", number(range.low), number(range.high)));
            json[*key] = to_json(range);
        }
    }
}

/// A range of sizes.
pub fn sizes(range: AllocationRange) -> String {
    let name = |value: f64| Params::new(value).map_or_else(|_| value.to_string(), |n| n.to_string());
    format!("{} to {}", name(range.low), name(range.high))
}

/// A range of token counts.
pub fn lengths(range: AllocationRange) -> String {
    let name = |value: f64| Tokens::new(value).map_or_else(|_| value.to_string(), |d| d.to_string());
    format!("{} to {}", name(range.low), name(range.high))
}
