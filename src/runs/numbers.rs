use std::collections::BTreeMap;

use super::{Curve, Runs, TextColumn};
use crate::error::{Fault, RunsError};
use crate::units::{Params, Tokens};

/// Rows whose columns are read as numbers by name.
pub trait NumberColumns {
    /// Number of rows.
    fn rows(&self) -> usize;

    /// A column as numbers.
    ///
    /// # Errors
    /// [`RunsError::UnknownColumn`]; [`RunsError::Faults`] naming every cell that is no finite number.
    fn numbers(&self, name: &str) -> Result<Vec<f64>, RunsError>;

    /// `params`, `tokens`, `flops` or `loss` as the table was read, whatever column that was; another name as a column.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers).
    fn quantity(&self, name: &str) -> Result<Vec<f64>, RunsError>;
}

impl NumberColumns for Runs {
    fn rows(&self) -> usize {
        self.len()
    }

    fn quantity(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        self.standard(name).map_or_else(|| Self::numbers(self, name), Ok)
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        Self::numbers(self, name)
    }
}

impl Runs {
    /// A column as numbers: a kept column of that name, else `params`, `tokens`, `loss`, or `flops` as logged and where
    /// nothing was logged 6ND. A cell may be written as in 25B.
    ///
    /// ```
    /// use scaling_laws::Runs;
    /// let runs = Runs::from_columns(&[1e8, 1e9], &[2e9, 2e10], &[3.1, 2.6])?;
    /// assert_eq!(runs.numbers("flops")?, [1.2e18, 1.2e20]);
    /// assert!(runs.numbers("seeds").unwrap_err().to_string().contains("seeds"));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RunsError::UnknownColumn`]; [`RunsError::Faults`] naming every cell that is no finite number.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        let Some(column) = self.extra(name) else {
            return self.standard(name).ok_or_else(|| self.missing(name));
        };
        let mut faults = Vec::new();
        let mut numbers = Vec::with_capacity(column.len());
        for (row, cell) in column.cells().enumerate() {
            match number(cell) {
                Some(number) => numbers.push(number),
                None => faults.push(Fault::new(row as u64 + 1, name, cell, "a finite number")),
            }
        }
        if faults.is_empty() { Ok(numbers) } else { Err(faulty(faults)) }
    }

    /// What every table of runs has.
    fn standard(&self, name: &str) -> Option<Vec<f64>> {
        match name {
            "params" => Some(self.params().to_vec()),
            "tokens" => Some(self.tokens().to_vec()),
            "loss" => Some(self.losses().to_vec()),
            "flops" => Some(self.logged_flops().map_or_else(|| self.six_nd(), <[f64]>::to_vec)),
            _ => None,
        }
    }

    /// The same runs with one more column, such as clusters or known deviations.
    ///
    /// # Errors
    /// [`RunsError::Faults`] unless it has a cell for each run.
    pub fn with_column(mut self, column: TextColumn) -> Result<Self, RunsError> {
        if column.len() != self.len() {
            let (got, expected) = (format!("{} cells", column.len()), format!("{} cells", self.len()));
            return Err(faulty(vec![Fault::new(0, column.name(), got, expected)]));
        }
        self.keep(column);
        Ok(self)
    }

    /// The last point of each run, where several rows with the same cell in a column are points of one run.
    ///
    /// # Errors
    /// [`RunsError::UnknownColumn`].
    pub fn finals(&self, name: &str) -> Result<Self, RunsError> {
        let column = self.extra(name).ok_or_else(|| self.missing(name))?;
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, label) in column.cells().enumerate() {
            let seen = |row: usize| self.tokens().get(row).copied().unwrap_or(0.0);
            last.entry(label)
                .and_modify(|kept| *kept = if seen(row) > seen(*kept) { row } else { *kept })
                .or_insert(row);
        }
        let mut rows: Vec<usize> = last.into_values().collect();
        rows.sort_unstable();
        Ok(self.select(&rows))
    }

    /// The rows as training curves: rows with the same cell in a column are points of one run, at the tokens seen so far.
    ///
    /// # Errors
    /// [`RunsError::UnknownColumn`]; [`RunsError::Faults`] for a run whose N changes or that has two losses at the same
    /// tokens.
    pub fn curves(&self, name: &str) -> Result<Vec<Curve>, RunsError> {
        let column = self.extra(name).ok_or_else(|| self.missing(name))?;
        let mut rows: Vec<(&str, usize)> = column.cells().zip(0..self.len()).collect();
        let tokens = |row: usize| self.tokens().get(row).copied().unwrap_or(f64::NAN);
        rows.sort_by(|one, two| one.0.cmp(two.0).then(tokens(one.1).total_cmp(&tokens(two.1))));
        let mut curves = Vec::new();
        for run in rows.chunk_by(|one, two| one.0 == two.0) {
            let Some(&(label, first)) = run.first() else { continue };
            let pick =
                |column: &[f64]| -> Vec<f64> { run.iter().filter_map(|(_, row)| column.get(*row).copied()).collect() };
            let sizes = pick(self.params());
            let size = self.params().get(first).copied().unwrap_or(f64::NAN);
            if let Some(other) = sizes.iter().position(|n| *n != size) {
                let line = run.get(other).map_or(0, |(_, row)| *row as u64 + 1);
                let expected = format!("{size} as in the other rows of {label:?}: one run has one size");
                return Err(faulty(vec![Fault::new(line, "params", sizes[other].to_string(), expected)]));
            }
            let params = Params::new(size)
                .map_err(|_| faulty(vec![Fault::new(first as u64 + 1, "params", size.to_string(), "above zero")]))?;
            curves.push(Curve::new(label, params, &pick(self.tokens()), &pick(self.losses()))?);
        }
        Ok(curves)
    }

    fn six_nd(&self) -> Vec<f64> {
        self.params().iter().zip(self.tokens()).map(|(n, d)| 6.0 * n * d).collect()
    }

    fn missing(&self, name: &str) -> RunsError {
        let standard = ["params", "tokens", "flops", "loss"].map(String::from);
        let kept = self.extra_columns().iter().map(|column| column.name().to_owned());
        let found = standard.into_iter().chain(kept).collect::<Vec<_>>().join(", ");
        RunsError::UnknownColumn { name: name.into(), found }
    }
}

