//! The limits of `allocate` besides the budget.

use std::str::FromStr;

use clap::Args;
use scaling_laws::{Constraints, Flops, Params, Tokens, Tolerance};

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// N at least
    #[arg(long, value_name = "N")]
    min_params: Option<Params>,
    /// N at most
    #[arg(long, value_name = "N")]
    max_params: Option<Params>,
    /// D exactly
    #[arg(long, value_name = "D", conflicts_with_all = ["min_tokens", "max_tokens"])]
    tokens: Option<Tokens>,
    /// D at least
    #[arg(long, value_name = "D")]
    min_tokens: Option<Tokens>,
    /// D at most
    #[arg(long, value_name = "D")]
    max_tokens: Option<Tokens>,
    /// D/N, exactly as in 20, or a range as in 20..100, 20.. or ..100
    #[arg(long, value_name = "RANGE")]
    tokens_per_param: Option<Range>,
    /// Tokens of the corpus, each counted once
    #[arg(long, value_name = "U")]
    unique_tokens: Option<Tokens>,
    /// How often the corpus may be seen
    #[arg(long, value_name = "EPOCHS", requires = "unique_tokens", default_value_t = 1.0)]
    max_epochs: f64,
    /// Tokens served over the model's life, 2N FLOP each
    #[arg(long, value_name = "D_INF")]
    inference_tokens: Option<Tokens>,
    /// Budget for training and serving together
    #[arg(long, value_name = "C", conflicts_with = "loss")]
    pub lifetime_flops: Option<Flops>,
    /// The smallest model within so many per cent of the least loss
    #[arg(long, value_name = "PCT", conflicts_with = "loss")]
    overtrain: Option<f64>,
}

impl Limits {
    /// The limits as the library takes them; `None` if none is set.
    pub fn constraints(&self) -> Option<Constraints> {
        let mut all = Constraints::new();
        if let Some(n) = self.min_params {
            all = all.min_params(n);
        }
        if let Some(n) = self.max_params {
            all = all.max_params(n);
        }
        if let Some(d) = self.tokens {
            all = all.tokens(d);
        }
        if let Some(d) = self.min_tokens {
            all = all.min_tokens(d);
        }
        if let Some(d) = self.max_tokens {
            all = all.max_tokens(d);
        }
        if let Some(range) = self.tokens_per_param {
            if let Some(ratio) = range.least {
                all = all.min_tokens_per_param(ratio);
            }
            if let Some(ratio) = range.most {
                all = all.max_tokens_per_param(ratio);
            }
        }
        if let Some(unique) = self.unique_tokens {
            all = all.unique_tokens(unique, self.max_epochs);
        }
        if let Some(tokens) = self.inference_tokens {
            all = all.inference_tokens(tokens);
        }
        if let Some(flops) = self.lifetime_flops {
            all = all.lifetime_budget(flops);
        }
        if let Some(percent) = self.overtrain {
            all = all.smallest_within(Tolerance::Relative(percent / 100.0));
        }
        (all != Constraints::new()).then_some(all)
    }
}

/// A number or a range of numbers, open on one side or not.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    least: Option<f64>,
    most: Option<f64>,
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = |part: &str| match part.trim() {
            "" => Ok(None),
            part => {
                part.parse().map(Some).map_err(|_| format!("{part:?} is not a number; give 20, 20..100, 20.. or ..100"))
            }
        };
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let range = Self { least: end(least)?, most: end(most)? };
        if range.least.or(range.most).is_none() { Err("give 20, 20..100, 20.. or ..100".into()) } else { Ok(range) }
    }
}
