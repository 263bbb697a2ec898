use std::fmt::Write;

use clap::Args;
use scaling_laws::{
    Allocation, Constraints, Flops, LawError, LossModel, Nats, Params, allocate, allocate_line, allocate_within,
    flops_for_loss, loss_penalty, tokens_for_budget,
};
use serde_json::{Value, json};

use crate::all_laws;
use crate::answer::{self, Answer, Failure, to_json};
use crate::law::{self, Law};
use crate::limits::Limits;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: law, budget_flops, params, tokens, loss, tokens_per_param, exponent_params, exponent_tokens, method,
off_optimum [factor, params, tokens, loss, penalty, compute_factor], chosen {params, tokens, loss, penalty}, warnings.
With a limit: law, params, tokens, loss, tokens_per_param, training_flops, inference_flops, lifetime_flops, dollars,
epochs, binding [limit, value, shadow_price], excess_loss, excess_cost, kkt_residual, warnings. With --params, N is then fixed.

Examples:
  scaling-laws allocate --flops 5.76e23
  scaling-laws allocate --law kaplan2020.allocator --flops '3640 PF-days'
  scaling-laws allocate --law muennighoff2023 --knob unique_tokens=25B --flops 1e22
  scaling-laws allocate --all --flops 1e24           what every published law says
  scaling-laws allocate --law fit.json --flops 1e21 --json
  scaling-laws allocate --flops 1e24 --params 8B     what an 8B model gets, and what it costs
  scaling-laws allocate --loss 2.0                   the budget whose optimum reaches a loss
  scaling-laws allocate --flops 1e24 --max-params 8B     the best model that is small enough to serve
  scaling-laws allocate --loss 2.0 --inference-tokens 2T cheapest over its life
  scaling-laws allocate --flops 1e24 --overtrain 1       the smallest within 1 % of the least loss")]
pub struct Arguments {
    /// Published law or allocation line by id or alias, or a JSON file such as `fit --json` writes
    #[arg(long, value_name = "ID|FILE", default_value = law::DEFAULT)]
    law: String,
    /// Training budget C in FLOP, as in 5.76e23 or '3640 PF-days'
    #[arg(long, value_name = "C", required_unless_present_any = ["loss", "lifetime_flops"], conflicts_with = "loss")]
    flops: Option<Flops>,
    /// Loss to reach, nats per token, instead of a budget
    #[arg(long, value_name = "L")]
    loss: Option<Nats>,
    /// Size of your choice: its tokens at the same budget and its excess loss
    #[arg(long, value_name = "N")]
    params: Option<Params>,
    /// A further knob of the law, as in unique_tokens=25B; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
    /// What every published law and allocation line says of the budget
    #[arg(long, requires = "flops", conflicts_with_all = ["law", "loss", "params"])]
    all: bool,
    #[command(flatten)]
    limits: Limits,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if let (true, Some(flops)) = (arguments.all, arguments.flops) {
        return all_laws::allocations(flops, &arguments.knob, arguments.json);
    }
    let law = Law::with_knobs(&arguments.law, &arguments.knob)?;
    if let Some(limits) = arguments.limits.constraints() {
        return under_limits(&law, arguments, limits);
    }
    let allocation = split(&law, arguments)?;
    let chosen = arguments.params.map(|params| Chosen::new(&law, params, allocation.budget())).transpose()?;
    let mut warnings = law.warnings();
    warnings.extend(allocation.warnings().iter().cloned());
    if arguments.json {
        let mut value = to_json(&allocation);
        value["law"] = law.name().into();
        value["chosen"] = chosen.map_or(Value::Null, |chosen| chosen.json());
        value["warnings"] = to_json(&warnings);
        return Ok(Answer::json(&value));
    }
    let chosen = chosen.map_or(String::new(), |chosen| chosen.text());
    let warnings = answer::warnings(law.name(), &warnings);
    Ok(Answer::text(format!("{}\n{allocation:#}{chosen}{warnings}", law.name())))
}

/// The answer under limits of more than a budget.
fn under_limits(law: &Law, arguments: &Arguments, mut limits: Constraints) -> Result<Answer, Failure> {
    let model = law.loss_model().ok_or_else(|| {
        let reason = "an allocation line has no loss; limits need a law of N and D";
        Failure::usage(LawError::WrongKind { law: law.name().into(), reason })
    })?;
    if let Some(flops) = arguments.flops {
        limits = limits.budget(flops);
    }
    if let Some(loss) = arguments.loss {
        limits = limits.target_loss(loss);
    }
    if let Some(params) = arguments.params {
        limits = limits.params(params);
    }
    let best = allocate_within(model, &limits)?;
    let mut warnings = law.warnings();
    warnings.extend(best.warnings().iter().cloned());
    if arguments.json {
        let mut value = to_json(&best);
        value["law"] = law.name().into();
        value["warnings"] = to_json(&warnings);
        return Ok(Answer::json(&value));
    }
    Ok(Answer::text(format!("{}\n{best:#}{}", law.name(), answer::warnings(law.name(), &warnings))))
}

fn split(law: &Law, arguments: &Arguments) -> Result<Allocation, Failure> {
    let kind = |reason| Failure::usage(LawError::WrongKind { law: law.name().into(), reason });
    match (law.loss_model(), law) {
        (Some(model), _) => {
            let budget = match (arguments.flops, arguments.loss) {
                (Some(flops), _) => flops,
                (None, Some(loss)) => flops_for_loss(model, loss)?,
                (None, None) => return Err(Failure::Usage("give --flops or --loss".into())),
            };
            Ok(allocate(model, budget)?)
        }
        (None, Law::Published(entry)) => {
            let line =
                entry.line().ok_or_else(|| kind("it is no law of N and D alone; name one or an allocation line"))?;
            let flops = arguments.flops.ok_or_else(|| kind("an allocation line has no loss; give --flops"))?;
            Ok(allocate_line(&line, flops)?.with_doubts(entry.domain.compute_warning(flops)))
        }
        _ => Err(kind("it does not give an allocation")),
    }
}

/// A size that the user chose, at the same budget.
struct Chosen {
    params: Params,
    tokens: f64,
    loss: Nats,
    penalty: f64,
}

impl Chosen {
    fn new(law: &Law, params: Params, budget: Flops) -> Result<Self, Failure> {
        let model: &dyn LossModel = law.loss_model().ok_or_else(|| {
            let reason = "an allocation line has no loss; --params needs a law of N and D";
            Failure::usage(LawError::WrongKind { law: law.name().into(), reason })
        })?;
        let tokens = tokens_for_budget(model, params, budget)?;
        let penalty = loss_penalty(model, params, budget)?;
        Ok(Self { params, tokens: tokens.get(), loss: model.loss(params, tokens)?, penalty })
    }

    fn json(&self) -> Value {
        json!({"params": self.params, "tokens": self.tokens, "loss": self.loss, "penalty": self.penalty})
    }

    fn text(&self) -> String {
        let mut text = String::from("\nThe size you chose at the same budget\n");
        let tokens = scaling_laws::Tokens::new(self.tokens).map_or_else(|_| self.tokens.to_string(), |d| d.to_string());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  N {}, D {tokens}, D/N {:.4}: loss {} nats, {:+.4} over the optimum",
            self.params,
            self.tokens / self.params.get(),
            self.loss,
            self.penalty
        );
        text
    }
}
