use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::fit::{Certificate, LawFit, Termination};
use crate::warning::Warning;

/// The stable keys of a fit of any law.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    formula: &'a str,
    n: usize,
    degrees_of_freedom: usize,
    loss_function: String,
    residual: String,
    scale: Option<f64>,
    objective: f64,
    coefficients: BTreeMap<&'static str, f64>,
    standard_errors: BTreeMap<&'static str, Option<f64>>,
    covariance: Option<&'a [Vec<f64>]>,
    residual_scale: f64,
    termination: Termination,
    certificate: &'a Certificate,
    warnings: &'a [Warning],
}

/// `schema`, `formula`, `n`, `degrees_of_freedom`, `loss_function`, `residual`, `scale`, `objective`, `coefficients` and
/// `standard_errors` by name, `covariance` in the law's order, `residual_scale`, `termination`, `certificate`, `warnings`.
impl Serialize for LawFit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            schema: "scaling-laws/1",
            formula: self.formula(),
            n: self.n_observations(),
            degrees_of_freedom: self.degrees_of_freedom(),
            loss_function: self.loss().to_string(),
            residual: self.residual().to_string(),
            scale: self.scale(),
            objective: self.objective(),
            coefficients: self.coefficients().iter().map(|c| (c.name, c.value)).collect(),
            standard_errors: self.coefficients().iter().map(|c| (c.name, c.standard_error)).collect(),
            covariance: self.covariance(),
            residual_scale: self.residual_scale(),
            termination: self.termination(),
            certificate: self.certificate(),
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}
