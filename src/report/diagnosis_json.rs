use serde::{Serialize, Serializer};

use crate::diagnose::{Diagnosis, Influence, Known, LackOfFit, RivalLaw};
use crate::fit::Fit;
use crate::warning::Warning;

/// The stable keys of a diagnosis.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    budget: f64,
    fit: &'a Fit,
    labels: &'a [String],
    known: &'a [Known],
    influence: Option<&'a Influence>,
    no_optimum: Option<&'a str>,
    outliers: OutlierKeys<'a>,
    lack_of_fit: &'a LackOfFit,
    rivals: Vec<Rival<'a>>,
    dropped: &'a [String],
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct OutlierKeys<'a> {
    first: Option<f64>,
    limit: Option<f64>,
    scale: f64,
    runs: Vec<Outlier<'a>>,
    fit_without: Option<&'a Fit>,
    params_without: Option<f64>,
}

#[derive(Serialize)]
struct Outlier<'a> {
    row: usize,
    label: &'a str,
    z: f64,
}

#[derive(Serialize)]
struct Rival<'a> {
    #[serde(flatten)]
    law: &'a RivalLaw,
    fits_better: bool,
}

/// `schema`, `budget`, `fit` (as a fit alone), `labels` of the rows, `known` (`quantity`, `point`, `bootstrap` and `profile`
/// intervals), `influence` (`params`, `runs` with `robust_z`,
/// `change`, `change_ln_params` and `distance`, `factor`, `most`, `sway`) or the reason `no_optimum`, `outliers`,
/// `lack_of_fit`, `rivals`, `dropped`, `warnings`. Rows count from zero.
impl Serialize for Diagnosis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let found = self.fit.outliers();
        let outlier = |&row: &usize| Outlier {
            row,
            label: self.labels.get(row).map_or("", String::as_str),
            z: found.z.get(row).copied().unwrap_or(0.0),
        };
        Document {
            schema: "scaling-laws/1",
            budget: self.budget.get(),
            fit: &self.fit,
            labels: &self.labels,
            known: &self.known,
            influence: self.influence.as_ref(),
            no_optimum: self.no_optimum.as_deref(),
            outliers: OutlierKeys {
                first: found.first,
                limit: found.limit,
                scale: found.scale,
                runs: found.rows.iter().map(outlier).collect(),
                fit_without: self.without.as_ref().map(|without| &without.fit),
                params_without: self.params_without.map(|params| params.get()),
            },
            lack_of_fit: &self.lack_of_fit,
            rivals: self.rivals.iter().map(|law| Rival { law, fits_better: law.fits_better() }).collect(),
            dropped: &self.dropped,
            warnings: self.warnings(),
        }
        .serialize(serializer)
    }
}
