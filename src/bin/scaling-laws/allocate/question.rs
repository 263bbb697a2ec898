//! One question to `allocate`: which law, which limits, and what is said beside the answer.

use scaling_laws::laws::Knobs;
use scaling_laws::{
    AllocateError, Allocation, Cluster, Constraints, Flops, LawError, Limit, LossModel, Warning, allocate,
    allocate_published, allocate_within, flops_for_loss,
};
use serde_json::Value;

use super::caps::{Cap, Caps};
use super::choices::Ask;
use super::chosen::ChosenSize;
use super::cloud::Cloud;
use super::data::Corpus;
use super::found::Found;
use super::frontier::Frontier;
use super::knobs::Chosen;
use super::plan::{Account, Paid};
use super::shapes::{Answered, Built, Weighed};
use super::{Arguments, refusals};
use crate::answer::{self, Answer, Failure, to_json};
use crate::figure;
use crate::law::Law;

pub fn answer(arguments: &Arguments) -> Result<Answer, Failure> {
    let Arguments { source, knobs, limits, settings, plan, training, .. } = arguments;
    let (law, cloud) = match source.fit(knobs.wear(), limits.unique_tokens)? {
        Some((law, cloud)) => (law, Some(cloud)),
        None => (Law::find(&arguments.law)?, None),
    };
    let ask = settings.ask(&law)?;
    if matches!(ask, Some(Ask::Sparsity(..))) {
        refusals::of_sparsity(&arguments.given)?;
    }
    refusals::of_experts(knobs.number("experts"), limits.serves())?;
    let chosen = match ask {
        Some(_) => None,
        None => knobs.choose(&law, limits.unique_tokens)?,
    };
    let model = chosen.as_ref().map(Chosen::model);
    if matches!(ask, Some(Ask::Bits(..) | Ask::Floats(..))) {
        refusals::of_bits(training.given_format())?;
    }
    let cluster = plan.cluster(training.given_format())?;
    let bought = plan.caps(cluster.as_ref(), limits.inference_tokens.is_some())?;
    let mut said = Caps(limits.caps(plan.days, cluster.as_ref(), settings.served_bits())?);
    said.0.extend(settings.cap());
    said.0.extend(bought.iter().copied());
    let given = arguments.flops.as_ref().map(|budgets| budgets.0.clone()).unwrap_or_default();
    if let [budget] = given.as_slice() {
        said.0.push(Cap::plain(Limit::Budget, budget.get()));
    }
    let several = given.len() > 1;
    let (budgets, doubt) = plan.budgets(&bought, given)?;
    let question = Question { arguments, law: &law, cloud, ask, model, cluster, said, doubt };
    if several { question.along(&budgets) } else { question.at(budgets.first().copied()) }
}

pub(super) struct Question<'a> {
    pub arguments: &'a Arguments,
    pub law: &'a Law,
    /// Refits of a law of the user's own runs.
    pub cloud: Option<Cloud>,
    /// Settings of the law among which the best is wanted.
    pub ask: Option<Ask>,
    pub model: Option<&'a dyn LossModel>,
    pub cluster: Option<Cluster>,
    /// The limits as the user said them.
    said: Caps,
    /// That a budget is more than the devices compute.
    pub doubt: Option<Warning>,
}

