//! The further knobs of a law, by name or by an option of their own.

use clap::Args;
use scaling_laws::laws::Knobs;
use scaling_laws::{LawError, LossModel, Tokens};

use crate::answer::Failure;
use crate::law::Law;

/// A law of N and D: as it is, or with its knobs set.
pub enum Chosen<'a> {
    Plain(&'a dyn LossModel),
    Sliced(Box<dyn LossModel>),
}

impl Chosen<'_> {
    pub fn model(&self) -> &dyn LossModel {
        match self {
            Self::Plain(law) => *law,
            Self::Sliced(law) => law.as_ref(),
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Knobs of the law")]
pub struct Options {
    /// A further knob of the law, as in granularity=16; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    knob: Vec<String>,
}

impl Options {
    /// The law with its knobs set; `None` for an allocation line.
    pub fn choose<'a>(&self, law: &'a Law, unique: Option<Tokens>) -> Result<Option<Chosen<'a>>, Failure> {
        if let Some(plain) = law.loss_model() {
            return match self.knob.first() {
                Some(text) => {
                    Err(Failure::usage(format!("{} has no knobs beside N and D, {text:?} is none", law.name())))
                }
                None => Ok(Some(Chosen::Plain(plain))),
            };
        }
        let Law::Published(entry) = law else { return Ok(None) };
        let known = |name: &str| entry.formula().is_some_and(|law| law.knobs().iter().any(|knob| knob.name == name));
        let mut knobs = Knobs::new();
        if let Some(unique) = unique.filter(|_| known("unique_tokens")) {
            knobs = knobs.with("unique_tokens", unique.get());
        }
        for text in &self.knob {
            knobs = knobs.parse(text).map_err(Failure::usage)?;
        }
        let sliced = entry.slice(&knobs).map_err(|error| match error {
            LawError::MissingInput { law, needs, .. } => {
                let option = match needs.as_str() {
                    "unique_tokens" => "--unique-tokens".to_owned(),
                    knob => format!("--knob {knob}=VALUE"),
                };
                Failure::usage(format!("{} ({law}) needs {option}", entry.id))
            }
            other => Failure::usage(other),
        })?;
        Ok(sliced.map(Chosen::Sliced))
    }
}
