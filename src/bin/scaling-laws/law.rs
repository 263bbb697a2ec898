//! The law that `--law` names: a published one by id, or a file that a fit wrote.

use std::path::Path;

use scaling_laws::laws::Knobs;
use scaling_laws::published::{self, Entry};
use scaling_laws::{LawError, LossModel, StoredLaw, Warning};

use crate::answer::Failure;

/// The default of `--law`.
pub const DEFAULT: &str = "besiroglu2024.parametric";

/// A law from the catalogue or from a file.
pub enum Law {
    Published(&'static Entry),
    /// A published law of N, D and more, with its further knobs set.
    Sliced {
        entry: &'static Entry,
        knobs: Knobs,
        model: Box<dyn LossModel>,
    },
    Stored {
        path: String,
        law: StoredLaw,
    },
}

/// Knobs from texts such as unique_tokens=25B.
pub fn read_knobs(texts: &[String]) -> Result<Knobs, Failure> {
    texts.iter().try_fold(Knobs::new(), |knobs, text| knobs.parse(text).map_err(Failure::usage))
}

impl Law {
    /// An id or alias first; otherwise a file of that name.
    pub fn find(name: &str) -> Result<Self, Failure> {
        match published::find(name) {
            Ok(entry) => Ok(Self::Published(entry)),
            Err(_) if Path::new(name).exists() => {
                let text = std::fs::read_to_string(name)
                    .map_err(|error| Failure::NoAnswer(format!("cannot read {name}: {error}")))?;
                Ok(Self::Stored { path: name.into(), law: StoredLaw::from_json(&text, name)? })
            }
            Err(error) => Err(Failure::Usage(format!("{error}; nor is there a file of that name"))),
        }
    }

    /// As [`find`](Self::find), with the knobs of a law that has more than N and D set.
    pub fn with_knobs(name: &str, texts: &[String]) -> Result<Self, Failure> {
        let knobs = read_knobs(texts)?;
        if let Some((own, _)) = knobs.iter().find(|(knob, _)| ["params", "tokens"].contains(knob)) {
            return Err(Failure::usage(format!(
                "{own} is found by the allocation, not set; see --params and --max-tokens"
            )));
        }
        let law = Self::find(name)?;
        let Self::Published(entry) = law else {
            return match texts.first() {
                Some(text) => Err(Failure::usage(format!("{name} has no knobs, {text:?} is none"))),
                None => Ok(law),
            };
        };
        if entry.loss_model().is_some() && texts.is_empty() {
            return Ok(law);
        }
        match entry.slice(&knobs) {
            Ok(Some(model)) => Ok(Self::Sliced { entry, knobs, model }),
            Ok(None) => Ok(law),
            Err(error @ LawError::MissingInput { .. }) => {
                Err(Failure::usage(format!("{error}; give it as --knob NAME=VALUE")))
            }
            Err(error) => Err(Failure::usage(error)),
        }
    }

    /// Its id, or the file it came from.
    pub fn name(&self) -> &str {
        match self {
            Self::Published(entry) | Self::Sliced { entry, .. } => entry.id,
            Self::Stored { path, .. } => path,
        }
    }

    /// The law of N and D, if it is one.
    pub fn loss_model(&self) -> Option<&dyn LossModel> {
        match self {
            Self::Published(entry) => entry.loss_model(),
            Self::Sliced { model, .. } => Some(model.as_ref()),
            Self::Stored { law, .. } => Some(law.as_loss_model()),
        }
    }

    /// What is known to be wrong with its numbers.
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Self::Published(entry) => entry.warnings(),
            Self::Sliced { entry, knobs, .. } => {
                entry.domain_warnings(knobs).into_iter().chain(entry.warnings()).collect()
            }
            Self::Stored { .. } => Vec::new(),
        }
    }
}