/// A plain number, or one written as in 25B.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let plain = cell.parse::<f64>().ok().filter(|number| number.is_finite());
    plain.or_else(|| cell.parse::<Tokens>().ok().map(Tokens::get))
}

fn faulty(mut faults: Vec<Fault>) -> RunsError {
    let total = faults.len();
    faults.truncate(1000);
    RunsError::Faults { path: "the runs".into(), faults, total }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(column: &[&str]) -> Runs {
        let mut text = TextColumn::new("run");
        column.iter().for_each(|cell| text.push(cell));
        let n = [1e8, 1e8, 1e9, 1e9];
        let runs = Runs::from_columns(&n, &[4e9, 2e9, 1e9, 3e9], &[3.0, 3.2, 3.1, 2.8]).unwrap();
        runs.with_column(text).unwrap()
    }

    #[test]
    fn rows_of_one_label_are_a_curve_in_order_of_tokens() {
        let curves = runs(&["small", "small", "large", "large"]).curves("run").unwrap();
        assert_eq!(curves.iter().map(Curve::label).collect::<Vec<_>>(), ["large", "small"]);
        assert_eq!((curves[1].tokens(), curves[1].losses()), (&[2e9, 4e9][..], &[3.2, 3.0][..]));
        let finals = runs(&["small", "small", "large", "large"]).finals("run").unwrap();
        assert_eq!(finals.tokens(), [4e9, 3e9]);
        let refused = runs(&["a", "b", "a", "b"]).curves("run").unwrap_err().to_string();
        assert!(refused.contains("one run has one size"), "{refused}");
    }

    #[test]
    fn cells_become_numbers_or_are_named() {
        assert_eq!(runs(&["1", "2.5", "25B", "1e3"]).numbers("run").unwrap(), [1.0, 2.5, 25e9, 1e3]);
        let refused = runs(&["1", "x", "", "nan"]).numbers("run").unwrap_err().to_string();
        assert!(refused.contains("3 faults") && refused.contains("line 2"), "{refused}");
        assert_eq!(runs(&["1", "1", "1", "1"]).numbers("loss").unwrap(), [3.0, 3.2, 3.1, 2.8]);
    }
}
