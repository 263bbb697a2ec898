mod bits_cloud;
pub mod budgets;
mod choices;
mod chosen;
mod cloud;
mod data;
mod found;
mod frontier;
mod knobs;
mod limits;
mod numbers;
mod plan;
mod shapes;

use clap::Args;
use scaling_laws::laws::Knobs;
use scaling_laws::{
    AllocateError, Allocation, Cluster, Constraints, Flops, LawError, LossModel, Nats, Params, allocate,
    allocate_published, allocate_within, flops_for_loss,
};
use serde_json::Value;

use crate::all_laws;
use crate::answer::{self, Answer, Failure, to_json};
use crate::figure::{self, FigureFile};
use crate::law::{self, Law};
use budgets::Budgets;
use choices::{Ask, Settings};
use chosen::ChosenSize;
use cloud::{Cloud, Source};
use data::Corpus;
use found::Found;
use frontier::Frontier;
use limits::Limits;
use plan::Plan;
use shapes::{Answered, Built, Shapes, Weighed};

use crate::training::Training;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: law, budget_flops, params, tokens, loss, tokens_per_param, exponent_params, exponent_tokens, method,
off_optimum [factor, params, tokens, loss, penalty, compute_factor], chosen {params, tokens, loss, penalty}, warnings.
With a limit: law, params, tokens, loss, tokens_per_param, training_flops, inference_flops, lifetime_flops, dollars,
epochs, binding [limit, value, shadow_price], excess_loss, excess_cost, kkt_residual, warnings. With --params, N is then fixed.
With --all: laws [law, counts, allocation, warnings, data] and silent [law, reason].
With --bits, --quantise, --experts, --sparsity or --granularity also settings [setting, params, tokens, total_params, loss, excess] and
after_training {bits, lost, critical_tokens}: the answer is that of the best setting.
With --shape also shapes [shape, params, tokens, loss, excess] and, with --gpus, memory in bytes on each device; with
--recipe recipe {rules [law, learning_rate, batch_tokens], learning_rate, batch_tokens}.
With --runs also cloud {level, answered, laws, params, tokens, loss, training [low, median, high], on_point and
least_regret {params, tokens, mean_regret, regret}}, and in it where asked chosen_penalty, epochs, shortage, flop_per_token
and dollars; shapes have a regret {mean, range} and are ranked by it; several budgets have ranges.
With --gpus also hardware {training, serving}; with --unique-tokens under a law of repeated data also corpus {epochs,
next_token, flop_per_token, shortage, unlimited, ...}. With several budgets: law, budgets, days, answers.

Examples:
  scaling-laws allocate --flops 5.76e23
  scaling-laws allocate --flops 1e20..1e24                a table over budgets
  scaling-laws allocate --law kaplan2020.allocator --flops '3640 PF-days'
  scaling-laws allocate --all --flops 1e24               what every published law says
  scaling-laws allocate --all --flops 1e20,1e22,1e24     the same at several budgets, side by side
  scaling-laws allocate --law fit.json --flops 1e21 --json
  scaling-laws allocate --flops 1e24 --params 8B     what an 8B model gets, and what it costs
  scaling-laws allocate --loss 2.0                   the budget whose optimum reaches a loss
  scaling-laws allocate --gpus 512xH100 --days 30 --mfu 0.4
  scaling-laws allocate --flops 1e24 --max-params 8B     the best model that is small enough to serve
  scaling-laws allocate --flops 1e24 --serve-on H100 --serve-format fp8 --latency-ms 10
  scaling-laws allocate --loss 2.0 --inference-tokens 2T cheapest over its life
  scaling-laws allocate --flops 1e24 --params 8B --figure cost.svg      the same as a picture
  scaling-laws allocate --flops 1e24 --beside hoffmann2022,kaplan2020.L_ND --figure laws.svg
  scaling-laws allocate --all --flops 1e24 --figure all.svg             N of every published law
  scaling-laws allocate --flops 1e24 --overtrain 1       the smallest within 1 % of the least loss
  scaling-laws allocate --law muennighoff2023 --flops 1e22 --unique-tokens 25B
  scaling-laws allocate --flops 1e22 --shape --recipe    shapes to train, learning rate and batch
  scaling-laws allocate --runs runs.csv --flops 1e22     a law of your own runs, with its uncertainty
  scaling-laws allocate --law kumar2024 --flops 1e21 --bits 3..16 --quantise 4
  scaling-laws allocate --runs runs.csv --flops 1e21 --bits 3..16 --quantise 4
  scaling-laws allocate --law ludziejewski2025 --flops 1e21 --experts 1,2,4,8,16,32 --max-total-params 4B
  scaling-laws allocate --law krajewski2024 --flops 1e21 --granularity 1,2,4,8,16")]
