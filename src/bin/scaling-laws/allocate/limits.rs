//! The limits of `allocate` besides the budget.

use std::str::FromStr;

use clap::Args;
use scaling_laws::published::KAPLAN_2020_CRITICAL_BATCH;
use scaling_laws::{
    Accelerator, BatchLimit, Cluster, ComputeError, Constraints, Error, Flops, Limit, Nats, NumberFormat, Params,
    Serving, Tokens, Tolerance,
};

use super::caps::{Cap, Caps, Through};
use crate::answer::Failure;

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
    pub unique_tokens: Option<Tokens>,
    /// How often the corpus may be seen [default: 1; free under a law of repeated data]
    #[arg(long, value_name = "EPOCHS", requires = "unique_tokens")]
    max_epochs: Option<f64>,
    /// Optimiser steps there are time for
    #[arg(long, value_name = "S")]
    max_steps: Option<f64>,
    /// Seconds that a step takes: with --days the steps there are time for
    #[arg(long, value_name = "SECONDS", requires = "days", conflicts_with = "max_steps")]
    step_seconds: Option<f64>,
    /// Most tokens to a step: a number, or `critical`, the critical batch at the loss reached (Kaplan 2020)
    #[arg(long, value_name = "B", default_value = "critical")]
    batch: Batch,
    /// Tokens served over the model's life, 2N FLOP each
    #[arg(long, value_name = "D_INF")]
    pub inference_tokens: Option<Tokens>,
    /// Accelerators that must hold the weights in serving, as in H100 or 8xH100, by memory and bandwidth as in 24GB or
    /// 2x24GB@1008 (GB/s), or a number of those of training: a greatest N
    #[arg(long, value_name = "KxNAME")]
    serve_on: Option<String>,
    /// Format of the weights in serving [default: of as many bits as --quantise or one --bits say, else BF16]
    #[arg(long, value_name = "FORMAT", requires = "serve_on")]
    serve_format: Option<NumberFormat>,
    /// Share of the memory that weights may take; keys and values need the rest
    #[arg(long, value_name = "SHARE", requires = "serve_on", default_value_t = 0.8)]
    serve_memory: f64,
    /// Milliseconds that writing a token may take
    #[arg(long, value_name = "MS", requires = "serve_on")]
    latency_ms: Option<f64>,
    /// Budget for training and serving together
    #[arg(long, value_name = "C", conflicts_with = "loss")]
    pub lifetime_flops: Option<Flops>,
    /// The smallest model within so many per cent of the least loss
    #[arg(long, value_name = "PCT", conflicts_with = "loss")]
    overtrain: Option<f64>,
}

