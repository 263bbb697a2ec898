//! Rows of a table that have more cells than its header.

use super::record::Record;
use super::words::counted;
use crate::error::LogError;
use crate::warning::Warning;

/// How wide the rows of a table are, set against its header.
///
/// In a row with more cells than there are names, as after a decimal comma without quotes, it cannot be told which cell
/// belongs to which name. Such a row is passed over where it is rare, and where it is not the file is refused. Cells that
/// are empty behind the last name do no harm where all rows have them.
#[derive(Debug)]
pub(super) struct RowWidths {
    names: usize,
    /// The width of rows that are read: that of the header, or with as many empty cells as the first row has.
    usual: usize,
    rows: usize,
    wide: usize,
    first_wide: Option<Place>,
    /// Rows as the header says, where others have empty cells behind.
    exact: Option<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    line: u64,
    cells: usize,
}

/// One row in so many may be passed over.
const RARE: usize = 10;

impl RowWidths {
    pub fn new(names: usize) -> Self {
        Self { names, usual: names, rows: 0, wide: 0, first_wide: None, exact: None }
    }

    /// Whether the cells of a row are known to stand under their names.
    pub fn admits(&mut self, record: &Record, line: impl Fn() -> u64) -> bool {
        let cells = record.len();
        self.rows += 1;
        if cells <= self.names {
            if cells == self.names && self.usual > self.names {
                self.exact.get_or_insert_with(|| Place { line: line(), cells });
            }
            return true;
        }
        let is_padded = record.iter().skip(self.names).all(|cell| cell.trim_ascii().is_empty());
        if self.rows == 1 && is_padded {
            self.usual = cells;
        }
        // Spreadsheets leave rows of separators behind.
        if is_padded && (cells == self.usual || record.iter().all(|cell| cell.trim_ascii().is_empty())) {
            return true;
        }
        self.wide += 1;
        self.first_wide.get_or_insert_with(|| Place { line: line(), cells });
        false
    }

    /// What to say of rows that were passed over.
    ///
    /// # Errors
    /// [`LogError::Malformed`] if they are no exception.
    pub fn finish(&self, path: &str, by_commas: bool) -> Result<Option<Warning>, LogError> {
        let names = self.names;
        let refused = |reason: String| LogError::Malformed { path: path.into(), reason };
        if let Some(Place { line, cells }) = self.exact {
            return Err(refused(format!(
                "its rows have {} fields, of which the last are empty, but that of line {line} has {cells}, as the header: in \
                 which column a cell stands is not clear",
                self.usual
            )));
        }
        let Some(Place { line, cells }) = self.first_wide else { return Ok(None) };
        let have = if self.wide == 1 { "has" } else { "have" };
        let first = if self.wide == 1 { "on" } else { "the first on" };
        let what = format!("{first} line {line}: {cells} fields, expected {names} as in the header");
        if self.wide > (self.rows / RARE).max(1) || self.wide == self.rows {
            let hint = if by_commas { ". Is a decimal comma not in quotes?" } else { "" };
            let rows = counted(self.rows, "row");
            return Err(refused(format!("{} of {rows} {have} more fields than the header, {what}{hint}", self.wide)));
        }
        let what = format!(
            "{path}: {} {have} more fields than the header and {} passed over, {what}",
            counted(self.wide, "row"),
            if self.wide == 1 { "is" } else { "are" }
        );
        Ok(Some(Warning::Ignored { what }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that are read of a table with two names, and the end of the message.
    fn read(rows: &[&[&str]]) -> (Vec<usize>, Result<Option<String>, String>) {
        let mut widths = RowWidths::new(2);
        let mut line = 1;
        let kept = |row: &&&[&str]| {
            line += 1;
            let mut record = Record::new();
            row.iter().for_each(|cell| record.push(cell.as_bytes()));
            widths.admits(&record, || line)
        };
        let kept: Vec<usize> = rows.iter().filter(kept).map(|row| row.len()).collect();
        let said = widths.finish("f", true);
        (kept, said.map(|warning| warning.map(|w| w.to_string())).map_err(|error| error.to_string()))
    }

    #[test]
    fn a_rare_row_is_passed_over_and_a_rule_is_refused() {
        let (good, wide) = (&["1", "3.5"][..], &["1", "3", "5"][..]);
        let (kept, said) = read(&[good, good, wide]);
        let said = said.unwrap().unwrap();
        assert_eq!(kept, [2, 2]);
        assert!(
            said.contains("1 row has more fields than the header and is passed over, on line 4: 3 fields"),
            "{said}"
        );
        let said = read(&[good, wide, wide]).1.unwrap_err();
        assert!(said.contains("2 of 3 rows have more fields than the header, the first on line 3: 3 fields"), "{said}");
        assert!(read(&[wide]).1.is_err());
    }

    #[test]
    fn empty_cells_behind_all_rows_do_no_harm() {
        let (good, padded, blank) = (&["1", "3.5"][..], &["1", "3.5", ""][..], &["", "", ""][..]);
        assert_eq!(read(&[padded, padded, &["1"]]), (vec![3, 3, 1], Ok(None)));
        assert_eq!(read(&[good, good, blank]), (vec![2, 2, 3], Ok(None)));
        // "1,3,5," with a decimal comma would look like the padded one.
        assert_eq!(read(&[good, good, padded]).0, [2, 2]);
        assert!(read(&[padded, good]).1.unwrap_err().contains("not clear"));
    }
}
