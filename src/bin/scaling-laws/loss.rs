use std::fmt::Write;

use clap::Args;
use scaling_laws::laws::{FittedLaw, Formula, Knobs};
use scaling_laws::published::Model;
use scaling_laws::{Error, Flops, LawError, LossModel, LossUnit, Nats, Params, Tokens, Warning};
use serde_json::json;

use crate::all_laws;
use crate::answer::{self, Answer, Failure, to_json};
use crate::figure::{self, FigureFile};
use crate::law::{self, Law};
use crate::laws;

#[derive(Debug, Args)]
#[command(after_help = "\
JSON keys: law, params, tokens, flops, steps, loss, bits, perplexity, irreducible, gradient, warnings; for a fitted law of
another value, such as an error rate: law, at, values, units, warnings. With --all: params, tokens, laws [law, data, counts, loss, unit, warnings], silent [law, reason], warnings; with --along: points of these.

Examples:
  scaling-laws loss --params 70B --tokens 1.4T
  scaling-laws loss --params 70B --tokens 1.4T --figure contours.svg
  scaling-laws loss --law kaplan --params 1.3B --tokens 22B --json
  scaling-laws loss --law muennighoff2023 --params 6.34B --tokens 242B --knob unique_tokens=25B
  scaling-laws loss --all --params 1B --tokens 20B
  scaling-laws loss --all --along 1B:20B,10B:200B,100B:2T
  scaling-laws loss --law kaplan2020.L_Cmin --flops '3640 PF-days'")]
pub struct Arguments {
    /// Published law by id or alias, or a JSON file such as `fit --json` writes
    #[arg(long, value_name = "ID|FILE", default_value = law::DEFAULT)]
    law: String,
    /// Parameters N, as in 70B
    #[arg(long, value_name = "N")]
    params: Option<Params>,
    /// Training tokens D, as in 1.4T
    #[arg(long, value_name = "D")]
    tokens: Option<Tokens>,
    /// Compute C, for the laws of compute alone
    #[arg(long, value_name = "C")]
    flops: Option<Flops>,
    /// Steps S_min at a batch far above critical, for kaplan2020.L_NS
    #[arg(long, value_name = "S")]
    steps: Option<f64>,
    /// What every published law says that can
    #[arg(long, conflicts_with_all = ["law", "flops", "steps", "path"])]
    all: bool,
    /// With --all: the points of a line, side by side, as in 1B:20B,10B:200B
    #[arg(long, value_name = "N:D,...", value_delimiter = ',', value_parser = point, requires = "all", conflicts_with_all = ["params", "tokens"])]
    along: Vec<(Params, Tokens)>,
    /// A further knob of the law, as in unique_tokens=25B; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
    #[command(flatten)]
    figure: FigureFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn point(text: &str) -> Result<(Params, Tokens), String> {
    let (params, tokens) = text.split_once(':').ok_or("expected N:D, as in 1B:20B")?;
    let params = params.parse::<Params>().map_err(|error| error.to_string())?;
    Ok((params, tokens.parse::<Tokens>().map_err(|error| error.to_string())?))
}

pub fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    if arguments.all {
        let (knobs, json) = (&arguments.knob, arguments.json);
        return match (arguments.params, arguments.tokens) {
            _ if !arguments.along.is_empty() => all_laws::losses_along(&arguments.along, knobs, json),
            (Some(params), Some(tokens)) => all_laws::losses(params, tokens, knobs, json),
            _ => Err(Failure::usage("--all needs --params N and --tokens D, or --along N:D,N:D")),
        };
    }
    let law = Law::find(&arguments.law)?;
    let question = Question { arguments, law: &law };
    if let Law::Fitted { law: fitted, .. } = &law
        && fitted.of().value().name != "loss"
    {
        return question.other_value(fitted);
    }
    let (loss, model) = question.answer()?;
    arguments.figure.draw(|| match (model, arguments.params, arguments.tokens) {
        (Some(model), Some(params), Some(tokens)) => figure::loss(model, params, tokens),
        _ => {
            let reason = "--figure draws contours over N and D, which it does not have alone";
            Err(Failure::usage(LawError::WrongKind { law: law.name().into(), reason }))
        }
    })?;
    let mut warnings = law.warnings();
    warnings.extend(question.domain_warnings());
    if arguments.json {
        let gradient = model.and_then(|m| m.gradient(arguments.params?, arguments.tokens?).ok());
        let nats = question.unit() == LossUnit::NatsPerToken;
        return Ok(Answer::json(&json!({
            "law": law.name(),
            "params": arguments.params,
            "tokens": arguments.tokens,
            "flops": question.flops(),
            "steps": arguments.steps,
            "loss": loss,
            "bits": nats.then(|| loss.bits()),
            "perplexity": nats.then(|| loss.perplexity()),
            "irreducible": model.and_then(LossModel::irreducible),
            "gradient": gradient.map(|g| json!({"d_ln_params": g.d_ln_params, "d_ln_tokens": g.d_ln_tokens})),
            "warnings": to_json(&warnings),
        })));
    }
    Ok(Answer::text(question.text(loss, model, &warnings)))
}

