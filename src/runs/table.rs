use super::TextColumn;
use crate::error::{Fault, RunsError, UnitError};

use crate::units::{Conventions, Domain, Flops, Nats, Params, Tokens};
use crate::warning::Warning;

/// One finished training run: N parameters, D tokens, the loss it reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// L, nats per token.
    pub loss: Nats,
}

/// A set of runs by columns. Every N, D and L is finite and above zero: checked once, at the door.
///
/// ```
/// use scaling_laws::Runs;
/// let runs = Runs::from_columns(&[1e8, 1e9], &[2e9, 2e10], &[3.1, 2.6])?;
/// assert_eq!(runs.len(), 2);
/// let refused = Runs::from_columns(&[1e8, -1e9], &[2e9, 2e10], &[3.1, f64::NAN]).unwrap_err();
/// assert!(refused.to_string().contains("2 faults"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Runs {
    params: Vec<f64>,
    tokens: Vec<f64>,
    losses: Vec<f64>,
    flops: Option<Vec<f64>>,
    extra: Vec<TextColumn>,
    conventions: Conventions,
    warnings: Vec<Warning>,
}

impl Runs {
    /// Runs from plain columns of N, D and L.
    ///
    /// # Errors
    /// [`RunsError::Faults`] naming every cell that is not finite and above zero, and columns of unequal length.
    pub fn from_columns(params: &[f64], tokens: &[f64], losses: &[f64]) -> Result<Self, RunsError> {
        let mut faults = Vec::new();
        for (name, column) in [("tokens", tokens), ("loss", losses)] {
            if column.len() != params.len() {
                faults.push(Fault::new(
                    0,
                    name,
                    format!("{} values", column.len()),
                    format!("{} values", params.len()),
                ));
            }
        }
        for (name, column) in [("params", params), ("tokens", tokens), ("loss", losses)] {
            for (row, value) in column.iter().enumerate().filter(|(_, v)| !(v.is_finite() && **v > 0.0)) {
                faults.push(Fault::new(row as u64 + 1, name, value.to_string(), "a finite number above zero"));
            }
        }
        if faults.is_empty() {
            return Ok(Self::checked(params.to_vec(), tokens.to_vec(), losses.to_vec()));
        }
        faults.sort_by_key(|fault| fault.line);
        let total = faults.len();
        faults.truncate(1000);
        Err(RunsError::Faults { path: "the runs".into(), faults, total })
    }

    /// Columns whose values a reader has already checked.
    pub(crate) fn checked(params: Vec<f64>, tokens: Vec<f64>, losses: Vec<f64>) -> Self {
        Self { params, tokens, losses, ..Self::default() }
    }

    /// The same runs with N and C counted as said.
    #[must_use]
    pub fn with_conventions(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
    }

    /// Adds the columns that no law reads, the logged FLOPs, and what the reader has to say.
    #[cfg(feature = "csv")]
    pub(crate) fn with_extras(self, flops: Option<Vec<f64>>, extra: Vec<TextColumn>, warnings: Vec<Warning>) -> Self {
        Self { flops, extra, warnings, ..self }
    }

    /// Adds a column of one cell for each run.
    pub(super) fn keep(&mut self, column: TextColumn) {
        self.extra.push(column);
    }

    /// Number of runs.
    pub fn len(&self) -> usize {
        self.losses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// N of each run.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// D of each run.
    pub fn tokens(&self) -> &[f64] {
        &self.tokens
    }

    /// L of each run, nats per token.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// C of each run as the log gave it, where it did.
    pub fn logged_flops(&self) -> Option<&[f64]> {
        self.flops.as_deref()
    }

    /// What N counts and how C is counted.
    pub fn conventions(&self) -> Conventions {
        self.conventions
    }

    /// Columns that were kept as they stand.
    pub fn extra_columns(&self) -> &[TextColumn] {
        &self.extra
    }

    /// A kept column by name.
    pub fn extra(&self, name: &str) -> Option<&TextColumn> {
        self.extra.iter().find(|column| column.name() == name)
    }

    /// What the reader derived, assumed or ignored.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What to call a run: its cell in the first kept column that tells all runs apart by text, else its number in a column
    /// named run, run_id, name or id, else "row 7", counted from 1 after any filter.
    pub fn label(&self, row: usize) -> String {
        self.labels([row]).pop().unwrap_or_default()
    }

    /// What to call some runs, with one look for the column that names them.
    ///
    /// ```
    /// let runs = scaling_laws::Runs::from_columns(&[1e8, 2e8], &[2e9, 8e9], &[3.1, 2.9])?;
    /// assert_eq!(runs.labels([1]), ["row 2"]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn labels(&self, rows: impl IntoIterator<Item = usize>) -> Vec<String> {
        let distinct = |column: &TextColumn| {
            let mut cells: Vec<&str> = column.cells().collect();
            cells.sort_unstable();
            cells.windows(2).all(|pair| pair[0] != pair[1])
        };
        let tells = |column: &&TextColumn| {
            column.cells().all(|cell| !cell.is_empty() && cell.parse::<f64>().is_err()) && distinct(column)
        };
        // Trackers number runs; numbers in other columns are settings.
        let numbers = |column: &&TextColumn| {
            let name: String =
                column.name().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            ["run", "runid", "runname", "name", "id"].contains(&name.as_str())
                && column.cells().all(|cell| !cell.is_empty())
                && column.cells().all(|cell| cell.parse::<f64>().is_err() || cell.trim().parse::<u64>().is_ok())
                && distinct(column)
        };
        let mut rows = rows.into_iter().peekable();
        let find = || self.extra.iter().find(tells).or_else(|| self.extra.iter().find(numbers));
        let column = rows.peek().and_then(|_| find());
        let name = |row| column.and_then(|column| column.get(row));
        rows.map(|row| name(row).map_or_else(|| format!("row {}", row + 1), str::to_owned)).collect()
    }