impl Question<'_> {
    fn along(&self, budgets: &[Flops]) -> Result<Answer, Failure> {
        if self.ask.is_some() {
            return Err(Failure::Usage("settings are compared at one budget; give one".into()));
        }
        refusals::of_several(&self.arguments.given)?;
        self.table(budgets, self.limits()?)
    }

    fn at(&self, budget: Option<Flops>) -> Result<Answer, Failure> {
        let limits = self.limits()?;
        if limits.is_some() || self.ask.is_some() {
            refusals::of_limits(&self.arguments.given)?;
        }
        // Without limits a size of the user's choice stands beside the answer and does not limit it.
        let mut asked = self.complete(limits.clone().map_or_else(|| self.priced(Constraints::new()), Ok)?, budget);
        if let Some(params) = self.arguments.params.filter(|_| limits.is_some() || self.ask.is_some()) {
            asked = self.arguments.limits.fixed(asked, params, &self.said);
        }
        let mut found = match (&self.ask, &limits) {
            (Some(ask), _) => {
                let undrawn = "settings of a law have no figure; leave out --figure";
                self.arguments.figure.draw(|| Err(Failure::usage(undrawn)))?;
                let alone = budget.filter(|_| limits.is_none() && self.arguments.params.is_none());
                self.arguments.settings.answer(ask, &asked, &self.said, alone)?
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
            weighed = spread.least_regret().filter(|_| chosen.is_none()).map(|split| (cloud, split));
        }
        let paid = Paid { training: found.training, serving: found.serving, tokens: found.tokens, loss: found.loss };
        if let Some(account) = self.bill(&paid)? {
            found.add("hardware", account.text(), account.json());
            found.warnings.extend(account.doubt());
            if found.json["dollars"].is_null() {
                found.json["dollars"] = to_json(&account.dollars());
            }
        }
        let how = match (self.arguments.params, &limits) {
            (Some(params), _) => {
                asked = asked.params(params);
                "nearest to the size you chose"
            }
            (None, Some(_)) => "within the limits, the best first",
            (None, None) => "at the same compute, the least loss first",
        };
        if let Some(built) = self.build(&found, &asked, how, weighed)? {
            if self.arguments.shapes.emit_config {
                return Ok(Answer::text(built.config()?));
            }
            found.text.push_str(&built.text());
            for (key, value) in built.json() {
                found.json[key] = value;
            }
        }
        let mut warnings = self.doubts();
        warnings.extend(self.too_fast(&found));
        warnings.extend(self.unpaid());
        warnings.extend(self.served());
        warnings.append(&mut found.warnings);
        if self.arguments.json {
            found.json["law"] = self.law.name().into();
            found.json["warnings"] = to_json(&warnings);
            return Ok(Answer::json(&found.json));
        }
        let name = self.law.name();
        Ok(Answer::text(format!("{name}\n{}{}", found.text, answer::warnings(name, &warnings))))
    }

    /// What training and serving take on the devices.
    fn bill(&self, paid: &Paid) -> Result<Option<Account>, Failure> {
        let step_days = self.arguments.limits.step_days(paid.tokens, paid.loss);
        let of = |cluster: &Cluster| self.arguments.plan.bill(cluster.clone(), paid, step_days);
        self.cluster.as_ref().map(of).transpose()
    }

    /// The answers at several budgets; a size of the user's choice is then fixed.
    fn table(&self, budgets: &[Flops], limits: Option<Constraints>) -> Result<Answer, Failure> {
        let limits = match self.arguments.params {
            Some(params) => {
                let all = limits.map_or_else(|| self.priced(Constraints::new()), Ok)?;
                Some(self.arguments.limits.fixed(all, params, &self.said))
            }
            None => limits,
        };
        let (name, bill) = (self.law.name(), |paid: &Paid| self.bill(paid));
        let frontier = match (self.model, &limits) {
            (Some(model), limits) => Frontier::of_law(model, limits.as_ref(), budgets, &self.said, &bill)?,
            (None, None) => {
                let splits: Result<Vec<Allocation>, Failure> = budgets.iter().map(|c| self.by_line(*c)).collect();
                Frontier::of_line(&splits?, &bill)?
            }
            (None, Some(_)) => return Err(self.no_loss("limits need a law of N and D")),
        };
        self.arguments.figure.draw(|| match (&self.cloud, self.model) {
            (Some(cloud), _) if limits.is_none() => cloud.figure(budgets),
            (_, Some(model)) => figure::along(model, limits.as_ref(), budgets),
            (_, None) => {
                let line = match self.law {
                    Law::Published(entry) => entry.line(),
                    Law::Stored { .. } | Law::Fitted { .. } => None,
                };
                let line = line.ok_or_else(|| self.wrong_kind("it has no line of N_opt to draw"))?;
                Ok(figure::over(budgets)?.line(name, &line)?.published()?.figure()?)
            }
        })?;
        let mut warnings = self.doubts();
        warnings.extend(self.unpaid());
        warnings.extend(self.served());
        warnings.extend(frontier.warnings());
        let (mut json, mut text) = (frontier.json(name), frontier.text(name));
        json["warnings"] = to_json(&warnings);
        if let Some(cloud) = &self.cloud {
            let ranges = cloud.frontier(&limits.unwrap_or_default(), budgets)?;
            json["ranges"] = to_json(&ranges);
            text.push_str(&cloud.frontier_text(&ranges));
        }
        text.push_str(&answer::warnings(name, &warnings));
        Ok(if self.arguments.json { Answer::json(&json) } else { Answer::text(text) })
    }

    /// Shapes and a recipe for what was found, where they are wanted.
    fn build(
        &self,
        found: &Found,
        limits: &Constraints,
        how: &'static str,
        weighed: Option<Weighed<'_>>,
    ) -> Result<Option<Built>, Failure> {
        let Arguments { shapes, training, .. } = self.arguments;
        let answer = Answered {
            model: self.model,
            limits,
            how,
            experts: self.arguments.knobs.number("experts"),
            params: found.params,
            tokens: found.tokens,
            training: found.training,
            loss: found.loss,
        };
        if self.arguments.given.has("shape") && self.cluster.is_some() && !self.arguments.plan.knows_memory() {
            let message =
                "--shape counts the memory that a device needs, and that of yours is not known: give --memory";
            return Err(Failure::Usage(message.into()));
        }
        shapes.build(&answer, training, self.cluster.as_ref(), weighed)
    }

    /// The limits besides a training budget, if there are any.
    fn limits(&self) -> Result<Option<Constraints>, Failure> {
        let knows_repeats = self.model.is_some_and(|model| model.unique_tokens().is_some());
        let Arguments { limits, plan, .. } = self.arguments;
        // Among experts a limit on all parameters is one on N by their number, which the choice of them knows.
        let active = matches!(self.ask, Some(Ask::Experts(..))).then(|| self.said.of_active());
        let mut all = limits.constraints(active.as_ref().unwrap_or(&self.said), plan.days, knows_repeats)?;
        // Time or energy beside a loss to reach is a limit on its cost.
        if self.arguments.loss.is_some() && plan.has_budget() {
            all = Some(all.unwrap_or_default());
        }
        all.map(|all| self.priced(all)).transpose()
    }

    /// With the prices of a FLOP, where they are known, and with money that pays for serving too.
    fn priced(&self, asked: Constraints) -> Result<Constraints, Failure> {
        let Arguments { limits, plan, .. } = self.arguments;
        let prices = self.cluster.as_ref().map(|cluster| plan.prices(cluster)).transpose()?.flatten();
        let Some((train, serve)) = prices else { return Ok(asked) };
        let asked = asked.prices(train, serve);
        let money = plan.dollars().filter(|_| limits.inference_tokens.is_some());
        Ok(money.map_or(asked.clone(), |dollars| asked.dollars(dollars)))
    }

    /// N and D under the budget alone.
    fn free(&self, budget: Option<Flops>) -> Result<Found, Failure> {
        let allocation = match (self.model, budget, self.arguments.loss) {
            (Some(model), Some(flops), _) => allocate(model, flops)?,
            (Some(model), None, Some(loss)) => allocate(model, flops_for_loss(model, loss)?)?,
            (Some(_), None, None) => return Err(Failure::Usage("give --flops or --loss".into())),
            (None, Some(flops), _) => self.by_line(flops)?,
            (None, None, _) => return Err(self.no_loss("give --flops, or a law of N and D")),
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
        let (mut size, mut tokens, mut loss) = (allocation.params(), allocation.tokens(), allocation.loss());
        if let Some(params) = self.arguments.params {
            let model = self.model.ok_or_else(|| self.no_loss("--params needs a law of N and D"))?;
            let chosen = ChosenSize::new(model, params, allocation.budget())?;
            text.push_str(&chosen.text());
            json["chosen"] = chosen.json();
            // What is built is the size chosen.
            (size, tokens, loss) = (chosen.params, chosen.tokens, Some(chosen.loss));
        }
        Ok(Found {
            text,
            json,
            warnings: allocation.warnings().to_vec(),
            params: size,
            tokens,
            loss,
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
        let model = self.model.ok_or_else(|| self.no_loss("limits need a law of N and D"))?;
        let best = allocate_within(model, &limits).map_err(|error| self.said.told(error))?;
        let mut found = Found::of(&best, &self.said);
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

    /// Of a law without a loss of N and D: what would do.
    fn no_loss(&self, remedy: &'static str) -> Failure {
        let name = self.law.name();
        let line = match self.law {
            Law::Published(entry) => entry.line(),
            Law::Stored { .. } | Law::Fitted { .. } => None,
        };
        Failure::Usage(match (name, line) {
            ("sardana2023.inference", _) => format!(
                "{name} is an objective and no loss: its question is asked of the law whose coefficients it takes, \
                 --law hoffmann2022.parametric_3digit, with --loss and --inference-tokens"
            ),
            (_, Some(_)) => format!("{name} cannot be used here: an allocation line has no loss; {remedy}"),
            _ => format!("{name} cannot be used here: it gives no loss of N and D; {remedy}"),
        })
    }

    fn wrong_kind(&self, reason: &'static str) -> Failure {
        Failure::usage(LawError::WrongKind { law: self.law.name().into(), reason })
    }
}