pub struct Arguments {
    /// Published law or allocation line by id or alias, or a JSON file such as `fit --json` writes
    #[arg(long, value_name = "ID|FILE", default_value = law::DEFAULT)]
    law: String,
    /// Training budget C in FLOP, as in 5.76e23 or '3640 PF-days'; several as in 1e21,1e22, a range as in 1e20..1e24:5
    #[arg(
        long,
        value_name = "C",
        required_unless_present_any = ["loss", "lifetime_flops", "days", "dollars", "kwh"],
        conflicts_with = "loss"
    )]
    flops: Option<Budgets>,
    /// Loss to reach, nats per token, instead of a budget
    #[arg(long, value_name = "L")]
    loss: Option<Nats>,
    /// Size of your choice: its tokens at the same budget and its excess loss
    #[arg(long, value_name = "N")]
    params: Option<Params>,
    /// What every published law and allocation line says of the budget
    #[arg(long, requires = "flops", conflicts_with_all = ["law", "loss", "params"])]
    all: bool,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    plan: Plan,
    #[command(flatten)]
    knobs: knobs::Options,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    shapes: Shapes,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    figure: FigureFile,
    /// Draw these laws into the figure too: their losses by size at the budget
    #[arg(long, value_name = "ID|FILE,...", value_delimiter = ',', requires = "path", conflicts_with = "all")]
    beside: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if let (true, Some(budgets)) = (arguments.all, &arguments.flops) {
        let (knobs, json) = (arguments.knobs.texts(), arguments.json);
        arguments.figure.draw(|| figure::published(&budgets.0, &law::read_knobs(knobs)?))?;
        return match budgets.0.as_slice() {
            &[budget] => all_laws::allocations(budget, knobs, json),
            several => all_laws::allocations_along(several, knobs, json),
        };
    }
    let (law, cloud) = match arguments.source.fit(arguments.knobs.wear(), arguments.limits.unique_tokens)? {
        Some((law, cloud)) => (law, Some(cloud)),
        None => (Law::find(&arguments.law)?, None),
    };
    let ask = arguments.settings.ask(&law)?;
    let chosen = match ask {
        Some(_) => None,
        None => arguments.knobs.choose(&law, arguments.limits.unique_tokens)?,
    };
    let model = chosen.as_ref().map(knobs::Chosen::model);
    let cluster = arguments.plan.cluster(arguments.training.given_format())?;
    let question = Question { arguments, law: &law, cloud, ask, model, cluster };
    question.answer()
}

struct Question<'a> {
    arguments: &'a Arguments,
    law: &'a Law,
    /// Refits of a law of the user's own runs.
    cloud: Option<Cloud>,
    /// Settings of the law among which the best is wanted.
    ask: Option<Ask>,
    model: Option<&'a dyn LossModel>,
    cluster: Option<Cluster>,
}

