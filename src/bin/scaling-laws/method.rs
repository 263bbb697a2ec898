//! Ways to fit that commands hold against each other.

use clap::ValueEnum;
use scaling_laws::{Contender, Weights};

use crate::answer::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Weighing {
    /// Every run once
    Equal,
    /// In proportion to C
    Flops,
}

impl Weighing {
    fn weights(self) -> Weights {
        match self {
            Self::Equal => Weights::Equal,
            Self::Flops => Weights::Flops,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Flops => "flops",
        }
    }
}

/// A contender by the words of the arguments.
pub fn contender(
    law: &str,
    loss: &str,
    residual: &str,
    weights: Weighing,
    input: &[(String, String)],
) -> Result<Contender, Failure> {
    let usage = |error: scaling_laws::FitError| Failure::usage(error);
    let named = Contender::named(law).map_err(usage)?;
    Ok(input
        .iter()
        .fold(named, |contender, (knob, column)| contender.input(knob, column))
        .loss(loss.parse().map_err(usage)?)
        .residual(residual.parse().map_err(usage)?)
        .weights(weights.weights()))
}

/// Every combination, named by what differs.
pub fn contenders(
    laws: &[String],
    losses: &[String],
    residuals: &[String],
    weights: &[Weighing],
    input: &[(String, String)],
) -> Result<Vec<Contender>, Failure> {
    let mut all = Vec::new();
    for law in laws {
        for loss in losses {
            for residual in residuals {
                for &weighing in weights {
                    let mut name = law.clone();
                    let mut add = |differs: bool, word: &str| {
                        if differs {
                            name.push_str(", ");
                            name.push_str(word);
                        }
                    };
                    add(losses.len() > 1, loss);
                    add(residuals.len() > 1, residual);
                    add(weights.len() > 1, weighing.name());
                    all.push(contender(law, loss, residual, weighing, input)?.called(&name));
                }
            }
        }
    }
    Ok(all)
}
