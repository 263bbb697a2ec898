//! The law that `--law` names: a published one by id, or a file that a fit wrote.

use std::path::Path;

use scaling_laws::laws::{FittedLaw, Formula, Knobs, family};
use scaling_laws::published::{self, Entry};
use scaling_laws::{Conventions, LossModel, StoredLaw, Warning};
use serde_json::Value;

use crate::answer::Failure;

/// The default of `--law`.
pub const DEFAULT: &str = "besiroglu2024.parametric";

/// A law from the catalogue or from a file.
pub enum Law {
    Published(&'static Entry),
    Stored {
        path: String,
        law: StoredLaw,
    },
    /// A fit of a family that is no loss of N and D alone.
    Fitted {
        path: String,
        law: FittedLaw,
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
                Self::read(name, &text)
            }
            Err(error) => Err(Failure::Usage(format!("{error}; nor is there a file of that name"))),
        }
    }

    /// Of a document: a law of N and D where it is one.
    fn read(path: &str, text: &str) -> Result<Self, Failure> {
        let document = serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
        let named = document["law"]["form"].as_str().and_then(|name| family(name).ok());
        Ok(match named.is_some_and(|family| !family.is_loss_of_params_and_tokens()) {
            true => Self::Fitted { path: path.into(), law: FittedLaw::from_json(text, path)? },
            false => Self::Stored { path: path.into(), law: StoredLaw::from_json(text, path)? },
        })
    }

    /// What it is evaluated from by name, if it is no loss of N and D alone.
    pub fn formula(&self) -> Option<&dyn Formula> {
        match self {
            Self::Published(entry) => entry.formula(),
            Self::Stored { .. } => None,
            Self::Fitted { law, .. } => Some(law),
        }
    }

    /// Its id, or the file it came from.
    pub fn name(&self) -> &str {
        match self {
            Self::Published(entry) => entry.id,
            Self::Stored { path, .. } | Self::Fitted { path, .. } => path,
        }
    }

    /// The law of N and D, if it is one.
    pub fn loss_model(&self) -> Option<&dyn LossModel> {
        match self {
            Self::Published(entry) => entry.loss_model(),
            Self::Stored { law, .. } => Some(law.as_loss_model()),
            Self::Fitted { .. } => None,
        }
    }

    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        match self {
            Self::Published(entry) => entry.conventions,
            Self::Stored { law, .. } => law.conventions(),
            Self::Fitted { law, .. } => law.conventions(),
        }
    }

    /// What is known to be wrong with its numbers.
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Self::Published(entry) => entry.warnings(),
            Self::Stored { .. } | Self::Fitted { .. } => Vec::new(),
        }
    }
}
