use std::fs::File;
use std::io::{Chain, Cursor, Read};

use super::csv::Table;
use super::opening::Opening;
#[cfg(feature = "parquet")]
use super::parquet::{ParquetTable, is_parquet};
use super::record::Record;
use crate::error::RunsError;

/// The rows of a table in text or Parquet, one at a time, the first of them the names of the columns.
pub(super) enum Records<'a, R: Read> {
    Text {
        table: Box<Table<'a, Chain<Cursor<Vec<u8>>, R>>>,
        separator: u8,
    },
    #[cfg(feature = "parquet")]
    Parquet(ParquetTable<'a>),
}

impl<'a> Records<'a, File> {
    /// A file that is open: Parquet is read in it, part by part.
    ///
    /// # Errors
    /// Those of its first bytes.
    pub fn of_file(file: File, path: &'a str) -> Result<Self, RunsError> {
        #[cfg(feature = "parquet")]
        if is_parquet(&file) {
            return Ok(Self::Parquet(ParquetTable::of_file(file, path)?));
        }
        Self::open(file, path)
    }
}

impl<'a, R: Read> Records<'a, R> {
    /// A stream: Parquet, whose end tells what is in it, is held whole.
    ///
    /// # Errors
    /// Those of its first bytes.
    pub fn open(mut input: R, path: &'a str) -> Result<Self, RunsError> {
        let mut head = Vec::new();
        input.by_ref().take(4).read_to_end(&mut head).map_err(|error| super::opening::io(path, &error))?;
        #[cfg(feature = "parquet")]
        if head == ParquetTable::MAGIC {
            return Ok(Self::Parquet(ParquetTable::of_stream(Cursor::new(head).chain(input), path)?));
        }
        let mut input = Cursor::new(head).chain(input);
        let opening = Opening::read(&mut input, path)?;
        let separator = opening.separator;
        Ok(Self::Text { table: Box::new(Table::new(opening, input, path)), separator })
    }

    /// Whether a comma in a number may be a decimal one: where the cells are separated by semicolons for that reason.
    pub fn decimal_commas(&self) -> bool {
        match self {
            Self::Text { separator, .. } => *separator == b';',
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => false,
        }
    }

    /// Whether a comma in a cell does not part it from the next.
    #[cfg(feature = "logs")]
    pub fn apart_without_commas(&self) -> bool {
        match self {
            Self::Text { separator, .. } => *separator != b',',
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => false,
        }
    }

    /// Whether the record just read ends where the file does, without a line end.
    #[cfg(feature = "logs")]
    pub fn is_cut(&self) -> bool {
        match self {
            Self::Text { table, .. } => table.is_cut(),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => false,
        }
    }

    /// The line on which a quote opens in the record just read that is never closed.
    #[cfg(feature = "logs")]
    pub fn open_quote(&self, record: &Record) -> Option<u64> {
        match self {
            Self::Text { table, .. } if table.has_open_quote(record) => {
                let before = record.iter().take(record.len().saturating_sub(1));
                let inside = before.flatten().filter(|byte| **byte == b'\n').count() as u64;
                Some(table.line(record) + inside)
            }
            _ => None,
        }
    }

    pub fn next(&mut self, record: &mut Record) -> Result<bool, RunsError> {
        match self {
            Self::Text { table, .. } => table.next(record),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.next(record),
        }
    }

    /// The line on which the record just read starts; in Parquet its row, from 1.
    pub fn line(&self, record: &Record) -> u64 {
        match self {
            Self::Text { table, .. } => table.line(record),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.row(),
        }
    }

    /// The names of the columns.
    pub fn names(&mut self) -> Result<Vec<String>, RunsError> {
        let mut record = Record::new();
        self.next(&mut record)?;
        Ok(record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect())
    }
}
