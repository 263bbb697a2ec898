use std::collections::BTreeMap;

use crate::error::InferError;
use crate::runs::Runs;

/// Which runs move together, and are therefore resampled together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clusters {
    /// Runs that have the same text in a column of their table: a run's checkpoints, a seed, a sweep.
    Column(String),
    /// Runs of one size N.
    BySize,
    /// A label for each run.
    Labels(Vec<usize>),
}

/// Fewer clusters tell nothing about how clusters scatter.
const LEAST: usize = 4;

impl Clusters {
    /// The cluster of each of so many data, numbered from zero; a column or sizes are those of the table of runs.
    pub(super) fn of(&self, rows: usize, runs: Option<&Runs>) -> Result<Vec<usize>, InferError> {
        let runs = || runs.ok_or(InferError::NoTable);
        let labels = match self {
            Self::Column(name) => {
                let runs = runs()?;
                let column = runs.extra(name).ok_or_else(|| InferError::UnknownColumn {
                    name: name.clone(),
                    known: match runs.extra_columns() {
                        [] => "none beside N, D and loss".into(),
                        columns => columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(", "),
                    },
                })?;
                numbered(column.cells())
            }
            Self::BySize => by_size(runs()?),
            Self::Labels(labels) => numbered(labels.iter()),
        };
        if labels.len() != rows {
            return Err(InferError::ClusterLength { given: labels.len(), rows });
        }
        let clusters = count(&labels);
        if clusters < LEAST {
            return Err(InferError::TooFewClusters { clusters, needed: LEAST });
        }
        Ok(labels)
    }
}

/// Groups of equal N.
pub(super) fn by_size(runs: &Runs) -> Vec<usize> {
    // Positive numbers are ordered as their bits.
    numbered(runs.params().iter().map(|n| n.to_bits()))
}

/// How many groups there are of labels from zero.
pub(super) fn count(labels: &[usize]) -> usize {
    labels.iter().max().map_or(0, |last| last + 1)
}

fn numbered<T: Ord>(labels: impl Iterator<Item = T>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    labels
        .map(|label| {
            let next = numbers.len();
            *numbers.entry(label).or_insert(next)
        })
        .collect()
}