    /// The runs of these rows, from zero, in this order, with all that is known of them; rows that do not exist are passed
    /// over, and a row that is named twice comes twice.
    ///
    /// ```
    /// use scaling_laws::Runs;
    /// let runs = Runs::from_columns(&[1e8, 1e9, 3e9], &[2e9, 2e10, 6e10], &[3.1, 2.6, 2.4])?;
    /// assert_eq!(runs.select(&[2, 0]).losses(), [2.4, 3.1]);
    /// assert_eq!(runs.without(&[1]).losses(), [3.1, 2.4]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|&row| row < self.len()).collect();
        let of = |column: &[f64]| rows.iter().filter_map(|&row| column.get(row)).copied().collect();
        Self {
            params: of(&self.params),
            tokens: of(&self.tokens),
            losses: of(&self.losses),
            flops: self.flops.as_deref().map(of),
            extra: self.extra.iter().map(|column| column.select(&rows)).collect(),
            conventions: self.conventions,
            warnings: self.warnings.clone(),
        }
    }

    /// All runs but those of these rows, from zero.
    #[must_use]
    pub fn without(&self, rows: &[usize]) -> Self {
        self.select(&(0..self.len()).filter(|row| !rows.contains(row)).collect::<Vec<_>>())
    }

    /// Ten times C = 6ND of the largest run: where reports ask for the optimum unless told otherwise.
    ///
    /// ```
    /// let runs = scaling_laws::Runs::from_columns(&[1e8, 2e8], &[2e9, 8e9], &[3.1, 2.9])?;
    /// assert_eq!(runs.usual_budget()?.get(), 10.0 * 6.0 * 2e8 * 8e9);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`UnitError`](crate::UnitError) without runs, or where the product is beyond what numbers hold.
    pub fn usual_budget(&self) -> Result<Flops, UnitError> {
        Flops::new(10.0 * self.params.iter().zip(&self.tokens).map(|(n, d)| 6.0 * n * d).fold(0.0, f64::max))
    }

    /// One run.
    pub fn get(&self, row: usize) -> Option<Run> {
        Some(Run {
            params: Params::new(*self.params.get(row)?).ok()?,
            tokens: Tokens::new(*self.tokens.get(row)?).ok()?,
            loss: Nats::new(*self.losses.get(row)?).ok()?,
        })
    }

    /// All runs in order.
    pub fn iter(&self) -> impl Iterator<Item = Run> + '_ {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// The ranges of N, D and C = 6ND that the runs cover.
    pub fn domain(&self) -> Domain {
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold(None, |range: Option<(f64, f64)>, v| Some(range.map_or((v, v), |(a, b)| (a.min(v), b.max(v)))))
        };
        let params =
            range(&mut self.params.iter().copied()).and_then(|(a, b)| Params::new(a).ok().zip(Params::new(b).ok()));
        let tokens =
            range(&mut self.tokens.iter().copied()).and_then(|(a, b)| Tokens::new(a).ok().zip(Tokens::new(b).ok()));
        let compute = range(&mut self.params.iter().zip(&self.tokens).map(|(n, d)| 6.0 * n * d));
        let domain = Domain::new(params, tokens);
        match compute.and_then(|(a, b)| Flops::new(a).ok().zip(Flops::new(b).ok())) {
            Some((least, greatest)) => domain.with_flops(least, greatest),
            None => domain,
        }
    }
}

/// In-memory runs, such as simulated ones.
impl FromIterator<Run> for Runs {
    fn from_iter<I: IntoIterator<Item = Run>>(runs: I) -> Self {
        let mut table = Self::default();
        for run in runs {
            table.params.push(run.params.get());
            table.tokens.push(run.tokens.get());
            table.losses.push(run.loss.get());
        }
        table
    }
}