impl Limits {
    /// The limits as the library takes them; `None` if none is set.
    pub fn constraints(
        &self,
        caps: &Caps,
        days: Option<f64>,
        knows_repeats: bool,
    ) -> Result<Option<Constraints>, Failure> {
        let mut all = Constraints::new();
        if let Some(n) = self.min_params {
            all = all.min_params(n);
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
            let free = if knows_repeats { f64::INFINITY } else { 1.0 };
            all = all.unique_tokens(unique, self.max_epochs.unwrap_or(free));
        }
        if let Some(steps) = self.max_steps.or_else(|| self.steps_in(days)) {
            all = all.max_steps(steps, self.batch.0);
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
        if let Some(most) = caps.least(Limit::MaxParams) {
            all = all.max_params(Params::new(most).map_err(Error::from)?);
        }
        Ok((all != Constraints::new()).then_some(all))
    }

    /// Whether devices of training serve.
    pub fn serves_on_own(&self) -> bool {
        self.serve_on.as_ref().is_some_and(|name| name.trim().parse::<u64>().is_ok())
    }

    /// Whether devices must hold the weights in serving.
    pub fn serves(&self) -> bool {
        self.serve_on.is_some()
    }

    /// Whether the format of the weights in serving was said.
    pub fn says_format(&self) -> bool {
        self.serve_format.is_some()
    }

    /// Whether the smallest model is wanted.
    pub fn wants_size(&self) -> bool {
        self.overtrain.is_some()
    }

    fn steps_in(&self, days: Option<f64>) -> Option<f64> {
        Some(days? * 86_400.0 / self.step_seconds?)
    }

    /// What limits the size and the steps, as the user said it; `machine` are the devices of training,
    /// and `bits` those of the weights served, where they are known.
    pub fn caps(&self, days: Option<f64>, machine: Option<&Cluster>, bits: Option<f64>) -> Result<Vec<Cap>, Failure> {
        let mut caps: Vec<Cap> = self.max_params.map(|n| Cap::plain(Limit::MaxParams, n.get())).into_iter().collect();
        if let Some((steps, seconds)) = self.steps_in(days).zip(self.step_seconds) {
            let through = Through::Inverse;
            caps.push(Cap { limit: Limit::Steps, name: "step-seconds", value: seconds, at: steps, through });
        }
        if let Some(name) = &self.serve_on {
            let format = self.serve_format.map_or_else(|| format_of(bits), Ok)?;
            caps.extend(self.serving(name, machine, format)?);
        }
        Ok(caps)
    }

    /// N exactly, without loosening the limits there are: where it is outside, they conflict.
    pub fn fixed(&self, all: Constraints, params: Params, caps: &Caps) -> Constraints {
        if caps.least(Limit::MaxParams).is_some_and(|most| most < params.get()) {
            return all.min_params(params);
        }
        if self.min_params.is_some_and(|least| least > params) {
            return all.max_params(params);
        }
        all.params(params)
    }

    /// Whether a limit pays for serving, or leaves the size to the demand.
    pub fn pays_for_serving(&self) -> bool {
        self.lifetime_flops.is_some() || self.overtrain.is_some()
    }

    /// Days that the steps take, where the seconds of one are known, of the greatest batch.
    pub fn step_days(&self, tokens: Tokens, loss: Option<Nats>) -> Option<f64> {
        let batch = match self.batch.0 {
            BatchLimit::Fixed(batch) => batch,
            BatchLimit::Critical(law) => law.at(loss?).ok()?,
            _ => return None,
        };
        Some(tokens / batch * self.step_seconds? / 86_400.0)
    }

    /// What the memory of the serving holds, and what it reads in time.
    fn serving(&self, name: &str, machine: Option<&Cluster>, format: NumberFormat) -> Result<Vec<Cap>, Failure> {
        let (accelerator, count) = match (name.trim().parse::<u64>(), machine) {
            (Ok(count), Some(machine)) => (machine.accelerator().clone(), count),
            (Ok(_), None) => {
                return Err(Failure::Usage(format!(
                    "--serve-on {name} counts the devices of --gpus or --peak; name one of them, or what serves: {name}xH100"
                )));
            }
            _ => match by_memory(name) {
                Some(own) => own?,
                None => {
                    let named = Cluster::parse(name).map_err(Failure::usage)?;
                    (named.accelerator().clone(), named.devices())
                }
            },
        };
        let limit = Limit::MaxParams;
        let serving = Serving::new(&accelerator, count, format)
            .and_then(|serving| serving.memory_share(self.serve_memory))
            .map_err(Failure::usage)?;
        let told = |error: Error| match error {
            Error::Compute(ComputeError::NotPublished { accelerator, what, .. }) => Failure::Usage(format!(
                "{accelerator} has no published {what}: write it behind the memory, as in --serve-on 24GB@1008, or give --bandwidth for the devices of training"
            )),
            other => Failure::usage(other),
        };
        let bytes = accelerator.memory_bytes() * count as f64 * self.serve_memory;
        let at = serving.most_params().map_err(told)?.get();
        let mut caps = vec![Cap { limit, name: "serving-memory-gb", value: bytes / 1e9, at, through: Through::Whole }];
        if let Some(latency) = self.latency_ms {
            let bytes = accelerator.bandwidth().unwrap_or(f64::INFINITY) * count as f64 * latency / 1000.0;
            // Both limits at once give the lesser; the time alone is wanted.
            serving.seconds_per_token(latency / 1000.0).map_err(Failure::usage)?.most_params().map_err(told)?;
            let at = Params::new(bytes / format.bytes()).map_err(Failure::usage)?.get();
            caps.push(Cap { limit, name: "latency-ms", value: latency, at, through: Through::Proportion });
        }
        Ok(caps)
    }
}

/// The smallest known format that holds so many bits.
fn format_of(bits: Option<f64>) -> Result<NumberFormat, Failure> {
    match bits {
        None => Ok(NumberFormat::Bf16),
        Some(bits) if bits > 8.0 => Ok(NumberFormat::Bf16),
        Some(bits) if bits > 6.0 => Ok(NumberFormat::Int8),
        Some(bits) if bits > 4.0 => Ok(NumberFormat::Fp6E3M2),
        Some(_) => Ok(NumberFormat::Int4),
    }
}

/// Devices of so much memory, [Kx]GB[@bandwidth]; `None` for what is not written so.
fn by_memory(text: &str) -> Option<Result<(Accelerator, u64), Failure>> {
    let lower = text.trim().to_lowercase();
    let (count, device) = match lower.split_once('x') {
        Some((count, device)) => (count.trim().parse().ok()?, device),
        None => (1, lower.as_str()),
    };
    let (memory, bandwidth) = device.split_once('@').map_or((device, None), |(memory, speed)| (memory, Some(speed)));
    let memory: f64 = memory.trim().strip_suffix("gb")?.trim().parse().ok()?;
    let bandwidth = bandwidth.map(|speed| speed.trim().trim_end_matches("gb/s").trim().parse::<f64>());
    let own = || -> Result<(Accelerator, u64), Failure> {
        let device = Accelerator::custom("the device of --serve-on", memory * 1e9).map_err(Failure::usage)?;
        let device = match bandwidth {
            None => device,
            Some(Ok(speed)) => device.with_bandwidth(speed * 1e9).map_err(Failure::usage)?,
            Some(Err(_)) => {
                let message =
                    format!("--serve-on {text}: the bandwidth behind @ is no number of GB/s, as in 24GB@1008");
                return Err(Failure::Usage(message));
            }
        };
        Ok((device, count))
    };
    Some(own())
}

/// A number of tokens, or the critical batch.
#[derive(Debug, Clone, Copy)]
struct Batch(BatchLimit);

impl FromStr for Batch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "critical" {
            return Ok(Self(BatchLimit::Critical(KAPLAN_2020_CRITICAL_BATCH)));
        }
        let tokens = text.parse::<Tokens>().map_err(|error| format!("{error}; or give `critical`"))?;
        Ok(Self(BatchLimit::Fixed(tokens)))
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
