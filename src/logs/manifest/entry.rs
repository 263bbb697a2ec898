use serde::Deserialize;

use super::pattern::Pattern;
use crate::runs::LossPolicy;
use crate::units::{ParamCount, parse_number};

/// A manifest as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub defaults: Fields,
    #[serde(default)]
    pub logs: Vec<Fields>,
}

/// What may stand in an entry and in the defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pattern: Option<String>,
    skip: Option<bool>,
    run: Option<String>,
    params: Option<Amount>,
    config: Option<String>,
    param_count: Option<ParamCount>,
    tokens_per_step: Option<Amount>,
    batch: Option<Amount>,
    context: Option<Amount>,
    loss: Option<String>,
    policy: Option<String>,
    planned_steps: Option<Amount>,
    runs: Option<String>,
    keep: Option<Vec<Kept>>,
}

/// Runs that are left out unless they are named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    Unfinished,
    Diverged,
}

/// A number, or a text such as "124M".
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Amount {
    Whole(i64),
    Decimal(f64),
    Text(String),
}

/// What is said of the runs of one pattern.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::logs) struct Settings {
    pub skip: bool,
    pub run: Option<String>,
    pub params: Option<f64>,
    pub config: Option<String>,
    pub param_count: Option<ParamCount>,
    pub tokens_per_step: Option<f64>,
    /// All of D, as only a path or the name of a run says it.
    pub tokens: Option<f64>,
    pub batch: Option<f64>,
    pub context: Option<f64>,
    pub loss: Option<String>,
    pub policy: Option<LossPolicy>,
    pub planned_steps: Option<u64>,
    /// What the names of runs say.
    pub runs: Option<Pattern>,
    pub keep_unfinished: bool,
    pub keep_diverged: bool,
}

/// A pattern with its settings.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::logs) struct Entry {
    pub pattern: Pattern,
    pub settings: Settings,
}

impl Fields {
    /// # Errors
    /// The reason why the entry cannot be read.
    pub fn entry(&self, defaults: &Settings) -> Result<Entry, String> {
        let pattern = self.pattern.as_deref().ok_or("it has no pattern, such as pattern = \"*.log\"")?;
        let pattern = Pattern::new(pattern).map_err(|reason| format!("pattern {pattern:?}: {reason}"))?;
        let named = |reason| format!("pattern {:?}: {reason}", pattern.text());
        let settings = self.settings(defaults).map_err(named)?;
        let names = |name: &str| pattern.names(name) || settings.runs.as_ref().is_some_and(|runs| runs.names(name));
        if names("params") && self.params.is_some() {
            return Err(named("params stand in the pattern and beside it".into()));
        }
        let per_step = [self.tokens_per_step.is_some(), self.batch.is_some(), self.context.is_some()].contains(&true);
        if names("tokens") && (per_step || ["tokens_per_step", "batch", "context"].into_iter().any(names)) {
            return Err(named("{tokens} is all of D: with it tokens of a step, batch and context say nothing".into()));
        }
        Ok(Entry { settings, pattern })
    }

