use super::cell;
use super::columns::{self, Column, Quantity};
use super::csv::CsvReader;
use super::faults::Faults;
use super::filter::Filter;
use super::record::Record;
use crate::error::RunsError;
use crate::runs::{NumberColumns, TextColumn, number};

/// A table of measurements that need not hold both N and D: what a law of one variable is fitted to.
///
/// `params`, `tokens`, `flops` and `loss` name the columns that [`CsvReader`] takes for them, with the units of their headers;
/// every other column goes by its own name.
///
/// ```
/// use scaling_laws::{family_inputs, laws::family, CsvReader, Fitter, LossFunction, NumberColumns};
/// let table = "\
/// Params (M), val_loss
/// 1,   7.3
/// 10,  5.2
/// 100, 3.9
/// 1000, 3.1
/// 10000, 2.6
/// ";
/// let table = CsvReader::new().measurements(table.as_bytes(), "sizes.csv")?;
/// let power = family("power")?; // L(x) = E + (x_c/x)^alpha
/// let rows = family_inputs(power, &table, &[("x", "params")])?;
/// let fit = Fitter::new(power.form().as_ref()).loss(LossFunction::LeastSquares).fit(&rows, &table.quantity("loss")?)?;
/// assert!((fit.coefficient("alpha")?.value - 0.2).abs() < 0.02);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    path: String,
    columns: Vec<TextColumn>,
    /// The line on which each row stands.
    lines: Vec<u64>,
    /// The columns that the caller named for a quantity.
    named: Vec<Column>,
    decimal_commas: bool,
}

impl Measurements {
    pub(super) fn new(
        reader: &CsvReader,
        names: &[String],
        path: &str,
        decimal_commas: bool,
    ) -> Result<Self, RunsError> {
        let asked = [
            (Quantity::Params, &reader.params_column),
            (Quantity::Tokens, &reader.tokens_column),
            (Quantity::Flops, &reader.flops_column),
            (Quantity::Loss, &reader.loss_column),
        ];
        let named = asked.iter().filter_map(|(quantity, name)| Some((*quantity, name.as_deref()?)));
        let named = named.map(|(quantity, name)| columns::named(quantity, name, names)).collect::<Result<_, _>>()?;
        let columns = names.iter().map(|name| TextColumn::new(name.as_str())).collect();
        Ok(Self { path: path.into(), columns, lines: Vec::new(), named, decimal_commas })
    }

    /// Adds a row that passes the filters.
    pub(super) fn push(&mut self, record: &Record, filters: &[(usize, Filter)], line: u64, faults: &mut Faults) {
        let passes = |(index, filter): &(usize, Filter)| record.get(*index).is_none_or(|cell| filter.holds(cell));
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) || !filters.iter().all(passes) {
            return;
        }
        if record.len() != self.columns.len() {
            let first_missing = self.columns.get(record.len()).map_or("(too many)", TextColumn::name);
            let (found, expected) = (record.len(), self.columns.len());
            let expected = format!("{expected} fields as in the header");
            return faults.push(line, first_missing, format!("{found} fields").as_bytes(), &expected);
        }
        self.lines.push(line);
        for (cell, column) in record.iter().zip(&mut self.columns) {
            column.push(String::from_utf8_lossy(cell).trim());
        }
    }

    /// The names of the columns as in the file.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(TextColumn::name).collect()
    }

    /// A column by its name, as it stands.
    pub fn text(&self, name: &str) -> Option<&TextColumn> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// A column as numbers of any sign, whatever its name stands for elsewhere.
    ///
    /// ```
    /// use scaling_laws::CsvReader;
    /// let table = CsvReader::new().measurements("params,loss\n1e9,-3.1\n2e9,-3.4\n".as_bytes(), "normalised.csv")?;
    /// assert_eq!(table.signed("loss")?, [-3.1, -3.4]);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RunsError::UnknownColumn`]; [`RunsError::Faults`] naming every cell that is no finite number.
    pub fn signed(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        self.read(name, self.columns.iter().position(|column| column.name() == name).map(|index| (index, None)))
    }

    /// The column of a quantity, as the caller named it or by its usual names.
    fn column_of(&self, quantity: Quantity) -> Result<Option<Column>, RunsError> {
        if let Some(column) = self.named.iter().find(|column| column.quantity == quantity) {
            return Ok(Some(column.clone()));
        }
        let names: Vec<String> = self.names().into_iter().map(String::from).collect();
        let taken: Vec<usize> = self.named.iter().map(|column| column.index).collect();
        columns::found(quantity, &names, &taken)
    }

    /// Where the numbers of this name stand, and how they are read where they are a quantity.
    fn find(&self, name: &str) -> Result<Option<(usize, Option<Column>)>, RunsError> {
        if let Some(index) = self.columns.iter().position(|column| column.name() == name) {
            let mut here = Quantity::ALL.into_iter().filter_map(|quantity| self.column_of(quantity).ok().flatten());
            return Ok(Some((index, here.find(|column| column.index == index))));
        }
        match Quantity::ALL.into_iter().find(|quantity| quantity.canonical() == name) {
            Some(quantity) => Ok(self.column_of(quantity)?.map(|column| (column.index, Some(column)))),
            None => Ok(None),
        }
    }
}

impl NumberColumns for Measurements {
    fn rows(&self) -> usize {
        self.lines.len()
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        self.read(name, self.find(name)?)
    }

    fn quantity(&self, name: &str) -> Result<Vec<f64>, RunsError> {
        let standard = Quantity::ALL.into_iter().find(|quantity| quantity.canonical() == name);
        match standard.map(|quantity| self.column_of(quantity)).transpose()?.flatten() {
            Some(column) => self.read(name, Some((column.index, Some(column)))),
            None => self.numbers(name),
        }
    }
}

impl Measurements {
    fn read(&self, name: &str, place: Option<(usize, Option<Column>)>) -> Result<Vec<f64>, RunsError> {
        let Some((column, quantity)) = place.and_then(|(index, read)| Some((self.columns.get(index)?, read))) else {
            let found = self.names().join(", ");
            return Err(RunsError::UnknownColumn { name: name.into(), found });
        };
        let mut faults = Faults::default();
        let mut numbers = Vec::with_capacity(column.len());
        for (cell, line) in column.cells().zip(&self.lines) {
            let read = match &quantity {
                Some(quantity) => cell::read(cell.as_bytes(), quantity, self.decimal_commas),
                None => number(cell).ok_or("a finite number"),
            };
            match read {
                Ok(number) => numbers.push(number),
                Err(expected) => faults.push(*line, column.name(), cell.as_bytes(), expected),
            }
        }
        faults.into_result(&self.path)?;
        Ok(numbers)
    }
}