struct Question<'a> {
    arguments: &'a Arguments,
    law: &'a Law,
}

impl Question<'_> {
    /// The loss, and the law of N and D if it is one.
    fn answer(&self) -> Result<(Nats, Option<&dyn LossModel>), Failure> {
        let name = self.law.name();
        if let Some(model) = self.law.loss_model() {
            if let Some(text) = self.arguments.knob.first() {
                return Err(Failure::usage(format!(
                    "{name} has no knobs beside --params and --tokens, {text:?} is none"
                )));
            }
            let (params, tokens) = (self.params()?, self.tokens()?);
            self.refuse_unused(&["params", "tokens"])?;
            return Ok((model.loss(params, tokens)?, Some(model)));
        }
        let entry = match self.law {
            Law::Published(entry) => entry,
            Law::Fitted { law, .. } => return Ok((Nats::new(self.fitted(law)?.1).map_err(Error::from)?, None)),
            Law::Stored { .. } => return Err(self.not_a_loss()),
        };
        if !entry.model.quantities().iter().any(|quantity| quantity.name == "loss") {
            return Err(self.not_a_loss());
        }
        if matches!(entry.model, Model::Curve(_)) {
            return Err(Failure::usage(format!(
                "{name} is a law of a whole schedule: scaling-laws curve --law {name}"
            )));
        }
        let knobs: Vec<&str> = entry.model.knobs().iter().map(|knob| knob.name).collect();
        let answers = entry.evaluate(&self.knobs()?).map_err(|error| match error {
            LawError::MissingInput { needs, .. } => missing(name, flag(&needs), "was"),
            error => Failure::usage(error),
        })?;
        self.refuse_unused(&knobs)?;
        let loss = answers.iter().find(|(quantity, _)| quantity.name == "loss").map_or(f64::NAN, |(_, value)| *value);
        Ok((Nats::new(loss).map_err(Error::from)?, None))
    }

    /// A value that is no loss, by its own name.
    fn other_value(&self, law: &FittedLaw) -> Result<Answer, Failure> {
        let (knobs, value) = self.fitted(law)?;
        self.arguments.figure.draw(|| {
            let reason = "--figure draws contours of a loss, which it does not give";
            Err(Failure::usage(LawError::WrongKind { law: self.law.name().into(), reason }))
        })?;
        let values = [(law.of().value(), value)];
        let warnings = self.domain_warnings();
        Ok(laws::answer((self.law.name(), &law.of().formula()), &knobs, &values, &warnings, self.arguments.json))
    }

    /// What a fit of one's own gives, and the knobs at which.
    fn fitted(&self, law: &FittedLaw) -> Result<(Knobs, f64), Failure> {
        let name = self.law.name();
        let knobs = self.knobs()?;
        knobs.check(name, law.knobs()).map_err(Failure::usage)?;
        let value = law.evaluate(&knobs).map_err(|error| match error {
            LawError::MissingInput { needs, .. } => {
                let option = flag(&needs);
                let option = if option == needs { format!("--knob {needs}=VALUE") } else { option.into() };
                Failure::usage(format!("{name} needs {option}"))
            }
            error => Failure::usage(error),
        })?;
        self.refuse_unused(&law.knobs().iter().map(|knob| knob.name).collect::<Vec<_>>())?;
        Ok((knobs, value.first().copied().unwrap_or(f64::NAN)))
    }

    /// N, D, C and S as given by their flags.
    fn flags(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let Arguments { params, tokens, flops, steps, .. } = self.arguments;
        let flags = [
            ("params", params.map(Params::get)),
            ("tokens", tokens.map(Tokens::get)),
            ("flops", flops.map(Flops::get)),
            ("steps", *steps),
        ];
        flags.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// Refuses a flag that the law has no use for: it would change nothing, in silence.
    fn refuse_unused(&self, takes: &[&str]) -> Result<(), Failure> {
        let Some((unused, _)) = self.flags().find(|(name, _)| !takes.contains(name)) else { return Ok(()) };
        let of_both = unused == "flops" && takes.contains(&"params") && takes.contains(&"tokens");
        let why = if of_both { "C follows from N and D" } else { "it would change nothing" };
        let takes: Vec<&str> = takes.iter().map(|knob| flag(knob)).collect();
        let (name, unused, takes) = (self.law.name(), flag(unused), takes.join(", "));
        Err(Failure::Usage(format!("{name} takes {takes} and no {unused}: {why}; leave it out")))
    }

    /// N, D, C and S where the law has them, and the knobs given by name.
    fn knobs(&self) -> Result<Knobs, Failure> {
        let all = match self.law {
            Law::Published(entry) => entry.model.knobs(),
            Law::Fitted { law, .. } => law.knobs(),
            Law::Stored { .. } => &[],
        };
        let known = |name: &str| all.iter().any(|knob| knob.name == name);
        let knobs = self.flags().filter(|(name, _)| known(name));
        let knobs = knobs.fold(Knobs::new(), |knobs, (name, value)| knobs.with(name, value));
        self.arguments.knob.iter().try_fold(knobs, |knobs, text| knobs.parse(text).map_err(Failure::usage))
    }

    fn not_a_loss(&self) -> Failure {
        let reason = "it gives no loss; `allocate` takes allocation lines, `laws` shows every law";
        Failure::usage(LawError::WrongKind { law: self.law.name().into(), reason })
    }

    /// What the law counts its loss in.
    fn unit(&self) -> LossUnit {
        self.law.conventions().loss
    }

    fn params(&self) -> Result<Params, Failure> {
        self.arguments.params.ok_or_else(|| missing(self.law.name(), "--params", "was"))
    }

    fn tokens(&self) -> Result<Tokens, Failure> {
        self.arguments.tokens.ok_or_else(|| missing(self.law.name(), "--tokens", "was"))
    }

    /// C as given, or of N and D under the law's own rule.
    fn flops(&self) -> Option<Flops> {
        let Arguments { params, tokens, flops, .. } = self.arguments;
        flops.or_else(|| self.law.loss_model()?.conventions().compute.flops((*params)?, (*tokens)?).ok())
    }

    fn domain_warnings(&self) -> Vec<Warning> {
        let Arguments { params, tokens, .. } = self.arguments;
        match self.law {
            Law::Stored { law, .. } => match (params, tokens) {
                (Some(params), Some(tokens)) => law.domain().warnings(*params, *tokens),
                _ => Vec::new(),
            },
            Law::Fitted { law, .. } => match (params, tokens) {
                (Some(params), Some(tokens)) => law.domain().warnings(*params, *tokens),
                _ => Vec::new(),
            },
            Law::Published(entry) => self.knobs().map(|at| entry.domain_warnings(&at)).unwrap_or_default(),
        }
    }

    fn text(&self, loss: Nats, model: Option<&dyn LossModel>, warnings: &[Warning]) -> String {
        let mut text = format!("{}\n", self.law.name());
        let counted = format!(" ({})", model.map_or(self.law.conventions(), LossModel::conventions).params);
        // Writing to a String cannot fail.
        if let Some(params) = self.arguments.params {
            let _ = writeln!(text, "  N     {params} parameters{counted}");
        }
        if let Some(tokens) = self.arguments.tokens {
            let _ = writeln!(text, "  D     {tokens} tokens");
        }
        if let Some(flops) = self.flops() {
            let _ = writeln!(text, "  C     {flops}");
        }
        let _ = match self.unit() {
            LossUnit::NatsPerToken => writeln!(
                text,
                "  loss  {loss} nats per token  ({:.4} bits, perplexity {:.3})",
                loss.bits(),
                loss.perplexity()
            ),
            unit => writeln!(text, "  loss  {loss} {unit}"),
        };
        if let Some(floor) = model.and_then(LossModel::irreducible) {
            let _ = writeln!(text, "        {floor} of it irreducible");
        }
        text + &answer::warnings(self.law.name(), warnings)
    }
}

/// The flag of a knob, for those that have one.
fn flag(knob: &str) -> &str {
    match knob {
        "params" => "--params",
        "tokens" => "--tokens",
        "flops" => "--flops",
        "steps" => "--steps",
        other => other,
    }
}

fn missing(law: &str, needs: &str, verb: &'static str) -> Failure {
    Failure::usage(LawError::MissingInput { law: law.into(), needs: needs.into(), verb })
}
