//! What a trainer states of a run before its records.

use std::collections::HashSet;

use crate::runs::History;
use crate::units::{ParamCount, Params};
use crate::warning::Warning;

/// One thing that a line states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fact<'a> {
    /// All of N.
    Params(f64, Option<ParamCount>),
    /// A part of N, of a group of tensors or of a rank, with and without embeddings, and the text that states it.
    Part(&'a [u8], f64, f64),
    TokensPerStep(f64),
    TokensPerSample(f64),
    Planned(u64),
    /// A step and the tokens seen by its end.
    Tokens(u64, f64),
    Epochs(u64),
}

/// What was stated since the last record. It holds for the run of the next one: where a log has several runs, each is
/// printed below its own statements.
#[derive(Debug, Clone, Default)]
pub(super) struct Stated {
    params: Option<(Params, Option<ParamCount>)>,
    /// Parts so far. Ranks print one part several times, and so does a run that is started again; it counts once.
    parts: HashSet<Vec<u8>>,
    sum: (f64, f64),
    tokens_per_step: Option<f64>,
    tokens_per_sample: Option<f64>,
    planned: Option<u64>,
    tokens: Option<(u64, f64)>,
    epochs: Option<u64>,
}

/// More parts than any model is spread over; the text of one is told apart by its beginning.
const MOST_PARTS: usize = 1 << 17;
const LONGEST_PART: usize = 256;

/// The metadata under which epochs stand.
pub(super) const EPOCHS: &str = "num_epochs";

impl Stated {
    pub fn push(&mut self, fact: Fact<'_>) {
        match fact {
            Fact::Params(params, count) => self.params = Params::new(params).ok().map(|params| (params, count)),
            Fact::Part(text, all, without) => {
                let text = text.get(..LONGEST_PART).unwrap_or(text);
                if self.parts.len() < MOST_PARTS && self.parts.insert(text.to_vec()) {
                    self.sum.0 += all;
                    self.sum.1 += without;
                }
                self.params = Params::new(self.sum.0).ok().map(|params| (params, Some(ParamCount::Total)));
            }
            Fact::TokensPerStep(tokens) => self.tokens_per_step = Some(tokens),
            Fact::TokensPerSample(tokens) => self.tokens_per_sample = Some(tokens),
            Fact::Planned(steps) => self.planned = Some(steps),
            Fact::Tokens(step, tokens) => self.tokens = Some((step, tokens)),
            Fact::Epochs(epochs) => self.epochs = Some(epochs),
        }
    }

    pub fn planned(&self) -> Option<u64> {
        self.planned
    }

    pub fn epochs(&self) -> Option<u64> {
        self.epochs
    }

    /// Whether it is the head of a run: then nothing of an earlier run's holds for it.
    pub fn is_head(&self) -> bool {
        let tokens = self.tokens_per_step.or(self.tokens_per_sample);
        self.params.is_some() || tokens.is_some() || self.epochs.is_some()
    }

    /// Whether it is of another model than a run.
    pub fn has_other_params(&self, run: &History) -> bool {
        differs(self.params.map(|(params, _)| params.get()), run.params().map(|(params, _)| params.get()))
    }

    /// Whether it is of another batch than a run has.
    pub fn has_other_tokens(&self, run: &History) -> bool {
        differs(self.tokens_per_step, run.tokens_per_step())
    }

    /// Tells a run what it does not know. Its planned steps may change in its course; N and the tokens of a step hold
    /// for all of it.
    pub fn tell(self, run: &mut History, step: u64) {
        if self.has_other_tokens(run) {
            let what = format!(
                "{}: before step {step} its log states another number of tokens of a step; the first one counts for all",
                run.label()
            );
            run.push_warning(Warning::Ignored { what });
        }
        if let Some((params, count)) = self.params.filter(|_| run.params().is_none()) {
            run.set_params(params, count);
            if self.sum.1 > 0.0 {
                run.set_metadata("params_non_embedding", self.sum.1.to_string());
            }
        }
        if let Some(tokens) = self.tokens_per_step.filter(|_| run.tokens_per_step().is_none()) {
            run.set_tokens_per_step(tokens);
        }
        if let Some(tokens) = self.tokens_per_sample.filter(|_| run.tokens_per_sample().is_none()) {
            run.set_tokens_per_sample(tokens);
        }
        if let Some(steps) = self.planned {
            run.set_planned_steps(steps);
        }
        if let Some((step, tokens)) = self.tokens {
            run.push_tokens(step, tokens);
        }
        if let Some(epochs) = self.epochs {
            run.set_metadata(EPOCHS, epochs.to_string());
        }
    }
}

/// Whether both are known and not the same but for rounding.
fn differs(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a / b - 1.0).abs() > 1e-3)
}
