mod bits_cloud;
pub mod budgets;
mod caps;
mod choices;
mod chosen;
mod cloud;
mod data;
mod doubts;
mod found;
mod frontier;
mod knobs;
mod limits;
mod numbers;
mod plan;
mod question;
mod refusals;
mod settings;
mod shapes;

use clap::Args;
use scaling_laws::{Nats, Params};

use crate::all_laws;
use crate::answer::{Answer, Failure};
use crate::figure::{self, FigureFile};
use crate::given::Given;
use crate::law;
use crate::training::Training;
use budgets::Budgets;
use choices::Settings;
use cloud::Source;
use limits::Limits;
use plan::Plan;
use shapes::Shapes;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: law, budget_flops, params, tokens, loss, tokens_per_param, exponent_params, exponent_tokens, method,
off_optimum [factor, params, tokens, loss, penalty, compute_factor], chosen {params, tokens, loss, penalty}, warnings.
With a limit: law, params, tokens, loss, tokens_per_param, training_flops, inference_flops, lifetime_flops, dollars,
epochs, binding [limit, value, shadow_price], objective, excess_loss, excess_cost, kkt_residual, warnings. With --params, N is then fixed.
A limit that was said in other units has their name, value and price: days, dollars, kwh, step-seconds, latency-ms,
serving-memory-gb, max-total-params. With --gpu-hour-price dollars are those of training and serving.
With --all: laws [law, counts, allocation, warnings, data] and silent [law, reason].
With --bits, --quantise, --experts, --sparsity or --granularity also settings [setting, params, tokens, total_params, loss, excess],
refused [setting, reason] (excess is in nats, with --loss a share of the cost, with --overtrain of N) and after_training {bits, lost, critical_tokens}: the answer is that of the best setting.
With --shape also shapes [shape, params, tokens, loss, excess] and, with --gpus, memory in bytes on each device; with
--recipe recipe {rules [law, learning_rate, batch_tokens, verified, warnings], learning_rate, batch_tokens}.
With --runs also cloud {level, answered, laws, params, tokens, loss, training [low, median, high], on_point and
least_regret {params, tokens, mean_regret, regret}}, and in it where asked chosen_penalty, epochs, shortage, flop_per_token
and dollars; shapes have a regret {mean, range} and are ranked by it; several budgets have ranges.
With --gpus or --peak also hardware {training, serving}; with --unique-tokens under a law of repeated data also corpus {epochs,
next_token, flop_per_token, shortage, unlimited, ...}. With several budgets: law, budgets, days, hardware [training, serving], answers, warnings; those
above what the devices compute are one.

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
  scaling-laws allocate --peak 4e14 --devices 64 --watts 500 --days 30 --kwh 10000      devices of your own
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
    #[command(flatten)]
    given: Given,
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
    /// What every published law and allocation line says of the budget alone
    #[arg(long, requires = "flops")]
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
    #[arg(long, value_name = "ID|FILE,...", value_delimiter = ',', requires = "path")]
    beside: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if let (true, Some(budgets)) = (arguments.all, &arguments.flops) {
        refusals::of_all(&arguments.given)?;
        let (knobs, json) = (arguments.knobs.texts(), arguments.json);
        arguments.figure.draw(|| figure::published(&budgets.0, &law::read_knobs(knobs)?))?;
        return match budgets.0.as_slice() {
            &[budget] => all_laws::allocations(budget, knobs, json),
            several => all_laws::allocations_along(several, knobs, json),
        };
    }
    refusals::alone(&arguments.given, arguments.limits.serves_on_own())?;
    question::answer(arguments)
}
