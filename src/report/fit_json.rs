use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::fit::{Certificate, Coefficient, Fit, Termination};
use crate::laws::StoredLaw;
use crate::warning::Warning;

/// The stable keys of a fit. `law` is what [`StoredLaw::from_json`] reads.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    law: StoredLaw,
    n: usize,
    degrees_of_freedom: usize,
    loss_function: &'static str,
    delta: f64,
    objective: f64,
    coefficients: BTreeMap<&'static str, f64>,
    standard_errors: BTreeMap<&'static str, Option<f64>>,
    exponent_a: Coefficient,
    residual_scale: f64,
    termination: Termination,
    certificate: &'a Certificate,
    warnings: &'a [Warning],
}

/// `schema`, `law`, `n`, `degrees_of_freedom`, `loss_function`, `delta`, `objective`, `coefficients` and
/// `standard_errors` by name, `exponent_a`, `residual_scale`, `termination`, `certificate`, `warnings`.
impl Serialize for Fit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            schema: "scaling-laws/1",
            law: StoredLaw::Chinchilla(*self.law()),
            n: self.n_observations(),
            degrees_of_freedom: self.degrees_of_freedom(),
            loss_function: "sum of Huber(delta) of log residuals",
            delta: self.delta(),
            objective: self.objective(),
            coefficients: self.coefficients().iter().map(|c| (c.name, c.value)).collect(),
            standard_errors: self.coefficients().iter().map(|c| (c.name, c.standard_error)).collect(),
            exponent_a: self.exponent_a(),
            residual_scale: self.residual_scale(),
            termination: self.termination(),
            certificate: self.certificate(),
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}
