use serde::{Serialize, Serializer};

use super::allocation::{Allocation, AllocationMethod, OffOptimum};
use crate::units::{Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// The keys of the stored form, which must outlive any change of [`Allocation`]'s fields.
#[derive(Serialize)]
#[serde(rename = "Allocation")]
struct Stored<'a> {
    budget_flops: Flops,
    params: Params,
    tokens: Tokens,
    loss: Option<Nats>,
    tokens_per_param: f64,
    exponent_params: f64,
    exponent_tokens: f64,
    method: AllocationMethod,
    off_optimum: &'a [OffOptimum],
    warnings: &'a [Warning],
}

/// Keys: budget_flops, params, tokens, loss (nats per token, or null), tokens_per_param, exponent_params,
/// exponent_tokens, method, off_optimum (factor, params, tokens, loss, penalty, compute_factor), warnings.
impl Serialize for Allocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            budget_flops: self.budget(),
            params: self.params(),
            tokens: self.tokens(),
            loss: self.loss(),
            tokens_per_param: self.tokens_per_param(),
            exponent_params: self.exponent_params(),
            exponent_tokens: self.exponent_tokens(),
            method: self.method(),
            off_optimum: self.off_optimum(),
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}