impl Question<'_> {
    fn answer(&self) -> Result<Answer, Failure> {
        let Arguments { flops, plan, limits, .. } = self.arguments;
        let given = flops.as_ref().map(|budgets| budgets.0.clone()).unwrap_or_default();
        let budgets = plan.budgets(self.cluster.as_ref(), limits.inference_tokens.is_some(), given)?;
        let limits = self.limits()?;
        if budgets.len() > 1 && self.ask.is_some() {
            return Err(Failure::Usage("settings are compared at one budget; give one".into()));
        }
        if budgets.len() > 1 {
            return self.table(&budgets, limits);
        }
        let budget = budgets.first().copied();
        // Without limits a size of the user's choice stands beside the answer and does not limit it.
        let mut asked = self.complete(limits.clone().unwrap_or_default(), budget);
        if let Some(params) = self.arguments.params.filter(|_| limits.is_some() || self.ask.is_some()) {
            asked = self.arguments.limits.fixed(asked, params)?;
        }
        let mut found = match (&self.ask, &limits) {
            (Some(ask), _) => {
                let undrawn = "settings of a law have no figure; leave out --figure";
                self.arguments.figure.draw(|| Err(Failure::usage(undrawn)))?;
                let alone = budget.filter(|_| limits.is_none() && self.arguments.params.is_none());
                self.arguments.settings.answer(ask, &asked, alone)?
            }
            (None, Some(_)) => self.under_limits(asked.clone(), budget)?,
            (None, None) => self.free(budget)?,
        };
        let mut weighed = None;
        if let (Some(cloud), Some(Ask::Bits(law, settings))) = (&self.cloud, &self.ask) {
            let weighs_loss = self.arguments.loss.is_none() && !self.arguments.limits.wants_size();
            let spread = cloud.choose_bits(law, settings, &asked, weighs_loss)?;
            found.add("cloud", spread.text(), spread.json());
        } else if let Some(cloud) = &self.cloud {
            let spread = cloud.ask(&asked)?;
            let (mut text, mut json) = (spread.text(), spread.json());
            let chosen = self.arguments.params.zip(budget).filter(|_| limits.is_none());
            cloud.beside(&asked, chosen)?.write(&mut text, &mut json);
            found.add("cloud", text, json);
            weighed = spread.least_regret().map(|split| (cloud, &asked, split));
        }
        if let Some(cluster) = &self.cluster {
            let account = self.arguments.plan.bill(cluster.clone(), found.training, found.serving)?;
            found.add("hardware", account.text(), account.json());
        }
        if let Some(built) = self.build(&found, weighed)? {
            if self.arguments.shapes.emit_config {
                return Ok(Answer::text(built.config()?));
            }
            found.text.push_str(&built.text());
            for (key, value) in built.json() {
                found.json[key] = value;
            }
        }
        let mut warnings = self.arguments.knobs.domain_warnings(self.law);
        warnings.extend(self.law.warnings());
        warnings.extend(self.ask.as_ref().and_then(|ask| ask.borrowed(self.law)));
        warnings.extend(self.cloud.iter().flat_map(|cloud| cloud.warnings.iter().cloned()));
        warnings.append(&mut found.warnings);
        if self.arguments.json {
            found.json["law"] = self.law.name().into();
            found.json["warnings"] = to_json(&warnings);
            return Ok(Answer::json(&found.json));
        }
        let name = self.law.name();
        Ok(Answer::text(format!("{name}\n{}{}", found.text, answer::warnings(name, &warnings))))
    }

    /// The answers at several budgets; a size of the user's choice is then fixed.
    fn table(&self, budgets: &[Flops], limits: Option<Constraints>) -> Result<Answer, Failure> {
        let limits = match self.arguments.params {
            Some(params) => Some(self.arguments.limits.fixed(limits.unwrap_or_default(), params)?),
            None => limits,
        };
        let (cluster, name) = (self.cluster.as_ref(), self.law.name());
        let frontier = match (self.model, &limits) {
            (Some(model), limits) => Frontier::of_law(model, limits.as_ref(), budgets, cluster)?,
            (None, None) => {
                let splits: Result<Vec<Allocation>, Failure> = budgets.iter().map(|c| self.by_line(*c)).collect();
                Frontier::of_line(splits?, cluster)
            }
            (None, Some(_)) => {
                return Err(self.wrong_kind("an allocation line has no loss; limits need a law of N and D"));
            }
        };
        self.arguments.figure.draw(|| match (&self.cloud, self.model) {
            (Some(cloud), _) if limits.is_none() => cloud.figure(budgets),
            (_, Some(model)) => figure::along(model, limits.as_ref(), budgets),
            (_, None) => {
                let line = match self.law {
                    Law::Published(entry) => entry.line(),
                    Law::Stored { .. } => None,
                };
                let line = line.ok_or_else(|| self.wrong_kind("it has no line of N_opt to draw"))?;
                Ok(figure::over(budgets)?.line(name, &line)?.published()?.figure()?)
            }
        })?;
        let (mut json, mut text) = (frontier.json(name), frontier.text(name));
        if let Some(cloud) = &self.cloud {
            let ranges = cloud.frontier(&limits.unwrap_or_default(), budgets)?;
            json["ranges"] = to_json(&ranges);
            text.push_str(&cloud.frontier_text(&ranges));
        }
        Ok(if self.arguments.json { Answer::json(&json) } else { Answer::text(text) })
    }

    /// Shapes and a recipe for what was found, where they are wanted.
    fn build(&self, found: &Found, weighed: Option<Weighed<'_>>) -> Result<Option<Built>, Failure> {
        let Arguments { shapes, training, .. } = self.arguments;
        let answer = Answered {
            model: self.model,
            params: found.params,
            tokens: found.tokens,
            training: found.training,
            loss: found.loss,
        };
        shapes.build(&answer, training, self.cluster.as_ref(), weighed)
    }

    /// The limits besides a training budget, if there are any.
    fn limits(&self) -> Result<Option<Constraints>, Failure> {
        let knows_repeats = self.model.is_some_and(|model| model.unique_tokens().is_some());
        let Arguments { limits, plan, .. } = self.arguments;
        let mut all = limits.constraints(plan.days, knows_repeats)?;
        if let (Some(asked), Some(cluster)) = (&all, &self.cluster)
            && limits.inference_tokens.is_some()
            && let Some((train, serve)) = plan.prices(cluster)?
        {
            let priced = asked.clone().prices(train, serve);
            all = Some(plan.dollars().map_or(priced.clone(), |dollars| priced.dollars(dollars)));
        }
        // Time or energy beside a loss to reach is a limit on its cost.
        if self.arguments.loss.is_some() && plan.has_budget() {
            all = Some(all.unwrap_or_default());
        }
        Ok(all)
    }

    /// N and D under the budget alone.
    fn free(&self, budget: Option<Flops>) -> Result<Found, Failure> {
        let allocation = match (self.model, budget, self.arguments.loss) {
            (Some(model), Some(flops), _) => allocate(model, flops)?,
            (Some(model), None, Some(loss)) => allocate(model, flops_for_loss(model, loss)?)?,
            (Some(_), None, None) => return Err(Failure::Usage("give --flops or --loss".into())),
            (None, Some(flops), _) => self.by_line(flops)?,
            (None, None, _) => return Err(self.wrong_kind("it gives no loss of N and D; give --flops")),
        };
        self.arguments.figure.draw(|| {
            let reason = "an allocation line has no loss to draw; --figure needs a law of N and D";
            let model = self.model.ok_or_else(|| self.wrong_kind(reason))?;
            if !self.arguments.beside.is_empty() {
                return figure::beside((self.law.name(), model), &self.arguments.beside, allocation.budget());
            }
            figure::allocation(model, allocation.budget(), self.arguments.params)
        })?;
        let (mut text, mut json) = (format!("{allocation:#}"), to_json(&allocation));
        json["chosen"] = Value::Null;
        if let Some(params) = self.arguments.params {
            let model = self
                .model
                .ok_or_else(|| self.wrong_kind("an allocation line has no loss; --params needs a law of N and D"))?;
            let chosen = ChosenSize::new(model, params, allocation.budget())?;
            text.push_str(&chosen.text());
            json["chosen"] = chosen.json();
        }
        Ok(Found {
            text,
            json,
            warnings: allocation.warnings().to_vec(),
            params: allocation.params(),
            tokens: allocation.tokens(),
            loss: allocation.loss(),
            training: allocation.budget(),
            serving: None,
        })
    }

    /// The limits with the budget and the loss that have options of their own.
    fn complete(&self, limits: Constraints, budget: Option<Flops>) -> Constraints {
        let limits = budget.map_or(limits.clone(), |flops| limits.budget(flops));
        self.arguments.loss.map_or(limits.clone(), |loss| limits.target_loss(loss))
    }

    /// The answer under limits of more than a budget.
    fn under_limits(&self, limits: Constraints, budget: Option<Flops>) -> Result<Found, Failure> {
        let model = self
            .model
            .ok_or_else(|| self.wrong_kind("an allocation line has no loss; limits need a law of N and D"))?;
        let mut found = Found::of(&allocate_within(model, &limits)?);
        self.arguments.figure.draw(|| figure::under_limits(model, &limits, budget))?;
        let prices = self.cluster.as_ref().map(|cluster| self.arguments.plan.prices(cluster)).transpose()?.flatten();
        let price = prices.map(|(train, _)| train);
        let repetition = self.arguments.knobs.repetition(self.law)?;
        if let Some(corpus) = Corpus::ask(repetition, self.arguments.limits.unique_tokens, &limits, price)? {
            found.add("corpus", corpus.text(), corpus.json());
        }
        Ok(found)
    }

    /// By an allocation line, or a rule for the FLOP a token.
    fn by_line(&self, budget: Flops) -> Result<Allocation, Failure> {
        let Law::Published(entry) = self.law else {
            return Err(self.wrong_kind("it is no law of N and D alone"));
        };
        match allocate_published(entry, budget, &Knobs::new()) {
            Err(AllocateError::Law(error @ LawError::WrongKind { .. })) => Err(Failure::usage(error)),
            split => Ok(split?.with_doubts(entry.domain.compute_warning(budget))),
        }
    }

    fn wrong_kind(&self, reason: &'static str) -> Failure {
        Failure::usage(LawError::WrongKind { law: self.law.name().into(), reason })
    }
}