    /// The settings of an entry over those of the defaults.
    ///
    /// # Errors
    /// The reason why a value cannot be read.
    pub fn settings(&self, defaults: &Settings) -> Result<Settings, String> {
        let mut settings = defaults.clone();
        set(&mut settings.skip, self.skip);
        set(&mut settings.keep_unfinished, self.keep.as_ref().map(|keep| keep.contains(&Kept::Unfinished)));
        set(&mut settings.keep_diverged, self.keep.as_ref().map(|keep| keep.contains(&Kept::Diverged)));
        let text = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|t| !t.is_empty());
        replace(&mut settings.run, text(&self.run));
        replace(&mut settings.loss, text(&self.loss));
        if let Some(runs) = text(&self.runs) {
            settings.runs = Some(Pattern::new(&runs).map_err(|reason| format!("runs {runs:?}: {reason}"))?);
        }
        replace(&mut settings.param_count, self.param_count);
        // A nearer statement of N, or of the tokens of a step, ousts one of the other form.
        let (params, config) = (amount("params", &self.params)?, text(&self.config));
        if params.is_some() && config.is_some() {
            return Err("give params or config, not both".into());
        }
        if params.is_some() || config.is_some() {
            (settings.params, settings.config) = (params, config);
        }
        let tokens = amount("tokens_per_step", &self.tokens_per_step)?;
        let (batch, context) = (amount("batch", &self.batch)?, amount("context", &self.context)?);
        if tokens.is_some() && (batch.is_some() || context.is_some()) {
            return Err("give tokens_per_step, or batch (sequences a step) and context (tokens a sequence)".into());
        }
        if tokens.is_some() {
            (settings.batch, settings.context) = (None, None);
            settings.tokens_per_step = tokens;
        } else if batch.is_some() || context.is_some() {
            settings.tokens_per_step = None;
            replace(&mut settings.batch, batch);
            replace(&mut settings.context, context);
        }
        if let Some(policy) = text(&self.policy) {
            settings.policy = Some(policy.parse().map_err(|error: crate::error::LogError| error.to_string())?);
        }
        if let Some(steps) = amount("planned_steps", &self.planned_steps)? {
            if steps >= 9e15 || steps.fract() != 0.0 {
                return Err(format!("planned_steps = {steps} is no number of steps"));
            }
            settings.planned_steps = Some(steps as u64);
        }
        Ok(settings)
    }
}

impl Settings {
    /// Tokens of a step, as one figure or as batch times context.
    pub fn per_step(&self) -> Option<f64> {
        self.tokens_per_step.or_else(|| Some(self.batch? * self.context?))
    }

    /// The same with what a path or the name of a run says.
    #[must_use]
    pub fn with_captures(&self, captures: &[(String, String)]) -> Self {
        let mut settings = self.clone();
        let number = |name: &str| captures.iter().find(|(n, _)| n == name).and_then(|(_, text)| parse_number(text));
        if let Some(params) = number("params") {
            (settings.params, settings.config) = (Some(params), None);
        }
        replace(&mut settings.tokens, number("tokens"));
        replace(&mut settings.tokens_per_step, number("tokens_per_step"));
        replace(&mut settings.batch, number("batch"));
        replace(&mut settings.context, number("context"));
        replace(&mut settings.planned_steps, number("planned_steps").map(|steps| steps as u64));
        settings
    }
}

fn set(slot: &mut bool, value: Option<bool>) {
    *slot = value.unwrap_or(*slot);
}

fn replace<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}

/// A number above zero; a blank text is none.
fn amount(name: &str, amount: &Option<Amount>) -> Result<Option<f64>, String> {
    let (value, shown) = match amount {
        None => return Ok(None),
        Some(Amount::Whole(value)) => (Some(*value as f64), value.to_string()),
        Some(Amount::Decimal(value)) => (Some(*value), value.to_string()),
        Some(Amount::Text(text)) if text.trim().is_empty() => return Ok(None),
        Some(Amount::Text(text)) => (parse_number(text), format!("{text:?}")),
    };
    match value.filter(|value| value.is_finite() && *value > 0.0) {
        Some(value) => Ok(Some(value)),
        None => Err(format!("{name} = {shown}: expected a number above zero, such as 124000000 or \"124M\"")),
    }
}

/// One entry for all files.
pub(super) fn all(settings: Settings) -> Vec<Entry> {
    Pattern::new("**").map(|pattern| Entry { pattern, settings }).into_iter().collect()
}

impl Fields {
    /// The field of this name alone.
    ///
    /// # Errors
    /// The reason why there is none or its value is not of its kind.
    pub fn one(key: &str, value: &str) -> Result<Self, String> {
        let table = toml::Table::from_iter([(key.to_owned(), toml::Value::String(value.to_owned()))]);
        table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
    }
}
