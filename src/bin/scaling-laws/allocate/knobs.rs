//! The further knobs of a law, by name or by an option of their own.

use std::str::FromStr;

use clap::Args;
use scaling_laws::laws::{Knobs, Repetition};
use scaling_laws::published::{Entry, MUENNIGHOFF_2023, Model};
use scaling_laws::{Chinchilla, LawError, LossModel, StoredLaw, Tokens, Warning};

use crate::answer::Failure;
use crate::law::{self, Law};

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
    /// Let repeated tokens and surplus parameters wear as in Muennighoff 2023, or by R_D,R_N of your own, under a law that
    /// does not know them
    #[arg(
        long,
        value_name = "R_D,R_N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "15.387756,5.309743",
        requires = "unique_tokens"
    )]
    wear: Option<Wear>,
}

/// R_D* and R_N*.
#[derive(Debug, Clone, Copy)]
pub struct Wear([f64; 2]);

impl FromStr for Wear {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let positive = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0);
        let both = text.split_once(',').and_then(|(r_d, r_n)| Some([positive(r_d)?, positive(r_n)?]));
        both.map(Self).ok_or_else(|| format!("{text:?} is not R_D,R_N, two numbers above zero as in 15.4,5.3"))
    }
}

impl Wear {
    /// The law with its repeats worn.
    pub fn apply(self, law: &Chinchilla) -> Result<Repetition, LawError> {
        let ([e, a, b, alpha, beta], [r_d, r_n]) = (law.coefficients(), self.0);
        let worn = Repetition::new([e, a, b, alpha, beta, r_d, r_n])?;
        Ok(worn.with_conventions(law.conventions()).with_domain(law.domain()))
    }
}

impl Options {
    /// The knobs as written.
    pub fn texts(&self) -> &[String] {
        &self.knob
    }

    /// A knob that was set.
    pub fn number(&self, name: &str) -> Option<f64> {
        let knobs = law::read_knobs(&self.knob).ok()?;
        knobs.iter().find(|(knob, _)| *knob == name).map(|(_, value)| value)
    }

    /// Knobs outside of the range that a published law was fitted on.
    pub fn domain_warnings(&self, law: &Law) -> Vec<Warning> {
        let Law::Published(entry) = law else { return Vec::new() };
        law::read_knobs(&self.knob).map(|knobs| entry.domain_warnings(&knobs)).unwrap_or_default()
    }

    /// R_D* and R_N*, where a law is to know repeats that does not.
    pub fn wear(&self) -> Option<Wear> {
        self.wear
    }

    /// The law of repeated data that was chosen, if it is one.
    pub fn repetition(&self, law: &Law) -> Result<Option<Repetition>, Failure> {
        let chinchilla = match law {
            Law::Published(entry) if entry.id == "muennighoff2023.L_NDU" && self.wear.is_none() => {
                return Ok(Some(MUENNIGHOFF_2023));
            }
            Law::Published(Entry { model: Model::Chinchilla(law), .. }) => Some(law),
            Law::Stored { law: StoredLaw::Chinchilla(law), .. } => Some(law),
            Law::Fitted { law, .. } if law.of().name() == "repetition" && self.wear.is_none() => {
                let values =
                    law.values().try_into().map_err(|_| Failure::usage("a law of repeated data has 7 coefficients"))?;
                let worn = Repetition::new(values).map_err(Failure::usage)?;
                return Ok(Some(worn.with_conventions(law.conventions()).with_domain(law.domain())));
            }
            _ => None,
        };
        match (self.wear, chinchilla) {
            (None, _) => Ok(None),
            (Some(wear), Some(law)) => wear.apply(law).map(Some).map_err(Failure::usage),
            (Some(_), None) => {
                Err(Failure::Usage(format!("--wear needs a law E + A/N^alpha + B/D^beta, not {}", law.name())))
            }
        }
    }

    /// The law with its knobs set; `None` for an allocation line.
    pub fn choose<'a>(&self, law: &'a Law, unique: Option<Tokens>) -> Result<Option<Chosen<'a>>, Failure> {
        if let (Some(_), Some(unique), Some(worn)) = (self.wear, unique, self.repetition(law)?) {
            return Ok(Some(Chosen::Sliced(Box::new(worn.with_unique_tokens(unique)))));
        }
        if let Some(plain) = law.loss_model() {
            return match self.knob.first() {
                Some(text) => {
                    Err(Failure::usage(format!("{} has no knobs beside N and D, {text:?} is none", law.name())))
                }
                None => Ok(Some(Chosen::Plain(plain))),
            };
        }
        let name = law.name();
        let Some(formula) = law.formula() else {
            return match self.knob.first() {
                Some(text) => Err(Failure::usage(format!("{name} has no knobs, {text:?} is none"))),
                None => Ok(None),
            };
        };
        let known = |name: &str| formula.knobs().iter().any(|knob| knob.name == name);
        let mut knobs = Knobs::new();
        if let Some(unique) = unique.filter(|_| known("unique_tokens")) {
            knobs = knobs.with("unique_tokens", unique.get());
        }
        for text in &self.knob {
            knobs = knobs.parse(text).map_err(Failure::usage)?;
        }
        if let Some((own, _)) = knobs.iter().find(|(knob, _)| ["params", "tokens"].contains(knob)) {
            let message = format!("{own} is found by the allocation, not set; see --params and --max-tokens");
            return Err(Failure::usage(message));
        }
        knobs.check(name, formula.knobs()).map_err(Failure::usage)?;
        if formula.costs_six_nd(&knobs) == Ok(false) {
            return Err(Failure::usage(format!(
                "these knobs of {name} set what training costs: ask with --bits, --sparsity or --granularity, or loss --knob"
            )));
        }
        let sliced = formula.slice(&knobs).transpose().map_err(|error| match error {
            LawError::MissingInput { needs, .. } => {
                let option = match needs.as_str() {
                    "unique_tokens" => "--unique-tokens".to_owned(),
                    knob => format!("--knob {knob}=VALUE"),
                };
                Failure::usage(format!("{name} needs {option}"))
            }
            other => Failure::usage(other),
        })?;
        Ok(sliced.map(Chosen::Sliced))
    }
}
