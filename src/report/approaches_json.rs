use serde::{Serialize, Serializer};

use crate::fit::{
    Agreement, Approach1Fit, Approach2Fit, Comparison, EnvelopePoint, Fit, IsoFlopGroup, IsoFlopMinimum,
    OptimumEstimate, ScalingLine, SkippedGroup,
};
use crate::laws::StoredLaw;
use crate::units::{Conventions, Flops};
use crate::warning::Warning;

const SCHEMA: &str = "scaling-laws/1";

#[derive(Serialize)]
struct Line {
    exponent: f64,
    exponent_standard_error: Option<f64>,
    ln_k: f64,
    residual_scale: f64,
    points: usize,
    degrees_of_freedom: usize,
}

impl From<&ScalingLine> for Line {
    fn from(line: &ScalingLine) -> Self {
        Self {
            exponent: line.exponent(),
            exponent_standard_error: line.exponent_standard_error(),
            ln_k: line.ln_k(),
            residual_scale: line.residual_scale(),
            points: line.points(),
            degrees_of_freedom: line.degrees_of_freedom(),
        }
    }
}

/// `exponent`, `exponent_standard_error`, `ln_k`, `residual_scale`, `points`, `degrees_of_freedom`.
impl Serialize for ScalingLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Line::from(self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct Group<'a> {
    budget: Flops,
    runs: usize,
    sizes: usize,
    width: f64,
    rows: &'a [usize],
    minimum: Option<&'a IsoFlopMinimum>,
    skipped: Option<&'a SkippedGroup>,
    skipped_because: Option<String>,
}

/// `budget`, `runs`, `sizes`, `width`, `rows`, and `minimum` or `skipped` with `skipped_because` in words.
impl Serialize for IsoFlopGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Group {
            budget: self.budget,
            runs: self.rows.len(),
            sizes: self.sizes,
            width: self.width,
            rows: &self.rows,
            minimum: self.minimum.as_ref().ok(),
            skipped: self.minimum.as_ref().err(),
            skipped_because: self.minimum.as_ref().err().map(ToString::to_string),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct Approach2<'a> {
    schema: &'static str,
    approach: u8,
    conventions: Conventions,
    log_loss: bool,
    by_logged_flops: bool,
    tolerance: f64,
    weighted: bool,
    corrected: bool,
    params_line: &'a ScalingLine,
    tokens_line: &'a ScalingLine,
    bias_law: Option<StoredLaw>,
    bias_at_greatest_budget: Option<Bias>,
    groups: &'a [IsoFlopGroup],
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Bias {
    budget: Flops,
    params: f64,
    tokens: f64,
}

/// `schema`, `approach`, the options, `params_line`, `tokens_line`, `bias_law`, `bias_at_greatest_budget` (relative),
/// `groups`, `warnings`.
impl Serialize for Approach2Fit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let greatest = self.minima().map(|(budget, _)| budget).max();
        let bias =
            greatest.and_then(|budget| self.bias_at(budget).map(|(params, tokens)| Bias { budget, params, tokens }));
        Approach2 {
            schema: SCHEMA,
            approach: 2,
            conventions: self.conventions(),
            log_loss: self.is_log_loss(),
            by_logged_flops: self.by_logged_flops(),
            tolerance: self.tolerance(),
            weighted: self.is_weighted(),
            corrected: self.is_corrected(),
            params_line: self.params_line(),
            tokens_line: self.tokens_line(),
            bias_law: self.bias_law().map(|law| StoredLaw::Chinchilla(*law)),
            bias_at_greatest_budget: bias,
            groups: self.groups(),
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct Approach1<'a> {
    schema: &'static str,
    approach: u8,
    conventions: Conventions,
    curves: usize,
    smoothing: Option<f64>,
    budgets: usize,
    won_by_smallest: usize,
    won_by_largest: usize,
    uncovered: usize,
    winning_sizes: usize,
    params_line: &'a ScalingLine,
    tokens_line: &'a ScalingLine,
    envelope: &'a [EnvelopePoint],
    warnings: &'a [Warning],
}

/// `schema`, `approach`, the options and counts, `params_line`, `tokens_line`, `envelope`, `warnings`.
impl Serialize for Approach1Fit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Approach1 {
            schema: SCHEMA,
            approach: 1,
            conventions: self.conventions(),
            curves: self.curves(),
            smoothing: self.smoothing(),
            budgets: self.budgets(),
            won_by_smallest: self.won_by_smallest(),
            won_by_largest: self.won_by_largest(),
            uncovered: self.uncovered(),
            winning_sizes: self.winning_sizes(),
            params_line: self.params_line(),
            tokens_line: self.tokens_line(),
            envelope: self.envelope(),
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct All<'a> {
    schema: &'static str,
    budget: Flops,
    level: f64,
    agree: Option<bool>,
    estimates: &'a [OptimumEstimate],
    comparisons: &'a [Comparison],
    approach1: Option<Outcome<&'a Approach1Fit>>,
    approach2: Outcome<&'a Approach2Fit>,
    approach2_corrected: Outcome<&'a Approach2Fit>,
    approach3: Outcome<&'a Fit>,
}

/// A result, or `{"error": …}`.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<T> {
    Fit(T),
    Failure { error: String },
}

fn outcome<T, E: ToString>(result: &Result<T, E>) -> Outcome<&T> {
    match result {
        Ok(fit) => Outcome::Fit(fit),
        Err(error) => Outcome::Failure { error: error.to_string() },
    }
}

/// `schema`, `budget`, `level`, `agree`, `estimates`, `comparisons`, and each approach or its error.
impl Serialize for Agreement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        All {
            schema: SCHEMA,
            budget: self.budget,
            level: self.level,
            agree: self.agree(),
            estimates: &self.estimates,
            comparisons: &self.comparisons,
            approach1: self.approach1.as_ref().map(outcome),
            approach2: outcome(&self.approach2),
            approach2_corrected: outcome(&self.approach2_corrected),
            approach3: outcome(&self.approach3),
        }
        .serialize(serializer)
    }
}
